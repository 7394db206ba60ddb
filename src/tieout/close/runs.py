"""Invariant 4: a run gives what it took. After its close nothing is in process."""

from __future__ import annotations

from collections.abc import Iterator

from tieout.close.findings import MOST, Finding, Outcome, Row, count, money, rows

_RUNS = f"""
with flows as (
    select m.pool_id,
        sum(m.value * e.sign) filter (where m.kind = 'issue') as materials,
        sum(m.value * e.sign) filter (where m.kind = 'absorb' and l.kind = 'labour') as labour,
        sum(m.value * e.sign) filter (where m.kind <> 'issue' and m.kind not in ('output', 'loss')
            and l.kind <> 'labour') as overhead,
        -sum(m.value * e.sign) filter (where m.kind in ('output', 'loss')) as made
    from stock_movement m
    join stock_location t on t.company_id = m.company_id and t.id = m.target_id
    cross join lateral (select case when t.kind = 'production' then 1 else -1 end as sign) e
    join stock_location l on l.company_id = m.company_id
        and l.id = case when t.kind = 'production' then m.origin_id else m.target_id end
    where m.company_id = %(company)s and m.pool_id is not null group by m.pool_id
), held as (
    select pool_id, sum(value)::bigint as value, min(id) as id from stock_balance
    where company_id = %(company)s and lot_id is null group by pool_id
), x as (
    select p.id, p.number, p.closed, r.state, coalesce(f.materials, 0) as materials, coalesce(f.labour, 0) as labour,
        coalesce(f.overhead, 0) as overhead, coalesce(f.made, 0) as made, coalesce(h.value, 0) as held
    from stock_pool p
    left join flows f on f.pool_id = p.id
    left join held h on h.pool_id = p.id
    left join production_run r on r.company_id = p.company_id and r.pool_id = p.id
    where p.company_id = %(company)s
)
select * from x where materials + labour + overhead <> made + held or (closed and held <> 0)
    or (state in ('closed', 'reversed') and not closed) or (state in ('planned', 'running') and closed)
order by id limit {MOST}
"""


def check(company: int) -> Outcome:
    found = [finding for row in rows(_RUNS, company=company) for finding in _findings(row)]
    return Outcome(count("select count(*) from stock_pool where company_id = %(company)s", company=company), found)


def _findings(row: Row) -> Iterator[Finding]:
    id, number, closed, state, materials, labour, overhead, made, held = row
    took = materials + labour + overhead
    if took != made + held:
        yield Finding(
            "stock_pool",
            str(id),
            f"run {number}",
            f"{money(took)} in (materials {money(materials)}, labour {money(labour)}, overhead {money(overhead)}), "
            f"{money(made)} out and {money(held)} in process",
            f"{money(took - made)} in process",
        )
    if closed and held:
        yield Finding("stock_pool", str(id), f"run {number}", f"{money(held)} in process after its close", "0.00")
    if state and closed != (state in ("closed", "reversed")) and state != "cancelled":
        yield Finding("stock_pool", str(id), f"run {number}, {state}", f"closed: {closed}", f"closed: {not closed}")
