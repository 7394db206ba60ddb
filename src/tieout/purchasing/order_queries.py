"""Questions about purchase orders, asked inside a scope: which there are and how each stands in QuickBooks; one of
them with everything that came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from tieout.database.search import containing
from tieout.purchasing import orders

SHOWN = ("open", "overdue", "closed", "all")
BOOKS = ("not sent", "on its way", "in doubt", "in step", "refused", "theirs")
"""How an order stands in QuickBooks. *Theirs*: it was taken over from there, and AP keeps it."""


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order in a list; `due_on` is the first day that something of it is expected."""

    id: int
    number: str
    supplier_code: str
    supplier: str
    site: str
    ordered_on: date
    due_on: date | None
    state: str
    currency: str
    note: str
    lines: int
    lines_due: int
    cents: int
    books: str
    refused_because: str
    external_id: str

    def is_overdue(self, on: date) -> bool:
        return self.state == "open" and self.due_on is not None and self.due_on < on


_BOOKS = """
select s.state, s.reason, coalesce(nullif(s.external_id, ''), k.external_id, '') as external_id,
    case s.state when 'confirmed' then 'in step' when 'rejected' then 'refused' when 'in doubt' then 'in doubt'
        when 'pending' then 'on its way' else case when k.external_id is null then 'not sent' else 'theirs' end
    end as books
from (select 1) always
left join lateral (
    select s.state, s.reason, s.external_id from purchasing_ordersending s
    where s.company_id = o.company_id and s.order_id = o.id and s.state <> 'superseded'
    order by s.version desc limit 1) s on true
left join lateral (
    select k.order_external_id as external_id from purchasing_orderlinelink k
    join purchasing_purchaseorderline l on l.company_id = k.company_id and l.id = k.order_line_id
    where l.company_id = o.company_id and l.order_id = o.id limit 1) k on true
"""
_ORDERS = f"""
select o.id, o.number, s.code, s.name, t.code, o.ordered_on, coalesce(l.due_on, o.due_on), o.state, o.currency, o.note,
    l.n, l.due, coalesce(l.cents, 0)::bigint, b.books, coalesce(b.reason, ''), b.external_id
from {{orders}} o
join purchasing_supplier s on s.company_id = o.company_id and s.id = o.supplier_id
join stock_site t on t.company_id = o.company_id and t.id = o.site_id
cross join lateral (
    select count(*) as n, count(*) filter (where w.is_due) as due, min(l.due_on) filter (where w.is_due) as due_on,
        sum(round(coalesce(l.amount, l.quantity * l.price) * 100)) as cents
    from purchasing_purchaseorderline l
    cross join lateral (
        select l.received + l.rejected < l.quantity * l.factor_numerator / l.factor_denominator as is_due) w
    where l.company_id = o.company_id and l.order_id = o.id) l
cross join lateral ({_BOOKS}) b
"""
EVERY = "purchasing_purchaseorder"
_WHICH = """
(%(show)s = 'all' or (o.state = 'open') = (%(show)s in ('open', 'overdue')))
    and (%(supplier)s = '' or s.code = %(supplier)s)
    and (o.number ilike %(like)s or s.name ilike %(like)s or s.code ilike %(like)s or exists (
        select 1 from purchasing_purchaseorderline f
        join catalog_item i on i.company_id = f.company_id and i.id = f.item_id
        where f.company_id = o.company_id and f.order_id = o.id and (i.sku ilike %(like)s or i.name ilike %(like)s)))
"""
_LATEST = f"""
(select o.* from purchasing_purchaseorder o
join purchasing_supplier s on s.company_id = o.company_id and s.id = o.supplier_id
where {_WHICH} order by o.ordered_on desc, o.id desc limit %(most)s offset %(skip)s)
"""
"""Which orders, before anything of theirs is looked at: of years of them a page is shown."""
_BY_LINES = f"""
where {_WHICH} and (%(show)s <> 'overdue' or coalesce(l.due_on, o.due_on) < %(on)s)
    and (%(until)s::date is null or coalesce(l.due_on, o.due_on) <= %(until)s)
    and (%(books)s = '' or b.books = %(books)s)
order by case when %(show)s in ('open', 'overdue') then coalesce(l.due_on, o.due_on) end nulls last,
    o.ordered_on desc, o.id desc
limit %(most)s offset %(skip)s
"""


def rows(
    on: date,
    *,
    show: str = "open",
    supplier: str = "",
    until: date | None = None,
    books: str = "",
    text: str = "",
    skip: int = 0,
    most: int = 100,
) -> list[OrderRow]:
    """Open ones the earliest due first, others the latest first; `on` is the day that overdue means."""
    like = containing(text)
    asked: dict[str, date | int | str | None] = {
        "on": on, "show": show, "supplier": supplier, "until": until, "books": books, "like": like, "skip": skip,
        "most": most,
    }  # fmt: skip
    with connection.cursor() as cursor:
        if show in ("closed", "all") and not books and until is None:
            cursor.execute(_ORDERS.format(orders=_LATEST) + "order by o.ordered_on desc, o.id desc", asked)
        else:
            cursor.execute(_ORDERS.format(orders=EVERY) + _BY_LINES, asked)
        return [OrderRow(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of an order: what was ordered in its unit, the rest in the item's."""

    number: int
    sku: str
    name: str
    ordered: Decimal
    ordered_unit: str
    price: Decimal
    amount: Decimal | None
    unit: str
    due: Decimal
    due_on: date | None
    received: Decimal
    rejected: Decimal
    billed: Decimal
    """Of what came, in base units; below what came: not all is billed."""

    @property
    def outstanding(self) -> Decimal:
        return max(self.due - self.received - self.rejected, Decimal(0))


@dataclass(frozen=True, slots=True)
class Came:
    """A receipt of the order, or goods of it that went back (below 0)."""

    event: int
    kind: str
    number: str
    at: datetime
    cents: int
    taken_back: bool


@dataclass(frozen=True, slots=True)
class BilledBy:
    """A bill that pays for goods of the order, and by how much."""

    id: int
    number: str
    kind: str
    billed_on: date
    cents: int


@dataclass(frozen=True, slots=True)
class Order:
    row: OrderRow
    lines: list[LineRow]
    came: list[Came]
    bills: list[BilledBy]


_LINES = """
select l.number, i.sku, i.name, l.quantity, o.code, l.price, l.amount, u.code,
    round(l.quantity * l.factor_numerator / l.factor_denominator, u.decimals), l.due_on, l.received, l.rejected,
    coalesce((select sum(c.quantity) from purchasing_receiptline r
        join purchasing_clearing c on c.company_id = r.company_id and c.receipt_line_id = r.id
        where r.company_id = l.company_id and r.order_line_id = l.id), 0)
from purchasing_purchaseorderline l
join catalog_item i on i.company_id = l.company_id and i.id = l.item_id
join catalog_unit u on u.company_id = i.company_id and u.id = i.unit_id
join catalog_unit o on o.company_id = l.company_id and o.id = l.unit_id
where l.order_id = %s order by l.number
"""
_RECEIPT_LINES = """
select r.* from purchasing_receiptline r
join purchasing_purchaseorderline l on l.company_id = r.company_id and l.id = r.order_line_id
where l.order_id = %s
"""
_CAME = f"""
with line as ({_RECEIPT_LINES}), moved as (
    select company_id, event_id, value as cents from line
    union all
    select b.company_id, b.event_id, -b.price from purchasing_returnline b
    join line on line.company_id = b.company_id and line.id = b.receipt_line_id
)
select e.id, e.kind, e.number, e.occurred_at, sum(m.cents)::bigint,
    exists (select 1 from ledger_event x where x.company_id = e.company_id and x.reverses_id = e.id)
from moved m join ledger_event e on e.company_id = m.company_id and e.id = m.event_id
group by e.company_id, e.id order by e.id
"""
_BILLS = f"""
with line as ({_RECEIPT_LINES})
select b.id, coalesce(nullif(b.number, ''), b.external_id), b.kind, b.billed_on,
    sum(c.accrued + c.price_difference + c.exchange_difference)::bigint
from line
join purchasing_clearing c on c.company_id = line.company_id and c.receipt_line_id = line.id
join purchasing_billline w on w.company_id = c.company_id and w.id = c.bill_line_id
join purchasing_bill b on b.company_id = w.company_id and b.id = w.bill_id
group by b.id having sum(c.accrued + c.price_difference + c.exchange_difference) <> 0 order by b.billed_on, b.id
"""


def order(number: str) -> Order:
    """The order with its lines, receipts and bills, or a refusal."""
    with connection.cursor() as cursor:
        cursor.execute(_ORDERS.format(orders=EVERY) + "where o.number = %s", [number])
        found = cursor.fetchone()
        if found is None:
            raise orders.UnknownOrder(f"There is no purchase order {number}. Look for it in the list of orders.")
        row = OrderRow(*found)
        cursor.execute(_LINES, [row.id])
        lines = [LineRow(*one) for one in cursor.fetchall()]
        cursor.execute(_CAME, [row.id])
        came = [Came(*one) for one in cursor.fetchall()]
        cursor.execute(_BILLS, [row.id])
        return Order(row, lines, came, [BilledBy(*one) for one in cursor.fetchall()])
