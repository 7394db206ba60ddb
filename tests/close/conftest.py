"""A factory whose ledger can be tampered with by a superuser whose triggers are off."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest

from tests import factory as factories
from tests.factory import Factory
from tieout.testing.run import TestDatabase

Tamper = Callable[[str], int]


@pytest.fixture
def factory(transactional_db: None) -> Factory:
    """Committed, so that others see it."""
    return factories.small()


@pytest.fixture
def tamper(own_database: TestDatabase) -> Tamper:
    """Change rows as only somebody can who owns the machine; how many rows it were."""

    def change(statement: str) -> int:
        with psycopg.connect(own_database.superuser_url) as connection:
            connection.execute("set session_replication_role = replica")
            return connection.execute(statement).rowcount

    return change
