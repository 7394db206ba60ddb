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
from tieout.ledger.models import Cause, TransmissionState
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
    Why,
)
from tieout.quickbooks.shapes import JournalEntry
from tieout.quickbooks.waits import USUAL, Waits

State = TransmissionState


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
        round_ = post_due(company, waits=waits)
        for name in ("confirmed", "in_doubt", "blocked", "rejected", "requests"):
            setattr(total, name, getattr(total, name) + getattr(round_, name))
        total.stopped = round_.stopped
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
        heard, change = Heard(outcome="not sent"), _closed(closing_date.reason(closed_through))
    else:
        faults.point("T3 committed")
        heard, change = _send(client, claim, waits=waits)
    faults.point("before T4")
    if not transmissions.answered(claim, heard, change):
        _overtaken(claim, change)
    faults.point("T4 committed")
    _count(summary, change)


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
            return _heard("accepted", outcome), _echoed(claim, entry)
    sessions.note(claim.company, outcome, waits=waits)
    return _heard(_name(outcome), outcome), _not_accepted(claim, outcome, waits=waits)


def _not_accepted(claim: Claim, failure: Failure, *, waits: Waits) -> Change:
    """What a failure to send makes of the transmission. Nothing that may have been stored is ever sent on."""
    match failure:
        case Rejected(why=Why.CLOSED_BOOKS):
            return _closed(f"QuickBooks' books are closed for {claim.accounting_date}. {_own_words(failure)}")
        case Rejected():
            cause = Cause.REFERENCE if failure.why == Why.REFERENCE else Cause.VALIDATION
            return Change(state=State.REJECTED, cause=cause, reason=_way_out(failure))
        case Throttled():
            # Not executed. What was in doubt before stays so, and its looks are not asked for again.
            return Change(state=claim.was, looks=claim.looks, reason=str(failure), wait=waits.throttled)
        case NotConnected() | AuthExpired():
            state = State.IN_DOUBT if claim.was == State.IN_DOUBT else State.BLOCKED
            return Change(
                state=state,
                looks=claim.looks,
                cause=Cause.CONNECTION,
                reason=str(failure),
                wait=waits.throttled,
            )
        case _:
            return Change(state=State.IN_DOUBT, reason=str(failure), wait=waits.look)


def _echoed(claim: Claim, entry: JournalEntry) -> Change:
    """Stored, and as it was sent? Then it is confirmed. Stored otherwise is for a person."""
    found = payloads.differences(claim.body, entry)
    return _tampered(claim, entry, found, ours=True) if found else _confirmed(entry)


def _look(client: Client, claim: Claim, *, waits: Waits) -> tuple[Heard, Change]:
    try:
        sight = looking.look(client, claim)
    except Failure as failure:
        sessions.note(claim.company, failure, waits=waits)
        again = Change(
            state=State.IN_DOUBT,
            looks=claim.looks,
            reason=f"Could not look: {failure}",
            wait=waits.second_look,
        )
        return _heard(_name(failure), failure), again
    pace.clear(claim.company)
    faults.point("looked")
    return _saw(sight), _seen(claim, sight, waits=waits)


def _seen(claim: Claim, sight: Sight, *, waits: Waits) -> Change:
    if sight.strangers:
        others = [entry.id for entry in sight.strangers]
        findings.number_reused(claim.company, number=claim.number, transmission=claim.transmission, others=others)
    if sight.kept is not None:
        if sight.copies:
            others = [entry.id for entry in sight.copies]
            findings.duplicate(
                claim.company,
                number=claim.number,
                transmission=claim.transmission,
                kept=sight.kept.id,
                others=others,
            )
        return _confirmed(sight.kept)
    if sight.changed is not None:
        found = payloads.differences(claim.body, sight.changed)
        return _tampered(claim, sight.changed, found, ours=payloads.is_marked(sight.changed, claim.transmission))
    wait = 0 if claim.last_look else waits.second_look
    reason = "Not in QuickBooks: it is sent again." if claim.last_look else "Not in QuickBooks so far: one more look."
    return Change(state=State.IN_DOUBT, looks=claim.looks + 1, reason=reason, wait=wait)


def _confirmed(entry: JournalEntry) -> Change:
    return Change(state=State.CONFIRMED, external_id=entry.id, external_version=entry.sync_token)


def _closed(reason: str) -> Change:
    return Change(state=State.BLOCKED, cause=Cause.CLOSED_BOOKS, reason=reason)


def _tampered(claim: Claim, entry: JournalEntry, differences: list[str], *, ours: bool) -> Change:
    """Whether it is ours at all decides who has to move: a stranger under our number is given another one."""
    findings.tampered(
        claim.company,
        number=claim.number,
        transmission=claim.transmission,
        entry=entry.id,
        differences=differences,
        changed=entry.meta_data.last_updated_time,
    )
    return Change(
        state=State.BLOCKED,
        cause=Cause.TAMPERED,
        reason=f"QuickBooks holds it otherwise than it was sent: {' '.join(differences)}",
        external_id=entry.id if ours else "",
        external_version=entry.sync_token if ours else "",
    )


def _overtaken(claim: Claim, change: Change) -> None:
    """Another worker raised the fence: this answer changes nothing, unless it proves a second copy."""
    if change.state != State.CONFIRMED:
        return
    with companies.scope(claim.company):
        kept = transmissions.external_id(claim.transmission)
    if kept and kept != change.external_id:
        findings.duplicate(
            claim.company,
            number=claim.number,
            transmission=claim.transmission,
            kept=kept,
            others=[change.external_id],
        )


# --- Words --------------------------------------------------------------------------------------------------


def _heard(name: str, outcome: Outcome | Failure) -> Heard:
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


def _name(failure: Outcome | Failure) -> str:
    names = {
        Rejected: "rejected",
        Throttled: "throttled",
        AuthExpired: "not connected",
        NotConnected: "not connected",
    }
    return names.get(type(failure), transmissions.UNKNOWN)


def _own_words(failure: Failure) -> str:
    return " ".join(fault.detail or fault.message for fault in failure.faults)


def _way_out(failure: Rejected) -> str:
    if failure.why == Why.REFERENCE:
        return (
            f"{failure} An account, class, department, vendor or customer of this entry is inactive or gone "
            "in "
            "QuickBooks. Activate it there and send again, or mend the mapping."
        )
    return f"{failure} Sending the same again does not help; mend the mapping or correct the event."


def _count(summary: Summary, change: Change) -> None:
    summary.requests += 1
    names = {
        State.CONFIRMED: "confirmed",
        State.IN_DOUBT: "in_doubt",
        State.BLOCKED: "blocked",
        State.REJECTED: "rejected",
    }
    if name := names.get(State(change.state)):
        setattr(summary, name, getattr(summary, name) + 1)
