"""A database's rows as the migrations left them, and the way back there after a test that committed.

Not TRUNCATE: the runtime role may not do that, it would take the migrations' own rows away too, and over a
hundred tables it is slow. Not a new copy of the template either: with this schema that took half a second,
this takes some ten milliseconds, because a test touches few tables and the others are only asked whether they
are empty.
"""

from __future__ import annotations

import psycopg
from psycopg import sql

Table = tuple[str, str]
Connection = psycopg.Connection[tuple[object, ...]]

TABLES = """
    SELECT schemaname, tablename FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
        AND NOT EXISTS (
            SELECT FROM pg_partitioned_table
            WHERE partrelid = format('%I.%I', schemaname, tablename)::regclass
        )
    ORDER BY 1, 2
"""
SEQUENCES = "SELECT schemaname, sequencename, last_value FROM pg_sequences ORDER BY 1, 2"
OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


class Snapshot:
    """What a database held when this object was made. It is the superuser: the ledger refuses others."""

    def __init__(self, superuser_url: str) -> None:
        self.url = superuser_url
        with psycopg.connect(superuser_url) as connection:
            self._filled_query = _which_are_filled(_tables(connection))
            self._rows = {table: _rows(connection, table) for table in self._filled(connection)}
            self._sequences = _sequences(connection)

    def restore(self) -> None:
        """The same rows and sequences again. Who is still connected may hold locks, and is cut off."""
        with psycopg.connect(self.url) as connection:
            connection.execute(OTHERS)
            connection.execute("SET LOCAL session_replication_role = replica")  # no triggers, no foreign keys
            for table in {*self._filled(connection), *self._rows}:
                self._restore_table(connection, table)
            for sequence, value in _sequences(connection).items():
                if sequence not in self._sequences:  # a series of document numbers, made when it was first asked for
                    connection.execute(sql.SQL("DROP SEQUENCE {}").format(sql.Identifier(*sequence)))
                elif self._sequences[sequence] != value:
                    _set(connection, sequence, self._sequences[sequence])

    def _filled(self, connection: Connection) -> list[Table]:
        rows = connection.execute(self._filled_query).fetchall() if self._filled_query else []
        return [(str(schema), str(name)) for schema, name in rows]

    def _restore_table(self, connection: Connection, table: Table) -> None:
        before = self._rows.get(table, b"")
        if before and before == _rows(connection, table):
            return
        connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(*table)))
        if before:
            with connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(*table))) as copy:
                copy.write(before)


def _tables(connection: Connection) -> list[Table]:
    return [(str(schema), str(name)) for schema, name in connection.execute(TABLES)]


def _which_are_filled(tables: list[Table]) -> sql.Composed | None:
    """One statement that asks every table at once."""
    asked = [
        sql.SQL("SELECT {}, {} WHERE EXISTS (SELECT FROM {})").format(
            sql.Literal(schema), sql.Literal(name), sql.Identifier(schema, name)
        )
        for schema, name in tables
    ]
    return sql.SQL(" UNION ALL ").join(asked) if asked else None


def _rows(connection: Connection, table: Table) -> bytes:
    with connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(*table))) as copy:
        return b"".join(bytes(block) for block in copy)


def _sequences(connection: Connection) -> dict[Table, int | None]:
    """The last number each has given; none if it has not been asked yet."""
    return {
        (str(schema), str(name)): None if last is None else int(str(last))
        for schema, name, last in connection.execute(SEQUENCES)
    }


def _set(connection: Connection, sequence: Table, value: int | None) -> None:
    name = sql.Identifier(*sequence)
    if value is None:
        connection.execute(sql.SQL("ALTER SEQUENCE {} RESTART").format(name))
    else:
        connection.execute("SELECT setval(%s::regclass, %s)", [name.as_string(connection), value])
