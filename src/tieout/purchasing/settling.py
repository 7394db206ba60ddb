"""Bills looked at again and again, by the program itself: each in an act of its own, none in the way of another."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from tieout.access import actors
from tieout.access import company as companies
from tieout.access.acting import Acting
from tieout.core.refusals import Refusal
from tieout.purchasing import accruals, bill_actions, matching
from tieout.purchasing.bill_actions import Matched

MOST_LOOKS = 10
"""At the same bills in one round: each match may let another bill match, a credit note after its bill; a chain of
more than so many goes on in the next round."""


@dataclass(slots=True)
class Settled:
    """What one round did, and what it could not do, by bill."""

    matched: list[Matched] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)


def settle(company: int, now: datetime) -> Settled:
    """Take back what bills say no more, match what needs nobody, the oldest bill first, until nothing more matches by
    itself. What is refused stays in the queue."""
    by, settled = actors.system(company), Settled()
    with companies.scope(company):
        accruals.settle_all(company)
    for _ in range(MOST_LOOKS):
        if not _look(by, now, settled):
            break
    return settled


def _look(by: Acting, now: datetime, settled: Settled) -> bool:
    """At every bill that waits, once; whether any of them matched."""
    before = len(settled.matched)
    with companies.scope(by.company):
        waiting = matching.waiting(by.company)
    for bill in waiting:
        if bill in settled.refused:
            continue
        with companies.scope(by.company):
            has_work = bill_actions.has_work(bill, now)
        if has_work:
            _match(by, bill, now, settled)
    return len(settled.matched) > before


def _match(by: Acting, bill: int, now: datetime, settled: Settled) -> None:
    try:
        done = bill_actions.match_bill(by, bill=bill, at=now)
    except Refusal as refusal:
        settled.refused[bill] = str(refusal)
    else:
        settled.matched += [done] if done.cleared or done.taken_back else []
