"""Posting each transmission exactly once (the protocol's steps T3, send, T4, and the look).

The hard case: a request without an answer may have been carried out. So nothing is ever sent twice without
looking between, however long that takes; nothing is sent by two workers at once; and what cannot be
settled by looking is put before a person, while the rest of the queue goes on.

    claim (T3, committed)  →  send under its own id  →  compare the echo  →  answer (T4, committed)
    in doubt: wait, look, wait, look  →  adopt what is there  |  send again under the same id  |  a person
"""

from __future__ import annotations

import os
import socket
import time
from dataclasses import dataclass
from datetime import date, datetime

import msgspec
from django.utils import timezone

from tieout.access import company as companies
from tieout.access.models import Company, CompanyState
from tieout.ledger import transmissions
from tieout.ledger.models import TransmissionState
from tieout.ledger.transmissions import LOOK, Change, Claim, Heard
from tieout.quickbooks import (
    closing_date,
    faults,
    findings,
    looking,
    pace,
    payloads,
    sessions,
    shapes,
    verdicts,
)
from tieout.quickbooks.client import Client
from tieout.quickbooks.looking import Sight
from tieout.quickbooks.outcomes import (
    Accepted,
    AuthExpired,
    Failure,
    NotConnected,
    Outcome,
    Rejected,
    Throttled,
    Unknown,
)
from tieout.quickbooks.shapes import JournalEntry
from tieout.quickbooks.waits import USUAL, Waits

State = TransmissionState

NAMES = {
    Accepted: "accepted",
    Rejected: "rejected",
    Throttled: "throttled",
    AuthExpired: "not connected",
    NotConnected: "not connected",
}
"""How outcomes are called in the table of answers."""

COUNTED = {
    State.CONFIRMED: "confirmed",
    State.IN_DOUBT: "in_doubt",
    State.BLOCKED: "blocked",
    State.REJECTED: "rejected",
}


@dataclass(slots=True)
class Summary:
    """What one round did."""

    confirmed: int = 0
    in_doubt: int = 0
    blocked: int = 0
    rejected: int = 0
    requests: int = 0
    stopped: str = ""
    """Why it ended early, in a sentence; empty if nothing was left to do."""

    def count(self, change: Change) -> None:
        self.requests += 1
        name = COUNTED.get(State(change.state))
        if name:
            setattr(self, name, getattr(self, name) + 1)

    def add(self, other: Summary) -> None:
        for name in ("requests", *COUNTED.values()):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.stopped = other.stopped


def post_due(company: int, *, waits: Waits = USUAL, until: datetime | None = None) -> Summary:
    """Send, or look for, all that is due; at the company's pace, beginning nothing after `until`."""
    summary = Summary()
    if not is_live(company):
        summary.stopped = "The company is not live: nothing is sent."
        return summary
    if not transmissions.anything_due(company):
        return summary
    if not pace.is_connected(company):
        summary.stopped = "QuickBooks is not connected."
        return summary
    with sessions.opened(company, waits=waits) as client:
        summary.stopped = _stopped(client, company, waits=waits)
        closed = None if summary.stopped else _before_batch(client, company, summary, waits=waits)
        while not summary.stopped and not (until and timezone.now() >= until):
            faults.point("before T3")
            claim = transmissions.claim(company, worker=worker_name(), lease=waits.lease, look_after=waits.look)
            if claim is None:
                break
            _carry(client, claim, closed_through=closed, summary=summary, waits=waits)
            summary.stopped = _stopped(client, company, waits=waits)
    return summary


def settle(company: int, *, waits: Waits = USUAL, seconds: float = 600) -> Summary:
    """Post and wait until nothing of this company is on its way any more; for demonstrations, closes and
    tests.
    """
    total, ends = Summary(), time.monotonic() + seconds
    while True:
        total.add(post_due(company, waits=waits))
        on_the_way = [
            one for one in transmissions.open_ones(company) if one.state not in (State.BLOCKED, State.REJECTED)
        ]
        if not on_the_way or not is_live(company) or time.monotonic() > ends:
            return total
        time.sleep(min(1.0, waits.second_look / 10))


def is_live(company: int) -> bool:
    """Preparing, shadow and paused companies send nothing."""
    with companies.scope(company):
        return Company.objects.filter(pk=company, state=CompanyState.LIVE).exists()


def worker_name() -> str:
    return f"{socket.gethostname()} {os.getpid()}"


# --- Before a batch, and between two of its steps -----------------------------------------------------------


def _stopped(client: Client, company: int, *, waits: Waits) -> str:
    """Why nothing may be sent now; half open, one read decides."""
    standing = pace.standing(company, waits=waits)
    if not standing.probe:
        return standing.stopped
    try:
        client.company_info()
    except Failure as failure:
        sessions.note(company, failure, waits=waits)
        return f"QuickBooks still does not answer: {failure}"
    pace.clear(company)
    return ""


def _before_batch(client: Client, company: int, summary: Summary, *, waits: Waits) -> date | None:
    try:
        return closing_date.read(client, company=company)
    except Failure as failure:
        sessions.note(company, failure, waits=waits)
        summary.stopped = f"The closing date could not be read: {failure}"
        return None


# --- One transmission ---------------------------------------------------------------------------------------


def _carry(client: Client, claim: Claim, *, closed_through: date | None, summary: Summary, waits: Waits) -> None:
    """One step of one transmission: look, or send; then write down what came of it."""
    if claim.purpose == LOOK:
        faults.point("look committed")
        heard, change = _look(client, claim, waits=waits)
    elif closed_through is not None and claim.accounting_date <= closed_through:
        heard = Heard(outcome="not sent")
        change = verdicts.closed(closing_date.reason(closed_through))
    else:
        faults.point("T3 committed")
        heard, change = _send(client, claim, waits=waits)
    faults.point("before T4")
    if not transmissions.answered(claim, heard, change):
        _overtaken(claim, change)
    faults.point("T4 committed")
    summary.count(change)


def _send(client: Client, claim: Claim, *, waits: Waits) -> tuple[Heard, Change]:
    body = payloads.journal_entry(claim.body, transmission=claim.transmission)
    outcome = client.create("JournalEntry", body, requestid=claim.transmission)
    if isinstance(outcome, Accepted):
        try:
            entry = shapes.read(outcome.reply.body, JournalEntry, under="JournalEntry")
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            outcome = Unknown(f"QuickBooks' answer cannot be read: {error}.", reply=outcome.reply)
        else:
            pace.clear(claim.company)
            sight = looking.echo(entry, claim)
            _tell(claim, sight)
            return _heard(outcome), verdicts.of_sight(claim, sight, waits=waits)
    sessions.note(claim.company, outcome, waits=waits)
    return _heard(outcome), verdicts.of_failure(claim, outcome, waits=waits)


def _look(client: Client, claim: Claim, *, waits: Waits) -> tuple[Heard, Change]:
    try:
        sight = looking.look(client, claim)
    except Failure as failure:
        sessions.note(claim.company, failure, waits=waits)
        return _heard(failure), verdicts.of_blind_look(claim, failure, waits=waits)
    pace.clear(claim.company)
    faults.point("looked")
    _tell(claim, sight)
    return _saw(sight), verdicts.of_sight(claim, sight, waits=waits)


def _tell(claim: Claim, sight: Sight) -> None:
    """Open a finding for whatever a person has to decide."""
    about = _about(claim)
    if sight.strangers:
        findings.number_reused(about, others=[entry.id for entry in sight.strangers])
    if sight.kept is not None and sight.copies:
        findings.duplicate(about, kept=sight.kept.id, others=[entry.id for entry in sight.copies])
    if sight.changed is not None:
        findings.tampered(
            about,
            entry=sight.changed.id,
            differences=payloads.differences(claim.body, sight.changed),
            changed=sight.changed.meta_data.last_updated_time,
        )


def _overtaken(claim: Claim, change: Change) -> None:
    """Another worker raised the fence: this answer changes nothing, unless it proves a second copy."""
    if change.state != State.CONFIRMED:
        return
    with companies.scope(claim.company):
        kept = transmissions.external_id(claim.transmission)
    if kept and kept != change.external_id:
        findings.duplicate(_about(claim), kept=kept, others=[change.external_id])


def _about(claim: Claim) -> findings.About:
    return findings.About(claim.company, claim.number, claim.transmission)


def _heard(outcome: Outcome | Failure) -> Heard:
    name = NAMES.get(type(outcome), transmissions.UNKNOWN)
    reply = outcome.reply
    if reply is None:
        return Heard(outcome=name, body=str(outcome))
    return Heard(outcome=name, status=reply.status, trace=reply.trace, body=reply.text)


def _saw(sight: Sight) -> Heard:
    if sight.nothing:
        return Heard(outcome=transmissions.ABSENT)
    shown = [one for one in (sight.kept, *sight.copies, sight.changed, *sight.strangers) if one is not None]
    body = msgspec.json.encode([looking.facts(one) for one in shown]).decode()
    return Heard(outcome="found" if sight.kept else "differs", body=body)
