"""Genealogy with dollars: a journal entry, lot, shipment, run or event, back to what was paid and forward to what
became of it, with cents and quantities on every hop.

A journal entry is traced debit line by debit line, since each movement is the debit of exactly one line. Every
node's hops add up to the cent, and the hops from the middle add up to the amount in question: `core.slices`
asserts it each time. A cost that came late is traced along its own movements, because only they know which
receipt it came from; everything else along what the lots and runs hold as of now.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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
        if subject.kind in (LOT, RUN):
            drafts = [_whole(company, Node(subject.kind, subject.ids[0]))]
        elif subject.kind == "shipment":
            drafts = [_shipment(company, subject)]
        else:
            drafts = _by_line(company, subject)
        return Trace(subject.name, subject.kind, _sections(company, drafts))


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


@dataclass(frozen=True, slots=True)
class _Draft:
    """A section before its nodes have names."""

    root: Node
    title: str
    behind: Followed
    onward: Followed
    unit: str = ""
    lots: Mapping[int, LotFacts] = field(default_factory=dict)


def _whole(company: int, root: Node) -> _Draft:
    """All of a lot or a run, both ways: what came in is what went out and what is there."""
    back, ahead = _directions(company, [root], [root])
    came, went = back.web.edges.get(root, ()), ahead.web.edges.get(root, ())
    behind, onward = follow(root, came, back.web), follow(root, went, ahead.web, in_parts=False)
    cents = behind.slices[root].cents
    assert cents == onward.slices[root].cents, (
        f"{root}: {cents} came in, {onward.slices[root].cents} went out or is there"
    )
    return _Draft(root, "", behind, onward, lots={**back.lots, **ahead.lots})


def _shipment(company: int, subject: Subject) -> _Draft:
    """What left, at the cost of the very lots that left."""
    root = Node("shipment", subject.ids[0])
    lines = [line for line in subjects.shipped(company, subject.ids) if line[1] or line[2]]
    starts = [Edge(Node(LOT, lot), cents, quantity, quantity) for lot, quantity, cents in lines]
    back, _ = _directions(company, [edge.node for edge in starts], [])
    return _Draft(root, "", follow(root, starts, back.web), follow(root, [], Web({})), lots=back.lots)


def _by_line(company: int, subject: Subject) -> list[_Draft]:
    """A journal entry by its debit lines; an event without lines by all it moved. All lines share one web."""
    lines: dict[tuple[str, int | None], list[Moved]] = {}
    for one in subjects.moved(company, subject.ids, booked=subject.kind == "journal"):
        lines.setdefault((one.line, one.event if one.is_late else None), []).append(one)
    starts = {line: _starts(company, members) for line, members in lines.items()}
    shared = {
        event: _directions(
            company,
            [edge.node for (_, late), (behind, _) in starts.items() if late == event for edge in behind],
            [edge.node for (_, late), (_, onward) in starts.items() if late == event for edge in onward],
            event=event,
        )
        for event in {late for _, late in lines}
    }
    drafts = []
    for n, ((line, late), members) in enumerate(lines.items(), 1):
        root, (behind, onward), (back, ahead) = Node("line", n), starts[line, late], shared[late]
        lots = {**back.lots, **ahead.lots}
        drafts.append(
            _Draft(
                root,
                f"Dr {line}" if line else subject.name,
                follow(root, behind, back.web),
                follow(root, onward, ahead.web, in_parts=False),
                _unit(members, lots),
                lots,
            )
        )
    return drafts


def _directions(
    company: int, behind: Iterable[Node], onward: Iterable[Node], *, event: int | None = None
) -> tuple[Direction, Direction]:
    """The webs behind and ahead of these nodes."""
    ids = [
        [[node.id for node in nodes if node.kind == kind] for kind in (LOT, RUN)]
        for nodes in (list(behind), list(onward))
    ]
    return (
        webs.backward(company, lots=ids[0][0], pools=ids[0][1], event=event),
        webs.forward(company, lots=ids[1][0], pools=ids[1][1], event=event),
    )


def _starts(company: int, members: Sequence[Moved]) -> tuple[list[Edge], list[Edge]]:
    """The first nodes behind and ahead of these movements. A negative one took value the other way."""
    known = places.of(company)
    behind, onward = [], []
    for one in members:
        came_from, went_to = (one.origin, one.target) if one.cents >= 0 else (one.target, one.origin)
        behind.append(_start(one, known[came_from], is_source=True))
        onward.append(_start(one, known[went_to], is_source=False))
    return _merged(behind), _merged(onward)


def _unit(members: Iterable[Moved], lots: Mapping[int, LotFacts]) -> str:
    """The unit of the goods on a line, where they are all counted in one."""
    found = {lots[one.lot].unit if one.lot in lots else "" for one in members if one.lot is not None}
    return found.pop() if len(found) == 1 else ""


def _start(one: Moved, place: Place, *, is_source: bool) -> Edge:
    """The end of a movement as the first node on that side."""
    cents = abs(one.cents)
    between = is_source and place.kind is PlaceKind.SHIPPED_NOT_INVOICED
    if (place.kind.holds_stock or between) and one.lot is not None:
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


def _sections(company: int, drafts: Sequence[_Draft]) -> list[Section]:
    """Every node is named once, however many sections it is in."""
    lots = {id: lot for draft in drafts for id, lot in draft.lots.items()}
    nodes = {node for draft in drafts for node in (*draft.behind.slices, *draft.onward.slices)}
    named = titles.of(company, [node for node in nodes if node.kind != "line"], lots)
    named |= {draft.root: (draft.title, {}) for draft in drafts if draft.title}
    units = {Node(LOT, id): lot.unit for id, lot in lots.items()}
    return [
        Section(
            named[draft.root][0],
            _id(draft.root),
            draft.behind.slices[draft.root].cents,
            _side(draft.behind, named, ChainMap(units, {draft.root: draft.unit}), backward=True),
            _side(draft.onward, named, ChainMap(units, {draft.root: draft.unit}), backward=False),
        )
        for draft in drafts
    ]


def _side(
    found: Followed, named: Mapping[Node, tuple[str, titles.Details]], units: Mapping[Node, str], *, backward: bool
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
