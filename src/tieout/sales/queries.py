"""Questions to the selling side, asked inside a scope: customers, shipments, and the lots that left with them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from tieout.database.search import containing
from tieout.sales.shipments import UnknownShipment


@dataclass(frozen=True, slots=True)
class CustomerRow:
    code: str
    name: str
    channel: str


@dataclass(frozen=True, slots=True)
class ShipmentRow:
    """A shipment in a list; value is what its lots cost when they left, in cents."""

    number: str
    at: datetime
    customer: str
    customer_code: str
    site: str
    order_number: str
    lines: int
    value: int
    taken_back: bool
    sold_on: str
    """shipment, delivery or invoice."""


@dataclass(frozen=True, slots=True)
class ShipmentLineRow:
    event: int
    event_number: str
    sku: str
    name: str
    unit: str
    lot: int
    lot_code: str
    quantity: Decimal
    value: int
    reversed_by: str | None


@dataclass(frozen=True, slots=True)
class ShipmentFacts:
    """A shipment with its lines."""

    row: ShipmentRow
    lines: list[ShipmentLineRow]


def customers() -> list[CustomerRow]:
    """Whom we can ship to."""
    with connection.cursor() as cursor:
        cursor.execute("select code, name, channel from sales_customer where active order by name")
        return [CustomerRow(*row) for row in cursor.fetchall()]


_SHIPMENTS = """
select s.number, s.shipped_at, c.name, c.code, t.code, s.order_number, count(l.id), coalesce(sum(l.value), 0)::bigint,
    count(l.id) > 0 and count(l.id) = count(l.id) filter (where exists (
        select 1 from ledger_event x where x.company_id = l.company_id and x.reverses_id = l.event_id)),
    s.recognition
from sales_shipment s
join sales_customer c on c.company_id = s.company_id and c.id = s.customer_id
join stock_site t on t.company_id = s.company_id and t.id = s.site_id
left join sales_shipmentline l on l.company_id = s.company_id and l.shipment_id = s.id
where {which}
group by s.id, c.id, t.id
order by s.shipped_at desc, s.id desc limit %(most)s offset %(skip)s
"""

_SEARCH = """
(%(customer)s = '' or c.code = %(customer)s)
and (%(on)s::date is null or (s.shipped_at at time zone t.time_zone)::date = %(on)s)
and (s.number ilike %(like)s or c.name ilike %(like)s or s.order_number ilike %(like)s or exists (
    select 1 from sales_shipmentline f
    join catalog_item i on i.company_id = f.company_id and i.id = f.item_id
    join stock_lot b on b.company_id = f.company_id and b.id = f.lot_id
    where f.company_id = s.company_id and f.shipment_id = s.id
      and (i.sku ilike %(like)s or i.name ilike %(like)s or b.code ilike %(like)s)))
"""


def shipments(
    *, text: str = "", on: date | None = None, customer: str = "", skip: int = 0, most: int = 50
) -> list[ShipmentRow]:
    """The latest shipments, newest first; `on` keeps those that left on that day, by the site's clock."""
    like = containing(text)
    with connection.cursor() as cursor:
        asked = {"like": like, "on": on, "customer": customer, "skip": skip, "most": most}
        cursor.execute(_SHIPMENTS.format(which=_SEARCH), asked)
        return [ShipmentRow(*row) for row in cursor.fetchall()]


def shipment(number: str) -> ShipmentFacts:
    """The shipment with its lines, or a refusal."""
    with connection.cursor() as cursor:
        cursor.execute(_SHIPMENTS.format(which="s.number = %(number)s"), {"number": number, "most": 1, "skip": 0})
        row = cursor.fetchone()
        if row is None:
            raise UnknownShipment(f"There is no shipment {number}. Check the number on its paper.")
        cursor.execute(_LINES, [number])
        return ShipmentFacts(ShipmentRow(*row), [ShipmentLineRow(*line) for line in cursor.fetchall()])


_LINES = """
select e.id, e.number, i.sku, i.name, u.code, l.lot_id, b.code, l.quantity, l.value,
    (select x.number from ledger_event x where x.company_id = e.company_id and x.reverses_id = e.id)
from sales_shipmentline l
join sales_shipment s on s.company_id = l.company_id and s.id = l.shipment_id
join ledger_event e on e.company_id = l.company_id and e.id = l.event_id
join catalog_item i on i.company_id = l.company_id and i.id = l.item_id
join catalog_unit u on u.company_id = i.company_id and u.id = i.unit_id
join stock_lot b on b.company_id = l.company_id and b.id = l.lot_id
where s.number = %s order by l.id
"""


@dataclass(frozen=True, slots=True)
class InvoiceLineRow:
    """A line of revenue as a person looks at it."""

    id: int
    invoice: int
    number: str
    kind: str
    customer: str
    on: date
    item: str
    description: str
    quantity: Decimal | None
    revenue: int


_INVOICE_LINES = """
select v.id, i.id, coalesce(nullif(i.number, ''), i.external_id), i.kind, i.customer, i.on, v.item_name, v.description,
    v.quantity, v.revenue
from sales_invoiceline v
join sales_invoice i on i.company_id = v.company_id and i.id = v.invoice_id
where {which} order by i.on, i.id, v.number
"""


def invoice_lines(ids: Iterable[int]) -> list[InvoiceLineRow]:
    """These lines, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(_INVOICE_LINES.format(which="v.id = any(%s)"), [list(ids)])
        return [InvoiceLineRow(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class SaleRow:
    """An event that made shipped goods cost of goods sold."""

    event: int
    number: str
    at: datetime
    on: date
    invoice: str
    invoice_id: int | None
    note: str
    value: int


def sales_of(shipment: str) -> list[SaleRow]:
    """When a shipment's goods were sold that were not when they left."""
    sql = """
    select e.id, e.number, e.occurred_at, e.accounting_date, coalesce(max(i.number), ''), max(i.id), e.note,
        sum(r.value)::bigint
    from sales_recognition r
    join sales_shipmentline l on l.company_id = r.company_id and l.id = r.shipment_line_id
    join sales_shipment s on s.company_id = l.company_id and s.id = l.shipment_id and s.number = %s
    join ledger_event e on e.company_id = r.company_id and e.id = r.event_id
    left join sales_invoice i on i.company_id = r.company_id and i.id = r.invoice_id
    where not exists (select 1 from ledger_event x where x.company_id = e.company_id and x.reverses_id = e.id)
    group by e.id order by e.id
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [shipment])
        return [SaleRow(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class BilledBy:
    """An invoice line that bills some of a shipment."""

    link: int
    invoice: int
    number: str
    on: date
    sku: str
    lot_code: str
    quantity: Decimal
    revenue: int
    balance: int
    reasons: str


_BILLED_BY = """
select k.id, i.id, coalesce(nullif(i.number, ''), i.external_id), i.on, t.sku, b.code, k.quantity, k.revenue, i.balance,
    k.reasons
from sales_invoicelink k
join sales_shipmentline l on l.company_id = k.company_id and l.id = k.shipment_line_id
join sales_shipment s on s.company_id = l.company_id and s.id = l.shipment_id and s.number = %s
join catalog_item t on t.company_id = l.company_id and t.id = l.item_id
join stock_lot b on b.company_id = l.company_id and b.id = l.lot_id
join sales_invoiceline v on v.company_id = k.company_id and v.id = k.invoice_line_id
join sales_invoice i on i.company_id = v.company_id and i.id = v.invoice_id
where k.reverses_id is null and not exists (
    select 1 from sales_invoicelink x where x.company_id = k.company_id and x.reverses_id = k.id)
order by k.id
"""


def billed_by(shipment: str) -> list[BilledBy]:
    """The invoices of a shipment, and why they are its."""
    with connection.cursor() as cursor:
        cursor.execute(_BILLED_BY, [shipment])
        return [BilledBy(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """Proof that a shipment arrived."""

    at: datetime
    proof: str
    by: str


def deliveries_of(shipment: str) -> list[DeliveryRow]:
    """In the order in which they were given."""
    sql = """
    select d.delivered_at, d.proof, a.name from sales_delivery d
    join sales_shipment s on s.company_id = d.company_id and s.id = d.shipment_id and s.number = %s
    join access_actor a on a.company_id = d.company_id and a.id = d.actor_id order by d.id
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [shipment])
        return [DeliveryRow(*row) for row in cursor.fetchall()]
