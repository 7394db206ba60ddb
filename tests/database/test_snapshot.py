"""After a test that committed, the database is as the migrations left it."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from tieout.testing.run import TestDatabase
from tieout.testing.snapshot import Snapshot


@pytest.fixture
def connection(fresh_database: TestDatabase) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A superuser's, where one table is seeded and another refers to it and refuses deletion."""
    with psycopg.connect(fresh_database.superuser_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE seeded (id serial PRIMARY KEY, n int)")
        connection.execute("INSERT INTO seeded (n) VALUES (1), (2)")
        connection.execute("CREATE TABLE child (id serial, parent int REFERENCES seeded)")
        connection.execute("""
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql
            AS $$ BEGIN RAISE EXCEPTION 'written once'; END $$
        """)
        connection.execute("CREATE TRIGGER written_once BEFORE DELETE ON child FOR EACH ROW EXECUTE FUNCTION refuse()")
        yield connection


def rows(url: str) -> list[object]:
    with psycopg.connect(url) as connection:
        seeded = connection.execute("SELECT id, n FROM seeded ORDER BY id").fetchall()
        children = connection.execute("SELECT * FROM child").fetchall()
        numbers = connection.execute("SELECT sequencename, last_value FROM pg_sequences ORDER BY 1").fetchall()
        return [seeded, children, numbers]


def test_rows_and_sequences_return_and_leftover_locks_do_not_matter(
    fresh_database: TestDatabase, connection: psycopg.Connection[tuple[object, ...]]
) -> None:
    snapshot = Snapshot(fresh_database.superuser_url)
    before = rows(fresh_database.superuser_url)
    connection.execute("UPDATE seeded SET n = 7 WHERE id = 1")
    connection.execute("INSERT INTO seeded (n) VALUES (3)")
    connection.execute("INSERT INTO child (parent) VALUES (3)")
    connection.execute("BEGIN")
    connection.execute("LOCK TABLE child, seeded")
    snapshot.restore()

    assert before == rows(fresh_database.superuser_url)
    with pytest.raises(psycopg.OperationalError):
        connection.execute("SELECT 1")
