"""Carrying a transmission to its end: one worker at a time, each try written down before it is made.

The hard case is the worker that dies, or sleeps, between sending and hearing the answer. What it meant to
do is committed (T3) before the first byte leaves; its lease ends by the database's clock; the next worker
raises the fence and *looks* before it sends. Should the first one wake up, its answer is kept, but the
stale fence changes nothing.

    PENDING ──claim──▶ SENDING ──accepted──▶ CONFIRMED
       ▲                  │ no clear answer, or nobody there any more when the lease ends
       │ not executed     ▼
       └───────────── IN_DOUBT ──look: there──▶ CONFIRMED      ──look: not there, twice──▶ SENDING
                          └──look: changed by others──▶ BLOCKED
    SENDING ──refused──▶ REJECTED | BLOCKED ──released──▶ PENDING, or IN_DOUBT where a try has no clear answer
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, Max, Q, QuerySet
from django.db.models.functions import Now

from tieout.access import company as companies
from tieout.core.refusals import Refusal
from tieout.ledger.models import Answer, Attempt, Cause, Transmission, TransmissionState

SEND, LOOK = "send", "look"
UNKNOWN, ABSENT = "unknown", "absent"
"""Outcomes that this file reads again: a send whose answer says nothing, a look that found nothing."""

LOOKS_BEFORE_RESEND = 2

State = TransmissionState


class NotToBeReplaced(Refusal):
    """A transmission that QuickBooks may have stored cannot get another body."""

    code = "not_to_be_replaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A transmission that one worker alone may work on until the lease ends; the fence proves it."""

    company: int
    transmission: uuid.UUID
    attempt: int
    purpose: str
    fence: int
    was: str
    number: str
    accounting_date: date
    body: dict[str, Any]
    looks: int
    first_sent_at: datetime | None

    @property
    def last_look(self) -> bool:
        """Nothing found now means that it is sent again."""
        return self.looks + 1 >= LOOKS_BEFORE_RESEND


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What an answer makes of a transmission."""

    state: str
    reason: str = ""
    cause: str = ""
    wait: float = 0
    looks: int = 0
    external_id: str = ""
    external_version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What came back of an attempt, verbatim."""

    outcome: str
    status: int | None = None
    trace: str = ""
    body: str = field(default="", repr=False)


def anything_due(company: int, *, destination: str = "quickbooks") -> bool:
    """Whether there is work now; asked before a connection is opened."""
    with companies.scope(company):
        return _due(company, destination).exists()


def claim(
    company: int, *, worker: str, lease: float, look_after: float, destination: str = "quickbooks"
) -> Claim | None:
    """T3: take one due transmission, raise its fence, write down the attempt, commit. None: nothing is
    due.
    """
    while True:
        with companies.scope(company):
            due = _due(company, destination).select_for_update(skip_locked=True)
            found = due.order_by("next_at", "created_at").first()
            if found is None:
                return None
            if found.state != State.SENDING:
                return _take(found, worker=worker, lease=lease)
            _abandoned(found, look_after=look_after)


def answered(claim: Claim, heard: Heard, change: Change) -> bool:
    """T4: keep the answer in any case, and let it count if nobody raised the fence meanwhile."""
    with companies.scope(claim.company):
        Answer.objects.create(
            company_id=claim.company,
            attempt_id=claim.attempt,
            outcome=heard.outcome,
            status=heard.status,
            trace=heard.trace[:80],
            body=heard.body.replace("\0", ""),
        )
        return bool(_held(claim).update(**_columns(change)))


def release(company: int, only: Q) -> int:
    """Let blocked and rejected ones go on under their own ids: to the look if a try is without a clear
    answer.
    """
    with companies.scope(company):
        waiting = Transmission.objects.filter(only, state__in=[State.BLOCKED, State.REJECTED], external_id="")
        found = list(waiting.select_for_update().order_by("id"))
        for one in found:
            one.state = State.IN_DOUBT if in_doubt(one.pk) else State.PENDING
            one.reason, one.cause, one.looks, one.next_at = "", "", 0, Now()
            one.save(update_fields=["state", "reason", "cause", "looks", "next_at"])
        return len(found)


def block_closed(company: int, *, through: date, reason: str) -> int:
    """Hold back what is dated in books that are closed; what was sent already is looked for all the same."""
    with companies.scope(company):
        pending = Transmission.objects.filter(state=State.PENDING, accounting_date__lte=through)
        return pending.update(state=State.BLOCKED, cause=Cause.CLOSED_BOOKS, reason=reason)


def replace(one: Transmission, *, body: dict[str, Any], hash: str, accounting_date: date) -> Transmission:  # noqa: A002
    """A new body is a new transmission; the old one is kept, superseded. Inside the caller's transaction."""
    held = withdraw(one)
    return Transmission.objects.create(
        company_id=held.company_id,
        journal_id=held.journal_id,
        destination=held.destination,
        document=held.document,
        number=held.number,
        accounting_date=accounting_date,
        version=held.version + 1,
        body=body,
        hash=hash,
    )


def withdraw(one: Transmission, *, reason: str = "") -> Transmission:
    """It is not sent any more: kept, superseded. Inside the caller's transaction."""
    held = Transmission.objects.select_for_update().get(pk=one.pk)
    if held.state not in (State.BLOCKED, State.REJECTED) or held.external_id or in_doubt(held.pk):
        raise NotToBeReplaced(
            f"{held.number} is {held.state}, and QuickBooks may hold it. Only what QuickBooks has certainly not "
            "stored can be replaced or withdrawn; correct this one by an entry of its own."
        )
    held.state = State.SUPERSEDED
    held.reason = reason or held.reason
    held.save(update_fields=["state", "reason"])
    return held


def repost(one: Transmission, *, reason: str, after: str) -> Transmission:
    """What stood in QuickBooks was changed or deleted there: the same content once more, as a version of its own.
    `after`: the entry that has to be gone first, if there is one. Inside the caller's transaction.
    """
    held = Transmission.objects.select_for_update().get(pk=one.pk)
    if not held.external_id or held.state not in (State.CONFIRMED, State.BLOCKED):
        raise NotToBeReplaced(
            f"{held.number} is {held.state}: QuickBooks has not had it, so there is nothing to post again. Send it."
        )
    new = Transmission.objects.create(
        company_id=held.company_id,
        journal_id=held.journal_id,
        destination=held.destination,
        document=held.document,
        number=held.number,
        accounting_date=held.accounting_date,
        version=held.version + 1,
        body=held.body,
        hash=held.hash,
        state=State.BLOCKED if after else State.PENDING,
        cause=Cause.REPLACED if after else "",
        reason=f"Posted again: {reason}" + (f" It waits until entry {after} is gone there." if after else ""),
    )
    held.state = State.SUPERSEDED
    held.save(update_fields=["state"])
    return new


def in_doubt(transmission: uuid.UUID) -> bool:
    """Whether a try to send has no clear answer, and the looks after it did not find that nothing was
    stored.
    """
    tries = Attempt.objects.filter(transmission_id=transmission)
    clear = Answer.objects.filter(attempt__in=tries).exclude(outcome=UNKNOWN)
    unclear = tries.filter(purpose=SEND).exclude(pk__in=clear.values("attempt_id")).order_by("-number").first()
    if unclear is None:
        return False
    looks = tries.filter(purpose=LOOK, number__gt=unclear.number)
    return Answer.objects.filter(attempt__in=looks, outcome=ABSENT).count() < LOOKS_BEFORE_RESEND


def external_id(transmission: uuid.UUID) -> str:
    """The id of the one entry that stands for it, if there is one yet. Inside the caller's scope."""
    return Transmission.objects.values_list("external_id", flat=True).get(pk=transmission)


def read_back(transmission: uuid.UUID, *, version: str) -> None:
    """It stands there as it was sent: also one that did not, and was mended there. Inside the caller's
    scope.
    """
    one = Transmission.objects.filter(pk=transmission).exclude(external_id="")
    one.update(read_back_at=Now(), external_version=version)
    mended = one.filter(state=State.BLOCKED, cause=Cause.TAMPERED)
    mended.update(state=State.CONFIRMED, confirmed_at=Now(), cause="", reason="")


def open_ones(company: int) -> Sequence[Transmission]:
    """Everything not yet settled, oldest first: for the controller's screen and the tie-out."""
    with companies.scope(company):
        settled = [State.CONFIRMED, State.SUPERSEDED]
        return list(Transmission.objects.exclude(state__in=settled).order_by("created_at", "id"))


def _due(company: int, destination: str) -> QuerySet[Transmission]:
    return Transmission.objects.filter(
        Q(lease_until__isnull=True) | Q(lease_until__lt=Now()),
        company_id=company,
        destination=destination,
        state__in=[State.PENDING, State.SENDING, State.IN_DOUBT],
        next_at__lte=Now(),
    )


def _take(found: Transmission, *, worker: str, lease: float) -> Claim:
    tries = Attempt.objects.filter(transmission=found)
    purpose = LOOK if found.state == State.IN_DOUBT and found.looks < LOOKS_BEFORE_RESEND else SEND
    first = tries.filter(purpose=SEND).order_by("number").first()
    attempt = Attempt.objects.create(
        company_id=found.company_id,
        transmission=found,
        number=(tries.aggregate(last=Max("number"))["last"] or 0) + 1,
        purpose=purpose,
        fence=found.fence + 1,
        worker=worker[:80],
    )
    Transmission.objects.filter(pk=found.pk).update(
        state=State.SENDING if purpose == SEND else State.IN_DOUBT,
        fence=F("fence") + 1,
        lease_until=Now() + timedelta(seconds=lease),
    )
    return Claim(
        company=found.company_id,
        transmission=found.pk,
        attempt=attempt.pk,
        purpose=purpose,
        fence=found.fence + 1,
        was=found.state,
        number=found.number,
        accounting_date=found.accounting_date,
        body=found.body,
        looks=found.looks,
        first_sent_at=first.at if first else None,
    )


def _abandoned(found: Transmission, *, look_after: float) -> None:
    """Whoever was sending this is gone: it may be in QuickBooks or not."""
    last = Attempt.objects.filter(transmission=found, purpose=SEND).order_by("-number").first()
    assert last is not None, f"{found.pk} is being sent without an attempt"
    Transmission.objects.filter(pk=found.pk).update(
        state=State.IN_DOUBT,
        looks=0,
        lease_until=None,
        reason="The worker that sent this did not come back with an answer.",
        next_at=last.at + timedelta(seconds=look_after),
    )


def _held(claim: Claim) -> QuerySet[Transmission]:
    return Transmission.objects.filter(
        pk=claim.transmission, fence=claim.fence, state__in=[State.SENDING, State.IN_DOUBT]
    )


def _columns(change: Change) -> dict[str, Any]:
    columns: dict[str, Any] = {
        "state": change.state,
        "reason": change.reason,
        "cause": change.cause,
        "looks": change.looks,
        "lease_until": None,
        "next_at": Now() + timedelta(seconds=change.wait),
    }
    if change.external_id:
        columns |= {"external_id": change.external_id, "external_version": change.external_version}
    if change.state == State.CONFIRMED:
        columns |= {"confirmed_at": Now()}
    return columns
