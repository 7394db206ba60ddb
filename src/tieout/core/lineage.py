"""Lots and runs as a late cost finds them: how a lot came, where it went, what is left; what a run gave to whom.

Read off the recorded movements. Returns from a run are netted, goods that were shipped may have gone on to be sold,
and what a customer sent back is a lot of its own beside the movement that had taken it there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from tieout.core.balances import ZERO
from tieout.core.roles import MoveKind, Role


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


class Back(NamedTuple):
    """Goods that came back as a lot of their own, from where a movement had brought them."""

    lot: int
    quantity: Decimal
    origin: int


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
    back: tuple[Back, ...] = ()

    @property
    def end(self) -> int:
        """Where they are now."""
        return self.onward.target if self.onward else self.target

    @property
    def end_role(self) -> Role | None:
        return self.onward.role if self.onward else self.role


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
    claimed: list[Leaving] = field(default_factory=list)
    """What went back to the supplier after it was billed: a later price of it is claimed."""
    went_back: bool = False
    """Whether some of it went back to the supplier, billed or not."""
    holdings: dict[int, int] = field(default_factory=dict)
    """Run → cents that it holds of this lot."""


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
    worth: int | None = None
    """What an open run can give back: its pool, and what its earlier outputs took of it. Empty: all."""


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


def came_back(moved: Sequence[Leaving], back: Mapping[int, Sequence[Back]]) -> list[Leaving]:
    """What came back as lots of their own, beside the movement that had brought it where it came back from."""
    left = {movement: list(those) for movement, those in back.items()}
    marked = []
    for one in moved:
        mine: list[Back] = []
        rest = one.quantity
        for n, other in enumerate(left.get(one.movement, ())):
            quantity = min(rest, other.quantity) if other.origin == one.end else ZERO
            if quantity:
                mine.append(other._replace(quantity=quantity))
                left[one.movement][n] = other._replace(quantity=other.quantity - quantity)
                rest -= quantity
        marked.append(one._replace(back=tuple(mine)))
    return marked
