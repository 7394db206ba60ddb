"""Questions about QuickBooks' documents of revenue, asked inside a scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from tieout.sales.invoices import UnknownInvoice
from tieout.sales.links import STANDS


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """A document as it is now; linked: cents of it whose goods are known."""

    id: int
    kind: str
    external_id: str
    number: str
    customer: str
    customer_code: str
    """Of ours; empty where QuickBooks' customer is none of them."""
    on: date
    state: str
    revenue: int
    balance: int
    linked: int

    @property
    def called(self) -> str:
        """Its kind as people say it: a sales receipt."""
        return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in self.kind).strip()

    @property
    def gives_back(self) -> bool:
        return self.kind in ("CreditMemo", "RefundReceipt")


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line that stands, and what a credit line is for."""

    id: int
    number: int
    external_item: str
    item: str
    description: str
    quantity: Decimal | None
    revenue: int
    left: Decimal | None
    """Of the quantity, what no shipment is linked with."""
    reason: str
    shipment: str
    returned_by: str
    sorted_by: str


@dataclass(frozen=True, slots=True)
class LinkRow:
    """So much of a line bills so much of a shipment's lot."""

    id: int
    line: int
    shipment: str
    sku: str
    lot: int
    lot_code: str
    quantity: Decimal
    revenue: int
    score: int
    reasons: str
    by: str
    at: datetime
    taken_back: str
    """Why; empty: it stands."""


@dataclass(frozen=True, slots=True)
class VersionRow:
    version: int
    state: str
    at: datetime


_ROWS = f"""
select i.id, i.kind, i.external_id, coalesce(nullif(i.number, ''), i.external_id), i.customer,
    coalesce((
        select min(c.code) from sales_customer c where c.company_id = i.company_id and c.party_id = i.party_id), ''),
    i.on, i.state, i.revenue, i.balance, coalesce((
        select sum(k.revenue) from sales_invoicelink k
        join sales_invoiceline v on v.company_id = k.company_id and v.id = k.invoice_line_id and v.invoice_id = i.id
        where k.company_id = i.company_id and {STANDS}), 0)::bigint
from sales_invoice i where {{which}} order by i.on desc, i.id desc limit %(most)s
"""


def invoice(id: int) -> InvoiceRow:
    """The document, or a refusal."""
    found = _all(_ROWS.format(which="i.id = %(id)s"), {"id": id, "most": 1})
    if not found:
        raise UnknownInvoice("There is no such invoice here. It may belong to another company.")
    return InvoiceRow(*found[0])


def of_customer(party: int, *, most: int = 20) -> list[InvoiceRow]:
    """What a customer was billed, and was given back, the latest first."""
    return [
        InvoiceRow(*row) for row in _all(_ROWS.format(which="i.party_id = %(party)s"), {"party": party, "most": most})
    ]


_LINES = f"""
select v.id, v.number, v.external_item, v.item_name, v.description, v.quantity, v.revenue,
    v.quantity - coalesce((select sum(k.quantity) from sales_invoicelink k
        where k.company_id = v.company_id and k.invoice_line_id = v.id and {STANDS}), 0),
    coalesce(t.reason, ''), coalesce(s.number, ''), coalesce(e.number, ''), coalesce(a.name, '')
from sales_invoiceline v
left join lateral (
    select t.* from sales_creditsorting t where t.company_id = v.company_id and t.invoice_line_id = v.id
    order by t.id desc limit 1) t on true
left join sales_shipmentline l on l.company_id = t.company_id and l.id = t.shipment_line_id
left join sales_shipment s on s.company_id = l.company_id and s.id = l.shipment_id
left join ledger_event e on e.company_id = t.company_id and e.id = t.event_id
left join access_actor a on a.company_id = t.company_id and a.id = t.actor_id
where v.until is null and v.invoice_id = %(invoice)s order by v.number, v.id
"""


def lines(invoice: int) -> list[LineRow]:
    return [LineRow(*row) for row in _all(_LINES, {"invoice": invoice})]


_LINKS = """
select k.id, k.invoice_line_id, s.number, t.sku, b.id, b.code, k.quantity, k.revenue, k.score, k.reasons,
    coalesce(a.name, ''), k.at, coalesce(x.reasons, '')
from sales_invoicelink k
join sales_invoiceline v on v.company_id = k.company_id and v.id = k.invoice_line_id and v.invoice_id = %(invoice)s
join sales_shipmentline l on l.company_id = k.company_id and l.id = k.shipment_line_id
join sales_shipment s on s.company_id = l.company_id and s.id = l.shipment_id
join catalog_item t on t.company_id = l.company_id and t.id = l.item_id
join stock_lot b on b.company_id = l.company_id and b.id = l.lot_id
left join access_actor a on a.company_id = k.company_id and a.id = k.actor_id
left join sales_invoicelink x on x.company_id = k.company_id and x.reverses_id = k.id
where k.reverses_id is null order by k.id
"""


def links_of(invoice: int) -> list[LinkRow]:
    """With those that were taken back: nothing that was said is lost."""
    return [LinkRow(*row) for row in _all(_LINKS, {"invoice": invoice})]


def versions(invoice: int) -> list[VersionRow]:
    sql = "select version, state, at from sales_invoiceversion where invoice_id = %(invoice)s order by version, id"
    return [VersionRow(*row) for row in _all(sql, {"invoice": invoice})]


@dataclass(frozen=True, slots=True)
class CreditRow:
    """A line by which a customer gets something back, what for, and which returns and shipments it may be about."""

    line: int
    invoice: int
    number: str
    customer: str
    on: date
    item: str
    description: str
    quantity: Decimal | None
    cents: int
    reason: str
    """Empty: nobody has said."""
    returned_by: str
    shipment: str
    returns: list[str]
    shipments: list[str]


_CREDITS = """
select v.id, i.id, coalesce(nullif(i.number, ''), i.external_id), i.customer, i.on, v.item_name, v.description,
    v.quantity, v.revenue, coalesce(t.reason, ''), coalesce(e.number, ''), coalesce(s.number, ''),
    array(select distinct r.number from sales_returnline b
        join ledger_event r on r.company_id = b.company_id and r.id = b.event_id
        join sales_shipmentline y on y.company_id = b.company_id and y.id = b.shipment_line_id
        join sales_shipment z on z.company_id = y.company_id and z.id = y.shipment_id
        join sales_customer c on c.company_id = z.company_id and c.id = z.customer_id and c.party_id = i.party_id
        where b.company_id = v.company_id and not exists (
            select 1 from ledger_event x where x.company_id = r.company_id and x.reverses_id = r.id)
        order by 1 desc limit 20),
    array(select z.number from sales_shipment z
        join sales_customer c on c.company_id = z.company_id and c.id = z.customer_id and c.party_id = i.party_id
        where z.company_id = v.company_id order by z.shipped_at desc, z.id desc limit 20)
from sales_invoiceline v
join sales_invoice i on i.company_id = v.company_id and i.id = v.invoice_id and i.state = 'entered'
    and i.kind in ('CreditMemo', 'RefundReceipt')
left join lateral (
    select t.* from sales_creditsorting t where t.company_id = v.company_id and t.invoice_line_id = v.id
    order by t.id desc limit 1) t on true
left join ledger_event e on e.company_id = t.company_id and e.id = t.event_id
left join sales_shipmentline l on l.company_id = t.company_id and l.id = t.shipment_line_id
left join sales_shipment s on s.company_id = l.company_id and s.id = l.shipment_id
where v.until is null and v.revenue <> 0 and (t.id is null) = %(unsorted)s
order by case when %(unsorted)s then i.on end, i.on desc, i.id, v.number limit %(most)s
"""


def credits_to_sort(*, most: int = 200) -> list[CreditRow]:
    """What customers got back and nobody has said why, the oldest first."""
    return [CreditRow(*row) for row in _all(_CREDITS, {"unsorted": True, "most": most})]


def sorted_credits(*, most: int = 50) -> list[CreditRow]:
    """The latest first."""
    return [CreditRow(*row) for row in _all(_CREDITS, {"unsorted": False, "most": most})]


def _all(sql: str, asked: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        return list(cursor.fetchall())
