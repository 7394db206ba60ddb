"""The part of the genealogy that a trace can reach, as a web of flows: backward to its sources, or forward.

An end is named by what happened there (a receipt, labour, a shipment, on hand …) and by the row to look it up by.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from tieout.core.balances import ZERO
from tieout.core.roles import MoveKind, PlaceKind
from tieout.core.slices import Edge, Node, Web
from tieout.costing import flows
from tieout.costing.flows import LotFacts, LotFlow, PoolFlow, Standing

LOT, RUN = "lot", "run"
ON_HAND, LEFT, IN_PROCESS = "on hand", "left on lot", "in process"

SOURCES = {
    PlaceKind.SUPPLIER: "receipt",
    PlaceKind.FREIGHT: "freight",
    PlaceKind.OPENING: "opening",
    PlaceKind.COUNT: "found in count",
    PlaceKind.UNVERIFIED: "found goods",
    PlaceKind.CUSTOMER: "customer return",
    PlaceKind.SHIPPED_NOT_INVOICED: "customer return",
    PlaceKind.PRICE_VARIANCE: "from price variance",
}
LATE_SOURCE = "late cost"
DESTINATIONS = {
    PlaceKind.CUSTOMER: "shipment",
    PlaceKind.SHIPPED_NOT_INVOICED: "shipment",
    PlaceKind.SUPPLIER: "back to supplier",
    PlaceKind.COUNT: "missed in count",
    PlaceKind.SCRAP: "scrapped",
    PlaceKind.ABNORMAL: "lost",
    PlaceKind.SAMPLES: "samples and own use",
    PlaceKind.WRITE_DOWN: "written down",
    PlaceKind.PRICE_VARIANCE: "to price variance",
}
_OTHERS = [kind for kind in PlaceKind if not kind.holds_stock and kind is not PlaceKind.PRODUCTION]
SOURCES |= {kind: f"from {kind}" for kind in _OTHERS if kind not in SOURCES}
DESTINATIONS |= {kind: f"to {kind}" for kind in _OTHERS if kind not in DESTINATIONS}
PAID = frozenset({PlaceKind.SUPPLIER, PlaceKind.FREIGHT, PlaceKind.LABOUR, PlaceKind.OVERHEAD})
"""Where cost comes from, and may come late."""

INTO_RUN = {PlaceKind.LABOUR: "labour", PlaceKind.OVERHEAD: "overhead", PlaceKind.FREIGHT: "freight on run"}
OUT_OF_RUN = {PlaceKind.SCRAP: "scrap recovered", PlaceKind.ABNORMAL: "abnormal loss"}

OF_EVENTS = frozenset({*SOURCES.values(), *DESTINATIONS.values(), LATE_SOURCE})
"""Ends that are an event: their id is the event's."""


class Direction(NamedTuple):
    """A web and the lots in it."""

    web: Web
    lots: Mapping[int, LotFacts]


@dataclass(slots=True)
class _Net:
    quantity: Decimal = ZERO
    cents: int = 0

    def add(self, quantity: Decimal, cents: int) -> None:
        self.quantity += quantity
        self.cents += cents

    @property
    def goes_in(self) -> bool:
        return self.quantity > 0 or (self.quantity == 0 and self.cents > 0)

    @property
    def goes_out(self) -> bool:
        return self.quantity < 0 or (self.quantity == 0 and self.cents < 0)


def end_of(place: PlaceKind, *, is_source: bool, of_run: bool) -> str:
    """What the end of a way at that kind of place is called."""
    if of_run:
        return (INTO_RUN if is_source else OUT_OF_RUN).get(place, f"{place} of run")
    return (SOURCES if is_source else DESTINATIONS)[place]


def backward(company: int, *, lots: Iterable[int], pools: Iterable[int], event: int | None = None) -> Direction:
    """Where the value of these lots and runs came from. With `event`: what that event alone moved."""
    reached = flows.reach_back(company, lots=lots, pools=pools)
    made_by = {lot.pool for lot in reached.values() if lot.pool is not None} | set(pools)
    runs = _by_pool(flows.of_pools(company, made_by, event=event))
    edges: dict[Node, list[Edge]] = {Node(LOT, id): [] for id in reached}
    wholes: dict[Node, Decimal] = {}
    for pool, parts in runs.items():
        edges[Node(RUN, pool)], wholes[Node(RUN, pool)] = _inputs(pool, parts)
        for lot, net in _outputs(parts):
            if Node(LOT, lot) in edges:
                measure = Decimal(-net.cents) if _is_valued(parts) else -net.quantity
                edges[Node(LOT, lot)].append(Edge(Node(RUN, pool), -net.cents, -net.quantity, measure))
    for lot, sources in _sources(flows.of_lots(company, reached, event=event)).items():
        edges[Node(LOT, lot)] += [_from(node, net, reached[lot]) for node, net in sources]
    for id in reached:
        wholes[Node(LOT, id)] = sum((edge.quantity for edge in edges[Node(LOT, id)]), ZERO)
    return Direction(Web(edges, wholes), reached)


def forward(company: int, *, lots: Iterable[int], pools: Iterable[int], event: int | None = None) -> Direction:
    """Where the value of these lots and runs went to. With `event`: what that event alone moved."""
    reached = flows.reach_forward(company, lots=lots, pools=pools)
    fed = {*flows.pools_fed_by(company, reached), *pools}
    runs = _by_pool(flows.of_pools(company, fed, event=event))
    edges: dict[Node, list[Edge]] = {Node(LOT, id): [] for id in reached}
    for pool, parts in runs.items():
        edges[Node(RUN, pool)] = [
            Edge(Node(LOT, lot), -net.cents, -net.quantity, ZERO) for lot, net in _outputs(parts)
        ] + _losses(pool, parts)
        for (lot, kind), net in parts.items():
            if isinstance(lot, int) and kind is MoveKind.ISSUE and net.goes_in and Node(LOT, lot) in edges:
                edges[Node(LOT, lot)].append(Edge(Node(RUN, pool), net.cents, net.quantity, ZERO))
    for lot, gone in _destinations(flows.of_lots(company, reached, event=event)).items():
        edges[Node(LOT, lot)] += [Edge(node, -net.cents, -net.quantity, ZERO) for node, net in gone]
    if event is None:
        _stand(edges, flows.standing(company, lots=reached, pools=fed))
    else:
        _leave_the_rest(edges, company, reached, runs, event)
    return Direction(Web(edges), reached)


_Key = tuple[int | PlaceKind, MoveKind]


def _by_pool(found: Sequence[PoolFlow]) -> dict[int, dict[_Key, _Net]]:
    """Pool → (lot, or place where there is none; kind) → net into the run."""
    runs: dict[int, dict[_Key, _Net]] = {}
    for one in found:
        key = (one.lot if one.lot is not None else one.place, one.kind)
        runs.setdefault(one.pool, {}).setdefault(key, _Net()).add(one.quantity, one.cents)
    return runs


def _is_valued(parts: Mapping[_Key, _Net]) -> bool:
    return any(net.cents for net in parts.values() if net.goes_in)


def _inputs(pool: int, parts: Mapping[_Key, _Net]) -> tuple[list[Edge], Decimal]:
    edges = []
    for (what, _), net in parts.items():
        if net.goes_in:
            node = (
                Node(LOT, what)
                if not isinstance(what, PlaceKind)
                else Node(end_of(what, is_source=True, of_run=True), pool)
            )
            edges.append(Edge(node, net.cents, net.quantity, net.quantity))
    if _is_valued(parts):
        return edges, Decimal(sum(edge.cents for edge in edges))
    return edges, sum((-net.quantity for _, net in _outputs(parts)), ZERO)


def _outputs(parts: Mapping[_Key, _Net]) -> list[tuple[int, _Net]]:
    return [
        (what, net) for (what, kind), net in parts.items()
        if not isinstance(what, PlaceKind) and kind is MoveKind.OUTPUT and net.goes_out
    ]  # fmt: skip


def _losses(pool: int, parts: Mapping[_Key, _Net]) -> list[Edge]:
    return [
        Edge(Node(end_of(what, is_source=False, of_run=True), pool), -net.cents, ZERO, ZERO)
        for (what, _), net in parts.items()
        if isinstance(what, PlaceKind) and net.goes_out
    ]


def _sources(found: Sequence[LotFlow]) -> dict[int, list[tuple[Node, _Net]]]:
    """What came in; a later cost that takes back is set off against what it takes back from."""
    nets: dict[tuple[int, Node], _Net] = {}
    for one in found:
        if one.late is not None and one.cents > 0 and one.place in PAID:
            key = (one.lot, Node(LATE_SOURCE, one.late))
        else:
            key = (one.lot, Node(end_of(one.place, is_source=True, of_run=False), one.event))
        nets.setdefault(key, _Net()).add(one.quantity, one.cents)
    sources: dict[int, list[tuple[Node, _Net]]] = {}
    for (lot, node), net in nets.items():
        if net.goes_in:
            sources.setdefault(lot, []).append((node, net))
    return sources


def _from(node: Node, net: _Net, lot: LotFacts) -> Edge:
    """Goods that came back are followed to the lot that they left as."""
    if node.kind == SOURCES[PlaceKind.CUSTOMER] and lot.returned_from is not None:
        node = Node(LOT, lot.returned_from)
    return Edge(node, net.cents, net.quantity, net.quantity)


def _destinations(found: Sequence[LotFlow]) -> dict[int, list[tuple[Node, _Net]]]:
    nets: dict[tuple[int, Node], _Net] = {}
    for one in found:
        node = Node(end_of(one.place, is_source=False, of_run=False), one.event)
        nets.setdefault((one.lot, node), _Net()).add(one.quantity, one.cents)
    gone: dict[int, list[tuple[Node, _Net]]] = {}
    for (lot, node), net in nets.items():
        if net.goes_out:
            gone.setdefault(lot, []).append((node, net))
    return gone


def _stand(edges: dict[Node, list[Edge]], found: Sequence[Standing]) -> None:
    """Stock on hand comes last: ties go to what has moved."""
    for one in found:
        node = Node(LOT, one.lot) if one.lot is not None else Node(RUN, one.pool or 0)
        end = Node(ON_HAND, one.place) if one.lot is not None else Node(IN_PROCESS, one.pool or 0)
        edges.setdefault(node, []).append(Edge(end, one.cents, one.quantity, ZERO))


def _leave_the_rest(
    edges: dict[Node, list[Edge]],
    company: int,
    reached: Iterable[int],
    runs: Mapping[int, Mapping[_Key, _Net]],
    event: int,
) -> None:
    """Within one event: what came to a node and did not go on has stayed there."""
    came: dict[Node, int] = {}
    for one in flows.of_lots(company, reached, event=event):
        if one.cents > 0:
            came[Node(LOT, one.lot)] = came.get(Node(LOT, one.lot), 0) + one.cents
    for pool, parts in runs.items():
        for (what, _), net in parts.items():
            if net.goes_in:
                came[Node(RUN, pool)] = came.get(Node(RUN, pool), 0) + net.cents
            elif not isinstance(what, PlaceKind):
                came[Node(LOT, what)] = came.get(Node(LOT, what), 0) - net.cents
    for node, cents in came.items():
        rest = cents - sum(edge.cents for edge in edges.get(node, ()))
        if rest:
            end = Node(LEFT if node.kind == LOT else IN_PROCESS, node.id)
            edges.setdefault(node, []).append(Edge(end, rest, ZERO, ZERO))
