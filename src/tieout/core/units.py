"""Units and the exact factors between them. One drum of honey is 290 kg, one of oil 180 kg: items differ.

A factor is a rational number, so that a third of a dozen is 4 and not 3.999996. A conversion is found along
the ones that are known (t → kg → g); what an item says of a unit goes before what is said for every item.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from tieout.core.quantities import PLACES, plain
from tieout.core.refusals import Refusal, TooManyDecimals

ONE = Fraction(1)


class UnknownUnit(Refusal):
    """A unit that the company does not know, or that the item cannot be converted from."""

    code = "unknown_unit"


class Conversion(NamedTuple):
    """One `unit` is `factor` of `base`; `own` if an item says so itself."""

    unit: str
    base: str
    factor: Fraction
    own: bool = False


def factor(unit: str, base: str, known: Iterable[Conversion]) -> Fraction | None:
    """How many `base` one `unit` is, by the fewest conversions, the item's own ones first; or none."""
    steps = _steps(known)
    found = {unit: ONE}
    unvisited = deque([unit])
    while unvisited:
        at = unvisited.popleft()
        if at == base:
            return found[at]
        for there, by in steps.get(at, {}).items():
            if there not in found:
                found[there] = found[at] * by
                unvisited.append(there)
    return None


def reachable(base: str, known: Iterable[Conversion]) -> list[str]:
    """Every unit that can be converted to `base`, nearest first."""
    steps = _steps(known)
    found = [base]
    for at in found:
        found.extend(there for there in steps.get(at, {}) if there not in found)
    return found


def contradiction(known: Iterable[Conversion]) -> int | None:
    """The place of the first conversion that says otherwise than those before it taken together; or none.

    Units hang together in heaps; each unit knows what one of it is in the first unit of its heap.
    """
    heap: dict[str, dict[str, Fraction]] = {}
    for place, one in enumerate(known):
        mine, other = (heap.setdefault(unit, {unit: ONE}) for unit in (one.unit, one.base))
        if mine is other:
            if mine[one.unit] != one.factor * mine[one.base]:
                return place
            continue
        by = one.factor * other[one.base] / mine[one.unit]
        for unit, worth in mine.items():
            other[unit] = worth * by
            heap[unit] = other
    return None


def convert(quantity: Decimal, by: Fraction, *, decimals: int = PLACES, what: str = "The quantity") -> Decimal:
    """A quantity in another unit, exact, or refused where the other unit cannot express it."""
    exact = Fraction(quantity) * by
    scaled = exact * 10**decimals
    if scaled.denominator != 1:
        nearest = Decimal(round(scaled)).scaleb(-decimals)
        raise TooManyDecimals(
            f"{what} of {plain(quantity)} comes to {_shown(exact)} in the base unit, kept to {decimals}"
            f" decimals. Use a quantity that comes out even (near {plain(nearest)}), or a finer base unit."
        )
    return Decimal(scaled.numerator).scaleb(-decimals)


def _steps(known: Iterable[Conversion]) -> dict[str, dict[str, Fraction]]:
    """From each unit to its neighbours, both ways; an item's own conversion hides the common one."""
    steps: dict[str, dict[str, Fraction]] = {}
    for one in sorted(known, key=lambda one: not one.own):
        for here, there, by in _both_ways(one):
            steps.setdefault(here, {}).setdefault(there, by)
    return steps


def _both_ways(one: Conversion) -> Iterator[tuple[str, str, Fraction]]:
    yield one.unit, one.base, one.factor
    yield one.base, one.unit, 1 / one.factor


def _shown(exact: Fraction) -> str:
    return f"{exact.numerator}/{exact.denominator}"
