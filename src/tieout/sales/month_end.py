"""What the last day of a month lacks on the revenue side, as entries that finance may make: proposed, never posted.

Shipped and sold, not invoiced by that day: unbilled receivable against revenue, at the price that is known. Invoiced
by that day and not shipped: revenue against deferred revenue. Both are turned back on the first day after.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection

from tieout.core.rounding import half_away
from tieout.sales.links import STANDS

SINCE = timedelta(days=92)
"""What is older than a quarter is no matter of cut-off: the monitor of its own month shows it."""

UNBILLED, DEFERRED = "shipped, not invoiced", "invoiced, not shipped"


@dataclass(frozen=True, slots=True)
class Proposal:
    """An entry of the last day and its mirror of the first; no cents where no price is known."""

    what: str
    debit: str
    credit: str
    number: str
    customer: str
    on: date
    item: str
    quantity: Decimal
    cents: int | None
    invoice: int | None = None
    """The document, where it is one."""


_UNBILLED = f"""
select s.number, c.name, e.local_date, t.sku, sum(l.quantity - coalesce(k.quantity, 0)), (
    select n.price from sales_itemlink n where n.company_id = t.company_id and n.item_id = t.id and n.price is not null
    order by n.id limit 1), (
    select v.revenue / v.quantity / 100 from sales_invoicelink x
    join sales_invoiceline v on v.company_id = x.company_id and v.id = x.invoice_line_id and v.quantity > 0
    join sales_shipmentline y on y.company_id = x.company_id and y.id = x.shipment_line_id and y.item_id = t.id
    where x.company_id = t.company_id order by x.id desc limit 1)
from sales_shipmentline l
join sales_shipment s on s.company_id = l.company_id and s.id = l.shipment_id
join sales_customer c on c.company_id = s.company_id and c.id = s.customer_id
join ledger_event e on e.company_id = l.company_id and e.id = l.event_id
join catalog_item t on t.company_id = l.company_id and t.id = l.item_id
left join lateral (
    select sum(k.quantity) as quantity from sales_invoicelink k
    join sales_invoiceline v on v.company_id = k.company_id and v.id = k.invoice_line_id
    join sales_invoice i on i.company_id = v.company_id and i.id = v.invoice_id and i.on <= %(ends)s
    where k.company_id = l.company_id and k.shipment_line_id = l.id and {STANDS}
) k on true
where e.local_date between %(since)s and %(ends)s and s.recognition <> 'invoice'
  and l.quantity > coalesce(k.quantity, 0)
  and (s.recognition = 'shipment' or exists (
    select 1 from sales_recognition r join ledger_event x on x.company_id = r.company_id and x.id = r.event_id
    where r.company_id = l.company_id and r.shipment_line_id = l.id and x.accounting_date <= %(ends)s))
  and not exists (select 1 from ledger_event x where x.company_id = e.company_id and x.reverses_id = e.id)
group by s.id, c.id, e.local_date, t.company_id, t.id order by e.local_date, s.id, t.sku
"""

_DEFERRED = f"""
select coalesce(nullif(i.number, ''), i.external_id), i.customer, i.on, coalesce(t.sku, v.item_name),
    v.quantity - coalesce(k.quantity, 0), (v.revenue - coalesce(k.revenue, 0))::bigint, i.id
from sales_invoiceline v
join sales_invoice i on i.company_id = v.company_id and i.id = v.invoice_id
    and i.state = 'entered' and i.kind in ('Invoice', 'SalesReceipt')
left join sales_itemlink n on n.company_id = v.company_id and n.external_item = v.external_item
join lateral (
    select t.sku from catalog_item t where t.company_id = v.company_id and (t.id = n.item_id or n.id is null and (
        lower(t.sku) in (lower(v.item_name), lower(split_part(v.item_name, ':', -1)))
        or lower(t.name) = lower(v.item_name))) order by t.id limit 1
) t on true
left join lateral (
    select sum(k.quantity) as quantity, sum(k.revenue) as revenue from sales_invoicelink k
    join sales_shipmentline l on l.company_id = k.company_id and l.id = k.shipment_line_id
    join ledger_event e on e.company_id = l.company_id and e.id = l.event_id and e.local_date <= %(ends)s
    where k.company_id = v.company_id and k.invoice_line_id = v.id and {STANDS}
) k on true
where v.until is null and v.quantity > coalesce(k.quantity, 0) and i.on between %(since)s and %(ends)s
order by i.on, i.id, v.number
"""


def proposals(ends: date) -> list[Proposal]:
    """For the last day of a month, inside a scope."""
    days = {"ends": ends, "since": ends - SINCE}
    with connection.cursor() as cursor:
        cursor.execute(_UNBILLED, days)
        unbilled = [_unbilled(*row) for row in cursor.fetchall()]
        cursor.execute(_DEFERRED, days)
        return [*unbilled, *(Proposal(DEFERRED, "REVENUE", "DEFERRED REVENUE", *row) for row in cursor.fetchall())]


def _unbilled(
    number: str, customer: str, on: date, item: str, quantity: Decimal, agreed: Decimal | None, last: Decimal | None
) -> Proposal:
    """At the price that the item is billed at, else at the last one that it was."""
    cents = _amount(quantity, agreed if agreed is not None else last)
    return Proposal(UNBILLED, "UNBILLED", "REVENUE", number, customer, on, item, quantity, cents)


def _amount(quantity: Decimal, price: Decimal | None) -> int | None:
    return None if price is None else half_away(quantity * price * 100)
