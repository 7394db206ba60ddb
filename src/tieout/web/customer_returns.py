"""Goods that customers sent back, and what customers are given back in money: received here, sorted there."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse

from tieout.access import company as companies
from tieout.access.permissions import Permission
from tieout.ledger.queries import postings
from tieout.sales import actions, invoice_actions, invoice_queries, queries, return_queries
from tieout.sales.models import CreditReason
from tieout.sales.returns import QUARANTINE
from tieout.stock import choices
from tieout.web.typed import BadEntry
from tieout.web.visits import Visit, page
from tieout.web.ways_on import way_on

MOST = 50
CONDITIONS = ("sound", "damaged", "spoiled", "expired", "wrong goods", "not looked at yet")


@page()
def returns(visit: Visit) -> HttpResponse:
    """What came back, the latest first."""
    skip = visit.typed.whole_if_any("skip") or 0
    found = return_queries.rows(text=visit.typed.text("q"), skip=skip, most=MOST + 1)
    return visit.show(
        "web/customer_returns.html",
        here="shipments",
        returns=found[:MOST],
        more=skip + MOST if len(found) > MOST else None,
        unsorted=len(invoice_queries.credits_to_sort()) if visit.sees_cost else 0,
    )


@page(Permission.RECEIVE)
def take_in(visit: Visit, shipment: str) -> HttpResponse:
    """Something of a shipment is here again: which lot, how much, in what condition, and where it is put."""
    found = queries.shipment(shipment)
    site = found.row.site
    places = [one for one in choices.places() if one.site == site]
    return visit.show(
        "web/customer_return_new.html",
        here="shipments",
        row=found.row,
        lots=return_queries.returnable(shipment),
        conditions=CONDITIONS,
        places=places,
        quarantine=f"{site}/{QUARANTINE}",
        way_on=way_on(visit, site=site),
    )


@take_in.act(Permission.RECEIVE)
def receive(visit: Visit, shipment: str) -> str:
    typed = visit.typed
    with companies.scope(visit.company.id):
        zone = choices.site(queries.shipment(shipment).row.site).zone
    condition, remark = typed.text("condition"), typed.text("remark")
    if condition not in CONDITIONS:
        raise BadEntry("Say in what condition the goods came back.")
    done = actions.return_from_customer(
        visit.once,
        shipment=shipment,
        quantity=typed.number("quantity", "How much came back"),
        at=typed.moment(zone),
        lot=typed.text("lot"),
        to=typed.text("to"),
        code=typed.text("code"),
        reason=f"{condition}: {remark}" if remark else condition,
    )
    visit.say(f"{done.number} is recorded: {', '.join(f'lot {one.code}' for one in done.lots)}.")
    return reverse("customer-return", args=[done.number])


@page()
def one_return(visit: Visit, number: str) -> HttpResponse:
    """One return: its lots, where they went, and the credit that is for it."""
    row, lots = return_queries.one(number)
    return visit.show(
        "web/customer_return.html",
        here="shipments",
        row=row,
        lots=lots,
        posting=postings.of([row.event]).get(row.event),
        way_on=way_on(visit),
    )


@one_return.act(Permission.REVERSE, "reverse")
def take_back(visit: Visit, number: str) -> str:
    reason = visit.typed.text("reason")
    if not reason:
        raise BadEntry("Say why the return is taken back; the audit trail keeps it.")
    at = visit.typed.moment(visit.company.time_zone)
    done = actions.reverse_customer_return(visit.once, event=number, at=at, reason=reason)
    visit.say(f"{number} is taken back ({done.number}): the goods count as being with the customer again.")
    return reverse("customer-return", args=[number])


@page(Permission.SEE_COST)
def credits_given(visit: Visit) -> HttpResponse:
    """What customers were given back: the queue that nobody has sorted, and what was said of the others."""
    return visit.show(
        "web/credits.html",
        here="invoices",
        waiting=invoice_queries.credits_to_sort(),
        done=invoice_queries.sorted_credits(),
        reasons=CreditReason.values,
    )


@credits_given.act(Permission.POST, "sort")
def sort(visit: Visit) -> str:
    typed = visit.typed
    line = typed.whole_if_any("line")
    if line is None:
        raise BadEntry("That line is not there any more. Reload the page.")
    invoice_actions.sort_credit(
        visit.once,
        line=line,
        reason=typed.text("reason"),
        shipment=typed.text("shipment"),
        return_event=typed.text("return"),
    )
    visit.say("The credit is sorted.")
    return reverse("credits")
