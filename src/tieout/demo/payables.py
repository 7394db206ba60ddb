"""The desk for what suppliers charge: each Friday the clerk types last week's bills, and they come back from there.

What is typed into QuickBooks is heard of, read, mirrored and matched with what came, as always; what was off follows
the goods. Goods of the last days are not billed yet. What a bill needs a person for, finance does at the same desk;
some of the last ones are left to whoever looks at the demo.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import groupby

from tieout.access import company as companies
from tieout.access.acting import Acting
from tieout.core.refusals import Refusal
from tieout.costing.actions import apportion_landed_cost
from tieout.costing.models import Basis
from tieout.demo.clerk import FREIGHT, Clerk, Line
from tieout.demo.company import FIRST_DAY, KC
from tieout.demo.partners import SUPPLIERS
from tieout.purchasing import accruals, bill_actions, bills, queries, settling
from tieout.purchasing.accruals import Aged
from tieout.purchasing.models import Bill
from tieout.quickbooks import documents, inbound

FRIDAY = 4
LATE = timedelta(days=7)
"""How long after his goods a supplier's bill is on the desk."""

CLOSE = timedelta(days=8)
"""And how long after the last day the carrier's, with which the books are closed."""
CARRIER, CARRIED = "Great Plains Freight Lines", 1_284_50
GLASS = SUPPLIERS["GLASSCO"].name
MOST = 1000

_CODES = {supplier.name: supplier.code for supplier in SUPPLIERS.values()}


@dataclass(frozen=True, slots=True)
class Delivery:
    """A receipt, and what it has accrued lot by lot."""

    receipt: str
    order: str
    parts: tuple[Aged, ...]

    @property
    def cents(self) -> int:
        return sum(part.accrual.open for part in self.parts)


@dataclass(frozen=True, slots=True)
class Week:
    """What one supplier charges on one Friday."""

    vendor: str
    number: str
    on: date
    deliveries: tuple[Delivery, ...]


How = Callable[["Desk", Week], Iterator[None]]
"""A way to type a week's bills: so far before they are read, then what people do about them."""


@dataclass(slots=True)
class Desk:
    """AP at work."""

    clerk: Clerk
    finance: Acting
    ways: Mapping[tuple[date, str], How]
    """Supplier by supplier, what is not typed plainly."""
    billed: set[int] = field(default_factory=set)
    refused: list[Refusal] = field(default_factory=list)
    at: datetime = field(default_factory=lambda: datetime.combine(FIRST_DAY, time(18), KC.zone))

    def evening(self, on: date) -> None:
        """On a Friday, all bills that are due."""
        if on.weekday() != FRIDAY:
            return
        self.at = datetime.combine(on, time(18), KC.zone)
        self.work(self._way(week)(self, week) for week in self.weeks(on))

    def work(self, ways: Iterable[Iterator[None]]) -> None:
        """Step by step, all of them side by side."""
        at_work = list(ways)
        while at_work:
            at_work = [one for one in at_work if self._goes_on(one)]
            self.look()

    def freight(self, last: date, *, of: str = GLASS) -> None:
        """The carrier's bill for a month comes in the next one, for goods that are used and sold in part by then."""
        self.at = datetime.combine(last + CLOSE, time(12), KC.zone)
        if brought := self._brought(of, last):
            self.work([self._carried(f"{len(brought)} loads of {of}, {last:%B}", brought)])

    def _carried(self, text: str, brought: list[str]) -> Iterator[None]:
        self.clerk.add_vendor(CARRIER)
        yield
        number = f"GPF-{self.at:%m%d}"
        self.clerk.type(CARRIER, number, self.at.date(), self.clerk.line(CARRIED, text, account=FREIGHT))
        yield
        self.share(CARRIED, brought, vendor=CARRIER, document=number)

    def look(self) -> None:
        """QuickBooks tells what was typed; it is read, mirrored and matched."""
        company = self.clerk.company
        documents.hear(company, self.clerk.emulator["realm_id"], self.clerk.told())
        inbound.work(company)
        settling.settle(company, self.at)

    # --- What is typed ----------------------------------------------------------------------------------------

    def type(self, week: Week, *lines: Line, number: str = "", on: date | None = None, kind: str = "Bill") -> str:
        return self.clerk.type(week.vendor, number or week.number, on or week.on, *lines, kind=kind)

    def line(self, one: Delivery, *, off: int = 0, account: str = "") -> Line:
        """A delivery as its bill says it, so many cents off."""
        text = f"Goods as of {one.receipt}"
        return self.clerk.line(one.cents + off, text, **({"account": account} if account else {}))

    def lots(self, one: Delivery, *, price: Decimal = Decimal(1), packs: Decimal = Decimal(1)) -> list[Line]:
        """The same lot by lot, by product; at that much of the price, for that much of the quantity."""
        lines = []
        for part in one.parts:
            goods = part.goods
            came = Fraction(goods.received) * goods.denominator / goods.numerator
            each = Fraction(part.accrual.open, 100) / came
            charged = _decimal(came * Fraction(packs), 2)
            text = f"{goods.sku}, your lot {goods.supplier_lot}"
            lines.append(self.clerk.item(goods.sku, charged, _decimal(each * Fraction(price), 4), text))
        return lines

    # --- What finance does --------------------------------------------------------------------------------------

    def move(self, week: Week, reason: str) -> None:
        """From where AP coded it to the accrual."""
        bill = self._bill(week.number)
        with companies.scope(self.clerk.company):
            lines = [line.pk for line in bills.lines(bill)]
        for line in lines:
            bill_actions.move_to_accrual(self.finance, bill=bill.pk, line=line, at=self.at, reason=reason)

    def set_aside(self, week: Week, *, line: int, what: str) -> None:
        """It pays for no goods."""
        bill = self._bill(week.number)
        with companies.scope(self.clerk.company):
            found = bills.lines(bill)[line - 1]
        bill_actions.set_aside(self.finance, bill=bill.pk, line=found.pk, what=what)

    def share(self, cents: int, receipts: list[str], *, vendor: str, document: str) -> None:
        """Freight over what it brought, wherever that is by now."""
        amount = Decimal(cents).scaleb(-2)
        apportion_landed_cost(
            self.finance,
            amount=amount,
            receipts=receipts,
            basis=Basis.VALUE,
            at=self.at,
            vendor=vendor,
            document=document,
        )

    # --- What there is to do ------------------------------------------------------------------------------------

    def weeks(self, on: date) -> list[Week]:
        """What came long enough ago and was on no bill yet, by supplier."""
        with companies.scope(self.clerk.company):
            every = accruals.ageing(self.clerk.company, on)
        due = [one for one in every if one.days >= LATE.days and one.goods.id not in self.billed]
        self.billed |= {one.goods.id for one in due}
        due.sort(key=lambda one: (one.vendor, one.goods.receipt, one.goods.id))
        return [
            Week(vendor, f"{_CODES.get(vendor, vendor)}-{on:%m%d}", on, tuple(_deliveries(some)))
            for vendor, some in groupby(due, key=lambda one: one.vendor)
        ]

    def _way(self, week: Week) -> How:
        return self.ways.get((week.on, _CODES.get(week.vendor, "")), plainly)

    def _goes_on(self, one: Iterator[None]) -> bool:
        """A step further. The pages are open meanwhile: who was faster is no trouble."""
        try:
            next(one)
        except StopIteration:
            return False
        except Refusal as refusal:
            self.refused.append(refusal)
            return False
        return True

    def _bill(self, number: str) -> Bill:
        with companies.scope(self.clerk.company):
            return Bill.objects.get(number=number, deleted=False)

    def _brought(self, vendor: str, last: date) -> list[str]:
        """Receipts of that month, up to that day."""
        with companies.scope(self.clerk.company):
            every = queries.receipts(text=vendor, most=MOST)
        return [one.number for one in every if last.replace(day=1) <= one.at.astimezone(KC.zone).date() <= last]


def plainly(desk: Desk, week: Week) -> Iterator[None]:
    """A line a delivery, straight on the accrual, at the price that was agreed."""
    desk.type(week, *(desk.line(one) for one in week.deliveries))
    yield from ()


def _deliveries(some: Iterator[Aged]) -> Iterator[Delivery]:
    for (receipt, order), parts in groupby(some, key=lambda one: (one.goods.receipt, one.goods.order)):
        yield Delivery(receipt, order, tuple(parts))


def _decimal(exact: Fraction, places: int) -> Decimal:
    return round(Decimal(exact.numerator) / exact.denominator, places)
