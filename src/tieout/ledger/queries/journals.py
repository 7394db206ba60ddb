"""Journal events: a list with how far each got, one with everything in it, and what waits for a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from tieout.core.refusals import Refusal
from tieout.database.search import containing
from tieout.ledger.queries import entry_lines, events, transmissions
from tieout.ledger.queries.entry_lines import EntryLine
from tieout.ledger.queries.events import EventRow
from tieout.ledger.queries.postings import HELD, LAST, POSTING, REFUSED, STATE, Posting
from tieout.ledger.queries.transmissions import TransmissionRow


class UnknownJournal(Refusal):
    """No journal event of that number."""

    code = "unknown_journal"


@dataclass(frozen=True, slots=True)
class JournalRow:
    """A journal event in a list; the amount is its debits, in cents."""

    id: int
    kind: str
    on: date
    memo: str
    events: int
    amount: int
    posting: Posting


@dataclass(frozen=True, slots=True)
class Journal:
    """A journal event: what is on it, what it is made of, and how it travelled."""

    row: JournalRow
    opened_at: datetime
    sealed_at: datetime | None
    due_on: date | None
    lines: list[EntryLine]
    events: list[EventRow]
    transmissions: list[TransmissionRow]

    @property
    def debits(self) -> int:
        return sum(one.debit for one in self.lines)

    @property
    def credits(self) -> int:
        return sum(one.credit for one in self.lines)


_JOURNALS = f"""
select j.id, j.kind, j.accounting_date, j.memo,
    (select count(*) from ledger_event e where e.company_id = j.company_id and e.journal_id = j.id),
    coalesce((select sum(l.debit) from ledger_event e
        join ledger_journalline l on l.company_id = e.company_id and l.event_id = e.id
        where e.company_id = j.company_id and e.journal_id = j.id), 0)::bigint,
    {POSTING}
from ledger_journalevent j {LAST}
where {{which}}
order by j.accounting_date desc, j.id desc limit %(most)s offset %(skip)s
"""
_FILTER = f"""
(%(state)s = '' or {STATE} = %(state)s) and (%(kind)s = '' or j.kind = %(kind)s)
and (%(since)s::date is null or j.accounting_date >= %(since)s)
and (%(until)s::date is null or j.accounting_date <= %(until)s)
and (%(like)s = '%%' or j.number ilike %(like)s or j.document ilike %(like)s or j.memo ilike %(like)s
    or exists (select 1 from ledger_event e where e.company_id = j.company_id and e.journal_id = j.id
        and (e.number ilike %(like)s or e.subject ilike %(like)s)))
"""


def journals(
    *,
    text: str = "",
    state: str = "",
    kind: str = "",
    since: date | None = None,
    until: date | None = None,
    skip: int = 0,
    most: int = 50,
) -> list[JournalRow]:
    """Journal events, the latest accounting date first."""
    like = containing(text)
    asked = {"state": state, "kind": kind, "since": since, "until": until, "most": most, "skip": skip}
    return _journals(_FILTER, {**asked, "like": "%" if not text else like})


def journal(id: int) -> Journal:
    """One journal event with everything in it, or a refusal."""
    found = _journals("j.id = %(id)s", {"id": id, "most": 1, "skip": 0})
    if not found:
        raise UnknownJournal("There is no such journal. It may belong to another company.")
    with connection.cursor() as cursor:
        cursor.execute("select opened_at, sealed_at, due_on from ledger_journalevent where id = %s", [id])
        opened_at, sealed_at, due_on = cursor.fetchone()
    sent = transmissions.of_journal(id)
    lines = entry_lines.sealed(sent[0].body) if sent else entry_lines.live(id)
    return Journal(found[0], opened_at, sealed_at, due_on, lines, events.of_journal(id), sent)


def journal_numbered(number: str) -> int:
    """The id of the journal event with that number (or that document's), or a refusal."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id from ledger_journalevent where number = %s or document = %s order by id desc limit 1",
            [number, number],
        )
        row = cursor.fetchone()
    if row is None:
        raise UnknownJournal(f"There is no journal {number}. Look it up in the list.")
    return int(row[0])


def attention(*, most: int = 20) -> list[JournalRow]:
    """What waits for a person in finance: held, blocked and rejected, and what is in doubt, the oldest first."""
    which = (
        f"(({STATE}) in ('{HELD}', '{REFUSED}') or t.state = 'in doubt')"
        " and (j.held <> '' or t.state in ('blocked', 'rejected', 'in doubt'))"
    )
    return sorted(_journals(which, {"most": most, "skip": 0}), key=lambda one: (one.on, one.id))


def _journals(which: str, asked: dict[str, Any]) -> list[JournalRow]:
    with connection.cursor() as cursor:
        cursor.execute(_JOURNALS.format(which=which), asked)
        return [_journal_row(*row) for row in cursor.fetchall()]


def _journal_row(id: int, kind: str, on: date, memo: str, events: int, amount: int, *posting: Any) -> JournalRow:
    return JournalRow(id, kind, on, memo, events, amount, Posting(*posting))
