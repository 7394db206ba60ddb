"""Lines of bills as a story tells them, and those that stand in QuickBooks before their goods are here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """A line as AP types it, signed: the amount in the document's own money, the cents in ours."""

    lot: str
    quantity: Decimal
    amount: Decimal
    cents: int
    text: str
    is_foreign: bool = False


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A line in QuickBooks whose lot is not here yet."""

    bill: int
    line: int
    said: Line
    expensed: bool
    on: date
