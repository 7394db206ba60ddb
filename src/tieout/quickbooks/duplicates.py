"""Deleting the superfluous copies of an entry: only on a person's word, and only what is still a copy.

The approval is committed first, the worker carries it out. Deleting is asked for under an id made from
the entry and its version, so however often it is asked, one version of one entry is deleted at most; a
copy that somebody changed since the approval is shown again instead.
"""

from __future__ import annotations

import uuid

from django.db.models.functions import Now

from tieout.access import company as companies
from tieout.ledger.models import Transmission
from tieout.quickbooks import payloads, query, sessions
from tieout.quickbooks.client import Client
from tieout.quickbooks.models import Finding, FindingKind
from tieout.quickbooks.outcomes import Accepted, Rejected, Why
from tieout.quickbooks.waits import USUAL, Waits

APPROVED = "approved by"


def delete_approved(company: int, *, waits: Waits = USUAL) -> int:
    """Carry out what was approved; how many copies were deleted."""
    with companies.scope(company):
        cases = list(
            Finding.objects.filter(kind=FindingKind.DUPLICATE, closed_at=None, facts__has_key=APPROVED)
            .select_related("transmission")
            .order_by("id")
        )
    if not cases:
        return 0
    with sessions.opened(company, waits=waits) as client:
        return sum(_settle(client, company, case) for case in cases)


def _settle(client: Client, company: int, case: Finding) -> int:
    one = case.transmission
    assert one is not None, f"the duplicate case {case.pk} has no transmission"
    deleted, left = 0, []
    for entry in case.facts["delete"]:
        gone, was_deleted = _delete(client, company, one, entry)
        deleted += was_deleted
        left += [] if gone else [entry]
    with companies.scope(company):
        if left:
            # Another approval is needed for what is no copy any more.
            facts = {name: value for name, value in case.facts.items() if name != APPROVED}
            Finding.objects.filter(pk=case.pk).update(facts={**facts, "delete": left})
        else:
            Finding.objects.filter(pk=case.pk).update(closed_at=Now())
    return deleted


def _delete(client: Client, company: int, one: Transmission, entry: str) -> tuple[bool, bool]:
    """Whether the copy is gone, and whether it was we who deleted it."""
    found = client.entries(query.among("Id", [entry]))
    if not found:
        return True, False
    if entry == one.external_id or payloads.differences(one.body, found[0]):
        return False, False
    version = found[0].sync_token
    requestid = uuid.uuid5(one.pk, f"delete {entry} as of {version}")
    outcome = client.delete("JournalEntry", id=entry, version=version, requestid=requestid)
    if isinstance(outcome, Accepted):
        return True, True
    if isinstance(outcome, Rejected):
        return outcome.why == Why.REFERENCE, False  # gone meanwhile; or changed meanwhile: to be shown again
    raise outcome
