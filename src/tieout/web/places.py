"""Sites and places: plants and warehouses, and where goods can lie in them."""

from __future__ import annotations

from zoneinfo import available_timezones

from django.http import HttpResponse
from django.urls import reverse

from tieout.access.permissions import Permission
from tieout.core.roles import STOCK_KINDS, PlaceKind
from tieout.stock import actions, choices
from tieout.web.typed import BadEntry
from tieout.web.visits import Visit, page

SAYS = {
    PlaceKind.STORAGE: "Shelves and tanks: goods can be taken from here.",
    PlaceKind.STAGING: "Docks and lanes: on the way in or out.",
    PlaceKind.QUARANTINE: "Held until somebody releases it: not picked.",
    PlaceKind.EXTERNAL: "At somebody else's: a co-packer, a third-party warehouse.",
}
"""What each kind is for; goods on their way have their place from the start."""


@page()
def places(visit: Visit) -> HttpResponse:
    """Every site with its places."""
    every = choices.places()
    return visit.show(
        "web/places.html",
        here="settings",
        sites=[(site, [one for one in every if one.site == site.code]) for site in choices.sites()],
        kinds=[(kind.value, SAYS[kind]) for kind in SAYS],
        zones=sorted(available_timezones()),
    )


@places.act(Permission.KEEP_PLACES, "site")
def add_site(visit: Visit) -> str:
    typed = visit.typed
    done = actions.add_site(
        visit.once, code=typed.text("code"), name=typed.text("name"), time_zone=typed.text("time_zone")
    )
    visit.say(f"Site {done.code} is open, with a main store, quarantine and production.")
    return reverse("places")


@places.act(Permission.KEEP_PLACES, "place")
def add_place(visit: Visit) -> str:
    typed = visit.typed
    kind = typed.text("kind")
    if kind not in STOCK_KINDS:
        raise BadEntry("Choose what kind of place it is.")
    done = actions.add_location(
        visit.once, site=typed.text("site"), code=typed.text("code"), name=typed.text("name"), kind=PlaceKind(kind)
    )
    visit.say(f"Goods can be put at {done.code} now.")
    return reverse("places")
