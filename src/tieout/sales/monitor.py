"""Revenue beside cost of goods sold, for a range of days: what has both, and each line that has one of the two.

Revenue is what QuickBooks' documents of those days say; cost is what the journal says. Each is the sum of its lists,
to the cent, so nothing is left out: what cannot be laid to a shipment or an invoice is listed as that. The hard cases
are the ends of a month: goods that left on the 31st and are invoiced on the 1st have their cost in one month and
their revenue in the next, and both rows say so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from tieout.core.rounding import allocate
from tieout.sales.links import STANDS

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Row:
    """One side without the other."""

    reason: str
    number: str
    """Of the invoice or the shipment; of the event where it is neither."""
    customer: str
    on: date
    what: str
    quantity: Decimal | None
    cents: int
    line: int | None = None
    """The invoice line, or the shipment line."""
    invoice: int | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """Revenue and cost of the same goods, both in the period."""

    invoice: str
    invoice_id: int
    shipment: str
    customer: str
    what: str
    quantity: Decimal
    revenue: int
    cost: int


@dataclass(slots=True)
class Monitor:
    """Both sides of a period."""

    starts: date
    ends: date
    revenue: int = 0
    cost: int = 0
    pairs: list[Pair] = field(default_factory=list)
    revenue_only: list[Row] = field(default_factory=list)
    cost_only: list[Row] = field(default_factory=list)

    @property
    def matched_revenue(self) -> int:
        return sum(one.revenue for one in self.pairs)

    @property
    def matched_cost(self) -> int:
        return sum(one.cost for one in self.pairs)


class _Billed(NamedTuple):
    """A line of revenue of the period."""

    id: int
    invoice: int
    kind: str
    number: str
    customer: str
    on: date
    item: str
    description: str
    is_goods: bool
    quantity: Decimal | None
    revenue: int
    sorting: str | None


class _Sold(NamedTuple):
    """What a shipment line cost in the period."""

    id: int
    shipment: str
    customer: str
    on: date
    item: str
    lot: str
    shipped: Decimal
    other: str
    """Why the cents are not those of goods that were sold in the period; empty if they are."""
    cents: int


class _Link(NamedTuple):
    shipment_line: int
    invoice_line: int
    quantity: Decimal
    revenue: int
    shipment: str
    shipped_on: date
    sold: bool
    invoice: str
    invoiced_on: date


def monitor(starts: date, ends: date) -> Monitor:
    """Both sides of the days from `starts` to `ends`, inside a scope."""
    days = {"starts": starts, "ends": ends}
    billed = {row[0]: _Billed(*row) for row in _rows(_BILLED, days)}
    sold = {row[0]: _Sold(*row) for row in _rows(_SOLD, days)}
    links = [_Link(*row) for row in _rows(_LINKS, {"sold": list(sold), "billed": list(billed)})]
    found = Monitor(starts, ends)
    found.revenue = sum(one.revenue for one in billed.values())
    ((found.cost,),) = _rows(_COST, days)
    _lay(found, billed, sold, links)
    found.cost_only += [Row(*row) for row in _rows(_OTHER, days)]
    assert found.revenue == found.matched_revenue + sum(one.cents for one in found.revenue_only)
    assert found.cost == found.matched_cost + sum(one.cents for one in found.cost_only), "cost that nobody listed"
    return found


def _lay(found: Monitor, billed: Mapping[int, _Billed], sold: Mapping[int, _Sold], links: Sequence[_Link]) -> None:
    """Each link is a pair, or tells why one side stands alone; what is not linked stands alone too."""
    of_line: dict[int, list[_Link]] = {}
    for link in links:
        of_line.setdefault(link.shipment_line, []).append(link)
    cost_of = {id: _shares(one, of_line.get(id, ())) for id, one in sold.items()}
    rest = {id: one.revenue for id, one in billed.items()}
    quantity_left = {id: one.quantity for id, one in billed.items()}
    for link in links:
        bill, goods = billed.get(link.invoice_line), sold.get(link.shipment_line)
        cost = cost_of[goods.id].pop(0) if goods else 0
        if bill is not None:
            rest[bill.id] -= link.revenue
            if (left := quantity_left[bill.id]) is not None:
                quantity_left[bill.id] = left - link.quantity
        if bill is not None and goods is not None and not goods.other:
            found.pairs.append(
                Pair(
                    bill.number,
                    bill.invoice,
                    goods.shipment,
                    bill.customer,
                    goods.item,
                    link.quantity,
                    link.revenue,
                    cost,
                )
            )
        else:
            if bill is not None:
                found.revenue_only.append(_revenue(bill, _apart(link), link.quantity, link.revenue))
            if goods is not None:
                why = goods.other or f"invoiced {link.invoiced_on}, {link.invoice}"
                found.cost_only.append(_cost(goods, why, link.quantity, cost))
    for id, cents in rest.items():
        if cents:
            found.revenue_only.append(_revenue(billed[id], _alone(billed[id]), quantity_left[id], cents))
    for id, shares in cost_of.items():
        for cents in shares:  # what no link took
            linked = sum((link.quantity for link in of_line.get(id, ())), ZERO)
            why = sold[id].other or "no invoice yet"
            if cents:
                found.cost_only.append(_cost(sold[id], why, sold[id].shipped - linked, cents))


def _shares(one: _Sold, links: Sequence[_Link]) -> list[int]:
    """Cents by link, in their order, and of what is linked to nothing."""
    linked = [link.quantity for link in links]
    return allocate(one.cents, over=[*linked, max(one.shipped - sum(linked, ZERO), ZERO)])


def _apart(link: _Link) -> str:
    if link.sold:
        return f"cost of goods sold in another period: {link.shipment} of {link.shipped_on}"
    return f"shipped {link.shipped_on} on {link.shipment}, not sold yet"


def _alone(bill: _Billed) -> str:
    if bill.revenue < 0 and bill.kind in ("CreditMemo", "RefundReceipt"):
        return f"credit: {bill.sorting}" if bill.sorting else "credit, not sorted yet"
    if not bill.is_goods:
        return (
            "a service, a charge or a discount: no goods" if bill.quantity is None else "an item that is none of ours"
        )
    return "no shipment"


def _revenue(bill: _Billed, reason: str, quantity: Decimal | None, cents: int) -> Row:
    what = bill.item or bill.description
    return Row(reason, bill.number, bill.customer, bill.on, what, quantity, cents, bill.id, bill.invoice)


def _cost(goods: _Sold, reason: str, quantity: Decimal, cents: int) -> Row:
    what = f"{goods.item} lot {goods.lot}"
    return Row(reason, goods.shipment, goods.customer, goods.on, what, quantity, cents, goods.id)


_BILLED = """
select v.id, i.id, i.kind, coalesce(nullif(i.number, ''), i.external_id), i.customer, i.on, v.item_name, v.description,
    exists (
        select 1 from sales_itemlink n where n.company_id = v.company_id and n.external_item = v.external_item
    ) or exists (
        select 1 from catalog_item t where t.company_id = v.company_id and v.item_name <> '' and (
            lower(t.sku) in (lower(v.item_name), lower(split_part(v.item_name, ':', -1)))
            or lower(t.name) = lower(v.item_name))
    ) or exists (select 1 from sales_invoicelink k where k.company_id = v.company_id and k.invoice_line_id = v.id),
    v.quantity, v.revenue,
    (select c.reason from sales_creditsorting c where c.company_id = v.company_id and c.invoice_line_id = v.id
     order by c.id desc limit 1)
from sales_invoiceline v
join sales_invoice i on i.company_id = v.company_id and i.id = v.invoice_id and i.state = 'entered'
where v.until is null and i.on between %(starts)s and %(ends)s order by i.on, i.id, v.number
"""

_MOVED = """
with recursive moved as (
    select m.id, m.event_id, m.number, m.corrects_id, m.quantity, m.accounting_date,
        t.kind = 'customer' as is_going, case when t.kind = 'customer' then m.value else -m.value end as cents
    from stock_movement m
    join stock_location o on o.company_id = m.company_id and o.id = m.origin_id
    join stock_location t on t.company_id = m.company_id and t.id = m.target_id
    where (o.kind = 'customer') <> (t.kind = 'customer') and m.accounting_date between %(starts)s and %(ends)s
), origin(id, at) as (
    select id, id from moved
    union
    select o.id, coalesce(m.corrects_id, (e.payload #>> array['facts', 'moved', (m.number - 1)::text, 'id'])::bigint)
    from origin o
    join stock_movement m on m.id = o.at
    join ledger_event e on e.company_id = m.company_id and e.id = m.event_id
    where m.corrects_id is not null or e.reverses_id is not null
), laid as (
    select o.id, l.id as line from origin o
    join stock_movement m on m.id = o.at
    join sales_shipmentline l on l.company_id = m.company_id and l.event_id = m.event_id
        and l.movement_number = m.number
    union
    select o.id, r.shipment_line_id from origin o
    join stock_movement m on m.id = o.at
    join sales_returnline r on r.company_id = m.company_id and r.event_id = m.event_id
        and r.movement_number = m.number
    union
    select o.id, r.shipment_line_id from origin o
    join stock_movement m on m.id = o.at
    join sales_recognition r on r.company_id = m.company_id and r.event_id = m.event_id
        and r.movement_number = m.number
)
"""
"""What came to customers or back from them, and the shipment line it belongs to: of a correction and of a mirrored
movement, the line of what it corrects or takes back."""

_SOLD = f"""{_MOVED}
select l.id, s.number, c.name, min(v.accounting_date), i.sku, b.code, l.quantity,
    case when bool_or(v.quantity > 0 and v.is_going) then ''
        when bool_or(v.quantity > 0) then 'goods that came back'
        else 'a cost that came later, of goods sold before' end,
    sum(v.cents)::bigint
from moved v
join laid d on d.id = v.id
join sales_shipmentline l on l.id = d.line
join sales_shipment s on s.company_id = l.company_id and s.id = l.shipment_id
join sales_customer c on c.company_id = s.company_id and c.id = s.customer_id
join catalog_item i on i.company_id = l.company_id and i.id = l.item_id
join stock_lot b on b.company_id = l.company_id and b.id = l.lot_id
group by l.id, s.id, c.id, i.id, b.id having sum(v.cents) <> 0 or bool_or(v.quantity > 0) order by l.id
"""

_OTHER = f"""{_MOVED}, booked as (
    select event_id, sum(debit - credit) as cents from ledger_journalline
    where role in ('COGS', 'COGS_LATE') and accounting_date between %(starts)s and %(ends)s group by event_id
), laid_out as (
    select v.event_id, sum(v.cents) as cents from moved v where v.id in (select id from laid) group by 1
)
select e.kind, e.number, '', e.accounting_date, e.note, null, (coalesce(b.cents, 0) - coalesce(d.cents, 0))::bigint
from booked b full join laid_out d on d.event_id = b.event_id
join ledger_event e on e.id = coalesce(b.event_id, d.event_id)
where coalesce(b.cents, 0) <> coalesce(d.cents, 0) order by e.id
"""
"""By event, what is on the accounts and belongs to no shipment line: returns, entries of finance."""

_COST = """
select coalesce(sum(debit - credit), 0)::bigint from ledger_journalline
where role in ('COGS', 'COGS_LATE') and accounting_date between %(starts)s and %(ends)s
"""

_LINKS = f"""
select k.shipment_line_id, k.invoice_line_id, k.quantity, k.revenue, s.number, e.local_date, exists (
        select 1 from stock_movement m
        join stock_location t on t.company_id = m.company_id and t.id = m.target_id and t.kind = 'customer'
        where m.company_id = l.company_id and m.event_id = l.event_id and m.number = l.movement_number
    ) or exists (
        select 1 from sales_recognition r
        where r.company_id = l.company_id and r.shipment_line_id = l.id and not exists (
            select 1 from ledger_event x where x.company_id = r.company_id and x.reverses_id = r.event_id)),
    coalesce(nullif(i.number, ''), i.external_id), i.on
from sales_invoicelink k
join sales_shipmentline l on l.company_id = k.company_id and l.id = k.shipment_line_id
join sales_shipment s on s.company_id = l.company_id and s.id = l.shipment_id
join ledger_event e on e.company_id = l.company_id and e.id = l.event_id
join sales_invoiceline v on v.company_id = k.company_id and v.id = k.invoice_line_id
join sales_invoice i on i.company_id = v.company_id and i.id = v.invoice_id
where {STANDS} and (k.shipment_line_id = any(%(sold)s) or k.invoice_line_id = any(%(billed)s)) order by k.id
"""


def _rows(sql: str, arguments: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        return list(cursor.fetchall())
