"""Customers: whom we ship to, when what leaves for each is sold, how it is billed, and who it is in QuickBooks."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse

from tieout.access import company as companies
from tieout.access.permissions import Permission
from tieout.ledger import policies
from tieout.quickbooks import parties
from tieout.quickbooks import queries as books
from tieout.sales import (
    actions,
    agreements,
    customer_queries,
    invoice_actions,
    invoice_queries,
    queries,
    return_queries,
)
from tieout.sales.models import Sold
from tieout.sales.recognition import POLICY
from tieout.web import names
from tieout.web.typed import BadEntry
from tieout.web.visits import Visit, page

MOST = 20


@page()
def customers(visit: Visit) -> HttpResponse:
    """By name, code or channel; a new one is added here."""
    found = customer_queries.rows(visit.today, text=visit.typed.text("q"))
    return visit.show("web/customers.html", here="customers", customers=found, channels=customer_queries.channels())


@customers.act(Permission.SHIP, "add")
def add(visit: Visit) -> str:
    typed = visit.typed
    code, name = typed.text("code"), typed.text("name")
    if not code or not name:
        raise BadEntry("A customer has a name and a short code. Type both.")
    actions.add_customer(visit.once, code=code, name=name, channel=typed.text("channel"))
    visit.say(f"{name} is added. If QuickBooks has no customer of that name, finance creates it there.")
    return reverse("customer", args=[code])


@page()
def customer(visit: Visit, code: str) -> HttpResponse:
    """What is agreed, what left, what was billed, what came back."""
    today = visit.today
    found = customer_queries.one(code, today)
    requested = not found.external_id
    return visit.show(
        "web/customer.html",
        here="customers",
        customer=found,
        policy=policies.in_force(today)[POLICY],
        agreed=agreements.of(code),
        ways=Sold.values,
        shipments=queries.shipments(customer=code, most=MOST),
        invoices=invoice_queries.of_customer(found.party, most=MOST) if visit.sees_cost else [],
        returns=return_queries.rows(customer=code, most=MOST),
        channels=customer_queries.channels(),
        free=parties.free("customer") if requested and visit.may(Permission.CONNECT) else [],
        connected=books.connection() is not None,
        today=today,
    )


@customer.act(Permission.SET_POLICY, "agree")
def agree(visit: Visit, code: str) -> str:
    """When what leaves from a day on is sold."""
    typed = visit.typed
    since = typed.day_if_any("valid_from", "The day from which it holds")
    if typed.has("transit_days") and typed.whole_if_any("transit_days") is None:
        raise BadEntry("The days on the road are a whole number. Leave them empty where only proof counts.")
    invoice_actions.agree_on_sale(
        visit.once,
        customer=code,
        sold=typed.text("sold"),
        transit_days=typed.whole_if_any("transit_days"),
        valid_from=since,
    )
    visit.say("That is agreed. What left before that day stays as it was.")
    return reverse("customer", args=[code])


@customer.act(Permission.SET_POLICY, "billing")
def billing(visit: Visit, code: str) -> str:
    on = visit.typed.text("on") == "yes"
    invoice_actions.ask_for_invoices(visit.once, customer=code, on=on)
    visit.say(
        "Tieout asks QuickBooks for the invoices of this customer's shipments, when their day is over."
        if on
        else "Invoices of this customer are entered in QuickBooks."
    )
    return reverse("customer", args=[code])


@customer.act(Permission.MAP_ACCOUNTS, "channel")
def channel(visit: Visit, code: str) -> str:
    named = visit.typed.text("channel")
    invoice_actions.sell_by_channel(visit.once, customer=code, channel=named)
    visit.say(f"What leaves for this customer from now on goes by {f'channel {named}' if named else 'no channel'}.")
    return reverse("customer", args=[code])


@customer.act(Permission.MAP_ACCOUNTS, "sum")
def sum_up(visit: Visit, code: str) -> str:
    sums_up = visit.typed.text("on") == "yes"
    invoice_actions.bill_by_channel(visit.once, customer=code, sums_up=sums_up)
    visit.say(
        "A document of this customer bills all that its channel shipped that day."
        if sums_up
        else "Documents of this customer bill its own shipments."
    )
    return reverse("customer", args=[code])


@customer.act(Permission.CONNECT, "request")
def request(visit: Visit, code: str) -> str:
    with companies.scope(visit.company.id):
        name = customer_queries.one(code, visit.today).known_as
    names.ask_for(visit, name, what="customer")
    return reverse("customer", args=[code])


@customer.act(Permission.CONNECT, "link")
def link(visit: Visit, code: str) -> str:
    """It is a customer that QuickBooks has under another name."""
    with companies.scope(visit.company.id):
        found = customer_queries.one(code, visit.today)
    names.link(visit, found.party, found.name, what="customer")
    return reverse("customer", args=[code])
