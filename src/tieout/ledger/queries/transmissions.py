"""Documents that were or will be sent, each try, and QuickBooks' own words."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """One try, and what came back of it, verbatim."""

    number: int
    purpose: str
    worker: str
    at: datetime
    outcome: str
    status: int | None
    answered_at: datetime | None
    trace: str
    body: str


@dataclass(frozen=True, slots=True)
class TransmissionRow:
    """One document that was or will be sent."""

    id: uuid.UUID
    number: str
    version: int
    state: str
    on: date
    reason: str
    cause: str
    hash: str
    external_id: str
    created_at: datetime
    confirmed_at: datetime | None
    body: str
    attempts: list[AttemptRow]

    @property
    def waits_for_a_person(self) -> bool:
        return self.state in ("blocked", "rejected") and self.cause != "replaced"


def of_journal(journal: int) -> list[TransmissionRow]:
    """The latest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, number, version, state, accounting_date, reason, cause, hash, external_id, created_at,"
            " confirmed_at, body::text from ledger_transmission where journal_id = %s order by version desc",
            [journal],
        )
        rows: list[tuple[Any, ...]] = [(*row, _attempts(row[0])) for row in cursor.fetchall()]
    return [TransmissionRow(*row) for row in rows]


def _attempts(transmission: uuid.UUID) -> list[AttemptRow]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select t.number, t.purpose, t.worker, t.at, coalesce(a.outcome, 'no answer'), a.status, a.at,"
            " coalesce(a.trace, ''), coalesce(a.body, '') from ledger_attempt t"
            " left join ledger_answer a on a.company_id = t.company_id and a.attempt_id = t.id"
            " where t.transmission_id = %s order by t.number desc",
            [transmission],
        )
        return [AttemptRow(*row) for row in cursor.fetchall()]
