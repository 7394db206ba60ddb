"""Goods that customers send back: lots of their own in quarantine, at the cents they left with and all that came since.

Part of a shipment line comes back by the issue rule over the line. What stood between shipment and sale is taken
before what was sold, because it is still ours. A cost that comes late to the first lot follows the goods into the
new one (costing). Then they are moved back to a store, sent out again, or scrapped, as any lot is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import connection
from msgspec import Struct

from tieout.access.acting import Act
from tieout.core import quantities
from tieout.core.acts.goods import Arrival, Receive
from tieout.core.balances import ZERO, Balance
from tieout.core.book import Book, GoodsMovedOn
from tieout.core.heaps import Step, heap
from tieout.core.posting import Paper
from tieout.core.refusals import Refusal
from tieout.core.roles import MoveKind
from tieout.costing import compositions
from tieout.costing.compositions import Entry, Part
from tieout.costing.models import Element
from tieout.ledger import events, grouping
from tieout.ledger.models import Event, EventKind
from tieout.sales import shipments
from tieout.sales.models import ReturnLine, Shipment
from tieout.stock import lots, movements, places
from tieout.stock.lots import LotFacts, NewLot, UnknownLot
from tieout.stock.models import Lot
from tieout.stock.movements import Doing

QUARANTINE = "QUARANTINE"


class OverReturned(Refusal):
    """More than was shipped, or than has not come back yet."""

    code = "over_returned"


class CameBack(Struct, frozen=True):
    """Goods that are here again, as a lot of their own."""

    lot: int
    code: str
    returned_from: int
    quantity: Decimal
    value: int


class Returned(Struct, frozen=True):
    number: str
    event: int
    lots: list[CameBack]
    value: int
    """Cents."""


class _Heap(NamedTuple):
    """Goods of a shipment line where they are: with the customer, or between shipment and sale."""

    line: int
    lot: int
    movement: int
    place: int
    balance: Balance


@dataclass(frozen=True, slots=True)
class _Taken:
    """What comes back of a heap."""

    heap: _Heap
    quantity: Decimal
    value: int


def take_in(
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
    """So much of a shipment is here again, inside the caller's transaction; `lot` where it held several."""
    row = shipments.one(shipment)
    list(Shipment.objects.select_for_update(of=("self",)).filter(pk=row.pk))
    known = places.of(act.company)
    target = known.at(to or f"{row.site.code}/{QUARANTINE}")
    site = known.site_of(target)
    assert site is not None, f"{to} is at no site"
    first = _lot(act.company, row, lot)
    held = lots.lock(act.company, [first])
    when, desk = events.moment(act, at=max(at, row.shipped_at), zone=site.zone)
    taken = _take(act.company, row, held[first], quantity)
    number, ids = events.number(act, "CRT", lots=len(taken))
    before = Lot.objects.get(pk=first)
    new = [_new(id, n, one, before, code, number) for n, (id, one) in enumerate(zip(ids, taken, strict=True), 1)]
    facts = Receive(
        MoveKind.SHIP,
        [
            Arrival(held[first].item, made.id, one.heap.place, target, one.quantity, one.value)
            for one, made in zip(taken, new, strict=True)
        ],
    )
    book = Book(known, names={made.id: made.code for made in new})
    facts.apply(book)
    kind = EventKind.CUSTOMER_RETURN
    doing = Doing(
        kind,
        number,
        when,
        desk,
        grouping.returned(when, kind=kind.value, number=number, site=site.id),
        Paper(
            kind.value,
            customer=row.customer.party_id,
            document=row.number,
            channel=row.customer.channel,
            reason=reason[:40],
        ),
        site=site.id,
        subject=row.number,
        note=f"Return {number} from {row.customer.name} of shipment {row.number}"
        f"{': ' + reason if reason else ''}, by {act.by.name}.",
    )
    goods = {made.id: held[first].goods._replace(text=f"{held[first].sku} lot {made.code}") for made in new}
    event = movements.record(act, doing, book=book, facts=facts, goods=goods, new=new)
    _record(act.company, event, taken, new, book)
    compositions.record(act.company, event, list(_compositions(act.company, first, held[first].item, taken, new)))
    came = [CameBack(made.id, made.code, first, one.quantity, one.value) for one, made in zip(taken, new, strict=True)]
    return Returned(number, event, came, sum(one.value for one in came))


def refuse_if_any(shipped: Event) -> None:
    """A shipment of which something came back is not taken back as a whole."""
    sql = """
    select e.number, b.quantity from sales_returnline b
    join sales_shipmentline l on l.company_id = b.company_id and l.id = b.shipment_line_id
    join ledger_event e on e.company_id = b.company_id and e.id = b.event_id
    where l.event_id = %s and not exists (
        select 1 from ledger_event x where x.company_id = e.company_id and x.reverses_id = e.id) order by b.id limit 1
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [shipped.pk])
        if row := cursor.fetchone():
            raise GoodsMovedOn(
                f"{quantities.plain(row[1])} of {shipped.number} came back by {row[0]}. Take that back first."
            )


def _lot(company: int, row: Shipment, named: str) -> int:
    """The lot that comes back: the only one of the shipment, or the one that is named."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct l.lot_id, b.code from sales_shipmentline l"
            " join stock_lot b on b.company_id = l.company_id and b.id = l.lot_id"
            " where l.company_id = %s and l.shipment_id = %s order by 1",
            [company, row.pk],
        )
        found: dict[int, str] = dict(cursor.fetchall())
    codes = ", ".join(found.values())
    if named:
        wanted = [id for id, code in found.items() if named in (code, f"#{id}")]
        if len(wanted) == 1:
            return wanted[0]
        raise UnknownLot(f"Shipment {row.number} held {codes}; not one lot {named}. Name one of them, or its number.")
    if len(found) != 1:
        raise UnknownLot(f"Shipment {row.number} held several lots: {codes}. Say which one came back.")
    return next(iter(found))


def _take(company: int, row: Shipment, lot: LotFacts, quantity: Decimal) -> list[_Taken]:
    """Line by line, and of a line what is not sold first."""
    quantities.quantity(quantity, decimals=lot.decimals, unit=lot.unit, what=f"The quantity of lot {lot.code}")
    heaps = _heaps(company, row.pk, lot.id)
    most = sum((one.balance.quantity for one in heaps), ZERO)
    if quantity > most:
        raise OverReturned(
            f"{quantities.plain(quantity)} {lot.unit} of lot {lot.code} on {row.number}: {quantities.plain(most)} can "
            "come back. Name the shipment that the rest left with, or record it as found goods."
        )
    taken = []
    rest = quantity
    for one in heaps:
        part = min(rest, one.balance.quantity)
        if part:
            taken.append(_Taken(one, part, one.balance.issue(part)[0]))
            rest -= part
    return taken


_HEAPS = """
with line as (
    select l.company_id, l.id as line, l.lot_id, m.id, m.origin_id, m.target_id, m.quantity, m.value
    from sales_shipmentline l
    join stock_movement m on m.company_id = l.company_id and m.event_id = l.event_id and m.number = l.movement_number
    where l.company_id = %(company)s and l.shipment_id = %(shipment)s and l.lot_id = %(lot)s and not exists (
        select 1 from ledger_event x where x.company_id = l.company_id and x.reverses_id = l.event_id)
), named as (
    select r.company_id, r.shipment_line_id as line, r.event_id, r.movement_number
    from sales_recognition r join line on line.company_id = r.company_id and line.line = r.shipment_line_id
    union all
    select r.company_id, r.shipment_line_id, r.event_id, r.movement_number
    from sales_returnline r join line on line.company_id = r.company_id and line.line = r.shipment_line_id
), moved as (
    select line, id, origin_id, target_id, quantity, value from line
    union all
    select n.line, m.id, m.origin_id, m.target_id, m.quantity, m.value from named n
    join stock_movement m on m.company_id = n.company_id and m.event_id = n.event_id and m.number = n.movement_number
    where not exists (select 1 from ledger_event x where x.company_id = n.company_id and x.reverses_id = n.event_id)
), told as (
    select line, id, origin_id, target_id, quantity, value from moved
    union all
    select m.line, c.id, m.origin_id, m.target_id, 0, c.value from moved m
    join stock_movement c on c.company_id = %(company)s and c.corrects_id = m.id
        and c.origin_id = m.origin_id and c.target_id = m.target_id
)
select t.line, line.lot_id, line.id, e.place, e.sign * t.quantity, e.sign * t.value from told t
join line on line.line = t.line
cross join lateral (values (t.origin_id, -1), (t.target_id, 1)) as e(place, sign)
join stock_location p on p.company_id = %(company)s and p.id = e.place
    and p.kind in ('customer', 'shipped-not-invoiced')
order by t.line, p.kind desc, t.id
"""
"""What came to and left the customer, or the place between, of every line of that lot: `kind` sorts what is not sold
first."""


def _heaps(company: int, shipment: int, lot: int) -> list[_Heap]:
    histories: dict[tuple[int, int, int, int], list[Step]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_HEAPS, {"company": company, "shipment": shipment, "lot": lot})
        for line, of, movement, place, quantity, value in cursor:
            histories.setdefault((line, of, movement, place), []).append(Step(quantity, int(value)))
    heaps = [_Heap(*key, heap(steps)) for key, steps in histories.items()]
    return [one for one in heaps if one.balance.quantity]


def _new(id: int, n: int, one: _Taken, before: Lot, code: str, number: str) -> NewLot:
    """As old, and as good for as long, as the lot that it was."""
    return NewLot(
        id=id,
        item=before.item_id,
        code=code or f"{before.code} {number.rpartition('-')[2].lstrip('0')}R"[:60],
        line=n,
        made_at=before.made_at,
        expires_on=before.expires_on,
        supplier=before.supplier_id,
        supplier_lot=before.supplier_lot,
        returned_from=before.pk,
        returned_movement=one.heap.movement,
    )


def _record(company: int, event: int, taken: Sequence[_Taken], new: Sequence[NewLot], book: Book) -> None:
    ReturnLine.objects.bulk_create(
        ReturnLine(
            company_id=company,
            shipment_line_id=one.heap.line,
            event_id=event,
            lot_id=made.id,
            quantity=one.quantity,
            value=one.value,
            movement_number=moved.number,
        )
        for one, made, moved in zip(taken, new, book.movements, strict=True)
    )


def _compositions(company: int, lot: int, item: int, taken: Sequence[_Taken], new: Sequence[NewLot]) -> Iterable[Entry]:
    """Made of what the first lot is made of."""
    whole = compositions.of(company, [lot])[lot]
    for one, made in zip(taken, new, strict=True):
        parts = compositions.part(whole, one.value, otherwise=Part(Element.MATERIAL, item)) if one.value else {}
        for part, cents in parts.items():
            yield Entry(made.id, part, cents)
