"""What a check came to: how much it looked at, and each row that does not say what it should."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db import connection
from msgspec import Struct

MOST = 200
"""How many rows one question names. Whoever finds more than that has one cause to look for, not rows."""

Row = tuple[Any, ...]


class Finding(Struct, frozen=True):
    """A row, what it says and what it should say."""

    table: str
    row: str
    what: str
    """The row as people call it."""
    says: str
    should: str

    def __str__(self) -> str:
        named = f"{self.table} {self.row}" if self.row else self.table
        about = f" ({self.what})" if self.what else ""
        return f"{named}{about} says {self.says}; it should say {self.should}."


class Outcome(Struct, frozen=True):
    """How many rows were looked at, and what was found."""

    checked: int
    findings: Sequence[Finding]
    listed: Sequence[str] = ()
    """Not wrong, and to be seen all the same: what waits, what was refused, what others booked."""


class Result(Struct, frozen=True):
    """One invariant."""

    number: int
    title: str
    ok: bool
    checked: int
    findings: Sequence[Finding]
    listed: Sequence[str] = ()


def together(outcomes: Iterable[Outcome]) -> Outcome:
    """Several questions of one invariant."""
    every = list(outcomes)
    return Outcome(
        sum(one.checked for one in every),
        [finding for one in every for finding in one.findings],
        [line for one in every for line in one.listed],
    )


def rows(sql: str, **arguments: Any) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        return list(cursor.fetchall())


def count(sql: str, **arguments: Any) -> int:
    ((found,),) = rows(sql, **arguments)
    return int(found)


def money(cents: int | Decimal) -> str:
    """Cents as people write them."""
    return f"{Decimal(cents) / 100:,.2f}"


def plain(quantity: Decimal) -> str:
    """A quantity without the zeros behind it."""
    return f"{quantity.normalize():f}" if quantity else "0"
