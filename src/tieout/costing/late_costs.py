"""A cost that comes late, whatever it is for: one event and one entry, however many lots it is for and reaches.

A bill's price, freight, labour: cents enter lots or runs from the place that stands for whoever is owed, and follow
the goods (`core.genealogy`), or go to price variance where the company says so. Nothing booked is touched; a late
cost is undone by a late cost of the opposite sign.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from tieout.access.acting import Act
from tieout.core.acts.corrections import Correction, Late
from tieout.core.genealogy import Followed, Genealogy, Start
from tieout.core.posting import Paper
from tieout.core.roles import MoveKind, PlaceKind, Role
from tieout.costing import compositions, late
from tieout.costing.compositions import Entry, Part
from tieout.costing.models import Element
from tieout.ledger import events, grouping
from tieout.ledger.journal import Grouping
from tieout.ledger.models import EventKind
from tieout.stock import movements, places
from tieout.stock.movements import Doing, Recorded

Policy = Literal["flow", "expense"]

ELEMENTS = {
    PlaceKind.SUPPLIER: Element.MATERIAL,
    PlaceKind.FREIGHT: Element.FREIGHT,
    PlaceKind.LABOUR: Element.LABOUR,
    PlaceKind.OVERHEAD: Element.OVERHEAD,
}
"""What cents from there were paid for; from anywhere else it is simply late cost."""


class Beside(NamedTuple):
    """Cents of a lot's cost that go past the goods: an exchange difference, a price that is expensed."""

    lot: int
    value: int
    role: Role


def add(
    act: Act,
    *,
    shares: Sequence[tuple[int, int]] = (),
    pools: Sequence[tuple[int, int]] = (),
    beside: Sequence[Beside] = (),
    origin: PlaceKind = PlaceKind.SUPPLIER,
    at: datetime,
    vendor: int | None = None,
    document: str = "",
    policy: Policy = "flow",
    note: str = "",
    kind: EventKind = EventKind.LATE_COST,
    reach: late.Reach | None = None,
) -> Recorded:
    """Cents into lots (`shares`) and runs (`pools`), each by its id, inside the caller's transaction.

    A price (`origin` SUPPLIER) is one of what was billed: goods that went back unbilled bear none of it, goods that
    went back billed add to the claim. `reach` is what the caller holds already, for decisions of its own.
    """
    known = places.of(act.company)
    source = known.counterpart(origin)
    if reach is None:
        named = {lot for lot, _ in shares} | {one.lot for one in beside}
        reach = late.Reach(act.company, of_lots=sorted(named), of_pools=sorted({pool for pool, _ in pools}))
    when, desk = events.moment(act, at=at, zone=act.time_zone)
    graph = late.genealogy(reach, desk)
    if policy == "expense":
        beside = [*beside, *(Beside(lot, cents, Role.PPV) for lot, cents in shares)]
        shares = ()
    starts = [
        *(Start(cents, lot, None, source, origin is PlaceKind.SUPPLIER, graph.lots[lot].item) for lot, cents in shares),
        *(Start(cents, None, pool, source) for pool, cents in pools if policy == "flow"),
    ]
    followed = graph.follow([one for one in starts if one.value])
    expensed = [_expensed(graph, cents, source) for _, cents in pools if policy == "expense" and cents]
    facts = Late([*followed.shares, *(_past(graph, one, source) for one in beside if one.value), *expensed])
    book = movements.load(act.company, reach.facts, more_pools=reach.pools)
    facts.apply(book)
    number, _ = events.number(act, events.SERIES[kind])
    doing = Doing(
        kind,
        number,
        when,
        desk,
        _grouping(kind)(when, number=number),
        Paper(kind.value, vendor=vendor, document=number, sold=late.sold(act.company, facts.shares)),
        subject=document or number,
        note=f"{note or 'Late cost'} {document or number}, by {act.by.name}.",
    )
    touched = {one.lot for one in facts.shares}
    goods = movements.goods_of(one for one in reach.facts.values() if one.id in touched)
    event = movements.record(act, doing, book=book, facts=facts, goods=goods)
    record_compositions(act.company, event, followed, ELEMENTS.get(origin, Element.LATE))
    return Recorded(number, event, sum(cents for _, cents in (*shares, *pools)) + sum(one.value for one in beside))


def _grouping(kind: EventKind) -> Callable[..., Grouping]:
    return grouping.cost_adjustment if kind is EventKind.COST_ADJUSTMENT else grouping.late_cost


def _past(graph: Genealogy, one: Beside, source: int) -> Correction:
    """From whoever is owed to an account, past the goods."""
    node = graph.lots[one.lot]
    variance, along = graph.price_variance, node.entry.movement
    return Correction(MoveKind.LOSS, node.item, node.id, None, source, variance, one.value, along, one.role)


def _expensed(graph: Genealogy, cents: int, source: int) -> Correction:
    """The same of a run's cost."""
    return Correction(MoveKind.LOSS, None, None, None, source, graph.price_variance, cents, None, Role.PPV)


def record_compositions(company: int, event: int, followed: Followed, element: Element) -> None:
    """What every lot that was reached cost more, by the item that it was paid for."""
    entries = [
        Entry(lot, Part(element, item or None), cents)
        for lot, parts in followed.entered.items()
        for item, cents in parts.items()
    ]
    compositions.begin(company, event, followed.entered)
    compositions.record(company, event, entries)
