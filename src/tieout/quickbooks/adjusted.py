"""Cost adjustments, and what they rest on: a lot was brought to what a document in QuickBooks says.

Such an event is never sent, because the books have it. Once that document is gone from there, or says other cents,
they have it no more: then it is a difference of ours, which a person decides about like any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tieout.quickbooks.books import AccountTie
from tieout.quickbooks.models import Remedy, RemedyKind

GONE = "rests on a document that is not in QuickBooks any more, or says otherwise"


def borne_out(ties: Sequence[AccountTie]) -> list[AccountTie]:
    """The same, with adjustments that nothing there bears out among what differs. Inside a scope; the later ones may
    rest on the earlier."""
    found = list(ties)
    for one in Remedy.objects.filter(kind=RemedyKind.ADJUST).select_related("event").order_by("id"):
        if one.event is not None and not _stands(one, found):
            found = [_differs(tie, one.event.journal_id) for tie in found]
    return found


def _stands(remedy: Remedy, ties: Sequence[AccountTie]) -> bool:
    said = {
        tie.external_id: sum(term.cents for term in (*tie.foreign, *tie.tampered) if term.key == remedy.subject)
        for tie in ties
    }
    return bool({account: cents for account, cents in said.items() if cents} == remedy.cents)


def _differs(tie: AccountTie, journal: int | None) -> AccountTie:
    mine = [term for term in tie.unposted if term.journal == journal]
    return replace(
        tie,
        unposted=tuple(term for term in tie.unposted if term.journal != journal),
        tampered=(*tie.tampered, *(replace(term, cents=-term.cents, what=GONE) for term in mine)),
    )
