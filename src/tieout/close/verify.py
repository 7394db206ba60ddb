"""Every invariant of the model, one after another: what was looked at, and each row that breaks it.

All of it reads one snapshot of the database and changes nothing, so it may run while the floor works. What is
read of QuickBooks is read before that snapshot: an entry that arrives meanwhile is known to be on its way.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from django.db import connection, transaction

from tieout.access import company as companies
from tieout.close import appended, balances, lines, mirrors, replays, runs, seals, values
from tieout.close.findings import Outcome, Result, together

Check = Callable[[int], Outcome]
Progress = Callable[[int, str], None]


REPLAY = 10


class Invariant(NamedTuple):
    """A sentence that must hold, by its number in the model, and how it is looked at."""

    number: int
    title: str
    check: Check


INVARIANTS: Sequence[Invariant] = (
    Invariant(1, "What is written once is never changed or taken away", appended.check),
    Invariant(2, "Every balance is the sum of its movements, in quantity and value", balances.check_sums),
    Invariant(3, "No stock balance was ever below zero", balances.check_never_negative),
    Invariant(4, "Every run gives what it took; after its close nothing is in process", runs.check),
    Invariant(
        5,
        "Every movement has its balanced journal lines, and what was sealed is the net of its members",
        lambda company: together((lines.check(company), seals.check(company))),
    ),
    Invariant(8, "What a value is made of adds up to it, to the cent", values.check),
    Invariant(9, "A reversal takes back exactly what was moved", mirrors.check),
    Invariant(REPLAY, "The events, told again to an empty company, give this ledger", replays.check),
)


def check(
    company: int,
    only: Collection[int] | None = None,
    replay: bool = False,
    progress: Progress = lambda number, title: None,
) -> list[Result]:
    """Look at these invariants as of one moment; at all, where none are named. The replay comes when asked for."""
    wanted = [one for one in INVARIANTS if only is None or one.number in only]
    wanted = [one for one in wanted if replay or one.number != REPLAY or REPLAY in (only or ())]
    with _snapshot(company):
        return [_result(one, company, progress) for one in wanted]


def _result(one: Invariant, company: int, progress: Progress) -> Result:
    progress(one.number, one.title)
    outcome = one.check(company)
    return Result(one.number, one.title, not outcome.findings, outcome.checked, outcome.findings, outcome.listed)


@contextmanager
def _snapshot(company: int) -> Iterator[None]:
    """One moment of the database, unless a transaction that is open already has decided otherwise."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("set transaction isolation level repeatable read, read only")
        with companies.scope(company):
            yield
