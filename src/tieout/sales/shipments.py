"""Shipments and their lines: what left, of which lots, at which cents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tieout.core.book import Movement
from tieout.core.refusals import Refusal
from tieout.sales.models import Customer, Shipment, ShipmentLine


class UnknownShipment(Refusal):
    """A shipment number that is not there, or is another customer's."""

    code = "unknown_shipment"


def join(
    company: int, *, number: str, customer: Customer, site: int, order_number: str, at: datetime, fresh: bool
) -> Shipment:
    """A new shipment, or one that gets more lines: held, so that its lines come one act at a time."""
    if fresh:
        return Shipment.objects.create(
            company_id=company,
            number=number,
            customer=customer,
            site_id=site,
            order_number=order_number,
            shipped_at=at,
        )
    found = Shipment.objects.select_for_update(of=("self",)).filter(number=number).first()
    if found is None or found.customer_id != customer.pk:
        raise UnknownShipment(f"There is no shipment {number} to {customer.name}. Leave the number out for a new one.")
    return found


def record_lines(company: int, shipment: Shipment, event: int, moved: Sequence[Movement]) -> None:
    ShipmentLine.objects.bulk_create(
        ShipmentLine(
            company_id=company,
            shipment=shipment,
            event_id=event,
            item_id=one.item,
            lot_id=one.lot,
            quantity=one.quantity,
            value=one.value,
            movement_number=one.number,
        )
        for one in moved
        if one.lot is not None and one.item is not None
    )
