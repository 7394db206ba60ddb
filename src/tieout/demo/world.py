"""The food maker as its plan sees it: what is on the shelves, ordered, on the road and unfinished."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN, Decimal

from tieout.demo.company import SITES
from tieout.demo.items import ITEMS
from tieout.demo.shelves import ZERO, Lot, Shelves


@dataclass(frozen=True, slots=True)
class Delivery:
    """Goods of a purchase order that will come."""

    due_on: date
    order: str
    site: str
    packs: dict[str, Decimal]


@dataclass(frozen=True, slots=True)
class Truck:
    """Goods between two sites, lots known."""

    due_on: date
    key: str
    to: str
    load: list[tuple[Lot, Decimal]]


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A run that goes on the next morning: what it still takes and makes."""

    key: str
    sku: str
    feeds: list[dict[str, Decimal]]
    rest: Decimal
    hours: Decimal


@dataclass(slots=True)
class World:
    shelves: dict[str, Shelves] = field(default_factory=lambda: {code: Shelves() for code in SITES})
    deliveries: list[Delivery] = field(default_factory=list)
    trucks: list[Truck] = field(default_factory=list)
    unfinished: dict[str, list[Unfinished]] = field(default_factory=dict)
    counters: dict[str, int] = field(default_factory=dict)

    def next(self, name: str) -> int:
        self.counters[name] = self.counters.get(name, 0) + 1
        return self.counters[name]

    def new_lot(self, site: str, sku: str, at: datetime) -> Lot:
        """A lot with the number printed on its label: day, site, and a running number of that day there."""
        day = f"{at:%y%m%d}-{site}"
        life = ITEMS[sku].shelf_life_days
        expires = at.date() + timedelta(days=life) if life else date.max
        return Lot(expires, at, self.next("lot"), f"{day}-{self.next(day):03}", sku)

    def on_the_way(self, to: str, sku: str) -> Decimal:
        return sum(
            (quantity for truck in self.trucks if truck.to == to for lot, quantity in truck.load if lot.sku == sku),
            ZERO,
        )

    def on_order(self, site: str, sku: str) -> Decimal:
        packs = (one.packs.get(sku, ZERO) for one in self.deliveries if one.site == site)
        return sum(packs, ZERO) * ITEMS[sku].pack

    def everywhere(self, sku: str) -> Decimal:
        """On hand at all sites, on the road between them, and what unfinished runs still make."""
        held = sum((shelves.on_hand(sku) for shelves in self.shelves.values()), ZERO)
        coming = sum((one.rest for runs in self.unfinished.values() for one in runs if one.sku == sku), ZERO)
        return held + coming + sum((self.on_the_way(site, sku) for site in SITES), ZERO)


def rounded(sku: str, quantity: Decimal) -> Decimal:
    """As finely as the item is measured, never more than given."""
    return quantity.quantize(Decimal(1).scaleb(-ITEMS[sku].decimals), ROUND_DOWN)


def cases(quantity: Decimal) -> Decimal:
    """Full cases of twelve."""
    return quantity // 12 * 12
