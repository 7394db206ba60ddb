"""The books compared at the end: somebody changed one entry of ours there and deleted another; both are put right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import httpx2

from tieout.access import company as companies
from tieout.access.acting import Acting
from tieout.demo.clerk import INTERN, Introduction, by_hand
from tieout.ledger.models import Transmission, TransmissionState
from tieout.quickbooks import documents, inbound, poster, reconciled, reconciliation, remedy_actions, replacing
from tieout.quickbooks.documents import Notice
from tieout.quickbooks.reconciled import Compared, Difference

ROUNDED_UP = Decimal("250.00")
REASON = "Nobody changes what the floor has posted; said so to Luis."
POSTING_SECONDS = 60.0


def meddle(company: int, emulator: Introduction, since: date) -> None:
    """The intern edits a run's entry and deletes a day's shipments; QuickBooks tells that they changed."""
    edited, deleted = (_posted(company, kind, since) for kind in ("run", "shipment"))
    address = f"{emulator['url']}/books/entry/{edited}.json"
    lines = httpx2.get(address, params={"realm": emulator["realm_id"]}, timeout=30).json()["Line"]
    for side in ("Debit", "Credit"):
        line = next(one for one in lines if one["JournalEntryLineDetail"]["PostingType"] == side)
        line["Amount"] = Decimal(str(line["Amount"])) + ROUNDED_UP
    act: dict[str, Any] = {"entity": "JournalEntry", "user": INTERN}
    by_hand(emulator, {**act, "act": "edit", "id": edited, "changes": {"Line": lines}})
    by_hand(emulator, {**act, "act": "delete", "id": deleted})
    now = datetime.now(UTC)
    told = [Notice("JournalEntry", edited, now), Notice("JournalEntry", deleted, now, gone=True)]
    documents.hear(company, emulator["realm_id"], told)
    inbound.work(company)


def _posted(company: int, kind: str, since: date) -> str:
    """The first entry of that kind from that day on."""
    with companies.scope(company):
        sent = Transmission.objects.filter(state=TransmissionState.CONFIRMED, journal__kind=kind)
        found = sent.filter(accounting_date__gte=since).order_by("accounting_date", "number").first()
    assert found is not None, f"no {kind} since {since}"
    return str(found.external_id)


def compare(finance: Acting, on: date) -> None:
    """Both systems as of that day; what was changed there is posted again, and they are compared once more."""
    company = finance.company
    reconciliation.reconcile(company, on, actor=finance.actor)
    with companies.scope(company):
        found = reconciled.run()
        waiting = reconciled.to_decide(found) if found else []
    for one in waiting:
        remedy_actions.repost_entry(finance, subject=one.difference.subject, reason=REASON)
    replacing.carry_out(company)
    poster.settle(company, seconds=POSTING_SECONDS)
    reconciliation.reconcile(company, on, actor=finance.actor)


@dataclass(frozen=True, slots=True)
class Told:
    """What the first comparison found, document by document, and what the second left over."""

    on: date
    found: tuple[Difference, ...]
    rest: int
    left: int
    """Documents to decide about."""


def told(company: int) -> Told | None:
    """The first two comparisons that this company kept."""
    with companies.scope(company):
        kept = reconciled.runs(most=1000)[::-1][:2]
        first, second = (reconciled.run(one.id) for one in kept) if len(kept) == 2 else (None, None)
    if first is None or second is None:
        return None
    return Told(first.on, tuple(_documents(first)), first.rest + second.rest, second.undecided)


def _documents(found: Compared) -> Iterator[Difference]:
    """One difference each: on the account where it is largest."""
    by_subject: dict[str, Difference] = {}
    for account in found.accounts:
        for one in account.terms:
            before = by_subject.get(one.subject)
            if one.waits and (before is None or abs(one.cents) > abs(before.cents)):
                by_subject[one.subject] = one
    yield from by_subject.values()
