"""How much of everything a working day needs at each site, and what it would cost: the plan's arithmetic."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache

from tieout.demo.items import ITEMS
from tieout.demo.recipes import (
    DEARER,
    DEARER_PRICE,
    LABOUR_CENTS,
    OVERHEAD_CENTS,
    PRICE_RISE,
    PRODUCTS,
    RECIPES,
    recipe,
)

ZERO = Decimal(0)


@cache
def per_day(on: date) -> dict[tuple[str, str], Decimal]:
    """(Site, SKU) → what a working day uses there, by the recipes of that day, at every level."""
    need: dict[tuple[str, str], Decimal] = {}
    for sku in PRODUCTS:
        _use(need, sku, sold_per_day(sku), on)
    return need


def sold_per_day(sku: str) -> Decimal:
    return Decimal(sum(PRODUCTS[sku].daily.values()))


def _use(need: dict[tuple[str, str], Decimal], sku: str, quantity: Decimal, on: date) -> None:
    """Making that much of it takes these parts, where it is made; parts that are made take theirs."""
    if not quantity:
        return
    made = recipe(sku, on)
    for part, amount in made.parts.items():
        used = quantity * amount / made.output / made.expected_yield
        key = (PRODUCTS[sku].site, part)
        need[key] = need.get(key, ZERO) + used
        if part in PRODUCTS:
            _use(need, part, used, on)


@cache
def largest_run(site: str, sku: str) -> Decimal:
    """The most that one run of anything made there takes of it."""
    takes = [
        made.parts[sku] * product.run / made.output
        for product in PRODUCTS.values()
        if product.site == site
        for made in RECIPES[product.sku]
        if sku in made.parts
    ]
    return max(takes, default=ZERO)


def unit_price(sku: str, on: date) -> Decimal:
    """What a base unit is bought for."""
    if sku == DEARER and on >= PRICE_RISE:
        return DEARER_PRICE
    item = ITEMS[sku]
    return item.price / item.pack


@cache
def unit_cost(sku: str, on: date) -> Decimal:
    """What a base unit costs to make or to buy, by the recipe: the value of opening stock."""
    if sku not in PRODUCTS:
        return unit_price(sku, on)
    made = recipe(sku, on)
    parts = sum((amount * unit_cost(part, on) for part, amount in made.parts.items()), ZERO)
    hours = made.hours * (LABOUR_CENTS + OVERHEAD_CENTS) / 100
    return (parts + hours) / made.output / made.expected_yield
