"""A trace as a picture a person can read: few enough boxes, each wide enough for its name.

Three hundred receipts side by side are a grey block. So what is small beside the whole is drawn as one box a kind and
column (“9 other lots”), and in a large picture lots of one item, receipts from one supplier and runs of one item are
one box each. Boxes are only ever joined within a column, so no circle can arise that the goods do not have.

A day's shipments through three levels of BOMs are too many lines even so. Then only three columns are drawn: what
was paid for, the goods it ended in, and what became of them; what lies between is carried through in proportion.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

MOST = 28
"""Boxes that can be told apart on a screen."""

TOO_MANY = 80
"""Nodes above which only sources, goods and destinations are drawn."""

SMALL = 0.02
"""Below this share of the whole a box is thinner than its name."""

COLOURS = {
    "lot": "#0f4c5c",
    "run": "#5b7f3a",
    "receipt": "#b35c00",
    "labour": "#7a5195",
    "overhead": "#9a7aa8",
    "shipment": "#a61e4d",
    "on hand": "#2f7fb0",
}
PLURAL = {"lot": "lots", "receipt": "receipts", "run": "runs", "shipment": "shipments", "opening": "openings"}

_DATE = re.compile(r", \d{4}-\d{2}-\d{2}$")
_ORDER = re.compile(r" of (PO-)?\S+(?= from )")

Found = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Box:
    """A node of the trace in its column."""

    id: str
    kind: str
    title: str
    cents: int
    column: int


def sankey(found: Found) -> Found | None:
    """What ECharts draws, or none where there is nothing to draw."""
    columns = _columns(found)
    if not found["links"] or columns is None:
        return None
    boxes = [Box(one["id"], one["kind"], one["title"], one["cents"], columns[one["id"]]) for one in found["nodes"]]
    links = found["links"]
    if len(boxes) > TOO_MANY:
        boxes, links = _in_three(boxes, links)
    whole = sum(one.cents for one in boxes if one.column == 0) or 1
    names = {one.id: _name(one) for one in boxes}
    if len(boxes) > MOST:
        names = _joined(boxes, whole, names)
    return _drawn(boxes, links, names)


def _in_three(boxes: list[Box], links: list[dict[str, Any]]) -> tuple[list[Box], list[dict[str, Any]]]:
    """Source → goods → destination: at each node what came in is mixed, and leaves in proportion."""
    onward: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for link in links:
        onward[link["source"]].append((link["target"], link["cents"]))
    arrived: dict[str, dict[tuple[str, str], float]] = defaultdict(lambda: defaultdict(float))
    flows: dict[tuple[str, str], float] = defaultdict(float)
    for box in sorted(boxes, key=lambda one: one.column):
        leaving = sum(cents for _, cents in onward[box.id])
        mix = arrived.pop(box.id, None) or {(f"{_group(box)}", ""): float(leaving)}
        if box.kind == "lot":
            mix = _relabelled(mix, _group(box).removesuffix(" lots"))
        if not onward[box.id]:
            _arrive(flows, mix, _group(box))
        for target, cents in onward[box.id]:
            for way, amount in mix.items():
                arrived[target][way] += amount * cents / leaving
    kinds = {_group(one): one.kind for one in boxes}
    return _boxes_of(flows, kinds), [
        {"source": source, "target": target, "cents": round(cents)} for (source, target), cents in flows.items()
    ]


def _relabelled(mix: dict[tuple[str, str], float], goods: str) -> dict[tuple[str, str], float]:
    """The last lot that value passed through says what it became."""
    changed: dict[tuple[str, str], float] = defaultdict(float)
    for (source, _), amount in mix.items():
        changed[source, goods] += amount
    return changed


def _arrive(flows: dict[tuple[str, str], float], mix: dict[tuple[str, str], float], end: str) -> None:
    for (source, goods), amount in mix.items():
        if goods:
            flows[f"0:{source}", f"1:{goods}"] += amount
            flows[f"1:{goods}", f"2:{end}"] += amount
        else:
            flows[f"0:{source}", f"2:{end}"] += amount


def _boxes_of(flows: dict[tuple[str, str], float], kinds: dict[str, str]) -> list[Box]:
    """A box's size is what goes out of it, or, at the right, into it."""
    cents: dict[str, float] = defaultdict(float)
    for (source, target), amount in flows.items():
        cents[source] += amount
        if target.startswith("2:"):
            cents[target] += amount
    return [
        Box(id, kinds.get(title, "lot"), title, round(amount), int(column))
        for id, amount in cents.items()
        for column, _, title in [id.partition(":")]
    ]


def _name(box: Box) -> str:
    """Its title without what the page says elsewhere: the date, the order, the word for its kind."""
    short = _ORDER.sub("", _DATE.sub("", box.title))
    if box.kind in ("receipt", "run", "shipment", "opening"):
        short = short.removeprefix(box.kind + " ")
    return short.replace(" lot ", " · ") if box.kind == "lot" else short


def _joined(boxes: list[Box], whole: int, names: dict[str, str]) -> dict[str, str]:
    """Names again, with boxes of one item or supplier under one, and then the small ones of a kind under one."""
    by_group = {one.id: (one.column, _group(one)) for one in boxes}
    cents: dict[tuple[int, str], int] = defaultdict(int)
    members: dict[tuple[int, str], list[Box]] = defaultdict(list)
    for one in boxes:
        cents[by_group[one.id]] += one.cents
        members[by_group[one.id]].append(one)
    small: dict[tuple[int, str], list[Box]] = defaultdict(list)
    for group, its in members.items():
        if cents[group] < SMALL * whole:
            small[group[0], its[0].kind] += its
        elif len(its) > 1:
            names |= _all_named(its, f"{group[1]} ({len(its)})")
    for (_, kind), its in small.items():
        if len(its) > 1:
            names |= _all_named(its, f"{len(its)} other {PLURAL.get(kind, kind)}")
    return names


def _all_named(boxes: Iterable[Box], name: str) -> dict[str, str]:
    return {one.id: name for one in boxes}


def _group(box: Box) -> str:
    title = _name(box)
    if box.kind == "lot":
        return title.partition(" · ")[0] + " lots"
    if box.kind in ("receipt", "shipment"):
        party = title.partition(" from " if box.kind == "receipt" else " to ")[2]
        return party or PLURAL[box.kind]
    if box.kind == "run" and " of " in title:
        return "runs of " + title.partition(" of ")[2]
    return PLURAL.get(box.kind, box.kind)


def _drawn(boxes: list[Box], links: list[dict[str, Any]], names: dict[str, str]) -> Found:
    """One box a name and column: two columns may each have their “other lots”."""
    ids = {one.id: f"{one.column}:{names[one.id]}" for one in boxes}
    shown = {ids[one.id]: (names[one.id], COLOURS.get(one.kind, "#56616e")) for one in boxes}
    cents: dict[tuple[str, str], int] = defaultdict(int)
    for link in links:
        cents[ids[link["source"]], ids[link["target"]]] += link["cents"]
    return {
        "nodes": [{"name": id, "label": name, "colour": colour} for id, (name, colour) in shown.items()],
        "links": [
            {"source": source, "target": target, "value": value / 100} for (source, target), value in cents.items()
        ],
    }


def _columns(found: Found) -> dict[str, int] | None:
    """How many hops from the left each node is at most; none if they go in a circle, which no picture can show."""
    onward: dict[str, list[str]] = defaultdict(list)
    waiting = {node["id"]: 0 for node in found["nodes"]}
    for link in found["links"]:
        onward[link["source"]].append(link["target"])
        waiting[link["target"]] += 1
    columns = dict.fromkeys(waiting, 0)
    ready = [id for id, count in waiting.items() if count == 0]
    done = 0
    while ready:
        done += 1
        id = ready.pop()
        for target in onward[id]:
            columns[target] = max(columns[target], columns[id] + 1)
            waiting[target] -= 1
            if waiting[target] == 0:
                ready.append(target)
    return columns if done == len(waiting) else None
