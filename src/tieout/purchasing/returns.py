"""Goods that go back to the supplier, and the credit that comes for them.

What the supplier owes is his price for exactly these goods, with every bill since. If they were not billed yet, the
accrual shrinks; if they were, it is a claim until his credit comes. What the lot cost beyond his price (freight, duty)
or no longer (a write-down) is a loss or a gain of the return. What is not billed goes back first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection
from msgspec import Struct

from tieout.access.acting import Act
from tieout.core import quantities
from tieout.core.acts.corrections import Correction, Late
from tieout.core.acts.returns import SendBack, SentBack
from tieout.core.balances import ZERO, Balance
from tieout.core.book import Key
from tieout.core.heaps import Step, heap
from tieout.core.posting import Paper
from tieout.core.refusals import BadAmount, Refusal
from tieout.core.roles import MoveKind, PlaceKind, Role
from tieout.core.rounding import allocate
from tieout.ledger import events, grouping
from tieout.ledger.models import Event, EventKind
from tieout.purchasing import accruals, orders
from tieout.purchasing.models import PurchaseOrderLine, ReceiptLine, ReturnLine, Settlement
from tieout.stock import lots, movements, picking, places, reversals
from tieout.stock.lots import LotFacts
from tieout.stock.models import Lot
from tieout.stock.movements import Doing, Recorded
from tieout.stock.picking import Wanted
from tieout.stock.reversals import AlreadyReversed, Reversed


class NotBought(Refusal):
    """A lot that no supplier delivered."""

    code = "not_bought"


class OverReturned(Refusal):
    """More than came, or than was not sent back yet."""

    code = "over_returned"


class UnknownReturn(Refusal):
    """No return to a supplier of that number."""

    code = "unknown_return"


class Settled(Refusal):
    """A claim that the supplier has answered."""

    code = "already_settled"


class SentBackLot(Struct, frozen=True):
    """What an answer to a return says, in cents: what the supplier owes, and what the goods cost."""

    number: str
    event: int
    price: int
    value: int
    claimed: bool
    """Whether any of it had been billed."""


def send_back(act: Act, *, lot: str, quantity: Decimal, at: datetime, place: str = "", reason: str = "") -> SentBackLot:
    """Goods of one lot to whom they came from, inside the caller's transaction."""
    known = places.of(act.company)
    (found,) = lots.facts(act.company, lots.by_code(act.company, [lot]).values()).values()
    receipt = _receipt(found)
    PurchaseOrderLine.objects.select_for_update().get(pk=receipt.order_line_id)
    site = known.site_of(known.at(place)) if place else known.site(receipt.order_line.order.site.code)
    assert site is not None, f"{place} is at no site"
    taken = picking.take(act, [Wanted(quantity, lot=lot, place=place)], site=site.code)
    when, desk = events.moment(act, at=at, zone=site.zone)
    book = movements.load(act.company, taken.held)
    book.require(Key(taken.picks[0].place, found.id, None), quantity)
    lines = _lines(act, receipt, found, taken.picks[0].place, quantity)
    facts = SendBack(known.counterpart(PlaceKind.PRICE_VARIANCE), lines)
    facts.apply(book)
    number, _ = events.number(act, "RTV")
    kind = EventKind.SUPPLIER_RETURN
    supplier = receipt.order_line.order.supplier
    doing = Doing(
        kind,
        number,
        when,
        desk,
        grouping.returned(when, kind=kind.value, number=number, site=site.id),
        Paper(kind.value, vendor=supplier.party_id, document=number, reason=reason[:40]),
        site=site.id,
        subject=number,
        note=f"Return {number} to {supplier.name} of {found.sku} lot {found.code}"
        f"{': ' + reason if reason else ''}, by {act.by.name}.",
    )
    event = movements.record(act, doing, book=book, facts=facts, goods=movements.goods_of(taken.held.values()))
    gone = [moved for moved in book.movements if moved.quantity]
    ReturnLine.objects.bulk_create(
        ReturnLine(
            company_id=act.company,
            event_id=event,
            receipt_line=receipt,
            lot_id=found.id,
            quantity=line.quantity,
            price=line.price,
            value=moved.value,
            claimed=line.role is Role.VCLAIM,
            movement_number=moved.number,
        )
        for line, moved in zip(lines, gone, strict=True)
    )
    orders.add_received(act.company, [receipt.order_line.order_id], [(receipt.order_line_id, -quantity, ZERO)])
    price, value = sum(line.price for line in lines), sum(moved.value for moved in gone)
    return SentBackLot(number, event, price, value, any(line.role for line in lines))


def take_back(act: Act, *, number: str, at: datetime, reason: str) -> Reversed:
    """The goods never left: back into their lot at the same cents, and the order has them again."""
    event = _event(number)
    if Settlement.objects.filter(returned=event).exists():
        raise Settled(f"The supplier has given a credit for {number}. Receive the goods as a new receipt.")
    taken = reversals.reverse(act, number=number, at=at, reason=reason)
    lines = list(ReturnLine.objects.filter(event=event).select_related("receipt_line__order_line"))
    orders.add_received(
        act.company,
        {one.receipt_line.order_line.order_id for one in lines},
        [(lines[0].receipt_line.order_line_id, sum((one.quantity for one in lines), ZERO), ZERO)],
    )
    return taken


# --- The supplier's credit --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Claim:
    """What a supplier owes for goods that went back, in cents."""

    event: Event
    role: Role
    """Where it stands: VCLAIM, or the accrual for goods that were not billed when they left."""
    lines: Sequence[ReturnLine]
    cents: int
    """Not settled yet, with what later bills added."""


def claim(company: int, number: str) -> Claim:
    """The claim of a return as it stands; its lots are held, so that no bill changes it meanwhile."""
    event = _event(number)
    every = list(ReturnLine.objects.filter(event=event).select_related("receipt_line").order_by("id"))
    lots.lock(company, [one.lot_id for one in every])
    lines = [one for one in every if one.claimed] or every
    role = Role.VCLAIM if lines[0].claimed else Role.GRNI
    settled = sum(Settlement.objects.filter(returned=event).values_list("claimed", flat=True))
    return Claim(event, role, lines, _owed(company, lines) - settled)


def settle_claim(
    act: Act, *, supplier_return: str, credited: int, at: datetime, document: str = "", final: bool = True
) -> Recorded:
    """The supplier's credit (which AP has typed into QuickBooks against the claim) is here: `credited` cents.

    Unless more is to come, the gap to what was claimed is the return's loss or gain, and the claim is done.
    """
    if credited < 0:
        raise BadAmount(f"A credit of {credited / 100:.2f} is none. Give what the supplier gives back.")
    found = claim(act.company, supplier_return)
    if not found.cents and Settlement.objects.filter(returned=found.event).exists():
        raise Settled(f"The claim of {supplier_return} is settled. Match a further credit with the bill it is for.")
    if Event.objects.filter(reverses=found.event).exists():
        raise AlreadyReversed(f"{supplier_return} was taken back: there is nothing to claim.")
    gap = found.cents - credited if final else 0
    when, desk = events.moment(act, at=max(at, found.event.occurred_at), zone=act.time_zone)
    number, _ = events.number(act, "VCR")
    held = lots.facts(act.company, [one.lot_id for one in found.lines])
    facts = Late(_gaps(act.company, found, gap))
    book = movements.load(act.company, held)
    facts.apply(book)
    vendor = found.event.payload["paper"]["vendor"]
    doing = Doing(
        EventKind.VENDOR_CREDIT,
        number,
        when,
        desk,
        grouping.late_cost(when, number=number),
        Paper(EventKind.VENDOR_CREDIT.value, vendor=vendor, document=number),
        subject=supplier_return,
        note=f"Credit {document or number} for {supplier_return}: {credited / 100:.2f} of {found.cents / 100:.2f}, "
        f"by {act.by.name}.",
    )
    event = movements.record(act, doing, book=book, facts=facts, goods=movements.goods_of(held.values()))
    Settlement.objects.create(
        company_id=act.company, returned=found.event, event_id=event, claimed=credited + gap, credited=credited
    )
    return Recorded(number, event, gap)


def _gaps(company: int, found: Claim, gap: int) -> list[Correction]:
    if not gap:
        return []
    known = places.of(company)
    supplier, variance = known.counterpart(PlaceKind.SUPPLIER), known.counterpart(PlaceKind.PRICE_VARIANCE)
    weights = [one.price for one in found.lines]
    shares = allocate(gap, over=weights if any(weights) else [one.quantity for one in found.lines])
    moved = _movements(company, found.lines)
    return [
        Correction(
            MoveKind.LOSS, item, one.lot_id, None, supplier, variance, share, id,
            Role.PURCHASE_RETURN_VAR, None if found.role is Role.GRNI else found.role,
        )
        for (id, item), one, share in zip(moved, found.lines, shares, strict=True)
        if share
    ]  # fmt: skip


def _event(number: str) -> Event:
    event = Event.objects.filter(kind=EventKind.SUPPLIER_RETURN, number=number).first()
    if event is None:
        raise UnknownReturn(f"There is no return to a supplier {number}. Look for it among the events.")
    return event


# --- What the supplier owes -------------------------------------------------------------------------------------


def _receipt(lot: LotFacts) -> ReceiptLine:
    """The receipt that a lot came by; what a customer sent back came by its first lot's."""
    id: int | None = lot.id
    while id is not None:
        related = ReceiptLine.objects.select_related("order_line__order__supplier", "order_line__order__site")
        found = related.filter(lot_id=id).order_by("id").last()
        if found is not None:
            return found
        id = Lot.objects.values_list("returned_from_id", flat=True).get(pk=id)
    raise NotBought(f"Lot {lot.code} did not come from a supplier. Scrap it, or ship it to whom it belongs.")


def _lines(act: Act, receipt: ReceiptLine, lot: LotFacts, place: int, quantity: Decimal) -> list[SentBack]:
    """What was not billed comes off the accrual, the rest is claimed; each at its part of the price."""
    quantities.quantity(quantity, decimals=lot.decimals, unit=lot.unit, what=f"The quantity of lot {lot.code}")
    left = _price(act.company, receipt.pk)
    if quantity > left.quantity:
        raise OverReturned(
            f"{quantities.plain(quantity)} {lot.unit} of lot {lot.code}: {quantities.plain(left.quantity)} of its "
            "receipt were not sent back yet. Send back no more than that; what was counted beyond it is nobody's."
        )
    open_quantity = max(ZERO, accruals.of(act.company, ids=[receipt.pk])[receipt.pk].open_quantity)
    supplier = places.of(act.company).counterpart(PlaceKind.SUPPLIER)
    lines = []
    unbilled = min(quantity, open_quantity)
    for part, role in ((unbilled, None), (quantity - unbilled, Role.VCLAIM)):
        if part:
            price, left = left.issue(part)
            lines.append(SentBack(lot.item, lot.id, place, supplier, part, price, role))
    return lines


_PRICE = """
with line as (
    select company_id, id, event_id, lot_id, quantity, value from purchasing_receiptline
    where company_id = %(company)s and id = %(line)s
), entry as (
    select m.id, m.target_id from line r
    join stock_movement m on m.company_id = r.company_id and m.lot_id = r.lot_id and m.quantity > 0
    order by m.id limit 1
), sent as (
    select m.id, m.origin_id, m.target_id, b.quantity, b.price from line r
    join purchasing_returnline b on b.company_id = r.company_id and b.receipt_line_id = r.id
    join stock_movement m on m.company_id = b.company_id and m.event_id = b.event_id and m.number = b.movement_number
    where not exists (select 1 from ledger_event x where x.company_id = b.company_id and x.reverses_id = b.event_id)
)
select 0::bigint as id, quantity, value from line
union all
select c.id, 0, c.value from line r cross join entry e
join stock_movement c on c.company_id = r.company_id and c.corrects_id = e.id and c.target_id = e.target_id
join stock_location o on o.company_id = c.company_id and o.id = c.origin_id and o.kind in ('supplier', 'unverified')
where c.event_id > r.event_id
union all
select id, -quantity, -price from sent
union all
select c.id, 0, -c.value from sent s join stock_movement c on c.company_id = %(company)s and c.corrects_id = s.id
    and c.origin_id = s.origin_id and c.target_id = s.target_id
order by 1
"""


def _price(company: int, receipt_line: int) -> Balance:
    """What of a receipt line was not sent back, and the supplier's price of it with every bill since."""
    with connection.cursor() as cursor:
        cursor.execute(_PRICE, {"company": company, "line": receipt_line})
        return heap(Step(quantity, int(value)) for _, quantity, value in cursor)


_MOVEMENTS = """
select m.id, m.item_id from unnest(%s::bigint[], %s::int[]) with ordinality as w(event, number, n)
join stock_movement m on m.company_id = %s and m.event_id = w.event and m.number = w.number order by w.n
"""


def _movements(company: int, lines: Sequence[ReturnLine]) -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        events_of, numbers = [one.event_id for one in lines], [one.movement_number for one in lines]
        cursor.execute(_MOVEMENTS, [events_of, numbers, company])
        return list(cursor.fetchall())


def _owed(company: int, lines: Sequence[ReturnLine]) -> int:
    """The price of what went back, and what later bills of it came to."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select coalesce(sum(c.value), 0)::bigint from stock_movement c"
            " join stock_movement m on m.company_id = c.company_id and m.id = c.corrects_id"
            " where c.company_id = %s and m.id = any(%s) and c.origin_id = m.origin_id and c.target_id = m.target_id",
            [company, [id for id, _ in _movements(company, lines)]],
        )
        (later,) = cursor.fetchone()
    return sum(one.price for one in lines) + int(later)
