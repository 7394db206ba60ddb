"""The exchange rate of goods that come on an order in other money: said with their receipt, and kept on it."""

from __future__ import annotations

from fractions import Fraction

from tieout.core.refusals import Refusal
from tieout.purchasing.models import PurchaseOrder


class NoRate(Refusal):
    """Foreign prices without a rate: nobody knows what the goods are worth."""

    code = "no_rate"


def refuse_none(order: PurchaseOrder, rate: Fraction | None, *, home: str) -> None:
    """Prices in other money need the rate of the day they are owed from."""
    if rate is not None and rate <= 0:
        raise NoRate(f"The rate of {order.currency or 'the order'} cannot be {rate}. Give more than 0.")
    if rate is None and order.currency not in ("", home):
        raise NoRate(
            f"The prices of {order.number} are in {order.currency}. Give the rate of the day: how much {home} one "
            f"{order.currency} is."
        )
