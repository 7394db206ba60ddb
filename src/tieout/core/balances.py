"""What a heap of one lot is worth while pieces of it leave: the issue rule (design: the model, section 3).

Rounding each piece by itself would give 200 free units out of 1,000 worth 4.00; re-basing on the rounded
rest would leak between lots in a bin that is topped up unit by unit. So a balance keeps the exact value it
had at its last change that was not an issue, and every issue leaves the rounded share of *that*.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from typing import NamedTuple

from tieout.core.refusals import Refusal
from tieout.core.rounding import half_away

ZERO = Decimal(0)
_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
_TWELVE = Decimal("1e-12")


class NotEnough(Refusal):
    """More asked of a lot than is there."""

    code = "insufficient_lot_qty"


class Balance(NamedTuple):
    """Quantity and cents of a lot in a place, and the exact base both were last set from."""

    quantity: Decimal = ZERO
    value: int = 0
    base_quantity: Decimal = ZERO
    base_value: Decimal = ZERO

    def issue(self, quantity: Decimal) -> tuple[int, Balance]:
        """The cents that leave with `quantity`, and what is left: worth round(X₀·Q/Q₀)."""
        assert ZERO < quantity <= self.quantity, f"{quantity} issued from {self}"
        rest = self.quantity - quantity
        value = half_away(_ratio(self.base_value, rest, self.base_quantity))
        return self.value - value, self._replace(quantity=rest, value=value)

    def change(self, quantity: Decimal, value: int) -> Balance:
        """Any change but an issue: re-base exactly, then add its own quantity and cents (either may be negative)."""
        exact = self.exact()
        total = self.quantity + quantity
        if total == 0 and self.value + value == 0:
            exact = Decimal(-value)
        return Balance(total, self.value + value, total, _EXACT.add(exact, Decimal(value)))

    def exact(self) -> Decimal:
        """X₀·Q/Q₀ in cents, to twelve decimals."""
        if self.quantity == self.base_quantity:
            return self.base_value
        return _EXACT.divide(_EXACT.multiply(self.base_value, self.quantity), self.base_quantity).quantize(
            _TWELVE, context=_EXACT
        )


def _ratio(value: Decimal, part: Decimal, whole: Decimal) -> Decimal:
    """At sixty digits a quotient of ledger numbers can neither reach nor leave a half by its own rounding."""
    return _EXACT.divide(_EXACT.multiply(value, part), whole) if part else ZERO


EMPTY = Balance()
