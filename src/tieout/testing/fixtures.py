"""The database fixtures. `django_db_setup` replaces pytest-django's: nothing is left for it to create."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tieout.database.cluster import Cluster
from tieout.testing.plugin import RUN
from tieout.testing.run import TestDatabase


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker, pytestconfig: pytest.Config
) -> None:
    """Start the cluster, migrate its template, copy this process's database; restore it after each commit."""
    from django.db import connections
    from django.test import TransactionTestCase

    from tieout.database.migrate import migrate

    run = pytestconfig.stash[RUN]
    with django_db_blocker.unblock():
        run.use(migrate)

    def restore(case: TransactionTestCase) -> None:
        connections.close_all()
        run.restore()

    setattr(TransactionTestCase, "_fixture_teardown", restore)  # noqa: B010 -- private, so not in the stubs


@pytest.fixture
def own_database(django_db_setup: None, pytestconfig: pytest.Config) -> TestDatabase:
    """The database that `db` and `transactional_db` use, as the other roles see it."""
    return pytestconfig.stash[RUN].own


@pytest.fixture
def fresh_database(django_db_setup: None, pytestconfig: pytest.Config) -> Iterator[TestDatabase]:
    """Another migrated database, dropped afterwards with whoever is still connected to it."""
    with pytestconfig.stash[RUN].fresh_database() as database:
        yield database


@pytest.fixture
def test_cluster(django_db_setup: None, pytestconfig: pytest.Config) -> Cluster:
    """The running throw-away cluster of this test run."""
    return pytestconfig.stash[RUN].cluster
