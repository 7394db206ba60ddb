"""What the shipping desk may ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from tieout.access.acting import Act
from tieout.access.actions import action
from tieout.access.permissions import Permission
from tieout.core.acts.goods import Departure, Leave
from tieout.core.posting import Paper
from tieout.core.roles import MoveKind
from tieout.ledger import events, grouping
from tieout.ledger.models import Event, EventKind
from tieout.sales import customers, links, recognition, returns, shipments
from tieout.sales.models import Sold
from tieout.sales.returns import Returned
from tieout.stock import movements, picking, places, reversals
from tieout.stock.movements import Doing
from tieout.stock.picking import Wanted
from tieout.stock.reversals import Reversed


@dataclass(frozen=True, slots=True)
class Going:
    """Goods to go: of a lot (by code or #id), or of an item, first-expiring or oldest first."""

    quantity: Decimal
    sku: str = ""
    lot: str = ""
    place: str = ""


class ShippedLot(Struct, frozen=True):
    lot: int
    code: str
    sku: str
    quantity: Decimal
    value: int
    """Cents: the lot's own cost."""


class Shipped(Struct, frozen=True):
    number: str
    event: str
    sequence: int
    lots: list[ShippedLot]
    value: int


class Added(Struct, frozen=True):
    code: str


@action(Permission.SHIP)
def add_customer(act: Act, *, code: str, name: str, channel: str = "") -> Added:
    """A customer; QuickBooks' customer of that name is linked, or asked for."""
    act.subject = code
    customers.add(act.company, code=code, name=name, channel=channel)
    return Added(code)


@action(Permission.SHIP)
def ship(
    act: Act,
    *,
    customer: str,
    site: str,
    lines: Sequence[Going],
    at: datetime,
    order_number: str = "",
    shipment: str = "",
) -> Shipped:
    """Goods leave for a customer: cost of goods sold is the cost of these very lots.

    `shipment` adds lines to a shipment that is there; empty, a new one is made.
    """
    buyer = customers.one(customer)
    known = places.of(act.company)
    from_site = known.site(site)
    when, desk = events.moment(act, at=at, zone=from_site.zone)
    taken = picking.take(act, [Wanted(one.quantity, one.sku, one.lot, one.place) for one in lines], site=site)
    sold = Sold(shipments.one(shipment).recognition) if shipment else recognition.agreed(desk, buyer, when.local)
    out = known.counterpart(recognition.place(sold))
    facts = Leave(MoveKind.SHIP, [Departure(one.item, one.lot, one.place, out, one.quantity) for one in taken.picks])
    book = movements.load(act.company, taken.held)
    taken.refuse_overtaken(book)
    facts.apply(book)
    number = events.number(act, "SHP")[0]
    row = shipments.join(
        act.company,
        number=shipment or number,
        customer=buyer,
        site=from_site.id,
        order_number=order_number,
        at=at,
        fresh=not shipment,
        sold=sold,
    )
    order = f" on order {row.order_number}" if row.order_number else ""
    doing = Doing(
        EventKind.SHIPMENT,
        number,
        when,
        desk,
        grouping.shipment(desk, when, number=number, site=from_site.id, site_code=site, paper=row.number),
        Paper(EventKind.SHIPMENT.value, customer=buyer.party_id, document=row.number, channel=buyer.channel),
        site=from_site.id,
        subject=row.number,
        note=f"Shipment {row.number} to {buyer.name}{order}, by {act.by.name}.",
    )
    event = movements.record(act, doing, book=book, facts=facts, goods=movements.goods_of(taken.held.values()))
    shipments.record_lines(act.company, row, event, book.movements)
    shipped = [
        ShippedLot(moved.lot, fact.code, fact.sku, moved.quantity, moved.value)
        for moved in book.movements
        if moved.lot is not None and (fact := taken.held[moved.lot])
    ]
    return Shipped(row.number, number, event, shipped, sum(one.value for one in shipped))


@action(Permission.REVERSE)
def reverse_shipment(act: Act, *, event: str, at: datetime, reason: str) -> Reversed:
    """The goods never left: back into their lots at the same cents, and sold and billed to nobody."""
    shipped = Event.objects.filter(kind=EventKind.SHIPMENT, number=event).first()
    if shipped is not None:
        returns.refuse_if_any(shipped)
        recognition.take_back(act, event=shipped.pk, at=at, reason=reason)
        links.take_back_of_shipment(act, event=shipped.pk, why=f"{event} was taken back: {reason}")
    return reversals.reverse(act, number=event, at=at, reason=reason)


@action(Permission.RECEIVE)
def return_from_customer(
    act: Act,
    *,
    shipment: str,
    quantity: Decimal,
    at: datetime,
    lot: str = "",
    to: str = "",
    code: str = "",
    reason: str = "",
) -> Returned:
    """Goods of a shipment are here again: a lot of their own in quarantine, at the cost they left with.

    `lot` says which where the shipment held several; `code` is what the new one is called.
    """
    return returns.take_in(act, shipment=shipment, quantity=quantity, at=at, lot=lot, to=to, code=code, reason=reason)


@action(Permission.REVERSE)
def reverse_customer_return(act: Act, *, event: str, at: datetime, reason: str) -> Reversed:
    """The goods never came back. Refused once they have moved on."""
    return reversals.reverse(act, number=event, at=at, reason=reason)
