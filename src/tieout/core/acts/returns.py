"""Goods that go back to their supplier."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from tieout.core.acts.goods import Departure
from tieout.core.book import Book
from tieout.core.roles import MoveKind, Role


class SentBack(Departure, frozen=True):
    """Goods back to the supplier, and what of their cost is his price."""

    price: int
    role: Role | None = None
    """VCLAIM for what was billed; empty: the accrual."""


class SendBack(Struct, frozen=True, tag="send back"):
    """A return to a supplier: goods leave by the issue rule; what he does not owe for them is a loss."""

    variance: int
    lines: Sequence[SentBack]

    def apply(self, book: Book) -> None:
        for line in self.lines:
            gone = line.leave(book, MoveKind.RECEIVE, role=line.role)
            if rest := gone.value - line.price:
                book.bring(
                    MoveKind.LOSS,
                    item=line.item,
                    lot=line.lot,
                    origin=line.target,
                    target=self.variance,
                    value=rest,
                    target_role=Role.PURCHASE_RETURN_VAR,
                    origin_role=line.role,
                )
