"""Journal events that are still open: found or opened, and the lines that events add to them.

Who adds holds a shared lock on the journal event, who seals an exclusive one. A late member finds its journal
sealed and opens the next of the same key. The lock is taken before the event gets its sequence number, so the
sequence never shows a member after the sealing that left it out.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

from django.db import connection

from tieout.core.posting import Line


@dataclass(frozen=True, slots=True)
class Grouping:
    """Which journal event an event belongs to, and when that is to be sealed."""

    kind: str
    key: str
    document: str
    on: date
    site: int | None = None
    posts: bool = True
    due_on: date | None = None
    """Sealed once that day is over; empty: at once."""


_JOIN = """
with found as (
    select id from ledger_journalevent
    where company_id = %(company)s and kind = %(kind)s and key = %(key)s and state = 'open' for share
), made as (
    insert into ledger_journalevent (company_id, kind, key, document, accounting_date, site_id, posts, state, due_on,
        memo, held)
    select %(company)s, %(kind)s, %(key)s, %(document)s, %(on)s, %(site)s, %(posts)s, 'open', %(due_on)s, '', ''
    where not exists (select 1 from found)
    on conflict do nothing returning id
)
select id, nextval(pg_get_serial_sequence('ledger_event', 'id')) from (
    select id from found union all select id from made) joined
"""


def join(company: int, grouping: Grouping) -> tuple[int, int]:
    """The open journal event of that key, locked against being sealed (a new one where there is none), and the
    sequence number of the event that joins it: taken once the lock is held."""
    arguments: dict[str, str | int | bool | date | None] = {
        "company": company,
        "kind": grouping.kind,
        "key": grouping.key,
        "document": grouping.document,
        "on": grouping.on,
        "site": grouping.site,
        "posts": grouping.posts,
        "due_on": grouping.due_on,
    }
    with connection.cursor() as cursor:
        while True:
            cursor.execute(_JOIN, arguments)
            if row := cursor.fetchone():
                return int(row[0]), int(row[1])


_LINES = """
insert into ledger_journalline (company_id, event_id, number, role, debit, credit, account_id, klass_id,
    department_id, party_id, document, description, facts, accounting_date)
select %s, %s, l.number, l.role, l.debit, l.credit, l.account, l.klass, l.department, l.party, l.document,
    l.description, l.facts, %s
from unnest(%s::smallint[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[],
    %s::bigint[], %s::text[], %s::text[], %s::jsonb[])
    as l(number, role, debit, credit, account, klass, department, party, document, description, facts)
"""


def record(company: int, event: int, *, on: date, lines: list[Line]) -> None:
    """Write an event's lines, all at once."""
    if not lines:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _LINES,
            [
                company,
                event,
                on,
                [line.number for line in lines],
                [line.facts.role.value for line in lines],
                [line.debit for line in lines],
                [line.credit for line in lines],
                [line.target.account for line in lines],
                [line.target.klass for line in lines],
                [line.target.department for line in lines],
                [line.target.party for line in lines],
                [line.document for line in lines],
                [line.description[:500] for line in lines],
                [json.dumps(line.facts._asdict()) for line in lines],
            ],
        )
