"""Exact factors between units."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.core import units
from tieout.core.refusals import TooManyDecimals
from tieout.core.units import Conversion


def known(text: str) -> list[Conversion]:
    """`t=1000 kg; drum=290 kg!`: a mark behind it says the item's own."""
    found = []
    for part in text.split(";"):
        unit, rest = part.strip().split("=")
        factor, base = rest.split()
        found.append(Conversion(unit, base.rstrip("!"), Fraction(factor), own=base.endswith("!")))
    return found


@pytest.mark.parametrize(
    ("unit", "base", "conversions", "factor"),
    [
        ("kg", "kg", "t=1000 kg", "1"),
        ("t", "kg", "t=1000 kg", "1000"),
        ("kg", "t", "t=1000 kg", "1/1000"),
        ("t", "g", "t=1000 kg; g=1/1000 kg", "1000000"),
        ("drum", "kg", "drum=200 kg; drum=290 kg!", "290"),
        ("drum", "g", "drum=290 kg!; kg=1000 g", "290000"),
        ("pallet", "EA", "CTN=12 EA; CTN=10 EA!; pallet=4 CTN", "40"),
        ("l", "kg", "t=1000 kg", None),
    ],
)
def test_a_factor_is_found_along_what_is_known(unit: str, base: str, conversions: str, factor: str | None) -> None:
    found = units.factor(unit, base, known(conversions))

    assert found == (Fraction(factor) if factor else None)


def test_the_units_an_item_knows_are_named_nearest_first() -> None:
    assert units.reachable("kg", known("t=1000 kg; g=1/1000 kg; drum=2 t; m=100 cm")) == [
        "kg",
        "t",
        "g",
        "drum",
    ]


def test_a_conversion_is_exact_or_refused() -> None:
    assert units.convert(Decimal(1), Fraction(12)) == 12
    assert units.convert(Decimal("0.5"), Fraction(290)) == 145
    assert units.convert(Decimal(3), Fraction(1, 3)) == 1
    with pytest.raises(TooManyDecimals, match="comes to 1/3 in the base unit"):
        units.convert(Decimal(1), Fraction(1, 3))
    with pytest.raises(TooManyDecimals, match="0 decimals"):
        units.convert(Decimal("0.1"), Fraction(12), decimals=0)


@given(st.integers(1, 10**9), st.fractions(min_value=Fraction(1, 1000), max_value=1000, max_denominator=1000))
def test_there_and_back_is_where_it_began(quantity: int, factor: Fraction) -> None:
    try:
        there = units.convert(Decimal(quantity), factor)
    except TooManyDecimals:
        return
    assert units.convert(there, 1 / factor) == quantity


@pytest.mark.parametrize(
    ("conversions", "place"),
    [
        ("t=1000 kg; kg=1000 g; t=1000000 g", None),
        ("t=1000 kg; kg=1000 g; t=100000 g", 2),
        ("box=12 EA; EA=1/12 box", None),
        ("box=12 EA; EA=1/10 box", 1),
        ("a=2 b; c=3 d; b=5 c; a=30 d", None),
        ("a=2 b; c=3 d; b=5 c; d=1/31 a", 3),
    ],
)
def test_conversions_must_agree_whichever_way_they_are_taken(conversions: str, place: int | None) -> None:
    assert units.contradiction(known(conversions)) == place
