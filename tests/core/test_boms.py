"""BOMs as a graph: circles and explosion."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.core import boms
from tieout.core.boms import BomCycle, Line, Use

EARLY, MIDDLE, LATE = date(2011, 1, 1), date(2012, 1, 1), date(2013, 1, 1)


def test_a_circle_is_found_at_any_depth_and_named() -> None:
    deep = [Use(level, level + 1, EARLY) for level in range(5000)]

    assert boms.cycle(deep) is None
    assert boms.cycle([*deep, Use(5000, 4997, EARLY)]) == [4997, 4998, 4999, 5000, 4997]
    assert boms.cycle([Use(7, 7, EARLY)]) == [7, 7]


def test_a_circle_needs_a_day_on_which_all_its_lines_are_in_effect() -> None:
    until_middle = Use(1, 2, EARLY, date(2011, 12, 31))

    assert boms.cycle([until_middle, Use(2, 1, MIDDLE)]) is None
    assert boms.cycle([Use(1, 2, EARLY), Use(2, 1, LATE)]) == [1, 2, 1]


@given(st.sets(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=30))
def test_circles_are_what_a_slow_search_finds(pairs: set[tuple[int, int]]) -> None:
    uses = [Use(*pair, EARLY) for pair in pairs]
    reach = {item: {there for here, there in pairs if here == item} for item in range(13)}
    for _ in range(13):
        for below in reach.values():
            below.update(*(reach[item] for item in list(below)))

    assert (boms.cycle(uses) is not None) == any(item in below for item, below in reach.items())


def test_an_explosion_adds_up_what_is_used_twice() -> None:
    """A bicycle (1) of two wheels (2) and a frame (3); spokes (4) in both, 36 a wheel."""
    recipes: dict[int, Sequence[Line]] = {
        1: [Line(2, Decimal(2), Decimal(1)), Line(3, Decimal(1), Decimal(1))],
        2: [Line(4, Decimal(72), Decimal(2))],
        3: [Line(4, Decimal(4), Decimal(3))],
    }

    needed = boms.explode(1, Decimal(5), lambda item: recipes.get(item, ()))

    assert needed == {2: Fraction(10), 3: Fraction(5), 4: 360 + Fraction(20, 3)}
    assert list(needed) == [2, 3, 4]


def test_an_explosion_of_a_circle_is_refused() -> None:
    with pytest.raises(BomCycle, match="1 → 1"):
        boms.explode(1, Decimal(1), lambda item: [Line(1, Decimal(1), Decimal(1))])


def test_an_explosion_of_what_is_shared_at_every_level_is_not_exponential() -> None:
    """Sixty levels, two ways down at each: a walk along every path would take 2**60 steps."""
    half = Decimal("0.5")

    needed = boms.explode(
        0,
        Decimal(1),
        lambda item: [Line(item + 1, half, Decimal(1)), Line(item + 1, half, Decimal(1))] if item < 60 else [],
    )

    assert needed[60] == 1
