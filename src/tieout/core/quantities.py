"""Quantities, amounts and prices as people write them: read strictly, or refused with what to write instead.

The hard case is the mark: `1,234` is a thousand and more to one reader and one and a bit to another, and a
wrong guess is off by a thousand. So a number is read only where its form leaves one reading; a decimal point
is the documented form. `1.234` is therefore one and a bit; but where the same file writes `12,5` elsewhere,
it may well be a thousand. So `read` also says what each number's form shows, for who reads whole files.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Context, Decimal
from enum import Enum

from tieout.core.refusals import BadAmount, Refusal, TooManyDecimals, ZeroQuantity

PLACES = 6
LARGEST = Decimal(10) ** 12
"""Below this a quantity fits the ledger's eighteen digits with six places."""

LARGEST_CENTS = 9 * 10**15

_PLAIN = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?|[+-]?\.[0-9]+", re.ASCII)
_COMMA_GROUPS = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?", re.ASCII)
_POINT_GROUPS = re.compile(r"[+-]?[0-9]{1,3}(\.[0-9]{3})+(,[0-9]+)?", re.ASCII)
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+", re.ASCII)
_EITHER = re.compile(r"[+-]?[0-9]{1,3}[.,][0-9]{3}", re.ASCII)
_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)


class BadNumber(Refusal):
    """A text that is no number, or could be two different ones."""

    code = "bad_number"


class Mark(Enum):
    """What a number's form says of the decimal mark its writer uses."""

    NONE = "none"
    POINT = "point"
    COMMA = "comma"
    EITHER = "either"
    """`1.234`: read with a point, but only a writer of commas would mean a thousand by it."""


def number(text: str, *, what: str = "The number") -> Decimal:
    """The decimal number that a text can only mean."""
    return read(text, what=what)[0]


def read(text: str, *, what: str = "The number") -> tuple[Decimal, Mark]:
    """The number, and what its form says of the decimal mark."""
    given = text.strip()
    if len(given) > 40:
        raise BadNumber(f"{what} has {len(given)} characters. Write a number such as 1234.5.")
    if _PLAIN.fullmatch(given):
        return Decimal(given) + 0, _mark_of_plain(given)
    if _COMMA_GROUPS.fullmatch(given):
        if _EITHER.fullmatch(given):
            raise _ambiguous(given, what)
        return Decimal(given.replace(",", "")) + 0, Mark.POINT
    if _POINT_GROUPS.fullmatch(given):
        return Decimal(given.replace(".", "").replace(",", ".")) + 0, Mark.COMMA
    if _DECIMAL_COMMA.fullmatch(given):
        return Decimal(given.replace(",", ".")) + 0, Mark.COMMA
    raise _no_number(given, what)


def from_float(given: float, *, what: str = "The number") -> Decimal:
    """A spreadsheet's number, at the fifteen digits that a spreadsheet shows: 0.1 + 0.2 is 0.3 there."""
    if given != given or given in (float("inf"), float("-inf")):
        raise BadNumber(f"{what} is {given}, which is no number. Write a number such as 1234.5.")
    return Decimal(format(given, ".15g")) + 0


def quantity(
    given: Decimal, *, decimals: int = PLACES, unit: str = "", what: str = "The quantity", zero: bool = False
) -> Decimal:
    """A quantity that can be moved: positive, no finer than its unit, small enough to be kept exactly."""
    if not given.is_finite():
        raise BadNumber(f"{what} is {given}, which is no number.")
    if given < 0 or (given == 0 and not zero):
        raise ZeroQuantity(f"{what} must be {'0 or more' if zero else 'more than 0'}, not {given:f}.")
    if given >= LARGEST:
        raise BadNumber(f"{what} is {given:f}; a quantity has at most 12 digits before the point.")
    if not fits(given, decimals):
        finest = f"measured to {decimals} decimals" if decimals else "counted in whole numbers"
        raise TooManyDecimals(
            f"{what} is {plain(given)}, but {unit or 'its unit'} is {finest}. Round it, or use a finer unit."
        )
    return given


def price(given: Decimal, *, what: str = "The price") -> Decimal:
    """A price per unit: 0 or more, at most six decimals."""
    if not given.is_finite() or given < 0:
        raise BadAmount(f"{what} must be 0 or more, not {given}.")
    if given >= LARGEST:
        raise BadAmount(f"{what} is {given:f}; a price has at most 12 digits before the point.")
    if not fits(given, PLACES):
        raise TooManyDecimals(f"{what} is {plain(given)}; a price has at most {PLACES} decimals.")
    return given


def cents(given: Decimal, *, what: str = "The amount") -> int:
    """An amount of money as whole cents."""
    if not given.is_finite():
        raise BadAmount(f"{what} is {given}, which is no amount.")
    if not fits(given, 2):
        raise BadAmount(f"{what} is {plain(given)}; an amount has at most 2 decimals. Round it to cents.")
    exact = int(_EXACT.multiply(given, Decimal(100)))
    if abs(exact) > LARGEST_CENTS:
        raise BadAmount(f"{what} is {plain(given)}; at most {LARGEST_CENTS // 100} can be kept.")
    return exact


def fits(given: Decimal, decimals: int) -> bool:
    """Whether a number needs no more decimals than these; trailing zeros do not count."""
    exponent = given.as_tuple().exponent
    assert isinstance(exponent, int), f"{given} is not finite"
    return exponent >= -decimals or _EXACT.quantize(given, Decimal(1).scaleb(-decimals)) == given


def plain(given: Decimal) -> str:
    """A number as people write it: no exponent, no trailing zeros."""
    text = f"{given:f}"
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def _mark_of_plain(given: str) -> Mark:
    if "." not in given:
        return Mark.NONE
    return Mark.EITHER if _EITHER.fullmatch(given) and not given.lstrip("+-").startswith("0") else Mark.POINT


def _ambiguous(given: str, what: str) -> BadNumber:
    thousand, fraction = given.replace(",", ""), given.replace(",", ".")
    return BadNumber(f"{what} {given} can mean {thousand} or {fraction}. Write the one you mean, with a point.")


def _no_number(given: str, what: str) -> BadNumber:
    if not given:
        return BadNumber(f"{what} is empty. Fill it in.")
    shown = given if given.isprintable() else ascii(given)
    if any(sign.isdigit() and not sign.isascii() for sign in given):
        return BadNumber(f"{what} {shown} is written with digits other than 0-9. Type it with plain digits.")
    if re.fullmatch(r"[+-]?[0-9.,]+[eE][+-]?[0-9]+", given, re.ASCII):
        return BadNumber(f"{what} {shown} is written with an exponent. Write all its digits.")
    return BadNumber(f"{what} {shown} is not a number. Write digits with a decimal point, such as 1234.5.")
