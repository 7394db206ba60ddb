"""What people type, read strictly, and the lines of a form."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.http import QueryDict

from tieout.core.refusals import Refusal
from tieout.web.templatetags.tieout import plain, quantity
from tieout.web.typed import BadEntry, Typed


def typed(query: str) -> Typed:
    return Typed(QueryDict(query))


@pytest.mark.parametrize(
    ("entered", "means"), [("12", "12"), ("1,234.5", "1234.5"), (" .5 ", "0.5"), ("-3", "-3"), ("1.234,5", "1234.5")]
)
def test_a_number_is_read_as_everywhere(entered: str, means: str) -> None:
    given = QueryDict(mutable=True)
    given["n"] = entered

    assert Decimal(means) == Typed(given).number("n", "The number")


@pytest.mark.parametrize("entered", ["1,234", "ten", "1e5", "NaN", "١٢", "1 2"])
def test_what_is_no_number_or_could_be_two_is_refused(entered: str) -> None:
    given = QueryDict(mutable=True)
    given["n"] = entered

    with pytest.raises(Refusal, match="The number"):
        Typed(given).number("n", "The number")


def test_an_empty_field_is_no_zero() -> None:
    assert typed("n=").number_if_any("n", "N") is None
    with pytest.raises(BadEntry, match="N is empty"):
        typed("n=").number("n", "N")


def test_lines_are_those_in_which_something_was_typed() -> None:
    form = typed("sku-1=A&quantity-1=&sku-2=B&quantity-2=5&sku-90=&quantity-90=7&quantity=9&quantity-x=1")

    assert [(2, "B", "5"), (90, "", "7")] == [
        (n, line.text("sku"), line.text("quantity")) for n, line in form.lines("quantity")
    ]


def test_a_day_or_an_id_that_is_none_is_said_or_ignored() -> None:
    with pytest.raises(BadEntry, match="is no date"):
        typed("on=31.1.2026").day_if_any("on", "The day")
    assert [None, None, 12] == [typed(f"id={word}").whole_if_any("id") for word in ("x", "9" * 30, "12")]


def test_blanks_and_nulls_around_words_go() -> None:
    assert "a b" == typed("name=+a%00++b%0A").text("name")


@pytest.mark.parametrize(
    ("value", "shown", "entered"),
    [
        ("1234567.5", "1,234,567.5", "1234567.5"),
        ("0", "0", "0"),
        ("-0.125000", "−0.125", "-0.125"),
        ("1000", "1,000", "1000"),
    ],
)
def test_a_quantity_is_shown_without_idle_zeros(value: str, shown: str, entered: str) -> None:
    assert (shown, entered) == (quantity(Decimal(value)), plain(Decimal(value)))
