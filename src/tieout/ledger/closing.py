"""What stands against closing a range of dates: what is not in the books yet, one by one, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection

from tieout.access.models import CompanyState


@dataclass(frozen=True, slots=True)
class Unfinished:
    """An entry that is held, or (where entries are sent) not confirmed."""

    journal: int | None
    number: str
    on: date
    state: str
    reason: str
    cause: str

    def __str__(self) -> str:
        if self.state == "held":
            return f"{self.number}: {self.reason}"
        return f"{self.number} is {self.state}. {self.reason}".strip()


_HELD = """
select j.id, j.document, j.accounting_date, 'held', j.held, '' from ledger_journalevent j
where j.state = 'open' and j.held <> '' and j.accounting_date between %s and %s order by j.id
"""
_UNPOSTED = """
select t.journal_id, t.number, t.accounting_date, t.state, t.reason, t.cause from ledger_transmission t
where t.accounting_date between %s and %s and t.state not in ('confirmed', 'superseded') order by t.created_at
"""


def is_sent(state: str) -> bool:
    """Whether a company in that state sends its entries to QuickBooks."""
    return state in (CompanyState.LIVE, CompanyState.PAUSED)


def unfinished(state: str, starts: date, ends: date) -> list[Unfinished]:
    """Of a company in that state, asked inside a scope. In shadow nothing is sent, so only what is held counts."""
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [starts, ends])
        rows = cursor.fetchall()
        if is_sent(state):
            cursor.execute(_UNPOSTED, [starts, ends])
            rows += cursor.fetchall()
    return [Unfinished(*row) for row in rows]
