"""Questions about bills, asked inside a scope: which there are, what of them waits, what their lines pay for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import connection
from django.utils import timezone

from tieout.access import company as companies
from tieout.core.matching import Tolerances
from tieout.database.search import containing
from tieout.ledger import policies
from tieout.purchasing import accruals, bills, matching, progress
from tieout.purchasing.accruals import Goods
from tieout.purchasing.matching import Looked
from tieout.purchasing.models import Bill


@dataclass(frozen=True, slots=True)
class BillRow:
    """A bill in a list; `left` is what of it clears nothing and was not set aside."""

    id: int
    kind: str
    external_id: str
    number: str
    vendor: str
    billed_on: date
    total: int
    left: int
    deleted: bool


LOOKED_FOR = timedelta(days=180)
"""How long a line on another account is asked about: until then it may be for goods, and miscoded."""

_BILLS = """
select b.id, b.kind, b.external_id, b.number, coalesce(p.name, ''), b.billed_on, b.total, coalesce(w.cents, 0)::bigint,
    b.deleted
from purchasing_bill b
left join ledger_party p on p.company_id = b.company_id and p.id = b.vendor_id
left join lateral (
    select sum(l.amount - coalesce(c.cents, 0)) as cents
    from purchasing_billline l
    left join lateral (select sum(c.accrued + c.price_difference + c.exchange_difference) as cents
        from purchasing_clearing c where c.company_id = l.company_id and c.bill_line_id = l.id) c on true
    where l.company_id = b.company_id and l.bill_id = b.id and l.progress in ('new', 'begun')
        and {verdict} is distinct from 'outside'
) w on true
where b.company_id = %(company)s and {which} and (b.number ilike %(like)s or p.name ilike %(like)s)
order by b.billed_on desc, b.id desc limit %(most)s
"""
_VERDICT = """(select v.verdict from purchasing_billlineverdict v
        where v.company_id = l.company_id and v.bill_line_id = l.id order by v.id desc limit 1)"""
_WAITING = f"""
b.id in (
    select l.bill_id from ({progress.ON_ACCRUAL}) l
    join purchasing_bill h on h.company_id = l.company_id and h.id = l.bill_id
    join purchasing_supplier s on s.company_id = h.company_id and s.party_id = h.vendor_id
    where {_VERDICT} is distinct from 'outside'
    union
    select h.id from purchasing_bill h
    join purchasing_supplier s on s.company_id = h.company_id and s.party_id = h.vendor_id
    join purchasing_billline l on l.company_id = h.company_id and l.bill_id = h.id and l.progress = 'new'
    left join purchasing_product d on d.company_id = l.company_id and d.external_id = l.product_external_id
    where h.company_id = %(company)s and h.billed_on >= %(since)s and {_VERDICT} is distinct from 'outside'
        and not coalesce(nullif(l.account_external_id, ''), d.account_external_id, '') = any(%(freight)s)
)
"""


def rows(*, waiting: bool, text: str = "", most: int = 100) -> list[BillRow]:
    """Bills of suppliers with lines that wait for goods or for a person, or all; the latest first."""
    company = companies.at_work()
    accounts = matching.accounts_of(company)
    arguments: dict[str, int | str | date | list[str]] = {
        "company": company,
        "accounts": sorted(accounts[matching.Coding.ACCRUAL]),
        "freight": sorted(accounts[matching.Coding.FREIGHT]),
        "since": timezone.now().date() - LOOKED_FOR,
        "like": containing(text),
        "most": most,
    }
    which = _WAITING if waiting else "true"
    with connection.cursor() as cursor:
        cursor.execute(_BILLS.format(which=which, verdict=_VERDICT), arguments)
        return [BillRow(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class ClearingRow:
    """What a line of a bill cleared, in words a person can follow."""

    line: int
    receipt: str
    sku: str
    lot: str
    quantity: Decimal
    accrued: int
    price: int
    exchange: int
    event: str
    by: str
    at: datetime
    reason: str


_CLEARED = """
select l.number, e.number, i.sku, b.code, c.quantity, c.accrued, c.price_difference, c.exchange_difference,
    coalesce(x.number, ''), a.name, c.at, c.reason
from purchasing_clearing c
join purchasing_billline l on l.company_id = c.company_id and l.id = c.bill_line_id
join purchasing_receiptline r on r.company_id = c.company_id and r.id = c.receipt_line_id
join ledger_event e on e.company_id = r.company_id and e.id = r.event_id
join stock_lot b on b.company_id = r.company_id and b.id = r.lot_id
join catalog_item i on i.company_id = b.company_id and i.id = b.item_id
join access_actor a on a.company_id = c.company_id and a.id = c.actor_id
left join ledger_event x on x.company_id = c.company_id and x.id = c.event_id
where c.company_id = %s and l.bill_id = %s order by c.id
"""


@dataclass(frozen=True, slots=True)
class Page:
    """One bill: its lines as they are looked at, what they may be for, what was cleared."""

    bill: Bill
    vendor: str
    lines: list[Looked]
    goods: dict[int, Goods]
    cleared: list[ClearingRow]
    offered: list[tuple[Goods, Decimal, int]]
    """Receipt lines of the vendor with what is open of them, to choose from; and, where the bill gives anything back,
    with what was billed of them, less than nothing."""


def page(bill: int, on: date) -> Page:
    """The bill, or a refusal."""
    found = Bill.objects.select_related("vendor").filter(pk=bill).first()
    if found is None:
        raise bills.UnknownBill("There is no such bill here. Look for it in the list of bills.")
    allowed: Tolerances = matching.tolerances(policies.in_force(on))
    looked = [] if found.deleted else matching.look(found, allowed)
    rest = {one.line.pk: one.left for one in looked}
    still = [one.line for one in looked if one.left.amount]
    gives_back = any(one.left.amount < 0 for one in looked)
    offered = [one for one in matching.offered(found, still, rest) if one.quantity > 0 or gives_back]
    proposed = {part.receipt_line for one in looked if one.proposal for part in one.proposal.parts}
    goods = accruals.goods(found.company_id, {*proposed, *(one.id for one in offered)})
    with connection.cursor() as cursor:
        cursor.execute(_CLEARED, [found.company_id, found.pk])
        cleared = [ClearingRow(*row) for row in cursor.fetchall()]
    return Page(
        found,
        found.vendor.name if found.vendor else "",
        looked,
        goods,
        cleared,
        [(goods[one.id], one.quantity, one.accrued) for one in offered],
    )
