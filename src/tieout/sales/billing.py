"""Shipments that are ready to be invoiced: what left, did not come back, and no invoice bills."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from tieout.core.rounding import half_away
from tieout.sales import links


@dataclass(frozen=True, slots=True)
class Item:
    """Goods of a shipment that no invoice bills, an item a row."""

    sku: str
    name: str
    unit: str
    quantity: Decimal
    external_item: str
    price: Decimal | None

    @property
    def cents(self) -> int | None:
        return None if self.price is None else half_away(self.price * self.quantity * 100)


@dataclass(frozen=True, slots=True)
class Ready:
    """A shipment with goods that no invoice bills."""

    shipment: str
    customer: str
    customer_code: str
    order_number: str
    on: date
    by_us: bool
    """Tieout may ask QuickBooks for it."""
    is_known: bool
    """QuickBooks has the customer."""
    requested: str
    """How far that has got; empty: nobody asked."""
    items: list[Item]

    @property
    def cents(self) -> int | None:
        """At the prices known; none where one is not."""
        every = [one.cents for one in self.items]
        return None if None in every else sum(cents for cents in every if cents is not None)


_READY = f"""
with open_lines as (
    select l.company_id, l.shipment_id, l.item_id, e.local_date, l.quantity - k.quantity - b.quantity as quantity
    from sales_shipmentline l
    join ledger_event e on e.company_id = l.company_id and e.id = l.event_id
    cross join lateral (
        select coalesce(sum(k.quantity), 0) as quantity from sales_invoicelink k
        where k.company_id = l.company_id and k.shipment_line_id = l.id and {links.STANDS}
    ) k
    cross join lateral (
        select coalesce(sum(r.quantity), 0) as quantity from sales_returnline r
        where r.company_id = l.company_id and r.shipment_line_id = l.id and not exists (
            select 1 from ledger_event x where x.company_id = r.company_id and x.reverses_id = r.event_id)
    ) b
    where l.quantity > k.quantity + b.quantity
      and not exists (select 1 from ledger_event x where x.company_id = e.company_id and x.reverses_id = e.id)
)
select s.number, c.name, c.code, s.order_number, min(o.local_date) over (partition by s.id), c.invoiced_by_us,
    p.external_id <> '', coalesce(t.state, ''), i.sku, i.name, u.code, sum(o.quantity) over (partition by s.id, i.id),
    coalesce(n.external_item, ''), n.price, row_number() over (partition by s.id, i.id)
from open_lines o
join sales_shipment s on s.company_id = o.company_id and s.id = o.shipment_id
join sales_customer c on c.company_id = s.company_id and c.id = s.customer_id
join ledger_party p on p.company_id = c.company_id and p.id = c.party_id
join catalog_item i on i.company_id = o.company_id and i.id = o.item_id
join catalog_unit u on u.company_id = i.company_id and u.id = i.unit_id
left join sales_invoicerequest r on r.company_id = s.company_id and r.shipment_id = s.id
left join ledger_transmission t on t.company_id = r.company_id and t.id = r.transmission_id
left join lateral (
    select n.external_item, n.price from sales_itemlink n
    where n.company_id = i.company_id and n.item_id = i.id order by n.price is null, n.id limit 1
) n on true
where {{which}}
order by min(o.local_date) over (partition by s.id), s.id, i.sku
"""


_OF_ONE = "s.number = %(shipment)s"
_TO_ASK_FOR = "o.local_date < %(before)s and c.invoiced_by_us and p.external_id <> '' and t.id is null"


def ready(*, shipment: str | None = None, before: date | None = None) -> list[Ready]:
    """Oldest first; of one shipment, or those that left before a day and that Tieout is to ask for."""
    found: dict[str, Ready] = {}
    which = " and ".join(["true", *([_OF_ONE] if shipment else []), *([_TO_ASK_FOR] if before else [])])
    with connection.cursor() as cursor:
        cursor.execute(_READY.format(which=which), {"shipment": shipment, "before": before})
        for (
            number,
            customer,
            code,
            order,
            on,
            by_us,
            known,
            state,
            sku,
            name,
            unit,
            quantity,
            external,
            price,
            n,
        ) in cursor:
            row = found.setdefault(number, Ready(number, customer, code, order, on, by_us, known, state, []))
            if n == 1:
                row.items.append(Item(sku, name, unit, quantity, external, price))
    return list(found.values())


def due(now: datetime) -> list[str]:
    """Shipments of days that are over, whose invoice Tieout is to ask for and can: customer and prices are known."""
    return [one.shipment for one in ready(before=now.date()) if one.cents is not None]
