"""BOM rows with dates of their own, as versions that each hold from a first through a last day.

In AdventureWorks every *line* has a start and perhaps an end (the last day it holds). A version is a stretch of
days on which the same lines hold: between any two days on which something starts or has just ended.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from examples.adventureworks.tables import Row, Tables, day


class Line(NamedTuple):
    """So much of a component, on these days."""

    component: str
    quantity: str
    unit: str
    since: date
    until: date


class Version(NamedTuple):
    """The lines that hold from a day through a day (none: from then on)."""

    assembly: str
    since: date
    until: date | None
    lines: Sequence[Line]


def versions(tables: Tables) -> Iterator[Version]:
    """Every version of every assembly. Rows without an assembly only say that a product is at the top."""
    of: dict[str, list[Line]] = defaultdict(list)
    for row in tables.rows("BillOfMaterials"):
        if row["ProductAssemblyID"]:
            of[row["ProductAssemblyID"]].append(_line(row))
    for assembly, lines in of.items():
        yield from _stretches(assembly, lines)


def _line(row: Row) -> Line:
    return Line(
        row["ComponentID"],
        row["PerAssemblyQty"],
        row["UnitMeasureCode"].strip(),
        date.fromisoformat(day(row["StartDate"])),
        date.fromisoformat(day(row["EndDate"])) if row["EndDate"] else date.max,
    )


def _stretches(assembly: str, lines: Sequence[Line]) -> Iterator[Version]:
    """Days on which no line holds make no version: on those the product could not be made."""
    ends = {line.until + timedelta(days=1) for line in lines if line.until != date.max}
    starts = sorted({line.since for line in lines} | ends)
    for start, following in zip(starts, [*starts[1:], None], strict=True):
        holding = [line for line in lines if line.since <= start <= line.until]
        if holding:
            yield Version(assembly, start, following - timedelta(days=1) if following else None, holding)
