"""Goods that come, go and are counted: receipts, openings, shipments, transfers, scrap, counts."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from msgspec import Struct

from tieout.core.book import Book, Movement
from tieout.core.roles import MoveKind, Role
from tieout.core.rounding import half_away


class Arrival(Struct, frozen=True):
    """Goods that come in at a given value."""

    item: int
    lot: int
    origin: int
    target: int
    quantity: Decimal
    value: int

    def come(self, book: Book, kind: MoveKind) -> None:
        book.bring(
            kind,
            item=self.item,
            lot=self.lot,
            origin=self.origin,
            target=self.target,
            quantity=self.quantity,
            value=self.value,
        )


class Departure(Struct, frozen=True):
    """Goods that leave a place at what the balance says they are worth."""

    item: int
    lot: int
    origin: int
    target: int
    quantity: Decimal

    def leave(self, book: Book, kind: MoveKind, *, pool: int | None = None, role: Role | None = None) -> Movement:
        return book.issue(
            kind,
            item=self.item,
            lot=self.lot,
            pool=pool,
            origin=self.origin,
            target=self.target,
            quantity=self.quantity,
            target_role=role,
        )


class Receive(Struct, frozen=True, tag="receive"):
    """A receipt, found goods or an opening: new lots at given cents."""

    kind: MoveKind
    lines: Sequence[Arrival]

    def apply(self, book: Book) -> None:
        for line in self.lines:
            line.come(book, self.kind)


class Leave(Struct, frozen=True, tag="leave"):
    """A shipment, a transfer, a relocation or scrap: lots leave one place for another, value with them."""

    kind: MoveKind
    lines: Sequence[Departure]

    def apply(self, book: Book) -> None:
        for line in self.lines:
            line.leave(book, self.kind)


class Recognised(Arrival, frozen=True):
    """Shipped goods that are sold now: what of the shipment's movement, and at which of its cents."""

    shipped: int
    """The movement that they left stock by."""


class Recognise(Struct, frozen=True, tag="recognise"):
    """Goods that stood between the accounts since they left become cost of goods sold: one movement a line."""

    lines: Sequence[Recognised]

    def apply(self, book: Book) -> None:
        for line in self.lines:
            line.come(book, MoveKind.SHIP)


class Counted(Struct, frozen=True):
    """A lot as it was counted; `unit_value`/`unit_quantity` price a gain where none of it is on hand."""

    item: int
    lot: int
    place: int
    counted: Decimal
    unit_value: int = 0
    unit_quantity: Decimal = Decimal(1)


class Count(Struct, frozen=True, tag="count"):
    """A physical count: the difference to the ledger leaves or comes, at the lot's cost on hand."""

    reason: int
    """The place that gains and losses go to and come from."""
    lines: Sequence[Counted]

    def apply(self, book: Book) -> None:
        for line in self.lines:
            held = book.stock(line.lot, line.place)
            gain = line.counted - held.quantity
            if gain < 0:
                book.issue(
                    MoveKind.COUNT,
                    item=line.item,
                    lot=line.lot,
                    origin=line.place,
                    target=self.reason,
                    quantity=-gain,
                )
            elif gain > 0:
                cost, over = (held.value, held.quantity) if held.quantity else (line.unit_value, line.unit_quantity)
                book.bring(
                    MoveKind.COUNT,
                    item=line.item,
                    lot=line.lot,
                    origin=self.reason,
                    target=line.place,
                    quantity=gain,
                    value=half_away(Fraction(cost) * Fraction(gain) / Fraction(over)),
                )
