"""How Tieout says no: one sentence, a code that programs can read, and nothing left behind."""

from __future__ import annotations

from typing import ClassVar


class Refusal(Exception):
    """Something asked for that cannot be done as asked; the message says what, where and what to do."""

    code: ClassVar[str] = "refused"


class ZeroQuantity(Refusal):
    """A movement of nothing."""

    code = "zero_quantity"


class TooManyDecimals(Refusal):
    """A quantity finer than its unit can be counted or weighed."""

    code = "too_many_decimals"


class BadAmount(Refusal):
    """An amount of money that is not a number of whole cents, or has the wrong sign, or is out of range."""

    code = "bad_amount"


class NothingToShareOver(Refusal):
    """Cents to be shared, and a basis that adds up to nothing."""

    code = "zero_basis"


class NoReason(Refusal):
    """A decision that whoever audits it must be able to follow, without a sentence that says why."""

    code = "no_reason"
