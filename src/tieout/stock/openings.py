"""Goods that are there before Tieout is: lots at given values, against OPENING."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
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
from tieout.stock import movements, places
from tieout.stock.lots import NewLot
from tieout.stock.movements import Doing, Recorded


@dataclass(frozen=True, slots=True)
class OpeningLine:
    """A lot that is there before Tieout is, with what it is worth in all."""

    sku: str
    quantity: Decimal
    value: Decimal
    place: str
    lot: str = ""
    expires_on: date | None = None


def record(act: Act, *, lines: Sequence[OpeningLine], site: str, at: datetime) -> Recorded:
    """One event for goods of one site, inside the caller's act: an entry by hand, or an import."""
    known = places.of(act.company)
    here = known.site(site)
    when, desk = events.moment(act, at=at, zone=here.zone)
    found = items.by_sku([one.sku for one in lines])
    number, ids = events.number(act, "OPN", lots=len(lines))
    origin = known.counterpart(PlaceKind.OPENING)
    new, arrivals, goods = [], [], {}
    for n, (one, id) in enumerate(zip(lines, ids, strict=True), 1):
        item = found[one.sku]
        what = f"The quantity of {one.sku}"
        quantities.quantity(one.quantity, decimals=item.decimals, unit=item.unit, what=what)
        code = one.lot or f"{number.removeprefix('OPN-').lstrip('0')}-{n}"
        new.append(NewLot(id=id, item=item.id, code=code, line=n, made_at=at, expires_on=one.expires_on))
        cents = quantities.cents(one.value, what=f"The value of {one.sku}")
        arrivals.append(Arrival(item.id, id, origin, known.at(one.place or site), one.quantity, cents))
        goods[id] = Goods(item.id, item.kind, item.category, f"{item.sku} lot {code}", item.unit)
    facts = Receive(MoveKind.OPEN, arrivals)
    book = Book(known, names={lot.id: lot.code for lot in new})
    facts.apply(book)
    doing = Doing(
        EventKind.OPENING,
        number,
        when,
        desk,
        grouping.opening(desk, when, number=number, site=here.id),
        Paper(EventKind.OPENING.value, document=number, by_lot=True),
        site=here.id,
        subject=number,
        note=f"Opening balances {number} at {site}, by {act.by.name}.",
    )
    event = movements.record(act, doing, book=book, facts=facts, goods=goods, new=new)
    return Recorded(number, event, sum(one.value for one in arrivals))
