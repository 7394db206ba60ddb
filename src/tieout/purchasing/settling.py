"""Bills looked at again and again, by the program itself: each in an act of its own, none in the way of another."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from tieout.access import actors
from tieout.access import company as companies
from tieout.core.refusals import Refusal
from tieout.purchasing import bill_actions, matching
from tieout.purchasing.bill_actions import Matched


@dataclass(slots=True)
class Settled:
    """What one round did, and what it could not do, by bill."""

    matched: list[Matched] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)


def settle(company: int, now: datetime) -> Settled:
    """Take back what bills say no more, match what needs nobody. What is refused stays in the queue."""
    with companies.scope(company):
        waiting = [bill for bill in matching.waiting(company) if bill_actions.has_work(bill, now)]
    if not waiting:
        return Settled()
    by, settled = actors.system(company), Settled()
    for bill in waiting:
        try:
            done = bill_actions.match_bill(by, bill=bill, at=now)
        except Refusal as refusal:
            settled.refused[bill] = str(refusal)
        else:
            settled.matched += [done] if done.cleared or done.taken_back else []
    return settled
