"""Goods come in on a purchase order: new lots at the order's price, owed to the supplier until the bill comes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from django.db import connection
from msgspec import Struct

from tieout.access.acting import Act
from tieout.core import quantities
from tieout.core.acts.goods import Arrival, Receive
from tieout.core.balances import ZERO
from tieout.core.book import Book
from tieout.core.posting import Goods, Paper
from tieout.core.refusals import BadAmount, Refusal, ZeroQuantity
from tieout.core.roles import MoveKind, PlaceKind, Role
from tieout.costing import compositions, landed
from tieout.costing.compositions import Entry, Part
from tieout.costing.models import Element
from tieout.ledger import events, grouping
from tieout.ledger.desk import Desk
from tieout.ledger.events import Moment
from tieout.ledger.models import EventKind
from tieout.purchasing import orders, rates
from tieout.purchasing.models import OrderState, PurchaseOrder
from tieout.purchasing.orders import LineFacts
from tieout.stock import movements, places
from tieout.stock.lots import NewLot
from tieout.stock.movements import Doing
from tieout.stock.places import Places


class TooMuch(Refusal):
    """More than was ordered and more than is allowed over it."""

    code = "over_receipt"


@dataclass(frozen=True, slots=True)
class Incoming:
    """What came of one order line: quantities in the item's base unit."""

    line: int
    quantity: Decimal
    rejected: Decimal = ZERO
    lot: str = ""
    supplier_lot: str = ""
    expires_on: date | None = None
    amount: Decimal | None = None
    """What it is worth in home currency, where the papers say so; else the order's price."""
    reason: str = ""


class ReceivedLot(Struct, frozen=True):
    lot: int
    code: str
    sku: str
    quantity: Decimal
    value: int


class Receipt(Struct, frozen=True):
    """What an answer to a receipt says."""

    number: str
    event: int
    lots: list[ReceivedLot]


@dataclass(frozen=True, slots=True)
class Accepted:
    """One line, decided."""

    incoming: Incoming
    line: LineFacts
    value: int
    foreign: Decimal | None


@dataclass(frozen=True, slots=True)
class Stocked:
    """A line that is a lot now, and the freight that is expected of it, in cents."""

    accepted: Accepted
    lot: NewLot
    freight: int


def receive(
    act: Act,
    *,
    order: PurchaseOrder,
    expected: Mapping[int, LineFacts],
    incoming: Sequence[Incoming],
    place: int,
    at: datetime,
    slip: str = "",
    rate: Fraction | None = None,
    credit: Role | None = None,
    tolerance: str | None = None,
) -> Receipt:
    """Everything a receipt does, inside the caller's transaction, which holds the `expected` order lines."""
    if order.state == OrderState.CLOSED:
        raise orders.OrderClosed(f"{order.number} is closed. Place a new order, or record the goods as found goods.")
    if any(one.amount is None for one in incoming):
        rates.refuse_none(order, rate, home=act.currency)
    known = places.of(act.company)
    when, desk = events.moment(act, at=at, zone=known.site(order.site.code).zone)
    accepted = _accept(order, expected, incoming, rate, tolerance or desk.policies["over-receipt"])
    number, stocked = _stock(act, order, accepted, at=at, on=when.on)
    facts = _arrivals(stocked, place=place, known=known)
    book = Book(known, names={one.lot.id: one.lot.code for one in stocked})
    facts.apply(book)
    event = movements.record(
        act,
        _doing(act, order, number, when=when, desk=desk, slip=slip, credit=credit),
        book=book,
        facts=facts,
        goods={one.lot.id: _goods(one.accepted.line, one.lot.code) for one in stocked},
        new=[one.lot for one in stocked],
    )
    _keep(act, order, event, accepted, stocked, rate)
    return Receipt(number, event, [_received(one) for one in stocked])


def _stock(
    act: Act, order: PurchaseOrder, accepted: Sequence[Accepted], *, at: datetime, on: date
) -> tuple[str, list[Stocked]]:
    """The receipt's number, and a lot for each line of which anything was kept."""
    kept = [one for one in accepted if one.incoming.quantity]
    number, ids = events.number(act, "RCV", lots=len(kept))
    freight = landed.estimate([(one.line.item, one.incoming.quantity, one.value) for one in kept], on)
    return number, [
        Stocked(one, _lot(id, n, one, order=order, at=at, number=number), cents)
        for n, (id, one, cents) in enumerate(zip(ids, kept, freight, strict=True), 1)
    ]


def _arrivals(stocked: Sequence[Stocked], *, place: int, known: Places) -> Receive:
    """The goods from the supplier, then what getting them here is expected to cost."""
    supplier, freight = known.counterpart(PlaceKind.SUPPLIER), known.counterpart(PlaceKind.FREIGHT)
    goods = [
        Arrival(one.lot.item, one.lot.id, supplier, place, one.accepted.incoming.quantity, one.accepted.value)
        for one in stocked
    ]
    estimates = [Arrival(one.lot.item, one.lot.id, freight, place, ZERO, one.freight) for one in stocked if one.freight]
    return Receive(MoveKind.RECEIVE, [*goods, *estimates])


def _doing(
    act: Act, order: PurchaseOrder, number: str, *, when: Moment, desk: Desk, slip: str, credit: Role | None
) -> Doing:
    known = places.of(act.company)
    site = known.site(order.site.code)
    return Doing(
        EventKind.RECEIPT,
        number,
        when,
        desk,
        grouping.receipt(desk, when, number=number, site=site.id, site_code=site.code),
        Paper(
            EventKind.RECEIPT.value,
            vendor=order.supplier.party_id,
            document=number,
            by_lot=True,
            role_at={known.counterpart(PlaceKind.SUPPLIER): credit} if credit else {},
        ),
        site=site.id,
        subject=order.number,
        note=_note(act, order, number, slip),
    )


def _keep(
    act: Act,
    order: PurchaseOrder,
    event: int,
    accepted: Sequence[Accepted],
    stocked: Sequence[Stocked],
    rate: Fraction | None,
) -> None:
    """What the receipt says beside its movements: its lines, what the order has now, what the lots cost and why."""
    lots = iter(one.lot.id for one in stocked)
    made = [next(lots) if one.incoming.quantity else None for one in accepted]
    record_lines(act.company, event, accepted, made, rate)
    came = [(one.line.id, one.incoming.quantity, one.incoming.rejected) for one in accepted]
    orders.add_received(act.company, [order.pk], came)
    price = [Entry(one.lot.id, Part(Element.MATERIAL, one.lot.item), one.accepted.value) for one in stocked]
    freight = [Entry(one.lot.id, Part(Element.FREIGHT, one.lot.item), one.freight) for one in stocked]
    compositions.record(act.company, event, [*price, *freight])
    landed.record_estimates(act.company, event, [(one.lot.id, one.freight) for one in stocked])


def _received(one: Stocked) -> ReceivedLot:
    said = one.accepted
    return ReceivedLot(one.lot.id, one.lot.code, said.line.sku, said.incoming.quantity, said.value)


def _accept(
    order: PurchaseOrder,
    lines: Mapping[int, LineFacts],
    incoming: Sequence[Incoming],
    rate: Fraction | None,
    tolerance: str,
) -> list[Accepted]:
    """Each line checked against its order line; lines of one order line add up."""
    if not incoming:
        raise ZeroQuantity(f"Nothing was said to have come on {order.number}. Name at least one line.")
    so_far: dict[int, Decimal] = {}
    accepted = []
    for one in incoming:
        line = lines.get(one.line)
        if line is None:
            raise orders.UnknownOrder(f"{order.number} has no line {one.line}; it has {', '.join(map(str, lines))}.")
        _check_quantities(one, line)
        before = so_far.get(one.line, line.received)
        so_far[one.line] = before + one.quantity
        _check_tolerance(order, line, so_far[one.line], one.quantity, tolerance)
        accepted.append(_value(one, line, before, rate))
    return accepted


def _check_quantities(one: Incoming, line: LineFacts) -> None:
    for quantity, what in ((one.quantity, "received"), (one.rejected, "rejected")):
        quantities.quantity(
            quantity, decimals=line.decimals, unit=line.unit, what=f"The quantity {what} of {line.sku}", zero=True
        )
    if not one.quantity and not one.rejected:
        raise ZeroQuantity(f"Line {line.number} ({line.sku}): neither received nor rejected anything.")


def _check_tolerance(order: PurchaseOrder, line: LineFacts, total: Decimal, more: Decimal, tolerance: str) -> None:
    if tolerance == "any" or not more:
        return
    most = line.due * (100 + int(tolerance)) / 100
    if total > most:
        raise TooMuch(
            f"{line.sku} on {order.number}: {quantities.plain(total)} {line.unit} with this receipt, "
            f"{float(line.due):g} ordered and {tolerance} % over is allowed. Reject the rest, or have the order raised."
        )


def _value(one: Incoming, line: LineFacts, before: Decimal, rate: Fraction | None) -> Accepted:
    if one.amount is not None:
        if one.amount < 0:
            raise BadAmount(f"{line.sku} cannot be worth {one.amount}. Give 0 or more.")
        return Accepted(one, line, quantities.cents(one.amount, what=f"The amount of {line.sku}"), None)
    value = line.cents(one.quantity, after=before, rate=rate or Fraction(1))
    foreign = None
    if rate is not None:
        foreign = Decimal(line.cents(one.quantity, after=before)) / 100
    return Accepted(one, line, value, foreign)


def _lot(id: int, n: int, one: Accepted, *, order: PurchaseOrder, at: datetime, number: str) -> NewLot:
    life = one.line.shelf_life_days
    local = at.date()
    return NewLot(
        id=id,
        item=one.line.item,
        code=one.incoming.lot or f"{number.removeprefix('RCV-').lstrip('0')}-{n}",
        line=n,
        made_at=at,
        expires_on=one.incoming.expires_on or (local + timedelta(days=life) if life else None),
        supplier=order.supplier.party_id,
        supplier_lot=one.incoming.supplier_lot,
    )


def _goods(line: LineFacts, code: str) -> Goods:
    return Goods(line.item, line.kind, line.category, f"{line.sku} lot {code}", line.unit)


def _note(act: Act, order: PurchaseOrder, number: str, slip: str) -> str:
    paper = f", slip {slip}" if slip else ""
    return f"Receipt {number} from {order.supplier.name} on {order.number}{paper}, by {act.by.name}."


_LINES = """
insert into purchasing_receiptline (company_id, event_id, number, order_line_id, lot_id, quantity, rejected, value,
    foreign_amount, rate, reason)
select %s, %s, r.number, r.order_line, r.lot, r.quantity, r.rejected, r.value, r.foreign_amount, %s, r.reason
from unnest(%s::int[], %s::bigint[], %s::bigint[], %s::numeric[], %s::numeric[], %s::bigint[], %s::numeric[],
    %s::text[])
    as r(number, order_line, lot, quantity, rejected, value, foreign_amount, reason)
"""


def record_lines(
    company: int, event: int, accepted: Sequence[Accepted], made: Sequence[int | None], rate: Fraction | None
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _LINES,
            [
                company,
                event,
                Decimal(rate.numerator) / rate.denominator if rate else None,
                list(range(1, len(accepted) + 1)),
                [one.line.id for one in accepted],
                list(made),
                [one.incoming.quantity for one in accepted],
                [one.incoming.rejected for one in accepted],
                [one.value if one.incoming.quantity else 0 for one in accepted],
                [one.foreign for one in accepted],
                [one.incoming.reason for one in accepted],
            ],
        )
