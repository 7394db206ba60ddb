"""Movements in, balanced journal lines out: each movement *is* a debit and a credit.

The role of each end comes from the place, or from the item where the place holds goods. The mapping turns
role and facts into account, class, department and name; the most specific rule wins. Movements inside one
account have no lines. Every movement with an effect names the two lines it is booked on, so a line can be
followed to its goods and back, to the cent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from tieout.core.book import Movement, Place
from tieout.core.roles import ItemKind, Role


class Facts(NamedTuple):
    """What a mapping rule can ask about one end of a movement."""

    event_kind: str
    role: Role
    item: int | None = None
    category: int | None = None
    site: int | None = None
    channel: str = ""
    reason: str = ""


class Target(NamedTuple):
    """What the mapping says: ids of account, class, department and name; empty where it says nothing."""

    account: int | None = None
    klass: int | None = None
    department: int | None = None
    party: int | None = None


class Rule(NamedTuple):
    """A line of the mapping. An empty condition holds always."""

    role: Role
    target: Target
    event_kind: str = ""
    item: int | None = None
    category: int | None = None
    site: int | None = None
    channel: str = ""
    reason: str = ""

    def holds(self, facts: Facts) -> bool:
        return all(
            not wanted or wanted == given
            for wanted, given in (
                (self.event_kind, facts.event_kind),
                (self.item, facts.item),
                (self.category, facts.category),
                (self.site, facts.site),
                (self.channel, facts.channel),
                (self.reason, facts.reason),
            )
        )

    @property
    def is_default(self) -> bool:
        """Whether it holds always."""
        return not any(self[2:])

    @property
    def specificity(self) -> tuple[int, ...]:
        """More conditions first; of equally many, the narrower one: an item before its category before a site."""
        said = (self.item, self.category, self.channel, self.reason, self.site, self.event_kind)
        return (sum(bool(one) for one in said), *(int(bool(one)) for one in said))


@dataclass(slots=True)
class AccountMapping:
    """One version of the mapping, most specific rules first."""

    version: int
    rules: Mapping[Role, Sequence[Rule]]
    known: dict[Facts, Target] = field(default_factory=dict)

    @classmethod
    def of(cls, version: int, rules: Iterable[Rule]) -> AccountMapping:
        by_role: dict[Role, list[Rule]] = {}
        for rule in sorted(rules, key=lambda rule: rule.specificity, reverse=True):
            by_role.setdefault(rule.role, []).append(rule)
        return cls(version, by_role)

    def resolve(self, facts: Facts) -> Target:
        """Each of account, class, department and name from the most specific rule that says it."""
        found = self.known.get(facts)
        if found is None:
            holding = [rule.target for rule in self.rules.get(facts.role, ()) if rule.holds(facts)]
            found = Target(*(next((said for said in column if said), None) for column in zip(*holding, strict=True)))
            self.known[facts] = found
        return found


class Goods(NamedTuple):
    """What posting needs to know of a lot: how the books class it, and how a bookkeeper reads it."""

    item: int
    kind: ItemKind
    category: int | None
    text: str
    """`ALM-RAW lot L-204` """
    unit: str


class Sold(NamedTuple):
    """The shipment that a movement to a customer belongs to."""

    document: str
    customer: int | None
    channel: str


@dataclass(frozen=True, slots=True)
class Paper:
    """What an event's lines say beside their amounts."""

    event_kind: str
    vendor: int | None = None
    customer: int | None = None
    document: str = ""
    """The shipment: what goes to a customer is a pair of lines a shipment, so that each can be told from the others."""
    channel: str = ""
    reason: str = ""
    by_lot: bool = False
    """One line a lot where goods are (receipts), instead of one an account."""
    role_at: Mapping[int, Role] = field(default_factory=dict)
    """Place → role, where this event credits another role than the place's own."""
    account_at: Mapping[int, int] = field(default_factory=dict)
    """Place → account, where the event says which, and not the mapping: a reclassification."""
    sold: Mapping[int, Sold] = field(default_factory=dict)
    """Movement → its shipment, where a later cost follows goods that were sold by earlier events."""


@dataclass(slots=True)
class Line:
    """One side of an event in the books, in cents."""

    number: int
    facts: Facts
    target: Target
    document: str
    debit: int = 0
    credit: int = 0
    texts: dict[str, None] = field(default_factory=dict)
    """In the order in which they were met, each once."""

    @property
    def description(self) -> str:
        shown = [*islice(self.texts, MOST_TEXTS)]
        more = len(self.texts) - len(shown)
        return "; ".join(shown) + (f" and {more} more" if more else "")


MOST_TEXTS = 6
_VENDOR_ROLES = frozenset({Role.GRNI, Role.VCLAIM})
_CUSTOMER_ROLES = frozenset({Role.COGS, Role.COGS_LATE, Role.SNI})


class Posted(NamedTuple):
    """Lines of an event, and of each movement the numbers of its debit and credit line (or none)."""

    lines: list[Line]
    booked: dict[int, tuple[int, int]]


def post(
    movements: Sequence[Movement],
    *,
    paper: Paper,
    places: Mapping[int, Place],
    goods: Mapping[int, Goods],
    mapping: AccountMapping,
) -> Posted:
    """The balanced lines of one event."""
    ledger = _Ledger(paper, places, goods, mapping)
    booked = {
        movement.number: pair
        for movement in movements
        if movement.value and (pair := ledger.book(movement)) is not None
    }
    lines = list(ledger.lines.values())
    assert sum(line.debit for line in lines) == sum(line.credit for line in lines), "journal lines do not balance"
    return Posted(lines, booked)


@dataclass(slots=True)
class _Ledger:
    paper: Paper
    places: Mapping[int, Place]
    goods: Mapping[int, Goods]
    mapping: AccountMapping
    lines: dict[tuple[object, ...], Line] = field(default_factory=dict)

    def book(self, movement: Movement) -> tuple[int, int] | None:
        origin, target = self._facts(movement, movement.origin), self._facts(movement, movement.target)
        if movement.target_role:
            target = target._replace(role=movement.target_role)
        if movement.origin_role:
            origin = origin._replace(role=movement.origin_role)
        to, out = self._target(target, movement.target), self._target(origin, movement.origin)
        if origin.role == target.role and to == out:
            return None
        debit, credit = ((target, to), (origin, out)) if movement.value > 0 else ((origin, out), (target, to))
        amount = abs(movement.value)
        return (
            self._line(movement, *debit, "debit", amount),
            self._line(movement, *credit, "credit", amount),
        )

    def _target(self, facts: Facts, at: int) -> Target:
        found, said = self.mapping.resolve(facts), self.paper.account_at.get(at)
        return found._replace(account=said) if said else found

    def _facts(self, movement: Movement, at: int) -> Facts:
        place, paper = self.places[at], self.paper
        goods = self.goods.get(movement.lot) if movement.lot is not None else None
        role = paper.role_at.get(at) or place.role or (goods.kind.role if goods else None)
        assert role is not None, f"movement {movement.number}: nothing says which role {place.kind} plays"
        site = place.site or self._other_site(movement, at)
        return Facts(
            paper.event_kind,
            role,
            goods.item if goods else None,
            goods.category if goods else None,
            site,
            self._sold(movement).channel,
            paper.reason,
        )

    def _sold(self, movement: Movement) -> Sold:
        paper = self.paper
        known = paper.sold.get(movement.corrects) if movement.corrects is not None else None
        return known or Sold(paper.document, paper.customer, paper.channel)

    def _other_site(self, movement: Movement, at: int) -> int | None:
        """A counterpart stands at no site of its own: it belongs to where the goods are."""
        other = movement.target if at == movement.origin else movement.origin
        return self.places[other].site

    def _line(self, movement: Movement, facts: Facts, target: Target, side: str, amount: int) -> int:
        paper, sold = self.paper, self._sold(movement)
        if target.party is None:
            target = target._replace(party=self._party(facts.role, sold))
        own = movement.lot if paper.by_lot and facts.role in _GOODS else None
        document = sold.document if facts.role in _CUSTOMER_ROLES or paper.customer is not None else ""
        key = (facts.role, target, document, own, side)
        line = self.lines.get(key)
        if line is None:
            line = Line(len(self.lines) + 1, facts, target, document)
            self.lines[key] = line
        if side == "debit":
            line.debit += amount
        else:
            line.credit += amount
        line.texts.setdefault(self._text(movement))
        return line.number

    def _party(self, role: Role, sold: Sold) -> int | None:
        if role in _VENDOR_ROLES:
            return self.paper.vendor
        return sold.customer if role in _CUSTOMER_ROLES else None

    def _text(self, movement: Movement) -> str:
        goods = self.goods.get(movement.lot) if movement.lot is not None else None
        if goods is None:
            return self.places[movement.origin].kind.value
        if not movement.quantity:
            return goods.text
        return f"{goods.text} {movement.quantity.normalize():f} {goods.unit}"


_GOODS = frozenset({Role.RAW, Role.FG})
