"""The demo is made: founded, connected, opened, and its history done day by day while the office posts it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.db import connection

from tieout.access import actors
from tieout.access.models import CompanyState
from tieout.core.refusals import Refusal
from tieout.demo import books, doing, founding, payables, working_days
from tieout.demo.awkward import WAYS
from tieout.demo.clerk import Clerk, Introduction
from tieout.demo.company import CONTROLLER, FIRST_DAY, LAST_DAY
from tieout.demo.doing import Crew
from tieout.demo.history import History
from tieout.demo.payables import Desk

Evening = Callable[[date], None]
"""What is done when a day is over."""

Show = Callable[[date, int, int], None]
"""Takes the day that was done, how many are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How much of the history is made: all of it, or its first working days."""

    days: int | None = None

    @property
    def last(self) -> date:
        every = working_days.between(FIRST_DAY, LAST_DAY)
        return every[-1] if self.days is None else every[: self.days][-1]

    @property
    def settled(self) -> date:
        """When the last of its bills is in, and both systems are compared."""
        return self.last + payables.CLOSE

    @property
    def count(self) -> int:
        return len(working_days.between(FIRST_DAY, self.last))


def begin(company: int, emulator: Introduction) -> tuple[Crew, History]:
    """Everything until the morning of the first day; the company is live then."""
    crew, history = Crew.of(company), History()
    founding.furnish(crew)
    books.connect(crew, emulator)
    books.prepare(crew, emulator)
    founding.open_stock(crew, history)
    actors.set_state(company, CompanyState.LIVE)
    return crew, history


def desk(crew: Crew, emulator: Introduction) -> Desk:
    """AP's, with the controller at the other side of it."""
    finance = crew.people[CONTROLLER]
    return Desk(Clerk(finance.company, emulator), finance, WAYS)


def live_through(crew: Crew, history: History, extent: Extent, *, evening: Evening, show: Show) -> list[Refusal]:
    """Do the history, day by day and evening by evening. What was refused, if anything.

    The pages are open meanwhile: who ships the jars that the plan wanted to ship changes the history, and it goes on.
    """
    refused: list[Refusal] = []
    hurry()
    for done, day in enumerate(history.days(last=extent.last), 1):
        for deed in day.deeds:
            try:
                doing.do(crew, deed)
            except Refusal as refusal:
                refused.append(refusal)
        evening(day.on)
        show(day.on, done, extent.count)
    linger()
    return refused


def hurry() -> None:
    """Commits of this process do not wait for the disk. What the office posts does, and PostgreSQL writes in
    order, so nothing is ever posted whose cause could be lost; and a demo half made is made anew."""
    _set("off")


def linger() -> None:
    _set("on")


def _set(word: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select set_config('synchronous_commit', %s, false)", [word])
