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
from tieout.close import (
    accounts,
    accrued,
    appended,
    balances,
    entries,
    lines,
    mirrors,
    outside,
    replays,
    runs,
    seals,
    values,
)
from tieout.close.findings import Outcome, Result, together
from tieout.close.outside import Seen
from tieout.quickbooks.waits import USUAL, Waits

Check = Callable[[int, Seen | None], Outcome]
Progress = Callable[[int, str], None]

REPLAY = 10


class Invariant(NamedTuple):
    """A sentence that must hold, by its number in the model, and how it is looked at."""

    number: int
    title: str
    check: Check


def _inside(*checks: Callable[[int], Outcome]) -> Check:
    """Checks that need nothing but the ledger."""
    return lambda company, _: together(one(company) for one in checks)


INVARIANTS: Sequence[Invariant] = (
    Invariant(1, "What is written once is never changed or taken away", _inside(appended.check)),
    Invariant(2, "Every balance is the sum of its movements, in quantity and value", _inside(balances.check_sums)),
    Invariant(3, "No stock balance was ever below zero", _inside(balances.check_never_negative)),
    Invariant(4, "Every run gives what it took; after its close nothing is in process", _inside(runs.check)),
    Invariant(
        5,
        "Every movement has its balanced journal lines, and what was sealed is the net of its members",
        _inside(lines.check, seals.check),
    ),
    Invariant(6, "Goods, journal lines and QuickBooks agree on every inventory account", accounts.check),
    Invariant(7, "What was sealed is in QuickBooks once, or waits, or is listed", entries.check),
    Invariant(8, "What a value is made of adds up to it, to the cent", _inside(values.check, accrued.check)),
    Invariant(9, "A reversal takes back exactly what was moved", _inside(mirrors.check)),
    Invariant(REPLAY, "The events, told again to an empty company, give this ledger", _inside(replays.check)),
)
ASK_QUICKBOOKS = frozenset({6, 7})


def check(
    company: int,
    only: Collection[int] | None = None,
    replay: bool = False,
    progress: Progress = lambda number, title: None,
    waits: Waits = USUAL,
) -> list[Result]:
    """Look at these invariants as of one moment; at all, where none are named. The replay comes when asked for."""
    wanted = [one for one in INVARIANTS if only is None or one.number in only]
    wanted = [one for one in wanted if replay or one.number != REPLAY or REPLAY in (only or ())]
    seen = None
    if any(one.number in ASK_QUICKBOOKS for one in wanted):
        progress(0, "Reading QuickBooks")
        seen = outside.look(company, waits=waits)
    with _snapshot(company):
        return [_result(one, company, seen, progress) for one in wanted]


def _result(one: Invariant, company: int, seen: Seen | None, progress: Progress) -> Result:
    progress(one.number, one.title)
    outcome = one.check(company, seen)
    return Result(one.number, one.title, not outcome.findings, outcome.checked, outcome.findings, outcome.listed)


@contextmanager
def _snapshot(company: int) -> Iterator[None]:
    """One moment of the database, unless a transaction that is open already has decided otherwise."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        with connection.cursor() as cursor:
            if outermost:
                cursor.execute("set transaction isolation level repeatable read, read only")
            # Questions over a whole ledger: room to sort in, and no time lost on compiling what is asked once.
            cursor.execute("set local work_mem = '64MB'; set local jit = off")
        with companies.scope(company):
            yield
