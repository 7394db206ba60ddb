"""Goods that left and are not sold yet: which shipment, for how long, what for, and what they are worth."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection

from tieout.sales import recognition
from tieout.sales.agreements import IN_FORCE
from tieout.sales.recognition import Pending


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A shipment of which something waits to be sold; value is its cost now, in cents."""

    lots: int
    value: int
    shipment: str
    customer: str
    customer_code: str
    site: str
    left_on: date
    sold_on: str
    """delivery or invoice: what it waits for."""
    transit_days: int | None
    delivered_at: datetime | None

    @property
    def due_on(self) -> date | None:
        """When it counts as delivered without proof."""
        if self.sold_on != "delivery" or self.transit_days is None:
            return None
        return self.left_on + timedelta(days=self.transit_days)

    def age(self, today: date) -> int:
        return (today - self.left_on).days


_SHIPMENTS = f"""
select e.id, s.number, c.name, c.code, t.code, e.local_date, s.recognition, g.transit_days,
    (select max(d.delivered_at) from sales_delivery d where d.company_id = s.company_id and d.shipment_id = s.id)
from ledger_event e
join sales_shipment s on s.company_id = e.company_id and s.number = e.subject
join sales_customer c on c.company_id = s.company_id and c.id = s.customer_id
join stock_site t on t.company_id = s.company_id and t.id = s.site_id
left join lateral ({IN_FORCE.format(customer="c", day="e.local_date")}) g on true
where e.id = any(%s) order by e.local_date, e.id
"""


def goods(events: Iterable[int] | None = None) -> list[UnderWay]:
    """The oldest first, of these events or all, inside a scope; a shipment that left by several is one row an event."""
    found = recognition.pending() if events is None else _of(events)
    pending: dict[int, list[Pending]] = {}
    for one in found:
        pending.setdefault(one.event, []).append(one)
    with connection.cursor() as cursor:
        cursor.execute(_SHIPMENTS, [list(pending)])
        rows = cursor.fetchall()
    return [UnderWay(len(pending[event]), sum(one.value for one in pending[event]), *about) for event, *about in rows]


def _of(events: Iterable[int]) -> list[Pending]:
    return [one for event in events for one in recognition.pending(event=event)]
