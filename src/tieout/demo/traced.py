"""One cost of goods sold traced to where its dollars came from: almond butter that left late in the history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tieout.access import company as companies
from tieout.costing import trace
from tieout.costing.trace import Side
from tieout.sales import queries

TRACED = "ALM-BTR"


@dataclass(frozen=True, slots=True)
class Source:
    """Dollars that came from there."""

    title: str
    cents: int


@dataclass(frozen=True, slots=True)
class Traced:
    """A shipment, what it cost, and the sources of that: receipts one by one, what runs added, openings."""

    shipment: str
    customer: str
    cents: int
    sources: tuple[Source, ...]
    lots: int
    runs: int

    @property
    def adds_up(self) -> bool:
        return sum(source.cents for source in self.sources) == self.cents


def late_one(company: int, sku: str = TRACED) -> Traced | None:
    """Of the latest shipments with some of it the one with the least else; none before anything was shipped."""
    with companies.scope(company):
        latest = [one for one in queries.shipments(text=sku) if not one.taken_back]
    if not latest:
        return None
    found = min(latest, key=lambda one: one.lines)
    (section,) = trace.of(company, found.number).sections
    kinds = [node.kind for node in section.back.nodes.values()]
    sources = tuple(sorted(_sources(section.back), key=lambda one: (-one.cents, one.title)))
    return Traced(found.number, found.customer, section.cents, sources, kinds.count("lot"), kinds.count("run"))


def _sources(side: Side) -> Iterable[Source]:
    """Where ways begin: nodes that dollars leave and none enter."""
    entered = {hop.target for hop in side.hops}
    of_runs: dict[str, int] = {}
    for id, node in side.nodes.items():
        if id in entered:
            continue
        if node.kind in ("labour", "overhead"):
            of_runs[node.kind] = of_runs.get(node.kind, 0) + node.cents
        else:
            yield Source(node.title, node.cents)
    for kind, cents in of_runs.items():
        yield Source(f"{kind} of its runs", cents)
