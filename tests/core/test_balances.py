"""The issue rule: pieces leave a balance, and what is left is never more than half a cent off."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as some

from tieout.core.balances import EMPTY, Balance

quantities = some.decimals(min_value="0.000001", max_value="100000", places=6)


def drained(balance: Balance, *pieces: str) -> list[int]:
    values = []
    for piece in pieces:
        value, balance = balance.issue(Decimal(piece))
        values.append(value)
    assert balance.quantity == 0
    assert balance.value == 0
    return values


def test_a_hundred_in_three_pieces_leaves_33_33_34_33_33() -> None:
    assert [3333, 3334, 3333] == drained(EMPTY.change(Decimal(3), 10000), "1", "1", "1")


def test_a_thousand_units_worth_four_do_not_give_two_hundred_away_free() -> None:
    values = drained(EMPTY.change(Decimal(1000), 400), *["1"] * 1000)

    assert 400 == sum(values)
    assert {0, 1} == set(values)
    assert 80 == sum(values[:200])


def test_topping_up_a_bin_unit_by_unit_leaks_nothing_between_lots() -> None:
    """Re-basing on the rounded rest would let each top-up round anew; the exact value is carried instead."""
    balance = EMPTY.change(Decimal(3), 100)
    taken = 0
    for _ in range(300):
        value, balance = balance.issue(Decimal(1))
        taken += value
        balance = balance.change(Decimal(1), value)
    assert 100 == balance.value
    assert abs(balance.base_value - 100) < Decimal("0.6")


@given(quantities, some.integers(0, 10**10), some.lists(some.integers(1, 99), max_size=12))
def test_what_leaves_and_what_is_left_add_up_to_what_came(quantity: Decimal, value: int, parts: list[int]) -> None:
    balance = EMPTY.change(quantity, value)
    left = 0
    for part in parts:
        piece = (balance.quantity * part / 100).quantize(Decimal("0.000001"))
        if not piece:
            break
        cents, balance = balance.issue(piece)
        left += cents
        assert cents >= 0
        assert balance.value + left == value
        assert abs(balance.value - balance.exact()) <= Decimal("0.500001")
    if balance.quantity:
        left += balance.issue(balance.quantity)[0]
    assert value == left


@given(some.lists(some.tuples(some.booleans(), quantities, some.integers(0, 10**8)), min_size=1, max_size=25))
def test_any_history_keeps_a_balance_within_half_a_cent_of_its_exact_value(
    steps: list[tuple[bool, Decimal, int]],
) -> None:
    balance = EMPTY
    for comes, quantity, value in steps:
        if comes:
            balance = balance.change(quantity, value)
        elif balance.quantity:
            _, balance = balance.issue(min(quantity, balance.quantity))
        assert balance.value >= 0
        assert abs(balance.value - balance.exact()) <= Decimal("0.500001")
        if not balance.quantity:
            assert balance.value == 0
