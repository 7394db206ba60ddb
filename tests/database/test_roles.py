"""What each role may do. The runtime role owns nothing, so what is taken from it stays taken."""

from __future__ import annotations

import os
from collections.abc import Iterator

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from tieout.database import roles
from tieout.database.cluster import Cluster
from tieout.testing.plugin import RUN
from tieout.testing.run import TestDatabase


@pytest.fixture(scope="module")
def database(django_db_setup: None, pytestconfig: pytest.Config) -> Iterator[TestDatabase]:
    """A database with a table of the owner, and one that it locked as a migration locks the ledger."""
    with pytestconfig.stash[RUN].fresh_database() as database:
        with psycopg.connect(database.owner_url) as owner:
            owner.execute("CREATE TABLE open_table (id bigint GENERATED ALWAYS AS IDENTITY, n int)")
            owner.execute("CREATE TABLE locked_table (id bigserial, n int)")
            owner.execute(f"REVOKE UPDATE, DELETE ON locked_table FROM {roles.APP}")
            owner.execute("INSERT INTO locked_table (n) VALUES (1)")
        yield database


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO open_table (n) VALUES (1)",
        "UPDATE open_table SET n = 2",
        "DELETE FROM open_table",
        "INSERT INTO locked_table (n) VALUES (2)",
        "SELECT * FROM locked_table",
        "CREATE TEMPORARY TABLE staging (n int)",
    ],
)
def test_the_runtime_role_may(statement: str, database: TestDatabase) -> None:
    with psycopg.connect(database.url) as connection:
        connection.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE locked_table SET n = 2",
        "DELETE FROM locked_table",
        "TRUNCATE locked_table",
        "TRUNCATE open_table",
        "ALTER TABLE open_table ADD COLUMN m int",
        "ALTER TABLE locked_table DISABLE TRIGGER ALL",
        "DROP TABLE open_table",
        "CREATE TABLE mine (n int)",
        "CREATE SCHEMA mine",
        "SET session_replication_role = replica",
        f"SET ROLE {roles.OWNER}",
        "CREATE ROLE another",
        "CREATE DATABASE another",
        "SELECT pg_read_file('/etc/passwd')",
        f"ALTER ROLE {roles.APP} BYPASSRLS",
    ],
)
def test_the_runtime_role_may_not(statement: str, database: TestDatabase) -> None:
    with psycopg.connect(database.url, autocommit=True) as connection, pytest.raises(InsufficientPrivilege):
        connection.execute(statement)


def test_granting_oneself_a_right_grants_nothing(database: TestDatabase) -> None:
    """PostgreSQL answers such a grant with a mere warning, so what counts is what follows."""
    with psycopg.connect(database.url, autocommit=True) as connection:
        connection.execute(f"GRANT DELETE ON locked_table TO {roles.APP}")
        with pytest.raises(InsufficientPrivilege):
            connection.execute("DELETE FROM locked_table")


def test_the_owner_is_no_superuser(database: TestDatabase) -> None:
    with psycopg.connect(database.owner_url, autocommit=True) as connection:
        with pytest.raises(InsufficientPrivilege):
            connection.execute("SET session_replication_role = replica")
        with pytest.raises(InsufficientPrivilege):
            connection.execute("CREATE ROLE another")


def test_every_table_of_the_product_belongs_to_the_owner(fresh_database: TestDatabase) -> None:
    question = """
        SELECT schemaname, tablename, tableowner FROM pg_tables
        WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND tableowner <> %s
    """
    with psycopg.connect(fresh_database.url) as connection:
        assert connection.execute(question, [roles.OWNER]).fetchall() == []


def test_the_runtime_role_may_read_every_table_and_truncate_none(fresh_database: TestDatabase) -> None:
    question = """
        SELECT tablename FROM pg_tables
        WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND (
            NOT has_table_privilege(%(app)s, format('%%I.%%I', schemaname, tablename), 'SELECT')
            OR has_table_privilege(%(app)s, format('%%I.%%I', schemaname, tablename), 'TRUNCATE')
        )
    """
    with psycopg.connect(fresh_database.url) as connection:
        assert connection.execute(question, {"app": roles.APP}).fetchall() == []


def test_strangers_may_not_connect(fresh_database: TestDatabase) -> None:
    question = "SELECT has_database_privilege('pg_monitor', current_database(), 'CONNECT')"
    with psycopg.connect(fresh_database.url) as connection:
        assert connection.execute(question).fetchone() == (False,)


def test_the_sql_for_a_server_makes_the_same_and_may_be_run_again(test_cluster: Cluster) -> None:
    name = f"server_{os.getpid()}"
    try:
        test_cluster.sql(roles.server_sql(name))
        test_cluster.sql(roles.server_sql(name))
        with psycopg.connect(test_cluster.url(roles.OWNER, name)) as owner:
            owner.execute("CREATE TABLE made (n int)")
        with psycopg.connect(test_cluster.url(roles.APP, name)) as app:
            app.execute("DELETE FROM made")
    finally:
        test_cluster.drop_database(name)
