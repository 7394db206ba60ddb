"""What a vendor's document may be for: what is open of what he delivered, and what it names.

Goods that are billed whole are no business of the next bill. They are looked at again where a document names them (a
second bill for the same goods must not take others), and for a credit note, which may be for anything that was billed
of late. So the cost of looking at a bill is that of what is open, however much the vendor ever delivered.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from django.db import connection

from tieout.core import evidence
from tieout.core.evidence import Waiting
from tieout.purchasing import accruals
from tieout.purchasing.accruals import Accrual, Goods

CREDITED_WITHIN = timedelta(days=180)
"""How far back a credit note is offered what was billed, where it names nothing."""

_OPEN = """
select a.receipt_line_id from purchasing_accrualstate a
join purchasing_supplier s on s.company_id = a.company_id and s.id = a.supplier_id and s.party_id = %(vendor)s
where a.company_id = %(company)s and a.settled_on is null
"""
_OF_LATE = """
union
select a.receipt_line_id from purchasing_accrualstate a
join purchasing_supplier s on s.company_id = a.company_id and s.id = a.supplier_id and s.party_id = %(vendor)s
where a.company_id = %(company)s and a.settled_on >= %(since)s
"""
_NAMED = """
union
select r.id from (
    select r.id from ledger_event e
    join purchasing_receiptline r on r.company_id = e.company_id and r.event_id = e.id
    where e.company_id = %(company)s and e.kind = 'receipt' and e.number = any(%(names)s)
    union all
    select r.id from purchasing_purchaseorder o
    join purchasing_purchaseorderline l on l.company_id = o.company_id and l.order_id = o.id
    join purchasing_receiptline r on r.company_id = l.company_id and r.order_line_id = l.id
    where o.company_id = %(company)s and o.number = any(%(names)s)
    union all
    select r.id from stock_lot t
    join purchasing_receiptline r on r.company_id = t.company_id and r.lot_id = t.id
    where t.company_id = %(company)s and t.code = any(%(names)s)
    union all
    select r.id from stock_lot t
    join purchasing_receiptline r on r.company_id = t.company_id and r.lot_id = t.id
    where t.company_id = %(company)s and t.supplier_lot <> '' and t.supplier_lot = any(%(names)s)
    union all
    select r.id from purchasing_receiptline r
    where r.company_id = %(company)s and r.order_line_id = any(%(order_lines)s)
    union all
    select c.receipt_line_id from purchasing_bill b
    join purchasing_billline l on l.company_id = b.company_id and l.bill_id = b.id
    join purchasing_clearing c on c.company_id = l.company_id and c.bill_line_id = l.id
    where b.company_id = %(company)s and b.number = any(%(names)s) and b.id <> %(document)s
        and %(since)s::date is not null
) r
join purchasing_accrualstate a on a.company_id = %(company)s and a.receipt_line_id = r.id
join purchasing_supplier s on s.company_id = a.company_id and s.id = a.supplier_id and s.party_id = %(vendor)s
"""


def to_document(
    company: int,
    vendor: int,
    *,
    document: int,
    currency: str,
    texts: Iterable[str],
    order_lines: Collection[int],
    credited_on: date | None,
) -> list[Waiting]:
    """What is open, and (negative) what was billed, of all that a vendor's document may be for: by its texts, by the
    order lines it is linked to, and by its day, if it gives anything back."""
    names = {said for text in texts for said in evidence.numbers(text)}
    sql, since = _OPEN, credited_on and credited_on - CREDITED_WITHIN
    if since is not None:
        sql += _OF_LATE
    if names or order_lines:
        sql += _NAMED
    arguments = {"company": company, "vendor": vendor, "document": document, "since": since}
    with connection.cursor() as cursor:
        cursor.execute(sql, {**arguments, "names": _spelt(names), "order_lines": list(order_lines)})
        listed = [id for (id,) in cursor]
    found = {
        id: one for id, one in accruals.of(company, ids=listed).items() if one.open_quantity or one.billed_quantity
    }
    facts, bills = accruals.goods(company, found), _billed_by(company, document, found)
    return [offer for id, one in found.items() for offer in _of(facts[id], one, currency, bills.get(id, ()))]


def _spelt(names: Collection[str]) -> list[str]:
    """As they are typed, and as numbers and codes are usually written."""
    return sorted({spelling for name in names for spelling in (name, name.upper(), name.lower())})


_BILLED_BY = """
select c.receipt_line_id, array_agg(distinct b.number order by b.number) from purchasing_clearing c
join purchasing_billline l on l.company_id = c.company_id and l.id = c.bill_line_id
join purchasing_bill b on b.company_id = l.company_id and b.id = l.bill_id and b.number <> '' and b.id <> %s
where c.company_id = %s and c.receipt_line_id = any(%s) group by 1
"""


def _billed_by(company: int, document: int, receipt_lines: Collection[int]) -> dict[int, tuple[str, ...]]:
    """The numbers of the other documents that these were matched with."""
    with connection.cursor() as cursor:
        cursor.execute(_BILLED_BY, [document, company, list(receipt_lines)])
        return {id: tuple(numbers) for id, numbers in cursor}


def _of(facts: Goods, one: Accrual, currency: str, bills: tuple[str, ...]) -> Iterable[Waiting]:
    if one.open_quantity > 0:
        yield _waiting(facts, one.open_quantity, one.open, currency, bills)
    if one.billed_quantity > 0:
        yield _waiting(facts, -one.billed_quantity, -one.billed_accrued, currency, bills)


def _waiting(facts: Goods, quantity: Decimal, cents: int, currency: str, bills: tuple[str, ...]) -> Waiting:
    agreed = facts.agreed(quantity, currency)
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
        bills,
    )
