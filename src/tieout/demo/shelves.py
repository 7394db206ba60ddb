"""What is on which shelf, as the plan of the history sees it: the ledger's own picking rule, in memory.

Planning the three months ahead needs to know what will be there, lot by lot, before anything is recorded. So
this takes goods as `stock.lots.pick` does: first-expiring, then oldest, then by lot, then by place. A test
holds both to the same answer.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from tieout.demo.company import DOCK, RACK_A, RACK_B

PLACE_ORDER = {DOCK: 1, RACK_A: 2, RACK_B: 3}
ZERO = Decimal(0)


class Short(Exception):
    """The plan wanted more than there is: a mistake in the plan."""


@dataclass(frozen=True, slots=True, order=True)
class Lot:
    """A lot as it was made; `serial` is the order in which lots came to be."""

    expires_on: date
    made_at: datetime
    serial: int
    code: str = field(compare=False)
    sku: str = field(compare=False)


@dataclass(slots=True, order=True)
class Bin:
    """So much of a lot in one place."""

    lot: Lot
    rank: int
    place: str = field(compare=False)
    quantity: Decimal = field(compare=False)


@dataclass(frozen=True, slots=True)
class Part:
    """Some of a lot, there."""

    lot: Lot
    place: str
    quantity: Decimal


class Shelves:
    """One site's stock."""

    def __init__(self) -> None:
        self._bins: dict[str, list[Bin]] = {}
        self._total: dict[str, Decimal] = {}

    def on_hand(self, sku: str) -> Decimal:
        return self._total.get(sku, ZERO)

    def put(self, lot: Lot, place: str, quantity: Decimal) -> None:
        bins = self._bins.setdefault(lot.sku, [])
        there = next((one for one in bins if one.lot.serial == lot.serial and one.place == place), None)
        if there is None:
            insort(bins, Bin(lot, PLACE_ORDER[place], place, quantity))
        else:
            there.quantity += quantity
        self._total[lot.sku] = self.on_hand(lot.sku) + quantity

    def take(self, sku: str, quantity: Decimal) -> list[Part]:
        """As much as is wanted, first-expiring first."""
        if quantity > self.on_hand(sku):
            raise Short(f"{quantity} of {sku} wanted, {self.on_hand(sku)} there")
        parts, left = [], quantity
        for one in self._bins.get(sku, ()):
            part = min(left, one.quantity)
            one.quantity -= part
            left -= part
            if part:
                parts.append(Part(one.lot, one.place, part))
            if not left:
                break
        self._settle(sku, -quantity)
        return parts

    def take_from(self, part: Part) -> None:
        """Exactly this part of a lot."""
        one = next(one for one in self._bins[part.lot.sku] if one.lot == part.lot and one.place == part.place)
        if part.quantity > one.quantity:
            raise Short(f"{part} wanted, {one.quantity} there")
        one.quantity -= part.quantity
        self._settle(part.lot.sku, -part.quantity)

    def at(self, place: str) -> list[Part]:
        """What lies in a place, item by item, in the order in which it would be taken."""
        return [part for part in self.parts() if part.place == place]

    def parts(self) -> Iterator[Part]:
        for sku in sorted(self._bins):
            for one in self._bins[sku]:
                yield Part(one.lot, one.place, one.quantity)

    def _settle(self, sku: str, change: Decimal) -> None:
        self._total[sku] = self.on_hand(sku) + change
        self._bins[sku] = [one for one in self._bins[sku] if one.quantity]
