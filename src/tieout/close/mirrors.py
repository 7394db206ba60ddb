"""Invariant 9: a reversal takes back exactly what was moved, with every correction up to then, and nothing twice."""

from __future__ import annotations

from collections.abc import Iterator

from tieout.close.findings import MOST, Finding, Outcome, count, rows, together

_MEANT = """
meant as (
    select r.id as event_id, r.number as event, x.n, (x.m ->> 'id')::bigint as id, x.m ->> 'kind' as kind,
        (x.m ->> 'lot')::bigint as lot_id, (x.m ->> 'pool')::bigint as pool_id,
        (x.m ->> 'origin')::bigint as origin_id, (x.m ->> 'target')::bigint as target_id,
        (x.m ->> 'quantity')::numeric as quantity, (x.m ->> 'value')::bigint as value
    from ledger_event r
    cross join lateral jsonb_array_elements(r.payload -> 'facts' -> 'moved') with ordinality as x(m, n)
    where r.company_id = %(company)s and r.kind = 'reversal' and r.payload -> 'facts' ->> 'type' = 'reverse'
)"""

_UNEQUAL = f"""
with {_MEANT}, done as (
    select m.* from stock_movement m
    join ledger_event r on r.company_id = m.company_id and r.id = m.event_id
    where m.company_id = %(company)s and r.kind = 'reversal' and r.payload -> 'facts' ->> 'type' = 'reverse'
)
select coalesce(d.event_id, x.event_id), x.event, d.id, x.id, w.id is null from meant x
full join done d on d.event_id = x.event_id and d.number = x.n
left join stock_movement w on w.company_id = %(company)s and w.id = x.id and w.kind = x.kind
    and w.lot_id is not distinct from x.lot_id and w.pool_id is not distinct from x.pool_id
    and w.origin_id = x.origin_id and w.target_id = x.target_id and w.quantity = x.quantity and w.value = x.value
where d.id is null or w.id is null or d.kind <> w.kind or d.lot_id is distinct from w.lot_id
    or d.pool_id is distinct from w.pool_id or d.origin_id <> w.target_id or d.target_id <> w.origin_id
    or d.quantity <> w.quantity or d.value <> w.value
order by 1, 3 limit {MOST}
"""

_TWICE = f"""
with {_MEANT}
select id, string_agg(event, ' and ' order by event_id) from meant group by id having count(*) > 1
order by id limit {MOST}
"""

# Of a run everything that moved in it is taken back, of another event all that it moved.
_LEFT_OUT = f"""
with {_MEANT}, reversal as (
    select r.id, r.number, r.reverses_id, e.kind in ('issue', 'issue return', 'hours', 'run report') as of_run,
        (select min(m.id) from stock_movement m where m.company_id = r.company_id and m.event_id = r.id) as first
    from ledger_event r join ledger_event e on e.company_id = r.company_id and e.id = r.reverses_id
    where r.company_id = %(company)s and r.kind = 'reversal' and r.payload -> 'facts' ->> 'type' = 'reverse'
), pools as (
    select distinct event_id, pool_id from meant where pool_id is not null
), own as (
    select v.id as reversal, v.number, v.first, m.id from reversal v
    join stock_movement m on m.company_id = %(company)s and m.event_id = v.reverses_id where not v.of_run
    union all
    select v.id, v.number, v.first, m.id from reversal v
    join pools p on p.event_id = v.id
    join stock_movement m on m.company_id = %(company)s and m.pool_id = p.pool_id and m.id < v.first where v.of_run
), due as (
    select reversal, number, id from own
    union
    select o.reversal, o.number, c.id from own o
    join stock_movement c on c.company_id = %(company)s and c.corrects_id = o.id and c.id < o.first
)
select d.id, d.number from due d
where not exists (select 1 from meant x where x.event_id = d.reversal and x.id = d.id) order by d.id limit {MOST}
"""


def check(company: int) -> Outcome:
    reversals = count(
        "select count(*) from ledger_event where company_id = %(company)s and kind = 'reversal'", company=company
    )
    if not reversals:
        return Outcome(0, [])
    return together(
        (
            Outcome(reversals, list(_unequal(company))),
            Outcome(0, list(_left_out(company))),
            Outcome(0, list(_twice(company))),
        )
    )


def _unequal(company: int) -> Iterator[Finding]:
    for event, number, mirror, meant, is_changed in rows(_UNEQUAL, company=company):
        what = f"reversal {number or event}"
        if meant is None:
            yield Finding(
                "stock_movement", str(mirror), what, "something that the reversal does not take back", "nothing"
            )
        elif is_changed:
            yield Finding("stock_movement", str(meant), what, "something else than when it was taken back", "the same")
        elif mirror is None:
            says = f"that movement {meant} is taken back, and no movement does it"
            yield Finding("ledger_event", str(event), what, says, "its mirror image")
        else:
            should = f"the mirror image of movement {meant}"
            yield Finding("stock_movement", str(mirror), what, "other goods, places or cents", should)


def _left_out(company: int) -> Iterator[Finding]:
    for id, number in rows(_LEFT_OUT, company=company):
        yield Finding("stock_movement", str(id), f"reversal {number}", "that it was not taken back", "that it was")


def _twice(company: int) -> Iterator[Finding]:
    for id, events in rows(_TWICE, company=company):
        yield Finding("stock_movement", str(id), "", f"that it was taken back by {events}", "once at most")
