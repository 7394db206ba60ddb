"""Sealing: an open journal event becomes a document whose content never changes again.

One transaction: members are fixed, lines netted, the body written with its hash, the transmission made. What
cannot be sealed (an account nobody mapped, a vendor QuickBooks does not know) is held with the reason, and is
tried again when it is due next; it never blocks the floor, and always blocks closing its period.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from django.db import connection

from tieout.access import company as companies
from tieout.core.numbers import document_number
from tieout.ledger import netting
from tieout.ledger.models import Event, JournalEvent, JournalState, PaperNote, Transmission
from tieout.ledger.netting import NetLine, Unmapped


class Held(Exception):
    """Why a journal event cannot be sealed yet, in the words finance reads."""


def seal_due(company: int, now: datetime, *, everything: bool = False, on: date | None = None) -> int:
    """Seal every journal event that is due (or, on demand, every open one, or every one up to a date); how many."""
    with companies.scope(company):
        due = JournalEvent.objects.filter(state=JournalState.OPEN).order_by("id")
        if on is not None:
            due = due.filter(accounting_date__lte=on)
        elif not everything:
            today = now.astimezone(_zone(company)).date()
            due = due.filter(due_on=None) | due.filter(due_on__lt=today) | due.filter(pk__in=netting.full())
        waiting = list(due.values_list("id", flat=True))
    return sum(seal(company, journal) for journal in waiting)


def seal(company: int, journal: int) -> bool:
    """Seal one, in a transaction of its own; whether it is sealed now."""
    with companies.scope(company):
        found = JournalEvent.objects.select_for_update().filter(pk=journal, state=JournalState.OPEN).first()
        if found is None:
            return False
        try:
            lines = netting.net(found)
            body = _body(found, lines) if found.posts and not _is_nothing(lines) else None
        except (Held, Unmapped) as held:
            JournalEvent.objects.filter(pk=journal).update(held=str(held))
            return False
        _close(found, body)
        return True


def canonical(body: object) -> bytes:
    """The bytes that the hash is over: keys sorted, nothing between."""
    return msgspec.json.encode(body, order="sorted")


def digest(body: object) -> str:
    return hashlib.sha256(canonical(body)).hexdigest()


def _is_nothing(lines: list[NetLine]) -> bool:
    """Whether every account ends where it began."""
    rest: dict[tuple[object, ...], int] = {}
    for line in lines:
        key = (line.target, line.document)
        rest[key] = rest.get(key, 0) + line.debit - line.credit
    return not any(rest.values())


def _body(journal: JournalEvent, lines: list[NetLine]) -> dict[str, Any]:
    """The neutral document, in ids that QuickBooks knows; cents are integers."""
    names = _Names.of(lines)
    part = JournalEvent.objects.filter(document=journal.document, number__isnull=False).count() + 1
    with connection.cursor() as cursor:
        cursor.execute("select currency from access_company where id = %s", [journal.company_id])
        (currency,) = cursor.fetchone()
    ordered = sorted(lines, key=lambda line: (line.credit > 0, line.document))
    return {
        "number": document_number(journal.document, part=part),
        "date": journal.accounting_date.isoformat(),
        "memo": _memo(journal),
        "currency": currency,
        "lines": [names.line(line) for line in ordered],
    }


@dataclass(slots=True)
class _Names:
    accounts: dict[int, tuple[str, str, bool]]
    dimensions: dict[int, tuple[str, str]]
    parties: dict[int, tuple[str, str, str]]
    notes: dict[str, str]

    @classmethod
    def of(cls, lines: Iterable[NetLine]) -> _Names:
        """Everything the lines name, in four statements."""
        targets = [line.target for line in lines]
        return cls(
            {
                id: (external, name, active)
                for id, external, name, active in _rows(
                    "ledger_account", "external_id, name, active", [one.account for one in targets]
                )
            },
            {
                id: (external, name)
                for id, external, name in _rows(
                    "ledger_dimension",
                    "external_id, name",
                    [x for one in targets for x in (one.klass, one.department)],
                )
            },
            {
                id: (kind, external, name)
                for id, kind, external, name in _rows(
                    "ledger_party", "kind, external_id, name", [one.party for one in targets]
                )
            },
            _notes({line.document for line in lines if line.document}),
        )

    def line(self, line: NetLine) -> dict[str, Any]:
        account = self.accounts[line.target.account or 0]
        if not account[2]:
            raise Held(
                f"The account {account[1]} is inactive in QuickBooks. Map {line.role} to another, or activate it."
            )
        return {
            "role": line.role.value,
            "account": account[0],
            "account_name": account[1],
            "class": self.dimensions[line.target.klass][0] if line.target.klass else None,
            "department": self.dimensions[line.target.department][0] if line.target.department else None,
            "party": self._party(line.target.party),
            "debit": line.debit,
            "credit": line.credit,
            "description": self._description(line),
            "document": line.document,
        }

    def _description(self, line: NetLine) -> str:
        """Of what goes to a customer, the shipment and (where it is known by now) the invoice come first."""
        paper = ", ".join(one for one in (line.document, self.notes.get(line.document, "")) if one)
        goods = "; ".join(line.descriptions)
        return (f"{paper}: {goods}" if paper else goods)[:1000]

    def _party(self, party: int | None) -> dict[str, str] | None:
        if party is None:
            return None
        kind, external, name = self.parties[party]
        if not external:
            raise Held(f"QuickBooks has no {kind} {name} yet. Create or link one; this goes on by itself then.")
        return {"kind": kind, "id": external, "name": name}


def _rows(table: str, columns: str, ids: list[int | None]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"select id, {columns} from {table} where id = any(%s)", [[id for id in ids if id]])
        return list(cursor.fetchall())


def _notes(documents: set[str]) -> dict[str, str]:
    rows = PaperNote.objects.filter(document__in=documents).values_list("document", "note") if documents else ()
    return dict(rows)


def _memo(journal: JournalEvent) -> str:
    """One sentence: what, who, order, slip; or what it sums up."""
    members = list(
        Event.objects.filter(journal=journal).order_by("id").values_list("number", "subject", "note", "kind")
    )
    if len(members) == 1:
        number, _, note, kind = members[0]
        return note or f"{kind.capitalize()} {number}."
    numbers = [number for number, *_ in members]
    subjects = sorted({subject for _, subject, *_ in members if subject})
    about = subjects[0] if len(subjects) == 1 else f"{len(members)} events"
    return f"{journal.kind.capitalize()} {about}, {journal.accounting_date}: {numbers[0]} to {numbers[-1]}."


def _close(journal: JournalEvent, body: dict[str, Any] | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "update ledger_journalevent set state = %s, number = %s, memo = %s, held = '', "
            "sealed_at = clock_timestamp()"
            " where company_id = %s and id = %s",
            [
                (JournalState.SEALED if body or not journal.posts else JournalState.NOTHING).value,
                body["number"] if body else None,
                body["memo"] if body else _memo(journal),
                journal.company_id,
                journal.pk,
            ],
        )
    if body:
        Transmission.objects.create(
            company_id=journal.company_id,
            journal=journal,
            number=body["number"],
            accounting_date=journal.accounting_date,
            body=body,
            hash=digest(body),
        )


def _zone(company: int) -> ZoneInfo:
    with connection.cursor() as cursor:
        cursor.execute("select time_zone from access_company where id = %s", [company])
        return ZoneInfo(cursor.fetchone()[0])
