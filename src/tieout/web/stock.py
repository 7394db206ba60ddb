"""Stock: items by site, an item and its lots as of any date, and a lot's story."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.http import HttpResponse

from tieout.core.roles import ItemKind
from tieout.stock import choices, queries
from tieout.web.visits import Visit, page

MOST = 300


@page()
def stock(visit: Visit) -> HttpResponse:
    """Items × sites: quantity, value, what expires first."""
    typed = visit.typed
    found = queries.on_hand(text=typed.text("q"), site=typed.text("site"), kind=typed.text("kind"), most=MOST + 1)
    return visit.show(
        "web/stock.html",
        here="stock",
        rows=found[:MOST],
        too_many=len(found) > MOST,
        total=sum(one.value for one in found[:MOST]),
        sites=choices.sites(),
        kinds=list(ItemKind),
        soon=(datetime.now(visit.company.time_zone) + timedelta(days=14)).date(),
    )


@page()
def item(visit: Visit, sku: str) -> HttpResponse:
    """An item: how much, where, which lots, and what moved it; now or at the end of a day."""
    on = visit.typed.day_if_any("on", "The day")
    at = None
    if on is not None:
        at = datetime.combine(on + timedelta(days=1), time.min, visit.company.time_zone) - timedelta(microseconds=1)
    return visit.show(
        "web/item.html",
        here="stock",
        item=queries.item(sku, at=at),
        on=on,
        movements=queries.movements_of_item(sku, until=at, most=50),
        today=visit.today,
    )


@page()
def lot(visit: Visit, lot: int) -> HttpResponse:
    """A lot: whence it came, where it is, what it cost, and everything that happened to it."""
    return visit.show(
        "web/lot.html", here="stock", lot=queries.lot(lot), movements=queries.movements_of_lot(lot, most=200)
    )
