"""How far something got on its way to the books, in words people understand, whatever the machinery calls it.

*In the books*, *on its way*, *refused* or *held* (with the reason), and *nothing to post*.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

IN_THE_BOOKS, ON_ITS_WAY, REFUSED, HELD = "in the books", "on its way", "refused", "held"
NOTHING, NOT_POSTED = "nothing to post", "not for posting"
STATES = (IN_THE_BOOKS, ON_ITS_WAY, REFUSED, HELD, NOTHING, NOT_POSTED)

WAYS_OUT = {
    "": "Look at QuickBooks' answer, mend what it names, then send it again.",
    "held": "Map the account, or create the name in QuickBooks; this goes on by itself then.",
    "connection": "Connect QuickBooks again; this goes on by itself then.",
    "closed books": "Give the entry another date, or open the period in QuickBooks and send it again.",
    "reference": "Mend the mapping, or activate what it names in QuickBooks, then send it again.",
    "validation": "Look at QuickBooks' answer, mend what it names, then send it again.",
    "tampered": "Undo the change in QuickBooks, or post it again on the reconciliation page.",
    "replaced": "It goes by itself, as soon as the entry that it replaces is gone in QuickBooks.",
}
"""Cause → what a person can do about it."""


@dataclass(frozen=True, slots=True)
class Posting:
    """How far a journal event got, and why not further."""

    journal: int
    number: str
    state: str
    stage: str
    """What the machinery calls it: open, pending, in doubt, confirmed …"""
    reason: str
    cause: str
    external_id: str
    confirmed_at: datetime | None

    @property
    def way_out(self) -> str:
        if self.state not in (REFUSED, HELD):
            return ""
        return WAYS_OUT["held"] if self.state == HELD else WAYS_OUT.get(self.cause, WAYS_OUT[""])


LAST = """
left join lateral (
    select t.* from ledger_transmission t where t.company_id = j.company_id and t.journal_id = j.id
    order by t.version desc limit 1) t on true
"""
STATE = f"""
case when not j.posts then '{NOT_POSTED}'
    when j.state = 'nothing to post' then '{NOTHING}'
    when j.state = 'open' and j.held <> '' then '{HELD}'
    when t.state = 'confirmed' then '{IN_THE_BOOKS}'
    when t.state in ('blocked', 'rejected') then '{REFUSED}'
    else '{ON_ITS_WAY}' end
"""
POSTING = f"""
j.id, coalesce(j.number, j.document), {STATE}, coalesce(t.state, j.state),
    case when j.held <> '' then j.held else coalesce(t.reason, '') end, coalesce(t.cause, ''),
    coalesce(t.external_id, ''), t.confirmed_at
"""


def of(events: Collection[int]) -> dict[int, Posting]:
    """How far each of these events got; those that move no value between accounts are left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select e.id, {POSTING} from ledger_event e"
            f" join ledger_journalevent j on j.company_id = e.company_id and j.id = e.journal_id {LAST}"
            " where e.id = any(%s)",
            [list(events)],
        )
        return {row[0]: Posting(*row[1:]) for row in cursor.fetchall()}
