"""A factory whose ledger can be tampered with by a superuser whose triggers are off."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest
from django.db import connections

from tests import factory as factories
from tests.factory import Factory
from tieout.testing.plugin import RUN
from tieout.testing.run import TestDatabase

Tamper = Callable[[str], int]


@pytest.fixture
def factory(transactional_db: None, pytestconfig: pytest.Config) -> Factory:
    """Committed, so that others see it; its ids begin at 1, whatever was rolled back before."""
    connections.close_all()
    pytestconfig.stash[RUN].restore()
    return factories.small()


@pytest.fixture
def tamper(own_database: TestDatabase) -> Tamper:
    """Change rows as only somebody can who owns the machine; how many rows it were."""

    def change(statement: str) -> int:
        with psycopg.connect(own_database.superuser_url) as connection:
            connection.execute("set session_replication_role = replica")
            return connection.execute(statement).rowcount

    return change
