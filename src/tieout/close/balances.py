"""Invariants 2 and 3: every balance is the sum of its movements, and none was ever below zero.

A balance also keeps the base of the issue rule. Whatever the path, it was the running sum after one of its
movements, within the half cent that the running value is rounded by, and the value now is the rounded share of
it. (That it is the *right* one of those is what the replay proves, to the twelfth decimal of a cent.)

Within one event a late cost may pass through a place that its goods have left; after the event nothing is there.
Of a movement and a lower cost that came along it, one is taken back first: the value between the two is no balance
that anybody saw. Quantities never dip.
"""

from __future__ import annotations

from decimal import Decimal

from tieout.close.findings import MOST, Finding, Outcome, Row, count, money, plain, rows

ENDS = """
moved as (
    select m.event_id, m.number, m.kind, m.lot_id, m.pool_id, m.id, e.location_id, l.kind as place,
        e.sign * m.quantity as quantity, e.sign * m.value as value
    from stock_movement m
    cross join lateral (values (m.origin_id, -1), (m.target_id, 1)) as e(location_id, sign)
    join stock_location l on l.company_id = m.company_id and l.id = e.location_id
    where m.company_id = %(company)s and (l.kind = 'production' or l.kind in
        ('storage', 'quarantine', 'staging', 'in-transit', 'external'))
), ends as (
    select id, event_id, number, location_id, lot_id, null::bigint as pool_id, quantity, value
    from moved where place <> 'production'
    union all
    select id, event_id, number, location_id, null, pool_id, 0, value from moved where place = 'production'
    union all
    select id, event_id, number, location_id, lot_id, pool_id, quantity, value
    from moved where place = 'production' and kind = 'issue'
)"""
"""Each movement as the changes of balances that it is: the same reading as `stock_record`'s, written apart."""

_RUNNING = """
running as (
    select *, sum(quantity) over w as quantity_after, sum(value) over w as value_after,
        lead(event_id) over w is distinct from event_id as is_last from ends
    window w as (partition by location_id, lot_id, pool_id order by event_id, number rows unbounded preceding)
)"""

_NAMES = """
left join stock_lot l on l.company_id = %(company)s and l.id = x.lot_id
left join stock_pool p on p.company_id = %(company)s and p.id = x.pool_id
left join stock_location o on o.company_id = %(company)s and o.id = x.location_id
left join stock_site s on s.company_id = %(company)s and s.id = o.site_id
"""
_NAME = "concat_ws(' ', 'lot ' || l.code, 'run ' || p.number, 'at', concat_ws('/', s.code, o.code))"

_SUMS = f"""
with {ENDS}, {_RUNNING}, held as (
    select * from stock_balance where company_id = %(company)s
), summed as (
    select r.location_id, r.lot_id, r.pool_id, sum(r.quantity) as quantity, sum(r.value) as value,
        bool_or(r.quantity_after = b.base_quantity and abs(r.value_after - b.base_value) <= 0.500001) as based
    from running r left join held b on b.location_id = r.location_id
        and coalesce(b.lot_id, 0) = coalesce(r.lot_id, 0) and coalesce(b.pool_id, 0) = coalesce(r.pool_id, 0)
    group by r.location_id, r.lot_id, r.pool_id
), x as (
    select b.id, coalesce(b.location_id, m.location_id) as location_id, coalesce(b.lot_id, m.lot_id) as lot_id,
        coalesce(b.pool_id, m.pool_id) as pool_id, b.quantity, b.value, b.base_quantity, b.base_value,
        coalesce(m.quantity, 0) as due_quantity, coalesce(m.value, 0) as due_value
    from held b full join summed m on m.location_id = b.location_id
        and coalesce(m.lot_id, 0) = coalesce(b.lot_id, 0) and coalesce(m.pool_id, 0) = coalesce(b.pool_id, 0)
    where b.id is null or b.quantity <> coalesce(m.quantity, 0) or b.value <> coalesce(m.value, 0)
       or (b.lot_id is not null and not coalesce(m.based, false))
       or abs(b.value * b.base_quantity - b.base_value * b.quantity) * 2 > b.base_quantity
       or (b.base_quantity = 0 and b.base_value <> b.value)
)
select x.id, {_NAME}, x.quantity, x.value, x.due_quantity, x.due_value, x.base_quantity, x.base_value
from x {_NAMES} order by x.id limit {MOST}
"""

_DIPS = f"""
with {ENDS}, {_RUNNING}, x as (
    select distinct on (location_id, lot_id, pool_id) * from running
    where lot_id is not null and (
        quantity_after < 0 or (is_last and quantity_after = 0 and value_after <> 0)
        or (value_after < 0 and (is_last or not exists (select 1 from ledger_event v
            where v.company_id = %(company)s and v.id = event_id and v.kind = 'reversal'))))
    order by location_id, lot_id, pool_id, event_id, number
)
select x.id, {_NAME}, x.quantity_after, x.value_after from x {_NAMES} order by x.id limit {MOST}
"""


def check_sums(company: int) -> Outcome:
    """Invariant 2."""
    found = [_differing(row) for row in rows(_SUMS, company=company)]
    return Outcome(count("select count(*) from stock_balance where company_id = %(company)s", company=company), found)


def check_never_negative(company: int) -> Outcome:
    """Invariant 3."""
    found = [
        Finding(
            "stock_movement",
            str(id),
            name,
            f"that {plain(quantity)} worth {money(value)} is left after it",
            "that no less than nothing is left, and of nothing no value",
        )
        for id, name, quantity, value in rows(_DIPS, company=company)
    ]
    return Outcome(count("select count(*) from stock_movement where company_id = %(company)s", company=company), found)


def _differing(row: Row) -> Finding:
    id, name, quantity, value, due_quantity, due_value, base_quantity, base_value = row
    should = f"{plain(due_quantity)} worth {money(due_value)}, the sum of its movements"
    if id is None:
        return Finding("stock_balance", "", name, "nothing: there is no such balance", should)
    says = f"{plain(quantity)} worth {money(value)}"
    if quantity == due_quantity and value == due_value:
        says = f"{says}, and as the base of issues {plain(base_quantity)} worth {_exact(base_value)}"
        should = "what its movements came to at a change that was no issue, of which its value is the rounded share"
    return Finding("stock_balance", str(id), name, says, should)


def _exact(cents: Decimal) -> str:
    return f"{(cents / 100).normalize():f}" if cents else "0.00"
