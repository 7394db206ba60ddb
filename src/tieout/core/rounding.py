"""The only two ways a cent is ever rounded: half away from zero, and shared by largest remainder.

Both work on integers and exact rationals, so no value is made or lost (design: the model, section 3).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import lcm

from tieout.core.refusals import NothingToShareOver

Weight = int | Decimal | Fraction


def half_away(exact: Fraction | Decimal) -> int:
    """The nearest whole number; a half goes away from zero: 0.5 → 1, -0.5 → -1."""
    numerator, denominator = exact.as_integer_ratio()
    whole, rest = divmod(abs(numerator), denominator)
    whole += 2 * rest >= denominator
    return whole if numerator >= 0 else -whole


def allocate(total: int, *, over: Sequence[Weight]) -> list[int]:
    """Share `total` cents in proportion to `over`, by largest remainder; ties to the earlier share.

    A negative total is shared as its absolute value and negated, so the sign never moves a cent.
    """
    weights = _whole_weights(over)
    whole = sum(weights)
    if whole <= 0:
        raise NothingToShareOver(f"{total} cents cannot be shared: the basis adds up to nothing. Choose another basis.")
    assert min(weights) >= 0, f"a negative weight in {over}"
    parts = [divmod(abs(total) * weight, whole) for weight in weights]
    shares = [share for share, _ in parts]
    missing = abs(total) - sum(shares)
    for n in sorted(range(len(parts)), key=lambda n: (-parts[n][1], n))[:missing]:
        shares[n] += 1
    assert sum(shares) == abs(total)
    return shares if total >= 0 else [-share for share in shares]


def _whole_weights(over: Sequence[Weight]) -> list[int]:
    """The same proportions in integers, which add and divide some ten times faster than rationals."""
    ratios = [weight.as_integer_ratio() for weight in over]
    denominator = lcm(*(part for _, part in ratios))
    return [numerator * (denominator // part) for numerator, part in ratios]
