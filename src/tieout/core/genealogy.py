"""Where a cost that comes late belongs: it follows the recorded movements of the goods (design: the model, section 7).

One pass over the lots and runs that can be reached, each after all that lead to it: what reaches a node on several
ways, or from several costs at once, is shared out once, as a whole. So the work grows with the movements and not
with the ways through them, and costs that meet see each other.

The hard cases. A lot may have been moved between places: it is one node, and value is carried after the goods by
one movement a place. A cost that falls must not dip a balance below zero on its way: what rises is booked first and
from the beginning, what falls last and from the far end. What goods on hand (or in a run) cannot give back, because
they are worth less, goes to price variance. Goods that went back to the supplier bear no freight, and of a later
price only if they were billed: it is part of the claim. Goods that came back from a customer are a lot of their own,
and take their part of what their shipment takes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from tieout.core.acts.corrections import Correction
from tieout.core.balances import ZERO
from tieout.core.lineage import Leaving, LotNode, PoolNode
from tieout.core.refusals import NothingToShareOver
from tieout.core.roles import MoveKind, Role
from tieout.core.rounding import allocate, half_away


class Start(NamedTuple):
    """Cents that enter a lot or a run."""

    value: int
    lot: int | None = None
    pool: int | None = None
    origin: int | None = None
    """Where they come from; empty: from where the lot came, along the movement it began with."""
    price: bool = True
    """Whether it is the supplier's own price, which goods that went back to him bear as well."""
    paid_for: int = 0
    """Whatever the caller wants to tell costs apart by: an item, say."""


class Followed(NamedTuple):
    """Every share, in the order in which it can be booked; and what entered each lot, by what was paid for."""

    shares: list[Correction]
    entered: dict[int, dict[int, int]]


@dataclass(slots=True)
class Genealogy:
    """The part of the graph that a late cost can reach."""

    lots: Mapping[int, LotNode]
    pools: Mapping[int, PoolNode]
    price_variance: int
    """The place that takes what a lot on hand is not worth enough to give back."""

    def follow(self, starts: Sequence[Start], *, entered_already: bool = False) -> Followed:
        """Where these cents go, together. `entered_already`: the caller books the entries of the lots named."""
        tour = _Tour(self, entered_already)
        return tour.go(starts)

    def into_lot(self, lot: int, value: int) -> list[Correction]:
        """Every share of `value` cents that enter a lot along the movement it began with."""
        return self.follow([Start(value, lot)]).shares

    def order(self, lots: Iterable[int], pools: Iterable[int]) -> list[tuple[LotNode | None, PoolNode | None]]:
        """Every lot and run that these lead to, each after all that lead to it."""
        done: set[tuple[bool, int]] = set()
        under_way: set[tuple[bool, int]] = set()
        order: list[tuple[bool, int]] = []
        stack = [((False, id), False) for id in pools] + [((True, id), False) for id in lots]
        while stack:
            node, is_left = stack.pop()
            if is_left:
                under_way.discard(node)
                done.add(node)
                order.append(node)
            elif node not in done:
                assert node not in under_way, f"a lot or run leads to itself: {node}"
                under_way.add(node)
                stack.append((node, True))
                stack += [(next_, False) for next_ in self._next(*node) if next_ not in done]
        return [(self.lots[id], None) if is_lot else (None, self.pools[id]) for is_lot, id in reversed(order)]

    def _next(self, is_lot: bool, id: int) -> Iterator[tuple[bool, int]]:
        if is_lot:
            for one in self.lots[id].leaving:
                if one.pool is not None:
                    yield False, one.pool
                yield from ((True, back.lot) for back in one.back)
        elif self.pools[id].closed:
            yield from ((True, one.lot) for one in self.pools[id].shares if one.lot is not None)


@dataclass(slots=True)
class _Arrived:
    """What has come to a node so far: the supplier's price, everything else, and what both were paid for."""

    price: int = 0
    other: int = 0
    parts: dict[int, int] = field(default_factory=dict)
    entries: dict[int | None, int] = field(default_factory=dict)
    """Place it comes from (none: as the lot came) → cents."""
    origin_role: Role | None = None
    along: int | None = None
    """The first movement by which it came."""

    @property
    def total(self) -> int:
        return self.price + self.other

    def add(self, cents: int, *, price: bool, parts: Mapping[int, int], origin: int | None = None) -> None:
        if price:
            self.price += cents
        else:
            self.other += cents
        for one, part in parts.items():
            self.parts[one] = self.parts.get(one, 0) + part
        self.entries[origin] = self.entries.get(origin, 0) + cents


class _Apart(NamedTuple):
    """A share of the supplier's price, and of everything else."""

    price: int
    other: int


class _Parts(NamedTuple):
    """What a lot's cents are shared over."""

    leaving: list[_Apart]
    claimed: list[int]
    standing: list[int]
    nowhere: int
    """What nothing is left to bear: all of the lot is at the supplier's again."""


@dataclass(slots=True)
class _Tour:
    """One pass: what has arrived where, and the shares so far, in the order of the goods."""

    graph: Genealogy
    entered_already: bool
    arrived: dict[int, _Arrived] = field(default_factory=dict)
    in_pools: dict[int, _Arrived] = field(default_factory=dict)
    flows: list[Correction] = field(default_factory=list)
    entered: dict[int, dict[int, int]] = field(default_factory=dict)
    named: set[int] = field(default_factory=set)

    def go(self, starts: Sequence[Start]) -> Followed:
        for start in starts:
            parts = {start.paid_for: start.value}
            if start.lot is not None:
                into = self.arrived.setdefault(start.lot, _Arrived())
                into.add(start.value, price=start.price, parts=parts, origin=start.origin)
                self.named.add(start.lot)
            elif start.pool is not None:
                into = self.in_pools.setdefault(start.pool, _Arrived())
                into.add(start.value, price=False, parts=parts, origin=start.origin)
        for lot, pool in self.graph.order(self.arrived, self.in_pools):
            if lot is not None and lot.id in self.arrived:
                self._lot(lot, self.arrived[lot.id])
            elif pool is not None and pool.id in self.in_pools:
                self._pool(pool, self.in_pools[pool.id])
        rising = [one for one in self.flows if one.value > 0]
        falling = [one for one in self.flows if one.value < 0]
        return Followed([*rising, *reversed(falling)], self.entered)

    # --- A lot ------------------------------------------------------------------------------------------------

    def _lot(self, node: LotNode, here: _Arrived) -> None:
        self._enter(node, here)
        parts = _shared(node, here)
        self._carry(node, parts)
        for one, share in zip(node.leaving, parts.leaving, strict=True):
            if any(share):
                self._leave(node, here, one, share)
        for one, cents in zip(node.claimed, parts.claimed, strict=True):
            self._add(one.kind, node, one.origin, one.target, cents, one.movement, role=one.role)
        for place, cents in zip(node.standing, parts.standing, strict=True):
            if place.value + cents < 0:
                self._to_variance(node, place.place, place.value + cents)
        self._to_variance(node, node.entry.target, parts.nowhere, role=Role.PURCHASE_RETURN_VAR)

    def _enter(self, node: LotNode, here: _Arrived) -> None:
        entry = node.entry
        is_booked = self.entered_already and node.id in self.named
        for origin, cents in here.entries.items():
            if origin is None and not is_booked:
                self._add(
                    entry.kind, node, entry.origin, entry.target, cents, entry.movement,
                    pool=entry.pool, origin_role=here.origin_role,
                )  # fmt: skip
            elif origin is not None:
                self._add(MoveKind.RECEIVE, node, origin, entry.target, cents, entry.movement)
        self.entered[node.id] = _split(here.parts, here.total, here.total)

    def _leave(self, node: LotNode, here: _Arrived, one: Leaving, apart: _Apart) -> None:
        """Along one movement out of the lot: into a run as much as that can bear, else to whoever has the goods."""
        share = apart.price + apart.other
        if one.pool is not None:
            held = node.holdings.get(one.pool)
            given = share if held is None else max(share, -held)
            if held is not None:
                node.holdings[one.pool] = held + given
            self._to_variance(node, one.origin, share - given)
            self._add(one.kind, node, one.origin, one.target, given, one.movement, pool=one.pool)
            came = self.in_pools.setdefault(one.pool, _Arrived())
            came.along = came.along or one.movement
            came.add(given, price=False, parts=_split(here.parts, here.total, given))
            return
        self._add(one.kind, node, one.origin, one.target, share, one.movement, role=one.role)
        if (on := one.onward) is not None:
            self._add(on.kind, node, on.origin, on.target, share, on.movement, role=on.role)
        if one.back:
            self._come_back(here, one, apart)

    def _come_back(self, here: _Arrived, one: Leaving, apart: _Apart) -> None:
        """What came back takes its part by quantity along the movement by which it came back."""
        rest = one.quantity - sum((back.quantity for back in one.back), ZERO)
        weights = [*(back.quantity for back in one.back), rest]
        for cents, is_price in ((apart.price, True), (apart.other, False)):
            for back, part in zip(one.back, allocate(cents, over=weights), strict=False):
                if part:
                    there = self.arrived.setdefault(back.lot, _Arrived())
                    there.origin_role = one.end_role
                    there.add(part, price=is_price, parts=_split(here.parts, here.total, part))

    def _carry(self, node: LotNode, parts: _Parts) -> None:
        """Value goes to where the goods were or are, if that is not where the lot began."""
        needed: dict[int, int] = {}
        for one, share in zip(node.leaving, parts.leaving, strict=True):
            needed[one.origin] = needed.get(one.origin, 0) + sum(share)
        for one, cents in zip(node.claimed, parts.claimed, strict=True):
            needed[one.origin] = needed.get(one.origin, 0) + cents
        for place, cents in zip(node.standing, parts.standing, strict=True):
            needed[place.place] = needed.get(place.place, 0) + cents
        for at, cents in needed.items():
            if at != node.entry.target:
                along = node.arrivals.get(at, node.entry.movement)
                self._add(MoveKind.TRANSFER, node, node.entry.target, at, cents, along)

    # --- A run ------------------------------------------------------------------------------------------------

    def _pool(self, pool: PoolNode, here: _Arrived) -> None:
        for origin, cents in here.entries.items():
            if origin is not None:
                self._beside_goods(MoveKind.ABSORB, pool, origin, pool.production, cents, None)
        if not pool.closed:
            if pool.worth is not None and pool.worth + here.total < 0:
                self._cannot_keep(pool, here, pool.worth + here.total)
            return
        weights = [one.weight for one in pool.shares]
        if not any(weights):  # by-products and recovery took all of it, at values of their own
            self._cannot_keep(pool, here, here.total)
            return
        for one, share in zip(pool.shares, allocate(here.total, over=weights), strict=True):
            if one.lot is None:
                self._beside_goods(one.kind, pool, pool.production, one.target, share, one.movement)
            elif share:
                there = self.arrived.setdefault(one.lot, _Arrived())
                there.add(share, price=False, parts=_split(here.parts, here.total, share))

    def _cannot_keep(self, pool: PoolNode, here: _Arrived, cents: int) -> None:
        self._beside_goods(MoveKind.LOSS, pool, pool.production, self.graph.price_variance, cents, here.along)

    # --- Both -------------------------------------------------------------------------------------------------

    def _to_variance(self, node: LotNode, place: int, cents: int, *, role: Role | None = None) -> None:
        variance = self.graph.price_variance
        self._add(MoveKind.LOSS, node, place, variance, cents, node.entry.movement, role=role)

    def _add(
        self,
        kind: MoveKind,
        node: LotNode,
        origin: int,
        target: int,
        cents: int,
        corrects: int,
        *,
        pool: int | None = None,
        role: Role | None = None,
        origin_role: Role | None = None,
    ) -> None:
        if cents:
            self.flows.append(
                Correction(kind, node.item, node.id, pool, origin, target, cents, corrects, role, origin_role)
            )

    def _beside_goods(
        self, kind: MoveKind, pool: PoolNode, origin: int, target: int, cents: int, corrects: int | None
    ) -> None:
        if cents:
            self.flows.append(Correction(kind, None, None, pool.id, origin, target, cents, corrects))


def _shared(node: LotNode, here: _Arrived) -> _Parts:
    out, stay = [one.quantity for one in node.leaving], [one.quantity for one in node.standing]
    claim = [one.quantity for one in node.claimed]
    price, lost_price = _allocated(node, here.price, [*out, *stay, *claim])
    other, lost_other = _allocated(node, here.other, [*out, *stay])
    n, both = len(out), len(out) + len(stay)
    return _Parts(
        [_Apart(*pair) for pair in zip(price[:n], other[:n], strict=True)],
        price[both:],
        [one + more for one, more in zip(price[n:both], other[n:both], strict=True)],
        lost_price + lost_other,
    )


def _allocated(node: LotNode, cents: int, weights: Sequence[Decimal]) -> tuple[list[int], int]:
    if not cents:
        return [0] * len(weights), 0
    if any(weights):
        return allocate(cents, over=weights), 0
    if node.went_back:  # all of it is at the supplier's again
        return [0] * len(weights), cents
    raise NothingToShareOver(
        f"{cents / 100:.2f} cannot be shared: nothing is left of a lot that was taken back. Leave that lot out."
    )


def _split(parts: Mapping[int, int], whole: int, cents: int) -> dict[int, int]:
    """What `cents` of a whole were paid for, to the cent; what cannot be told is of the largest part."""
    if len(parts) == 1 or not whole or not cents:
        return dict.fromkeys([next(iter(parts))], cents) if parts else {}
    shares = {one: half_away(Fraction(cents * part, whole)) for one, part in parts.items()}
    largest = max(shares, key=lambda one: (abs(shares[one]), -one))
    shares[largest] += cents - sum(shares.values())
    return shares
