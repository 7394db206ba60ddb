"""Looking for what may have been stored: the only way out of doubt.

By number first. Before the last word ("it is not there", after which it is sent again) also among the
entries of its date and among those made since it was first sent: a user may have changed the number, or
the date, of an entry that we have never heard of. There our id in its note tells it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from typing import Any

from tieout.ledger.transmissions import Claim
from tieout.quickbooks import payloads, query
from tieout.quickbooks.client import Client
from tieout.quickbooks.shapes import JournalEntry

CLOCK_SKEW = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Sight:
    """What a look saw. `kept` is the copy with the lowest id; `changed` is ours, but not as it was sent."""

    kept: JournalEntry | None = None
    copies: tuple[JournalEntry, ...] = ()
    changed: JournalEntry | None = None
    ours: bool = False
    """Whether `changed` is known to be this transmission, and not a stranger under its number."""
    strangers: tuple[JournalEntry, ...] = ()
    """Others' entries under our number."""

    @property
    def nothing(self) -> bool:
        return self.kept is None and self.changed is None


def look(client: Client, claim: Claim) -> Sight:
    """All entries that may be this transmission."""
    hits = client.entries(query.is_("DocNumber", claim.number))
    if not hits and claim.last_look:
        hits = _marked(client, claim)
    return sort_out(hits, claim)


def sort_out(hits: list[JournalEntry], claim: Claim) -> Sight:
    ours = sorted((hit for hit in hits if not payloads.differences(claim.body, hit)), key=_by_id)
    others = sorted((hit for hit in hits if hit not in ours), key=_by_id)
    if ours:
        return Sight(kept=ours[0], copies=tuple(ours[1:]), strangers=tuple(others))
    # Without one that is equal, whatever bears our number has to be seen by a person before anything is sent.
    marked = [hit for hit in others if payloads.is_marked(hit, claim.transmission)]
    changed = next(iter(marked or others), None)
    strangers = tuple(hit for hit in others if hit is not changed)
    return Sight(changed=changed, ours=bool(marked), strangers=strangers)


def echo(entry: JournalEntry, claim: Claim) -> Sight:
    """What QuickBooks says it has stored, in answer to the send itself: ours, whatever it looks like."""
    return replace(sort_out([entry], claim), ours=True)


def _marked(client: Client, claim: Claim) -> list[JournalEntry]:
    found = {entry.id: entry for entry in client.entries(query.is_("TxnDate", claim.accounting_date.isoformat()))}
    if claim.first_sent_at:
        since = (claim.first_sent_at - CLOCK_SKEW).astimezone(UTC).isoformat(timespec="seconds")
        found |= {entry.id: entry for entry in client.entries(query.since("MetaData.CreateTime", since))}
    return [entry for entry in found.values() if payloads.is_marked(entry, claim.transmission)]


def _by_id(entry: JournalEntry) -> tuple[int, str]:
    """Ids are strings of digits of any length: the lower number first."""
    return len(entry.id), entry.id


def facts(entry: JournalEntry) -> dict[str, Any]:
    """What a finding tells of an entry."""
    return {
        "id": entry.id,
        "number": entry.doc_number,
        "date": entry.txn_date,
        "changed": entry.meta_data.last_updated_time,
    }
