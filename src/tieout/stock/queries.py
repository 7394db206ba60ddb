"""Questions to the stock, asked inside a scope: what is where, an item and its lots, a lot's story, what events moved.

Quantity as of a moment reads when things occurred; it is the sum of the movements until then. Without a moment the
balances answer, which are the same sum kept up to date.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from tieout.core.refusals import Refusal
from tieout.database.search import containing
from tieout.stock.lots import UnknownLot

_STOCK = "('storage', 'quarantine', 'staging', 'in-transit', 'external')"


class UnknownItem(Refusal):
    """A SKU that no item of the company has."""

    code = "unknown_item"


@dataclass(frozen=True, slots=True)
class OnHand:
    """An item at a site: quantity, cents, and what expires soon."""

    sku: str
    name: str
    kind: str
    unit: str
    site: str
    quantity: Decimal
    value: int
    lots: int
    first_expiry: date | None

    @property
    def unit_cost(self) -> Decimal | None:
        return Decimal(self.value) / self.quantity if self.quantity else None


@dataclass(frozen=True, slots=True)
class SiteValue:
    site: str
    name: str
    value: int
    in_process: int


@dataclass(frozen=True, slots=True)
class LotHere:
    """A lot in a place."""

    lot: int
    code: str
    sku: str
    site: str
    place: str
    kind: str
    quantity: Decimal
    value: int
    expires_on: date | None
    made_at: datetime
    unverified: bool

    @property
    def unit_cost(self) -> Decimal | None:
        return Decimal(self.value) / self.quantity if self.quantity else None


@dataclass(frozen=True, slots=True)
class MovementRow:
    """A movement as people read it: what, from where, to where, by which event."""

    id: int
    event: str
    kind: str
    at: datetime
    by: str
    sku: str
    lot: int | None
    lot_code: str
    run: str
    origin: str
    target: str
    quantity: Decimal
    unit: str
    value: int
    corrects: bool


@dataclass(frozen=True, slots=True)
class ItemFacts:
    sku: str
    name: str
    kind: str
    category: str
    unit: str
    shelf_life_days: int | None
    quantity: Decimal
    value: int
    in_runs: Decimal
    lots: list[LotHere]

    @property
    def unit_cost(self) -> Decimal | None:
        return Decimal(self.value) / self.quantity if self.quantity else None


@dataclass(frozen=True, slots=True)
class LotStory:
    """A lot: whence it came, where it is, what it cost."""

    lot: int
    code: str
    sku: str
    name: str
    unit: str
    made_at: datetime
    expires_on: date | None
    unverified: bool
    supplier: str
    supplier_lot: str
    run: str
    origin_event: str
    origin_kind: str
    returned_from: int | None
    made_quantity: Decimal
    here: list[LotHere]

    @property
    def quantity(self) -> Decimal:
        return sum((one.quantity for one in self.here), Decimal(0))

    @property
    def value(self) -> int:
        return sum(one.value for one in self.here)

    @property
    def unit_cost(self) -> Decimal | None:
        return Decimal(self.value) / self.quantity if self.quantity else None


@dataclass(frozen=True, slots=True)
class Named:
    """What a scanned code is: the page's kind and its name there."""

    kind: str
    name: str


_ON_HAND = f"""
select i.sku, i.name, i.kind, u.code, s.code, sum(b.quantity), sum(b.value)::bigint, count(distinct b.lot_id),
    min(l.expires_on)
from stock_balance b
join stock_location p on p.company_id = b.company_id and p.id = b.location_id and p.kind in {_STOCK}
join stock_site s on s.company_id = p.company_id and s.id = p.site_id
join stock_lot l on l.company_id = b.company_id and l.id = b.lot_id
join catalog_item i on i.company_id = l.company_id and i.id = l.item_id
join catalog_unit u on u.company_id = i.company_id and u.id = i.unit_id
where b.on_hand and (%(site)s = '' or s.code = %(site)s)
  and (%(kind)s = '' or i.kind = %(kind)s)
  and (i.sku ilike %(like)s or i.name ilike %(like)s or l.code ilike %(like)s)
group by i.id, u.id, s.id order by i.sku, s.code limit %(most)s
"""


def on_hand(*, text: str = "", site: str = "", kind: str = "", most: int = 500) -> list[OnHand]:
    """Items × sites, by SKU. A lot's code finds its item too."""
    with connection.cursor() as cursor:
        cursor.execute(_ON_HAND, {"like": containing(text), "site": site, "kind": kind, "most": most})
        return [OnHand(*row) for row in cursor.fetchall()]


_BY_SITE = f"""
select s.code, s.name,
    coalesce(sum(b.value) filter (where b.lot_id is not null and p.kind in {_STOCK}), 0)::bigint,
    coalesce(sum(b.value) filter (where b.lot_id is null and p.kind = 'production'), 0)::bigint
from stock_site s
left join stock_location p on p.company_id = s.company_id and p.site_id = s.id
left join stock_balance b on b.company_id = p.company_id and b.location_id = p.id
group by s.id order by s.id
"""


def value_by_site() -> list[SiteValue]:
    """What each site holds in stock, and in its runs, in cents."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_SITE)
        return [SiteValue(*row) for row in cursor.fetchall()]


_ITEM = """
select i.id, i.sku, i.name, i.kind, coalesce(c.name, ''), u.code, i.shelf_life_days,
    coalesce((select sum(b.quantity) from stock_balance b
        join stock_pool r on r.company_id = b.company_id and r.id = b.pool_id and not r.closed
        where b.company_id = i.company_id and b.item_id = i.id and b.lot_id is not null), 0)
from catalog_item i
join catalog_unit u on u.company_id = i.company_id and u.id = i.unit_id
left join catalog_category c on c.company_id = i.company_id and c.id = i.category_id
where i.sku = %s
"""
_LOT = "l.id, l.code, i.sku, s.code, p.name, p.kind"
_REST = "l.expires_on, l.made_at, l.unverified"
_JOINS = f"""
join stock_location p on p.company_id = b.company_id and p.id = b.location_id and p.kind in {_STOCK}
join stock_site s on s.company_id = p.company_id and s.id = p.site_id
join stock_lot l on l.company_id = b.company_id and l.id = b.lot_id
join catalog_item i on i.company_id = l.company_id and i.id = l.item_id
"""
_LOTS_NOW = f"""
select {_LOT}, b.quantity, b.value, {_REST} from stock_balance b {_JOINS}
where b.on_hand and {{which}}
order by l.expires_on nulls last, l.made_at, l.id, p.id
"""
_LOTS_THEN = f"""
select {_LOT}, b.quantity, b.value, {_REST}
from (
    select e.company_id, e.location_id, e.lot_id, sum(e.quantity) as quantity, sum(e.value)::bigint as value from (
        select m.company_id, m.target_id as location_id, m.lot_id, m.quantity, m.value from stock_movement m
        where m.item_id = %(item)s and m.occurred_at <= %(at)s
        union all
        select m.company_id, m.origin_id, m.lot_id, -m.quantity, -m.value from stock_movement m
        where m.item_id = %(item)s and m.occurred_at <= %(at)s
    ) e where e.lot_id is not null group by e.company_id, e.location_id, e.lot_id
) b {_JOINS}
where b.quantity > 0 order by l.expires_on nulls last, l.made_at, l.id, p.id
"""


def item(sku: str, *, at: datetime | None = None) -> ItemFacts:
    """An item and its lots, now or as of a moment; or a refusal."""
    with connection.cursor() as cursor:
        cursor.execute(_ITEM, [sku])
        row = cursor.fetchone()
        if row is None:
            raise UnknownItem(f"There is no item {sku}. Check the SKU.")
        if at is None:
            cursor.execute(_LOTS_NOW.format(which="b.item_id = %(item)s"), {"item": row[0]})
        else:
            cursor.execute(_LOTS_THEN, {"item": row[0], "at": at})
        lots = [LotHere(*lot) for lot in cursor.fetchall()]
    quantity, value = sum((one.quantity for one in lots), Decimal(0)), sum(one.value for one in lots)
    facts: tuple[Any, ...] = (*row[1:7], quantity, value, row[7], lots)
    return ItemFacts(*facts)


_STORY = """
select l.id, l.code, i.sku, i.name, u.code, l.made_at, l.expires_on, l.unverified, coalesce(p.name, ''),
    l.supplier_lot, coalesce(r.number, ''), e.number, e.kind, l.returned_from_id,
    coalesce((select m.quantity from stock_movement m where m.company_id = l.company_id and m.lot_id = l.id
        and m.event_id = l.origin_event_id and m.quantity > 0 order by m.number limit 1), 0)
from stock_lot l
join catalog_item i on i.company_id = l.company_id and i.id = l.item_id
join catalog_unit u on u.company_id = i.company_id and u.id = i.unit_id
join ledger_event e on e.company_id = l.company_id and e.id = l.origin_event_id
left join stock_pool r on r.company_id = l.company_id and r.id = l.pool_id
left join ledger_party p on p.company_id = l.company_id and p.id = l.supplier_id
where l.id = %s
"""


def lot(id: int) -> LotStory:
    """A lot, whence it came and where it is; or a refusal."""
    with connection.cursor() as cursor:
        cursor.execute(_STORY, [id])
        row = cursor.fetchone()
        if row is None:
            raise UnknownLot(f"There is no lot number {id}. Search its code or its item.")
        cursor.execute(_LOTS_NOW.format(which="b.lot_id = %(lot)s"), {"lot": id})
        story: tuple[Any, ...] = (*row, [LotHere(*place) for place in cursor.fetchall()])
    return LotStory(*story)


_PLACE = """
case when {at}.kind = 'production' then coalesce('run ' || r.number, 'production')
    when {at}.site_id is null then lower({at}.name) else {at}s.code || ', ' || {at}.name end
"""
_MOVEMENTS = f"""
select m.id, e.number, m.kind, m.occurred_at, a.name, coalesce(i.sku, ''), m.lot_id, coalesce(l.code, ''),
    coalesce(r.number, ''), {_PLACE.format(at="f")}, {_PLACE.format(at="t")}, m.quantity, coalesce(u.code, ''), m.value,
    m.corrects_id is not null
from stock_movement m
join ledger_event e on e.company_id = m.company_id and e.id = m.event_id
join access_actor a on a.company_id = e.company_id and a.id = e.actor_id
join stock_location f on f.company_id = m.company_id and f.id = m.origin_id
join stock_location t on t.company_id = m.company_id and t.id = m.target_id
left join stock_site fs on fs.company_id = f.company_id and fs.id = f.site_id
left join stock_site ts on ts.company_id = t.company_id and ts.id = t.site_id
left join stock_pool r on r.company_id = m.company_id and r.id = m.pool_id
left join stock_lot l on l.company_id = m.company_id and l.id = m.lot_id
left join catalog_item i on i.company_id = m.company_id and i.id = m.item_id
left join catalog_unit u on u.company_id = i.company_id and u.id = i.unit_id
where {{which}} order by {{order}} limit %(most)s
"""


def movements_of_lot(id: int, *, most: int = 200) -> list[MovementRow]:
    """Everything that moved or valued a lot, the latest first."""
    return _movements("m.lot_id = %(id)s", "m.id desc", id, most)


def movements_of_item(sku: str, *, until: datetime | None = None, most: int = 100) -> list[MovementRow]:
    """The latest movements of an item (until a moment)."""
    return _movements(
        "i.sku = %(id)s and (%(until)s::timestamptz is null or m.occurred_at <= %(until)s)",
        "m.occurred_at desc, m.id desc",
        sku,
        most,
        until,
    )


def movements_of_event(event: int, *, most: int = 1000) -> list[MovementRow]:
    """What an event moved, in its order."""
    return _movements("m.event_id = %(id)s", "m.number", event, most)


def named(code: str) -> Named | None:
    """What a code on a label or a paper stands for: an event, a run, an order, a shipment, a lot or an item."""
    with connection.cursor() as cursor:
        cursor.execute(_NAMED, {"code": code})
        row = cursor.fetchone()
    return Named(*row) if row else None


_NAMED = """
select kind, name from (
    select 1 as rank, 'run' as kind, number as name from stock_pool where number = %(code)s
    union all
    (select 2, 'lot', id::text from stock_lot where code = %(code)s order by id desc limit 1)
    union all
    select 3, 'item', sku from catalog_item where upper(sku) = upper(%(code)s)
    union all
    (select 4, case kind when 'receipt' then 'receipt' else 'event' end, number from ledger_event
     where number = %(code)s order by id desc limit 1)
    union all
    (select 5, 'journal', id::text from ledger_journalevent where number = %(code)s or document = %(code)s
     order by id desc limit 1)
) found order by rank limit 1
"""


def _movements(which: str, order: str, id: int | str, most: int, until: datetime | None = None) -> list[MovementRow]:
    with connection.cursor() as cursor:
        cursor.execute(_MOVEMENTS.format(which=which, order=order), {"id": id, "most": most, "until": until})
        return [MovementRow(*row) for row in cursor.fetchall()]
