"""Cells as people and spreadsheets fill them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.core.refusals import Refusal
from tieout.imports.columns import Cell, Column, Form, Marks, Value, reader

TAKES = {
    Form.CODE: Column("code", Form.CODE, "", "A-1", most=10),
    Form.TEXT: Column("text", Form.TEXT, "", "word", most=10),
    Form.CHOICE: Column("choice", Form.CHOICE, "", "raw", choices=("raw", "finished")),
    Form.NUMBER: Column("number", Form.NUMBER, "", "1.5", needed=True),
    Form.PRICE: Column("price", Form.PRICE, "", "1.5"),
    Form.MONEY: Column("amount", Form.MONEY, "", "1.50"),
    Form.WHOLE: Column("whole", Form.WHOLE, "", "14"),
    Form.FACTOR: Column("factor", Form.FACTOR, "", "1/3"),
    Form.DATE: Column("date", Form.DATE, "", "2024-01-31"),
    Form.YES: Column("yes", Form.YES, "", "yes"),
}


def read(form: Form, cell: Cell) -> Value:
    return reader(TAKES[form])(cell, 2, Marks())


@pytest.mark.parametrize(
    ("form", "cell", "value"),
    [
        (Form.CODE, " A-1 ", "A-1"),
        (Form.CODE, 1001.0, "1001"),  # a spreadsheet makes numbers of codes
        (Form.CODE, "=cmd|' /C'!A", None),  # eleven characters
        (Form.CODE, "=1+1", "=1+1"),
        (Form.CODE, "", None),
        (Form.TEXT, "a\r\nb", "a b"),
        (Form.CHOICE, "Raw", "raw"),
        (Form.NUMBER, "1,234.5", Decimal("1234.5")),
        (Form.NUMBER, 0.1 + 0.2, Decimal("0.3")),
        (Form.PRICE, "0", Decimal(0)),
        (Form.MONEY, "12.34", 1234),
        (Form.MONEY, "-0", 0),
        (Form.WHOLE, "14.0", 14),
        (Form.FACTOR, "290", "290/1"),
        (Form.FACTOR, "1/3", "1/3"),
        (Form.FACTOR, "22.5", "45/2"),
        (Form.DATE, "2024-02-29", date(2024, 2, 29)),
        (Form.DATE, "2024-2-9", date(2024, 2, 9)),
        (Form.DATE, "20240131", date(2024, 1, 31)),
        (Form.DATE, "2011-04-30 00:00:00.000", date(2011, 4, 30)),
        (Form.DATE, "45322", date(2024, 1, 31)),
        (Form.DATE, 45322.0, date(2024, 1, 31)),
        (Form.DATE, datetime(2024, 1, 31), date(2024, 1, 31)),  # noqa: DTZ001 -- as a spreadsheet holds it
        (Form.DATE, date(2024, 1, 31), date(2024, 1, 31)),
        (Form.YES, True, True),
        (Form.YES, "No", False),
    ],
)
def test_a_cell_gives_its_value(form: Form, cell: Cell, value: Value) -> None:
    if value is None and cell:
        with pytest.raises(Refusal):
            read(form, cell)
        return
    assert read(form, cell) == value


@pytest.mark.parametrize(
    ("form", "cell", "why"),
    [
        (Form.CHOICE, "liquid", "not possible here. Write raw or finished"),
        (Form.NUMBER, "", "Fill it in, for example with 1.5"),
        (Form.NUMBER, "0", "more than 0"),
        (Form.NUMBER, "-3", "more than 0"),
        (Form.NUMBER, "1,234", "can mean 1234 or 1.234"),
        (Form.NUMBER, "1e309", "exponent"),
        (Form.NUMBER, "NaN", "not a number"),
        (Form.NUMBER, float("inf"), "no number"),
        (Form.NUMBER, "\uff11\uff12", "digits other than"),
        (Form.NUMBER, "999999999999999999", "12 digits"),
        (Form.NUMBER, "0.1234567", "6 decimals"),
        (Form.NUMBER, True, "not a number"),
        (Form.MONEY, "0.001", "2 decimals"),
        (Form.MONEY, "90000000000000.01", "can be kept"),
        (Form.MONEY, "-1", "0 or more"),
        (Form.PRICE, "$5", "not a number"),
        (Form.WHOLE, "1.5", "whole number"),
        (Form.WHOLE, "-1", "whole number"),
        (Form.FACTOR, "1/0", "above 0"),
        (Form.FACTOR, "a/b", "not a number"),
        (Form.FACTOR, "1/99999999999999999", "too fine"),
        (Form.DATE, "31.04.2024", "more than one way"),
        (Form.DATE, "2/29/2024", "more than one way"),
        (Form.DATE, "2023-02-29", "no day 2023-02-29"),
        (Form.DATE, "2024-04-31", "no day 2024-04-31"),
        (Form.DATE, "0001-01-01", "outside 1970"),
        (Form.DATE, "tomorrow", "not a date"),
        (Form.DATE, 1e9, "not a date"),
        (Form.DATE, 45322.5, "not a date"),
        (Form.DATE, datetime(2024, 1, 31, 8), "time of day"),  # noqa: DTZ001 -- as a spreadsheet holds it
        (Form.YES, "maybe", "neither yes nor no"),
        (Form.CODE, "A\x00B", "control character"),
        (Form.CODE, "A\u202eB", "RIGHT-TO-LEFT"),
        (Form.TEXT, "a\x07", "control character"),
    ],
)
def test_a_cell_that_says_nothing_or_two_things_is_refused_with_what_to_write(form: Form, cell: Cell, why: str) -> None:
    with pytest.raises(Refusal, match=why):
        read(form, cell)


CELLS = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="0123456789.,-+/eE:% ", max_size=20),
    st.floats(),
    st.integers(),
    st.booleans(),
    st.datetimes(),
    st.dates(),
    st.times(),
    st.timedeltas(),
    st.none(),
)


@given(st.sampled_from(list(Form)), CELLS)
def test_any_cell_gives_a_value_or_a_refusal(form: Form, cell: Cell) -> None:
    try:
        value = read(form, cell)
    except Refusal as refusal:
        said = str(refusal)
    else:
        said = "" if value is None else str(value)
    assert "\x00" not in said
