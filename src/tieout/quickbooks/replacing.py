"""Carrying out a repost: what is left of the old entry in QuickBooks is deleted, then its new version goes.

The hard case is an entry that still stands there, changed: approving its repost approved deleting exactly that. So
the new version waits until the old entry is gone, and whoever changed it again meanwhile is not overridden. Deleting
is asked for under an id made from the entry and its version, so it happens once however often it is asked.
"""

from __future__ import annotations

import uuid
from collections import defaultdict

from django.db import connection
from django.db.models import Q

from tieout.access import company as companies
from tieout.ledger import transmissions
from tieout.ledger.models import Cause, Transmission, TransmissionState
from tieout.quickbooks import payloads, query, sessions
from tieout.quickbooks.client import Client
from tieout.quickbooks.models import Remedy, RemedyKind
from tieout.quickbooks.outcomes import Accepted, Rejected, Why
from tieout.quickbooks.shapes import JournalEntry
from tieout.quickbooks.waits import USUAL, Waits


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
    found = {account: there[account] for account in known if there[account]}
    return bool(found == approved.cents)


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
