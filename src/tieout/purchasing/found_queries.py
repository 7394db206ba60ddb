"""Questions about goods that came without papers, asked inside a scope: which lots wait, and for which order lines
they may be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from tieout.database.search import containing


@dataclass(frozen=True, slots=True)
class FoundLot:
    """A lot that stands against UNVERIFIED; `quantity` and `value` as they were found."""

    lot: int
    code: str
    sku: str
    name: str
    unit: str
    quantity: Decimal
    value: int
    event: str
    at: datetime
    by: str
    site: str
    on_hand: Decimal


@dataclass(frozen=True, slots=True)
class OpenLine:
    """An order line of which something is still to come, in base units."""

    order: str
    number: int
    supplier: str
    site: str
    outstanding: Decimal
    due_on: date | None
    currency: str
    """Of its price, if it is not the company's own: then the day's rate is needed."""


_WAITING = """
select t.id, t.code, i.sku, i.name, u.code, m.quantity, m.value, e.number, e.occurred_at, a.name,
    coalesce(s.code, ''), coalesce((select sum(b.quantity) from stock_balance b
        where b.company_id = t.company_id and b.lot_id = t.id and b.pool_id is null), 0)
from stock_lot t
join ledger_event e on e.company_id = t.company_id and e.id = t.origin_event_id
join access_actor a on a.company_id = e.company_id and a.id = e.actor_id
join catalog_item i on i.company_id = t.company_id and i.id = t.item_id
join catalog_unit u on u.company_id = i.company_id and u.id = i.unit_id
join lateral (select m.quantity, m.value, m.target_id from stock_movement m
    where m.company_id = t.company_id and m.lot_id = t.id and m.event_id = e.id and m.quantity > 0
    order by m.id limit 1) m on true
join stock_location p on p.company_id = t.company_id and p.id = m.target_id
left join stock_site s on s.company_id = p.company_id and s.id = p.site_id
where t.unverified and not exists (
        select 1 from ledger_event x where x.company_id = e.company_id and x.reverses_id = e.id)
    and (t.code ilike %(like)s or i.sku ilike %(like)s or i.name ilike %(like)s)
order by t.id limit %(most)s
"""


def waiting(*, text: str = "", most: int = 100) -> list[FoundLot]:
    """The oldest first."""
    like = containing(text)
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, {"like": like, "most": most})
        return [FoundLot(*row) for row in cursor.fetchall()]


_OPEN_LINES = """
select i.sku, o.number, l.number, s.name, t.code, d.outstanding, coalesce(l.due_on, o.due_on), o.currency
from purchasing_purchaseorderline l
join purchasing_purchaseorder o on o.company_id = l.company_id and o.id = l.order_id
join purchasing_supplier s on s.company_id = o.company_id and s.id = o.supplier_id
join stock_site t on t.company_id = o.company_id and t.id = o.site_id
join catalog_item i on i.company_id = l.company_id and i.id = l.item_id
join catalog_unit u on u.company_id = i.company_id and u.id = i.unit_id
cross join lateral (select round(l.quantity * l.factor_numerator / l.factor_denominator, u.decimals)
    - l.received - l.rejected as outstanding) d
where i.sku = any(%s) and o.state <> 'closed'
order by d.outstanding <= 0, coalesce(l.due_on, o.due_on) nulls last, o.id desc limit 500
"""


def lines_for(skus: Collection[str]) -> dict[str, list[OpenLine]]:
    """Order lines of these items, those that still expect something first."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN_LINES, [list(skus)])
        found: dict[str, list[OpenLine]] = defaultdict(list)
        for sku, *row in cursor.fetchall():
            found[sku].append(OpenLine(*row))
        return found
