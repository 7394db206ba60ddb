"""Invariant 8: what a value is made of adds up to it.

A lot's composition is the value that it began with (freight that was estimated with it) and every later cost of it.
The lines of receipts and shipments are the movements they stand for, and what is shipped and not sold yet is what SNI
holds. With those and the balances, a trace adds up at each node: it asserts that by itself whenever somebody asks for
one.
"""

from __future__ import annotations

from collections.abc import Iterator

from tieout.close.findings import MOST, Finding, Outcome, count, money, rows, together
from tieout.sales import recognition
from tieout.stock import writedowns

_COMPOSITIONS = f"""
with entry as (
    select distinct on (m.lot_id) m.lot_id, m.id, m.event_id, m.kind, m.target_id, m.value from stock_movement m
    where m.company_id = %(company)s and m.lot_id is not null and m.quantity > 0 order by m.lot_id, m.event_id, m.number
), later as (
    select e.lot_id, sum(c.value) as value from entry e
    join stock_movement c on c.company_id = %(company)s and c.lot_id = e.lot_id and c.quantity = 0
        and c.target_id = e.target_id and (c.corrects_id = e.id or c.corrects_id is null and c.event_id = e.event_id)
    join stock_location o on o.company_id = c.company_id and o.id = c.origin_id
        and o.kind not in ('storage', 'quarantine', 'staging', 'in-transit', 'external')
    group by e.lot_id
), made_of as (
    select lot_id, sum(value) as value from costing_composition where company_id = %(company)s group by lot_id
)
select l.id, l.code, i.sku, c.value, e.value + coalesce(t.value, 0) from entry e
join stock_lot l on l.company_id = %(company)s and l.id = e.lot_id
join catalog_item i on i.company_id = l.company_id and i.id = l.item_id
left join later t on t.lot_id = e.lot_id
left join made_of c on c.lot_id = e.lot_id
where (c.value is not null or e.kind in ('receive', 'output') and l.owner_id is null and not l.unverified)
    and coalesce(c.value, 0) <> e.value + coalesce(t.value, 0)
order by l.id limit {MOST}
"""

_RECEIVED = f"""
select r.id, e.number, r.number, r.quantity, r.value, m.quantity, m.value from purchasing_receiptline r
join ledger_event e on e.company_id = r.company_id and e.id = r.event_id
left join stock_movement m on m.company_id = r.company_id and m.event_id = r.event_id and m.lot_id = r.lot_id
    and m.corrects_id is null and m.quantity > 0
where r.company_id = %(company)s and r.lot_id is not null
    and (m.id is null or r.quantity <> m.quantity or r.value <> m.value)
order by r.id limit {MOST}
"""

_SHIPPED = f"""
select s.id, e.number, s.movement_number, s.quantity, s.value, m.quantity, m.value from sales_shipmentline s
join ledger_event e on e.company_id = s.company_id and e.id = s.event_id
left join stock_movement m on m.company_id = s.company_id and m.event_id = s.event_id
    and m.number = s.movement_number and m.lot_id = s.lot_id
where s.company_id = %(company)s and (m.id is null or s.quantity <> m.quantity or s.value <> m.value)
order by s.id limit {MOST}
"""

_RECOGNISED = f"""
select r.id, e.number, r.movement_number, r.quantity, r.value, m.quantity, m.value from sales_recognition r
join ledger_event e on e.company_id = r.company_id and e.id = r.event_id
left join stock_movement m on m.company_id = r.company_id and m.event_id = r.event_id and m.number = r.movement_number
where r.company_id = %(company)s and (m.id is null or r.quantity <> m.quantity or r.value <> m.value)
order by r.id limit {MOST}
"""

_BETWEEN = """
select coalesce(sum(debit - credit), 0)::bigint from ledger_journalline
where company_id = %(company)s and role = 'SNI'
"""


def check(company: int) -> Outcome:
    return together(
        (
            Outcome(
                count(
                    "select count(distinct lot_id) from costing_composition where company_id = %(company)s",
                    company=company,
                ),
                list(_compositions(company)),
            ),
            Outcome(0, list(_papers(company, "purchasing_receiptline", _RECEIVED))),
            Outcome(0, list(_papers(company, "sales_shipmentline", _SHIPPED))),
            Outcome(0, list(_papers(company, "sales_recognition", _RECOGNISED))),
            Outcome(0, list(_between(company))),
            Outcome(0, [], list(_above(company))),
        )
    )


def _compositions(company: int) -> Iterator[Finding]:
    for id, code, sku, value, due in rows(_COMPOSITIONS, company=company):
        says = "that nobody knows what it is made of" if value is None else f"parts that add up to {money(value)}"
        should = f"{money(due)}, what it began with and what came later"
        yield Finding("costing_composition", f"of lot {id}", f"{sku} lot {code}", says, should)


def _between(company: int) -> Iterator[Finding]:
    """What is shipped and not sold yet is, line by line, what stands between the accounts."""
    booked, waits = count(_BETWEEN, company=company), sum(one.value for one in recognition.pending())
    if booked != waits:
        should = f"{money(waits)}, what is shipped and not sold yet"
        yield Finding("ledger_journalline", "on SNI", "", f"{money(booked)} in all", should)


def _above(company: int) -> Iterator[str]:
    """Not wrong, and to be decided: what was written down and cost more since."""
    for one in writedowns.above(company)[:MOST]:
        yield (
            f"{one.sku} lot {one.lot} costs {money(one.cost)} and was said to bring {money(one.brings)} ({one.event}): "
            "write it down again, or say what it brings now"
        )


def _papers(company: int, table: str, sql: str) -> Iterator[Finding]:
    for id, event, number, quantity, value, moved, worth in rows(sql, company=company):
        should = f"{moved:f} worth {money(worth)}, as its movement" if moved is not None else "a movement on record"
        yield Finding(table, str(id), f"{number} of {event}", f"{quantity:f} worth {money(value)}", should)
