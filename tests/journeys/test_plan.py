"""The plan of the demo's history: pure, the same each time, and never short of anything."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tieout.demo import acts, needs
from tieout.demo.acts import Day
from tieout.demo.history import History
from tieout.demo.items import ITEMS
from tieout.demo.recipes import PRODUCTS, RECIPES


@pytest.fixture(scope="module")
def days() -> list[Day]:
    return list(History().days())


def test_the_plan_falls_the_same_way_every_time(days: list[Day]) -> None:
    assert list(History().days()) == days


def test_it_is_of_the_size_of_a_real_factory(days: list[Day]) -> None:
    deeds = [deed for day in days for deed in day.deeds]
    issued = sum(len(deed.uses) for deed in deeds if isinstance(deed, acts.Feed))

    assert len(ITEMS) > 40
    assert 61 == len(days)
    assert 4_000 < len(deeds) < 7_000
    assert 14_000 < issued < 18_000


def test_everything_happens_in_order_and_on_its_day(days: list[Day]) -> None:
    for day in days:
        moments = [deed.at for deed in day.deeds]
        assert sorted(moments) == moments
        assert {day.on} == {moment.date() for moment in moments}


def test_recipes_are_three_levels_deep() -> None:
    assert "COC-MIX" in RECIPES["HZL-COC"][0].parts
    assert "SPC-HOT" in RECIPES["CHL-MSH"][0].parts
    assert "CHL-MSH" in RECIPES["CHL-HOT"][0].parts


def test_almonds_cost_more_from_the_fifth_of_march() -> None:
    before, after = (needs.unit_price("ALM-RAW", date(2026, 3, day)) for day in (4, 5))

    assert (Decimal("6.00"), Decimal("6.48")) == (before, after)


def test_almond_butter_is_of_organic_almonds_from_the_sixteenth_and_loses_three_per_cent(days: list[Day]) -> None:
    runs = {
        deed.key: day.on for day in days for deed in day.deeds if isinstance(deed, acts.Start) and deed.sku == "ALM-BTR"
    }
    late = {key for key, on in runs.items() if on >= date(2026, 3, 16)}
    feeds = [deed for day in days for deed in day.deeds if isinstance(deed, acts.Feed) and deed.key in runs]
    made = dict.fromkeys(runs, Decimal(0))
    for day in days:
        for deed in day.deeds:
            if isinstance(deed, acts.Report) and deed.key in runs:
                made[deed.key] += deed.made.quantity

    assert all(("ALM-ORG" in deed.uses) == (deed.key in late) for deed in feeds)
    assert {Decimal(970)} == {made[key] for key, on in runs.items() if on.month == 3}
    assert {PRODUCTS["ALM-BTR"].run} == {made[key] for key, on in runs.items() if on.month < 3}


def test_the_fifth_run_of_march_took_23_kg_of_honey_for_20(days: list[Day]) -> None:
    runs = [
        deed.key
        for day in days
        for deed in day.deeds
        if isinstance(deed, acts.Start) and deed.sku == "ALM-BTR" and day.on.month == 3
    ]
    honey = dict.fromkeys(runs, Decimal(0))
    for day in days:
        for deed in day.deeds:
            if isinstance(deed, acts.Feed) and deed.key in honey:
                honey[deed.key] += deed.uses["HNY-WLD"]

    assert [Decimal(23)] == [amount for amount in honey.values() if amount != 20]
    assert Decimal(23) == honey[runs[4]]
