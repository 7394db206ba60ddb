"""Which shipped goods an invoice line bills: proposals with a score and reasons, and which of them go without asking.

The hard cases. One billed line stands for several lots of one shipment: what was shipped is grouped by shipment and
item, and a proposal takes lots in the order in which they left. The same customer gets the same goods every week:
two groups that fit equally well are a question for a person, never a guess. And a web shop's document of a day
stands for all that its channel shipped that day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from tieout.core.balances import ZERO
from tieout.core.rounding import allocate, half_away

NAMED, ORDERED, CHANNEL_DAY = 60, 40, 60
SAME_CUSTOMER, SAME_ITEM, SAME_QUANTITY = 20, 20, 10
NEAR, CLOSE, FAR = 10, 5, -20
SURE = 45
"""A proposal of this score goes without asking: one customer, one item, and dates that are not far apart."""
MARGIN = 10
"""By how much the best proposal must lead."""
DAYS_NEAR, DAYS_CLOSE, DAYS_FAR = 3, 14, 60


@dataclass(frozen=True, slots=True)
class ShippedLine:
    """Goods of one lot that left and are not billed yet."""

    id: int
    shipment: str
    papers: tuple[str, ...]
    """Numbers that a document may name it by."""
    order: str
    customer: int | None
    channel: str
    item: int
    on: date
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class InvoicedLine:
    """A line that bills something, as far as it has no goods yet. No quantity: it bills whatever it names."""

    id: int
    customer: int | None
    item: int | None
    quantity: Decimal | None
    on: date
    text: str
    channel: str = ""
    """Set where its document sums up a day of a channel."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """These quantities of shipped lines are what an invoiced line bills."""

    line: int
    shipment: str
    takes: tuple[tuple[int, Decimal], ...]
    score: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Matched:
    """What goes without asking, and what a person has to choose from: best first."""

    sure: list[Proposal]
    open: dict[int, list[Proposal]]


@dataclass(slots=True)
class Shipped:
    """What may be billed, found by customer, by channel and day, and by the numbers it goes under."""

    lines: Sequence[ShippedLine]
    left: dict[int, Decimal] = field(init=False)
    _found_by: dict[tuple[object, ...], list[ShippedLine]] = field(init=False)

    def __post_init__(self) -> None:
        self.left = {one.id: one.quantity for one in self.lines}
        self._found_by = {}
        for one in self.lines:
            for key in {("customer", one.customer), ("day", one.channel, one.on), *_numbers(one)}:
                self._found_by.setdefault(key, []).append(one)

    def may_be_billed_by(self, line: InvoicedLine) -> list[ShippedLine]:
        keys: set[tuple[object, ...]] = {("day", line.channel, line.on)} if line.channel else {
            ("customer", line.customer), *(("number", word) for word in _words(line.text))
        }  # fmt: skip
        found = {one.id: one for key in keys for one in self._found_by.get(key, ())}
        same = (one for one in found.values() if line.item is None or one.item == line.item)
        return sorted((one for one in same if self.left[one.id] > 0), key=lambda one: one.id)


def match(shipped: Sequence[ShippedLine], invoiced: Sequence[InvoicedLine]) -> Matched:
    """The clearest are taken first, and what they took is gone for the others."""
    goods = Shipped(shipped)
    sure: list[Proposal] = []
    waiting = list(invoiced)
    while True:
        found = {line.id: propose(goods, line) for line in waiting}
        clear = _clear(found, goods.left)
        if not clear:
            return Matched(sure, found)
        sure += clear
        for one in clear:
            for id, quantity in one.takes:
                goods.left[id] -= quantity
        done = {one.line for one in clear}
        waiting = [line for line in waiting if line.id not in done]


def propose(goods: Shipped, line: InvoicedLine) -> list[Proposal]:
    """What an invoiced line may bill, best first."""
    groups: dict[str, list[ShippedLine]] = {}
    for one in goods.may_be_billed_by(line):
        groups.setdefault("" if line.channel else one.shipment, []).append(one)
    found = [_proposal(line, members, goods.left) for members in groups.values()]
    return sorted((one for one in found if one is not None), key=lambda one: (-one.score, one.takes))


def revenue_of(revenue: int, whole: Decimal | None, covered: Decimal, quantities: Sequence[Decimal]) -> list[int]:
    """Cents of an invoiced line for quantities of it that are linked now, `covered` being linked before.

    By cumulative rounding, so that the whole quantity has the whole amount. A line without a quantity gives all it
    has to what is linked first.
    """
    if whole is None or not whole:
        return allocate(0 if covered else revenue, over=list(quantities))
    cents, before = [], half_away(_share(revenue, covered, whole))
    for quantity in quantities:
        covered += quantity
        after = half_away(_share(revenue, covered, whole))
        cents.append(after - before)
        before = after
    return cents


def _share(revenue: int, part: Decimal, whole: Decimal) -> Fraction:
    return Fraction(revenue) * min(Fraction(part) / Fraction(whole), Fraction(1))


def _clear(found: Mapping[int, Sequence[Proposal]], left: Mapping[int, Decimal]) -> list[Proposal]:
    """The best of each line that leads by enough; lines that want the same goods wait for each other, and where
    there is not enough for those that want them as much, none gets them."""
    best = [
        options[0]
        for options in found.values()
        if options and options[0].score >= SURE and (len(options) == 1 or options[0].score - options[1].score >= MARGIN)
    ]
    wanting: dict[int, list[tuple[Proposal, Decimal]]] = {}
    for one in best:
        for id, quantity in one.takes:
            wanting.setdefault(id, []).append((one, quantity))
    clear: list[Proposal] = []
    taken: set[int] = set()
    for one in sorted(best, key=lambda one: (-one.score, one.line)):
        ids = {id for id, _ in one.takes}
        if not ids & taken and not any(_is_contested(one, wanting[id], left[id]) for id in ids):
            clear.append(one)
            taken |= ids
    return clear


def _is_contested(one: Proposal, wanting: Sequence[tuple[Proposal, Decimal]], there: Decimal) -> bool:
    rivals = [quantity for other, quantity in wanting if other.score > one.score - MARGIN]
    return len(rivals) > 1 and sum(rivals, ZERO) > there


def _proposal(line: InvoicedLine, members: Sequence[ShippedLine], left: Mapping[int, Decimal]) -> Proposal | None:
    first = members[0]
    score, reasons = _papers(line, first)
    if not score and (line.customer is None or line.customer != first.customer):
        return None
    if line.customer is not None and line.customer == first.customer:
        score += SAME_CUSTOMER
        reasons.append("the same customer")
    elif not line.channel:
        score -= SAME_CUSTOMER
        reasons.append("another customer")
    if line.item is not None:
        score += SAME_ITEM
        reasons.append("the same item")
    elif line.quantity is not None and len({one.item for one in members}) > 1:
        return None
    open_now = sum((left[one.id] for one in members), ZERO)
    if line.quantity is None or line.quantity == open_now:
        score += SAME_QUANTITY if line.quantity is not None else 0
        reasons += ["the same quantity"] if line.quantity is not None else []
    apart = abs((line.on - first.on).days)
    score += NEAR if apart <= DAYS_NEAR else CLOSE if apart <= DAYS_CLOSE else FAR if apart > DAYS_FAR else 0
    reasons.append(f"{apart} days apart" if apart else "the same day")
    takes = _take(members, left, open_now if line.quantity is None else line.quantity)
    return Proposal(line.id, first.shipment, takes, score, tuple(reasons)) if takes else None


def _papers(line: InvoicedLine, shipped: ShippedLine) -> tuple[int, list[str]]:
    """What the document's own words say of the goods."""
    if line.channel:
        same = line.channel == shipped.channel and line.on == shipped.on
        return (CHANNEL_DAY, [f"all that {line.channel} shipped that day"]) if same else (0, [])
    for paper in shipped.papers:
        if names(line.text, paper):
            return NAMED, [f"it names {paper}"]
    if shipped.order and names(line.text, shipped.order):
        return ORDERED, [f"it names order {shipped.order}"]
    return 0, []


def _numbers(one: ShippedLine) -> Iterable[tuple[object, ...]]:
    """A number is found by its longest word."""
    for number in (*one.papers, one.order):
        if words := _words(number):
            yield "number", max(sorted(words), key=len)


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def names(text: str, paper: str) -> bool:
    """Whether a number stands in a text by itself, not as part of another one."""
    return re.search(rf"(?<![\w]){re.escape(paper)}(?![\w])", text, re.IGNORECASE) is not None


def in_order(goods: Sequence[ShippedLine], quantity: Decimal) -> tuple[tuple[int, Decimal], ...]:
    """Lots in the order in which they left, as far as the quantity goes."""
    return _take(goods, {one.id: one.quantity for one in goods}, quantity)


def _take(
    members: Sequence[ShippedLine], left: Mapping[int, Decimal], quantity: Decimal
) -> tuple[tuple[int, Decimal], ...]:
    takes = []
    for one in members:
        part = min(left[one.id], quantity)
        if part > 0:
            takes.append((one.id, part))
            quantity -= part
    return tuple(takes)
