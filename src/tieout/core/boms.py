"""Bills of materials as a graph: what an item needs at every depth, and that no item needs itself.

Versions come and go, so a circle is one only if there is a day on which all its lines are in effect: A made
of B until 2012 and B of A since 2013 is odd, but no circle. The whole graph is searched first without dates,
which is linear; dates are looked at only where that finds something.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from tieout.core.refusals import Refusal

END_OF_TIME = date.max


class BomCycle(Refusal):
    """An item that would be made of itself, directly or through others."""

    code = "bom_cycle"


class Use(NamedTuple):
    """`item` is made of `component` on every day from `since` through `until`."""

    item: int
    component: int
    since: date
    until: date = END_OF_TIME


class Line(NamedTuple):
    """So much of a component for so much of the item; `quantity` and `per` in base units."""

    component: int
    quantity: Decimal
    per: Decimal


def cycle(uses: Sequence[Use]) -> list[int] | None:
    """The items of a circle, first and last the same, on the first day there is one; or none."""
    looped = _looped(uses)
    if not looped:
        return None
    inside = [use for use in uses if use.item in looped and use.component in looped]
    for on in sorted({use.since for use in inside}):
        today: dict[int, list[int]] = {}
        for use in inside:
            if use.since <= on <= use.until:
                today.setdefault(use.item, []).append(use.component)
        if path := _circle(today):
            return path
    return None


def explode(item: int, quantity: Decimal | Fraction, lines_of: Callable[[int], Sequence[Line]]) -> dict[int, Fraction]:
    """Everything needed at every depth for so much of an item, exact; users before what they are made of.

    `lines_of` gives the lines in effect of an item, none for what is bought.
    """
    needed: dict[int, Fraction] = {}
    for part in _in_order(item, lines_of):
        amount = Fraction(quantity) if part == item else needed[part]
        for line in lines_of(part):
            share = amount * Fraction(line.quantity) / Fraction(line.per)
            needed[line.component] = needed.get(line.component, Fraction(0)) + share
    return {part: needed[part] for part in _in_order(item, lines_of) if part != item}


def _in_order(item: int, lines_of: Callable[[int], Sequence[Line]]) -> list[int]:
    """The item and all below it, each after everything that uses it."""
    graph: dict[int, list[int]] = {}
    unread = [item]
    while unread:
        part = unread.pop()
        if part not in graph:
            graph[part] = [line.component for line in lines_of(part)]
            unread.extend(graph[part])
    if path := _circle(graph):
        raise BomCycle("An item is made of itself: " + " → ".join(map(str, path)) + ".")
    uses = dict.fromkeys(graph, 0)
    for components in graph.values():
        for component in components:
            uses[component] += 1
    order = [item]
    for part in order:
        for component in graph[part]:
            uses[component] -= 1
            if uses[component] == 0:
                order.append(component)
    return order


def _looped(uses: Iterable[Use]) -> Collection[int]:
    """Items on a circle if dates are left out, or below one: what remains when bought items are cut off."""
    users: dict[int, set[int]] = {}
    components: dict[int, set[int]] = {}
    for use in uses:
        components.setdefault(use.item, set()).add(use.component)
        components.setdefault(use.component, set())
        users.setdefault(use.component, set()).add(use.item)
    bought = [item for item, below in components.items() if not below]
    for item in bought:
        for user in users.get(item, ()):
            components[user].discard(item)
            if not components[user]:
                bought.append(user)
    return components.keys() - set(bought)


def _circle(graph: Mapping[int, Sequence[int]]) -> list[int] | None:
    """A circle in a graph, first and last the same; deep graphs must not exhaust Python's stack."""
    done: set[int] = set()
    for start in graph:
        path = [start]
        on_path = {start}
        ahead = [iter(graph.get(start, ()))] if start not in done else []
        while ahead:
            there = next(ahead[-1], None)
            if there is None:
                ahead.pop()
                done.add(path[-1])
                on_path.discard(path.pop())
            elif there in on_path:
                return [*path[path.index(there) :], there]
            elif there not in done:
                path.append(there)
                on_path.add(there)
                ahead.append(iter(graph.get(there, ())))
    return None
