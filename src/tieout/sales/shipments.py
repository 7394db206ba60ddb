"""Shipments and their lines: what left, of which lots, at which cents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tieout.access.acting import Act
from tieout.core.book import Movement
from tieout.core.refusals import Refusal
from tieout.sales.models import Customer, Delivery, Shipment, ShipmentLine, Sold


class UnknownShipment(Refusal):
    """A shipment number that is not there, or is another customer's."""

    code = "unknown_shipment"


class NoProof(Refusal):
    """A delivery that nothing proves."""

    code = "no_proof"


def join(
    company: int,
    *,
    number: str,
    customer: Customer,
    site: int,
    order_number: str,
    at: datetime,
    fresh: bool,
    sold: Sold = Sold.ON_SHIPMENT,
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
            recognition=sold,
        )
    found = Shipment.objects.select_for_update(of=("self",)).filter(number=number).first()
    if found is None or found.customer_id != customer.pk:
        raise UnknownShipment(f"There is no shipment {number} to {customer.name}. Leave the number out for a new one.")
    return found


def one(number: str) -> Shipment:
    found = Shipment.objects.select_related("customer", "site").filter(number=number).first()
    if found is None:
        raise UnknownShipment(f"There is no shipment {number}. Check the number on its paper.")
    return found


def events_of(shipment: Shipment) -> list[int]:
    """By which goods left on it, those taken back too."""
    lines = ShipmentLine.objects.filter(shipment=shipment)
    return list(lines.order_by("event_id").values_list("event_id", flat=True).distinct())


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


def record_delivery(act: Act, shipment: Shipment, *, at: datetime, proof: str) -> None:
    """Proof of arrival, kept with who gave it."""
    if not proof.strip():
        raise NoProof("Say what proves the delivery: a signature, a carrier's number, a photo.")
    Delivery.objects.create(
        company_id=act.company, shipment=shipment, delivered_at=at, proof=proof[:200], actor_id=act.by.actor
    )
