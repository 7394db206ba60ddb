"""Questions about goods that customers sent back, asked inside a scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from tieout.core.refusals import Refusal
from tieout.database.search import containing


class UnknownReturn(Refusal):
    """No return of that number."""

    code = "unknown_return"


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """A return in a list; value is what its lots cost when they came back, in cents."""

    event: int
    number: str
    at: datetime
    on: date
    by: str
    shipment: str
    customer: str
    customer_code: str
    note: str
    lots: int
    value: int
    reversed_by: str | None
    credit: str
    """The credit that was sorted to it, if any."""
    credit_invoice: int | None


@dataclass(frozen=True, slots=True)
class ReturnedLot:
    """A lot that came back, which it was, and what is on hand of it now."""

    lot: int
    code: str
    was: int
    was_code: str
    sku: str
    name: str
    unit: str
    quantity: Decimal
    value: int
    place: str
    on_hand: Decimal


@dataclass(frozen=True, slots=True)
class Returnable:
    """A lot of a shipment of which something can come back."""

    lot: int
    code: str
    sku: str
    name: str
    unit: str
    shipped: Decimal
    left: Decimal


_ROWS = """
select e.id, e.number, e.occurred_at, e.accounting_date, a.name, s.number, c.name, c.code, e.note, count(*),
    sum(r.value)::bigint,
    (select x.number from ledger_event x where x.company_id = e.company_id and x.reverses_id = e.id),
    coalesce(m.number, ''), m.id
from sales_returnline r
join ledger_event e on e.company_id = r.company_id and e.id = r.event_id
join access_actor a on a.company_id = e.company_id and a.id = e.actor_id
join sales_shipmentline l on l.company_id = r.company_id and l.id = r.shipment_line_id
join sales_shipment s on s.company_id = l.company_id and s.id = l.shipment_id
join sales_customer c on c.company_id = s.company_id and c.id = s.customer_id
left join lateral (
    select coalesce(nullif(i.number, ''), i.external_id) as number, i.id from sales_creditsorting t
    join sales_invoiceline v on v.company_id = t.company_id and v.id = t.invoice_line_id and v.until is null
    join sales_invoice i on i.company_id = v.company_id and i.id = v.invoice_id
    where t.company_id = e.company_id and t.event_id = e.id and not exists (
        select 1 from sales_creditsorting y
        where y.company_id = t.company_id and y.invoice_line_id = t.invoice_line_id and y.id > t.id)
    order by t.id desc limit 1
) m on true
where {which}
group by e.id, a.id, s.id, c.id, m.number, m.id order by e.occurred_at desc, e.id desc limit %(most)s offset %(skip)s
"""
_SEARCH = """
(%(shipment)s = '' or s.number = %(shipment)s) and (%(customer)s = '' or c.code = %(customer)s)
and (e.number ilike %(like)s or s.number ilike %(like)s or c.name ilike %(like)s or e.note ilike %(like)s)
"""


def rows(*, text: str = "", shipment: str = "", customer: str = "", skip: int = 0, most: int = 50) -> list[ReturnRow]:
    """The latest first; of a shipment, of a customer, or all."""
    like = containing(text)
    asked = {"like": like, "shipment": shipment, "customer": customer, "skip": skip, "most": most}
    return [ReturnRow(*row) for row in _all(_ROWS.format(which=_SEARCH), asked)]


def one(number: str) -> tuple[ReturnRow, list[ReturnedLot]]:
    """The return with its lots, or a refusal."""
    found = _all(_ROWS.format(which="e.number = %(number)s"), {"number": number, "skip": 0, "most": 1})
    if not found:
        raise UnknownReturn(f"There is no return {number} from a customer. Look it up in the list.")
    return ReturnRow(*found[0]), [ReturnedLot(*row) for row in _all(_LOTS, {"event": found[0][0]})]


_LOTS = """
select b.id, b.code, w.id, w.code, i.sku, i.name, u.code, r.quantity, r.value,
    t.code || case when p.code = 'MAIN' then '' else '/' || p.code end,
    coalesce((select sum(q.quantity) from stock_balance q
        where q.company_id = b.company_id and q.lot_id = b.id and q.pool_id is null), 0)
from sales_returnline r
join stock_lot b on b.company_id = r.company_id and b.id = r.lot_id
join stock_lot w on w.company_id = b.company_id and w.id = b.returned_from_id
join catalog_item i on i.company_id = b.company_id and i.id = b.item_id
join catalog_unit u on u.company_id = i.company_id and u.id = i.unit_id
join stock_movement m on m.company_id = r.company_id and m.event_id = r.event_id and m.number = r.movement_number
join stock_location p on p.company_id = m.company_id and p.id = m.target_id
join stock_site t on t.company_id = p.company_id and t.id = p.site_id
where r.event_id = %(event)s order by r.id
"""

_RETURNABLE = """
select b.id, b.code, i.sku, i.name, u.code, sum(l.quantity), sum(l.quantity - coalesce((
    select sum(r.quantity) from sales_returnline r
    where r.company_id = l.company_id and r.shipment_line_id = l.id and not exists (
        select 1 from ledger_event x where x.company_id = r.company_id and x.reverses_id = r.event_id)), 0))
from sales_shipmentline l
join sales_shipment s on s.company_id = l.company_id and s.id = l.shipment_id and s.number = %(shipment)s
join stock_lot b on b.company_id = l.company_id and b.id = l.lot_id
join catalog_item i on i.company_id = l.company_id and i.id = l.item_id
join catalog_unit u on u.company_id = i.company_id and u.id = i.unit_id
where not exists (select 1 from ledger_event x where x.company_id = l.company_id and x.reverses_id = l.event_id)
group by b.id, i.id, u.id order by min(l.id)
"""


def returnable(shipment: str) -> list[Returnable]:
    """Lot by lot, what of a shipment is still with the customer."""
    return [one for row in _all(_RETURNABLE, {"shipment": shipment}) if (one := Returnable(*row)).left > 0]


def _all(sql: str, asked: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        return list(cursor.fetchall())
