"""Questions to the books, asked inside a scope: journals and how far they got, one event, what needs a person.

How far something got is said in four words people understand, whatever the machinery calls it: *in the books*, *on its
way*, *refused* or *held* (with the reason), and *nothing to post*.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from tieout.core.refusals import Refusal
from tieout.core.roles import INVENTORY, Role

IN_THE_BOOKS, ON_ITS_WAY, REFUSED, HELD = "in the books", "on its way", "refused", "held"
NOTHING, NOT_POSTED = "nothing to post", "not for posting"
STATES = (IN_THE_BOOKS, ON_ITS_WAY, REFUSED, HELD, NOTHING, NOT_POSTED)

WAYS_OUT = {
    "": "Look at QuickBooks' answer, mend what it names, then send it again.",
    "held": "Map the account, or create the name in QuickBooks; this goes on by itself then.",
    "connection": "Connect QuickBooks again; this goes on by itself then.",
    "closed books": "Give the entry another date, or open the period in QuickBooks and send it again.",
    "reference": "Mend the mapping, or activate what it names in QuickBooks, then send it again.",
    "validation": "Look at QuickBooks' answer, mend what it names, then send it again.",
    "tampered": "Undo the change in QuickBooks, or post it again on the reconciliation page.",
    "replaced": "It goes by itself, as soon as the entry that it replaces is gone in QuickBooks.",
}
"""Cause → what a person can do about it."""


class UnknownJournal(Refusal):
    """No journal event of that number."""

    code = "unknown_journal"


class UnknownEvent(Refusal):
    """No event of that number."""

    code = "unknown_event"


@dataclass(frozen=True, slots=True)
class Posting:
    """How far a journal event got, and why not further."""

    journal: int
    number: str
    state: str
    stage: str
    """What the machinery calls it: open, pending, in doubt, confirmed …"""
    reason: str
    cause: str
    external_id: str
    confirmed_at: datetime | None

    @property
    def way_out(self) -> str:
        if self.state not in (REFUSED, HELD):
            return ""
        return WAYS_OUT["held"] if self.state == HELD else WAYS_OUT.get(self.cause, WAYS_OUT[""])


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
class EntryLine:
    """A line as it goes (or would go now) to QuickBooks."""

    role: str
    account: str
    account_number: str
    dimensions: str
    party: str
    description: str
    document: str
    debit: int
    credit: int


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event as a list shows it."""

    id: int
    number: str
    kind: str
    subject: str
    at: datetime
    recorded_at: datetime
    on: date
    by: str
    note: str
    site: int | None
    reverses: str | None
    reversed_by: str | None
    journal: int | None


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """One try, and what came back of it, verbatim."""

    number: int
    purpose: str
    worker: str
    at: datetime
    outcome: str
    status: int | None
    answered_at: datetime | None
    trace: str
    body: str


@dataclass(frozen=True, slots=True)
class TransmissionRow:
    """One document that was or will be sent."""

    id: uuid.UUID
    number: str
    version: int
    state: str
    on: date
    reason: str
    cause: str
    hash: str
    external_id: str
    created_at: datetime
    confirmed_at: datetime | None
    body: str
    attempts: list[AttemptRow]

    @property
    def waits_for_a_person(self) -> bool:
        return self.state in ("blocked", "rejected") and self.cause != "replaced"


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


@dataclass(frozen=True, slots=True)
class MonthAmount:
    month: date
    cents: int


@dataclass(frozen=True, slots=True)
class Inventory:
    """What the journal lines say inventory is worth, and how much of that QuickBooks has confirmed."""

    recorded: int
    confirmed: int
    on_its_way: int
    stuck: int


_LAST = """
left join lateral (
    select t.* from ledger_transmission t where t.company_id = j.company_id and t.journal_id = j.id
    order by t.version desc limit 1) t on true
"""
_STATE = f"""
case when not j.posts then '{NOT_POSTED}'
    when j.state = 'nothing to post' then '{NOTHING}'
    when j.state = 'open' and j.held <> '' then '{HELD}'
    when t.state = 'confirmed' then '{IN_THE_BOOKS}'
    when t.state in ('blocked', 'rejected') then '{REFUSED}'
    else '{ON_ITS_WAY}' end
"""
_POSTING = f"""
j.id, coalesce(j.number, j.document), {_STATE}, coalesce(t.state, j.state),
    case when j.held <> '' then j.held else coalesce(t.reason, '') end, coalesce(t.cause, ''),
    coalesce(t.external_id, ''), t.confirmed_at
"""


def posting(events: Collection[int]) -> dict[int, Posting]:
    """How far each of these events got; those that move no value between accounts are left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select e.id, {_POSTING} from ledger_event e"
            f" join ledger_journalevent j on j.company_id = e.company_id and j.id = e.journal_id {_LAST}"
            " where e.id = any(%s)",
            [list(events)],
        )
        return {row[0]: Posting(*row[1:]) for row in cursor.fetchall()}


_JOURNALS = f"""
select j.id, j.kind, j.accounting_date, j.memo,
    (select count(*) from ledger_event e where e.company_id = j.company_id and e.journal_id = j.id),
    coalesce((select sum(l.debit) from ledger_event e
        join ledger_journalline l on l.company_id = e.company_id and l.event_id = e.id
        where e.company_id = j.company_id and e.journal_id = j.id), 0)::bigint,
    {_POSTING}
from ledger_journalevent j {_LAST}
where {{which}}
order by j.accounting_date desc, j.id desc limit %(most)s offset %(skip)s
"""
_FILTER = f"""
(%(state)s = '' or {_STATE} = %(state)s) and (%(kind)s = '' or j.kind = %(kind)s)
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
    like = "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
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
    sent = _transmissions(id)
    lines = _sealed_lines(sent[0]) if sent else _live_lines(id)
    return Journal(found[0], opened_at, sealed_at, due_on, lines, _events("e.journal_id = %s", [id]), sent)


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


def event(number: str) -> EventRow:
    """The event with that number, or a refusal."""
    found = _events("e.number = %s", [number])
    if not found:
        raise UnknownEvent(f"There is no event {number}. Check the number on its paper.")
    return found[-1]


def lines_of(event_id: int) -> list[EntryLine]:
    """What one event did to the books, as it was mapped then."""
    return _lines(_EVENT_LINES, [event_id])


def attention(*, most: int = 20) -> list[JournalRow]:
    """What waits for a person in finance: held, blocked and rejected, and what is in doubt, the oldest first."""
    which = (
        f"(({_STATE}) in ('{HELD}', '{REFUSED}') or t.state = 'in doubt')"
        " and (j.held <> '' or t.state in ('blocked', 'rejected', 'in doubt'))"
    )
    return sorted(_journals(which, {"most": most, "skip": 0}), key=lambda one: (one.on, one.id))


def cost_of_goods_sold(*, since: date) -> list[MonthAmount]:
    """Cost of goods sold by accounting month, late corrections with it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select date_trunc('month', accounting_date)::date, sum(debit - credit)::bigint from ledger_journalline"
            " where role = any(%s) and accounting_date >= %s group by 1 order by 1",
            [[Role.COGS.value, Role.COGS_LATE.value], since],
        )
        return [MonthAmount(*row) for row in cursor.fetchall()]


_INVENTORY = f"""
select coalesce(sum(l.debit - l.credit), 0)::bigint,
    coalesce(sum(l.debit - l.credit) filter (where p.state in ('{IN_THE_BOOKS}', '{NOT_POSTED}')), 0)::bigint,
    coalesce(sum(l.debit - l.credit) filter (where p.state in ('{ON_ITS_WAY}', '{NOTHING}')), 0)::bigint,
    coalesce(sum(l.debit - l.credit) filter (where p.state in ('{REFUSED}', '{HELD}')), 0)::bigint
from ledger_journalline l
join ledger_event e on e.company_id = l.company_id and e.id = l.event_id
join (select j.company_id, j.id, {_STATE} as state from ledger_journalevent j {_LAST}) p
    on p.company_id = e.company_id and p.id = e.journal_id
where l.role = any(%s)
"""


def inventory() -> Inventory:
    """All inventory, work in process with it, by the journal: openings that are kept back count as confirmed."""
    with connection.cursor() as cursor:
        cursor.execute(_INVENTORY, [[role.value for role in (*INVENTORY, Role.WIP)]])
        return Inventory(*cursor.fetchone())


def _journals(which: str, asked: dict[str, Any]) -> list[JournalRow]:
    with connection.cursor() as cursor:
        cursor.execute(_JOURNALS.format(which=which), asked)
        return [_journal_row(*row) for row in cursor.fetchall()]


def _journal_row(id: int, kind: str, on: date, memo: str, events: int, amount: int, *posting: Any) -> JournalRow:
    return JournalRow(id, kind, on, memo, events, amount, Posting(*posting))


_EVENTS = """
select e.id, e.number, e.kind, e.subject, e.occurred_at, e.recorded_at, e.accounting_date, a.name, e.note, e.site_id,
    o.number, (select x.number from ledger_event x where x.company_id = e.company_id and x.reverses_id = e.id),
    e.journal_id
from ledger_event e
join access_actor a on a.company_id = e.company_id and a.id = e.actor_id
left join ledger_event o on o.company_id = e.company_id and o.id = e.reverses_id
where {which} order by e.id
"""


def _events(which: str, values: Sequence[int | str]) -> list[EventRow]:
    with connection.cursor() as cursor:
        cursor.execute(_EVENTS.format(which=which), values)
        return [EventRow(*row) for row in cursor.fetchall()]


_LINE = """
coalesce(a.name, ''), coalesce(a.number, ''), concat_ws(' · ', k.name, d.name), coalesce(p.name, '')
"""
_JOINS = """
left join ledger_account a on a.company_id = l.company_id and a.id = l.account_id
left join ledger_dimension k on k.company_id = l.company_id and k.id = l.klass_id
left join ledger_dimension d on d.company_id = l.company_id and d.id = l.department_id
left join ledger_party p on p.company_id = l.company_id and p.id = l.party_id
"""
_EVENT_LINES = f"""
select l.role, {_LINE}, l.description, l.document, l.debit, l.credit from ledger_journalline l {_JOINS}
where l.event_id = %s order by l.number
"""
_LIVE_LINES = f"""
select l.role, {_LINE}, string_agg(distinct l.description, '; '), l.document, sum(l.debit)::bigint,
    sum(l.credit)::bigint
from ledger_journalline l
join ledger_event e on e.company_id = l.company_id and e.id = l.event_id {_JOINS}
where e.journal_id = %s
group by l.role, a.id, k.id, d.id, p.id, l.document, l.credit > 0 order by l.credit > 0, l.role, l.document
"""


def _live_lines(journal_id: int) -> list[EntryLine]:
    """As it would be sealed now: debits and credits of one account apart."""
    return _lines(_LIVE_LINES, [journal_id])


def _lines(sql: str, values: Sequence[int]) -> list[EntryLine]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [EntryLine(*row) for row in cursor.fetchall()]


def _sealed_lines(sent: TransmissionRow) -> list[EntryLine]:
    """As it was sealed: the body, with the names that the accounts and dimensions bear now."""
    body = json.loads(sent.body)
    with connection.cursor() as cursor:
        cursor.execute("select external_id, number from ledger_account")
        numbers = dict(cursor.fetchall())
        cursor.execute("select kind, external_id, name from ledger_dimension")
        names = {(kind, external): name for kind, external, name in cursor.fetchall()}
    return [
        EntryLine(
            role=line["role"],
            account=line["account_name"],
            account_number=numbers.get(line["account"], ""),
            dimensions=" · ".join(names.get((kind, line[kind]), line[kind]) for kind in _DIMENSIONS if line[kind]),
            party=line["party"]["name"] if line["party"] else "",
            description=line["description"],
            document=line["document"],
            debit=line["debit"],
            credit=line["credit"],
        )
        for line in body["lines"]
    ]


_DIMENSIONS = ("class", "department")


def _transmissions(journal_id: int) -> list[TransmissionRow]:
    """The latest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, number, version, state, accounting_date, reason, cause, hash, external_id, created_at,"
            " confirmed_at, body::text from ledger_transmission where journal_id = %s order by version desc",
            [journal_id],
        )
        rows: list[tuple[Any, ...]] = [(*row, _attempts(row[0])) for row in cursor.fetchall()]
    return [TransmissionRow(*row) for row in rows]


def _attempts(transmission: uuid.UUID) -> list[AttemptRow]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select t.number, t.purpose, t.worker, t.at, coalesce(a.outcome, 'no answer'), a.status, a.at,"
            " coalesce(a.trace, ''), coalesce(a.body, '') from ledger_attempt t"
            " left join ledger_answer a on a.company_id = t.company_id and a.attempt_id = t.id"
            " where t.transmission_id = %s order by t.number desc",
            [transmission],
        )
        return [AttemptRow(*row) for row in cursor.fetchall()]
