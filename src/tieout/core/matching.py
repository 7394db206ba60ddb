"""Which receipts does a line of a bill pay for? A proposal for each line, with a score and reasons in words.

Pure: lines of bills and what is open of receipts in, proposals out. The hard cases: a line without a quantity (typed
by hand against the accrual account) is read by its amount, alone or as a whole receipt; a line over more than one
receipt line is shared by quantity; a discount or an allowance is a price without goods, on what it names or on what
its own document charges, now or since it was matched; a credit note is a bill with its signs turned, offered what was
billed instead of what is open. A proposal is *automatic* only where the price is inside the tolerances and nothing
else fits as well: everything else is for a person to decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from tieout.core import evidence
from tieout.core.balances import ZERO
from tieout.core.evidence import Charge, Evidence, Waiting
from tieout.core.rounding import allocate, half_away


class Tolerances(NamedTuple):
    """How far a price may be off, in per cent and in cents, and a quantity; empty: any."""

    percent: Decimal | None = Decimal(5)
    cents: int | None = 10000
    quantity_percent: Decimal = ZERO


class Part(NamedTuple):
    """A bill line's share for a receipt line: base units (0: a price alone), cents and foreign money."""

    receipt_line: int
    quantity: Decimal
    amount: int
    foreign: Decimal | None = None


class Proposal(NamedTuple):
    """What a bill line may pay for."""

    charge: int
    parts: tuple[Part, ...]
    score: int
    reasons: tuple[str, ...]
    automatic: bool


PRICE = 30
"""What a price inside the tolerances adds to the weight of the evidence."""


def propose(
    charges: Sequence[Charge], waiting: Sequence[Waiting], tolerances: Tolerances, *, charged: Sequence[Part] = ()
) -> list[Proposal]:
    """The best proposal for each charge of one document that has one; the surest are decided first, and none is given
    goods twice. `charged` is what lines of the document that are matched already charge."""
    desk = _Desk(tolerances, waiting, {(one.id, one.quantity > 0): one for one in waiting})
    ranked = sorted(charges, key=lambda one: (-max((desk.evidence(one, w)[0] for w in waiting), default=0), one.id))
    found: dict[int, Proposal] = {}

    def decide(how: Callable[[Charge], Proposal | None]) -> None:
        for charge in ranked:
            if charge.id not in found and (proposal := how(charge)):
                found[charge.id] = proposal

    decide(desk.goods)
    goods = [found[one.id] for one in charges if one.id in found and one.amount > 0]
    decide(lambda charge: desk.price(charge, goods, charged))
    decide(desk.at_the_price)
    return [found[one.id] for one in charges if one.id in found]


@dataclass(slots=True)
class _Desk:
    """What is still to be given, while charges are decided one by one."""

    tolerances: Tolerances
    every: Sequence[Waiting]
    left: dict[tuple[int, bool], Waiting]
    """By receipt line, what is open of it apart from what was billed."""
    known: dict[tuple[int, int], Evidence] = field(default_factory=dict)

    def goods(self, charge: Charge) -> Proposal | None:
        """The goods that a charge is for: as many as it says, or what is worth its amount."""
        fitting = self._fitting(charge)
        if charge.quantity:
            return self._given(self._by_quantity(charge, fitting))
        return self._given(self._by_amount(charge, fitting)) if charge.quantity is None else None

    def _fitting(self, charge: Charge) -> list[Waiting]:
        return [one for one in self._meant(charge) if one.quantity and (one.quantity > 0) == (charge.amount >= 0)]

    def _given(self, proposal: Proposal | None) -> Proposal | None:
        for part in proposal.parts if proposal else ():
            one = self.left[part.receipt_line, part.quantity > 0]
            rest = one.quantity - part.quantity
            foreign = one.foreign and _decimal(Fraction(one.foreign) * Fraction(rest) / Fraction(one.quantity))
            cents = one.accrued - accrued(one, part.quantity)
            self.left[one.id, part.quantity > 0] = one._replace(quantity=rest, accrued=cents, foreign=foreign)
        return proposal

    def _meant(self, charge: Charge) -> list[Waiting]:
        """What it names, billed already or not, and nothing beside that; everything, where it names nothing."""
        every = list(self.left.values())
        return [one for one in every if evidence.is_named(charge, one)] or every

    def evidence(self, charge: Charge, one: Waiting) -> Evidence:
        key = (charge.id, one.id)
        if key not in self.known:
            self.known[key] = evidence.of(charge, one)
        return self.known[key]

    def _known(self, charge: Charge, fitting: Iterable[Waiting]) -> list[Waiting]:
        """Those that something speaks for, the most first, then the oldest."""
        kept = [one for one in fitting if self.evidence(charge, one)[0]]
        return sorted(kept, key=lambda one: (-self.evidence(charge, one)[0], one.id))

    # --- A quantity is said -----------------------------------------------------------------------------------

    def _by_quantity(self, charge: Charge, fitting: list[Waiting]) -> Proposal | None:
        assert charge.quantity
        known = self._known(charge, fitting)
        chosen = known or [one for one in fitting if self._is_exactly(charge, one)]
        if not chosen:
            return None
        # What nothing speaks for but its figures is one receipt line, never several together.
        wanted = _in_base(charge, chosen[0])
        parts = self._fill(charge, wanted, chosen if known else chosen[:1])
        only = bool(known) or len(chosen) == 1
        return self._proposal(charge, parts, only=only, extra=[] if known else ["quantity and amount agree"])

    def _is_exactly(self, charge: Charge, one: Waiting) -> bool:
        return _in_base(charge, one) == one.quantity and self._is_inside(charge, [one])

    def _fill(self, charge: Charge, wanted: Decimal, chosen: list[Waiting]) -> list[Part]:
        """Goods for the quantity, from one receipt line after another; the rest of the line waits for more."""
        taken: list[tuple[Waiting, Decimal]] = []
        rest = wanted
        for one in chosen:
            quantity = min(rest, one.quantity, key=abs)
            if quantity:
                taken.append((one, quantity))
                rest -= quantity
        slack = abs(wanted) * self.tolerances.quantity_percent / 100
        if rest and abs(rest) <= slack:
            rest = ZERO
        if not rest and taken:
            last, quantity = taken[-1]
            if abs(last.quantity - quantity) <= slack:
                taken[-1] = (last, last.quantity)
        return _shared(charge, taken, matched=Fraction(wanted - rest) / Fraction(wanted))

    # --- Only an amount is said -------------------------------------------------------------------------------

    def _by_amount(self, charge: Charge, fitting: list[Waiting]) -> Proposal | None:
        if not charge.amount:
            return None
        known = self._known(charge, fitting)
        options = self._options(charge, known) or ([] if known else self._options(charge, fitting))
        if options:
            best = options[0]
            taken = [(one, one.quantity) for one in best]
            extra = [] if known else ["the amount agrees"]
            parts = _shared(charge, taken, by_value=True)
            return self._proposal(charge, parts, only=bool(known) or len(options) == 1, extra=extra)
        return None

    def _options(self, charge: Charge, those: list[Waiting]) -> list[list[Waiting]]:
        """Receipt lines, whole receipts and whole orders that are worth the amount; the closest first."""
        groups: dict[tuple[str, str | int], list[Waiting]] = {}
        for one in those:
            for key in (("line", one.id), ("receipt", one.receipt), ("order", one.order)):
                groups.setdefault(key, []).append(one)
        worth = {tuple(one.id for one in group): group for group in groups.values()}.values()
        inside = [group for group in worth if self._is_inside(charge, group)]
        strength = {id(g): max(self.evidence(charge, one)[0] for one in g) for g in inside}
        off = {id(g): abs(charge.amount - _due(charge, [(one, one.quantity) for one in g])) for g in inside}
        return sorted(inside, key=lambda g: (-strength[id(g)], off[id(g)], g[0].id))

    def at_the_price(self, charge: Charge) -> Proposal | None:
        """Part of what is named, as much as the amount buys at its price: a person says whether that is meant."""
        known = self._known(charge, self._fitting(charge)) if charge.quantity is None else []
        strongest = [one for one in known if self.evidence(charge, one) == self.evidence(charge, known[0])]
        whole = sum(one.accrued for one in strongest)
        if not whole or not charge.amount:
            return None
        share = min(Fraction(charge.amount, whole), Fraction(1))
        taken = [(one, _decimal(Fraction(one.quantity) * share)) for one in strongest]
        parts = _shared(charge, [(one, q) for one, q in taken if q], by_value=True)
        said = "a part of it, at its price" if share < 1 else "all of it, dearer"
        return self._given(self._proposal(charge, parts, only=False, extra=[said])) if parts else None

    # --- A price alone ----------------------------------------------------------------------------------------

    def price(self, charge: Charge, goods: Sequence[Proposal], charged: Sequence[Part]) -> Proposal | None:
        """No goods: what the document's own charges cost less, or more, or what it names."""
        if charge.quantity or not charge.amount:
            return None
        own = [*charged, *(part for one in goods for part in one.parts if part.amount > 0)]
        named = [one for one in self.every if one.quantity and evidence.is_named(charge, one)]
        lines = {one.id for one in named}
        if charge.amount > 0 and not lines and (not charge.is_coded or self._known(charge, self._fitting(charge))):
            return None  # a service beside the goods, or a part of goods that are open
        if meant := [part for part in own if not lines or part.receipt_line in lines]:
            is_sure = all(one.automatic for one in goods) and (charge.amount < 0 or bool(lines))
            what = "lowers" if charge.amount < 0 else "raises"
            weights = _sums((part.receipt_line, part.amount) for part in meant)
            return self._on_the_price(charge, weights, 70, f"it {what} the price of what this bill charges", is_sure)
        return self._on_what_is_named(charge, named)

    def _on_what_is_named(self, charge: Charge, named: Sequence[Waiting]) -> Proposal | None:
        """Billed already or not: an allowance may come before its bill. What is dearer while goods are open is more
        likely a part of them, and what is far off is goods given back, or the same bill twice."""
        weights = _sums((one.id, abs(one.accrued)) for one in named)
        is_open = any(one.quantity > 0 for one in named)
        if not inside(charge.amount, sum(weights.values()), self.tolerances) or (charge.amount > 0 and is_open):
            return None
        score, said = max((self.evidence(charge, one) for one in named), key=lambda one: one[0])
        return self._on_the_price(charge, weights, min(100, score + PRICE), "; ".join(said), True)

    def _on_the_price(
        self, charge: Charge, weights: Mapping[int, int], score: int, reason: str, is_sure: bool
    ) -> Proposal | None:
        whole = sum(weights.values())
        if not whole:
            return None
        shares = allocate(charge.amount, over=list(weights.values()))
        parts = tuple(Part(line, ZERO, share) for line, share in zip(weights, shares, strict=True) if share)
        is_inside = inside(charge.amount, whole, self.tolerances)
        reasons = [reason, "a price alone", _price_in_words(charge.amount, whole, is_inside=is_inside)]
        if not charge.is_coded:
            reasons.append("not on the accrual account")
        return Proposal(charge.id, parts, score, tuple(reasons), is_inside and is_sure and charge.is_coded)

    # --- Both -------------------------------------------------------------------------------------------------

    def _is_inside(self, charge: Charge, group: Sequence[Waiting]) -> bool:
        due = _due(charge, [(one, one.quantity) for one in group])
        return inside(charge.amount - due, due, self.tolerances)

    def _proposal(self, charge: Charge, parts: list[Part], *, only: bool, extra: list[str]) -> Proposal | None:
        if not parts:
            return None
        those = [self.left[part.receipt_line, part.quantity > 0] for part in parts]
        scores = [self.evidence(charge, one) for one in those]
        reasons = list(dict.fromkeys([*(reason for _, said in scores for reason in said), *extra]))
        due = _due(charge, [(one, part.quantity) for one, part in zip(those, parts, strict=True)])
        difference = sum(part.amount for part in parts) - due
        is_inside = inside(difference, due, self.tolerances)
        reasons.append(_price_in_words(difference, due, is_inside=is_inside))
        if not only:
            reasons.append("other receipts fit as well, or only a part does")
        if not charge.is_coded:
            reasons.append("not on the accrual account")
        score = min(100, min(score for score, _ in scores) + (PRICE if is_inside else 0) + (20 if only else 0))
        return Proposal(charge.id, tuple(parts), score, tuple(reasons), is_inside and only and charge.is_coded)


def accrued(one: Waiting, quantity: Decimal) -> int:
    """What that much of a receipt line was accrued at; the last of it takes the rest, so nothing stays open."""
    if not quantity:
        return 0
    if quantity == one.quantity:
        return one.accrued
    return half_away(Fraction(one.accrued) * Fraction(quantity) / Fraction(one.quantity))


def inside(difference: int, due: int, tolerances: Tolerances) -> bool:
    """Whether a price is near enough, in per cent and in cents."""
    percent, cents = tolerances.percent, tolerances.cents
    return (cents is None or abs(difference) <= cents) and (
        percent is None or abs(difference) * 100 <= abs(due) * percent
    )


def _due(charge: Charge, taken: Sequence[tuple[Waiting, Decimal]]) -> int:
    """What goods should be charged at: in foreign money, what was agreed at the bill's rate; else what was accrued.
    So the exchange rate is nobody's mistake."""
    agreed = [one.foreign for one, _ in taken]
    if not charge.foreign or any(one is None for one in agreed):
        return sum(accrued(one, quantity) for one, quantity in taken)
    shares = (Fraction(one.foreign or 0) * Fraction(quantity) / Fraction(one.quantity) for one, quantity in taken)
    return half_away(sum(shares, Fraction(0)) * Fraction(charge.amount) / Fraction(charge.foreign))


def _shared(
    charge: Charge,
    taken: Sequence[tuple[Waiting, Decimal]],
    *,
    matched: Fraction = Fraction(1),
    by_value: bool = False,
) -> list[Part]:
    """The matched part of a charge over goods: by quantity, or by what they are accrued at."""
    if not taken:
        return []
    amount = half_away(Fraction(charge.amount) * matched)
    weights = [abs(accrued(one, q)) if by_value else abs(q) for one, q in taken]
    if not any(weights):
        weights = [abs(q) for _, q in taken]
    amounts = allocate(amount, over=weights)
    foreign: list[Decimal | None] = [None] * len(taken)
    if charge.foreign is not None:
        cents = half_away(Fraction(charge.foreign) * matched * 100)
        foreign = [Decimal(one).scaleb(-2) for one in allocate(cents, over=weights)]
    return [Part(one.id, q, cents, fc) for (one, q), cents, fc in zip(taken, amounts, foreign, strict=True)]


def _in_base(charge: Charge, one: Waiting) -> Decimal:
    """The billed quantity in base units: of the ordered unit or the base unit, whichever price is nearer."""
    assert charge.quantity
    ordered = _decimal(Fraction(charge.quantity) * one.factor)
    if one.factor == 1 or not one.accrued:
        return ordered
    price = Fraction(one.accrued) / Fraction(one.quantity)
    return min(
        (ordered, charge.quantity), key=lambda quantity: abs(Fraction(charge.amount) / Fraction(quantity) - price)
    )


def _sums(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    sums: dict[int, int] = {}
    for line, cents in pairs:
        sums[line] = sums.get(line, 0) + cents
    return sums


def _price_in_words(difference: int, due: int, *, is_inside: bool) -> str:
    if not difference:
        return "the price agrees"
    percent = f" ({abs(difference) * 100 / abs(due):.1f} %)" if due else ""
    more = "more" if difference > 0 else "less"
    return f"{abs(difference) / 100:.2f} {more} than accrued{percent}{'' if is_inside else ', outside the tolerances'}"


def _decimal(exact: Fraction) -> Decimal:
    return Decimal(half_away(exact * 10**6)).scaleb(-6).normalize() + ZERO
