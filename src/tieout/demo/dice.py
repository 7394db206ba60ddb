"""Chance that falls the same way every time, on every Python: only `random()` itself is used."""

from __future__ import annotations

import random
from collections.abc import Sequence
from decimal import Decimal
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """A stream of chance of its own for each name, so that one part of the plan does not move another."""

    def __init__(self, name: str) -> None:
        self._random = random.Random(f"tallgrass/{name}").random

    def whole(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self._random() * (high - low + 1))

    def share(self, low: str, high: str) -> Decimal:
        """A share between two, to four decimals."""
        return Decimal(self.whole(int(Decimal(low) * 10_000), int(Decimal(high) * 10_000))) / 10_000

    def happens(self, one_in: int) -> bool:
        return self.whole(1, one_in) == 1

    def one_of(self, things: Sequence[T]) -> T:
        return things[self.whole(0, len(things) - 1)]

    def weighted(self, things: Sequence[T], weights: Sequence[int]) -> T:
        """One of them, the heavier the likelier."""
        left = self.whole(1, sum(weights))
        for thing, weight in zip(things, weights, strict=True):
            left -= weight
            if left <= 0:
                return thing
        raise AssertionError("the weights add up to less than their sum")
