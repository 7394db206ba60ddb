"""Reading back what stands in QuickBooks: once for each entry soon after it was confirmed, and again on
every change.

QuickBooks is other people's too: they edit, delete, copy. What they did to an entry of ours is found
here, told with the moment of the change, and left for a person; it is closed by itself when it was
undone. The count of copies is part of the reading: one number, one entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from tieout.access import company as companies
from tieout.ledger import transmissions
from tieout.ledger.models import Transmission, TransmissionState
from tieout.quickbooks import faults, findings, payloads, query, sessions
from tieout.quickbooks.client import Client
from tieout.quickbooks.models import FindingKind
from tieout.quickbooks.shapes import JournalEntry
from tieout.quickbooks.waits import USUAL, Waits

AT_ONCE = 500
IN_A_QUERY = 100
"""Ids or numbers in one statement: a query is an address, and addresses end at some 8,000 characters."""


def read_back(company: int, *, waits: Waits = USUAL) -> int:
    """Compare confirmed entries that nobody has read back yet; how many."""
    with companies.scope(company):
        ripe = Q(confirmed_at__lte=Now() - timedelta(seconds=waits.read_back))
        unread = _entries().filter(ripe, state=TransmissionState.CONFIRMED, read_back_at=None)
        batch = list(unread.order_by("confirmed_at")[:AT_ONCE])
    if not batch:
        return 0
    with sessions.opened(company, waits=waits) as client:
        for some in _batches(batch):
            _compare(company, some, _by_id(client, some), _by_number(client, some))
    faults.point("read back")
    return len(batch)


def changed(company: int, client: Client, every: Sequence[JournalEntry]) -> None:
    """Look at those that are ours, by id or by number, among entries that were changed or deleted."""
    ids = [one.id for one in every]
    numbers = [one.doc_number for one in every if one.doc_number]
    with companies.scope(company):
        known = Q(external_id__in=ids) | Q(number__in=numbers)
        ours = list(
            _entries().filter(known).exclude(external_id="").exclude(state=TransmissionState.SUPERSEDED).order_by("pk")
        )
    for some in _batches(ours):
        _compare(company, some, _by_id(client, some), _by_number(client, some))


def _entries() -> QuerySet[Transmission]:
    """Journal entries: invoices that were asked for are QuickBooks' own from then on, and come back by the mirror."""
    return Transmission.objects.filter(document="JournalEntry")


def _batches(every: Sequence[Transmission]) -> Iterable[Sequence[Transmission]]:
    for start in range(0, len(every), IN_A_QUERY):
        yield every[start : start + IN_A_QUERY]


def _compare(
    company: int, ours: Sequence[Transmission], there: dict[str, JournalEntry], numbered: list[JournalEntry]
) -> None:
    for one in ours:
        entry = there.get(one.external_id)
        if entry is None:
            findings.gone(_about(one), entry=one.external_id)
            _read(company, one)
        else:
            _judge(company, one, entry)
        _count_copies(company, one, numbered)


def _judge(company: int, one: Transmission, entry: JournalEntry) -> None:
    found = payloads.differences(one.body, entry)
    if found:
        findings.tampered(
            _about(one),
            entry=entry.id,
            differences=found,
            changed=entry.meta_data.last_updated_time,
        )
        _read(company, one)
        return
    for kind in (FindingKind.TAMPERED, FindingKind.GONE):
        findings.close(company, kind, subject=one.number)
    with companies.scope(company):
        transmissions.read_back(one.pk, version=entry.sync_token)


def _count_copies(company: int, one: Transmission, numbered: list[JournalEntry]) -> None:
    others = [
        entry for entry in numbered if entry.doc_number.lower() == one.number.lower() and entry.id != one.external_id
    ]
    copies = [entry.id for entry in others if not payloads.differences(one.body, entry)]
    strangers = [entry.id for entry in others if entry.id not in copies]
    if copies:
        findings.duplicate(_about(one), kept=one.external_id, others=copies)
    else:
        findings.close(company, FindingKind.DUPLICATE, subject=one.number)
    if strangers:
        findings.number_reused(_about(one), others=strangers)
    else:
        findings.close(company, FindingKind.NUMBER_REUSED, subject=one.number)


def _by_id(client: Client, some: Sequence[Transmission]) -> dict[str, JournalEntry]:
    found = client.entries(query.among("Id", [one.external_id for one in some]))
    return {entry.id: entry for entry in found}


def _by_number(client: Client, some: Sequence[Transmission]) -> list[JournalEntry]:
    return client.entries(query.among("DocNumber", [one.number for one in some]))


def _about(one: Transmission) -> findings.About:
    return findings.About(one.company_id, one.number, one.pk)


def _read(company: int, one: Transmission) -> None:
    with companies.scope(company):
        Transmission.objects.filter(pk=one.pk).update(read_back_at=Now())
