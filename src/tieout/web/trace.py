"""Trace: where the dollars and the goods of a lot, run, shipment or journal entry came from, and where they went."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import quote

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from tieout.costing import trace as tracing
from tieout.costing.trace import Section, Side, TraceNode
from tieout.ledger.queries import journals
from tieout.production import queries as production
from tieout.sales import queries as sales
from tieout.web import pictures
from tieout.web.visits import Visit, page

FEW_HOPS = 60
"""A tree of so many hops is shown open; a larger one opens where somebody looks."""

MANY_SECTIONS = 3


@dataclass(slots=True)
class Branch:
    """A node of the text tree with what the hop to it carried; a node met before is not told again."""

    title: str
    kind: str
    href: str
    cents: int
    quantity: Decimal
    unit: str
    again: bool
    under: list[Branch]


@page()
def search(visit: Visit) -> HttpResponse:
    """What shall be traced? The latest of each kind as a start."""
    if name := visit.typed.text("of"):
        return redirect(address(name))
    return visit.show(
        "web/trace_search.html",
        here="trace",
        shipments=sales.shipments(most=5),
        runs=production.runs(states=("closed",), most=5),
        journals=journals.journals(kind="shipment", most=5) if visit.sees_cost else [],
    )


@page()
def trace(visit: Visit, name: str) -> HttpResponse:
    """The picture (for who may see cost), the tree, and the same as a table."""
    found = tracing.of(visit.company.id, name)
    sections = [
        {
            "title": one.title,
            "cents": one.cents,
            "back": tree(one, one.back, backward=True),
            "forward": tree(one, one.forward, backward=False),
            "hops": list(_hops(one)),
            "closed_from": 2 if len(one.back.hops) + len(one.forward.hops) <= FEW_HOPS else 1,
        }
        for one in found.sections
    ]
    chart = pictures.sankey(tracing.sankey(found)) if visit.sees_cost else None
    return visit.show(
        "web/trace.html",
        here="trace",
        trace=found,
        sections=sections,
        chart=chart,
        folded=len(sections) > MANY_SECTIONS,
    )


def address(name: str) -> str:
    return reverse("trace") + "/" + quote(name, safe="/")


def tree(section: Section, side: Side, *, backward: bool) -> list[Branch]:
    """What is under the root on one side, the dearest first."""
    onward: dict[str, list[tracing.TraceHop]] = {}
    for hop in side.hops:
        onward.setdefault(hop.target if backward else hop.origin, []).append(hop)
    told: set[str] = set()

    def under(id: str) -> list[Branch]:
        branches = []
        for hop in sorted(onward.get(id, ()), key=lambda hop: -hop.cents):
            next_id = hop.origin if backward else hop.target
            node = side.nodes[next_id]
            again = next_id in told and bool(onward.get(next_id))
            told.add(next_id)
            deeper = [] if again else under(next_id)
            branches.append(Branch(node.title, node.kind, href(node), hop.cents, hop.quantity, hop.unit, again, deeper))
        return branches

    return under(section.root)


def href(node: TraceNode) -> str:
    """The page of what a node stands for, if it has one."""
    details = node.details
    if "id" in details and node.kind in ("lot", "left on lot"):
        return reverse("lot", args=[int(details["id"].lstrip("#"))])
    if "run" in details:
        return reverse("run", args=[details["run"]])
    if node.kind == "receipt":
        return reverse("receipt", args=[details["number"]])
    if "number" in details:
        return reverse("event", args=[details["number"]])
    return ""


def _hops(section: Section) -> Iterator[tuple[str, str, int, Decimal, str]]:
    for side in (section.back, section.forward):
        for hop in side.hops:
            yield side.nodes[hop.origin].title, side.nodes[hop.target].title, hop.cents, hop.quantity, hop.unit
