"""Migrations run as the owner, once, however many processes ask for them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest

from tieout.database import roles, urls
from tieout.database.cluster import Cluster
from tieout.testing.run import TestDatabase

MIGRATE = "import django; django.setup(); from tieout.database.migrate import migrate; print(len(migrate()))"


@pytest.fixture
def empty_database(test_cluster: Cluster, own_database: TestDatabase) -> Iterator[dict[str, str]]:
    """The environment for a database in which nothing has been migrated yet."""
    name = f"{own_database.name}_empty"
    test_cluster.sql(f'CREATE DATABASE "{name}" OWNER {roles.OWNER};\n{roles.database_sql(name)}')
    test_cluster.sql(roles.schema_sql(), database=name)
    yield {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tieout.settings",
        "TIEOUT_DATABASE_URL": test_cluster.url(roles.APP, name),
        "TIEOUT_OWNER_DATABASE_URL": test_cluster.url(roles.OWNER, name),
    }
    test_cluster.drop_database(name)


def start(environment: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", MIGRATE],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def applied_by(process: subprocess.Popen[str]) -> int:
    said, complaints = process.communicate()
    assert process.returncode == 0, complaints
    return int(said)


def test_two_migrating_at_once_migrate_once_and_a_third_finds_nothing(empty_database: dict[str, str]) -> None:
    together = [start(empty_database), start(empty_database)]
    first, second = (applied_by(process) for process in together)
    third = applied_by(start(empty_database))

    assert 0 == min(first, second)
    assert max(first, second) > 0
    assert 0 == third


def test_the_runtime_role_alone_cannot_migrate(empty_database: dict[str, str]) -> None:
    as_app = {**empty_database, "TIEOUT_OWNER_DATABASE_URL": empty_database["TIEOUT_DATABASE_URL"]}
    process = start(as_app)
    _, complaints = process.communicate()

    assert process.returncode != 0
    assert "permission denied for schema public" in complaints


def test_a_server_is_not_migrated_without_its_owners_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TIEOUT_OWNER_DATABASE_URL")
    with pytest.raises(urls.NoOwner, match="set TIEOUT_OWNER_DATABASE_URL too"):
        urls.owner()


def test_the_tests_themselves_run_as_the_runtime_role(own_database: TestDatabase, db: None) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_database()")
        assert cursor.fetchone() == (roles.APP, own_database.name)
    with psycopg.connect(own_database.superuser_url) as superuser:
        assert superuser.execute("SHOW is_superuser").fetchone() == ("on",)


def test_every_company_table_is_counted_anew_after_a_thousand_rows(own_database: TestDatabase) -> None:
    """However large it is: a new company among large ones is known to the planner on its first day."""
    sql = """select c.relname from pg_class c
        join pg_attribute a on a.attrelid = c.oid and a.attname = 'company_id'
        where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
            and not coalesce(c.reloptions @> '{autovacuum_analyze_scale_factor=0}', false)"""

    with psycopg.connect(own_database.url) as connection:
        assert [] == connection.execute(sql).fetchall()
