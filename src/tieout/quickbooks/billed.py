"""What vendors charge on the accounts where it belongs: the other half of an accrual, not a stranger's entry.

A bill, vendor credit or expense that is mirrored here is dealt with among the bills. In a comparison it waits for
nobody, as long as QuickBooks has exactly what the mirror says.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection

from tieout.access import company as companies
from tieout.core.roles import Role

PLACES = (Role.GRNI.value, Role.FREIGHT.value, Role.VCLAIM.value)
"""What vendors are owed, or owe."""

TITLES: Mapping[str, tuple[str, ...]] = {
    "Bill": ("Bill",),
    "VendorCredit": ("Vendor Credit",),
    "Purchase": ("Expense", "Cash Expense", "Check", "Credit Card Expense", "Credit Card Credit"),
}
"""What the general ledger calls them."""

_SAID = """
with placed as (
    select distinct a.external_id from ledger_mappingrule r
    join ledger_account a on a.company_id = r.company_id and a.id = r.account_id where r.role = any(%(places)s)
), lines as (
    select b.kind, b.external_id, coalesce(nullif(l.account_external_id, ''), d.account_external_id) as account,
        l.amount, v.verdict
    from purchasing_billline l
    join purchasing_bill b on b.company_id = l.company_id and b.id = l.bill_id and not b.deleted
    left join purchasing_product d on d.company_id = l.company_id and d.external_id = l.product_external_id
    left join lateral (
        select v.verdict from purchasing_billlineverdict v
        where v.company_id = l.company_id and v.bill_line_id = l.id order by v.id desc limit 1) v on true
    where l.company_id = %(company)s and l.ended is null
)
select kind, external_id, account, sum(amount)::bigint from lines where account is not null group by 1, 2, 3
having bool_and(account in (select external_id from placed) or verdict is not distinct from 'reclassified')
"""


def said(company: int) -> dict[tuple[str, str], int]:
    """Document (by its title and id there) and account → cents: on the accounts of `PLACES`, and on the wrong ones
    that an entry of ours took them from."""
    with companies.scope(company), connection.cursor() as cursor:
        cursor.execute(_SAID, {"company": company, "places": list(PLACES)})
        return {
            (f"{title} {id}", account): cents for kind, id, account, cents in cursor for title in TITLES.get(kind, ())
        }
