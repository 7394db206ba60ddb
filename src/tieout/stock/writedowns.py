"""Goods that can be sold for less than they cost: what is on hand of a lot is worth no more than that from now on.

Value only, lot by lot, and never up again: what is left is the lot's cost (US GAAP). A cost that comes late flows
as ever; then the goods are above what they bring again (`above`), and are looked at once more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from tieout.access.acting import Act
from tieout.core import quantities
from tieout.core.acts.corrections import Marked, WriteDown
from tieout.core.balances import NotEnough
from tieout.core.book import GoodsMovedOn
from tieout.core.posting import Paper
from tieout.core.refusals import ZeroQuantity
from tieout.core.roles import PlaceKind
from tieout.ledger import events, grouping
from tieout.ledger.models import Event, EventKind
from tieout.stock import lots, movements, places
from tieout.stock.lots import LotFacts
from tieout.stock.movements import Doing, Recorded


@dataclass(frozen=True, slots=True)
class Worth:
    """What a unit of a lot can be sold for, after what it costs to sell it."""

    lot: str
    unit: Decimal


def record(act: Act, *, site: str, worth: Sequence[Worth], at: datetime, evidence: str) -> Recorded:
    """One event for lots of one site; a lot that costs no more than it brings is left as it is."""
    if not worth:
        raise ZeroQuantity("No lot was named. Say which goods are worth less, and what a unit of them brings.")
    here = places.of(act.company).site(site)
    ids = lots.by_code(act.company, [one.lot for one in worth])
    held = lots.lock(act.company, ids.values())
    when, desk = events.moment(act, at=at, zone=here.zone)
    where = lots.places_of(act.company, held)
    marked = [_marked(act, here.id, held[ids[one.lot]], where.get(ids[one.lot], []), one) for one in worth]
    facts = WriteDown(places.of(act.company).counterpart(PlaceKind.WRITE_DOWN), marked)
    book = movements.load(act.company, held)
    facts.apply(book)
    number, _ = events.number(act, "WDN")
    doing = Doing(
        EventKind.WRITE_DOWN,
        number,
        when,
        desk,
        grouping.adjustment(desk, when, number=number, site=here.id, site_code=site),
        Paper(EventKind.WRITE_DOWN.value, document=number),
        site=here.id,
        subject=number,
        note=f"Write-down {number} at {site}{': ' + evidence if evidence else ''}, by {act.by.name}.",
    )
    event = movements.record(act, doing, book=book, facts=facts, goods=movements.goods_of(held.values()))
    return Recorded(number, event, sum(moved.value for moved in book.movements))


def _marked(act: Act, site: int, lot: LotFacts, where: Sequence[int], one: Worth) -> Marked:
    """The lot wherever the site has it, and its price as exact cents."""
    known = places.of(act.company)
    here = sorted(place for place in where if known[place].site == site)
    if not here:
        raise NotEnough(f"Nothing of lot {lot.code} is on hand here. Name the site that has it.")
    unit = quantities.price(one.unit, what=f"What a unit of lot {lot.code} brings")
    return Marked(lot.item, lot.id, here, int(unit * 1_000_000), Decimal(10_000))


class Above(NamedTuple):
    """Goods that cost more by now than they were said to bring: cents."""

    lot: str
    sku: str
    event: str
    """Which said so last."""
    cost: int
    brings: int


_ABOVE = """
with marked as (
    select distinct on (f.lot) f.lot, f.unit_value, f.unit_quantity, e.number from ledger_event e
    cross join lateral jsonb_to_recordset(e.payload #> '{facts,lots}')
        as f(lot bigint, unit_value numeric, unit_quantity numeric)
    where e.company_id = %(company)s and e.kind = 'write-down' and not exists (
        select 1 from ledger_event x where x.company_id = e.company_id and x.reverses_id = e.id)
    order by f.lot, e.id desc
), held as (
    select m.lot, m.number, sum(b.value)::bigint as cost,
        round(m.unit_value * sum(b.quantity) / m.unit_quantity)::bigint as brings
    from marked m
    join stock_balance b on b.company_id = %(company)s and b.lot_id = m.lot and b.quantity > 0 and b.pool_id is null
    group by m.lot, m.number, m.unit_value, m.unit_quantity
)
select l.code, i.sku, h.number, h.cost, h.brings from held h
join stock_lot l on l.company_id = %(company)s and l.id = h.lot
join catalog_item i on i.company_id = l.company_id and i.id = l.item_id
where h.cost > h.brings order by l.id
"""


def above(company: int) -> list[Above]:
    """What was written down and took a late cost since: to be looked at once more."""
    with connection.cursor() as cursor:
        cursor.execute(_ABOVE, {"company": company})
        return [Above(*row) for row in cursor.fetchall()]


_MOVED_ON = """
select l.code from stock_movement w
join stock_movement m on m.company_id = w.company_id and m.lot_id = w.lot_id and m.id > w.id and m.quantity > 0
join stock_lot l on l.company_id = w.company_id and l.id = w.lot_id
where w.company_id = %s and w.event_id = %s limit 1
"""


def refuse_moved_on(company: int, event: Event) -> None:
    """A write-down was of goods that were here; of goods that have left since, its part has left with them."""
    with connection.cursor() as cursor:
        cursor.execute(_MOVED_ON, [company, event.pk])
        if row := cursor.fetchone():
            raise GoodsMovedOn(
                f"Lot {row[0]} has moved since {event.number}. What was written off too much stays written off: "
                "what is left of the lot costs what it costs now."
            )
