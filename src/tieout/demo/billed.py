"""What became of what AP typed: the awkward bills one by one, what waits for somebody, and what is still accrued."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum

from tieout.access import company as companies
from tieout.demo.awkward import AWKWARD, Awkward
from tieout.purchasing import accruals, bill_queries
from tieout.purchasing.bill_queries import BillRow
from tieout.purchasing.models import Bill, Clearing

MOST = 100


@dataclass(frozen=True, slots=True)
class Became:
    """A bill that was typed in an awkward way, in words."""

    number: str
    says: str
    became: str


@dataclass(frozen=True, slots=True)
class Billed:
    """All of AP's work."""

    bills: int
    awkward: tuple[Became, ...]
    waiting: tuple[BillRow, ...]
    receipts: int
    """How many deliveries are accrued and not billed, the oldest of them, and at how many cents."""
    oldest: date | None
    accrued: int


def gather(company: int, on: date) -> Billed:
    with companies.scope(company):
        waiting = bill_queries.rows(waiting=True, most=MOST)
        still = accruals.ageing(company, on)
        return Billed(
            Bill.objects.filter(deleted=False).count(),
            tuple(_became(waiting)),
            tuple(waiting),
            len({one.goods.receipt for one in still}),
            min((one.goods.received_on for one in still), default=None),
            sum(one.accrual.open for one in still),
        )


def _became(waiting: Sequence[BillRow]) -> Iterator[Became]:
    """A bill's second half, or the credit note on it, has its number and more."""
    off = dict(Clearing.objects.values_list("bill_line__bill__number").annotate(Sum("price_difference")))
    left = {one.number for one in waiting}
    numbers = set(Bill.objects.values_list("number", flat=True))
    for one in AWKWARD:
        if one.number in numbers:
            cents = sum(price for number, price in off.items() if number.startswith(one.number))
            yield Became(one.number, one.says, _outcome(one, left, cents))


def _outcome(one: Awkward, left: set[str], cents: int) -> str:
    if one.number in left:
        return "waits for you"
    return f"{cents / 100:,.2f} followed the goods" if cents else "matched, nothing off"
