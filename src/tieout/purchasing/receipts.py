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
from tieout.ledger.models import EventKind
from tieout.purchasing import orders
from tieout.purchasing.models import OrderState, PurchaseOrder
from tieout.purchasing.orders import LineFacts
from tieout.stock import movements, places
from tieout.stock.lots import NewLot
from tieout.stock.movements import Doing


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
    known = places.of(act.company)
    site = known.site(order.site.code)
    when, desk = events.moment(act, at=at, zone=site.zone)
    accepted = _accept(order, expected, incoming, rate, tolerance or desk.policies["over-receipt"])
    stocked = [one for one in accepted if one.incoming.quantity]
    paper_number, ids = events.number(act, "RCV", lots=len(stocked))
    new = [
        _lot(id, n, one, order=order, at=at, number=paper_number)
        for n, (id, one) in enumerate(zip(ids, stocked, strict=True), 1)
    ]
    supplier, freight = known.counterpart(PlaceKind.SUPPLIER), known.counterpart(PlaceKind.FREIGHT)
    expected_freight = landed.estimate([(one.line.item, one.incoming.quantity, one.value) for one in stocked], when.on)
    facts = Receive(
        MoveKind.RECEIVE,
        [
            Arrival(one.line.item, lot.id, supplier, place, one.incoming.quantity, one.value)
            for one, lot in zip(stocked, new, strict=True)
        ]
        + [
            Arrival(lot.item, lot.id, freight, place, ZERO, cents)
            for lot, cents in zip(new, expected_freight, strict=True)
            if cents
        ],
    )
    book = Book(known, names={lot.id: lot.code for lot in new})
    facts.apply(book)
    doing = Doing(
        EventKind.RECEIPT,
        paper_number,
        when,
        desk,
        grouping.receipt(desk, when, number=paper_number, site=site.id, site_code=site.code),
        Paper(
            EventKind.RECEIPT.value,
            vendor=order.supplier.party_id,
            document=paper_number,
            by_lot=True,
            role_at={supplier: credit} if credit else {},
        ),
        site=site.id,
        subject=order.number,
        note=_note(act, order, paper_number, slip),
    )
    goods = {lot.id: _goods(one.line, lot.code) for one, lot in zip(stocked, new, strict=True)}
    event = movements.record(act, doing, book=book, facts=facts, goods=goods, new=new)
    ids_left = iter(lot.id for lot in new)
    record_lines(
        act.company, event, accepted, [next(ids_left) if one.incoming.quantity else None for one in accepted], rate
    )
    orders.add_received(
        act.company, [order.pk], [(one.line.id, one.incoming.quantity, one.incoming.rejected) for one in accepted]
    )
    compositions.record(
        act.company,
        event,
        [Entry(lot.id, Part(Element.MATERIAL, one.line.item), one.value) for one, lot in zip(stocked, new, strict=True)]
        + [
            Entry(lot.id, Part(Element.FREIGHT, lot.item), cents)
            for lot, cents in zip(new, expected_freight, strict=True)
        ],
    )
    landed.record_estimates(
        act.company, event, [(lot.id, cents) for lot, cents in zip(new, expected_freight, strict=True)]
    )
    return Receipt(
        paper_number,
        event,
        [
            ReceivedLot(lot.id, lot.code, one.line.sku, one.incoming.quantity, one.value)
            for one, lot in zip(stocked, new, strict=True)
        ],
    )


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
