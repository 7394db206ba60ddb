"""Invariant 7: what was sealed is in QuickBooks once and as it was sent, or it waits, or a person is told why not;
and no entry of ours is there that nobody here sealed.

An entry is ours if it bears the number of one of our journal events, or the id of a transmission in its note.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from tieout.close.findings import Finding, Outcome, money, rows
from tieout.close.outside import Seen
from tieout.core.numbers import is_sound
from tieout.ledger.models import TransmissionState as State
from tieout.quickbooks import payloads
from tieout.quickbooks.shapes import JournalEntry

_SENT = """
select id::text, number, state, body::text, external_id, confirmed_at, reason, accounting_date, journal_id
from ledger_transmission where company_id = %(company)s and destination = 'quickbooks' order by created_at, number
"""
_OPEN = """
select count(*), count(*) filter (where held <> ''), min(accounting_date) from ledger_journalevent
where company_id = %(company)s and state = 'open' and posts
"""
_HELD = """
select document, held from ledger_journalevent
where company_id = %(company)s and state = 'open' and held <> '' order by id limit 50
"""

_MARK = re.compile(r"\[([0-9a-f]{8}-[0-9a-f-]{27})\]\s*$")
_OURS = re.compile(r"^[A-Z]{2,8}-[^ ]+-[0-9A-Z]$")


class _Sent(NamedTuple):
    id: str
    number: str
    state: str
    body: str
    external_id: str
    confirmed_at: datetime | None
    reason: str
    on: Any
    journal: int | None


def check(company: int, seen: Seen | None) -> Outcome:
    sent = [_Sent(*row) for row in rows(_SENT, company=company)]
    listed = [*_waiting(sent), *_unsealed(company)]
    if seen is None:
        return Outcome(len(sent), [], listed)
    if seen.unread:
        return Outcome(len(sent), [seen.as_finding], listed)
    there = _There.of(seen.entries)
    decided = seen.decided
    found = [finding for one in sent if one.journal not in decided for finding in _confirmed(one, there, seen.at)]
    found += _strangers(seen.entries, sent)
    return Outcome(len(sent) + len(seen.entries), found, listed)


class _There(NamedTuple):
    """QuickBooks' entries by id, by number and by the transmission that their note names."""

    by_id: Mapping[str, JournalEntry]
    by_number: Mapping[str, list[JournalEntry]]
    by_mark: Mapping[str, list[JournalEntry]]

    @classmethod
    def of(cls, entries: Iterable[JournalEntry]) -> _There:
        by_id: dict[str, JournalEntry] = {}
        by_number: dict[str, list[JournalEntry]] = defaultdict(list)
        by_mark: dict[str, list[JournalEntry]] = defaultdict(list)
        for entry in entries:
            by_id[entry.id] = entry
            by_number[entry.doc_number.lower()].append(entry)
            if marked := _MARK.search(entry.private_note):
                by_mark[marked[1]].append(entry)
        return cls(by_id, by_number, by_mark)


def _confirmed(one: _Sent, there: _There, read_at: datetime) -> Iterator[Finding]:
    """Exactly one, equal to what was sent. Of what is on its way there may be one, and never two."""
    copies = {entry.id for entry in (*there.by_number[one.number.lower()], *there.by_mark[one.id])}
    if one.state == State.SUPERSEDED or not one.external_id:
        if len(copies) > 1 and one.state != State.SUPERSEDED:
            yield _finding(one, f"{one.state}, and {len(copies)} entries are in QuickBooks", "at most one")
        return
    entry = there.by_id.get(one.external_id)
    if entry is None:
        if one.confirmed_at is None or one.confirmed_at < read_at:
            yield _finding(
                one, f"entry {one.external_id} in QuickBooks, where none is any more", "an entry that is there"
            )
        return
    for difference in payloads.differences(msgspec.json.decode(one.body), entry):
        yield Finding("QuickBooks' journal entry", entry.id, one.number, f"otherwise: {difference}", "what was sent")
    if extra := copies - {entry.id}:
        yield _finding(one, f"entry {entry.id} and the copies {', '.join(sorted(extra))}", "exactly one")


def _finding(one: _Sent, says: str, should: str) -> Finding:
    return Finding("ledger_transmission", one.id, one.number, says, should)


def _strangers(entries: Iterable[JournalEntry], sent: Iterable[_Sent]) -> Iterator[Finding]:
    """Ours by their looks, and unknown here: a mark that no transmission has, or a sound number of ours."""
    known = {one.number.lower() for one in sent}
    ids = {one.id for one in sent} | {one.external_id for one in sent if one.external_id}
    for entry in entries:
        marked = _MARK.search(entry.private_note)
        is_ours = bool(marked) or (bool(_OURS.match(entry.doc_number)) and is_sound(entry.doc_number))
        is_known = entry.doc_number.lower() in known or entry.id in ids or (marked and marked[1] in ids)
        if is_ours and not is_known:
            says = f"an entry of ours dated {entry.txn_date}, {money(_debits(entry))}, that nobody here sealed"
            yield Finding("QuickBooks' journal entry", entry.id, entry.doc_number, says, "nothing of the kind")


def _debits(entry: JournalEntry) -> int:
    return sum(side.cents for side in payloads.stored_sides(entry) if side.posting == "Debit")


def _waiting(sent: Iterable[_Sent]) -> Iterator[str]:
    by_state: dict[str, list[_Sent]] = defaultdict(list)
    for one in sent:
        by_state[one.state].append(one)
    for state in (State.PENDING, State.SENDING, State.IN_DOUBT):
        if found := by_state[state]:
            several = "entry is" if len(found) == 1 else "entries are"
            yield f"{len(found)} {several} {state}, the oldest {found[0].number}."
    for state in (State.BLOCKED, State.REJECTED):
        for one in by_state[state]:
            yield f"{one.number} is {state}: {one.reason}"


def _unsealed(company: int) -> Iterator[str]:
    ((open_ones, held, since),) = rows(_OPEN, company=company)
    if open_ones > held:
        yield f"{open_ones - held} journal events are open, the oldest of {since}."
    for document, reason in rows(_HELD, company=company):
        yield f"{document} cannot be sealed yet: {reason}"
