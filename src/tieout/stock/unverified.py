"""Goods that are on the floor and not in the ledger: a lot to be verified, so that work goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from tieout.access.acting import Act
from tieout.catalog import items
from tieout.core import quantities
from tieout.core.acts.goods import Arrival, Receive
from tieout.core.book import Book
from tieout.core.posting import Goods, Paper
from tieout.core.roles import MoveKind, PlaceKind
from tieout.ledger import events, grouping
from tieout.ledger.models import EventKind
from tieout.stock import lots, movements, places
from tieout.stock.lots import NewLot
from tieout.stock.movements import Doing, Recorded

Expected = Callable[[int, int, Decimal], int | None]
"""What so much of an item is expected to cost at a site, if anybody expects it: cents."""


def record(
    act: Act, *, sku: str, quantity: Decimal, place: str, at: datetime, lot: str, note: str, expected: Expected
) -> Recorded:
    """At what is expected, else at what the item last cost here, inside the caller's transaction."""
    known = places.of(act.company)
    target = known.at(place)
    here = known.site_of(target)
    assert here is not None, f"{place} is at no site"
    when, desk = events.moment(act, at=at, zone=here.zone)
    item = items.one(sku)
    quantities.quantity(quantity, decimals=item.decimals, unit=item.unit, what=f"The quantity of {sku}")
    cents = expected(item.id, here.id, quantity)
    if cents is None:
        cents = lots.worth(act.company, item.id, quantity)
    number, (id,) = events.number(act, "FND", lots=1)
    code = lot or number
    new = NewLot(id=id, item=item.id, code=code, line=1, made_at=at, unverified=True)
    origin = known.counterpart(PlaceKind.UNVERIFIED)
    facts = Receive(MoveKind.RECEIVE, [Arrival(item.id, id, origin, target, quantity, cents)])
    book = Book(known, names={id: code})
    facts.apply(book)
    doing = Doing(
        EventKind.FOUND,
        number,
        when,
        desk,
        grouping.adjustment(desk, when, number=number, site=here.id, site_code=here.code),
        Paper(EventKind.FOUND.value, document=number),
        site=here.id,
        subject=number,
        note=f"Found goods {number} at {place}: {sku}{', ' + note if note else ''}, by {act.by.name}.",
    )
    goods = {id: Goods(item.id, item.kind, item.category, f"{sku} lot {code}", item.unit)}
    event = movements.record(act, doing, book=book, facts=facts, goods=goods, new=[new])
    return Recorded(number, event, cents)
