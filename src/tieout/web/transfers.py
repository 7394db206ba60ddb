"""Transfers between sites: sent, on their way, arrived; and moves inside a site."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse

from tieout.access.permissions import Permission
from tieout.stock import actions, choices
from tieout.web.stock_work import wanted
from tieout.web.typed import BadEntry
from tieout.web.visits import Visit, page
from tieout.web.ways_on import way_on


@page()
def transfers(visit: Visit) -> HttpResponse:
    """What is on its way, and what arrived lately."""
    return visit.show(
        "web/transfers.html", here="transfers", on_way=choices.on_their_way(), arrived=choices.arrived(most=20)
    )


@transfers.act(Permission.MOVE, "arrive")
def arrive(visit: Visit) -> str:
    number = visit.typed.text("transfer")
    done = actions.arrive(visit.once, transfer=number, at=visit.typed.moment(visit.company.time_zone))
    visit.say(f"{number} has arrived ({done.number}).")
    return reverse("transfers")


@page(Permission.MOVE)
def send(visit: Visit) -> HttpResponse:
    """Goods to another site, or to another place of the same one."""
    sites = choices.sites()
    at = visit.typed.text("site") or (sites[0].code if sites else "")
    return visit.show(
        "web/transfer_new.html",
        here="transfers",
        sites=sites,
        at=at,
        places=choices.places(),
        lots=choices.pickable(site=at) if at else [],
        way_on=way_on(visit, site=at),
    )


@send.act(Permission.MOVE)
def send_goods(visit: Visit) -> str:
    """A place of another site makes it a transfer, one of the same site a move."""
    site, to = visit.typed.text("site"), visit.typed.text("to")
    if not to:
        raise BadEntry("Say where the goods go.")
    lines, zone = wanted(visit, site)
    at, note = visit.typed.moment(zone), visit.typed.text("note")
    if to.partition("/")[0] == site:
        moved = actions.move(visit.once, site=site, lines=lines, to=to, at=at, note=note)
        visit.say(f"{moved.number}: moved to {to}.")
        return reverse("transfers")
    sent = actions.send(visit.once, site=site, lines=lines, to=to, at=at, note=note)
    visit.say(f"{sent.number} is on its way to {to}. Confirm it there when it arrives.")
    return reverse("transfers")
