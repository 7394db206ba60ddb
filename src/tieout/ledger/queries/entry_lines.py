"""Lines as QuickBooks gets them: of one event, of an open journal event as it would go now, of a sealed document."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection


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


def of_event(event_id: int) -> list[EntryLine]:
    """What one event did to the books, as it was mapped then."""
    return _lines(_EVENT_LINES, [event_id])


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


def live(journal: int) -> list[EntryLine]:
    """As it would be sealed now: debits and credits of one account apart."""
    return _lines(_LIVE_LINES, [journal])


def _lines(sql: str, values: Sequence[int]) -> list[EntryLine]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [EntryLine(*row) for row in cursor.fetchall()]


def sealed(document: str) -> list[EntryLine]:
    """As it was sealed: the body, with the names that the accounts and dimensions bear now."""
    body = json.loads(document)
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
