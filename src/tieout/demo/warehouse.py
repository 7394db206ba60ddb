"""What the warehouse does: trucks between sites, put-away, counts, scrap and samples."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from tieout.core.roles import PlaceKind
from tieout.demo import needs, working_days
from tieout.demo.acts import Arrive, Count, Deed, Discard, PutAway, Send
from tieout.demo.company import DOCK, RACK_A, RACK_B, SITES
from tieout.demo.dice import Dice
from tieout.demo.items import ITEMS
from tieout.demo.recipes import PRODUCTS, SOLD
from tieout.demo.shelves import ZERO, Part
from tieout.demo.world import Truck, World, cases, rounded

LANES = {"KC": ("ABE", "BOI"), "BOI": ("ABE", "KC"), "ABE": ("KC", "BOI")}
TRUCK_DAYS = (1, 3)
"""Trucks leave on Tuesdays and Thursdays and are there two working days later."""

COVER_DAYS = 8
"""Days of sales that a truck fills a site up to."""

KEPT_DAYS = 2
"""Days of its own sales that the plant keeps."""

COUNTED_ON = 4
COUNTED = 12
REASONS = ("Dropped in the aisle", "Dented in picking", "Label unreadable", "Seal failed", "Pallet tipped")


def arrive(world: World, site: str, on: date) -> list[Deed]:
    here = [truck for truck in world.trucks if truck.to == site and truck.due_on <= on]
    world.trucks = [truck for truck in world.trucks if truck not in here]
    deeds: list[Deed] = []
    for at, truck in zip(working_days.moments(on, SITES[site].zone, "06:10", "06:50", len(here)), here, strict=True):
        for lot, quantity in truck.load:
            world.shelves[site].put(lot, DOCK, quantity)
        deeds.append(Arrive(at=at, site=site, key=truck.key))
    return deeds


def send(world: World, site: str, on: date) -> list[Deed]:
    """To each other site what it will lack and this one can spare."""
    if on.weekday() not in TRUCK_DAYS:
        return []
    deeds: list[Deed] = []
    for at, to in zip(working_days.moments(on, SITES[site].zone, "17:00", "17:15", 2), LANES[site], strict=True):
        goods = dict(_lacking(world, site, to, on))
        if not goods:
            continue
        load = [(part.lot, part.quantity) for sku in goods for part in world.shelves[site].take(sku, goods[sku])]
        key = f"truck {world.next('truck')}"
        world.trucks.append(Truck(working_days.after(on, 2), key, to, load))
        deeds.append(Send(at=at, site=site, key=key, to=to, goods=goods))
    return deeds


def _lacking(world: World, site: str, to: str, on: date) -> Iterator[tuple[str, Decimal]]:
    use = needs.per_day(on)
    for sku in SOLD:
        daily = PRODUCTS[sku].daily[to] + use.get((to, sku), ZERO)
        if PRODUCTS[sku].site != site or not daily:
            continue
        lacks = daily * COVER_DAYS - world.shelves[to].on_hand(sku) - world.on_the_way(to, sku)
        spare = world.shelves[site].on_hand(sku) - PRODUCTS[sku].daily[site] * KEPT_DAYS
        share = spare * 3 / 4 if to == "ABE" else spare
        quantity = cases(min(lacks, share))
        if quantity >= 24:
            yield sku, quantity


def put_away(world: World, site: str, on: date) -> list[Deed]:
    """The dock is emptied: half of each lot to rack A, half to rack B."""
    shelves, halves = world.shelves[site], dict[str, list[Part]]()
    for part in shelves.at(DOCK):
        half = rounded(part.lot.sku, part.quantity / 2)
        for to, quantity in ((RACK_A, half), (RACK_B, part.quantity - half)):
            if quantity:
                halves.setdefault(to, []).append(Part(part.lot, DOCK, quantity))
    deeds: list[Deed] = []
    for at, (to, parts) in zip(
        working_days.moments(on, SITES[site].zone, "17:50", "18:30", len(halves)), halves.items(), strict=True
    ):
        for part in parts:
            shelves.take_from(part)
            shelves.put(part.lot, to, part.quantity)
        deeds.append(PutAway(at=at, site=site, to=to, parts=parts))
    return deeds


def count(world: World, site: str, on: date, dice: Dice) -> list[Deed]:
    """Each Friday a sheet of bins; of some, another quantity is found than the ledger says."""
    bins = list(world.shelves[site].parts())
    if on.weekday() != COUNTED_ON or not bins:
        return []
    step = max(1, len(bins) // COUNTED)
    counted = [_found(part, dice) for part in bins[dice.whole(0, step - 1) :: step][:COUNTED]]
    for part, found in counted:
        change = found - part.quantity
        if change > 0:
            world.shelves[site].put(part.lot, part.place, change)
        elif change < 0:
            world.shelves[site].take_from(Part(part.lot, part.place, -change))
    (at,) = working_days.moments(on, SITES[site].zone, "13:10", "13:30", 1)
    sheet = f"CC-{on:%y%m%d}-{site}"
    return [Count(at=at, site=site, sheet=sheet, counted=[Part(p.lot, p.place, found) for p, found in counted])]


def _found(part: Part, dice: Dice) -> tuple[Part, Decimal]:
    if not dice.happens(3):
        return part, part.quantity
    if ITEMS[part.lot.sku].unit == "ea":
        off = Decimal(dice.whole(-8, 5))
    else:
        off = rounded(part.lot.sku, part.quantity * dice.share("-0.02", "0.012"))
    return part, max(ZERO, part.quantity + off)


def discard(world: World, site: str, on: date, dice: Dice) -> list[Deed]:
    """Now and then something breaks; on Wednesdays the laboratory and the sales people take samples."""
    shelves = world.shelves[site]
    stocked = [sku for sku in SOLD if shelves.on_hand(sku) > 200]
    deeds: list[Deed] = []
    at, later = working_days.moments(on, SITES[site].zone, "13:40", "13:55", 2)
    if stocked and dice.happens(3):
        goods = {dice.one_of(stocked): Decimal(dice.whole(2, 14)) for _ in range(dice.whole(1, 2))}
        deeds.append(Discard(at=at, site=site, kind=PlaceKind.SCRAP, reason=dice.one_of(REASONS), goods=goods))
    if stocked and on.weekday() == 2:
        goods = {sku: Decimal(dice.whole(3, 6)) for sku in stocked[:: dice.whole(2, 4)]}
        reason = "Retained samples and tastings"
        deeds.append(Discard(at=later, site=site, kind=PlaceKind.SAMPLES, reason=reason, goods=goods))
    for deed in deeds:
        assert isinstance(deed, Discard)
        for sku, quantity in deed.goods.items():
            shelves.take(sku, quantity)
    return deeds
