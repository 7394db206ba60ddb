"""What is owed for goods that came and are not billed yet, by receipt line: accrued − billed − returned.

Nothing of it is kept: what was accrued and returned is what the movements of the receipt's lot put on the accrual
(their journal lines say so, whatever event they are of), what was billed is what clearings name. A late price on the
accrual and its part of the clearing are booked in one transaction, so a receipt line that is billed whole stands at
0.00 exactly, whatever its price and rate became.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from django.db import connection

from tieout.core.matching import Waiting

_ACCRUED = """
with wanted as (
    select r.id, r.lot_id from purchasing_receiptline r
    join purchasing_purchaseorderline l on l.company_id = r.company_id and l.id = r.order_line_id
    join purchasing_purchaseorder o on o.company_id = l.company_id and o.id = l.order_id
    join purchasing_supplier s on s.company_id = o.company_id and s.id = o.supplier_id
    where r.company_id = %(company)s and r.lot_id is not null
        and (%(ids)s::bigint[] is null or r.id = any(%(ids)s))
        and (%(vendor)s::bigint is null or s.party_id = %(vendor)s)
), accrued as (
    select w.id,
        sum(case when side.role = 'GRNI' or m.value = 0 and side.sign = supplier.sign then side.sign * m.quantity
            else 0 end) as quantity,
        sum(case when side.role = 'GRNI' then side.sign * abs(m.value) else 0 end)::bigint as cents
    from wanted w
    join stock_movement m on m.company_id = %(company)s and m.lot_id = w.lot_id
    join stock_location f on f.company_id = m.company_id and f.id = m.origin_id
    join stock_location t on t.company_id = m.company_id and t.id = m.target_id
    cross join lateral (select case when f.kind = 'supplier' then 1 when t.kind = 'supplier' then -1 else 0 end
        as sign) supplier
    cross join lateral (
        select c.sign, l.role from (values (m.credit_line, 1), (m.debit_line, -1)) as c(line, sign)
        left join ledger_journalline l on l.company_id = m.company_id and l.event_id = m.event_id and l.number = c.line
    ) side
    where %(on)s::date is null or m.accounting_date <= %(on)s
    group by w.id
), billed as (
    select c.receipt_line_id as id, sum(c.quantity) as quantity, sum(c.accrued)::bigint as accrued,
        sum(c.price_difference)::bigint as price, sum(c.exchange_difference)::bigint as exchange
    from purchasing_clearing c join wanted w on w.id = c.receipt_line_id
    join purchasing_billline b on b.company_id = c.company_id and b.id = c.bill_line_id
    join purchasing_bill h on h.company_id = b.company_id and h.id = b.bill_id
    where c.company_id = %(company)s and (%(on)s::date is null or h.billed_on <= %(on)s) group by 1
)
select w.id, coalesce(a.quantity, 0), coalesce(a.cents, 0), coalesce(b.quantity, 0), coalesce(b.accrued, 0),
    coalesce(b.price, 0), coalesce(b.exchange, 0)
from wanted w left join accrued a on a.id = w.id left join billed b on b.id = w.id order by w.id
"""


class Accrual(NamedTuple):
    """One receipt line: what its goods put on the accrual, and what bills took from it. Cents, owed positive."""

    id: int
    quantity: Decimal
    """Of goods owed for, returned ones left out; in base units."""
    owed: int
    """With what prices and rates turned out to be."""
    billed_quantity: Decimal
    billed_accrued: int
    price_difference: int
    exchange_difference: int

    @property
    def billed(self) -> int:
        """What the bills charge for it."""
        return self.billed_accrued + self.price_difference + self.exchange_difference

    @property
    def open_quantity(self) -> Decimal:
        return self.quantity - self.billed_quantity

    @property
    def open(self) -> int:
        """Not billed yet; below 0: billed, and not here (any more)."""
        return self.owed - self.billed


class Billed(NamedTuple):
    """What of a receipt line the vendor has charged, credits set off."""

    quantity: Decimal
    cents: int


def of(
    company: int, *, ids: Collection[int] | None = None, vendor: int | None = None, on: date | None = None
) -> dict[int, Accrual]:
    """The accruals of these receipt lines, or of all of a vendor, or of all; as of a day, if one is given."""
    arguments = {"company": company, "ids": None if ids is None else list(ids), "vendor": vendor, "on": on}
    with connection.cursor() as cursor:
        cursor.execute(_ACCRUED, arguments)
        return {row[0]: Accrual(*row) for row in cursor.fetchall()}


def billed(company: int, receipt_line_ids: Collection[int]) -> dict[int, Billed]:
    """How much of each of these receipt lines is billed: what a return of it is a claim for, and not an accrual."""
    found = of(company, ids=receipt_line_ids)
    return {id: Billed(one.billed_quantity, one.billed) for id, one in found.items()}


_FACTS = """
select r.id, e.number, o.number, l.id, l.item_id, i.sku, b.code, b.supplier_lot, l.factor_numerator,
    l.factor_denominator, r.foreign_amount, r.quantity, e.local_date, r.lot_id
from purchasing_receiptline r
join ledger_event e on e.company_id = r.company_id and e.id = r.event_id
join purchasing_purchaseorderline l on l.company_id = r.company_id and l.id = r.order_line_id
join purchasing_purchaseorder o on o.company_id = l.company_id and o.id = l.order_id
join catalog_item i on i.company_id = l.company_id and i.id = l.item_id
join stock_lot b on b.company_id = r.company_id and b.id = r.lot_id
where r.company_id = %s and r.id = any(%s) order by r.id
"""


@dataclass(frozen=True, slots=True)
class Goods:
    """A receipt line as a bill is matched with it."""

    id: int
    receipt: str
    order: str
    order_line: int
    item: int
    sku: str
    lot_code: str
    supplier_lot: str
    numerator: int
    denominator: int
    foreign_amount: Decimal | None
    received: Decimal
    received_on: date
    lot: int

    def foreign(self, quantity: Decimal) -> Fraction | None:
        """What that much was agreed at, in the order's own money."""
        if self.foreign_amount is None or not self.received:
            return None
        return Fraction(self.foreign_amount) * Fraction(quantity) / Fraction(self.received)


def goods(company: int, ids: Collection[int]) -> dict[int, Goods]:
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, [company, list(ids)])
        return {row[0]: Goods(*row) for row in cursor.fetchall()}


def waiting(company: int, vendor: int) -> list[Waiting]:
    """What a vendor's bills may be for: what is open of each receipt line, and (negative) what was billed of it."""
    found = {id: one for id, one in of(company, vendor=vendor).items() if one.open_quantity or one.billed_quantity}
    facts = goods(company, found)
    offered: list[Waiting] = []
    for id, one in found.items():
        if one.open_quantity > 0:
            offered.append(_waiting(facts[id], one.open_quantity, one.owed - one.billed))
        if one.billed_quantity > 0:
            offered.append(_waiting(facts[id], -one.billed_quantity, -one.billed_accrued))
    return offered


def _waiting(facts: Goods, quantity: Decimal, cents: int) -> Waiting:
    agreed = facts.foreign(quantity)
    return Waiting(
        facts.id,
        facts.receipt,
        facts.order,
        facts.order_line,
        facts.item,
        quantity,
        cents,
        facts.sku,
        tuple(name for name in (facts.lot_code, facts.supplier_lot) if name),
        Fraction(facts.numerator, facts.denominator),
        None if agreed is None else Decimal(agreed.numerator) / agreed.denominator,
    )


class Aged(NamedTuple):
    """An open accrual and how old it is."""

    accrual: Accrual
    goods: Goods
    vendor: str
    days: int

    @property
    def band(self) -> int:
        """Of 0 to 30, 31 to 60, 61 to 90 and more days."""
        return next((n for n, most in enumerate(BANDS) if self.days <= most), len(BANDS))


BANDS = (30, 60, 90)
BAND_NAMES = ("0 to 30", "31 to 60", "61 to 90", "over 90")

_VENDORS = """
select r.id, s.name from purchasing_receiptline r
join purchasing_purchaseorderline l on l.company_id = r.company_id and l.id = r.order_line_id
join purchasing_purchaseorder o on o.company_id = l.company_id and o.id = l.order_id
join purchasing_supplier s on s.company_id = o.company_id and s.id = o.supplier_id
where r.company_id = %s and r.id = any(%s)
"""


def ageing(company: int, on: date) -> list[Aged]:
    """What is open as of a day, the oldest first."""
    still_open = {id: one for id, one in of(company, on=on).items() if one.open}
    facts = goods(company, still_open)
    with connection.cursor() as cursor:
        cursor.execute(_VENDORS, [company, list(still_open)])
        vendors = dict(cursor.fetchall())
    aged = [Aged(one, facts[id], vendors[id], (on - facts[id].received_on).days) for id, one in still_open.items()]
    return sorted(aged, key=lambda one: (-one.days, one.accrual.id))


class NotHere(NamedTuple):
    """Billed on the accrual account, and no receipt it could be for yet: goods on their way, or a wrong account."""

    bill: str
    vendor: str
    billed_on: date
    line: int
    text: str
    cents: int


_NOT_HERE = """
select b.number, coalesce(p.name, ''), b.billed_on, l.id, l.description, (l.amount - coalesce(c.cents, 0))::bigint
from purchasing_billline l
join purchasing_bill b on b.company_id = l.company_id and b.id = l.bill_id and not b.deleted
left join ledger_party p on p.company_id = b.company_id and p.id = b.vendor_id
left join lateral (
    select sum(c.accrued + c.price_difference + c.exchange_difference) as cents from purchasing_clearing c
    where c.company_id = l.company_id and c.bill_line_id = l.id) c on true
left join purchasing_product d on d.company_id = l.company_id and d.external_id = l.product_external_id
left join lateral (
    select v.verdict from purchasing_billlineverdict v where v.company_id = l.company_id and v.bill_line_id = l.id
    and v.verdict in ('reclassified', 'open') order by v.id desc limit 1) v on true
where l.company_id = %(company)s and l.ended is null and l.amount <> coalesce(c.cents, 0)
    and (%(on)s::date is null or b.billed_on <= %(on)s)
    and (coalesce(nullif(l.account_external_id, ''), d.account_external_id) = any(%(accounts)s)
        or v.verdict = 'reclassified' or c.cents is not null)
order by b.billed_on, l.id
"""


def billed_not_here(company: int, accounts: Sequence[str], on: date | None = None) -> list[NotHere]:
    """What bills put on the accrual accounts (by their ids in QuickBooks) and no receipt has taken yet."""
    with connection.cursor() as cursor:
        cursor.execute(_NOT_HERE, {"company": company, "accounts": list(accounts), "on": on})
        return [NotHere(*row) for row in cursor.fetchall()]
