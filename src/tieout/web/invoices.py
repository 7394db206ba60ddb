"""Invoices beside shipments: a month's revenue and cost with what lacks the other, one invoice, and what is to link."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from django.http import HttpResponse
from django.urls import reverse

from tieout.access.permissions import Permission
from tieout.quickbooks import queries as books
from tieout.sales import invoice_actions, invoice_queries, invoice_requests, links, month_end, queries
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
        pairs=found.pairs[:MOST],
        revenue_only=found.revenue_only[:MOST],
        cost_only=found.cost_only[:MOST],
        most=MOST,
        margin=found.matched_revenue - found.matched_cost,
        proposals=month_end.proposals(ends),
        stuck=invoice_requests.stuck(),
        unsorted=len(invoice_queries.credits_to_sort()),
    )


def _month(visit: Visit) -> date:
    typed = visit.typed.text("month")
    if not typed:
        return visit.today.replace(day=1)
    try:
        return date.fromisoformat(f"{typed}-01")
    except ValueError:
        raise BadEntry(f"“{typed[:40]}” is no month. Type it as 2026-01.") from None


@page(Permission.SEE_COST)
def waiting(visit: Visit) -> HttpResponse:
    """Lines that bill nobody knows which goods, each with what it may bill and why; those of no item of ours apart."""
    proposed = links.waiting().open
    strange = {one.id for one in links.invoiced() if one.item is None}
    lines = [(row, proposed[row.id]) for row in queries.invoice_lines(proposed)]
    return visit.show(
        "web/invoices_waiting.html",
        here="invoices",
        lines=[one for one in lines if one[0].id not in strange][:MOST],
        others=[one for one in lines if one[0].id in strange][:MOST],
        more=max(len(lines) - MOST, 0),
    )


@waiting.act(Permission.POST, "link")
def link(visit: Visit) -> str:
    _link(visit)
    return reverse("invoices-waiting")


@page(Permission.SEE_COST)
def invoice(visit: Visit, id: int) -> HttpResponse:
    """One document: its lines, the goods that each bills, what may be linked, and what was said before."""
    row = invoice_queries.invoice(id)
    every = invoice_queries.links_of(id)
    proposed = {} if row.gives_back else links.waiting().open
    return visit.show(
        "web/invoice.html",
        here="invoices",
        row=row,
        lines=[
            (line, [one for one in every if one.line == line.id and not one.taken_back], proposed.get(line.id))
            for line in invoice_queries.lines(id)
        ],
        taken_back=[one for one in every if one.taken_back],
        versions=invoice_queries.versions(id),
        reasons=CreditReason.values,
        link=books.address(row.external_id, row.kind),
    )


@invoice.act(Permission.POST, "link")
def link_line(visit: Visit, id: int) -> str:
    _link(visit)
    return reverse("invoice", args=[id])


@invoice.act(Permission.POST, "unlink")
def unlink_line(visit: Visit, id: int) -> str:
    found, reason = visit.typed.whole_if_any("link"), visit.typed.text("reason")
    if found is None or not reason:
        raise BadEntry("Say why this line does not bill these goods; the link keeps it.")
    invoice_actions.unlink_invoice_line(visit.once, link=found, reason=reason)
    visit.say("The link is taken back; the line waits again.")
    return reverse("invoice", args=[id])


def _link(visit: Visit) -> None:
    """A line with the shipment that was chosen, or whose number was typed."""
    typed = visit.typed
    shipment, line = typed.text("other") or typed.text("shipment"), typed.whole_if_any("line")
    if line is None:
        raise BadEntry("That line is not there any more. Reload the page.")
    if not shipment:
        raise BadEntry("Choose the shipment that this line bills, or type its number.")
    quantity: Decimal | None = typed.number_if_any("quantity", "The quantity")
    done = invoice_actions.link_invoice_line(visit.once, line=line, shipment=shipment, quantity=quantity)
    visit.say(f"Linked with {shipment}: {done.links} {'lot' if done.links == 1 else 'lots'}.")
