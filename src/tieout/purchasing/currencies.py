"""What money is agreed on with suppliers, as far as bills are to come in it."""

from __future__ import annotations

from typing import NamedTuple

from django.db import connection


class Agreed(NamedTuple):
    """A currency that a supplier is dealt with in, and an order that says so (none: his own prices)."""

    supplier: str
    vendor: str
    """QuickBooks' id of the vendor."""
    currency: str
    order: str


_AGREED = """
select s.name, p.external_id, said.currency, coalesce(min(said.number), '')
from purchasing_supplier s
join ledger_party p on p.company_id = s.company_id and p.id = s.party_id and p.external_id <> ''
join access_company c on c.id = s.company_id
cross join lateral (
    select coalesce(nullif(s.currency, ''), c.currency) as currency, null as number where s.active
    union all
    select coalesce(nullif(o.currency, ''), c.currency), o.number from purchasing_purchaseorder o
    where o.company_id = s.company_id and o.supplier_id = s.id and (o.state = 'open' or exists (
        select 1 from purchasing_accrualstate a
        join purchasing_receiptline r on r.company_id = a.company_id and r.id = a.receipt_line_id
        join purchasing_purchaseorderline l on l.company_id = r.company_id and l.id = r.order_line_id
        where a.company_id = o.company_id and a.supplier_id = s.id and a.settled_on is null and l.order_id = o.id))
) said
where s.company_id = %s group by 1, 2, 3 order by 2, 3
"""


def agreed(company: int) -> list[Agreed]:
    """By supplier: his own currency, and those of orders that are open or not billed whole. Inside a scope."""
    with connection.cursor() as cursor:
        cursor.execute(_AGREED, [company])
        return [Agreed(*row) for row in cursor]
