"""Events as a list shows them: who did what, when, and what takes it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from tieout.core.refusals import Refusal


class UnknownEvent(Refusal):
    """No event of that number."""

    code = "unknown_event"


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event as a list shows it."""

    id: int
    number: str
    kind: str
    subject: str
    at: datetime
    recorded_at: datetime
    on: date
    by: str
    note: str
    site: int | None
    reverses: str | None
    reversed_by: str | None
    journal: int | None


def numbered(number: str) -> EventRow:
    """The event with that number, or a refusal."""
    found = _events("e.number = %s", [number])
    if not found:
        raise UnknownEvent(f"There is no event {number}. Check the number on its paper.")
    return found[-1]


def of_journal(journal: int) -> list[EventRow]:
    """What a journal event is made of."""
    return _events("e.journal_id = %s", [journal])


_EVENTS = """
select e.id, e.number, e.kind, e.subject, e.occurred_at, e.recorded_at, e.accounting_date, a.name, e.note, e.site_id,
    o.number, (select x.number from ledger_event x where x.company_id = e.company_id and x.reverses_id = e.id),
    e.journal_id
from ledger_event e
join access_actor a on a.company_id = e.company_id and a.id = e.actor_id
left join ledger_event o on o.company_id = e.company_id and o.id = e.reverses_id
where {which} order by e.id
"""


def _events(which: str, values: Sequence[int | str]) -> list[EventRow]:
    with connection.cursor() as cursor:
        cursor.execute(_EVENTS.format(which=which), values)
        return [EventRow(*row) for row in cursor.fetchall()]
