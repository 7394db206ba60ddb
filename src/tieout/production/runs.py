"""Runs: found, planned, confirmed, locked."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

import msgspec
from django.db import connection

from tieout.catalog import boms, rates
from tieout.catalog.boms import BomInEffect
from tieout.catalog.items import ItemFacts
from tieout.core.balances import ZERO
from tieout.core.refusals import Refusal
from tieout.core.roles import ItemKind
from tieout.core.runs import Component, Plan, Planned, scaled
from tieout.production.models import Run, RunState
from tieout.stock.models import Pool
from tieout.stock.places import SiteFacts


class UnknownRun(Refusal):
    """No run of that number."""

    code = "unknown_run"


class RunClosed(Refusal):
    """A run that takes nothing more."""

    code = "run_closed"


class RunReported(Refusal):
    """A run that has been reported whole already."""

    code = "run_reported"


class NotConfirmed(Refusal):
    """A run that nobody has confirmed yet."""

    code = "run_not_confirmed"


class OwnOutput(Refusal):
    """Goods made, at any depth, from what the run itself made."""

    code = "own_output"


class Locked(NamedTuple):
    """A run held until the act commits."""

    id: int
    number: str
    state: str
    item: int
    sku: str
    kind: ItemKind
    category: int | None
    unit: str
    decimals: int
    shelf_life_days: int | None
    site: int
    site_code: str
    quantity: Decimal
    plan: Plan
    pool: int
    source: int
    target: int
    has_outputs: bool
    is_fresh: bool
    """Nothing went into it before this act."""


_LOCK = """
select r.id, r.number, r.state, r.item_id, i.sku, i.kind, i.category_id, u.code, u.decimals, i.shelf_life_days,
    r.site_id, s.code, r.quantity, r.plan::text, r.pool_id, r.source_id, r.target_id,
    exists (select 1 from costing_poolshare o where o.company_id = r.company_id and o.pool_id = r.pool_id),
    not exists (select 1 from stock_balance b where b.company_id = r.company_id and b.pool_id = r.pool_id)
from production_run r
join catalog_item i on i.company_id = r.company_id and i.id = r.item_id
join catalog_unit u on u.company_id = i.company_id and u.id = i.unit_id
join stock_site s on s.company_id = r.company_id and s.id = r.site_id
join stock_pool p on p.company_id = r.company_id and p.id = r.pool_id
where r.company_id = %s and r.number = %s for update of p
"""


def lock(company: int, number: str) -> Locked:
    """A running run, its pool held: everything that goes into it or comes out of it waits here."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [company, number])
        row = cursor.fetchone()
    if row is None:
        raise UnknownRun(f"There is no run {number}. Check the number on its paper.")
    if row[2] == RunState.PLANNED:
        raise NotConfirmed(f"{number} is planned, not confirmed. Confirm it, then work on it.")
    if row[2] == RunState.CLOSED:
        raise RunReported(f"{number} is closed; only a running run can be worked on. Take it back to correct it.")
    if row[2] != RunState.RUNNING:
        raise RunClosed(f"{number} is {row[2]}; only a running run can be worked on.")
    return Locked(*row)._replace(kind=ItemKind(row[5]), plan=msgspec.json.decode(row[13], type=Plan))


def plan(
    company: int,
    *,
    number: str,
    item: ItemFacts,
    site: int,
    quantity: Decimal,
    due_on: date | None,
    bom: int | None,
    note: str,
) -> Run:
    if Run.objects.filter(number=number).exists():
        raise RunReported(f"Run {number} exists already. Leave the number out, or use another.")
    pool = Pool.objects.create(company_id=company, item_id=item.id, site_id=site, number=number)
    return Run.objects.create(
        company_id=company,
        number=number,
        pool=pool,
        item_id=item.id,
        site_id=site,
        quantity=quantity,
        due_on=due_on,
        bom_id=bom,
        note=note,
    )


def hold(number: str) -> Run:
    """The run as it stands, whatever its state, its pool held."""
    found = Run.objects.select_related("site", "item").filter(number=number).first()
    if found is None:
        raise UnknownRun(f"There is no run {number}. Check the number on its paper.")
    list(Pool.objects.select_for_update().filter(pk=found.pool_id))
    found.refresh_from_db()
    return found


def confirm(
    company: int, run: Run, *, item: ItemFacts, site: SiteFacts, on: date, at: datetime, source: int, target: int
) -> Plan:
    """Snapshot what holds on that day, and let it run."""
    if run.state != RunState.PLANNED:
        raise RunReported(f"{run.number} is {run.state} already; only a planned run can be confirmed.")
    bom = boms.find(item.id, site.code, on)
    taken = snapshot(company, run.quantity, bom, site_code=site.code, on=on)
    run.state = RunState.RUNNING
    run.plan = msgspec.to_builtins(taken)
    run.bom_id = bom.id if bom else None
    run.source_id = source
    run.target_id = target
    run.confirmed_at = at
    run.save()
    return taken


def snapshot(company: int, quantity: Decimal, bom: BomInEffect | None, *, site_code: str, on: date) -> Plan:
    """The plan of a run of that quantity by that version, with the rates of that day."""
    labour, overhead = rates.in_force("labour", site_code, on), rates.in_force("overhead", site_code, on)
    if bom is None:
        return Plan(None, "", quantity, Decimal(1), (), labour_rate=labour, overhead_rate=overhead)
    wanted = {line: scaled(line.quantity, to=quantity, per=bom.output_quantity) for line in bom.lines}
    inputs = {line.component: amount for line, amount in wanted.items() if not line.is_output}
    cents = standard_cents(company, inputs)
    return Plan(
        bom=bom.id,
        version=bom.version,
        quantity=quantity,
        expected_yield=bom.expected_yield,
        components=[
            Component(line.component, line.sku, amount, cents.get(line.component, 0))
            for line, amount in wanted.items()
            if not line.is_output
        ],
        byproducts=[Planned(line.component, line.sku, amount) for line, amount in wanted.items() if line.is_output],
        labour_hours=scaled(bom.labour_hours, to=quantity, per=bom.output_quantity),
        labour_rate=labour,
        overhead_rate=overhead,
    )


_STANDARD = """
select w.item, round(w.quantity * b.value / b.quantity)::bigint
from unnest(%s::bigint[], %s::numeric[]) as w(item, quantity)
cross join lateral (
    select sum(b.value) as value, sum(b.quantity) as quantity from stock_balance b
    where b.company_id = %s and b.item_id = w.item and b.on_hand
) b where b.quantity > 0
"""


def standard_cents(company: int, wanted: dict[int, Decimal]) -> dict[int, int]:
    """What these quantities are worth at the average of what is on hand: a standard for partial reports only."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDARD, [list(wanted), list(wanted.values()), company])
        return dict(cursor.fetchall())


_ISSUED = """
select b.item_id, sum(b.quantity) from stock_balance b
where b.company_id = %s and b.pool_id = %s and b.lot_id is not null group by b.item_id
"""
_HOURS = """
select coalesce(sum(hours), 0) from production_hourslogged where company_id = %s and run_id = %s and kind = 'labour'
"""


def issued(company: int, run: Locked) -> dict[int, Decimal]:
    """Item → what the run holds of it."""
    if run.is_fresh:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_ISSUED, [company, run.pool])
        return dict(cursor.fetchall())


def hours(company: int, run: Locked) -> Decimal:
    """Labour hours logged on the run so far."""
    if run.is_fresh:
        return ZERO
    with connection.cursor() as cursor:
        cursor.execute(_HOURS, [company, run.id])
        return cursor.fetchone()[0] or ZERO


_CLOSE = """
with pool as (update stock_pool set closed = true where company_id = %(company)s and id = %(pool)s returning id)
update production_run r set state = %(state)s, closed_event_id = coalesce(%(event)s, r.closed_event_id)
from pool where r.company_id = %(company)s and r.pool_id = pool.id
"""


def close(company: int, pool: int, *, state: RunState, event: int | None = None) -> None:
    """Nothing more goes into the run; what comes late goes on to what it made."""
    with connection.cursor() as cursor:
        cursor.execute(_CLOSE, {"company": company, "pool": pool, "state": state.value, "event": event})


_ANCESTRY = """
with recursive made as (
    select l.id, l.pool_id, l.returned_from_id from stock_lot l
    where l.company_id = %(company)s and l.id = any(%(lots)s)
    union
    select l.id, l.pool_id, l.returned_from_id from made m cross join lateral (
        select i.lot_id as id from stock_movement i
        where i.company_id = %(company)s and i.pool_id = m.pool_id and i.kind = 'issue'
        union all
        select m.returned_from_id where m.returned_from_id is not null
    ) x
    join stock_lot l on l.company_id = %(company)s and l.id = x.id
)
select 1 from made where pool_id = %(pool)s limit 1
"""


def refuse_own_output(company: int, run: Locked, lots: list[int]) -> None:
    """The genealogy has no circles: a run that has made something takes nothing that was made from it."""
    if not run.has_outputs or not lots:
        return
    with connection.cursor() as cursor:
        cursor.execute(_ANCESTRY, {"company": company, "lots": lots, "pool": run.pool})
        if cursor.fetchone():
            raise OwnOutput(
                f"{run.number} made something that went into this lot. "
                "Use it in another run: rework is a run of its own."
            )
