"""What of a difference between a bill and its accrual is the price, and what the exchange rate.

Goods are worth what was agreed at the rate of the day they came, and stay so; the debt is money, and follows the rate
until the bill. So the price is off by what the bill asks more than was agreed, at the bill's rate, and follows the
goods; everything else that is off is the rate's. The two always are the whole difference, to the cent.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from tieout.core.rounding import half_away


def split(amount: int, due: int, *, foreign: Decimal | None, agreed: Fraction | None, rate: Decimal) -> tuple[int, int]:
    """Cents billed and accrued; what is billed and was agreed in the same foreign money, where it is foreign; home
    money for one of it by the bill. The price's part and the rate's; a price without goods has no rate's part."""
    if foreign is None or agreed is None or not (agreed or due):
        return amount - due, 0
    price = half_away((Fraction(foreign) - agreed) * Fraction(rate) * 100)
    return price, amount - due - price
