"""Shipments whose goods are sold by now and are not yet recognised, or are recognised and not sold any more.

Asked every day, and after every change of an invoice. What is due is worked out anew each time from what is known,
so that nothing is lost if a round is missed, and nothing done twice if two rounds meet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from django.db import connection

from tieout.sales import recognition
from tieout.sales.agreements import IN_FORCE
from tieout.sales.recognition import Pending


@dataclass(frozen=True, slots=True)
class Due:
    """So much of the lines of a shipment's event is sold. No quantities: all of it; below zero: not any more."""

    event: int
    at: datetime
    wanted: Mapping[int, Decimal] | None = None
    invoice: int | None = None

    @property
    def is_undone(self) -> bool:
        return any(quantity < 0 for quantity in (self.wanted or {}).values())


_DELIVERED = f"""
select * from (
    select e.id, coalesce(d.at, e.occurred_at + make_interval(days => g.transit_days)) as at
    from sales_shipment s
    join sales_customer c on c.company_id = s.company_id and c.id = s.customer_id
    join ledger_event e on e.company_id = s.company_id and e.kind = 'shipment' and e.subject = s.number
    left join lateral (
        select max(delivered_at) as at from sales_delivery d where d.company_id = s.company_id and d.shipment_id = s.id
    ) d on true
    left join lateral ({IN_FORCE.format(customer="c", day="e.local_date")}) g on true
    where s.recognition = 'delivery' and e.id = any(%(events)s)
) every where at <= %(now)s order by id
"""

_INVOICED = """
with linked as (
    select k.shipment_line_id as line, v.invoice_id as invoice, sum(k.quantity) as quantity
    from sales_invoicelink k
    join sales_invoiceline v on v.company_id = k.company_id and v.id = k.invoice_line_id
    where k.reverses_id is null and not exists (
        select 1 from sales_invoicelink x where x.company_id = k.company_id and x.reverses_id = k.id)
    group by 1, 2
), recognised as (
    select r.shipment_line_id as line, r.invoice_id as invoice, sum(r.quantity) as quantity from sales_recognition r
    where r.invoice_id is not null and not exists (
        select 1 from ledger_event x where x.company_id = r.company_id and x.reverses_id = r.event_id)
    group by 1, 2
), apart as (
    select line, invoice, coalesce(k.quantity, 0) - coalesce(r.quantity, 0) as quantity
    from linked k full join recognised r using (line, invoice)
    where coalesce(k.quantity, 0) <> coalesce(r.quantity, 0)
)
select l.event_id, a.invoice, i.on, t.time_zone, jsonb_object_agg(a.line, a.quantity::text)
from apart a
join sales_shipmentline l on l.id = a.line
join sales_shipment s on s.company_id = l.company_id and s.id = l.shipment_id and s.recognition = 'invoice'
join stock_site t on t.company_id = s.company_id and t.id = s.site_id
join sales_invoice i on i.company_id = l.company_id and i.id = a.invoice
where {which}
  and (a.quantity > 0 or not exists (
    select 1 from sales_returnline r
    join stock_movement m on m.company_id = r.company_id and m.event_id = r.event_id and m.number = r.movement_number
    join stock_location o on o.company_id = m.company_id and o.id = m.origin_id and o.kind = 'customer'
    where r.company_id = l.company_id and r.shipment_line_id = l.id and not exists (
        select 1 from ledger_event x where x.company_id = r.company_id and x.reverses_id = r.event_id)))
  and not exists (select 1 from ledger_event x where x.company_id = l.company_id and x.reverses_id = l.event_id)
group by l.event_id, a.invoice, i.on, t.time_zone order by l.event_id, i.on, a.invoice
"""
"""What was sold and came back stays sold, whatever becomes of its invoice: the return has taken its cost back."""


def at(now: datetime, *, event: int | None = None) -> list[Due]:
    """What is due by that moment, of one shipment's event or of all; inside a scope."""
    pending = recognition.pending(event=event)
    return [*_delivered(now, sorted({one.event for one in pending})), *_invoiced(now, event, pending)]


def _delivered(now: datetime, events: Sequence[int]) -> list[Due]:
    if not events:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_DELIVERED, {"events": list(events), "now": now})
        return [Due(*row) for row in cursor.fetchall()]


def _invoiced(now: datetime, event: int | None, pending: Sequence[Pending]) -> list[Due]:
    """What is invoiced and still pending: goods that came back before are neither."""
    left = {one.line: one.quantity for one in pending}
    found = []
    with connection.cursor() as cursor:
        which = "true" if event is None else "l.event_id = %(event)s"
        cursor.execute(_INVOICED.format(which=which), {"event": event})
        for id, invoice, on, zone, apart in cursor.fetchall():
            wanted = {}
            for line, text in _object(apart).items():
                quantity = min(Decimal(text), left.get(int(line), Decimal(0)))
                if quantity > 0:
                    left[int(line)] -= quantity
                if quantity:
                    wanted[int(line)] = quantity
            if wanted:
                found.append(Due(id, min(_noon(on, zone), now), wanted, invoice))
    return found


def _noon(on: date, zone: str) -> datetime:
    """An invoice has a date and no time: its day, where the goods left from."""
    return datetime.combine(on, time(12), ZoneInfo(zone)).astimezone(UTC)


def _object(found: Any) -> Mapping[str, str]:
    parsed: Mapping[str, str] = msgspec.json.decode(found) if isinstance(found, str) else found
    return parsed
