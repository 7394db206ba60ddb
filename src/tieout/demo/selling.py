"""What customers order and the sites ship: what is there, in full cases."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tieout.demo import working_days
from tieout.demo.acts import Deed, Ship
from tieout.demo.company import SITES
from tieout.demo.dice import Dice
from tieout.demo.partners import CUSTOMERS
from tieout.demo.recipes import PRODUCTS, SOLD
from tieout.demo.shelves import ZERO
from tieout.demo.world import World, cases

SHIPMENTS = {"KC": 8, "BOI": 6, "ABE": 14}
CASES = (2, 3, 4, 5, 5, 6, 8, 10)
WRONG_CUSTOMER = 220
"""One shipment in so many was keyed for the wrong customer, and is taken back and shipped again."""


def ship(world: World, site: str, on: date, dice: Dice) -> list[Deed]:
    customers = [one for one in CUSTOMERS.values() if one.site == site]
    weights = [one.weight for one in customers]
    deeds: list[Deed] = []
    count = SHIPMENTS[site] + dice.whole(-1, 1)
    for at in working_days.moments(on, SITES[site].zone, "14:00", "16:50", count):
        goods = _goods(world, site, dice)
        if not goods:
            continue
        number = f"SO-{world.next('sales order') + 20_000}"
        customer = dice.weighted(customers, weights).code
        if dice.happens(WRONG_CUSTOMER):
            wrong = dice.one_of([one.code for one in customers if one.code != customer])
            deeds.append(Ship(at=at, site=site, customer=wrong, order=number, goods=goods, taken_back=True))
        deeds.append(Ship(at=at, site=site, customer=customer, order=number, goods=goods))
        for sku, quantity in goods.items():
            world.shelves[site].take(sku, quantity)
    return deeds


def _goods(world: World, site: str, dice: Dice) -> dict[str, Decimal]:
    weights = [PRODUCTS[sku].daily[site] for sku in SOLD]
    goods: dict[str, Decimal] = {}
    for _ in range(dice.whole(1, 4)):
        sku = dice.weighted(SOLD, weights)
        wanted = Decimal(dice.one_of(CASES) * 12)
        there = cases(world.shelves[site].on_hand(sku) - goods.get(sku, ZERO))
        if sku not in goods and min(wanted, there) > 0:
            goods[sku] = min(wanted, there)
    return goods
