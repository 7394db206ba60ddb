"""What flowed between lots, runs and the world: read in one recursive statement and three set-based ones.

Both directions are asked of the lots and runs reached, never of the whole graph. Flows are net: what was taken
back, and what a return from a run undid, is set off against what it undid, and every correction is part of the
flow that it completes. Only a later cost from outside stays a source of its own: that is whence it came.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from tieout.core.roles import MoveKind, PlaceKind

_LABELS = """
select l.id, l.code, i.sku, u.code, l.pool_id, l.returned_from_id,
    to_char(l.made_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), l.expires_on, p.name, l.supplier_lot
from reached r
join stock_lot l on l.company_id = %(company)s and l.id = r.lot
join catalog_item i on i.company_id = l.company_id and i.id = l.item_id
join catalog_unit u on u.company_id = i.company_id and u.id = i.unit_id
left join ledger_party p on p.company_id = l.company_id and p.id = l.supplier_id
"""

_BACK = f"""
with recursive reached(lot) as (
    select lot from unnest(%(lots)s::bigint[]) as lot
    union
    select m.lot_id from stock_movement m
    where m.company_id = %(company)s and m.pool_id = any(%(pools)s) and m.kind = 'issue'
    union
    select x.lot from reached r
    join stock_lot l on l.company_id = %(company)s and l.id = r.lot
    cross join lateral (
        select m.lot_id as lot from stock_movement m
        where m.company_id = l.company_id and m.pool_id = l.pool_id and m.kind = 'issue'
        union all
        select l.returned_from_id where l.returned_from_id is not null
    ) x
)
{_LABELS}"""

_FORWARD = f"""
with recursive reached(lot) as (
    select lot from unnest(%(lots)s::bigint[]) as lot
    union
    select l.id from stock_lot l where l.company_id = %(company)s and l.pool_id = any(%(pools)s)
    union
    select l.id from reached r
    join stock_movement m on m.company_id = %(company)s and m.lot_id = r.lot and m.kind = 'issue'
    join stock_lot l on l.company_id = m.company_id and l.pool_id = m.pool_id
)
{_LABELS}"""

_STOCK = "in ('storage', 'quarantine', 'staging', 'in-transit', 'external')"

_OF_LOTS = f"""
with places as (
    select id, kind, kind {_STOCK} as holds from stock_location where company_id = %(company)s
), taken_back as (
    select id, reverses_id from ledger_event where company_id = %(company)s and reverses_id is not null
)
select m.lot_id, case when o.holds then t.kind else o.kind end,
    coalesce(c.event_id, b.reverses_id, m.event_id),
    case when m.corrects_id is not null and not o.holds then m.event_id end,
    sum(case when o.holds then -m.quantity else m.quantity end),
    sum(case when o.holds then -m.value else m.value end)::bigint
from stock_movement m
join places o on o.id = m.origin_id
join places t on t.id = m.target_id
left join stock_movement c on c.company_id = m.company_id and c.id = m.corrects_id
    and (c.origin_id, c.target_id) in ((m.origin_id, m.target_id), (m.target_id, m.origin_id))
left join taken_back b on b.id = m.event_id
where m.company_id = %(company)s and m.lot_id = any(%(lots)s) and m.pool_id is null and o.holds <> t.holds
    and (%(event)s::bigint is null or m.event_id = %(event)s)
group by 1, 2, 3, 4 order by min(m.id)
"""

_OF_POOLS = """
select m.pool_id, m.lot_id, m.kind, case when t.kind = 'production' then o.kind else t.kind end,
    sum(case when t.kind = 'production' then m.quantity else -m.quantity end),
    sum(case when t.kind = 'production' then m.value else -m.value end)::bigint
from stock_movement m
join stock_location o on o.company_id = m.company_id and o.id = m.origin_id
join stock_location t on t.company_id = m.company_id and t.id = m.target_id
where m.company_id = %(company)s and m.pool_id = any(%(pools)s)
    and (%(event)s::bigint is null or m.event_id = %(event)s)
group by 1, 2, 3, 4 order by min(m.id)
"""

_STANDING = """
select lot_id, pool_id, location_id, quantity, value from stock_balance
where company_id = %(company)s and ((lot_id = any(%(lots)s) and pool_id is null)
    or (pool_id = any(%(pools)s) and lot_id is null)) and (quantity <> 0 or value <> 0)
order by location_id
"""


class LotFacts(NamedTuple):
    """A lot as a trace shows it."""

    id: int
    code: str
    sku: str
    unit: str
    pool: int | None
    returned_from: int | None
    made_at: str
    """As text: a thousand moments are not read to be written again."""
    expires_on: date | None
    supplier: str | None
    supplier_lot: str


class LotFlow(NamedTuple):
    """Between a lot and the world: into the lot is positive."""

    lot: int
    place: PlaceKind
    event: int
    """The event that the flow began with."""
    late: int | None
    """The event that brought this part of what came in later."""
    quantity: Decimal
    cents: int


class PoolFlow(NamedTuple):
    """Between a run and a lot, or (no lot) the world: into the run is positive."""

    pool: int
    lot: int | None
    kind: MoveKind
    place: PlaceKind
    quantity: Decimal
    cents: int


class Standing(NamedTuple):
    """What is there now: of a lot in a place, or in a run."""

    lot: int | None
    pool: int | None
    place: int
    quantity: Decimal
    cents: int


def reach_back(company: int, *, lots: Iterable[int] = (), pools: Iterable[int] = ()) -> dict[int, LotFacts]:
    """These lots and every lot that went into them or into these runs, at any depth."""
    return _reach(_BACK, company, lots, pools)


def reach_forward(company: int, *, lots: Iterable[int] = (), pools: Iterable[int] = ()) -> dict[int, LotFacts]:
    """These lots and every lot that was made out of them or by these runs, at any depth."""
    return _reach(_FORWARD, company, lots, pools)


def _reach(sql: str, company: int, lots: Iterable[int], pools: Iterable[int]) -> dict[int, LotFacts]:
    found = _rows(sql, company=company, lots=list(lots), pools=list(pools))
    return {row[0]: LotFacts(*row) for row in found}


def of_lots(company: int, lots: Iterable[int], *, event: int | None = None) -> list[LotFlow]:
    """What came into these lots from outside and left them for outside; runs apart."""
    found = _rows(_OF_LOTS, company=company, lots=list(lots), event=event)
    return [LotFlow(row[0], PlaceKind(row[1]), *row[2:]) for row in found]


def of_pools(company: int, pools: Iterable[int], *, event: int | None = None) -> list[PoolFlow]:
    """What went into these runs and came out of them."""
    found = _rows(_OF_POOLS, company=company, pools=list(pools), event=event)
    return [PoolFlow(row[0], row[1], MoveKind(row[2]), PlaceKind(row[3]), *row[4:]) for row in found]


def pools_fed_by(company: int, lots: Iterable[int]) -> list[int]:
    """The runs that any of these lots went into."""
    sql = """select distinct pool_id from stock_movement
        where company_id = %(company)s and lot_id = any(%(lots)s) and kind = 'issue'"""
    return [row[0] for row in _rows(sql, company=company, lots=list(lots))]


def standing(company: int, *, lots: Iterable[int], pools: Iterable[int]) -> list[Standing]:
    return [Standing(*row) for row in _rows(_STANDING, company=company, lots=list(lots), pools=list(pools))]


def _rows(sql: str, **arguments: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        return list(cursor.fetchall())
