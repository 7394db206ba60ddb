"""Three months of a food maker, planned day by day before any of it is recorded.

The plan never asks for what is not there: what is sold is limited by what is on the shelf, what is made by
its parts, and what is bought by what the next days need. It is pure and falls the same way every time; doing
it is `doing`.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from datetime import date, datetime, time

from tieout.demo import buying, kitchen, opening, selling, warehouse, working_days
from tieout.demo.acts import Day, Deed, Reprice, Rerate, Rewrite
from tieout.demo.company import FIRST_DAY, KC, LAST_DAY, SITES
from tieout.demo.dice import Dice
from tieout.demo.opening import Opened
from tieout.demo.recipes import (
    DEARER,
    DEARER_PRICE,
    OVERHEAD_CENTS_MARCH,
    PRICE_RISE,
    RECIPES,
)
from tieout.demo.world import World

DECIDED_OVERHEAD, DECIDED_BOM = date(2026, 2, 27), date(2026, 3, 12)
"""Said some days before they are in effect."""


class History:
    """The plan as it unfolds; `world` is what the shelves should hold after the last day that was taken."""

    def __init__(self) -> None:
        self.world = World()
        self.opening: dict[str, list[Opened]] = {site: opening.fill(self.world, site) for site in SITES}

    def days(self, *, first: date = FIRST_DAY, last: date = LAST_DAY) -> Iterator[Day]:
        for on in working_days.between(first, last):
            sites = (_day_at(self.world, site, on) for site in SITES)
            merged = heapq.merge(_decided(on), *sites, key=lambda deed: deed.at)
            yield Day(on, list(merged))


def _day_at(world: World, site: str, on: date) -> list[Deed]:
    """One site's day, in the order in which things are done there."""
    dice = Dice(f"{site}/{on}")
    return [
        *warehouse.arrive(world, site, on),
        *buying.receive(world, site, on, dice),
        *kitchen.cook(world, site, on, dice),
        *warehouse.count(world, site, on, dice),
        *warehouse.discard(world, site, on, dice),
        *selling.ship(world, site, on, dice),
        *warehouse.send(world, site, on),
        *buying.order(world, site, on),
        *warehouse.put_away(world, site, on),
    ]


def _decided(on: date) -> list[Deed]:
    """What the office changed that day: the price from the 5th, the recipe from the 16th, the rate of March."""
    at = datetime.combine(on, time(5), KC.zone)
    deeds: list[Deed] = []
    if on == PRICE_RISE:
        deeds.append(Reprice(at=at, site=KC.code, sku=DEARER, price=DEARER_PRICE))
    if on == DECIDED_OVERHEAD:
        deeds.append(Rerate(at=at, site=KC.code, cents=OVERHEAD_CENTS_MARCH))
    if on == DECIDED_BOM:
        deeds.append(Rewrite(at=at, site=KC.code, recipe=RECIPES["ALM-BTR"][-1]))
    return deeds
