"""Invoices that QuickBooks is asked for, where a customer wants it: one a shipment, whatever happens on the way.

Invoices belong to QuickBooks: it computes the tax, knows the payment terms, keeps what is owed. What it refuses is
mended where the reason lies (a price, the customer, the item), then asked for again: the document of before is kept,
superseded, and a new version goes under its own id. That is only done where QuickBooks has certainly stored nothing;
what may be there is looked for first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db import connection
from django.db.models import Q

from tieout.access.acting import Act
from tieout.core import quantities
from tieout.core.numbers import document_number
from tieout.core.refusals import Refusal
from tieout.core.rounding import half_away
from tieout.ledger import sealing, transmissions
from tieout.ledger.models import Cause, Transmission, TransmissionState
from tieout.sales import billing, links, shipments
from tieout.sales.billing import Item, Ready
from tieout.sales.models import InvoiceRequest, Shipment

DESTINATION: Final = "quickbooks invoices"
DOCUMENT: Final = "Invoice"

State = TransmissionState
WAITING = (State.BLOCKED, State.REJECTED)
"""For a person."""


class NotReadyToInvoice(Refusal):
    """A shipment that cannot be billed as it stands."""

    code = "not_ready_to_invoice"


def ask(act: Act, *, shipment: str, prices: Mapping[str, Decimal], on: date | None = None) -> str:
    """Ask QuickBooks for the invoice of what of a shipment is not billed; the number it is asked for under.

    Dated on the day the goods left, unless it is said otherwise.
    """
    links.one_at_a_time(act.company)
    row = shipments.one(shipment)
    found = next(iter(billing.ready(shipment=shipment)), None)
    if found is None:
        raise NotReadyToInvoice(f"Everything of {shipment} is invoiced. Look at the shipment's page.")
    asked = InvoiceRequest.objects.select_related("transmission").filter(shipment=row).first()
    body = _body(act, row, found, prices, on or found.on)
    if asked is None:
        made = _send(act.company, body, version=1)
        InvoiceRequest.objects.create(company_id=act.company, shipment=row, transmission=made, actor_id=act.by.actor)
    else:
        made = _again(act, asked, body)
    return made.number


def withdraw(act: Act, *, shipment: str, reason: str) -> str:
    """QuickBooks is not asked any more: somebody enters the invoice there. The number it was asked for under."""
    asked = _asked(shipment)
    _refuse_unless_it_waits(asked.transmission)
    if not reason.strip():
        raise NotReadyToInvoice(f"Say why the invoice of {shipment} is not asked for any more; it is kept with it.")
    return transmissions.withdraw(asked.transmission, reason=f"Withdrawn by {act.by.name}: {reason}").number


def _again(act: Act, asked: InvoiceRequest, body: dict[str, Any]) -> Transmission:
    """What was refused or withdrawn goes as it is known now."""
    before: Transmission = asked.transmission
    if before.state == State.SUPERSEDED:
        made = _send(act.company, body, version=before.version + 1)
    else:
        _refuse_unless_it_waits(before)
        if sealing.digest(body) == before.hash:
            transmissions.release(act.company, Q(pk=before.pk))
            return before
        made = transmissions.replace(
            before, body=body, hash=sealing.digest(body), accounting_date=date.fromisoformat(body["date"])
        )
    asked.transmission = made
    asked.save(update_fields=["transmission"])
    return made


def _send(company: int, body: dict[str, Any], *, version: int) -> Transmission:
    return Transmission.objects.create(
        company_id=company,
        destination=DESTINATION,
        document=DOCUMENT,
        number=body["number"],
        accounting_date=body["date"],
        version=version,
        body=body,
        hash=sealing.digest(body),
    )


def _asked(shipment: str) -> InvoiceRequest:
    row = shipments.one(shipment)
    asked = InvoiceRequest.objects.select_related("transmission").filter(shipment=row).first()
    if asked is None:
        raise NotReadyToInvoice(f"Nobody asked for an invoice of {shipment}. Ask for it under Ready to invoice.")
    return asked


def _refuse_unless_it_waits(one: Transmission) -> None:
    if one.state == State.CONFIRMED:
        raise NotReadyToInvoice(
            f"The invoice {one.number} was asked for already; it is confirmed. Enter what left later in QuickBooks."
        )
    if one.state not in WAITING:
        raise NotReadyToInvoice(
            f"The invoice {one.number} was asked for already; it is {one.state}. Wait until QuickBooks has answered."
        )
    if transmissions.in_doubt(one.pk):
        raise NotReadyToInvoice(
            f"QuickBooks may have invoice {one.number}: a try to send it had no clear answer. Have it looked for, "
            "then change what is to be changed."
        )


def _body(act: Act, shipment: Shipment, found: Ready, prices: Mapping[str, Decimal], on: date) -> dict[str, Any]:
    """The document in ids that QuickBooks knows. No tax: QuickBooks computes it."""
    customer = shipment.customer
    if not customer.invoiced_by_us:
        raise NotReadyToInvoice(
            f"Invoices of {customer.name} are entered in QuickBooks. Switch it on for this customer, or enter it there."
        )
    if not customer.party.external_id:
        raise NotReadyToInvoice(f"QuickBooks has no customer {customer.name} yet. Create or link one first.")
    order = f", order {shipment.order_number}" if shipment.order_number else ""
    return {
        "number": document_number(f"IN-{shipment.number}"),
        "date": on.isoformat(),
        "memo": f"Shipment {shipment.number}{order}",
        "currency": act.currency,
        "customer": customer.party.external_id,
        "lines": [_line(item, prices.get(item.sku)) for item in found.items],
    }


def _line(item: Item, given: Decimal | None) -> dict[str, Any]:
    price = item.price if given is None else quantities.price(given, what=f"The price of {item.sku}")
    if not item.external_item:
        raise NotReadyToInvoice(f"QuickBooks' item for {item.sku} is not known. Link it, then ask again.")
    if price is None:
        raise NotReadyToInvoice(f"{item.sku} has no price to be billed at. Give it one, then ask again.")
    return {
        "item": item.external_item,
        "description": f"{item.sku} {item.name}",
        "quantity": quantities.plain(item.quantity),
        "price": quantities.plain(price),
        "cents": half_away(price * item.quantity * 100),
    }


# --- What became of them --------------------------------------------------------------------------------------

WAYS_OUT = {
    Cause.CONNECTION: "It goes by itself as soon as QuickBooks is connected again.",
    Cause.CLOSED_BOOKS: "Ask again with a date that is open, or open the books in QuickBooks and ask again.",
    Cause.REFERENCE: "Activate or link the customer or the item that it names, then ask again.",
    Cause.VALIDATION: "Mend the price, the item or the customer that it names, then ask again.",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """An invoice that QuickBooks was asked for, and how far that has got."""

    shipment: str
    customer: str
    customer_code: str
    number: str
    version: int
    state: str
    reason: str
    cause: str
    on: date
    cents: int
    by: str
    at: datetime
    transmission: str
    invoice: int | None
    """Its mirror."""

    @property
    def waits(self) -> bool:
        return self.state in WAITING

    @property
    def way_out(self) -> str:
        return WAYS_OUT.get(Cause(self.cause), WAYS_OUT[Cause.VALIDATION]) if self.waits and self.cause else ""


_ASKED = """
select s.number, c.name, c.code, t.number, t.version, t.state, t.reason, t.cause, t.accounting_date,
    (select coalesce(sum((l ->> 'cents')::bigint), 0)::bigint from jsonb_array_elements(t.body -> 'lines') l),
    a.name, r.at, t.id::text, i.id
from sales_invoicerequest r
join sales_shipment s on s.company_id = r.company_id and s.id = r.shipment_id
join sales_customer c on c.company_id = s.company_id and c.id = s.customer_id
join ledger_transmission t on t.company_id = r.company_id and t.id = r.transmission_id
join access_actor a on a.company_id = r.company_id and a.id = r.actor_id
left join sales_invoice i on i.company_id = t.company_id and i.kind = 'Invoice' and i.external_id = t.external_id
    and t.external_id <> ''
where {which}
order by t.state not in ('rejected', 'blocked'), r.id desc limit %(most)s
"""


def asked(*, shipment: str | None = None, most: int = 50) -> list[Asked]:
    """What waits for a person first, then the latest; of one shipment, or all."""
    with connection.cursor() as cursor:
        which = "s.number = %(shipment)s" if shipment else "true"
        cursor.execute(_ASKED.format(which=which), {"shipment": shipment, "most": most})
        return [Asked(*row) for row in cursor.fetchall()]


def stuck() -> int:
    """How many wait for a person."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from sales_invoicerequest r"
            " join ledger_transmission t on t.company_id = r.company_id and t.id = r.transmission_id"
            " and t.state in ('rejected', 'blocked')"
        )
        return int(cursor.fetchone()[0])
