"""What speaks for a bill line being for a receipt line, the price left aside: links, items, and what a text names.

People type what the paper says: a receipt, an order, a lot, the number of a bill that was too dear. A word of its own
names it, in whatever case; a number inside another number does not.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple


class Charge(NamedTuple):
    """What is not matched yet of a line of a bill; a credit note's amounts and quantities are negative."""

    id: int
    amount: int
    """Cents of home currency."""
    quantity: Decimal | None = None
    """As it is billed; empty where only an amount was typed, 0 where it is said to be a price alone."""
    foreign: Decimal | None = None
    text: str = ""
    order_line: int | None = None
    item: int | None = None
    is_coded: bool = True
    """Whether it stands on the accrual account."""


class Waiting(NamedTuple):
    """What is open of a receipt line, or (negative) what was billed of it and may be credited."""

    id: int
    receipt: str
    order: str
    order_line: int
    item: int
    quantity: Decimal
    accrued: int
    sku: str = ""
    lots: tuple[str, ...] = ()
    """What the lot is called, here and by the supplier."""
    factor: Fraction = Fraction(1)
    """Base units in one ordered unit."""
    foreign: Decimal | None = None
    bills: tuple[str, ...] = ()
    """The numbers of documents that it was matched with."""


LINKED, RECEIPT, ITEM, ORDER, LOT, BILL, SKU = 60, 50, 30, 30, 30, 30, 20
"""How much each kind of evidence weighs, of 100."""
SHORTEST_BILL = 4
"""Characters of a bill's number that a text may be said to name: a shorter one may be a quantity."""

Evidence = tuple[int, list[str]]
"""How much speaks for it, and what, in words."""


def of(charge: Charge, one: Waiting) -> Evidence:
    """What says that this charge is for these goods."""
    said = [
        (LINKED, f"linked to its line of {one.order}", charge.order_line == one.order_line),
        (RECEIPT, f"its text names {one.receipt}", _names(charge.text, one.receipt)),
        (ITEM, f"the same item, {one.sku}", charge.item == one.item and charge.order_line != one.order_line),
        (ORDER, f"its text names {one.order}", _names(charge.text, one.order)),
        (LOT, "its text names the lot", any(_names(charge.text, lot) for lot in one.lots)),
        (BILL, "its text names the bill", _names_its_bill(charge, one)),
        (SKU, f"its text names {one.sku}", charge.item != one.item and _names(charge.text, one.sku)),
    ]
    holding = [(weight, reason) for weight, reason, holds in said if holds]
    return sum(weight for weight, _ in holding), [reason for _, reason in holding]


def is_named(charge: Charge, one: Waiting) -> bool:
    """Linked to it, or with its receipt, order or lot in the text: more than the same item."""
    if charge.order_line is not None and charge.order_line == one.order_line:
        return True
    return any(_names(charge.text, what) for what in (one.receipt, one.order, *one.lots)) or _names_its_bill(
        charge, one
    )


def _names_its_bill(charge: Charge, one: Waiting) -> bool:
    """What gives back names the bill that charged; what charges names itself."""
    return charge.amount < 0 and any(len(bill) >= SHORTEST_BILL and _names(charge.text, bill) for bill in one.bills)


def _names(text: str, what: str) -> bool:
    """Whether a text names a number or a code, as a word of its own."""
    wanted, said = what.lower().strip(), text.lower()
    if len(wanted) < 2:
        return False
    at = said.find(wanted)
    while at >= 0:
        before, after = said[at - 1 : at] if at else "", said[at + len(wanted) : at + len(wanted) + 1]
        if not before.isalnum() and not after.isalnum():
            return True
        at = said.find(wanted, at + 1)
    return False


_WORD = re.compile(r"[^\W_]+")
LONGEST = 60
"""Characters of a number or a code."""


def numbers(text: str) -> set[str]:
    """Whatever in a text may be the number of a paper or a lot: words, alone and with what follows, with a digit."""
    words = [(word.start(), word.end()) for word in _WORD.finditer(text)]
    said = (text[start:end] for n, (start, _) in enumerate(words) for _, end in words[n:] if end - start <= LONGEST)
    return {one for one in said if any(character.isdigit() for character in one)}
