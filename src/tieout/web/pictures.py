"""A trace as a picture a person can read: few enough nodes, no circles, amounts in whole currency.

Three hundred receipts side by side are a grey block. So above a certain size lots of one item, receipts from one
supplier and runs of one item are drawn as one. That may close a circle (goods reworked into their own kind); then
there is no picture, and the table is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

MOST = 45
"""Nodes that can be told apart on a screen."""

COLOURS = {
    "lot": "#0f4c5c",
    "run": "#5b7f3a",
    "receipt": "#b35c00",
    "labour": "#7a5195",
    "overhead": "#9a7aa8",
    "shipment": "#a61e4d",
    "on hand": "#2f7fb0",
}

Picture = dict[str, list[dict[str, Any]]]


def sankey(found: dict[str, list[dict[str, Any]]]) -> Picture | None:
    """What ECharts draws, or none where there is nothing to draw or no way to draw it."""
    for group in (_each, _by_kind):
        picture = _drawn(found, group)
        if len(picture["nodes"]) <= MOST or group is _by_kind:
            return picture if picture["links"] and not _has_circle(picture) else None
    return None


def _each(node: dict[str, Any]) -> str:
    return str(node["title"])


def _by_kind(node: dict[str, Any]) -> str:
    """`HONEY lots`, `receipts from Bee & Co`, `runs of POT at EAST`."""
    title, kind = str(node["title"]), str(node["kind"])
    if kind == "lot":
        return title.split(" lot ")[0] + " lots"
    if " of " in title and kind == "run":
        return "runs of " + title.partition(" of ")[2]
    for word in (" from ", " to "):
        if word in title:
            return kind + word + title.partition(word)[2].rpartition(", ")[0]
    return kind


def _drawn(found: dict[str, list[dict[str, Any]]], group: Callable[[dict[str, Any]], str]) -> Picture:
    names = {node["id"]: group(node) for node in found["nodes"]}
    kinds = {names[node["id"]]: node["kind"] for node in found["nodes"]}
    cents: dict[tuple[str, str], int] = defaultdict(int)
    for link in found["links"]:
        cents[names[link["source"]], names[link["target"]]] += link["cents"]
    links = [
        {"source": source, "target": target, "value": value / 100}
        for (source, target), value in cents.items()
        if source != target
    ]
    ends = {end for link in links for end in (link["source"], link["target"])}
    nodes = [
        {"name": name, "itemStyle": {"color": COLOURS.get(kind, "#56616e")}}
        for name, kind in kinds.items()
        if name in ends
    ]
    return {"nodes": nodes, "links": links}


def _has_circle(picture: Picture) -> bool:
    """ECharts refuses a picture with one."""
    onward: dict[str, set[str]] = defaultdict(set)
    for link in picture["links"]:
        onward[link["source"]].add(link["target"])
    waiting = {node["name"]: 0 for node in picture["nodes"]}
    for targets in onward.values():
        for target in targets:
            waiting[target] += 1
    ready = [name for name, count in waiting.items() if count == 0]
    seen = 0
    while ready:
        seen += 1
        for target in onward[ready.pop()]:
            waiting[target] -= 1
            if waiting[target] == 0:
                ready.append(target)
    return seen < len(waiting)
