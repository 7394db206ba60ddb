"""Where a cost that comes late belongs: it follows the recorded movements of the goods (design: the model, section 7).

The hard cases. A lot may have been moved between places: it is one node, and value is carried after the goods
by one movement a place. A negative cost must not dip a balance below zero on its way: what comes back from the
far end is booked first. And what a lot on hand cannot give back, because it is worth less, goes to price variance.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from tieout.core.acts import Correction
from tieout.core.balances import ZERO
from tieout.core.roles import MoveKind, Role
from tieout.core.rounding import allocate


class Entry(NamedTuple):
    """The movement a lot began with."""

    movement: int
    kind: MoveKind
    pool: int | None
    origin: int
    target: int


class Onward(NamedTuple):
    """Where goods that had left went on to without coming back into stock: shipped, then recognised as sold."""

    movement: int
    kind: MoveKind
    origin: int
    target: int
    role: Role | None = None


class Leaving(NamedTuple):
    """Goods of a lot that left stock and did not come back."""

    movement: int
    kind: MoveKind
    origin: int
    target: int
    pool: int | None
    quantity: Decimal
    role: Role | None = None
    onward: Onward | None = None

    @property
    def end(self) -> int:
        """Where they are now."""
        return self.onward.target if self.onward else self.target


class Standing(NamedTuple):
    """Goods of a lot on hand."""

    place: int
    quantity: Decimal
    value: int


@dataclass(slots=True)
class LotNode:
    """A lot: how it came, where it went, what is left."""

    id: int
    item: int
    entry: Entry
    leaving: list[Leaving] = field(default_factory=list)
    standing: list[Standing] = field(default_factory=list)
    arrivals: dict[int, int] = field(default_factory=dict)
    """Place → the first movement that carried some of the lot there from another."""


class Share(NamedTuple):
    """What a closed run gave, and by which weight."""

    movement: int
    kind: MoveKind
    item: int | None
    lot: int | None
    target: int
    weight: Decimal


@dataclass(slots=True)
class PoolNode:
    """A run: closed ones pass a late cost on by their shares, open ones keep it."""

    id: int
    production: int
    closed: bool
    shares: list[Share] = field(default_factory=list)


@dataclass(slots=True)
class Genealogy:
    """The part of the graph that a late cost can reach."""

    lots: Mapping[int, LotNode]
    pools: Mapping[int, PoolNode]
    price_variance: int
    """The place that takes what a lot on hand is not worth enough to give back."""

    def into_lot(self, lot: int, value: int) -> list[Correction]:
        """Every share of `value` cents that enter a lot along the movement it began with."""
        return _in_order(value, self._lot(lot, value))

    def onward(self, lot: int, value: int) -> list[Correction]:
        """The same without the entry itself, which the caller books."""
        return _in_order(value, self._lot(lot, value)[1:])

    def into_pool(self, pool: int, value: int) -> list[Correction]:
        """Every share of `value` cents that are in a run already."""
        return _in_order(value, self._pool(pool, value))

    def _lot(self, id: int, value: int) -> list[Correction]:
        node, entry = self.lots[id], self.lots[id].entry
        weights = [*(one.quantity for one in node.leaving), *(one.quantity for one in node.standing)]
        shares = allocate(value, over=weights)
        leaving, standing = shares[: len(node.leaving)], shares[len(node.leaving) :]
        flows = [
            Correction(entry.kind, node.item, id, entry.pool, entry.origin, entry.target, value, entry.movement),
            *self._carry(node, leaving, standing),
        ]
        for one, share in zip(node.leaving, leaving, strict=True):
            if share:
                flows.append(
                    Correction(one.kind, node.item, id, one.pool, one.origin, one.target, share, one.movement, one.role)
                )
                if (on := one.onward) is not None:
                    flows.append(
                        Correction(on.kind, node.item, id, None, on.origin, on.target, share, on.movement, on.role)
                    )
                if one.pool is not None:
                    flows += self._pool(one.pool, share)
        for place, share in zip(node.standing, standing, strict=True):
            if place.value + share < 0:
                flows.append(
                    Correction(
                        MoveKind.LOSS, node.item, id, None, place.place, self.price_variance,
                        place.value + share, entry.movement,
                    )
                )  # fmt: skip
        return flows

    def _carry(self, node: LotNode, leaving: Sequence[int], standing: Sequence[int]) -> Iterable[Correction]:
        """Value goes to where the goods were or are, if that is not where the lot began."""
        needed: dict[int, int] = {}
        for one, share in zip(node.leaving, leaving, strict=True):
            needed[one.origin] = needed.get(one.origin, 0) + share
        for place, share in zip(node.standing, standing, strict=True):
            needed[place.place] = needed.get(place.place, 0) + share
        for at, share in needed.items():
            if share and at != node.entry.target:
                along = node.arrivals.get(at, node.entry.movement)
                yield Correction(MoveKind.TRANSFER, node.item, node.id, None, node.entry.target, at, share, along)

    def _pool(self, id: int, value: int) -> list[Correction]:
        pool = self.pools[id]
        if not pool.closed or not any(one.weight for one in pool.shares):
            return []
        flows: list[Correction] = []
        shares = allocate(value, over=[one.weight for one in pool.shares])
        for one, share in zip(pool.shares, shares, strict=True):
            if not share:
                continue
            if one.lot is None:
                flows.append(Correction(one.kind, None, None, id, pool.production, one.target, share, one.movement))
            else:
                flows += self._lot(one.lot, share)
        return flows


def _in_order(value: int, flows: list[Correction]) -> list[Correction]:
    return flows if value >= 0 else flows[::-1]


def net_leaving(moved: Sequence[Leaving], back: Mapping[tuple[int, int | None], Decimal]) -> list[Leaving]:
    """Returns are netted, not followed: what came back from a place is taken from the last that went there."""
    rest = dict(back)
    kept: list[Leaving] = []
    for one in reversed(moved):
        key = (one.end, one.pool)
        returned = min(rest.get(key, ZERO), one.quantity)
        if returned:
            rest[key] -= returned
        if one.quantity > returned:
            kept.append(one._replace(quantity=one.quantity - returned))
    return kept[::-1]


def gone_on(moved: Sequence[Leaving], onward: Mapping[int, Sequence[tuple[Onward, Decimal]]]) -> list[Leaving]:
    """What went on from where a movement had brought it, part by part; the rest is still there."""
    parts: list[Leaving] = []
    for one in moved:
        rest = one.quantity
        for on, quantity in onward.get(one.movement, ()):
            parts.append(one._replace(quantity=quantity, onward=on))
            rest -= quantity
        if rest:
            parts.append(one._replace(quantity=rest))
    return parts
