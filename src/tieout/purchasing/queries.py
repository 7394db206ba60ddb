"""Questions to the buying side, asked inside a scope: orders and what is still due on them, receipts and their lots."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from tieout.core.refusals import Refusal
from tieout.database.search import containing
from tieout.purchasing import orders


class UnknownReceipt(Refusal):
    """No receipt of that number."""

    code = "unknown_receipt"


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order in a list."""

    number: str
    supplier_code: str
    supplier: str
    site: str
    ordered_on: date
    due_on: date | None
    state: str
    lines: int
    lines_due: int


@dataclass(frozen=True, slots=True)
class OrderLineRow:
    """A line of an order; `due` and what follows are in the item's base unit."""

    number: int
    sku: str
    name: str
    ordered: Decimal
    ordered_unit: str
    price: Decimal
    unit: str
    decimals: int
    due: Decimal
    received: Decimal
    rejected: Decimal
    outstanding: Decimal
    shelf_life_days: int | None


@dataclass(frozen=True, slots=True)
class Order:
    """An order with its lines."""

    row: OrderRow
    currency: str
    note: str
    lines: list[OrderLineRow]
    receipts: list[str]


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """A receipt in a list."""

    event: int
    number: str
    at: datetime
    order: str
    supplier: str
    site: str
    skus: list[str]
    value: int
    by: str
    reversed_by: str | None


@dataclass(frozen=True, slots=True)
class ReceiptLineRow:
    number: int
    order_line: int
    sku: str
    name: str
    unit: str
    lot: int | None
    lot_code: str
    supplier_lot: str
    expires_on: date | None
    quantity: Decimal
    rejected: Decimal
    value: int
    reason: str


@dataclass(frozen=True, slots=True)
class ReceiptFacts:
    """A receipt with its lines."""

    row: ReceiptRow
    note: str
    lines: list[ReceiptLineRow]


_ORDERS = """
select o.number, s.code, s.name, t.code, o.ordered_on, o.due_on, o.state, count(l.id),
    count(l.id) filter (where l.received + l.rejected < l.quantity * l.factor_numerator / l.factor_denominator)
from purchasing_purchaseorder o
join purchasing_supplier s on s.company_id = o.company_id and s.id = o.supplier_id
join stock_site t on t.company_id = o.company_id and t.id = o.site_id
left join purchasing_purchaseorderline l on l.company_id = o.company_id and l.order_id = o.id
where {which}
group by o.id, s.id, t.id
order by {order} limit %(most)s
"""

_SEARCH = """
(o.number ilike %(like)s or s.name ilike %(like)s or s.code ilike %(like)s or exists (
    select 1 from purchasing_purchaseorderline f
    join catalog_item i on i.company_id = f.company_id and i.id = f.item_id
    where f.company_id = o.company_id and f.order_id = o.id and (i.sku ilike %(like)s or i.name ilike %(like)s)))
"""


def open_orders(*, text: str = "", most: int = 100) -> list[OrderRow]:
    """What suppliers still owe goods on, the earliest due first."""
    sql = _ORDERS.format(which=f"o.state = 'open' and {_SEARCH}", order="o.due_on nulls last, o.number")
    return _orders(sql, like=containing(text), most=most)


def order(number: str) -> Order:
    """The order with its lines, or a refusal."""
    found = _orders(_ORDERS.format(which="o.number = %(number)s", order="o.number"), number=number, most=1)
    if not found:
        raise orders.UnknownOrder(f"There is no purchase order {number}. Check the number on its paper.")
    with connection.cursor() as cursor:
        cursor.execute("select currency, note from purchasing_purchaseorder where number = %s", [number])
        currency, note = cursor.fetchone()
        cursor.execute(_ORDER_LINES, [number])
        lines = [OrderLineRow(*row) for row in cursor.fetchall()]
        cursor.execute(
            "select number from ledger_event where kind = 'receipt' and subject = %s order by id desc", [number]
        )
        receipts_of = [row[0] for row in cursor.fetchall()]
    return Order(found[0], currency, note, lines, receipts_of)


_ORDER_LINES = """
select l.number, i.sku, i.name, l.quantity, o.code, l.price, u.code, u.decimals, d.due, l.received, l.rejected,
    greatest(d.due - l.received - l.rejected, 0), i.shelf_life_days
from purchasing_purchaseorderline l
join purchasing_purchaseorder p on p.company_id = l.company_id and p.id = l.order_id
join catalog_item i on i.company_id = l.company_id and i.id = l.item_id
join catalog_unit u on u.company_id = i.company_id and u.id = i.unit_id
join catalog_unit o on o.company_id = l.company_id and o.id = l.unit_id
cross join lateral (
    select round(l.quantity * l.factor_numerator / l.factor_denominator, u.decimals) as due) d
where p.number = %s order by l.number
"""

# First which receipts, then who they belong to: in one join the planner pairs suppliers with actors.
_RECEIPTS = """
with came as materialized (
    select e.id, e.number, e.occurred_at, e.note, e.actor_id, min(l.order_id) as order_id,
        array_agg(distinct i.sku) as skus, sum(r.value)::bigint as value
    from ledger_event e
    join purchasing_receiptline r on r.company_id = e.company_id and r.event_id = e.id
    join purchasing_purchaseorderline l on l.company_id = r.company_id and l.id = r.order_line_id
    join catalog_item i on i.company_id = l.company_id and i.id = l.item_id
    where e.kind = 'receipt' and {which}
    group by e.id order by e.id desc limit %(most)s
)
select c.id, c.number, c.occurred_at, o.number, s.name, t.code, c.skus, c.value,
    (select a.name from access_actor a where a.id = c.actor_id),
    (select x.number from ledger_event x where x.reverses_id = c.id), c.note
from came c
join purchasing_purchaseorder o on o.id = c.order_id
join purchasing_supplier s on s.company_id = o.company_id and s.id = o.supplier_id
join stock_site t on t.company_id = o.company_id and t.id = o.site_id
order by c.id desc
"""
_LATEST = """
e.id in (select r.id from ledger_event r where r.kind = 'receipt' and (%(before)s::bigint is null or r.id < %(before)s)
    order by r.id desc limit %(most)s)
"""


def receipts(*, text: str = "", before: int | None = None, most: int = 50) -> list[ReceiptRow]:
    """The latest receipts, newest first; `before` is the event to go on from."""
    which = (
        "(%(before)s::bigint is null or e.id < %(before)s) and (e.number ilike %(like)s or e.subject ilike %(like)s"
        " or i.sku ilike %(like)s or i.name ilike %(like)s or l.order_id in ("
        " select o.id from purchasing_purchaseorder o join purchasing_supplier s"
        " on s.company_id = o.company_id and s.id = o.supplier_id where s.name ilike %(like)s))"
        if text
        else _LATEST
    )
    with connection.cursor() as cursor:
        cursor.execute(_RECEIPTS.format(which=which), {"like": containing(text), "before": before, "most": most})
        return [ReceiptRow(*row[:-1]) for row in cursor.fetchall()]


def receipt(number: str) -> ReceiptFacts:
    """The receipt with its lines, or a refusal."""
    with connection.cursor() as cursor:
        cursor.execute(_RECEIPTS.format(which="e.number = %(number)s"), {"number": number, "most": 1})
        row = cursor.fetchone()
        if row is None:
            raise UnknownReceipt(f"There is no receipt {number}. Check the number on its paper.")
        cursor.execute(_RECEIPT_LINES, [row[0]])
        lines = [ReceiptLineRow(*line) for line in cursor.fetchall()]
    return ReceiptFacts(ReceiptRow(*row[:-1]), row[-1], lines)


_RECEIPT_LINES = """
select r.number, l.number, i.sku, i.name, u.code, r.lot_id, coalesce(b.code, ''), coalesce(b.supplier_lot, ''),
    b.expires_on, r.quantity, r.rejected, r.value, r.reason
from purchasing_receiptline r
join purchasing_purchaseorderline l on l.company_id = r.company_id and l.id = r.order_line_id
join catalog_item i on i.company_id = l.company_id and i.id = l.item_id
join catalog_unit u on u.company_id = i.company_id and u.id = i.unit_id
left join stock_lot b on b.company_id = r.company_id and b.id = r.lot_id
where r.event_id = %s order by r.number
"""


def _orders(sql: str, **asked: str | int) -> list[OrderRow]:
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        return [OrderRow(*row) for row in cursor.fetchall()]
