"""Whose rows a transaction sees: row-level security's setting, for as long as the transaction lasts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


def enter(company: int) -> None:
    """From here to the end of the transaction, only this company's rows exist."""
    with connection.cursor() as cursor:
        cursor.execute("select set_config('tieout.company', %s, true)", [str(company)])


def begin(company: int) -> None:
    """The same for an act, which touches rows by their keys. A plan that the session makes while a table is small is
    kept while it grows, so an act's plans never read a whole table where an index leads to the row."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select set_config('tieout.company', %s, true), set_config('enable_seqscan', 'off', true)", [str(company)]
        )


@contextmanager
def scope(company: int) -> Iterator[None]:
    """One transaction that sees one company; reads outside of an action happen in here."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select current_setting('tieout.company', true)")
            (before,) = cursor.fetchone()
        enter(company)
        yield
        if before:
            enter(int(before))


def at_work() -> int:
    """The company whose rows this transaction sees."""
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('tieout.company')::bigint")
        return int(cursor.fetchone()[0])
