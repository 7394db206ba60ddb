"""Shipments: what left for customers, of which lots, at which cost, how far each is from sold; and a new one."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse

from tieout.access import company as companies
from tieout.access.permissions import Permission
from tieout.ledger.queries import postings
from tieout.sales import actions, invoice_actions, invoice_requests, queries, return_queries
from tieout.sales import under_way as goods_under_way
from tieout.sales.actions import Going
from tieout.stock import choices
from tieout.web.typed import BadEntry
from tieout.web.visits import Visit, page
from tieout.web.ways_on import way_on

MOST = 50


@page()
def shipments(visit: Visit) -> HttpResponse:
    """What left, newest first."""
    skip = visit.typed.whole_if_any("skip") or 0
    on = visit.typed.day_if_any("on", "The day")
    customer = visit.typed.text("customer")
    found = queries.shipments(text=visit.typed.text("q"), on=on, customer=customer, skip=skip, most=MOST + 1)
    return visit.show(
        "web/shipments.html",
        here="shipments",
        shipments=found[:MOST],
        more=skip + MOST if len(found) > MOST else None,
        today=visit.today,
    )


@page()
def under_way(visit: Visit) -> HttpResponse:
    """What left and is not sold yet, the oldest first."""
    today = visit.today
    found = goods_under_way.goods()
    return visit.show(
        "web/under_way.html",
        here="shipments",
        shipments=[(one, one.age(today)) for one in found],
        value=sum(one.value for one in found),
        overdue=sum(1 for one in found if one.due_on and one.due_on < today),
        today=today,
    )


@page()
def shipment(visit: Visit, number: str) -> HttpResponse:
    """One shipment: each lot with its own cost, and how far it got: shipped, delivered, invoiced, sold."""
    found = queries.shipment(number)
    sales = queries.sales_of(number)
    states = postings.of([*(one.event for one in found.lines), *(one.event for one in sales)])
    waits = goods_under_way.goods({one.event for one in found.lines if not one.reversed_by})
    return visit.show(
        "web/shipment.html",
        here="shipments",
        row=found.row,
        lines=found.lines,
        billed=queries.billed_by(number),
        deliveries=queries.deliveries_of(number),
        sales=[(one, states.get(one.event)) for one in sales],
        waits=sum(one.value for one in waits) if waits else None,
        due_on=waits[0].due_on if waits else None,
        returns=return_queries.rows(shipment=number),
        returnable=return_queries.returnable(number) if visit.may(Permission.RECEIVE) else [],
        asked=next(iter(invoice_requests.asked(shipment=number)), None),
        events=[
            (event, states.get(id)) for id, event in dict.fromkeys((one.event, one.event_number) for one in found.lines)
        ],
    )


@shipment.act(Permission.REVERSE, "reverse")
def take_back(visit: Visit, number: str) -> str:
    reason, event = visit.typed.text("reason"), visit.typed.text("event")
    if not reason:
        raise BadEntry("Say why the shipment is taken back; the audit trail keeps it.")
    with companies.scope(visit.company.id):
        if event not in {one.event_number for one in queries.shipment(number).lines}:
            raise BadEntry(f"{event or 'That'} is no event of {number}. Reload the page.")
    at = visit.typed.moment(visit.company.time_zone)
    done = actions.reverse_shipment(visit.once, event=event, at=at, reason=reason)
    visit.say(f"{event} is taken back ({done.number}): the goods are in their lots again, at the same cents.")
    return reverse("shipment", args=[number])


@shipment.act(Permission.SHIP, "deliver")
def deliver(visit: Visit, number: str) -> str:
    at = visit.typed.moment(visit.company.time_zone)
    done = invoice_actions.record_delivery(visit.once, shipment=number, at=at, proof=visit.typed.text("proof"))
    sold = f", and sold with it ({', '.join(done.events)})" if done.events else ""
    visit.say(f"The delivery of {number} is on record{sold}.")
    return reverse("shipment", args=[number])


@shipment.act(Permission.POST, "recognise")
def recognise(visit: Visit, number: str) -> str:
    at = visit.typed.moment(visit.company.time_zone)
    done = invoice_actions.recognise(visit.once, shipment=number, at=at, reason=visit.typed.text("reason"))
    visit.say(f"{number} is sold ({', '.join(done.events)}): its cost is cost of goods sold.")
    return reverse("shipment", args=[number])


@shipment.act(Permission.POST, "unlink")
def unlink(visit: Visit, number: str) -> str:
    link, reason = visit.typed.whole_if_any("link"), visit.typed.text("reason")
    if link is None or not reason:
        raise BadEntry("Say why this is not the shipment's invoice; the link keeps it.")
    invoice_actions.unlink_invoice_line(visit.once, link=link, reason=reason)
    visit.say("The link is taken back; the invoice line waits again.")
    return reverse("shipment", args=[number])


@page(Permission.SHIP)
def ship(visit: Visit) -> HttpResponse:
    """Goods leave: name the lots, or the items and let the first-expiring go first."""
    sites = choices.sites()
    at = visit.typed.text("site") or (sites[0].code if sites else "")
    return visit.show(
        "web/shipment_new.html",
        here="shipments",
        customers=queries.customers(),
        sites=sites,
        at=at,
        lots=choices.pickable(site=at) if at else [],
        way_on=way_on(visit, site=at),
    )


@ship.act(Permission.SHIP)
def ship_goods(visit: Visit) -> str:
    typed, site = visit.typed, visit.typed.text("site")
    going = _going(visit)
    with companies.scope(visit.company.id):
        zone = choices.site(site).zone
    done = actions.ship(
        visit.once,
        customer=typed.text("customer"),
        site=site,
        lines=going,
        at=typed.moment(zone),
        order_number=typed.text("order_number"),
    )
    visit.say(f"{done.number} left with {len(done.lots)} {'lot' if len(done.lots) == 1 else 'lots'}.")
    return reverse("shipment", args=[done.number])


def _going(visit: Visit) -> list[Going]:
    going = []
    for n, line in visit.typed.lines("quantity", "what"):
        what = line.text("what")
        if not what:
            raise BadEntry(f"Line {n}: scan a lot, or type an item.")
        quantity = line.number("quantity", f"Line {n}, the quantity")
        with companies.scope(visit.company.id):
            is_lot = choices.names_a_lot(what)
        going.append(Going(quantity, lot=what) if is_lot else Going(quantity, sku=what))
    if not going:
        raise BadEntry("Nothing was entered. Scan a lot or type an item, and how much of it leaves.")
    return going
