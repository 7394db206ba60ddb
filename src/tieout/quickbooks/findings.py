"""What was found in QuickBooks and is for a person to decide: opened once, closed when it is no longer so."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import msgspec
from django.db import connection
from django.db.models.functions import Now

from tieout.access import company as companies
from tieout.quickbooks.models import Finding, FindingKind


@dataclass(frozen=True, slots=True)
class About:
    """The transmission that a finding is about."""

    company: int
    number: str
    transmission: uuid.UUID


_OPEN = """
insert into quickbooks_finding (company_id, kind, subject, transmission_id, message, facts)
values (%s, %s, %s, %s, %s, %s::jsonb)
on conflict (company_id, kind, subject) where closed_at is null
do update set message = excluded.message, facts = excluded.facts
"""


def open_one(
    company: int,
    kind: FindingKind,
    *,
    subject: str,
    message: str,
    facts: dict[str, Any],
    transmission: uuid.UUID | None = None,
) -> None:
    """Open it, or say again what is known of it now."""
    json = msgspec.json.encode(facts).decode()
    with companies.scope(company), connection.cursor() as cursor:
        cursor.execute(_OPEN, [company, kind.value, subject[:80], transmission, message, json])


def close(company: int, kind: FindingKind, *, subject: str) -> None:
    """It is not so any more, or a person has settled it."""
    with companies.scope(company):
        Finding.objects.filter(kind=kind, subject=subject[:80], closed_at=None).update(closed_at=Now())


def open_findings(company: int) -> list[Finding]:
    """What a controller has to look at, oldest first."""
    with companies.scope(company):
        return list(Finding.objects.filter(closed_at=None).order_by("opened_at", "id"))


def duplicate(about: About, *, kept: str, others: list[str]) -> None:
    """More than one copy of ours in QuickBooks: which one is kept, and which to delete there."""
    _open_about(
        about,
        FindingKind.DUPLICATE,
        message=(
            f"{about.number} is in QuickBooks {1 + len(others)} times. Tieout keeps the entry with id "
            f"{kept}; "
            f"delete {', '.join(others)} in QuickBooks, or approve that Tieout deletes it."
        ),
        facts={"kept": kept, "delete": others},
    )


def number_reused(about: About, *, others: list[str]) -> None:
    _open_about(
        about,
        FindingKind.NUMBER_REUSED,
        message=(
            f"Somebody gave the number {about.number} to another entry in QuickBooks ({', '.join(others)}). "
            "Give that one a number of its own."
        ),
        facts={"others": others},
    )


def tampered(about: About, *, entry: str, differences: list[str], changed: str) -> None:
    _open_about(
        about,
        FindingKind.TAMPERED,
        message=(
            f"{about.number} (id {entry}) is not in QuickBooks as it was sent: {' '.join(differences)} "
            f"Last changed {changed or 'at an unknown time'}; QuickBooks' audit log says by whom. Undo the "
            "change there, or correct the event here."
        ),
        facts={"entry": entry, "differences": differences, "changed": changed},
    )


def gone(about: About, *, entry: str) -> None:
    _open_about(
        about,
        FindingKind.GONE,
        message=(
            f"{about.number} (id {entry}) was deleted in QuickBooks. Its audit log says by whom. Tieout does "
            "not post it again by itself: restore it there, or approve a new posting."
        ),
        facts={"entry": entry},
    )


def _open_about(about: About, kind: FindingKind, *, message: str, facts: dict[str, Any]) -> None:
    open_one(
        about.company,
        kind,
        subject=about.number,
        message=message,
        facts=facts,
        transmission=about.transmission,
    )
