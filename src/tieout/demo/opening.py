"""What lies on the shelves when the company begins with Tieout: lot by lot, with what it is worth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal

from tieout.demo import needs
from tieout.demo.company import FIRST_DAY, OPENING_DAY, RACK_A, RACK_B, SITES
from tieout.demo.items import ITEMS
from tieout.demo.partners import SUPPLIERS
from tieout.demo.recipes import PRODUCTS, SOLD
from tieout.demo.shelves import Part
from tieout.demo.world import World, rounded


@dataclass(frozen=True, slots=True)
class Opened:
    """A part of a lot, and its value."""

    part: Part
    value: Decimal


def moment(site: str) -> datetime:
    return datetime.combine(OPENING_DAY, time(18), SITES[site].zone)


def fill(world: World, site: str) -> list[Opened]:
    """Put a site's opening stock on its shelves; what was put there."""
    opened = []
    for sku, quantity in _stock(site):
        first = rounded(sku, quantity * 2 / 5)
        for place, amount in ((RACK_A, first), (RACK_B, rounded(sku, quantity) - first)):
            if amount:
                lot = world.new_lot(site, sku, moment(site))
                world.shelves[site].put(lot, place, amount)
                value = (amount * needs.unit_cost(sku, OPENING_DAY)).quantize(Decimal("0.01"))
                opened.append(Opened(Part(lot, place, amount), value))
    return opened


def _stock(site: str) -> Iterator[tuple[str, Decimal]]:
    use = needs.per_day(FIRST_DAY)
    for sku, item in ITEMS.items():
        here = use.get((site, sku), Decimal(0))
        if sku in SOLD:
            here += PRODUCTS[sku].daily[site]
            days = 5
            if PRODUCTS[sku].site == site:
                here = needs.sold_per_day(sku)
        else:
            days = SUPPLIERS[item.supplier].lead_days + 7 if item.supplier else 5
        if here:
            yield sku, here * days
