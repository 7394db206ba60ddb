"""Work on stock outside of orders and runs: counting, scrapping, and goods found on the floor without papers."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.urls import reverse

from tieout.access import company as companies
from tieout.access.permissions import Permission
from tieout.core.roles import PlaceKind
from tieout.purchasing import actions as buying
from tieout.stock import actions, choices
from tieout.stock.actions import CountLine
from tieout.stock.picking import Wanted
from tieout.web.typed import BadEntry
from tieout.web.visits import Visit, page
from tieout.web.ways_on import way_on

WHERE_TO = {
    "scrap": ("Scrap", PlaceKind.SCRAP),
    "abnormal": ("Abnormal loss", PlaceKind.ABNORMAL),
    "samples": ("Samples or own use", PlaceKind.SAMPLES),
}


def wanted(visit: Visit, site: str) -> tuple[list[Wanted], ZoneInfo]:
    """The lines of a form that takes goods: a lot that was scanned, or an item to be picked; and the site's clock."""
    lines = []
    with companies.scope(visit.company.id):
        zone = choices.site(site).zone
        for n, line in visit.typed.lines("quantity", "what"):
            what = line.text("what")
            if not what:
                raise BadEntry(f"Line {n}: scan a lot, or type an item.")
            quantity = line.number("quantity", f"Line {n}, the quantity")
            lines.append(Wanted(quantity, lot=what) if choices.names_a_lot(what) else Wanted(quantity, sku=what))
    if not lines:
        raise BadEntry("Nothing was entered. Scan a lot or type an item, and how much of it.")
    return lines, zone


def _show(visit: Visit, template: str, here: str) -> HttpResponse:
    sites = choices.sites()
    at = visit.typed.text("site") or (sites[0].code if sites else "")
    return visit.show(
        template,
        here=here,
        sites=sites,
        at=at,
        lots=choices.pickable(site=at) if at else [],
        places=[one for one in choices.places() if one.site == at],
        items=choices.items(),
        kinds=[(key, called) for key, (called, _) in WHERE_TO.items()],
        way_on=way_on(visit, site=at),
    )


@page(Permission.SCRAP)
def scrap(visit: Visit) -> HttpResponse:
    """Goods out to an expense, with the reason."""
    return _show(visit, "web/scrap.html", "scrap")


@scrap.act(Permission.SCRAP)
def scrap_goods(visit: Visit) -> str:
    site, reason = visit.typed.text("site"), visit.typed.text("reason")
    if not reason:
        raise BadEntry("Say why the goods are scrapped.")
    lines, zone = wanted(visit, site)
    kind = WHERE_TO.get(visit.typed.text("kind") or "scrap")
    if kind is None:
        raise BadEntry("Choose scrap, abnormal loss or samples.")
    done = actions.scrap(visit.once, site=site, lines=lines, reason=reason, at=visit.typed.moment(zone), kind=kind[1])
    visit.say(f"{done.number} is recorded.")
    return reverse("event", args=[done.number])


@page(Permission.COUNT)
def count(visit: Visit) -> HttpResponse:
    """A physical count, blind: the page does not say what the ledger thinks is there."""
    return _show(visit, "web/count.html", "count")


@count.act(Permission.COUNT)
def count_goods(visit: Visit) -> str:
    site = visit.typed.text("site")
    counted = [
        CountLine(line.text("lot"), line.number("counted", f"Line {n}, the count"), line.text("place"))
        for n, line in visit.typed.lines("counted", "lot")
    ]
    if not counted:
        raise BadEntry("Nothing was entered. Scan a lot and type how much of it is there.")
    with companies.scope(visit.company.id):
        zone = choices.site(site).zone
    done = actions.count(
        visit.once, site=site, lines=counted, at=visit.typed.moment(zone), sheet=visit.typed.text("sheet")
    )
    visit.say(f"{done.number} is recorded; differences are in the stock now.")
    return reverse("event", args=[done.number])


@page(Permission.COUNT)
def found(visit: Visit) -> HttpResponse:
    """Goods on the floor that the ledger does not know: recorded, so that work goes on; the papers come later."""
    return _show(visit, "web/found.html", "count")


@found.act(Permission.COUNT)
def record_found(visit: Visit) -> str:
    typed, site = visit.typed, visit.typed.text("site")
    with companies.scope(visit.company.id):
        zone = choices.site(site).zone
    done = buying.record_found(
        visit.once,
        sku=typed.text("sku"),
        quantity=typed.number("quantity", "The quantity"),
        place=typed.text("place") or site,
        lot=typed.text("lot"),
        note=typed.text("note"),
        at=typed.moment(zone),
    )
    visit.say(f"{done.number} is recorded, not yet verified: finance sees it until its papers are found. Go on.")
    return reverse("event", args=[done.number])
