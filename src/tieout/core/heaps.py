"""What goods that were sent somewhere are worth there now, by the history of what came and went.

A shipment line that stands with a customer is a heap like a bin: part of it comes back by the issue rule, and costs
that came late meanwhile are part of its value.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from tieout.core.balances import EMPTY, Balance


class Step(NamedTuple):
    """Quantity and cents that came (positive) or went."""

    quantity: Decimal
    value: int


def heap(history: Iterable[Step]) -> Balance:
    """The balance that these steps leave; what went took what the issue rule says, or what was recorded instead."""
    balance = EMPTY
    for step in history:
        if step.quantity < 0:
            cents, rest = balance.issue(-step.quantity)
            if cents == -step.value:
                balance = rest
                continue
        balance = balance.change(step.quantity, step.value)
    return balance
