"""What a form offers to choose from, asked inside a scope: sites, places, items, lots that can be taken.

Read without a lock: what is chosen may be gone when the act holds it, and is then refused or picked anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import connection

from tieout.stock.places import UnknownPlace


@dataclass(frozen=True, slots=True)
class SiteChoice:
    id: int
    code: str
    name: str
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class PlaceChoice:
    """A place that holds goods; `where` is how actions want it said."""

    where: str
    name: str
    kind: str
    site: str


@dataclass(frozen=True, slots=True)
class ItemChoice:
    sku: str
    name: str
    unit: str
    kind: str


@dataclass(frozen=True, slots=True)
class PickableLot:
    """A lot that a site can give; in the order in which picking takes them."""

    lot: int
    code: str
    sku: str
    name: str
    unit: str
    where: str
    quantity: Decimal
    expires_on: date | None
    unique: bool
    """Whether its code names it alone; if not, its number (`#12`) does."""

    @property
    def said(self) -> str:
        return self.code if self.unique else f"#{self.lot}"


@dataclass(frozen=True, slots=True)
class Transit:
    """A transfer: what was sent, from where to where, and when it came."""

    number: str
    origin: str
    target: str
    sent_at: datetime
    sent_by: str
    received_at: datetime | None
    goods: list[str]


def sites() -> list[SiteChoice]:
    with connection.cursor() as cursor:
        cursor.execute("select id, code, name, time_zone from stock_site order by id")
        return [SiteChoice(id, code, name, ZoneInfo(zone)) for id, code, name, zone in cursor.fetchall()]


def site(code: str) -> SiteChoice:
    """The site of that code, or a refusal that names those there are."""
    every = sites()
    found = next((one for one in every if one.code == code), None)
    if found is None:
        listed = ", ".join(one.code for one in every) or "none yet"
        raise UnknownPlace(f"There is no site {code}. There are: {listed}.")
    return found


_PLACES = """
select s.code || case when l.code = 'MAIN' then '' else '/' || l.code end, l.name, l.kind, s.code from stock_location l
join stock_site s on s.company_id = l.company_id and s.id = l.site_id
where l.active and l.kind in ('storage', 'staging', 'quarantine', 'external')
order by s.id, l.code <> 'MAIN', l.code
"""


def places() -> list[PlaceChoice]:
    """Where goods can be put."""
    with connection.cursor() as cursor:
        cursor.execute(_PLACES)
        return [PlaceChoice(*row) for row in cursor.fetchall()]


def items() -> list[ItemChoice]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select i.sku, i.name, u.code, i.kind from catalog_item i"
            " join catalog_unit u on u.company_id = i.company_id and u.id = i.unit_id where i.active order by i.sku"
        )
        return [ItemChoice(*row) for row in cursor.fetchall()]


_PICKABLE = """
select l.id, l.code, i.sku, i.name, u.code,
    s.code || case when p.code = 'MAIN' then '' else '/' || p.code end, b.quantity, l.expires_on,
    not exists (select 1 from stock_lot x where x.company_id = l.company_id and x.code = l.code and x.id <> l.id)
from stock_balance b
join stock_location p on p.company_id = b.company_id and p.id = b.location_id
    and p.kind in ('storage', 'staging', 'quarantine', 'external')
join stock_site s on s.company_id = p.company_id and s.id = p.site_id
join stock_lot l on l.company_id = b.company_id and l.id = b.lot_id
join catalog_item i on i.company_id = l.company_id and i.id = l.item_id
join catalog_unit u on u.company_id = i.company_id and u.id = i.unit_id
where s.code = %(site)s and b.on_hand
  and (%(skus)s::text[] is null or i.sku = any(%(skus)s))
order by i.sku, l.expires_on nulls last, l.made_at, l.id limit %(most)s
"""


def pickable(*, site: str, skus: Sequence[str] | None = None, most: int = 500) -> list[PickableLot]:
    """Lots on hand at a site (of these items), first-expiring first."""
    asked = {"site": site, "skus": list(skus) if skus is not None else None, "most": most}
    with connection.cursor() as cursor:
        cursor.execute(_PICKABLE, asked)
        return [PickableLot(*row) for row in cursor.fetchall()]


def names_a_lot(said: str) -> bool:
    """Whether what was scanned or typed is a lot (by code or `#id`); if not, it is taken for an item."""
    if said.startswith("#"):
        return True
    with connection.cursor() as cursor:
        cursor.execute(
            "select not exists (select 1 from catalog_item where sku = %s)"
            " and exists (select 1 from stock_lot where code = %s)",
            [said, said],
        )
        return bool(cursor.fetchone()[0])


_TRANSITS = """
select t.number, o.code, d.code || case when l.code = 'MAIN' then '' else '/' || l.code end, e.occurred_at, a.name,
    r.occurred_at, array(
        select i.sku || ' ' || trim_scale(sum(m.quantity)) || ' ' || u.code from stock_movement m
        join catalog_item i on i.company_id = m.company_id and i.id = m.item_id
        join catalog_unit u on u.company_id = i.company_id and u.id = i.unit_id
        where m.company_id = t.company_id and m.event_id = t.sent_id group by i.sku, u.code order by i.sku)
from stock_transfer t
join ledger_event e on e.company_id = t.company_id and e.id = t.sent_id
left join ledger_event r on r.company_id = t.company_id and r.id = t.received_id
join access_actor a on a.company_id = e.company_id and a.id = e.actor_id
join stock_location f on f.company_id = t.company_id and f.id = t.origin_id
join stock_site o on o.company_id = f.company_id and o.id = f.site_id
join stock_location l on l.company_id = t.company_id and l.id = t.target_id
join stock_site d on d.company_id = l.company_id and d.id = l.site_id
where t.received_id is {received} and not exists (
    select 1 from ledger_event x where x.company_id = t.company_id and x.reverses_id = t.sent_id)
order by t.id {order} limit %s
"""


def on_their_way(*, most: int = 100) -> list[Transit]:
    """Sent and not yet received, the longest on the way first."""
    return _transits(_TRANSITS.format(received="null", order="asc"), most)


def arrived(*, most: int) -> list[Transit]:
    """Received, the latest first."""
    return _transits(_TRANSITS.format(received="not null", order="desc"), most)


def _transits(sql: str, most: int) -> list[Transit]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [most])
        return [Transit(*row) for row in cursor.fetchall()]
