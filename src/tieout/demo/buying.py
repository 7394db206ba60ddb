"""What the buyer orders and the dock receives: so much, so early, that nothing runs out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_CEILING, Decimal

from tieout.demo import needs, working_days
from tieout.demo.acts import Deed, Order, Receipt
from tieout.demo.company import DOCK, SITES
from tieout.demo.dice import Dice
from tieout.demo.items import ITEMS
from tieout.demo.partners import SUPPLIERS, Supplier
from tieout.demo.shelves import Part
from tieout.demo.world import Delivery, World

COVER_DAYS = 6
"""Days of use on hand when a delivery comes."""

RUNS_COVERED = 2
"""And at least so many runs' worth, of what is used seldom but much at once."""

BUY_DAYS = 5
"""Days of use in one order line."""


def order(world: World, site: str, on: date) -> list[Deed]:
    """Each supplier whose day it is: what would run low before the next delivery."""
    deeds: list[Deed] = []
    calling = [supplier for supplier in SUPPLIERS.values() if on.weekday() in supplier.orders_on]
    moments = working_days.moments(on, SITES[site].zone, "17:20", "17:40", len(calling))
    for at, supplier in zip(moments, calling, strict=True):
        due_on = working_days.after(on, supplier.lead_days)
        packs = dict(_low(world, site, supplier, due_on))
        if packs:
            key = f"order {world.next('order')}"
            deeds.append(Order(at=at, site=site, key=key, supplier=supplier.code, packs=packs, due_on=due_on))
            world.deliveries.append(Delivery(due_on, key, site, packs))
    return deeds


def _low(world: World, site: str, supplier: Supplier, due_on: date) -> Iterator[tuple[str, Decimal]]:
    """By the recipes of the days after the delivery: a new material is bought before its recipe begins."""
    use = needs.per_day(working_days.after(due_on, COVER_DAYS))
    for sku, item in ITEMS.items():
        daily = use.get((site, sku), Decimal(0))
        if item.supplier != supplier.code or not daily:
            continue
        there = world.shelves[site].on_hand(sku) + world.on_order(site, sku)
        runs = needs.largest_run(site, sku) * RUNS_COVERED
        if there < max(daily * (supplier.lead_days + COVER_DAYS), runs):
            wanted = max(daily * BUY_DAYS, runs / 2)
            yield sku, (wanted / item.pack).to_integral_value(ROUND_CEILING)


def receive(world: World, site: str, on: date, dice: Dice) -> list[Deed]:
    """What is due today. Now and then half of it comes a day later."""
    due = [one for one in world.deliveries if one.site == site and one.due_on <= on]
    world.deliveries = [one for one in world.deliveries if one not in due]
    deeds: list[Deed] = []
    moments = working_days.moments(on, SITES[site].zone, "07:00", "07:50", len(due))
    for at, delivery in zip(moments, due, strict=True):
        come = dict(delivery.packs)
        if len(come) > 2 and dice.happens(14):
            late = {sku: come.pop(sku) for sku in list(come)[1::2]}
            rest = Delivery(working_days.after(on, 1), delivery.order, site, late)
            world.deliveries.append(rest)
        parts: list[Part] = []
        for sku, packs in come.items():
            for amount in _lots(packs, dice):
                lot = world.new_lot(site, sku, at)
                world.shelves[site].put(lot, DOCK, amount * ITEMS[sku].pack)
                parts.append(Part(lot, DOCK, amount * ITEMS[sku].pack))
        slip = f"DN-{dice.whole(10_000, 99_999)}"
        deeds.append(Receipt(at=at, site=site, order=delivery.order, parts=parts, slip=slip))
    return deeds


def _lots(packs: Decimal, dice: Dice) -> list[Decimal]:
    """A larger delivery is often of two of the supplier's lots."""
    if packs < 3 or not dice.happens(2):
        return [packs]
    first = packs * dice.whole(30, 70) // 100 or Decimal(1)
    return [first, packs - first]
