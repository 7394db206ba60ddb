"""A run's plan as it is snapshotted at confirmation, and what is assumed where nobody measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from msgspec import Struct

from tieout.core.balances import ZERO
from tieout.core.rounding import half_away

_SIX = Decimal("0.000001")


class Component(Struct, frozen=True):
    """What the plan wants of an item for the whole run, and what it was worth when planned."""

    item: int
    sku: str
    quantity: Decimal
    cents: int = 0
    """The planned quantity at standard: lots on hand, else the order price, else 0."""


class Planned(Struct, frozen=True):
    """A by-product the BOM expects."""

    item: int
    sku: str
    quantity: Decimal


class Plan(Struct, frozen=True):
    """BOM version, expected yield and rates as they were when the run was confirmed. Never changed after."""

    bom: int | None
    version: str
    quantity: Decimal
    expected_yield: Decimal
    components: Sequence[Component]
    byproducts: Sequence[Planned] = ()
    labour_hours: Decimal = ZERO
    labour_rate: int = 0
    overhead_rate: int = 0
    """Cents per hour."""

    @property
    def expected(self) -> Decimal:
        """Good output expected of the whole run."""
        return (self.quantity * self.expected_yield).quantize(_SIX)

    def planned_rest(self, issued: Mapping[int, Decimal], hours: Decimal) -> int:
        """Cents still to come, at standard: components not issued yet and hours not worked yet."""
        rest = 0
        for one in self.components:
            left = max(ZERO, one.quantity - issued.get(one.item, ZERO))
            rest += half_away(Fraction(one.cents) * Fraction(left) / Fraction(one.quantity))
        left_hours = max(ZERO, self.labour_hours - hours)
        return rest + half_away(Fraction(left_hours) * (self.labour_rate + self.overhead_rate))

    def standard_uses(self, issued: Mapping[int, Decimal], *, share: Fraction) -> list[tuple[int, Decimal]]:
        """What a report of that share of the run has used by plan and nobody has issued yet."""
        uses = []
        for one in self.components:
            due = _six(Fraction(one.quantity) * share) - issued.get(one.item, ZERO)
            if due > 0:
                uses.append((one.item, due))
        return uses


def _six(exact: Fraction) -> Decimal:
    """A quantity at the six decimals that are kept."""
    return Decimal(half_away(exact * 10**6)).scaleb(-6)


def scaled(quantity: Decimal, *, to: Decimal, per: Decimal) -> Decimal:
    """What the BOM says for `per` of output, for `to` of it."""
    return _six(Fraction(quantity) * Fraction(to) / Fraction(per))
