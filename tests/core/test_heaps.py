"""Goods that stand elsewhere are a heap: parts come back by the issue rule, late costs are part of it."""

from __future__ import annotations

from decimal import Decimal

from tieout.core.heaps import Step, heap


def step(quantity: str, value: int) -> Step:
    return Step(Decimal(quantity), value)


def test_parts_that_came_back_leave_the_rest_by_the_issue_rule() -> None:
    balance = heap([step("3", 10000), step("-1", -3333), step("-1", -3334)])

    assert (Decimal(1), 3333) == (balance.quantity, balance.value)


def test_a_cost_that_came_late_is_part_of_what_is_left() -> None:
    balance = heap([step("4", 400), step("-1", -100), step("0", 30)])

    assert 110 == balance.issue(Decimal(1))[0]


def test_what_was_recorded_counts_even_if_the_rule_says_otherwise() -> None:
    balance = heap([step("3", 100), step("-1", -40), step("-2", -60)])

    assert (Decimal(0), 0) == (balance.quantity, balance.value)
