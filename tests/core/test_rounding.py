"""No cent is made or lost, whichever way it is shared."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tieout.core.refusals import NothingToShareOver
from tieout.core.rounding import allocate, half_away


def numbers(text: str) -> list[int]:
    return [int(word) for word in text.split()]


def fractions(text: str) -> list[Fraction]:
    return [Fraction(word) for word in text.split()]


@pytest.mark.parametrize(
    ("total", "over", "shares"),
    [
        (1000, "1 1 1", "334 333 333"),
        (10000, "1 1 1", "3334 3333 3333"),
        (9, "1 1 1 1 1 1", "2 2 2 1 1 1"),
        (-9, "1 1 1 1 1 1", "-2 -2 -2 -1 -1 -1"),
        (20, "100 100 100 1", "7 7 6 0"),  # accounting reference 4.2: 0.07, 0.07, 0.06, 0.00
        (4, "1 1 1 1 1 1 1", "1 1 1 1 0 0 0"),
        (100, "0.1 0.2 0.7", "10 20 70"),
        (0, "5 3", "0 0"),
    ],
)
def test_sharing_a_cost_never_makes_or_loses_a_cent(total: int, over: str, shares: str) -> None:
    assert numbers(shares) == allocate(total, over=fractions(over))


@given(
    some.integers(-(10**12), 10**12),
    some.lists(some.fractions(min_value=0, max_value=10**9), min_size=1, max_size=30).filter(any),
)
def test_every_share_is_within_a_cent_of_its_ideal(total: int, over: list[Fraction]) -> None:
    shares = allocate(total, over=over)

    assert total == sum(shares)
    assert all(abs(share - total * weight / sum(over)) < 1 for share, weight in zip(shares, over, strict=True))


@given(some.integers(1, 10**9), some.lists(some.integers(0, 10**6), min_size=1, max_size=20).filter(any))
def test_a_negative_total_is_shared_as_its_absolute_value(total: int, over: list[int]) -> None:
    assert [-share for share in allocate(total, over=over)] == allocate(-total, over=over)


def test_a_basis_of_nothing_is_refused_in_a_sentence() -> None:
    with pytest.raises(NothingToShareOver, match="12 cents cannot be shared"):
        allocate(12, over=[0, 0])


@pytest.mark.parametrize(
    ("exact", "rounded"), [("1/2", 1), ("-1/2", -1), ("3/2", 2), ("-3/2", -2), ("49/100", 0), ("-149/100", -1)]
)
def test_a_half_goes_away_from_zero(exact: str, rounded: int) -> None:
    assert rounded == half_away(Fraction(exact))
