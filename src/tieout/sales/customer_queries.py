"""Questions about customers, asked inside a scope: who they are, and what of them is in the three stages of a sale."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from tieout.database.search import containing
from tieout.sales.agreements import IN_FORCE
from tieout.sales.customers import UnknownCustomer


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A customer as a list shows it, with what holds for goods that leave on that day."""

    id: int
    party: int
    code: str
    name: str
    channel: str
    active: bool
    known_as: str
    external_id: str
    """Of QuickBooks' customer; empty: requested."""
    known_active: bool
    sold: str
    """shipment, delivery or invoice; empty: by the company's policy."""
    transit_days: int | None
    bills_channel: bool
    invoiced_by_us: bool
    shipments: int
    last: datetime | None
    not_billed: int
    """Shipments with something that no invoice bills."""


_ROWS = f"""
select c.id, p.id, c.code, c.name, c.channel, c.active, p.name, p.external_id, p.active, coalesce(g.sold, ''),
    g.transit_days, c.bills_channel, c.invoiced_by_us, n.shipments, n.last, n.not_billed
from sales_customer c
join ledger_party p on p.company_id = c.company_id and p.id = c.party_id
left join lateral ({IN_FORCE.format(customer="c", day="%(on)s")}) g on true
cross join lateral (
    select count(*) as shipments, max(s.shipped_at) as last, count(*) filter (where exists (
        select 1 from sales_shipmentline l
        where l.company_id = s.company_id and l.shipment_id = s.id
          and not exists (select 1 from ledger_event x where x.company_id = l.company_id and x.reverses_id = l.event_id)
          and l.quantity > coalesce((
            select sum(k.quantity) from sales_invoicelink k
            where k.company_id = l.company_id and k.shipment_line_id = l.id and k.reverses_id is null and not exists (
                select 1 from sales_invoicelink x where x.company_id = k.company_id and x.reverses_id = k.id)), 0)
          + coalesce((
            select sum(r.quantity) from sales_returnline r
            where r.company_id = l.company_id and r.shipment_line_id = l.id and not exists (
                select 1 from ledger_event x where x.company_id = r.company_id and x.reverses_id = r.event_id)), 0)
    )) as not_billed
    from sales_shipment s where s.company_id = c.company_id and s.customer_id = c.id
) n
where {{which}} order by c.name, c.id limit %(most)s
"""


def rows(on: date, *, text: str = "", most: int = 200) -> list[CustomerRow]:
    """By name or code."""
    like = containing(text)
    which = "(c.name ilike %(like)s or c.code ilike %(like)s or c.channel ilike %(like)s)"
    return _found(which, {"on": on, "like": like, "most": most})


def one(code: str, on: date) -> CustomerRow:
    """The customer, or a refusal."""
    found = _found("c.code = %(code)s", {"on": on, "code": code, "most": 1})
    if not found:
        raise UnknownCustomer(f"There is no customer {code}. Add it, or check the code.")
    return found[0]


def _found(which: str, asked: dict[str, str | int | date]) -> list[CustomerRow]:
    with connection.cursor() as cursor:
        cursor.execute(_ROWS.format(which=which), asked)
        return [CustomerRow(*row) for row in cursor.fetchall()]


def channels() -> list[str]:
    """Those that customers buy by."""
    with connection.cursor() as cursor:
        cursor.execute("select distinct channel from sales_customer where channel <> '' order by 1")
        return [channel for (channel,) in cursor.fetchall()]
