"""Value that changes after the goods moved: late cost, matched papers, write-downs, and movements taken back."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from msgspec import Struct

from tieout.core.acts.goods import Arrival
from tieout.core.balances import ZERO
from tieout.core.book import Book, Movement
from tieout.core.roles import MoveKind, Role
from tieout.core.rounding import allocate, half_away


class Correction(Struct, frozen=True, omit_defaults=True):
    """A share of late cost along the movement it follows; of a cost that enters a run, along none."""

    kind: MoveKind
    item: int | None
    lot: int | None
    pool: int | None
    origin: int
    target: int
    value: int
    corrects: int | None
    target_role: Role | None = None
    origin_role: Role | None = None

    def apply(self, book: Book) -> None:
        book.bring(
            self.kind,
            item=self.item,
            lot=self.lot,
            pool=self.pool,
            origin=self.origin,
            target=self.target,
            value=self.value,
            corrects=self.corrects,
            target_role=self.target_role,
            origin_role=self.origin_role,
        )


class Late(Struct, frozen=True, tag="late"):
    """A cost that came late: it enters a lot or a run, and follows the goods."""

    shares: Sequence[Correction]

    def apply(self, book: Book) -> None:
        for share in self.shares:
            share.apply(book)


class Match(Struct, frozen=True, tag="match"):
    """The papers of found goods have come: the supplier stands where nobody stood, and a difference in price
    follows the goods."""

    paper: Arrival
    shares: Sequence[Correction] = ()

    def apply(self, book: Book) -> None:
        self.paper.come(book, MoveKind.RECEIVE)
        Late(self.shares).apply(book)


class Marked(Struct, frozen=True):
    """A lot and what a unit of it can be sold for, as cents for a quantity."""

    item: int
    lot: int
    places: Sequence[int]
    unit_value: int
    unit_quantity: Decimal


class WriteDown(Struct, frozen=True, tag="write down"):
    """What is on hand of lots is worth no more than it can be sold for; what is worth less already stays as it is."""

    reason: int
    """The place that stands for the loss."""
    lots: Sequence[Marked]

    def apply(self, book: Book) -> None:
        for one in self.lots:
            held = [book.stock(one.lot, place) for place in one.places]
            worth = sum(balance.value for balance in held)
            quantity = sum((balance.quantity for balance in held), ZERO)
            most = half_away(Fraction(one.unit_value) * Fraction(quantity) / Fraction(one.unit_quantity))
            if worth <= most:
                continue
            losses = allocate(worth - most, over=[balance.value for balance in held])
            for place, loss in zip(one.places, losses, strict=True):
                if loss:
                    book.bring(MoveKind.LOSS, item=one.item, lot=one.lot, origin=place, target=self.reason, value=loss)


class Moved(Struct, frozen=True):
    """A movement that is on record, as a reversal takes it back."""

    id: int
    kind: MoveKind
    item: int | None
    lot: int | None
    pool: int | None
    origin: int
    target: int
    quantity: Decimal
    value: int
    target_role: Role | None = None
    origin_role: Role | None = None
    """Roles that it was booked under, where they were not its places' own."""


class Reverse(Struct, frozen=True, tag="reverse"):
    """Take back movements, the last first, at the same cents."""

    moved: Sequence[Moved]

    def apply(self, book: Book) -> None:
        book.is_taking_back = True
        for was in self.moved:
            book.mirror(
                Movement(
                    0, was.kind, was.item, was.lot, was.pool, was.origin, was.target, was.quantity, was.value,
                    None, was.target_role, was.origin_role,
                )
            )  # fmt: skip
        book.taken_back()
