"""The columns of templates, and how a cell of each is read: a value for the database, or a refusal.

A cell is a text (CSV) or what a spreadsheet holds: a number, a date, a truth value. Both give the same value.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from tieout.core import codes, quantities
from tieout.core.quantities import BadNumber, Mark, plain
from tieout.core.refusals import Refusal

Cell = str | int | float | bool | date | datetime | time | timedelta | None
Value = str | int | Decimal | date | bool | None

EARLIEST, LATEST = date(1970, 1, 1), date(2199, 12, 31)
EXCEL_ZERO = date(1899, 12, 30)
"""Day 0 of a spreadsheet's calendar, for every day after its false 29 February 1900."""


class BadDate(Refusal):
    """A text that is no date, or could be two."""

    code = "bad_date"


class BadChoice(Refusal):
    """A word that is not among those possible."""

    code = "bad_choice"


class MissingValue(Refusal):
    """A cell that must not be empty."""

    code = "missing_value"


class Form(StrEnum):
    """What a column holds; the value is what the documentation calls it."""

    CODE = "code"
    TEXT = "text"
    CHOICE = "one of"
    NUMBER = "number"
    PRICE = "price"
    MONEY = "amount"
    WHOLE = "whole number"
    FACTOR = "number or fraction"
    DATE = "date"
    YES = "yes or no"


SQL_TYPE = {
    Form.CODE: "text",
    Form.TEXT: "text",
    Form.CHOICE: "text",
    Form.NUMBER: "numeric",
    Form.PRICE: "numeric",
    Form.MONEY: "bigint",
    Form.WHOLE: "integer",
    Form.FACTOR: "text",
    Form.DATE: "date",
    Form.YES: "boolean",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a template: its name, what it holds, whether it must be filled, and what it means."""

    name: str
    form: Form
    says: str
    example: str = ""
    needed: bool = False
    most: int = 60
    choices: tuple[str, ...] = ()
    zero: bool = False
    """Whether a number may be 0."""


@dataclass(slots=True)
class Marks:
    """Which decimal marks a file's numbers show, so that `1.234` beside `12,5` is not guessed at."""

    comma: tuple[int, str] | None = None
    either: list[tuple[int, str, str]] = field(default_factory=list)
    either_count: int = 0

    def note(self, mark: Mark, row: int, column: str, text: str) -> None:
        if mark is Mark.COMMA and self.comma is None:
            self.comma = (row, text)
        elif mark is Mark.EITHER:
            self.either_count += 1
            if len(self.either) < 1000:
                self.either.append((row, column, text))


Reader = Callable[[Cell, int, Marks], Value]


def reader(column: Column) -> Reader:
    """How the cells of a column are read; an empty cell is None, or refused where the column is needed."""
    read = _READERS[column.form]

    def read_cell(cell: Cell, row: int, marks: Marks) -> Value:
        if isinstance(cell, str):
            cell = cell.strip()
        if cell is None or cell == "":
            if column.needed:
                raise MissingValue(f"The cell is empty. Fill it in, for example with {column.example}.")
            return None
        return read(column, cell, row, marks)

    return read_cell


def _code(column: Column, cell: Cell, row: int, marks: Marks) -> Value:
    return codes.code(_text_of(cell), most=column.most, what="The code")


def _text(column: Column, cell: Cell, row: int, marks: Marks) -> Value:
    return codes.text(_text_of(cell), most=column.most, what="The text")


def _choice(column: Column, cell: Cell, row: int, marks: Marks) -> Value:
    word = _text_of(cell).casefold()
    if word not in column.choices:
        *others, last = column.choices
        possible = f"{', '.join(others)} or {last}"
        raise BadChoice(f"{_shown(cell)} is not possible here. Write {possible}.")
    return word


def _number(column: Column, cell: Cell, row: int, marks: Marks) -> Value:
    given = _decimal(column, cell, row, marks)
    return quantities.quantity(given, what="The number", zero=column.zero)


def _price(column: Column, cell: Cell, row: int, marks: Marks) -> Value:
    return quantities.price(_decimal(column, cell, row, marks))


def _money(column: Column, cell: Cell, row: int, marks: Marks) -> Value:
    given = _decimal(column, cell, row, marks)
    if given < 0:
        raise BadNumber(f"The amount is {plain(given)}; it must be 0 or more.")
    return quantities.cents(given)


def _whole(column: Column, cell: Cell, row: int, marks: Marks) -> Value:
    given = _decimal(column, cell, row, marks)
    if not quantities.fits(given, 0) or not 0 <= given <= 1_000_000_000:
        raise BadNumber(f"{_shown(cell)} is not a whole number of 0 or more. Write one such as {column.example}.")
    return int(given)


def _factor(column: Column, cell: Cell, row: int, marks: Marks) -> Value:
    above, slash, below = _text_of(cell).partition("/") if isinstance(cell, str) else (cell, "", "")
    upper = _decimal(column, above, row, marks)
    lower = _decimal(column, below, row, marks) if slash else Decimal(1)
    if upper <= 0 or lower <= 0:
        raise BadNumber(f"{_shown(cell)} is not above 0. Write a number or a fraction such as 1/12.")
    exact = Fraction(upper) / Fraction(lower)
    if max(exact.numerator, exact.denominator) > 10**15:
        raise BadNumber(f"{_shown(cell)} is too fine to be kept. Use at most 15 digits.")
    return f"{exact.numerator}/{exact.denominator}"


def _decimal(column: Column, cell: Cell, row: int, marks: Marks) -> Decimal:
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        raise BadNumber(f"{_shown(cell)} is not a number. Write digits with a decimal point, such as 1234.5.")
    if isinstance(cell, int):
        return Decimal(cell)
    if isinstance(cell, float):
        return quantities.from_float(cell)
    number, mark = quantities.read(cell)
    if mark is Mark.COMMA or mark is Mark.EITHER:
        marks.note(mark, row, column.name, cell)
    return number


_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?", re.ASCII)
_COMPACT = re.compile(r"(19|20|21)[0-9]{6}", re.ASCII)
_SERIAL = re.compile(r"[0-9]{5}(\.0+)?", re.ASCII)
_LOCAL = re.compile(r"[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{2,4}.*", re.ASCII)


def _date(column: Column, cell: Cell, row: int, marks: Marks) -> Value:
    found = _date_of(cell)
    if not EARLIEST <= found <= LATEST:
        raise BadDate(f"{found} is outside {EARLIEST.year} to {LATEST.year}. Check the year.")
    return found


def _date_of(cell: Cell) -> date:
    if isinstance(cell, datetime):
        if cell.time() != time(0):
            raise BadDate(f"{cell} has a time of day. Give the date alone.")
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _serial(float(cell))
    text = _text_of(cell)
    if iso := _ISO.fullmatch(text):
        return _calendar(text, int(iso[1]), int(iso[2]), int(iso[3]))
    if _COMPACT.fullmatch(text):
        return _calendar(text, int(text[:4]), int(text[4:6]), int(text[6:]))
    if _SERIAL.fullmatch(text):
        return _serial(float(text))
    if _LOCAL.fullmatch(text):
        raise BadDate(f"{text} can be read in more than one way. Write the date as 2024-01-31.")
    raise BadDate(f"{_shown(cell)} is not a date. Write it as 2024-01-31.")


def _calendar(text: str, year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise BadDate(f"There is no day {text}. Check the month and the day.") from None


def _serial(days: float) -> date:
    if not 0 < days < 200_000 or days != int(days):
        raise BadDate(f"{days:g} is not a date. Write it as 2024-01-31.")
    return EXCEL_ZERO + timedelta(days=int(days))


_TRUE, _FALSE = frozenset({"yes", "y", "true", "1"}), frozenset({"no", "n", "false", "0"})


def _yes(column: Column, cell: Cell, row: int, marks: Marks) -> Value:
    word = _text_of(cell).casefold()
    if word not in _TRUE | _FALSE:
        raise BadChoice(f"{_shown(cell)} is neither yes nor no. Write yes or no.")
    return word in _TRUE


def _text_of(cell: Cell) -> str:
    """A spreadsheet's 1001.0 in a column of codes is 1001."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return plain(quantities.from_float(cell))
    return str(cell)


def _shown(cell: Cell) -> str:
    text = _text_of(cell)
    text = text if len(text) <= 40 else text[:40] + "…"
    return text if text.isprintable() else ascii(text)


_READERS: dict[Form, Callable[[Column, Cell, int, Marks], Value]] = {
    Form.CODE: _code,
    Form.TEXT: _text,
    Form.CHOICE: _choice,
    Form.NUMBER: _number,
    Form.PRICE: _price,
    Form.MONEY: _money,
    Form.WHOLE: _whole,
    Form.FACTOR: _factor,
    Form.DATE: _date,
    Form.YES: _yes,
}
