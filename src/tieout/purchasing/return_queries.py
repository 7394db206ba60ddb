"""Questions about goods that went back to suppliers, asked inside a scope: which returns there are, what of each the
supplier still owes, and what could be sent back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection

from tieout.database.search import containing
from tieout.purchasing import returns


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """A return. Of what had been billed the supplier owes `claimed`, with every bill since; the rest came off the
    accrual. `settled` is what of the claim his credits have answered."""

    event: int
    number: str
    at: datetime
    supplier_code: str
    supplier: str
    sku: str
    name: str
    lot: int
    lot_code: str
    quantity: Decimal
    unit: str
    price: int
    value: int
    is_claim: bool
    claimed: int
    settled: int
    credits: int
    reversed_by: str

    @property
    def open(self) -> int:
        return self.claimed - self.settled if self.is_claim and not self.reversed_by else 0

    @property
    def state(self) -> str:
        """*Not billed*: nothing is owed back, because nothing had been charged."""
        if self.reversed_by:
            return "taken back"
        if self.open:
            return "open"
        return "settled" if self.is_claim or self.credits else "not billed"


_RETURNS = """
with line as (
    select b.company_id, b.event_id, b.receipt_line_id, b.lot_id, b.quantity, b.price, b.value, b.claimed as is_claim,
        case when b.claimed then b.price + coalesce(later.cents, 0) else 0 end as claimed
    from purchasing_returnline b
    left join lateral (
        select sum(c.value) as cents from stock_movement m
        join stock_movement c on c.company_id = m.company_id and c.corrects_id = m.id
            and c.origin_id = m.origin_id and c.target_id = m.target_id
        where m.company_id = b.company_id and m.event_id = b.event_id and m.number = b.movement_number) later on true
), back as (
    select company_id, event_id, min(receipt_line_id) as receipt_line_id, min(lot_id) as lot_id,
        sum(quantity) as quantity, sum(price) as price, sum(value) as value, sum(claimed) as claimed,
        bool_or(is_claim) as is_claim
    from line group by company_id, event_id
), row as (
    select e.id, e.number, e.occurred_at, s.code, s.name, i.sku, i.name as item, b.lot_id, t.code as lot, b.quantity,
        u.code as unit, b.price::bigint, b.value::bigint, b.is_claim, b.claimed::bigint,
        coalesce(d.settled, 0)::bigint as settled,
        coalesce(d.n, 0) as credits,
        coalesce((select x.number from ledger_event x
            where x.company_id = e.company_id and x.reverses_id = e.id), '') as reversed_by, o.number as order_number
    from back b
    join ledger_event e on e.company_id = b.company_id and e.id = b.event_id
    join purchasing_receiptline r on r.company_id = b.company_id and r.id = b.receipt_line_id
    join purchasing_purchaseorderline l on l.company_id = r.company_id and l.id = r.order_line_id
    join purchasing_purchaseorder o on o.company_id = l.company_id and o.id = l.order_id
    join purchasing_supplier s on s.company_id = o.company_id and s.id = o.supplier_id
    join stock_lot t on t.company_id = b.company_id and t.id = b.lot_id
    join catalog_item i on i.company_id = t.company_id and i.id = t.item_id
    join catalog_unit u on u.company_id = i.company_id and u.id = i.unit_id
    left join lateral (select sum(w.claimed) as settled, count(*) as n from purchasing_settlement w
        where w.company_id = b.company_id and w.returned_id = b.event_id) d on true
)
"""
_COLUMNS = """
id, number, occurred_at, code, name, sku, item, lot_id, lot, quantity, unit, price, value, is_claim, claimed, settled,
credits, reversed_by
"""
_OPEN = "(is_claim and reversed_by = '' and claimed <> settled)"


def rows(*, only_open: bool = False, supplier: str = "", text: str = "", most: int = 100) -> list[ReturnRow]:
    """The latest first; open claims before the others."""
    like = containing(text)
    sql = f"""{_RETURNS} select {_COLUMNS} from row
        where (not %(open)s or {_OPEN}) and (%(supplier)s = '' or code = %(supplier)s)
            and (number ilike %(like)s or name ilike %(like)s or lot ilike %(like)s or sku ilike %(like)s)
        order by {_OPEN} desc, id desc limit %(most)s"""
    with connection.cursor() as cursor:
        cursor.execute(sql, {"open": only_open, "supplier": supplier, "like": like, "most": most})
        return [ReturnRow(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Credit:
    """What the supplier gave back for a return."""

    number: str
    at: datetime
    by: str
    claimed: int
    credited: int


@dataclass(frozen=True, slots=True)
class Return:
    row: ReturnRow
    order: str
    receipt: str
    credits: list[Credit]


_RECEIPT = """
select e.number from purchasing_returnline b
join purchasing_receiptline r on r.company_id = b.company_id and r.id = b.receipt_line_id
join ledger_event e on e.company_id = r.company_id and e.id = r.event_id
where b.event_id = %s limit 1
"""
_CREDITS = """
select e.number, e.occurred_at, a.name, w.claimed, w.credited from purchasing_settlement w
join ledger_event e on e.company_id = w.company_id and e.id = w.event_id
join access_actor a on a.company_id = e.company_id and a.id = e.actor_id
where w.returned_id = %s order by e.id
"""


def one(number: str) -> Return:
    """The return with the credits for it, or a refusal."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_RETURNS} select {_COLUMNS}, order_number from row where number = %s", [number])
        found = cursor.fetchone()
        if found is None:
            raise returns.UnknownReturn(f"There is no return to a supplier {number}. Look for it in the list of them.")
        row = ReturnRow(*found[:-1])
        cursor.execute(_RECEIPT, [row.event])
        (receipt,) = cursor.fetchone()
        cursor.execute(_CREDITS, [row.event])
        return Return(row, found[-1], receipt, [Credit(*credit) for credit in cursor.fetchall()])


@dataclass(frozen=True, slots=True)
class Returnable:
    """A lot of a supplier in a place, which could go back to him."""

    lot: int
    code: str
    sku: str
    name: str
    unit: str
    where: str
    quantity: Decimal
    supplier: str
    receipt: str


_RETURNABLE = """
select t.id, t.code, i.sku, i.name, u.code, s.code || case when p.code = 'MAIN' then '' else '/' || p.code end,
    b.quantity, v.name, e.number
from stock_balance b
join stock_location p on p.company_id = b.company_id and p.id = b.location_id
    and p.kind in ('storage', 'staging', 'quarantine', 'external')
join stock_site s on s.company_id = p.company_id and s.id = p.site_id
join stock_lot t on t.company_id = b.company_id and t.id = b.lot_id
join catalog_item i on i.company_id = t.company_id and i.id = t.item_id
join catalog_unit u on u.company_id = i.company_id and u.id = i.unit_id
join lateral (select r.event_id, r.order_line_id from purchasing_receiptline r
    where r.company_id = t.company_id and r.lot_id = coalesce(t.returned_from_id, t.id)
    order by r.id desc limit 1) r on true
join ledger_event e on e.company_id = t.company_id and e.id = r.event_id
join purchasing_purchaseorderline l on l.company_id = t.company_id and l.id = r.order_line_id
join purchasing_purchaseorder o on o.company_id = l.company_id and o.id = l.order_id
join purchasing_supplier v on v.company_id = o.company_id and v.id = o.supplier_id
where b.pool_id is null and b.quantity > 0 and (%(lot)s::bigint is null or t.id = %(lot)s)
    and (%(receipt)s = '' or e.number = %(receipt)s)
    and (t.code ilike %(like)s or i.sku ilike %(like)s or i.name ilike %(like)s or v.name ilike %(like)s
        or t.supplier_lot ilike %(like)s or e.number ilike %(like)s)
order by t.id desc, p.id limit %(most)s
"""


def returnable(*, lot: int | None = None, receipt: str = "", text: str = "", most: int = 30) -> list[Returnable]:
    """Lots on hand that a supplier delivered, the latest first."""
    like = containing(text)
    with connection.cursor() as cursor:
        cursor.execute(_RETURNABLE, {"lot": lot, "receipt": receipt, "like": like, "most": most})
        return [Returnable(*row) for row in cursor.fetchall()]
