"""Amounts: decimals as they cross the wire, whole cents in the ledger. Never a float."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


class NotANumber(ValueError):
    """A value that should be a number is not one."""


def decimal(value: object) -> Decimal:
    """The decimal a JSON number or a numeric string stands for."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise NotANumber(str(value))
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise NotANumber(str(value)) from None
    if not number.is_finite():
        raise NotANumber(str(value))
    return number


def rounded(amount: Decimal) -> Decimal:
    """To the cent, half away from zero: what QuickBooks does to a third decimal of one line."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def cents(amount: Decimal | int) -> int:
    return int(Decimal(amount).scaleb(2).to_integral_value(ROUND_HALF_UP))


def amount(whole_cents: int) -> Decimal:
    return Decimal(whole_cents).scaleb(-2)


def plain(whole_cents: int) -> str:
    """Two decimals and a leading minus, as reports print money."""
    sign = "-" if whole_cents < 0 else ""
    return f"{sign}{abs(whole_cents) // 100}.{abs(whole_cents) % 100:02d}"
