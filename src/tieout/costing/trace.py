"""Genealogy with dollars: a journal entry, lot, shipment, run or event, back to what was paid and forward to what
became of it, with cents and quantities on every hop.

A journal entry is traced debit line by debit line, since each movement is the debit of exactly one line. Every
node's hops add up to the cent, and the hops from the middle add up to the amount in question: `core.slices`
asserts it each time. A cost that came late is traced along its own movements, because only they know which
receipt it came from; everything else along what the lots and runs hold as of now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from msgspec import Struct

from tieout.access import company as companies
from tieout.core.balances import ZERO
from tieout.core.book import Place
from tieout.core.roles import PlaceKind
from tieout.core.slices import Edge, Followed, Node, Web, follow
from tieout.costing import subjects, titles, webs
from tieout.costing.flows import LotFacts
from tieout.costing.subjects import Moved, Subject
from tieout.costing.webs import LOT, RUN, Direction
from tieout.stock import places

_SIX = Decimal("0.000001")


class TraceNode(Struct, frozen=True):
    """A lot, a run or an end, and the cents of it that belong to what is traced."""

    id: str
    kind: str
    title: str
    cents: int
    details: dict[str, str]


class TraceHop(Struct, frozen=True):
    """Cents (and goods, where goods moved) from one node to the next, in the direction in which value flowed."""

    origin: str
    target: str
    cents: int
    quantity: Decimal
    unit: str


class Side(Struct, frozen=True):
    """Everything on one side of the middle. Backward, quantities are those of the slice; forward, those of the
    goods that the slice went into: who recalls a lot wants to know of all of them."""

    nodes: dict[str, TraceNode]
    hops: list[TraceHop]


class Section(Struct, frozen=True):
    """One amount: what it is, and both sides of it. `root` is a node of either side."""

    title: str
    root: str
    cents: int
    back: Side
    forward: Side


class Trace(Struct, frozen=True):
    what: str
    kind: str
    sections: list[Section]


def of(company: int, what: str) -> Trace:
    """Everything behind and ahead of it, as of now."""
    with companies.scope(company):
        subject = subjects.find(company, what)
        if subject.kind == "lot":
            sections = [_whole(company, Node(LOT, subject.ids[0]))]
        elif subject.kind == "run":
            sections = [_whole(company, Node(RUN, subject.ids[0]))]
        elif subject.kind == "shipment":
            sections = [_shipment(company, subject)]
        else:
            sections = list(_by_line(company, subject))
        return Trace(subject.name, subject.kind, sections)


def sankey(trace: Trace, *, section: int | None = None) -> dict[str, list[dict[str, Any]]]:
    """The picture: `nodes` (id, title, kind, cents) and `links` (source, target, cents, quantity), each pair once."""
    chosen = trace.sections if section is None else [trace.sections[section]]
    nodes: dict[str, dict[str, Any]] = {}
    links: dict[tuple[str, str], dict[str, Any]] = {}
    for side in (side for one in chosen for side in (one.back, one.forward)):
        for node in side.nodes.values():
            shown = nodes.setdefault(node.id, {"id": node.id, "title": node.title, "kind": node.kind, "cents": 0})
            shown["cents"] = max(shown["cents"], node.cents)
        for hop in side.hops:
            link = links.setdefault(
                (hop.origin, hop.target),
                {"source": hop.origin, "target": hop.target, "cents": 0, "quantity": ZERO, "unit": hop.unit},
            )
            link["cents"] += hop.cents
            link["quantity"] += hop.quantity
    drawn = [link for link in links.values() if link["cents"] > 0]
    ends = {end for link in drawn for end in (link["source"], link["target"])}
    return {"nodes": [node for id, node in nodes.items() if id in ends], "links": drawn}


def _whole(company: int, root: Node) -> Section:
    """All of a lot or a run, both ways: what came in is what went out and what is there."""
    lots, pools = ([root.id], []) if root.kind == LOT else ([], [root.id])
    back = webs.backward(company, lots=lots, pools=pools)
    ahead = webs.forward(company, lots=lots, pools=pools)
    came, went = back.web.edges.get(root, ()), ahead.web.edges.get(root, ())
    behind, onward = follow(root, came, back.web), follow(root, went, ahead.web, in_parts=False)
    cents = behind.slices[root].cents
    assert cents == onward.slices[root].cents, (
        f"{root}: {cents} came in, {onward.slices[root].cents} went out or is there"
    )
    return _section(company, "", root, behind, onward, back, ahead)


def _shipment(company: int, subject: Subject) -> Section:
    """What left, at the cost of the very lots that left."""
    root = Node("shipment", subject.ids[0])
    lines = [line for line in subjects.shipped(company, subject.ids) if line[1] or line[2]]
    back = webs.backward(company, lots=[lot for lot, *_ in lines], pools=[])
    starts = [Edge(Node(LOT, lot), cents, quantity, quantity) for lot, quantity, cents in lines]
    nowhere = Direction(Web({}), {})
    return _section(company, "", root, follow(root, starts, back.web), follow(root, [], nowhere.web), back, nowhere)


def _by_line(company: int, subject: Subject) -> Iterable[Section]:
    """A journal entry by its debit lines; an event without lines by all it moved."""
    moved = subjects.moved(company, subject.ids, booked=subject.kind == "journal")
    lines: dict[tuple[str, int | None], list[Moved]] = {}
    for one in moved:
        lines.setdefault((one.line, one.event if one.is_late else None), []).append(one)
    for n, ((line, late), members) in enumerate(lines.items(), 1):
        yield _line(company, Node("line", n), f"Dr {line}" if line else subject.name, members, event=late)


def _line(company: int, root: Node, title: str, members: Sequence[Moved], *, event: int | None) -> Section:
    known = places.of(company)
    starts: tuple[list[Edge], list[Edge]] = ([], [])
    for one in members:
        came_from, went_to = (one.origin, one.target) if one.cents >= 0 else (one.target, one.origin)
        for edges, place, is_source in ((starts[0], came_from, True), (starts[1], went_to, False)):
            edges.append(_start(one, known[place], is_source=is_source))
    behind, onward = (_merged(edges) for edges in starts)
    back = webs.backward(company, lots=_ids(behind, LOT), pools=_ids(behind, RUN), event=event)
    ahead = webs.forward(company, lots=_ids(onward, LOT), pools=_ids(onward, RUN), event=event)
    return _section(
        company,
        title,
        root,
        follow(root, behind, back.web),
        follow(root, onward, ahead.web, in_parts=False),
        back,
        ahead,
        unit=_unit(members, {**back.lots, **ahead.lots}),
    )


def _unit(members: Iterable[Moved], lots: Mapping[int, LotFacts]) -> str:
    """The unit of the goods on a line, where they are all counted in one."""
    found = {lots[one.lot].unit if one.lot in lots else "" for one in members if one.lot is not None}
    return found.pop() if len(found) == 1 else ""


def _start(one: Moved, place: Place, *, is_source: bool) -> Edge:
    """The end of a movement as the first node on that side."""
    cents = abs(one.cents)
    if place.kind.holds_stock and one.lot is not None:
        return Edge(Node(LOT, one.lot), cents, one.quantity, one.quantity)
    if one.pool is not None and place.kind is PlaceKind.PRODUCTION:
        return Edge(Node(RUN, one.pool), cents, one.quantity, Decimal(cents))
    if one.pool is not None:
        return Edge(
            Node(webs.end_of(place.kind, is_source=is_source, of_run=True), one.pool), cents, one.quantity, ZERO
        )
    return Edge(Node(webs.end_of(place.kind, is_source=is_source, of_run=False), one.event), cents, one.quantity, ZERO)


def _merged(edges: Iterable[Edge]) -> list[Edge]:
    """One hop a node, however many movements."""
    by_node: dict[Node, Edge] = {}
    for edge in edges:
        there = by_node.get(edge.node)
        by_node[edge.node] = edge if there is None else Edge(
            edge.node, there.cents + edge.cents, there.quantity + edge.quantity, there.measure + edge.measure
        )  # fmt: skip
    return list(by_node.values())


def _ids(edges: Iterable[Edge], kind: str) -> list[int]:
    return [edge.node.id for edge in edges if edge.node.kind == kind]


def _section(
    company: int,
    title: str,
    root: Node,
    behind: Followed,
    onward: Followed,
    back: Direction,
    ahead: Direction,
    unit: str = "",
) -> Section:
    lots = {**back.lots, **ahead.lots}
    every = {*behind.slices, *onward.slices} - ({root} if root.kind == "line" else set())
    named = titles.of(company, every, lots)
    if root.kind == "line":
        named[root] = title, {}
    units = {Node(LOT, id): lot.unit for id, lot in lots.items()}
    units.setdefault(root, unit)
    return Section(
        title or named[root][0],
        _id(root),
        behind.slices[root].cents,
        _side(behind, named, units, backward=True),
        _side(onward, named, units, backward=False),
    )


def _side(
    found: Followed, named: dict[Node, tuple[str, titles.Details]], units: dict[Node, str], *, backward: bool
) -> Side:
    nodes = {
        _id(node): TraceNode(_id(node), node.kind, named[node][0], part.cents, named[node][1])
        for node, part in found.slices.items()
    }
    hops = []
    for hop in found.hops:
        origin, target = (hop.target, hop.origin) if backward else (hop.origin, hop.target)
        quantity = hop.quantity.quantize(_SIX, rounding=ROUND_HALF_UP)
        unit = units.get(hop.target) or units.get(hop.origin) or ""
        hops.append(TraceHop(_id(origin), _id(target), hop.cents, quantity if unit else ZERO, unit if quantity else ""))
    return Side(nodes, hops)


def _id(node: Node) -> str:
    return f"{node.kind}:{node.id}"
