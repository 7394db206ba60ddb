"""What left and is not billed; and the invoices that QuickBooks was asked for, with what stands in their way."""

from __future__ import annotations

import uuid
from decimal import Decimal

from django.http import HttpResponse
from django.urls import reverse

from tieout.access.permissions import Permission
from tieout.quickbooks import actions as quickbooks
from tieout.sales import billing, invoice_actions, invoice_requests
from tieout.web.typed import BadEntry
from tieout.web.visits import Visit, page

MOST = 100
NOT_ASKED = ("", "superseded")
"""States in which QuickBooks has not been asked, or is not any more."""


@page(Permission.SEE_COST)
def ready(visit: Visit) -> HttpResponse:
    """First what QuickBooks refused, then what can be asked for, then what was."""
    every = billing.ready()
    by_shipment = {one.shipment: one for one in every}
    asked = invoice_requests.asked(most=MOST)
    return visit.show(
        "web/ready_to_invoice.html",
        here="invoices",
        refused=[(one, by_shipment.get(one.shipment)) for one in asked if one.waits],
        ready=[one for one in every if one.requested in NOT_ASKED][:MOST],
        more=max(len(every) - MOST, 0),
        asked=[one for one in asked if not one.waits],
    )


@ready.act(Permission.POST, "bill")
def bill(visit: Visit) -> str:
    """At the prices that stand in the form, and on its date."""
    typed = visit.typed
    prices: dict[str, Decimal] = {}
    for _, line in typed.lines("price"):
        prices[line.text("sku")] = line.number("price", f"The price of {line.text('sku')}")
    done = invoice_actions.bill_shipment(
        visit.once,
        shipment=typed.text("shipment"),
        prices=prices,
        on=typed.day_if_any("on", "The invoice's date"),
    )
    visit.say(f"QuickBooks is asked for invoice {done.what}.")
    return reverse("ready-to-invoice")


@ready.act(Permission.POST, "resend")
def resend(visit: Visit) -> str:
    """As it was: what may be there is looked for before anything is sent."""
    try:
        transmission = uuid.UUID(visit.typed.text("transmission"))
    except ValueError:
        raise BadEntry("That is no invoice that was asked for. Reload the page.") from None
    number = quickbooks.resend(visit.once, transmission=transmission)
    visit.say(f"{number} is looked for in QuickBooks, and sent again only if it is not there.")
    return reverse("ready-to-invoice")


@ready.act(Permission.POST, "withdraw")
def withdraw(visit: Visit) -> str:
    reason = visit.typed.text("reason")
    if not reason:
        raise BadEntry("Say why QuickBooks is not asked any more; it is kept with the invoice.")
    done = invoice_actions.withdraw_invoice(visit.once, shipment=visit.typed.text("shipment"), reason=reason)
    visit.say(f"{done.what} is withdrawn: enter the invoice in QuickBooks, and it is tied to the shipment by itself.")
    return reverse("ready-to-invoice")
