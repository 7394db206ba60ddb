"""Invoices, as the people who bill customers enter them in QuickBooks: never by Tieout, which only reads them."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal

import msgspec

from tieout.access import company as companies
from tieout.core import quantities
from tieout.core.refusals import BadAmount, Refusal
from tieout.ledger.models import Party
from tieout.quickbooks import query
from tieout.quickbooks.outcomes import Accepted
from tieout.quickbooks.shapes import Listed
from tieout.stories.vocabulary import number
from tieout.stories.world import World

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


def enter(world: World, *, shipment: str, event: str, on: date, amount: Decimal) -> None:
    """The invoice of a line of a shipment."""
    with companies.scope(world.company):
        customer = Party.objects.filter(kind="customer").exclude(external_id="").order_by("id")[0].external_id
    line = {
        "Amount": amount,
        "DetailType": "SalesItemLineDetail",
        "Description": f"Shipment {shipment}",
        "SalesItemLineDetail": {"ItemRef": {"value": _product(world)}},
    }
    body = {"CustomerRef": {"value": customer}, "TxnDate": on.isoformat(), "DocNumber": event[:21], "Line": [line]}
    encoded = msgspec.json.Encoder(decimal_format="number").encode(body)
    outcome = world.books.create("Invoice", encoded, requestid=uuid.uuid4())
    if not isinstance(outcome, Accepted):
        raise NoInvoice(f"QuickBooks did not take the invoice of {shipment}: {outcome}")


def _product(world: World) -> str:
    """QuickBooks' item that invoices name, made with the first of them."""
    found = list(world.books.every("Item", Listed, query.is_("Name", PRODUCT)))
    if found:
        return found[0].id
    income = next(one for one in world.books.every("Account", Listed, query.is_("AccountType", "Income")) if one.active)
    fields = {"Name": PRODUCT, "Type": "NonInventory", "IncomeAccountRef": {"value": income.id}}
    return world.books.add("Item", fields, requestid=uuid.uuid4()).id
