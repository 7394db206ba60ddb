"""What became of what AP typed: the awkward bills one by one, what waits for somebody, and what is still accrued."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum

from tieout.access import company as companies
from tieout.costing.models import LandedCost
from tieout.demo.awkward import AWKWARD
from tieout.purchasing import accruals, bill_queries
from tieout.purchasing.bill_queries import BillRow
from tieout.purchasing.models import Bill, BillLineVerdict, Clearing, Verdict

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
            tuple(_became(waiting, {one.goods.id: one.accrual.open for one in still})),
            tuple(waiting),
            len({one.goods.receipt for one in still}),
            min((one.goods.received_on for one in still), default=None),
            sum(one.accrual.open for one in still),
        )


def _became(waiting: Sequence[BillRow], still: Mapping[int, int]) -> Iterator[Became]:
    left = {one.number for one in waiting}
    numbers = set(Bill.objects.values_list("number", flat=True))
    for one in AWKWARD:
        if one.number in numbers:
            words = ["waits for you"] if one.number in left else list(_words(one.number, still))
            yield Became(one.number, one.says, "; ".join(words) or "matched, nothing off")


def _words(number: str, still: Mapping[int, int]) -> Iterator[str]:
    """What was done for a bill. Its second half, or the credit note on it, has its number and more."""
    cleared = Clearing.objects.filter(bill_line__bill__number__startswith=number)
    lines = dict(cleared.order_by("receipt_line_id").values_list("receipt_line_id").annotate(Sum("price_difference")))
    freight = LandedCost.objects.filter(document=number).aggregate(cents=Sum("amount"))["cents"]
    verdicts = BillLineVerdict.objects.filter(bill_line__bill__number=number)
    if Verdict.RECLASSIFIED in verdicts.values_list("verdict", flat=True):
        yield "moved to the accrual by an entry"
    if Verdict.OUTSIDE in verdicts.values_list("verdict", flat=True):
        yield "a line set aside"
    if cents := sum(lines.values()):
        yield f"{_money(cents)} followed the goods"
    if freight:
        yield f"{_money(freight)} of freight followed the goods"
    if cents := sum(still.get(line, 0) for line in lines):
        yield f"{_money(cents)} still accrued"


def _money(cents: int) -> str:
    return f"{cents / 100:,.2f}"
