"""What of a difference is the price, and what the rate: the reference's example, and every cent of all others."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.core.exchange import split

amounts = st.decimals("-100000", "100000", places=2)
rates = st.decimals("0.0001", "20000", places=6)


@pytest.mark.parametrize(
    ("amount", "due", "foreign", "agreed", "rate", "parts"),
    [
        (48400, 42000, "44.00", "42.00", "11", (2200, 4200)),  # 20 at 2.10 at 10, billed 2.20 at 11
        (23100, 21000, "21.00", "21.00", "11", (0, 2100)),  # half of it, at the agreed price
        (33600, 42000, "42.00", "42.00", "8", (0, -8400)),  # the rate fell
        (4200, 4620, "42.00", "42.00", "1", (0, -420)),  # to one: a foreign currency all the same
        (-23100, -21000, "-21.00", "-21.00", "11", (0, -2100)),  # a credit note
        (-550, 0, "-5.00", "0", "1.1", (-550, 0)),  # for the price alone
        (-56, 0, "-0.50", "0", "1.105", (-56, 0)),  # of a price alone, shared: the cent is the price's
        (4850, 4620, None, None, "1", (230, 0)),  # billed in our own money
        (4850, 4620, "44.00", None, "1.1", (230, 0)),  # agreed in another
    ],
)
def test_the_price_goes_at_the_bills_rate_and_the_rest_is_the_rates(
    amount: int, due: int, foreign: str | None, agreed: str | None, rate: str, parts: tuple[int, int]
) -> None:
    found = split(
        amount,
        due,
        foreign=None if foreign is None else Decimal(foreign),
        agreed=None if agreed is None else Fraction(agreed),
        rate=Decimal(rate),
    )

    assert parts == found


@given(
    amount=st.integers(-(10**9), 10**9), due=st.integers(-(10**9), 10**9), foreign=amounts, agreed=amounts, rate=rates
)
def test_the_two_parts_are_the_whole_difference(
    amount: int, due: int, foreign: Decimal, agreed: Decimal, rate: Decimal
) -> None:
    price, exchange = split(amount, due, foreign=foreign, agreed=Fraction(agreed), rate=rate)

    assert amount - due == price + exchange


@given(foreign=amounts, rate=rates, accrued_at=rates)
def test_an_agreed_price_leaves_nothing_but_the_rate(foreign: Decimal, rate: Decimal, accrued_at: Decimal) -> None:
    billed, due = (round(foreign * one * 100) for one in (rate, accrued_at))

    assert (0, billed - due) == split(billed, due, foreign=foreign, agreed=Fraction(foreign), rate=rate)


@given(foreign=amounts, agreed=amounts, rate=rates)
def test_an_unchanged_rate_leaves_nothing_but_the_price_and_a_cent_of_rounding(
    foreign: Decimal, agreed: Decimal, rate: Decimal
) -> None:
    billed, due = (round(one * rate * 100) for one in (foreign, agreed))
    _, exchange = split(billed, due, foreign=foreign, agreed=Fraction(agreed), rate=rate)

    assert abs(exchange) <= 1
