"""How far posting has got: journal events not sealed yet, transmissions by state, and what stands in the way."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Count

from tieout.access import company as companies
from tieout.core.roles import Role
from tieout.ledger.models import JournalEvent, JournalState, Transmission, TransmissionState


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One document that waits for a person or for something to be mended, and why."""

    number: str
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of one moment."""

    open: int
    """Journal events whose day is not over, or that are held."""
    by_state: Mapping[str, int]
    obstacles: tuple[Obstacle, ...]

    @property
    def confirmed(self) -> int:
        return self.by_state.get(TransmissionState.CONFIRMED, 0)

    @property
    def on_the_way(self) -> int:
        """What a worker goes on with by itself."""
        ways = (TransmissionState.PENDING, TransmissionState.SENDING, TransmissionState.IN_DOUBT)
        return sum(self.by_state.get(state, 0) for state in ways)

    @property
    def is_stuck(self) -> bool:
        return bool(self.obstacles)


def tally(company: int) -> Tally:
    """Blocked and rejected documents, and journal events that were due and could not be sealed, with their reasons."""
    stuck = (TransmissionState.BLOCKED, TransmissionState.REJECTED)
    with companies.scope(company):
        states = Transmission.objects.order_by().values_list("state").annotate(Count("id"))
        unsealed = JournalEvent.objects.filter(state=JournalState.OPEN)
        held = unsealed.exclude(held="").order_by("id").values_list("document", "held")
        waiting = Transmission.objects.filter(state__in=stuck).order_by("created_at", "id")
        return Tally(
            unsealed.count(),
            dict(states),
            (
                *(Obstacle(document, "held", reason) for document, reason in held),
                *(Obstacle(one.number, one.state, one.reason) for one in waiting),
            ),
        )


_MONTHLY = """
select date_trunc('month', accounting_date)::date, sum(debit - credit)::bigint from ledger_journalline
where company_id = %s and role = any(%s) group by 1 order by 1
"""
_EVENTS = """
select date_trunc('month', accounting_date)::date, count(*) from ledger_journalevent
where company_id = %s and number is not null group by 1 order by 1
"""


def cents_by_month(company: int, roles: Collection[Role]) -> dict[date, int]:
    """What accounts of these roles took in each month, debits positive."""
    return _by_month(company, _MONTHLY, [role.value for role in roles])


def entries_by_month(company: int) -> dict[date, int]:
    """Journal entries (sealed, with something to post) of each month."""
    return _by_month(company, _EVENTS)


def _by_month(company: int, sql: str, *more: list[str]) -> dict[date, int]:
    with companies.scope(company), connection.cursor() as cursor:
        cursor.execute(sql, [company, *more])
        return dict(cursor.fetchall())
