"""What the plants make: what runs out soonest first, in batches, with the losses and slips of real work."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_CEILING, Decimal

from tieout.demo import needs, working_days
from tieout.demo.acts import Deed, Feed, Report, Start
from tieout.demo.company import DOCK, SITES
from tieout.demo.dice import Dice
from tieout.demo.items import ITEMS
from tieout.demo.recipes import PRODUCTS, SOLD, Recipe, recipe
from tieout.demo.shelves import ZERO, Part
from tieout.demo.world import Unfinished, World, rounded

BATCHES = 5
RUNS_A_DAY = 5
ENOUGH_DAYS = 9
"""Nothing is made that would last longer than this."""

BETWEEN_DAYS = 5
"""The same for what is used here and not sold."""

MOST_OVER, MOST_POURED, MOST_BROKEN = Decimal("1.01"), Decimal("1.16"), 4
"""How far a run may go over its recipe: by weight, by the slip below, and in broken pieces."""

MARCH_BUTTER = Decimal("0.97")
HONEY_SLIP = (5, "HNY-WLD", Decimal(23))
"""In March's fifth run of almond butter somebody poured 23 kg of honey for 20."""


def cook(world: World, site: str, on: date, dice: Dice) -> list[Deed]:
    """Finish what was begun yesterday, then the day's runs."""
    begun, world.unfinished[site] = world.unfinished.get(site, []), []
    chosen = _choose(world, site, on)
    moments = working_days.moments(on, SITES[site].zone, "08:00", "13:00", (BATCHES + 2) * (len(begun) + len(chosen)))
    deeds: list[Deed] = []
    for run in begun:
        deeds += [_feed(world, site, run.key, uses, next(moments)) for uses in run.feeds]
        deeds.append(_report(world, site, run.key, run.sku, run.rest, run.hours, next(moments)))
    for n, sku in enumerate(chosen):
        last = n == len(chosen) - 1
        ats = [next(moments) for _ in range(BATCHES + 2)]
        deeds += _run(world, site, sku, on, ats, dice, may_rest=last and sku in SOLD)
    return deeds


def _choose(world: World, site: str, on: date) -> list[str]:
    """What is used between first, then what customers will miss soonest; each only if its parts are there."""
    use, planned = needs.per_day(on), dict[str, Decimal]()
    wanted = []
    for sku, product in PRODUCTS.items():
        if product.site == site:
            daily = needs.sold_per_day(sku) + sum(use.get((at, sku), ZERO) for at in SITES)
            cover = world.everywhere(sku) / daily
            if cover < (ENOUGH_DAYS if sku in SOLD else BETWEEN_DAYS):
                wanted.append((sku in SOLD, cover, sku))
    chosen = []
    for *_, sku in sorted(wanted):
        parts = _with_spare(recipe(sku, on), PRODUCTS[sku].run)
        there = world.shelves[site].on_hand
        if all(planned.get(part, ZERO) + amount <= there(part) for part, amount in parts.items()):
            for part, amount in parts.items():
                planned[part] = planned.get(part, ZERO) + amount
            chosen.append(sku)
    return chosen[:RUNS_A_DAY]


def _with_spare(made: Recipe, quantity: Decimal) -> dict[str, Decimal]:
    """What a run may take at most."""
    return {
        sku: amount * quantity / made.output * (MOST_POURED if sku == HONEY_SLIP[1] else MOST_OVER)
        + (MOST_BROKEN if ITEMS[sku].unit == "ea" else 0)
        for sku, amount in made.parts.items()
    }


def _run(world: World, site: str, sku: str, on: date, ats: list[datetime], dice: Dice, *, may_rest: bool) -> list[Deed]:
    product, made = PRODUCTS[sku], recipe(sku, on)
    key = f"run {world.next('run')}"
    uses = _uses(world, made, product.run, on, dice)
    good, abnormal = _good(sku, product.run, made, on, dice)
    hours = (made.hours * product.run / made.output * dice.share("0.97", "1.06")).quantize(Decimal("0.01"))
    deeds: list[Deed] = [Start(at=ats[0], site=site, key=key, sku=sku, quantity=product.run)]
    feeds = _batches(uses)
    rests = may_rest and dice.happens(4)
    for at, batch in zip(ats[1:], feeds[: BATCHES // 2] if rests else feeds, strict=False):
        deeds.append(_feed(world, site, key, batch, at))
    if rests:
        first, half = rounded(sku, good / 2), (hours / 2).quantize(Decimal("0.01"))
        deeds.append(_report(world, site, key, sku, first, half, ats[-1], final=False))
        rest = Unfinished(key, sku, feeds[BATCHES // 2 :], good - first, hours - half)
        world.unfinished[site].append(rest)
    else:
        measured = None if dice.happens(9) else hours
        deeds.append(_report(world, site, key, sku, good, measured, ats[-1], abnormal=abnormal))
    return deeds


def _uses(world: World, made: Recipe, quantity: Decimal, on: date, dice: Dice) -> dict[str, Decimal]:
    """What is really used: weighed goods a little off the recipe, a few jars and labels broken."""
    uses = {}
    for sku, amount in made.parts.items():
        planned = amount * quantity / made.output
        if ITEMS[sku].unit == "ea":
            broken = dice.whole(0, 3) if planned >= 500 and sku not in PRODUCTS else 0
            uses[sku] = planned.to_integral_value(ROUND_CEILING) + broken
        else:
            uses[sku] = rounded(sku, planned * dice.share("0.992", "1.01"))
    if made.sku == "ALM-BTR" and on.month == 3:
        _as_told(uses, world, made)
    return uses


def _as_told(uses: dict[str, Decimal], world: World, made: Recipe) -> None:
    """March's almond butter is by the book, but for the honey of the fifth run: its story can be checked by hand."""
    for sku in ("ALM-RAW", "ALM-ORG", "HNY-WLD"):
        if sku in made.parts:
            uses[sku] = made.parts[sku]
    slip, sku, poured = HONEY_SLIP
    if world.next("almond butter in March") == slip:
        uses[sku] = poured


def _good(sku: str, quantity: Decimal, made: Recipe, on: date, dice: Dice) -> tuple[Decimal, Decimal | None]:
    """What came out well, and what was lost beyond the usual."""
    if sku == "ALM-BTR":
        return rounded(sku, quantity * (MARCH_BUTTER if on.month == 3 else 1)), None
    if sku not in SOLD or made.expected_yield == 1:
        return rounded(sku, quantity * made.expected_yield), None
    good = min(quantity, rounded(sku, quantity * made.expected_yield * dice.share("0.994", "1.006")))
    if dice.happens(40):
        spilled = rounded(sku, quantity * dice.share("0.03", "0.08"))
        return good - spilled, spilled
    return good, None


def _batches(uses: dict[str, Decimal]) -> list[dict[str, Decimal]]:
    """Equal parts; the last batch takes the rest."""
    equal = {sku: rounded(sku, amount / BATCHES) for sku, amount in uses.items()}
    last = {sku: amount - (BATCHES - 1) * equal[sku] for sku, amount in uses.items()}
    even = {sku: amount for sku, amount in equal.items() if amount}
    return [*([even] * (BATCHES - 1)), last]


def _feed(world: World, site: str, key: str, uses: dict[str, Decimal], at: datetime) -> Feed:
    for sku, amount in uses.items():
        world.shelves[site].take(sku, amount)
    return Feed(at=at, site=site, key=key, uses=uses)


def _report(
    world: World,
    site: str,
    key: str,
    sku: str,
    good: Decimal,
    hours: Decimal | None,
    at: datetime,
    *,
    final: bool = True,
    abnormal: Decimal | None = None,
) -> Report:
    lot = world.new_lot(site, sku, at)
    made = Part(lot, DOCK, good)
    world.shelves[site].put(lot, DOCK, good)
    return Report(at=at, site=site, key=key, made=made, hours=hours, final=final, abnormal=abnormal)
