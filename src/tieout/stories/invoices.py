"""Invoices, as the people who bill customers enter them in QuickBooks: Tieout reads them, and ties them to goods."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from tieout.access import company as companies
from tieout.core import quantities
from tieout.core.refusals import BadAmount, Refusal
from tieout.ledger.models import Party
from tieout.quickbooks import query
from tieout.quickbooks.outcomes import Accepted
from tieout.quickbooks.shapes import Listed
from tieout.sales import daily, invoice_actions
from tieout.sales import invoices as mirrored
from tieout.sales.shipments import UnknownShipment
from tieout.stories import vocabulary
from tieout.stories.stage import Stage
from tieout.stories.vocabulary import number
from tieout.stories.world import CUSTOMER, World

PRODUCT = "Product"
"""The one thing that a story's invoices sell: QuickBooks' own items are none of the product's."""


class NoInvoice(Refusal):
    """QuickBooks did not take an invoice."""

    code = "no_invoice"


def revenue(text: str | None) -> Decimal | None:
    """What is billed, if anything is."""
    if text is None:
        return None
    amount = number(text, "The revenue")
    if quantities.cents(amount, what="The revenue") < 0:
        raise BadAmount(f"The revenue cannot be {amount}. Give 0 or more; what comes back is a customer_return.")
    return amount


def agree(stage: Stage, event: vocabulary.Ship) -> None:
    """When goods of a new shipment are sold: agreed with the customer before they leave."""
    if event.id not in stage.names.shipments and event.sold != stage.names.sold:
        invoice_actions.agree_on_sale(stage.by, customer=CUSTOMER, sold=event.sold, valid_from=event.on)
        stage.names.sold = event.sold


def enter(stage: Stage, *, ship: str, number: str, on: date, amount: Decimal, quantity: Decimal | None = None) -> None:
    """An invoice of goods of a shipment, entered in QuickBooks, read from there and tied to them."""
    world = stage.world
    with companies.scope(world.company):
        customer = Party.objects.filter(kind="customer").exclude(external_id="").order_by("id")[0].external_id
    detail: dict[str, Any] = {"ItemRef": {"value": _product(world)}}
    if quantity is not None:
        detail |= {"Qty": quantity, "UnitPrice": amount / quantity}
    line = {
        "Amount": amount,
        "DetailType": "SalesItemLineDetail",
        "Description": f"Shipment {stage.names.shipments[ship]}",
        "SalesItemLineDetail": detail,
    }
    body = {"CustomerRef": {"value": customer}, "TxnDate": on.isoformat(), "DocNumber": number[:21], "Line": [line]}
    encoded = msgspec.json.Encoder(decimal_format="number").encode(body)
    outcome = world.books.create("Invoice", encoded, requestid=uuid.uuid4())
    if not isinstance(outcome, Accepted):
        raise NoInvoice(f"QuickBooks did not take the invoice of {ship}: {outcome}")
    stored = msgspec.json.Decoder(float_hook=Decimal).decode(outcome.reply.body)["Invoice"]
    stage.names.invoices[ship] = (stored["Id"], stored["SyncToken"])
    _read(stage, stored)


def invoice(stage: Stage, event: vocabulary.Invoice) -> None:
    """An invoice that comes later than its goods."""
    amount = revenue(event.amount)
    assert amount is not None
    quantity = None if event.qty is None else number(event.qty, f"The quantity of {event.ship}")
    count = len(stage.names.invoices) + 1
    _known(stage, event.ship)
    enter(stage, ship=event.ship, number=f"INV-{count}-{event.ship}", on=event.on, amount=amount, quantity=quantity)


def delete(stage: Stage, event: vocabulary.DeleteInvoice) -> None:
    """Whoever entered the last invoice of a shipment deletes it in QuickBooks."""
    _known(stage, event.ship)
    if event.ship not in stage.names.invoices:
        raise NoInvoice(f"{event.ship} has no invoice to delete.")
    id, version = stage.names.invoices.pop(event.ship)
    outcome = stage.world.books.delete("Invoice", id=id, version=version, requestid=uuid.uuid4())
    if not isinstance(outcome, Accepted):
        raise NoInvoice(f"QuickBooks did not delete the invoice of {event.ship}: {outcome}")
    _read(stage, {"Id": id}, deleted=True)


def deliver(stage: Stage, event: vocabulary.Deliver) -> None:
    """The goods arrived, and somebody signed."""
    _known(stage, event.ship)
    stage.ask(
        invoice_actions.record_delivery,
        shipment=stage.names.shipments[event.ship],
        at=stage.world.moment(event.on),
        proof="signed",
    )


def _known(stage: Stage, ship: str) -> None:
    if ship not in stage.names.shipments:
        raise UnknownShipment(f"The story has no shipment {ship}.")


def _read(stage: Stage, document: Mapping[str, Any], *, deleted: bool = False) -> None:
    """As the reader of QuickBooks does, and the round after it."""
    with companies.scope(stage.company):
        mirrored.mirror(stage.company, document, kind="Invoice", deleted=deleted)
    daily.settle(stage.company)


def _product(world: World) -> str:
    """QuickBooks' item that invoices name, made with the first of them."""
    found = list(world.books.every("Item", Listed, query.is_("Name", PRODUCT)))
    if found:
        return found[0].id
    income = next(one for one in world.books.every("Account", Listed, query.is_("AccountType", "Income")) if one.active)
    fields = {"Name": PRODUCT, "Type": "NonInventory", "IncomeAccountRef": {"value": income.id}}
    return world.books.add("Item", fields, requestid=uuid.uuid4()).id
