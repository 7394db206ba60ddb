"""Ways out of a difference between the two systems: each a person's decision, with a reason, kept for ever.

    adopt     an entry that somebody typed in QuickBooks is right: listed as decided from then on
    accept    the difference stays as it is, for that reason
    repost    our entry was changed or deleted there: the same content once more, as a new version
    adjust    the books are right: a lot on hand is brought to what they say, by an event of its own

(A correction of what happened on the floor is asked of the floor: `ledger.corrections`.)

A decision names the cents that were looked at, account by account. Once they are others, it holds no longer.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.db.models.functions import Now

from tieout.access.acting import Act
from tieout.core.refusals import NoReason, Refusal
from tieout.core.roles import Role
from tieout.costing import late_costs
from tieout.ledger import transmissions
from tieout.ledger.models import EventKind, JournalLine, Transmission, TransmissionState
from tieout.purchasing.models import ReceiptLine
from tieout.quickbooks import reconciliation
from tieout.quickbooks.models import Finding, FindingKind, ReconciledTerm, Reconciliation, Remedy, RemedyKind

GOODS = (Role.RAW.value, Role.FG.value)


class UnknownDifference(Refusal):
    """A document that the last reconciliation does not list."""

    code = "unknown_difference"


class NotThatWay(Refusal):
    """A way out that does not fit this difference."""

    code = "not_that_way"


@dataclass(frozen=True, slots=True)
class Case:
    """A document that somebody decides about: what the last comparison found of it, or a finding that costs no cent
    (its number, its class or its name were changed).
    """

    subject: str
    number: str
    is_foreign: bool
    journal: int | None
    cents: dict[str, int]
    """Account id in QuickBooks → the difference."""
    as_of: date


def adopt(act: Act, *, subject: str, reason: str) -> str:
    """An entry of others is what it is, and right."""
    case = _case(act, subject)
    if not case.is_foreign:
        raise NotThatWay(f"{case.number} is an entry of ours. Post it again, or accept the difference.")
    _decide(act, RemedyKind.ADOPT, case, reason)
    return case.number


def accept(act: Act, *, subject: str, reason: str) -> str:
    """The difference stays."""
    case = _case(act, subject)
    _decide(act, RemedyKind.ACCEPT, case, reason)
    return case.number


def repost(act: Act, *, subject: str, reason: str) -> str:
    """A new version of our entry; the worker sends it once nothing of the old one is left there."""
    case = _case(act, subject)
    if case.journal is None or case.is_foreign:
        raise NotThatWay(f"{case.number} is not ours to post. Adopt it, accept it, or have it undone there.")
    sent = Transmission.objects.filter(journal_id=case.journal).exclude(state=TransmissionState.SUPERSEDED).first()
    if sent is None:
        raise NotThatWay(
            f"{case.number} was never sent: the books had it. Adjust the cost back, or accept the difference."
        )
    new = transmissions.repost(sent, reason=_said(reason), after=sent.external_id)
    _decide(act, RemedyKind.REPOST, case, reason, transmission=new.pk)
    return new.number


def adjust(act: Act, *, subject: str, lot: int, reason: str) -> str:
    """Cents into a lot that is all on hand, so that every account says what the books say."""
    case = _case(act, subject)
    on_goods = JournalLine.objects.filter(role__in=GOODS, account__external_id__in=list(case.cents))
    goods = set(on_goods.values_list("account__external_id", flat=True).distinct())
    if len(goods) != 1:
        raise NotThatWay(
            f"{case.number} is on {len(goods)} inventory accounts; a lot can be brought to what one of them says. "
            "Adopt it, accept it, or have it undone in QuickBooks."
        )
    if not ReceiptLine.objects.filter(lot_id=lot).exists():
        raise NotThatWay(
            f"No receipt is for that lot, so nobody is owed what {case.number} adds to it. Choose a lot that a "
            "supplier delivered, adopt the entry, or have it undone in QuickBooks."
        )
    said = f"The books say so ({case.number}): {_said(reason)}"
    done = late_costs.add(
        act, shares=[(lot, case.cents[goods.pop()])], at=act.now, note=said, kind=EventKind.COST_ADJUSTMENT
    )
    _refuse_other_accounts(done.event, case)
    _decide(act, RemedyKind.ADJUST, case, reason, event=done.event)
    act.subject = done.number
    return done.number


def _refuse_other_accounts(event: int, case: Case) -> None:
    """The event must do to our ledger, account by account, what was done to the books."""
    booked: dict[str, int] = defaultdict(int)
    lines = JournalLine.objects.filter(event=event).values_list("account__external_id", "debit", "credit")
    for account, debit, credit in lines:
        booked[account or ""] += debit - credit
    if booked != case.cents:
        raise NotThatWay(
            f"{case.number} is not what a cost of that lot does: the lot's goods have moved on, or the other side "
            "stands on another account than the supplier's accrual. Choose a lot that is all on hand, adopt the entry, "
            "or have it undone in QuickBooks."
        )


# --- Decisions -----------------------------------------------------------------------------------------------------


def _case(act: Act, subject: str) -> Case:
    """What the last comparison found of it on every account, or a finding about it."""
    last = Reconciliation.objects.order_by("-id").first()
    found = ReconciledTerm.objects.filter(
        line__run=last, subject=subject, kind__in=reconciliation.FOR_A_PERSON, remedy=None
    ).select_related("line__account")
    terms = list(found.order_by("id")) if last else []
    if last is None or not terms:
        case = _finding(subject, last.on if last else act.now.date())
    else:
        cents = {one.line.account.external_id: one.cents for one in terms}
        first = terms[0]
        is_foreign = first.kind == reconciliation.FOREIGN
        case = Case(subject, first.number, is_foreign, first.journal_id, cents, last.on)
    act.subject = case.number
    return case


def _finding(subject: str, on: date) -> Case:
    kind, _, journal = subject.partition(" ")
    about = _open_findings(int(journal)) if kind == "journal" and journal.isdigit() else Finding.objects.none()
    found = about.first()
    if found is None:
        raise UnknownDifference(
            f"The last reconciliation lists nothing to decide under {subject}. Run it again and look at what is there."
        )
    return Case(subject, found.subject, False, int(journal), {}, on)


def _open_findings(journal: int) -> QuerySet[Finding]:
    kinds = (FindingKind.TAMPERED, FindingKind.GONE)
    return Finding.objects.filter(kind__in=kinds, transmission__journal_id=journal, closed_at=None)


def _decide(
    act: Act,
    kind: RemedyKind,
    case: Case,
    reason: str,
    *,
    transmission: uuid.UUID | None = None,
    event: int | None = None,
) -> None:
    Remedy.objects.create(
        company_id=act.company,
        kind=kind,
        subject=case.subject,
        cents=case.cents,
        as_of=case.as_of,
        reason=_said(reason),
        actor_id=act.by.actor,
        transmission_id=transmission,
        event_id=event,
    )
    if case.journal is not None:
        _open_findings(case.journal).update(closed_at=Now())


def _said(reason: str) -> str:
    if not reason.strip():
        raise NoReason("Say why, in a sentence: whoever audits this reads it.")
    return reason.strip()[:500]
