"""What customers get back, and why: goods that came back, were destroyed there, never left, or a price only.

Only the first has anything to do with the shelf, and the return does that, not the credit. So a credit is sorted,
never guessed into stock: goods back without a return, and a return without a credit, are seen in the monitor.
"""

from __future__ import annotations

from tieout.access.acting import Act
from tieout.core.refusals import Refusal
from tieout.ledger.models import Event
from tieout.sales.invoices import GIVEN_BACK, UnknownInvoice
from tieout.sales.models import CreditReason, CreditSorting, InvoiceLine, ShipmentLine
from tieout.sales.shipments import UnknownShipment


class BadSorting(Refusal):
    """A reason that a credit cannot have, or one that lacks what it rests on."""

    code = "bad_sorting"


def sort(act: Act, *, line: int, reason: str, shipment: str = "", return_event: str = "") -> None:
    """The last word on a credit line."""
    found = InvoiceLine.objects.select_related("invoice").filter(pk=line, until=None).first()
    if found is None or found.invoice.kind not in GIVEN_BACK:
        raise UnknownInvoice("That credit line is not there any more. Reload the page.")
    if reason not in CreditReason.values:
        raise BadSorting(f"A credit is for {', '.join(CreditReason.values)}; not for “{reason}”.")
    returned = Event.objects.filter(number=return_event).first() if return_event else None
    if reason == CreditReason.GOODS_BACK and returned is None:
        raise BadSorting("Goods that came back were received by a return: name its number, or record the return first.")
    CreditSorting.objects.create(
        company_id=act.company,
        invoice_line=found,
        reason=reason,
        shipment_line=_shipped(shipment, found) if shipment else None,
        event=returned,
        actor_id=act.by.actor,
    )


def _shipped(shipment: str, credit: InvoiceLine) -> ShipmentLine:
    """The shipment's line of the credit's item where it has one, else its first."""
    lines = list(ShipmentLine.objects.select_related("item").filter(shipment__number=shipment).order_by("id"))
    if not lines:
        raise UnknownShipment(f"There is no shipment {shipment}. Check the number on its paper.")
    same = [one for one in lines if one.item.sku.lower() == credit.item_name.rpartition(":")[2].lower()]
    return (same or lines)[0]
