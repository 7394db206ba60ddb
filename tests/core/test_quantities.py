"""Numbers as people write them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.core import quantities
from tieout.core.quantities import BadNumber, Mark
from tieout.core.refusals import BadAmount, Refusal, TooManyDecimals, ZeroQuantity


@pytest.mark.parametrize(
    ("text", "number", "mark"),
    [
        ("0", "0", Mark.NONE),
        ("-0", "0", Mark.NONE),
        ("  12 ", "12", Mark.NONE),
        ("1234.5", "1234.5", Mark.POINT),
        (".5", "0.5", Mark.POINT),
        ("+3", "3", Mark.NONE),
        ("1,234.5", "1234.5", Mark.POINT),
        ("1,234,567", "1234567", Mark.POINT),
        ("1.234,5", "1234.5", Mark.COMMA),
        ("1.234.567", "1234567", Mark.COMMA),
        ("12,5", "12.5", Mark.COMMA),
        ("1234,567", "1234.567", Mark.COMMA),
        (
            "1.234",
            "1.234",
            Mark.EITHER,
        ),  # a point is the documented form, but a file of commas means a thousand
        ("0.234", "0.234", Mark.POINT),  # nobody groups after a zero
        ("-1,234.50", "-1234.50", Mark.POINT),
    ],
)
def test_a_number_is_read_where_its_form_leaves_one_reading(text: str, number: str, mark: Mark) -> None:
    assert quantities.read(text) == (Decimal(number), mark)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1,234", "can mean 1234 or 1.234"),
        ("", "is empty"),
        ("1e309", "exponent"),
        ("1E5", "exponent"),
        ("NaN", "not a number"),
        ("Infinity", "not a number"),
        ("\uff11\uff12", "digits other than"),
        ("٣", "digits other than"),
        ("$5", "not a number"),
        ("1 000", "not a number"),
        ("--1", "not a number"),
        ("1,23,456", "not a number"),
        ("1.2.3", "not a number"),
        ("0x10", "not a number"),
        ("1_000", "not a number"),
        ("9" * 41, "41 characters"),
        ("1\x00", "not a number"),
    ],
)
def test_what_is_no_number_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(BadNumber, match=why):
        quantities.number(text)


@given(st.text(max_size=50))
def test_any_text_gives_a_number_or_a_refusal(text: str) -> None:
    try:
        number = quantities.number(text)
    except Refusal:
        return
    assert number.is_finite()


@given(st.decimals(min_value=-(10**11), max_value=10**11, places=6))
def test_a_number_survives_its_plain_form(number: Decimal) -> None:
    assert quantities.number(quantities.plain(number)) == number


def test_a_spreadsheet_s_number_is_what_the_spreadsheet_shows() -> None:
    assert quantities.from_float(0.1 + 0.2) == Decimal("0.3")
    assert quantities.from_float(1e15) == 10**15
    with pytest.raises(BadNumber, match="no number"):
        quantities.from_float(float("nan"))


def test_a_quantity_is_positive_and_no_finer_than_its_unit() -> None:
    assert quantities.quantity(Decimal("2.500000"), decimals=1) == Decimal("2.5")
    with pytest.raises(ZeroQuantity, match="more than 0, not 0"):
        quantities.quantity(Decimal(0))
    with pytest.raises(TooManyDecimals, match=r"is 2.5, but EA is counted in whole numbers"):
        quantities.quantity(Decimal("2.5"), decimals=0, unit="EA")
    with pytest.raises(TooManyDecimals, match="measured to 6 decimals"):
        quantities.quantity(Decimal("0.0000001"))
    with pytest.raises(BadNumber, match="12 digits"):
        quantities.quantity(Decimal(10) ** 12)


def test_an_amount_is_whole_cents_within_what_can_be_kept() -> None:
    assert quantities.cents(Decimal("12.30")) == 1230
    assert quantities.cents(Decimal("-0.01")) == -1
    with pytest.raises(BadAmount, match="at most 2 decimals"):
        quantities.cents(Decimal("0.001"))
    with pytest.raises(BadAmount, match="can be kept"):
        quantities.cents(Decimal(10) ** 14)


def test_a_price_has_six_decimals_and_no_sign() -> None:
    assert quantities.price(Decimal("0.000001")) == Decimal("0.000001")
    with pytest.raises(BadAmount, match="0 or more"):
        quantities.price(Decimal(-1))
    with pytest.raises(TooManyDecimals):
        quantities.price(Decimal("0.0000001"))
