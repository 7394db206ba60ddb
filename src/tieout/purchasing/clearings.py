"""Bill lines set against receipt lines: what was accrued is cleared, what the price and the rate were off goes on.

The bill itself clears the accrual, in QuickBooks: nothing is posted for what agrees. A price difference becomes one
late-cost event for the bill and follows the goods to where they are (or goes to PPV, where the company says so); an
exchange difference is split off to FX, because the debt is money and the goods are not. Taken back, all of it goes
the other way in an event of its own: a clearing is never changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction

from django.db import connection

from tieout.access.acting import Act
from tieout.core import exchange as exchange_rates
from tieout.core.balances import ZERO
from tieout.core.evidence import Waiting
from tieout.core.matching import Part, accrued
from tieout.core.refusals import BadAmount, Refusal
from tieout.core.roles import PlaceKind, Role
from tieout.core.rounding import half_away
from tieout.costing import late, late_costs
from tieout.costing.late_costs import Beside
from tieout.ledger import policies
from tieout.purchasing import accruals, progress
from tieout.purchasing.accruals import Accrual, Goods
from tieout.purchasing.models import Bill, BillLine, Clearing
from tieout.stock.movements import Recorded


class OverBilled(Refusal):
    """More than is open of a receipt line, or than a bill line has left."""

    code = "over_billed"


class ReceiptIsBilled(Refusal):
    """A receipt that a bill was matched with."""

    code = "receipt_billed"


@dataclass(frozen=True, slots=True)
class Cleared:
    """One clearing, decided; cents."""

    bill_line: BillLine
    goods: Goods
    quantity: Decimal
    accrued: int
    price: int
    exchange: int
    billed_quantity: Decimal | None
    foreign: Decimal | None
    expensed: bool = False
    reverses: int | None = None

    @property
    def amount(self) -> int:
        return self.accrued + self.price + self.exchange


@dataclass(frozen=True, slots=True)
class Wanted:
    """A bill line for a receipt line: what core.matching proposes, or a person says."""

    line: BillLine
    part: Part


def clear(
    act: Act, *, bill: Bill, wanted: Sequence[Wanted], at: datetime, reason: str, expensed: bool | None = None
) -> tuple[str, list[Cleared]]:
    """Set these against each other, inside the caller's transaction, which holds the bill. The number of the event
    that books what was off, if anything was."""
    facts = accruals.goods(act.company, {one.part.receipt_line for one in wanted})
    reach = late.Reach(act.company, of_lots=sorted({one.lot for one in facts.values()}))
    found = accruals.of(act.company, ids=facts)
    rest = left(bill)
    decided: list[Cleared] = []
    for one in wanted:
        goods = facts[one.part.receipt_line]
        cleared = _decide(bill, one, goods, found[goods.id], rest[one.line.pk])
        found[goods.id] = _after(found[goods.id], cleared)
        rest[one.line.pk] = rest[one.line.pk].less(cleared)
        decided.append(cleared)
    return _record(act, bill, decided, reach=reach, at=at, reason=reason, expensed=expensed), decided


def take_back(act: Act, *, bill: Bill, clearings: Sequence[Clearing], at: datetime, reason: str) -> str:
    """Undo clearings by rows of opposite sign, and what was booked for them by an event of opposite sign."""
    facts = accruals.goods(act.company, {one.receipt_line_id for one in clearings})
    reach = late.Reach(act.company, of_lots=sorted({one.lot for one in facts.values()}))
    mirrored = [
        Cleared(
            one.bill_line,
            facts[one.receipt_line_id],
            -one.quantity,
            -one.accrued,
            -one.price_difference,
            -one.exchange_difference,
            None if one.billed_quantity is None else -one.billed_quantity,
            None if one.foreign_amount is None else -one.foreign_amount,
            one.expensed,
            one.pk,
        )
        for one in clearings
    ]
    return _record(act, bill, mirrored, reach=reach, at=at, reason=reason, expensed=None)


def standing(lines: Iterable[int]) -> list[Clearing]:
    """The clearings of these bill lines that were not taken back."""
    reversed_ones = Clearing.objects.filter(reverses__isnull=False).values("reverses_id")
    every = Clearing.objects.filter(bill_line_id__in=list(lines), reverses=None).exclude(pk__in=reversed_ones)
    return list(every.select_related("bill_line").order_by("id"))


def refuse_billed(receipt_event: int) -> None:
    """A billed receipt is not taken back but returned: the vendor is owed, or owes, what the bill says."""
    reversed_ones = Clearing.objects.filter(reverses__isnull=False).values("reverses_id")
    found = (
        Clearing.objects.filter(receipt_line__event_id=receipt_event, reverses=None)
        .exclude(pk__in=reversed_ones)
        .select_related("bill_line__bill")
        .first()
    )
    if found is not None:
        bill = found.bill_line.bill
        raise ReceiptIsBilled(
            f"The receipt is billed ({bill.get_kind_display()} {bill.number or bill.external_id}). Return the goods to "
            "the supplier, or take the bill's match back first."
        )


# --- What is left of a bill's lines -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Left:
    """What of a bill line clears nothing yet."""

    amount: int
    quantity: Decimal | None
    foreign: Decimal | None

    def less(self, one: Cleared) -> Left:
        quantity = None if self.quantity is None else self.quantity - (one.billed_quantity or ZERO)
        foreign = None if self.foreign is None else self.foreign - (one.foreign or ZERO)
        return Left(self.amount - one.amount, quantity, foreign)


_LEFT = """
select l.id, (l.amount - coalesce(c.cents, 0))::bigint, l.quantity - coalesce(c.quantity, 0),
    l.foreign_amount - coalesce(c.foreign_amount, 0)
from purchasing_billline l left join lateral (
    select sum(c.accrued + c.price_difference + c.exchange_difference) as cents, sum(c.billed_quantity) as quantity,
        sum(c.foreign_amount) as foreign_amount
    from purchasing_clearing c where c.company_id = l.company_id and c.bill_line_id = l.id) c on true
where l.company_id = %s and l.bill_id = %s and l.ended is null
"""


def left(bill: Bill) -> dict[int, Left]:
    """What of each line of the bill is not matched."""
    with connection.cursor() as cursor:
        cursor.execute(_LEFT, [bill.company_id, bill.pk])
        return {row[0]: Left(*row[1:]) for row in cursor.fetchall()}


_CHARGED = """
select c.receipt_line_id, sum(c.accrued + c.price_difference + c.exchange_difference)::bigint as cents
from purchasing_billline l
join purchasing_clearing c on c.company_id = l.company_id and c.bill_line_id = l.id
where l.company_id = %s and l.bill_id = %s and l.ended is null group by 1
having sum(c.accrued + c.price_difference + c.exchange_difference) > 0 order by 1
"""


def charged(bill: Bill) -> list[Part]:
    """What the bill charges for already, by receipt line: what a discount that comes to it later is off."""
    with connection.cursor() as cursor:
        cursor.execute(_CHARGED, [bill.company_id, bill.pk])
        return [Part(line, ZERO, cents) for line, cents in cursor]


# --- Deciding the cents -----------------------------------------------------------------------------------------


def _decide(bill: Bill, one: Wanted, goods: Goods, found: Accrual, rest: Left) -> Cleared:
    part, line = one.part, one.line
    is_credit = part.quantity < 0
    most = found.billed_quantity if is_credit else found.open_quantity
    if abs(part.quantity) > most:
        what = "were billed" if is_credit else "are not billed yet"
        raise OverBilled(
            f"{abs(part.quantity).normalize():f} of {goods.sku} on {goods.receipt}: {most.normalize():f} {what}. "
            "Match no more than that; the rest of the bill waits for other goods, or for a credit note."
        )
    if abs(part.amount) > abs(rest.amount) or part.amount * rest.amount < 0:
        raise OverBilled(
            f"{part.amount / 100:.2f} of a bill line that has {rest.amount / 100:.2f} left. Match no more than that."
        )
    if not part.amount and not part.quantity:
        raise BadAmount(f"Nothing of {goods.sku} on {goods.receipt}: give a quantity or an amount.")
    due = _accrued(found, part.quantity)
    foreign = part.foreign if part.foreign is not None else _foreign_share(rest, part.amount)
    agreed = goods.agreed(part.quantity, bill.currency)
    price, exchange = exchange_rates.split(part.amount, due, foreign=foreign, agreed=agreed, rate=bill.rate)
    whole = rest.amount == part.amount
    billed_quantity = None
    if rest.quantity is not None:
        share = Fraction(1) if whole or not rest.amount else Fraction(part.amount, rest.amount)
        billed_quantity = _decimal(Fraction(rest.quantity) * share)
    keeps_foreign = foreign if line.foreign_amount is not None else None
    return Cleared(line, goods, part.quantity, due, price, exchange, billed_quantity, keeps_foreign)


def _accrued(found: Accrual, quantity: Decimal) -> int:
    """What that much was accrued at: of what is open, or, for a credit, of what was billed."""
    if quantity >= 0:
        return accrued(_as_waiting(found.open_quantity, found.open), quantity)
    return accrued(_as_waiting(-found.billed_quantity, -found.billed_accrued), quantity)


def _as_waiting(quantity: Decimal, cents: int) -> Waiting:
    return Waiting(0, "", "", 0, 0, quantity, cents)


def _foreign_share(rest: Left, amount: int) -> Decimal | None:
    if rest.foreign is None or not rest.amount:
        return None
    return Decimal(half_away(Fraction(rest.foreign) * Fraction(amount, rest.amount) * 100)).scaleb(-2)


def _after(found: Accrual, one: Cleared) -> Accrual:
    """As it stands once a clearing and what it books are written."""
    return found._replace(
        owed=found.owed + one.price + one.exchange,
        billed_quantity=found.billed_quantity + one.quantity,
        billed_accrued=found.billed_accrued + one.accrued,
        price_difference=found.price_difference + one.price,
        exchange_difference=found.exchange_difference + one.exchange,
    )


# --- Writing ----------------------------------------------------------------------------------------------------


def _record(
    act: Act,
    bill: Bill,
    decided: Sequence[Cleared],
    *,
    reach: late.Reach,
    at: datetime,
    reason: str,
    expensed: bool | None,
) -> str:
    """What was off is booked, then the clearings are written, and what they settle is said."""
    # The later of the bill's day and the match's: what is known now is booked now. What is taken back is so today,
    # whatever day the bill says by now.
    is_taken_back = any(one.reverses for one in decided)
    when = at if is_taken_back else max(at, datetime.combine(bill.billed_on, time(12), act.time_zone))
    expense = _is_expense(when.astimezone(act.time_zone).date()) if expensed is None else expensed
    kept = [one if one.reverses else replace(one, expensed=expense) for one in decided]
    booked = _book(act, bill, kept, reach=reach, at=when, reason=reason)
    Clearing.objects.bulk_create(
        Clearing(
            company_id=act.company,
            bill_line=one.bill_line,
            receipt_line_id=one.goods.id,
            quantity=one.quantity,
            accrued=one.accrued,
            price_difference=one.price,
            exchange_difference=one.exchange,
            expensed=one.expensed,
            billed_quantity=one.billed_quantity,
            foreign_amount=one.foreign,
            event_id=booked.event if booked else None,
            actor_id=act.by.actor,
            at=act.now,
            reason=reason[:500],
            reverses_id=one.reverses,
        )
        for one in kept
    )
    accruals.settle(act.company, {one.goods.id for one in kept})
    progress.note(act.company, bill.pk)
    return booked.number if booked else ""


def _is_expense(on: date) -> bool:
    return policies.in_force(on)["price variance"] == "expense"


def _book(
    act: Act, bill: Bill, decided: Sequence[Cleared], *, reach: late.Reach, at: datetime, reason: str
) -> Recorded | None:
    """One late cost for all that was off: with the goods, or beside them to PPV and FX."""
    flowing: dict[int, int] = {}
    beside: list[Beside] = []
    for one in decided:
        if not one.expensed:
            flowing[one.goods.lot] = flowing.get(one.goods.lot, 0) + one.price
        elif one.price:
            beside.append(Beside(one.goods.lot, one.price, Role.PPV))
        if one.exchange:
            beside.append(Beside(one.goods.lot, one.exchange, Role.FX))
    shares = [(lot, cents) for lot, cents in flowing.items() if cents]
    if not shares and not beside:
        return None
    return late_costs.add(
        act,
        shares=shares,
        beside=beside,
        origin=PlaceKind.SUPPLIER,
        at=at,
        vendor=bill.vendor_id,
        document=bill.number or bill.external_id,
        note=f"{bill.get_kind_display().capitalize()} ({reason})",
        reach=reach,
    )


def _decimal(exact: Fraction) -> Decimal:
    return Decimal(half_away(exact * 10**6)).scaleb(-6)
