"""Value that moves between accounts while the floor stands still."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from tieout.core import posting
from tieout.core.book import Book
from tieout.core.roles import Role


class Restated(Struct, frozen=True):
    """What was booked on an account and belongs on another: cents of lines of one role and paper."""

    role: Role
    document: str
    was: posting.Target
    target: posting.Target
    debit: int
    credit: int
    text: str


class Reclassify(Struct, frozen=True, tag="reclassify"):
    """Value moves between accounts, and no goods: the mapping that named the old ones was wrong."""

    lines: Sequence[Restated]

    def apply(self, book: Book) -> None:
        """Nothing on the floor changes."""

    def booked(self) -> list[posting.Line]:
        """Each on its new account as it was on the old one, and off the old one again; sides apart."""
        booked: list[posting.Line] = []
        for one in self.lines:
            facts = posting.Facts("reclassification", one.role)
            for target, debit, credit in ((one.target, one.debit, one.credit), (one.was, one.credit, one.debit)):
                for left, right in ((debit, 0), (0, credit)):
                    if left or right:
                        number = len(booked) + 1
                        booked.append(posting.Line(number, facts, target, one.document, left, right, {one.text: None}))
        return booked
