"""Questions about bills for freight, duty and brokers, asked inside a scope: which wait to be shared over goods.

A bill's lines on the accrued freight wait until landed costs of the same vendor and the same document add up to them.
Nothing of it is kept: an edited bill waits again with the difference, a landed cost taken back lets it wait anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from tieout.database.search import containing
from tieout.purchasing import bills, matching
from tieout.purchasing.matching import Coding


@dataclass(frozen=True, slots=True)
class FreightBill:
    """A document and what of it is freight; `bill` is none where landed costs name a bill that is not here."""

    bill: int | None
    vendor: str
    document: str
    billed_on: date | None
    text: str
    cents: int
    shared: int

    @property
    def left(self) -> int:
        return self.cents - self.shared


_FREIGHT = """
with charged as (
    select coalesce(b.vendor_id, 0) as vendor_id, coalesce(nullif(b.number, ''), '#' || b.external_id) as document,
        min(b.id) as bill, min(b.billed_on) as billed_on, string_agg(distinct nullif(l.description, ''), '; ') as text,
        sum(l.amount) as cents
    from purchasing_billline l
    join purchasing_bill b on b.company_id = l.company_id and b.id = l.bill_id and not b.deleted
    left join purchasing_product d on d.company_id = l.company_id and d.external_id = l.product_external_id
    left join lateral (select v.verdict from purchasing_billlineverdict v
        where v.company_id = l.company_id and v.bill_line_id = l.id order by v.id desc limit 1) v on true
    where l.company_id = %(company)s and l.ended is null and v.verdict is distinct from 'outside'
        and coalesce(nullif(l.account_external_id, ''), d.account_external_id) = any(%(accounts)s)
    group by 1, 2
), shared as (
    select coalesce(c.vendor_id, 0) as vendor_id, c.document, sum(c.amount) as cents, min(e.local_date) as on_day
    from costing_landedcost c
    join ledger_event e on e.company_id = c.company_id and e.id = c.event_id
    where c.company_id = %(company)s and c.document <> '' group by 1, 2
)
select c.bill, coalesce(p.name, ''), coalesce(c.document, s.document), coalesce(c.billed_on, s.on_day),
    coalesce(c.text, ''), coalesce(c.cents, 0)::bigint, coalesce(s.cents, 0)::bigint
from charged c full join shared s on s.vendor_id = c.vendor_id and s.document = c.document
left join ledger_party p on p.company_id = %(company)s and p.id = coalesce(c.vendor_id, s.vendor_id)
where {which} order by 4, 3
"""


def waiting(company: int) -> list[FreightBill]:
    """The oldest first; last, with less than nothing left, what was shared and is not billed."""
    found = _freight(company, "coalesce(c.cents, 0) <> coalesce(s.cents, 0)")
    return sorted(found, key=lambda one: one.bill is None)


def of_bill(company: int, bill: int) -> FreightBill:
    """What of a bill is freight, or a refusal."""
    found = _freight(company, "c.bill = %(bill)s", bill=bill)
    if not found:
        raise bills.UnknownBill("No line of that bill is on the accrued freight. Look at the bill.")
    return found[0]


def _freight(company: int, which: str, *, bill: int | None = None) -> list[FreightBill]:
    accounts = sorted(matching.accounts_of(company)[Coding.FREIGHT])
    with connection.cursor() as cursor:
        cursor.execute(_FREIGHT.format(which=which), {"company": company, "accounts": accounts, "bill": bill})
        return [FreightBill(*row) for row in cursor.fetchall()]


def vendors() -> list[str]:
    """Whose bills there are, or may be."""
    with connection.cursor() as cursor:
        cursor.execute("select name from ledger_party where kind = 'vendor' and active order by name limit 2000")
        return [row[0] for row in cursor.fetchall()]


_LOTS = """
select distinct r.lot_id from purchasing_receiptline r
join ledger_event e on e.company_id = r.company_id and e.id = r.event_id
where e.number = any(%s) and r.lot_id is not null and not exists (
    select 1 from ledger_event x where x.company_id = e.company_id and x.reverses_id = e.id)
order by r.lot_id
"""


def lots_of(receipts: Sequence[str]) -> list[int]:
    """The lots that came by these receipts, as they came."""
    with connection.cursor() as cursor:
        cursor.execute(_LOTS, [list(receipts)])
        return [row[0] for row in cursor.fetchall()]


def named_in(text: str) -> list[str]:
    """Receipts that a bill's text names: AP types them so that nobody has to look."""
    words = {word.strip(".,;:()[]\"'").upper() for word in text.split()}
    with connection.cursor() as cursor:
        cursor.execute("select number from ledger_event where kind = 'receipt' and number = any(%s)", [list(words)])
        return [row[0] for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class ReceiptChoice:
    """A receipt that a cost may be for."""

    number: str
    on: date
    supplier: str
    skus: list[str]


_CHOICES = """
select e.number, e.local_date, s.name, array_agg(distinct i.sku order by i.sku)
from ledger_event e
join purchasing_receiptline r on r.company_id = e.company_id and r.event_id = e.id and r.lot_id is not null
join purchasing_purchaseorderline l on l.company_id = r.company_id and l.id = r.order_line_id
join purchasing_purchaseorder o on o.company_id = l.company_id and o.id = l.order_id
join purchasing_supplier s on s.company_id = o.company_id and s.id = o.supplier_id
join catalog_item i on i.company_id = l.company_id and i.id = l.item_id
where e.kind = 'receipt' and ({which}) and not exists (
    select 1 from ledger_event x where x.company_id = e.company_id and x.reverses_id = e.id)
group by e.id, e.number, e.local_date, s.name order by e.number = any(%(chosen)s) desc, e.id desc limit %(most)s
"""
_LATEST = """
e.number = any(%(chosen)s) or e.id in (
    select r.id from ledger_event r where r.kind = 'receipt' order by r.id desc limit %(most)s)
"""
_SEARCHED = """
e.number = any(%(chosen)s) or e.number ilike %(like)s or e.subject ilike %(like)s or s.name ilike %(like)s
    or i.sku ilike %(like)s or i.name ilike %(like)s
"""


def choices(*, chosen: Sequence[str], text: str = "", most: int = 12) -> list[ReceiptChoice]:
    """Those that are chosen already, then what the words find, or the latest."""
    like = containing(text)
    sql = _CHOICES.format(which=_SEARCHED if text else _LATEST)
    with connection.cursor() as cursor:
        cursor.execute(sql, {"chosen": list(chosen), "like": like, "most": most + len(chosen)})
        return [ReceiptChoice(*row) for row in cursor.fetchall()]
