"""What was where, and what it was worth, as of any moment, and as it was known at any point of the sequence.

Quantity reads when things occurred, value the accounting date, knowledge the company sequence (design: the model,
section 9). The balances are what is known now; what was known otherwise, or has happened since, is taken off them.
So the question costs what has moved since that moment, and not what has moved at all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from tieout.catalog import items
from tieout.stock import places


@dataclass(frozen=True, slots=True)
class Position:
    """A lot in a place, or (no lot) a run with what it holds."""

    site: str
    place: str
    sku: str
    name: str
    unit: str
    lot: int | None
    code: str
    """The lot's, or the run's number."""
    expires_on: date | None
    quantity: Decimal
    cents: int | None
    """None where it was not asked for: not everybody may see cost."""


@dataclass(frozen=True, slots=True)
class SiteTotal:
    site: str
    lots: int
    cents: int | None


_POSITIONS = """
with places as (
    select l.id, s.code as site, l.code, l.kind from stock_location l
    join stock_site s on s.company_id = l.company_id and s.id = l.site_id
    where l.company_id = %(company)s and l.kind in
        ('storage', 'quarantine', 'staging', 'in-transit', 'external', 'production')
        and (%(site)s = '' or s.code = %(site)s)
){later}
select p.site, p.code, i.sku, i.name, u.code, b.lot_id, coalesce(t.code, r.number, ''), t.expires_on,
    {quantity}, {value}
from stock_balance b
join places p on p.id = b.location_id
left join stock_lot t on t.company_id = b.company_id and t.id = b.lot_id
left join stock_pool r on r.company_id = b.company_id and r.id = b.pool_id
join catalog_item i on i.company_id = b.company_id and i.id = coalesce(t.item_id, r.item_id)
join catalog_unit u on u.company_id = i.company_id and u.id = i.unit_id
{joined}
where b.company_id = %(company)s and (b.lot_id is null or b.pool_id is null)
    and (%(item)s::bigint is null or i.id = %(item)s) and ({quantity} <> 0 or {value} <> 0)
order by i.sku, p.site, p.code, t.expires_on nulls last, t.made_at, b.id
"""

_LATER = """, later as (
    select e.location_id, case when p.kind <> 'production' then m.lot_id end as lot_id,
        case when p.kind = 'production' then m.pool_id end as pool_id,
        sum(e.sign * m.quantity) filter (where p.kind <> 'production'
            and (m.occurred_at > %(at)s or m.event_id > %(known)s)) as quantity,
        sum(e.sign * m.value) filter (where m.accounting_date > %(on)s or m.event_id > %(known)s) as value
    from stock_movement m
    cross join lateral (values (m.origin_id, -1), (m.target_id, 1)) as e(location_id, sign)
    join places p on p.id = e.location_id
    where m.company_id = %(company)s
        and (m.occurred_at > %(at)s or m.accounting_date > %(on)s or m.event_id > %(known)s)
    group by 1, 2, 3
)"""
_JOINED = """
left join later d on d.location_id = b.location_id and coalesce(d.lot_id, 0) = coalesce(b.lot_id, 0)
    and coalesce(d.pool_id, 0) = coalesce(b.pool_id, 0)
"""
_END = datetime.max.replace(tzinfo=UTC)
_ALL = 2**62


def positions(
    company: int,
    *,
    site: str = "",
    sku: str = "",
    at: datetime | None = None,
    known: int | None = None,
    valued: bool = True,
) -> list[Position]:
    """Everything that is (or was) somewhere, runs included; by item, site, place and lot."""
    if site:
        places.of(company).site(site)
    then = at is not None or known is not None
    sql = _POSITIONS.format(
        later=_LATER if then else "",
        joined=_JOINED if then else "",
        quantity="(case when b.lot_id is null then 0 else b.quantity end"
        + (" - coalesce(d.quantity, 0))" if then else ")"),
        value="(b.value - coalesce(d.value, 0))::bigint" if then else "b.value",
    )
    asked: dict[str, Any] = {
        "company": company,
        "site": site,
        "item": items.one(sku).id if sku else None,
        "at": at or _END,
        "on": _local_date(company, at),
        "known": _ALL if known is None else known,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        return [_position(row, valued) for row in cursor if valued or row[5] is not None]


def by_site(found: list[Position]) -> list[SiteTotal]:
    """How many lots each site holds, and what they and its runs are worth."""
    lots: dict[str, set[int]] = {}
    cents: dict[str, int | None] = {}
    for one in found:
        lots.setdefault(one.site, set()).update([one.lot] if one.lot is not None else [])
        before = cents.setdefault(one.site, 0)
        cents[one.site] = None if before is None or one.cents is None else before + one.cents
    return [SiteTotal(site, len(lots[site]), cents[site]) for site in sorted(lots)]


def _position(row: tuple[Any, ...], valued: bool) -> Position:
    whole = Position(*row)
    return whole if valued else replace(whole, cents=None)


def _local_date(company: int, at: datetime | None) -> date:
    """Books have days, in the company's own time zone."""
    if at is None:
        return date.max
    with connection.cursor() as cursor:
        cursor.execute("select (%s at time zone time_zone)::date from access_company where id = %s", [at, company])
        return date.fromisoformat(str(cursor.fetchone()[0]))
