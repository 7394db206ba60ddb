"""Writes that nobody waits for one by one: sent together, answered together, failing together.

Inside `writes()` only statements whose answers are not looked at may be executed: a row count read there is not
known yet. The client prepares the next statement while the server works on the last.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from psycopg.pq import PipelineStatus


@contextmanager
def writes() -> Iterator[None]:
    """A pipeline on this thread's connection; inside another one, just a part of it."""
    connection.ensure_connection()
    session = connection.connection
    if session.pgconn.pipeline_status != PipelineStatus.OFF:
        yield
        return
    with connection.wrap_database_errors, session.pipeline():
        yield
