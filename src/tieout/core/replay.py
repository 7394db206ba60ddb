"""The past once more: stored events, one after another, through the functions that decided them the first time.

Nothing is loaded but the places; the book begins empty. So whatever an event found when it was recorded, it must
find again from the events before it, and whatever it did it must do again, or one of them is not as it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from tieout.core import posting
from tieout.core.acts.accounts import Reclassify
from tieout.core.acts.facts import Facts
from tieout.core.book import Book, Movement, Place
from tieout.core.posting import AccountMapping, Goods, Line, Paper


class Done(NamedTuple):
    """What an event did."""

    movements: list[Movement]
    lines: list[Line]
    booked: dict[int, tuple[int, int]]
    """Movement number → its debit and its credit line."""


@dataclass(slots=True)
class Replay:
    """An empty company that events are told to in company sequence."""

    places: Mapping[int, Place]
    book: Book = field(init=False)

    def __post_init__(self) -> None:
        self.book = Book(self.places)

    def play(self, facts: Facts, *, paper: Paper, goods: Mapping[int, Goods], mapping: AccountMapping) -> Done:
        """Do it again; a refusal means that the events before it did not leave what it needs."""
        self.book.movements = []
        self.book.changed = set()
        facts.apply(self.book)
        self.book.settled()
        if isinstance(facts, Reclassify):
            return Done([], facts.booked(), {})
        posted = posting.post(self.book.movements, paper=paper, places=self.places, goods=goods, mapping=mapping)
        return Done(self.book.movements, posted.lines, posted.booked)
