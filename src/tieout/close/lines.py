"""Invariant 5, the first half: each movement with an effect has its lines, and lines are their movements.

Which role an end plays is read here from the place and the item, in SQL, and not by the code that posted it:
two readings of one rule that must agree.
"""

from __future__ import annotations

from collections.abc import Iterator

from tieout.close.findings import MOST, Finding, Outcome, count, money, rows, together
from tieout.core.roles import ROLE_OF_PLACE, ItemKind

ROLE_OF = (
    "coalesce({place}.role_said, case {place}.kind "
    + " ".join(f"when '{kind.value}' then '{role.value}'" for kind, role in ROLE_OF_PLACE.items())
    + " else case i.kind "
    + " ".join(f"when '{kind.value}' then '{kind.role.value}'" for kind in ItemKind)
    + " end end)"
)
"""SQL for the role of an end of a movement: `{place}` is a row of `PLACES`, `i` the item's."""

PLACES = "(select id, kind, nullif(role, '') as role_said from stock_location where company_id = %(company)s)"

_UNBALANCED = f"""
select l.event_id, e.number, sum(l.debit), sum(l.credit) from ledger_journalline l
left join ledger_event e on e.company_id = l.company_id and e.id = l.event_id
where l.company_id = %(company)s group by l.event_id, e.number having sum(l.debit) <> sum(l.credit)
order by l.event_id limit {MOST}
"""

_BOOKED = f"""
with booked as (
    select event_id, line, sum(debit)::bigint as debit, sum(credit)::bigint as credit, min(id) as movement from (
        select id, event_id, debit_line as line, abs(value) as debit, 0 as credit from stock_movement
        where company_id = %(company)s and debit_line is not null
        union all
        select id, event_id, credit_line, 0, abs(value) from stock_movement
        where company_id = %(company)s and credit_line is not null
    ) sides group by event_id, line
), lines as (
    select id, event_id, number, role, debit, credit from ledger_journalline where company_id = %(company)s
), x as (
    select coalesce(l.event_id, b.event_id) as event_id, l.id, coalesce(l.number, b.line) as number, l.role, l.debit,
        l.credit, coalesce(b.debit, 0) as due_debit, coalesce(b.credit, 0) as due_credit, b.movement
    from lines l full join booked b on b.event_id = l.event_id and b.line = l.number
    where l.id is null or l.debit <> coalesce(b.debit, 0) or l.credit <> coalesce(b.credit, 0)
)
select x.id, x.number, x.role, e.number, x.debit, x.credit, x.due_debit, x.due_credit, x.movement
from x left join ledger_event e on e.company_id = %(company)s and e.id = x.event_id
where x.movement is not null or exists (
    select 1 from stock_movement m where m.company_id = %(company)s and m.event_id = x.event_id)
order by x.event_id, x.number limit {MOST}
"""
"""Lines of an event without any movement are a reclassification: those have nothing to be compared with."""

_UNBOOKED = f"""
with x as (
    select m.*, {ROLE_OF.format(place="o")} as origin_role, {ROLE_OF.format(place="t")} as target_role
    from stock_movement m
    join {PLACES} o on o.id = m.origin_id
    join {PLACES} t on t.id = m.target_id
    left join catalog_item i on i.company_id = m.company_id and i.id = m.item_id
    where m.company_id = %(company)s and m.value <> 0 and (m.debit_line is null or m.credit_line is null)
)
select x.id, e.number, x.value, x.debit_line, x.credit_line from x
join ledger_event e on e.company_id = x.company_id and e.id = x.event_id
where x.debit_line is not null or x.credit_line is not null
   or coalesce(e.payload #>> array['paper', 'role_at', x.origin_id::text], x.origin_role)
   <> coalesce(e.payload #>> array['paper', 'role_at', x.target_id::text], x.target_role)
order by x.id limit {MOST}
"""

_HOMELESS = f"""
select l.id, l.number, e.number, e.journal_id, e.accounting_date, j.accounting_date
from ledger_journalline l
join ledger_event e on e.company_id = l.company_id and e.id = l.event_id
left join ledger_journalevent j on j.company_id = e.company_id and j.id = e.journal_id
where l.company_id = %(company)s and (j.id is null or j.accounting_date <> e.accounting_date)
order by l.id limit {MOST}
"""


def check(company: int) -> Outcome:
    lines = count("select count(*) from ledger_journalline where company_id = %(company)s", company=company)
    return together(
        (
            Outcome(lines, list(_unbalanced(company))),
            Outcome(0, list(_other_amounts(company))),
            Outcome(0, list(_unbooked(company))),
            Outcome(0, list(_homeless(company))),
        )
    )


def _unbalanced(company: int) -> Iterator[Finding]:
    for event, number, debit, credit in rows(_UNBALANCED, company=company):
        says = f"debits of {money(debit)} and credits of {money(credit)}"
        yield Finding("ledger_journalline", f"of event {event}", str(number), says, "as much debit as credit")


def _other_amounts(company: int) -> Iterator[Finding]:
    for id, number, role, event, debit, credit, due_debit, due_credit, movement in rows(_BOOKED, company=company):
        should = f"{_sides(due_debit, due_credit)}, the sum of its movements"
        if id is None:
            says = f"that it is booked on line {number} of {event}, which is not there"
            yield Finding("stock_movement", str(movement), str(event), says, "a line on record")
        else:
            what = f"line {number} of {event}, {role}"
            yield Finding("ledger_journalline", str(id), what, _sides(debit, credit), should)


def _sides(debit: int, credit: int) -> str:
    if debit and credit:
        return f"debit {money(debit)} and credit {money(credit)}"
    return f"credit {money(credit)}" if credit else f"debit {money(debit)}"


def _unbooked(company: int) -> Iterator[Finding]:
    for id, event, value, debit, credit in rows(_UNBOOKED, company=company):
        booked = "no journal line" if debit is None and credit is None else "one journal line"
        yield Finding("stock_movement", str(id), str(event), f"{money(value)} on {booked}", "a debit and a credit line")


def _homeless(company: int) -> Iterator[Finding]:
    for id, number, event, journal, on, journal_on in rows(_HOMELESS, company=company):
        what = f"line {number} of {event}"
        if journal_on is None:
            yield Finding("ledger_journalline", str(id), what, f"journal event {journal}", "one that is there")
        else:
            should = f"{journal_on}, as journal event {journal}"
            yield Finding("ledger_journalline", str(id), what, f"accounting date {on}", should)
