"""Invoices beside shipments: a month's revenue and cost with what lacks the other, and what waits for a person."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.http import HttpResponse
from django.urls import reverse

from tieout.access.permissions import Permission
from tieout.sales import billing, invoice_actions, links, month_end, queries
from tieout.sales import monitor as sales_monitor
from tieout.sales.models import CreditReason
from tieout.web.typed import BadEntry
from tieout.web.visits import Visit, page

MOST = 200


@page(Permission.SEE_COST)
def invoices(visit: Visit) -> HttpResponse:
    """Revenue beside cost of goods sold, and what the month's end lacks."""
    starts = _month(visit)
    ends = (starts.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    found = sales_monitor.monitor(starts, ends)
    return visit.show(
        "web/invoices.html",
        here="invoices",
        month=starts,
        found=found,
        revenue_only=found.revenue_only[:MOST],
        cost_only=found.cost_only[:MOST],
        most=MOST,
        margin=found.matched_revenue - found.matched_cost,
        proposals=month_end.proposals(ends),
    )


def _month(visit: Visit) -> date:
    typed = visit.typed.text("month")
    if not typed:
        return datetime.now(visit.company.time_zone).date().replace(day=1)
    try:
        return date.fromisoformat(f"{typed}-01")
    except ValueError:
        raise BadEntry(f"“{typed[:40]}” is no month. Type it as 2026-01.") from None


@page(Permission.SEE_COST)
def waiting(visit: Visit) -> HttpResponse:
    """Lines that bill nobody knows which goods, shipments that are ready to be billed, credits nobody has sorted."""
    proposed = links.waiting().open
    return visit.show(
        "web/invoices_waiting.html",
        here="invoices",
        lines=[(row, proposed[row.id]) for row in queries.invoice_lines(proposed)][:MOST],
        ready=billing.ready()[:MOST],
        credits=queries.unsorted_credits()[:MOST],
        reasons=CreditReason.values,
    )


@waiting.act(Permission.POST, "link")
def link(visit: Visit) -> str:
    shipment = visit.typed.text("other") or visit.typed.text("shipment")
    if not shipment:
        raise BadEntry("Choose the shipment that this line bills, or type its number.")
    done = invoice_actions.link_invoice_line(
        visit.once, line=_line(visit), shipment=shipment, quantity=_quantity(visit)
    )  # fmt: skip
    visit.say(f"Linked with {shipment}: {done.links} {'lot' if done.links == 1 else 'lots'}.")
    return reverse("invoices-waiting")


@waiting.act(Permission.POST, "sort")
def sort(visit: Visit) -> str:
    invoice_actions.sort_credit(
        visit.once,
        line=_line(visit),
        reason=visit.typed.text("reason"),
        shipment=visit.typed.text("shipment"),
        return_event=visit.typed.text("return"),
    )
    visit.say("The credit is sorted.")
    return reverse("invoices-waiting")


@waiting.act(Permission.POST, "bill")
def bill(visit: Visit) -> str:
    done = invoice_actions.bill_shipment(visit.once, shipment=visit.typed.text("shipment"))
    visit.say(f"QuickBooks is asked for invoice {done.what}.")
    return reverse("invoices-waiting")


def _line(visit: Visit) -> int:
    line = visit.typed.whole_if_any("line")
    if line is None:
        raise BadEntry("That line is not there any more. Reload the page.")
    return line


def _quantity(visit: Visit) -> Decimal | None:
    return visit.typed.number_if_any("quantity", "The quantity")
