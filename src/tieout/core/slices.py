"""A slice of value followed through lots and runs: whence it came, or where it went, to the cent.

What leaves a lot or a run is a part of everything that is in it. So a slice of a node is shared over the node's
own flows by the allocation rule, and a share of the value that went elsewhere is not counted. A node that is
reached on several ways is shared once, as a whole, after all of them have reached it: the shares of every node
add up to its slice exactly, and the work grows with the flows and not with the ways through them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Context, Decimal
from typing import NamedTuple

from tieout.core.balances import ZERO
from tieout.core.rounding import allocate

_MANY = Context(prec=34)


CIRCLE = "itself"
"""The kind of the end of a flow that would close a circle."""


class Node(NamedTuple):
    """A lot, a run, or an end of the way: a receipt, a shipment, labour …, each with its row's id."""

    kind: str
    id: int


class Edge(NamedTuple):
    """A flow between a node and the next one on the way."""

    node: Node
    """The next one."""
    cents: int
    quantity: Decimal
    measure: Decimal
    """How much of the next node's whole this flow is, in the measure of that node."""


class Hop(NamedTuple):
    """What of a slice passed between two nodes. `quantity` belongs to the slice as well."""

    origin: Node
    target: Node
    cents: int
    quantity: Decimal


@dataclass(slots=True)
class Web:
    """Flows by node, in the order in which ties are decided."""

    edges: Mapping[Node, Sequence[Edge]]
    wholes: Mapping[Node, Decimal] = field(default_factory=dict)
    """What all of a node is: a lot's quantity, a run's value."""
    ends: str = "taken back"
    """The kind of the end that takes a slice of which nothing is left: all of it was undone since."""


@dataclass(slots=True)
class Slice:
    """What of a node belongs to the slice: cents exactly, and which part of the goods."""

    cents: int = 0
    part: Decimal = ZERO


class Followed(NamedTuple):
    slices: dict[Node, Slice]
    hops: list[Hop]


def follow(root: Node, starts: Sequence[Edge], web: Web, *, in_parts: bool = True) -> Followed:
    """Every hop from `root` over `starts` to the ends. Without `in_parts` quantities are those of the whole flows."""
    slices: dict[Node, Slice] = {root: Slice(sum(one.cents for one in starts), Decimal(1))}
    hops = [_hop(root, one, one.cents, one.quantity, slices, web) for one in starts]
    shared = {root}
    for node in _in_order([one.node for one in starts], web):
        here, edges = slices[node], web.edges.get(node)
        shared.add(node)
        for edge, share in _shares(node, here.cents, edges, web) if edges is not None else ():
            quantity = _MANY.multiply(edge.quantity, here.part) if in_parts else edge.quantity
            measure = _MANY.multiply(edge.measure, here.part)
            onward = edge.node if edge.node not in shared else Node(CIRCLE, node.id)
            hops.append(_hop(node, Edge(onward, share, quantity, measure), share, quantity, slices, web))
    assert _adds_up(slices, hops), f"a slice of {root} does not add up"
    return Followed(slices, hops)


def _adds_up(slices: Mapping[Node, Slice], hops: Iterable[Hop]) -> bool:
    """Whatever left a node is what came to it: the promise of this module, looked at each time."""
    out: dict[Node, int] = {}
    for hop in hops:
        out[hop.origin] = out.get(hop.origin, 0) + hop.cents
    return all(slices[node].cents == cents for node, cents in out.items())


def _hop(origin: Node, edge: Edge, cents: int, quantity: Decimal, slices: dict[Node, Slice], web: Web) -> Hop:
    there = slices.setdefault(edge.node, Slice())
    there.cents += cents
    whole = web.wholes.get(edge.node)
    if whole:
        there.part = min(Decimal(1), there.part + _MANY.divide(edge.measure, whole))
    return Hop(origin, edge.node, cents, quantity)


def _shares(node: Node, cents: int, edges: Sequence[Edge], web: Web) -> Iterable[tuple[Edge, int]]:
    """The whole goes as it went; a part by the allocation rule."""
    values = [edge.cents for edge in edges]
    if cents == sum(values):
        return zip(edges, values, strict=True)
    weights = [max(value, 0) for value in values]
    if any(weights):
        return zip(edges, allocate(cents, over=weights), strict=True)
    return [*((edge, 0) for edge in edges), (Edge(Node(web.ends, node.id), cents, ZERO, ZERO), cents)]


def _in_order(starts: Iterable[Node], web: Web) -> list[Node]:
    """Nodes after all that lead to them. A flow that closes a circle is not followed: nothing comes round again."""
    done: dict[Node, bool] = {}
    order: list[Node] = []
    stack = [(node, False) for node in starts]
    while stack:
        node, is_left = stack.pop()
        if is_left:
            done[node] = True
            order.append(node)
        elif node not in done:
            done[node] = False
            stack.append((node, True))
            stack += [(edge.node, False) for edge in web.edges.get(node, ()) if edge.node not in done]
    return order[::-1]
