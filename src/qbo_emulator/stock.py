"""What Inventory items have on hand and at what cost: first in, first out.

An outgoing quantity takes its cost from the oldest layers left at the moment it is entered and keeps it. A later
change of an earlier purchase does not cost past sales again; the real service does that.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Move:
    """A quantity and its cost in whole cents: both positive coming in, both negative going out."""

    item: str
    on: str
    transaction: str
    quantity: Decimal
    cents: int


class Stock:
    def __init__(self) -> None:
        self._by_transaction: dict[str, tuple[Move, ...]] = {}
        self._by_item: dict[str, dict[str, list[Move]]] = {}

    def put(self, transaction: str, moves: Iterable[Move]) -> None:
        """What this transaction now moves, instead of whatever it did before."""
        for move in self._by_transaction.pop(transaction, ()):
            self._by_item[move.item].pop(transaction, None)
        new = tuple(moves)
        if new:
            self._by_transaction[transaction] = new
        for move in new:
            self._by_item.setdefault(move.item, {}).setdefault(transaction, []).append(move)

    def of(self, item: str, *, until: str = "9999", besides: str | None = None) -> list[Move]:
        """By date; on one date in the order they were entered."""
        found = self._by_item.get(item, {}).items()
        moves = [each for transaction, several in found if transaction != besides for each in several]
        return sorted((each for each in moves if each.on <= until), key=lambda each: (each.on, int(each.transaction)))

    def on_hand(self, item: str, *, until: str = "9999") -> Decimal:
        found = sum((each.quantity for each in self.of(item, until=until)), ZERO)
        return found.normalize() if found else ZERO

    def value(self, item: str, *, until: str = "9999") -> int:
        return sum(each.cents for each in self.of(item, until=until))

    def cost_of(self, item: str, quantity: Decimal, *, otherwise: Fraction, besides: str | None = None) -> int:
        """What so much more going out costs; `otherwise` is the unit cost in cents where there is no layer at all.

        The difference between two points of the running cost, so that no cent is lost over many small quantities.
        """
        moves = self.of(item, besides=besides)
        layers = [each for each in moves if each.quantity > 0]
        gone = -sum((Fraction(each.quantity) for each in moves if each.quantity < 0), Fraction())
        return _whole(_running(layers, gone + Fraction(quantity), otherwise)) - _whole(
            _running(layers, gone, otherwise)
        )

    def last_bought(self, item: str, *, otherwise: Fraction) -> Fraction:
        """The unit cost of the newest layer, in cents."""
        layers = [each for each in self.of(item) if each.quantity > 0]
        return Fraction(layers[-1].cents) / Fraction(layers[-1].quantity) if layers else otherwise

    def last_sold(self, item: str, *, otherwise: Fraction) -> Fraction:
        """The unit cost at which some last went out: what a return brings back."""
        sales = [each for each in self.of(item) if each.quantity < 0 and each.cents]
        if not sales:
            return self.last_bought(item, otherwise=otherwise)
        return Fraction(sales[-1].cents) / Fraction(sales[-1].quantity)


def _running(layers: list[Move], quantity: Fraction, otherwise: Fraction) -> Fraction:
    """The cost of the first so many units; beyond the last layer at the last layer's cost."""
    total, unit = Fraction(), otherwise
    for layer in layers:
        size, unit = Fraction(layer.quantity), Fraction(layer.cents) / Fraction(layer.quantity)
        total += min(size, quantity) * unit
        quantity -= min(size, quantity)
    return total + quantity * unit


def _whole(cents: Fraction) -> int:
    """Half away from zero."""
    exact = Decimal(cents.numerator) / Decimal(cents.denominator)
    return int(exact.to_integral_value(ROUND_HALF_UP))


def times(quantity: Decimal, unit: Fraction) -> int:
    """So many units at this unit cost in cents."""
    return _whole(Fraction(quantity) * unit)
