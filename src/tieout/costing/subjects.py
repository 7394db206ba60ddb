"""What somebody means who asks to trace `RCV-000012-7`, `L-204`, `#77`, `SHP-3` or `RUN-42`."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from tieout.core.refusals import Refusal
from tieout.stock import lots
from tieout.stock.lots import UnknownLot


class UnknownSubject(Refusal):
    """Nothing of that name to trace."""

    code = "unknown_subject"


class Subject(NamedTuple):
    """The one thing meant, by its kind and row."""

    kind: str
    """lot, run, shipment, journal or event"""
    ids: Sequence[int]
    """Of the lot or pool; of a shipment's events, or of the events whose lines a journal entry is made of."""
    name: str


class Moved(NamedTuple):
    """A movement that a line or an event consists of, and the line it is a debit on."""

    event: int
    is_late: bool
    line: str
    """`FG · Inventory - Finished Goods`; empty where nothing was booked."""
    lot: int | None
    pool: int | None
    origin: int
    target: int
    quantity: Decimal
    cents: int


_NAMED = """
select 1 as turn, 'run' as kind, array_agg(id) as ids, min(number) as name from stock_pool
where company_id = %(company)s and number = %(what)s
union all
select 2, 'shipment', array_agg(id order by id), min(subject) from ledger_event
where company_id = %(company)s and kind = 'shipment' and subject = %(what)s
union all
select 3, 'shipment', array_agg(o.id order by o.id), min(o.subject) from ledger_event e
join ledger_event o on o.company_id = e.company_id and o.kind = e.kind and o.subject = e.subject
where e.company_id = %(company)s and e.kind = 'shipment' and e.number = %(what)s
union all
select 4, 'journal', array_agg(e.id order by e.id), coalesce(min(j.number), min(j.document))
from ledger_journalevent j
join ledger_event e on e.company_id = j.company_id and e.journal_id = j.id
where j.company_id = %(company)s and (j.number = %(what)s or j.document = %(what)s)
union all
select 5, 'event', array_agg(id order by id), min(number) from ledger_event
where company_id = %(company)s and number = %(what)s
order by turn
"""

_MOVED = """
select m.event_id, v.payload #>> '{facts,type}' = 'late',
    coalesce(l.role || coalesce(' · ' || a.name, '') || coalesce(nullif(' · ' || l.document, ' · '), ''), ''),
    m.lot_id, m.pool_id, m.origin_id, m.target_id, m.quantity, m.value
from stock_movement m
join ledger_event v on v.company_id = m.company_id and v.id = m.event_id
left join ledger_journalline l
    on l.company_id = m.company_id and l.event_id = m.event_id and l.number = m.debit_line
left join ledger_account a on a.company_id = l.company_id and a.id = l.account_id
where m.company_id = %(company)s and m.event_id = any(%(events)s) and (m.debit_line is not null or not %(booked)s)
order by m.event_id, m.number
"""

_SHIPPED = """
select lot_id, sum(sign * quantity), sum(sign * value)::bigint from (
    select m.*, case when t.kind in ('customer', 'shipped-not-invoiced') then 1 else -1 end as sign
    from stock_movement m
    join stock_location t on t.company_id = m.company_id and t.id = m.target_id
    where m.company_id = %(company)s and m.lot_id is not null and (
        m.event_id in (select id from ledger_event v where v.company_id = %(company)s
            and (v.id = any(%(events)s) or v.reverses_id = any(%(events)s)))
        or m.corrects_id in (
            select c.id from stock_movement c where c.company_id = %(company)s and c.event_id = any(%(events)s)))
) s group by lot_id order by min(id)
"""


def find(company: int, what: str) -> Subject:
    """Run, shipment, journal entry, event or lot of that name; a refusal that says how to ask otherwise."""
    name = what.strip()
    if not name.startswith("#"):
        for wanted in dict.fromkeys((name, name.upper())):
            for _, kind, ids, called in _rows(_NAMED, company=company, what=wanted):
                if ids:
                    return Subject(kind, ids, called)
    return Subject("lot", [_lot(company, name)], name)


def _lot(company: int, name: str) -> int:
    try:
        return lots.by_code(company, [name])[name]
    except UnknownLot as unknown:
        if "times" in str(unknown):
            raise
        raise UnknownSubject(
            f"There is no journal entry, lot, shipment, run or event “{name}”. "
            "Look the number up on its paper or in the journal; a lot can also be named by its id, as #12."
        ) from unknown


def moved(company: int, events: Sequence[int], *, booked: bool) -> list[Moved]:
    """The movements of these events, in order; `booked`: those that have journal lines."""
    return [Moved(*row) for row in _rows(_MOVED, company=company, events=list(events), booked=booked)]


def shipped(company: int, events: Sequence[int]) -> list[tuple[int, Decimal, int]]:
    """Lot, quantity and cents of a shipment as it stands: what was taken back is off, what came late is in."""
    return list(_rows(_SHIPPED, company=company, events=list(events)))


def _rows(sql: str, **arguments: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        return list(cursor.fetchall())
