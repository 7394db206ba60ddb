"""What is owed for goods that came and are not billed yet, by receipt line: accrued − billed − returned.

No amount of it is kept: what was accrued and returned is what the movements of the receipt's lot put on the accrual
(their journal lines say so, whatever event they are of), what was billed is what clearings name. A late price on the
accrual and its part of the clearing are booked in one transaction, so a receipt line that is billed whole stands at
0.00 exactly, whatever its price and rate became.

What is kept is a list (`AccrualState`) of the receipt lines of which something may be open: a look at what is owed
costs what is owed, and not what was ever bought. Triggers put a line on it, whoever touches the accrual; `settle`
takes it off, holding its lot; `tieout verify` looks at all of them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from django.db import connection

from tieout.stock import lots

_ACCRUED = """
with wanted as (
    select r.id, r.lot_id from purchasing_receiptline r
    where r.company_id = %(company)s and r.lot_id is not null and {which}
), accrued as (
    select w.id,
        sum(case when side.role = 'GRNI' or m.value = 0 and side.sign = supplier.sign then side.sign * m.quantity
            else 0 end) as quantity,
        sum(case when side.role = 'GRNI' then side.sign * abs(m.value) else 0 end)::bigint as cents,
        max(m.accounting_date) filter (where supplier.sign <> 0) as last
    from wanted w
    join stock_movement m on m.company_id = %(company)s and m.lot_id = w.lot_id and m.kind in ('receive', 'loss')
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
        sum(c.price_difference)::bigint as price, sum(c.exchange_difference)::bigint as exchange,
        max(h.billed_on) as last
    from purchasing_clearing c join wanted w on w.id = c.receipt_line_id
    join purchasing_billline b on b.company_id = c.company_id and b.id = c.bill_line_id
    join purchasing_bill h on h.company_id = b.company_id and h.id = b.bill_id
    where c.company_id = %(company)s and (%(on)s::date is null or h.billed_on <= %(on)s) group by 1
)
select w.id, coalesce(a.quantity, 0), coalesce(a.cents, 0), coalesce(b.quantity, 0), coalesce(b.accrued, 0),
    coalesce(b.price, 0), coalesce(b.exchange, 0), greatest(a.last, b.last)
from wanted w left join accrued a on a.id = w.id left join billed b on b.id = w.id order by w.id
"""
"""A price comes with goods (`receive`) or goes past them (`loss`): an index of these movements alone finds a lot's,
however often the lot was used since. That no other kind touches the accrual, verify sees in the total."""


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
    last_on: date | None
    """The last day that anything of it is dated."""

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

    @property
    def is_settled(self) -> bool:
        return not self.open_quantity and not self.open


def of(company: int, *, ids: Collection[int] | None = None, on: date | None = None) -> dict[int, Accrual]:
    """The accruals of these receipt lines, or of all; as of a day, if one is given."""
    arguments: dict[str, int | list[int] | date | None] = {"company": company, "ids": list(ids or ()), "on": on}
    # Two statements: one plan for both would look at all lines for the sake of a few.
    sql = _ACCRUED.format(which="true" if ids is None else "r.id = any(%(ids)s)")
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        return {row[0]: Accrual(*row) for row in cursor.fetchall()}


def open_ones(company: int, *, on: date | None = None) -> dict[int, Accrual]:
    """Those of which anything is open, now or as of a day."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select receipt_line_id from purchasing_accrualstate where company_id = %(company)s and settled_on is null"
            " union all"
            " select receipt_line_id from purchasing_accrualstate"
            " where company_id = %(company)s and settled_on > %(on)s",
            {"company": company, "on": on},
        )
        listed = [id for (id,) in cursor]
    return {id: one for id, one in of(company, ids=listed, on=on).items() if not one.is_settled}


_SETTLE = """
update purchasing_accrualstate s set settled_on = n.day from unnest(%s::bigint[], %s::date[]) as n(id, day)
where s.company_id = %s and s.receipt_line_id = n.id and s.settled_on is distinct from n.day
"""


def settle(company: int, ids: Collection[int]) -> None:
    """Say of these receipt lines whether anything is open, inside the transaction of a caller that holds their lots."""
    found = of(company, ids=ids)
    days = [one.last_on if one.is_settled else None for one in found.values()]
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE, [list(found), days, company])


def redate(company: int, bill: int) -> None:
    """A bill bears another day: what it settled was open until then."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update purchasing_accrualstate s set settled_on = b.billed_on from purchasing_bill b"
            " join purchasing_billline l on l.company_id = b.company_id and l.bill_id = b.id"
            " join purchasing_clearing c on c.company_id = l.company_id and c.bill_line_id = l.id"
            " where b.company_id = %s and b.id = %s and s.company_id = b.company_id"
            " and s.receipt_line_id = c.receipt_line_id and s.settled_on < b.billed_on",
            [company, bill],
        )


def settle_all(company: int) -> None:
    """The same of every line on the list that is settled by now: by a return, by a receipt taken back."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select receipt_line_id, lot_id from purchasing_accrualstate where company_id = %s and settled_on is null",
            [company],
        )
        listed = dict(cursor.fetchall())
    settled = [id for id, one in of(company, ids=listed).items() if one.is_settled]
    if settled:
        lots.lock(company, [listed[id] for id in settled])
        settle(company, settled)


_FACTS = """
select r.id, e.number, o.number, l.id, l.item_id, i.sku, b.code, b.supplier_lot, l.factor_numerator,
    l.factor_denominator, r.foreign_amount, r.quantity, e.local_date, r.lot_id, o.currency
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
    currency: str

    def agreed(self, quantity: Decimal, currency: str) -> Fraction | None:
        """What that much was agreed at in a currency; none where it was agreed in another. An order that was received
        at a rate and names no currency is taken at its word for any."""
        if self.foreign_amount is None or not self.received or self.currency not in ("", currency):
            return None
        return Fraction(self.foreign_amount) * Fraction(quantity) / Fraction(self.received)


def goods(company: int, ids: Collection[int]) -> dict[int, Goods]:
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, [company, list(ids)])
        return {row[0]: Goods(*row) for row in cursor.fetchall()}


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
    """What is owed, or billed too much, as of a day, the oldest first."""
    still_open = {id: one for id, one in open_ones(company, on=on).items() if one.open}
    facts = goods(company, still_open)
    with connection.cursor() as cursor:
        cursor.execute(_VENDORS, [company, list(still_open)])
        vendors = dict(cursor.fetchall())
    aged = [Aged(one, facts[id], vendors[id], (on - facts[id].received_on).days) for id, one in still_open.items()]
    return sorted(aged, key=lambda one: (-one.days, one.accrual.id))
