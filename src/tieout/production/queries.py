"""Questions to production, asked inside a scope: which runs there are, and one run's plan against what happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec
from django.db import connection

from tieout.core.runs import Plan
from tieout.database.search import containing
from tieout.production.runs import UnknownRun


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run in a list. `in_process` is what its pool holds, `cost` what its outputs took, in cents."""

    number: str
    state: str
    sku: str
    name: str
    unit: str
    decimals: int
    site: str
    quantity: Decimal
    made: Decimal
    due_on: date | None
    confirmed_at: datetime | None
    in_process: int
    cost: int
    version: str
    note: str

    @property
    def done(self) -> int:
        """How far it is, in per cent of the quantity planned."""
        return min(100, int(self.made * 100 / self.quantity)) if self.quantity else 0

    @property
    def unit_cost(self) -> Decimal | None:
        """Cents for one good unit made."""
        return Decimal(self.cost) / self.made if self.made else None


@dataclass(frozen=True, slots=True)
class ComponentRow:
    """A component: what the plan wants for the whole run, and what went in and did not come back."""

    sku: str
    name: str
    unit: str
    decimals: int
    planned: Decimal
    used: Decimal
    on_hand: Decimal
    """At the run's site, ready to be picked."""

    @property
    def to_go(self) -> Decimal:
        return max(Decimal(0), self.planned - self.used)

    @property
    def over(self) -> Decimal:
        return self.used - self.planned

    @property
    def short(self) -> Decimal:
        """What the site lacks for the rest of the plan."""
        return max(Decimal(0), self.to_go - self.on_hand)


@dataclass(frozen=True, slots=True)
class UsedLot:
    """A lot in the run, net of what came back."""

    lot: int
    code: str
    sku: str
    unit: str
    quantity: Decimal
    value: int


@dataclass(frozen=True, slots=True)
class LoggedHours:
    kind: str
    hours: Decimal
    value: int
    assumed: bool
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class MadeLotRow:
    """A lot the run made: its value is what it cost in all, later corrections with it."""

    lot: int
    code: str
    sku: str
    unit: str
    quantity: Decimal
    value: int
    at: datetime
    expires_on: date | None

    @property
    def unit_cost(self) -> Decimal | None:
        return Decimal(self.value) / self.quantity if self.quantity else None


@dataclass(frozen=True, slots=True)
class RunEvent:
    event: int
    number: str
    kind: str
    at: datetime
    by: str
    note: str
    journal: int | None


@dataclass(frozen=True, slots=True)
class RunFacts:
    """A run: plan against actual."""

    row: RunRow
    plan: Plan | None
    components: list[ComponentRow]
    used: list[UsedLot]
    hours: list[LoggedHours]
    made: list[MadeLotRow]
    events: list[RunEvent]

    @property
    def hours_worked(self) -> Decimal:
        return sum((one.hours for one in self.hours if one.kind == "labour"), Decimal(0))

    @property
    def hours_planned(self) -> Decimal:
        return self.plan.labour_hours if self.plan else Decimal(0)


_RUNS = """
select r.number, r.state, i.sku, i.name, u.code, u.decimals, s.code, r.quantity, made.quantity, r.due_on,
    r.confirmed_at, pool.value, made.value, coalesce(r.plan->>'version', ''), r.note
from production_run r
join catalog_item i on i.company_id = r.company_id and i.id = r.item_id
join catalog_unit u on u.company_id = i.company_id and u.id = i.unit_id
join stock_site s on s.company_id = r.company_id and s.id = r.site_id
cross join lateral (
    select coalesce(sum(b.value), 0)::bigint as value from stock_balance b
    where b.company_id = r.company_id and b.pool_id = r.pool_id and b.lot_id is null) pool
cross join lateral (
    select coalesce(sum(case when p.kind = 'production' then m.quantity else -m.quantity end), 0) as quantity,
        coalesce(sum(case when p.kind = 'production' then m.value else -m.value end), 0)::bigint as value
    from stock_movement m
    join stock_location p on p.company_id = m.company_id and p.id = m.origin_id
    where m.company_id = r.company_id and m.pool_id = r.pool_id and m.kind = 'output' and m.item_id = r.item_id) made
where {which}
order by {order} limit %(most)s
"""

_SEARCH = "(r.number ilike %(like)s or i.sku ilike %(like)s or i.name ilike %(like)s or s.code ilike %(like)s)"


def runs(*, states: tuple[str, ...], text: str = "", most: int = 100) -> list[RunRow]:
    """Runs in these states: the earliest due first, or, of those that are over, the latest first."""
    open_first = "r.state <> 'running', r.due_on nulls last, r.id" if "running" in states else "r.id desc"
    sql = _RUNS.format(which=f"r.state = any(%(states)s) and {_SEARCH}", order=open_first)
    like = containing(text)
    with connection.cursor() as cursor:
        cursor.execute(sql, {"states": list(states), "like": like, "most": most})
        return [RunRow(*row) for row in cursor.fetchall()]


def run(number: str) -> RunFacts:
    """The run, or a refusal."""
    with connection.cursor() as cursor:
        cursor.execute(_RUNS.format(which="r.number = %(number)s", order="r.id"), {"number": number, "most": 1})
        row = cursor.fetchone()
        if row is None:
            raise UnknownRun(f"There is no run {number}. Check the number on its paper.")
        cursor.execute("select pool_id, plan::text, site_id from production_run where number = %s", [number])
        pool, plan, site = cursor.fetchone()
    parsed = msgspec.json.decode(plan, type=Plan) if plan else None
    used = _used(pool)
    return RunFacts(
        RunRow(*row), parsed, _components(parsed, used, site), used, _hours(number), _made(pool), _events(number)
    )


_USED = """
select b.lot_id, l.code, i.sku, u.code, b.quantity, b.value from stock_balance b
join stock_lot l on l.company_id = b.company_id and l.id = b.lot_id
join catalog_item i on i.company_id = l.company_id and i.id = l.item_id
join catalog_unit u on u.company_id = i.company_id and u.id = i.unit_id
where b.pool_id = %s and b.lot_id is not null and b.quantity <> 0 order by i.sku, l.id
"""


def _used(pool: int) -> list[UsedLot]:
    with connection.cursor() as cursor:
        cursor.execute(_USED, [pool])
        return [UsedLot(*row) for row in cursor.fetchall()]


_COMPONENTS = """
select i.sku, i.name, u.code, u.decimals, coalesce(sum(b.quantity), 0)
from catalog_item i
join catalog_unit u on u.company_id = i.company_id and u.id = i.unit_id
left join stock_location p on p.company_id = i.company_id and p.site_id = %s and p.kind in ('storage', 'staging')
left join stock_balance b on b.company_id = i.company_id and b.item_id = i.id and b.location_id = p.id
    and b.on_hand
where i.sku = any(%s) group by i.id, u.id
"""


def _components(plan: Plan | None, used: list[UsedLot], site: int) -> list[ComponentRow]:
    """The plan's components in its order, then what went in besides."""
    planned = {one.sku: one.quantity for one in plan.components} if plan else {}
    went_in: dict[str, Decimal] = {}
    for one in used:
        went_in[one.sku] = went_in.get(one.sku, Decimal(0)) + one.quantity
    skus = list(dict.fromkeys([*planned, *went_in]))
    with connection.cursor() as cursor:
        cursor.execute(_COMPONENTS, [site, skus])
        known = {row[0]: row for row in cursor.fetchall()}
    zero = Decimal(0)
    return [_component(known[sku], planned.get(sku, zero), went_in.get(sku, zero)) for sku in skus]


def _component(known: tuple[Any, ...], planned: Decimal, used: Decimal) -> ComponentRow:
    sku, name, unit, decimals, on_hand = known
    return ComponentRow(sku, name, unit, decimals, planned, used, on_hand)


_HOURS = """
select h.kind, h.hours, h.value, h.assumed, e.occurred_at, a.name from production_hourslogged h
join production_run r on r.company_id = h.company_id and r.id = h.run_id
join ledger_event e on e.company_id = h.company_id and e.id = h.event_id
join access_actor a on a.company_id = e.company_id and a.id = e.actor_id
where r.number = %s order by h.id
"""


def _hours(number: str) -> list[LoggedHours]:
    with connection.cursor() as cursor:
        cursor.execute(_HOURS, [number])
        return [LoggedHours(*row) for row in cursor.fetchall()]


_MADE = """
select l.id, l.code, i.sku, u.code, sum(case when p.kind = 'production' then m.quantity else -m.quantity end),
    sum(case when p.kind = 'production' then m.value else -m.value end)::bigint, l.made_at, l.expires_on
from stock_movement m
join stock_location p on p.company_id = m.company_id and p.id = m.origin_id
join stock_lot l on l.company_id = m.company_id and l.id = m.lot_id
join catalog_item i on i.company_id = l.company_id and i.id = l.item_id
join catalog_unit u on u.company_id = i.company_id and u.id = i.unit_id
where m.pool_id = %s and m.kind = 'output' group by l.id, i.id, u.id order by l.id
"""


def _made(pool: int) -> list[MadeLotRow]:
    with connection.cursor() as cursor:
        cursor.execute(_MADE, [pool])
        return [MadeLotRow(*row) for row in cursor.fetchall()]


_EVENTS = """
select e.id, e.number, e.kind, e.occurred_at, a.name, e.note, e.journal_id from ledger_event e
join access_actor a on a.company_id = e.company_id and a.id = e.actor_id
where e.subject = %s and e.kind in ('issue', 'issue return', 'hours', 'run report', 'reversal') order by e.id desc
"""


def _events(number: str) -> list[RunEvent]:
    with connection.cursor() as cursor:
        cursor.execute(_EVENTS, [number])
        return [RunEvent(*row) for row in cursor.fetchall()]
