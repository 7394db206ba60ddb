"""The lines of a document: the journal lines of its members, debits and credits of one account added up.

As fine as one document can be: each lot of a receipt, each shipment of a day, on lines of their own. What would be
longer than that is netted without lots and papers; those stand behind the entry here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec
from django.db import connection

from tieout.access import company as companies
from tieout.core.posting import Facts, Target
from tieout.core.roles import Role
from tieout.ledger import mapping
from tieout.ledger.models import JournalEvent

NETTED = frozenset({"late cost", "supplier return"})
"""Kinds whose debits and credits of one account are set off: a late bill is five lines, however many lots, and
what a supplier owes for goods that went back is one figure."""

BY_LOT = frozenset({"receipt", "opening"})

MOST_LINES = 200
"""Of a document (accounting reference, section 7)."""


class Unmapped(Exception):
    """A role that no account is mapped for, in the words finance reads."""


@dataclass(slots=True)
class NetLine:
    """Debits and credits of one role, account, class, department, name and shipment, apart."""

    role: Role
    target: Target
    document: str
    debit: int
    credit: int
    descriptions: list[str]


@dataclass(slots=True)
class Member:
    """A journal line of an event of the journal."""

    event: int
    number: int
    role: str
    target: Target
    document: str
    debit: int
    credit: int
    description: str


_MEMBERS = """
select e.id, l.number, l.role, l.account_id, l.klass_id, l.department_id, l.party_id, l.document, l.debit, l.credit,
    l.description, l.facts
from ledger_event e join ledger_journalline l on l.company_id = e.company_id and l.event_id = e.id
where e.company_id = %s and e.journal_id = %s order by e.id, l.number
"""


def net(journal: JournalEvent) -> list[NetLine]:
    """Each with its account; refused if one of them has none."""
    members = list(_members(journal))
    lines = _added_up(members, journal.kind, by_lot=journal.kind in BY_LOT)
    if len(lines) <= MOST_LINES:
        return lines
    for one in members:
        one.document = one.description = ""
    return _added_up(members, journal.kind, by_lot=False)


def _members(journal: JournalEvent) -> Iterable[Member]:
    with connection.cursor() as cursor:
        cursor.execute(_MEMBERS, [journal.company_id, journal.pk])
        rows = cursor.fetchall()
    for event, number, role, account, klass, department, party, *said, facts in rows:
        target = Target(account, klass, department, party)
        if account is None and journal.posts:
            target = _mapped_now(target, msgspec.json.decode(facts) if isinstance(facts, str) else facts)
        yield Member(event, number, role, target, *said)


def _mapped_now(target: Target, facts: dict[str, Any]) -> Target:
    """An event whose role had no account was recorded all the same; the mapping may know one by now."""
    found = mapping.version(companies.at_work(), mapping.newest()).resolve(
        Facts(**{**facts, "role": Role(facts["role"])})
    )
    if found.account is None:
        raise Unmapped(
            f"No account is mapped for {facts['role']} ({facts['event_kind']}). Map one; this goes on by itself then."
        )
    return Target(found.account, found.klass, found.department, target.party or found.party)


def _added_up(members: Iterable[Member], kind: str, *, by_lot: bool) -> list[NetLine]:
    lines: dict[tuple[object, ...], NetLine] = {}
    for one in members:
        side = "" if kind in NETTED else ("debit" if one.debit else "credit")
        own = (one.event, one.number) if by_lot and one.debit else None
        key = (one.role, one.target, one.document, side, own)
        line = lines.setdefault(key, NetLine(Role(one.role), one.target, one.document, 0, 0, []))
        line.debit += one.debit
        line.credit += one.credit
        if one.description and one.description not in line.descriptions:
            line.descriptions.append(one.description)
    return [line for line in map(_set_off, lines.values()) if line.debit or line.credit]


def _set_off(line: NetLine) -> NetLine:
    if line.debit and line.credit:
        rest = line.debit - line.credit
        line.debit, line.credit = max(rest, 0), max(-rest, 0)
    return line


_FULL = f"""
select j.id from ledger_journalevent j
join ledger_event e on e.company_id = j.company_id and e.journal_id = j.id
join ledger_journalline l on l.company_id = e.company_id and l.event_id = e.id
where j.state = 'open' and j.due_on is not null
group by j.id
having count(distinct (l.role, l.account_id, l.klass_id, l.department_id, l.party_id, l.document, l.debit > 0))
    >= {MOST_LINES * 3 // 4}
"""


def full() -> list[int]:
    """Open journals of a day that are near to being too long: sealed before the day is over, and the next one begun."""
    with connection.cursor() as cursor:
        cursor.execute(_FULL)
        return [id for (id,) in cursor.fetchall()]
