"""Bill lines that are not done, found without looking at those that are.

How far a line has got is kept beside it: a fact of its clearings, its verdict and its document, said anew by whatever
changes one of these. What the line is coded to is not part of it, because finance may map the accrual to another
account: that is asked when lines are looked for, by an index that holds no line that is done.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from django.db import connection

_STANDS = """
b.company_id = x.company_id and b.id = x.bill_id
cross join lateral (
    select coalesce(sum(c.accrued + c.price_difference + c.exchange_difference), 0) as cents,
        coalesce(bool_or(c.reverses_id is null and not exists (select 1 from purchasing_clearing r
            where r.company_id = c.company_id and r.reverses_id = c.id)), false) as stands
    from purchasing_clearing c where c.company_id = x.company_id and c.bill_line_id = x.id) c
cross join lateral (
    select coalesce((select v.verdict from purchasing_billlineverdict v where v.company_id = x.company_id
        and v.bill_line_id = x.id order by v.id desc limit 1) = 'reclassified', false) as moved) v
"""
SAID = f"""
select x.id, x.progress, case
    when b.deleted or x.ended is not null then case when c.stands or v.moved then 'stale' else 'done' end
    when x.amount = c.cents then 'done' when c.stands or v.moved then 'begun' else 'new' end as due
from purchasing_billline x join purchasing_bill b on {_STANDS}
where x.company_id = %(company)s
"""
"""Every line, what is kept of it and what should be."""

_NOTE = f"""
update purchasing_billline l set progress = s.due from ({SAID} and x.bill_id = %(bill)s) s
where l.company_id = %(company)s and l.id = s.id and l.progress <> s.due
"""


def note(company: int, bill: int) -> None:
    """Say how far every line of a bill has got, inside the transaction that changed it."""
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, {"company": company, "bill": bill})


ON_ACCRUAL = """
select l.* from purchasing_billline l where l.company_id = %(company)s and l.progress = 'begun'
union all
select l.* from purchasing_billline l
where l.company_id = %(company)s and l.progress = 'new' and l.account_external_id = any(%(accounts)s)
union all
select l.* from purchasing_product d join purchasing_billline l on l.company_id = d.company_id and l.progress = 'new'
    and l.account_external_id = '' and l.product_external_id = d.external_id
where d.company_id = %(company)s and d.account_external_id = any(%(accounts)s)
"""
"""Lines with something left that stand on the accrual's accounts, by themselves or by their product, or that were
moved there or matched in part, whatever they are coded to now."""

_WAITING = f"""
select b.id from purchasing_bill b where b.company_id = %(company)s and b.id in (
    select l.bill_id from purchasing_billline l where l.company_id = %(company)s and l.progress = 'stale'
    union
    select l.bill_id from ({ON_ACCRUAL}) l
    join purchasing_bill h on h.company_id = l.company_id and h.id = l.bill_id
    join purchasing_supplier s on s.company_id = h.company_id and s.party_id = h.vendor_id
    where (select v.verdict from purchasing_billlineverdict v where v.company_id = l.company_id
        and v.bill_line_id = l.id order by v.id desc limit 1) is distinct from 'outside')
order by b.billed_on, b.id
"""


def waiting(company: int, accounts: Collection[str]) -> list[int]:
    """Bills with something to take back, or to match with goods of a supplier of ours; the oldest first. Freight is
    not among them: it waits for a landed cost. Nor is what stands on any other account: that is never matched
    before somebody has moved it."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, {"company": company, "accounts": sorted(accounts)})
        return [row[0] for row in cursor.fetchall()]


class NotHere(NamedTuple):
    """Billed on the accrual account, and no receipt it could be for yet: goods on their way, or a wrong account."""

    bill: str
    vendor: str
    billed_on: date
    line: int
    text: str
    cents: int


_NOT_HERE = f"""
select b.number, coalesce(p.name, ''), b.billed_on, l.id, l.description, (l.amount - coalesce(c.cents, 0))::bigint
from ({ON_ACCRUAL}) l
join purchasing_bill b on b.company_id = l.company_id and b.id = l.bill_id
left join ledger_party p on p.company_id = b.company_id and p.id = b.vendor_id
left join lateral (
    select sum(c.accrued + c.price_difference + c.exchange_difference) as cents from purchasing_clearing c
    where c.company_id = l.company_id and c.bill_line_id = l.id) c on true
where %(on)s::date is null or b.billed_on <= %(on)s
order by b.billed_on, l.id
"""


def billed_not_here(company: int, accounts: Collection[str], on: date | None = None) -> list[NotHere]:
    """What bills put on the accrual accounts (by their ids in QuickBooks) and no receipt has taken yet."""
    with connection.cursor() as cursor:
        cursor.execute(_NOT_HERE, {"company": company, "accounts": sorted(accounts), "on": on})
        return [NotHere(*row) for row in cursor.fetchall()]
