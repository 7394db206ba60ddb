"""Ways out of a difference between the two systems: each a person's decision, with a reason, kept for ever.

    adopt     an entry that somebody typed in QuickBooks is right: listed as decided from then on
    accept    the difference stays as it is, for that reason
    repost    our entry was changed or deleted there: the same content once more, as a new version
    adjust    the books are right: a lot on hand is brought to what they say, by an event of its own

(A correction of what happened on the floor is asked of the floor: `ledger.corrections`.)

A decision names the cents that were looked at, account by account. Once they are others, it holds no longer. The
hard case is a repost whose old entry still stands there, changed: approving it approves deleting exactly that.
The new version waits until the old entry is gone, and whoever changed it again meanwhile is not overridden.
"""

from __future__ import annotations

import uuid
from collections import defaultdict

from django.db import connection
from django.db.models import Q
from django.db.models.functions import Now

from tieout.access import company as companies
from tieout.access.acting import Act
from tieout.core.refusals import Refusal
from tieout.core.roles import Role
from tieout.costing import late_costs
from tieout.ledger import transmissions
from tieout.ledger.models import Cause, EventKind, JournalLine, Transmission, TransmissionState
from tieout.quickbooks import payloads, query, reconciliation, sessions
from tieout.quickbooks.client import Client
from tieout.quickbooks.models import Finding, FindingKind, ReconciledTerm, Reconciliation, Remedy, RemedyKind
from tieout.quickbooks.outcomes import Accepted, Rejected, Why
from tieout.quickbooks.shapes import JournalEntry
from tieout.quickbooks.waits import USUAL, Waits

GOODS = (Role.RAW.value, Role.FG.value)


class UnknownDifference(Refusal):
    """A document that the last reconciliation does not list."""

    code = "unknown_difference"


class NotThatWay(Refusal):
    """A way out that does not fit this difference."""

    code = "not_that_way"


class NoReason(Refusal):
    """A decision without a reason."""

    code = "no_reason"


def adopt(act: Act, *, subject: str, reason: str) -> str:
    """An entry of others is what it is, and right."""
    terms = _terms(act, subject)
    if any(one.kind != reconciliation.FOREIGN for one in terms):
        raise NotThatWay(f"{terms[0].number} is an entry of ours. Post it again, or accept the difference.")
    _decide(act, RemedyKind.ADOPT, terms, reason)
    return terms[0].number


def accept(act: Act, *, subject: str, reason: str) -> str:
    """The difference stays."""
    terms = _terms(act, subject)
    _decide(act, RemedyKind.ACCEPT, terms, reason)
    return terms[0].number


def repost(act: Act, *, subject: str, reason: str) -> str:
    """A new version of our entry; the worker sends it once nothing of the old one is left there."""
    terms = _terms(act, subject)
    journal = terms[0].journal_id
    if journal is None or any(one.kind != reconciliation.TAMPERED for one in terms):
        raise NotThatWay(f"{terms[0].number} is not ours to post. Adopt it, accept it, or have it undone there.")
    sent = Transmission.objects.filter(journal_id=journal).exclude(state=TransmissionState.SUPERSEDED).get()
    new = transmissions.repost(sent, reason=_said(reason), after=sent.external_id)
    _decide(act, RemedyKind.REPOST, terms, reason, transmission=new.pk)
    return new.number


def adjust(act: Act, *, subject: str, lot: int, reason: str) -> str:
    """Cents into a lot that is all on hand, so that every account says what the books say."""
    terms = _terms(act, subject)
    due = _cents(terms)
    goods = set(
        JournalLine.objects.filter(role__in=GOODS, account__external_id__in=list(due))
        .values_list("account__external_id", flat=True)
        .distinct()
    )
    if len(goods) != 1:
        raise NotThatWay(
            f"{terms[0].number} is on {len(goods)} inventory accounts; a lot can be brought to what one of them says. "
            "Adopt it, accept it, or have it undone in QuickBooks."
        )
    said = f"The books say so ({terms[0].number}): {_said(reason)}"
    done = late_costs.add(act, shares=[(lot, due[goods.pop()])], at=act.now, note=said, kind=EventKind.COST_ADJUSTMENT)
    _refuse_other_accounts(done.event, terms)
    _decide(act, RemedyKind.ADJUST, terms, reason, event=done.event)
    act.subject = done.number
    return done.number


def _refuse_other_accounts(event: int, terms: list[ReconciledTerm]) -> None:
    """The event must do to our ledger, account by account, what was done to the books."""
    booked: dict[str, int] = defaultdict(int)
    for account, debit, credit in JournalLine.objects.filter(event=event).values_list(
        "account__external_id", "debit", "credit"
    ):
        booked[account or ""] += debit - credit
    if booked != _cents(terms):
        raise NotThatWay(
            f"{terms[0].number} is not what a cost of that lot does: the lot's goods have moved on, or the other side "
            "stands on another account than the supplier's accrual. Choose a lot that is all on hand, adopt the entry, "
            "or have it undone in QuickBooks."
        )


# --- Decisions -----------------------------------------------------------------------------------------------------


def _terms(act: Act, subject: str) -> list[ReconciledTerm]:
    """What the last comparison found of it, on every account."""
    last = Reconciliation.objects.order_by("-id").first()
    found = ReconciledTerm.objects.filter(
        line__run=last, subject=subject, kind__in=reconciliation.FOR_A_PERSON, remedy=None
    ).select_related("line__account", "line__run")
    terms = list(found.order_by("id")) if last else []
    if not terms:
        raise UnknownDifference(
            f"The last reconciliation lists nothing to decide under {subject}. Run it again and look at what is there."
        )
    act.subject = terms[0].number
    return terms


def _cents(terms: list[ReconciledTerm]) -> dict[str, int]:
    return {one.line.account.external_id: one.cents for one in terms}


def _decide(
    act: Act,
    kind: RemedyKind,
    terms: list[ReconciledTerm],
    reason: str,
    *,
    transmission: uuid.UUID | None = None,
    event: int | None = None,
) -> None:
    Remedy.objects.create(
        company_id=act.company,
        kind=kind,
        subject=terms[0].subject,
        cents=_cents(terms),
        as_of=terms[0].line.run.on,
        reason=_said(reason),
        actor_id=act.by.actor,
        transmission_id=transmission,
        event_id=event,
    )
    settled = Finding.objects.filter(
        kind__in=(FindingKind.TAMPERED, FindingKind.GONE), transmission__journal_id=terms[0].journal_id, closed_at=None
    )
    if terms[0].journal_id is not None:
        settled.update(closed_at=Now())


def _said(reason: str) -> str:
    if not reason.strip():
        raise NoReason("Say why, in a sentence: whoever audits this reads it.")
    return reason.strip()[:500]


# --- Carrying out a repost -----------------------------------------------------------------------------------------


def carry_out(company: int, *, waits: Waits = USUAL) -> int:
    """Delete what is left of entries that are replaced, if it is what was approved; how many went on."""
    with companies.scope(company):
        waiting = list(Transmission.objects.filter(state=TransmissionState.BLOCKED, cause=Cause.REPLACED))
        approved = {one.transmission_id: one for one in Remedy.objects.filter(kind=RemedyKind.REPOST)}
        before = {
            one.journal_id: one.external_id
            for one in Transmission.objects.filter(journal_id__in=[new.journal_id for new in waiting])
            .exclude(external_id="")
            .order_by("version")
        }
    if not waiting:
        return 0
    with sessions.opened(company, waits=waits) as client:
        return sum(_replace(client, company, new, before[new.journal_id], approved[new.pk]) for new in waiting)


def _replace(client: Client, company: int, new: Transmission, old: str, approved: Remedy) -> bool:
    found = client.entries(query.among("Id", [old]))
    trouble = _delete(client, new, found[0], approved) if found else ""
    if trouble:
        with companies.scope(company):
            Transmission.objects.filter(pk=new.pk).update(reason=trouble)
        return False
    return bool(transmissions.release(company, Q(pk=new.pk)))


def _delete(client: Client, new: Transmission, entry: JournalEntry, approved: Remedy) -> str:
    """Why the entry is still there; empty: it is gone."""
    if not _is_as_approved(new, entry, approved):
        return (
            f"Entry {entry.id} was changed in QuickBooks again after its replacement was approved. Delete it there; "
            "then the new version goes by itself."
        )
    requestid = uuid.uuid5(new.pk, f"delete {entry.id} as of {entry.sync_token}")
    outcome = client.delete("JournalEntry", id=entry.id, version=entry.sync_token, requestid=requestid)
    if isinstance(outcome, Accepted):
        return ""
    if isinstance(outcome, Rejected):
        if outcome.why == Why.REFERENCE:
            return ""
        return f"QuickBooks does not let Tieout delete entry {entry.id}: {outcome} Delete it there."
    raise outcome


def _is_as_approved(new: Transmission, entry: JournalEntry, approved: Remedy) -> bool:
    """Whether it differs from ours by the very cents that were looked at."""
    there: dict[str, int] = defaultdict(int)
    if entry.txn_date[:10] <= approved.as_of.isoformat():
        for side in payloads.stored_sides(entry):
            there[side.account] += side.cents if side.posting == "Debit" else -side.cents
    for side in payloads.sides(new.body):
        there[side.account] -= side.cents if side.posting == "Debit" else -side.cents
    known = {account for account in there if account in approved.cents or _is_ours(new.company_id, account)}
    return {account: there[account] for account in known if there[account]} == approved.cents


def _is_ours(company: int, account: str) -> bool:
    """Accounts that nothing here posts to are not compared."""
    with companies.scope(company), connection.cursor() as cursor:
        cursor.execute(
            "select exists (select 1 from ledger_journalline l join ledger_account a on a.company_id = l.company_id"
            " and a.id = l.account_id where a.company_id = %s and a.external_id = %s)",
            [company, account],
        )
        (found,) = cursor.fetchone()
        return bool(found)
