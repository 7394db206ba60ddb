"""Statements of QuickBooks' query language, with every literal quoted.

Document numbers come from people; one apostrophe in a number must neither break a look nor widen it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

PAGE = 1000


@dataclass(frozen=True, slots=True)
class Condition:
    text: str


def is_(name: str, value: str) -> Condition:
    return Condition(f"{name} = {quoted(value)}")


def since(name: str, value: str) -> Condition:
    return Condition(f"{name} >= {quoted(value)}")


def until(name: str, value: str) -> Condition:
    return Condition(f"{name} <= {quoted(value)}")


def among(name: str, values: Iterable[str]) -> Condition:
    return Condition(f"{name} in ({', '.join(quoted(value) for value in values)})")


ACTIVE_OR_NOT = Condition("Active in (true, false)")
"""Without it, inactive ones are left out of lists."""


def quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def select(entity: str, *where: Condition, start: int = 1, most: int = PAGE) -> str:
    """One page, in the order of ids: pages are no snapshot, and without an order not even a sequence."""
    conditions = f" where {' and '.join(one.text for one in where)}" if where else ""
    return f"select * from {entity}{conditions} orderby Id startposition {start} maxresults {most}"
