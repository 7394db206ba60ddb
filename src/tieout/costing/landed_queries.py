"""Questions about landed costs, asked inside a scope: which there are, one of them share by share, what a bill would do
to lots before it is booked, and estimates that no bill has taken the place of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from tieout.core import quantities
from tieout.costing import landed
from tieout.costing.models import Basis
from tieout.database.search import containing


@dataclass(frozen=True, slots=True)
class LandedRow:
    """A landed cost in a list; `taken_back_by` names its mirror, if there is one."""

    id: int
    event: int
    number: str
    at: datetime
    by: str
    vendor: str
    document: str
    amount: int
    basis: str
    lots: int
    taken_back_by: str
    note: str

    @property
    def shared_by(self) -> str:
        return str(Basis(self.basis).label)


@dataclass(frozen=True, slots=True)
class ShareRow:
    """A lot's part of it; what was estimated of that is no news for the lot."""

    lot: int
    code: str
    sku: str
    name: str
    amount: int
    estimated: int


@dataclass(frozen=True, slots=True)
class Landed:
    row: LandedRow
    shares: list[ShareRow]


_LANDED = """
select c.id, c.event_id, c.number, e.occurred_at, a.name, coalesce(p.name, ''), c.document, c.amount, c.basis,
    (select count(*) from costing_landedshare s where s.company_id = c.company_id and s.landed_id = c.id),
    coalesce((select m.number from costing_landedcost m where m.company_id = c.company_id and m.mirrors_id = c.id), ''),
    e.note
from costing_landedcost c
join ledger_event e on e.company_id = c.company_id and e.id = c.event_id
join access_actor a on a.company_id = e.company_id and a.id = e.actor_id
left join ledger_party p on p.company_id = c.company_id and p.id = c.vendor_id
"""


def rows(*, text: str = "", skip: int = 0, most: int = 100) -> list[LandedRow]:
    """The latest first; mirrors are told by what they took back."""
    like = containing(text)
    sql = f"""{_LANDED} where c.mirrors_id is null
        and (c.number ilike %(like)s or c.document ilike %(like)s or p.name ilike %(like)s)
        order by c.id desc limit %(most)s offset %(skip)s"""
    with connection.cursor() as cursor:
        cursor.execute(sql, {"like": like, "most": most, "skip": skip})
        return [LandedRow(*row) for row in cursor.fetchall()]


_SHARES = """
select s.lot_id, t.code, i.sku, i.name, s.amount, s.estimated from costing_landedshare s
join stock_lot t on t.company_id = s.company_id and t.id = s.lot_id
join catalog_item i on i.company_id = t.company_id and i.id = t.item_id
where s.landed_id = %s order by s.id
"""


def one(number: str) -> Landed:
    """The landed cost with its shares, or a refusal."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_LANDED} where c.number = %s", [number])
        found = cursor.fetchone()
        if found is None:
            raise landed.UnknownLandedCost(f"There is no landed cost {number}. Look for it in the list of them.")
        cursor.execute(_SHARES, [found[0]])
        return Landed(LandedRow(*found), [ShareRow(*share) for share in cursor.fetchall()])


# --- Before it is booked ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LotFigures:
    """A lot that a cost may be for: what it was when it came, what it cost since, and what was estimated."""

    lot: int
    code: str
    sku: str
    name: str
    unit: str
    quantity: Decimal
    value: int
    estimated: int


_LOTS = """
select t.id, t.code, i.sku, i.name, u.code from unnest(%s::bigint[]) with ordinality as w(id, n)
join stock_lot t on t.id = w.id
join catalog_item i on i.company_id = t.company_id and i.id = t.item_id
join catalog_unit u on u.company_id = i.company_id and u.id = i.unit_id
order by w.n
"""


def figures(company: int, lots: Sequence[int]) -> list[LotFigures]:
    came, estimated = landed.entered(company, lots), landed.outstanding(company, lots)
    with connection.cursor() as cursor:
        cursor.execute(_LOTS, [list(lots)])
        return [
            LotFigures(id, code, sku, name, unit, *came[id], estimated.get(id, 0))
            for id, code, sku, name, unit in cursor.fetchall()
        ]


def preview(company: int, lots: Sequence[int], amount: Decimal, basis: Basis, given: Sequence[Decimal]) -> list[int]:
    """Each lot's cents, as they would be booked; refused as the booking would be."""
    cents = quantities.cents(amount, what="The landed cost")
    return landed.shares(company, lots, cents, landed.apportioned(basis, given))


# --- Expected and not billed ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Estimated:
    """Freight that a lot was received with and that no bill has taken the place of."""

    lot: int
    code: str
    sku: str
    name: str
    receipt: str
    on: date
    cents: int


_ESTIMATED = """
with left_over as (
    select lot_id, sum(cents)::bigint as cents, min(event_id) as event_id from (
        select e.lot_id, e.value as cents, e.event_id from costing_landedestimate e
        where not exists (
            select 1 from ledger_event x where x.company_id = e.company_id and x.reverses_id = e.event_id)
        union all
        select s.lot_id, -s.estimated, null from costing_landedshare s where s.estimated <> 0
    ) every group by lot_id having sum(cents) <> 0
)
select t.id, t.code, i.sku, i.name, e.number, e.local_date, w.cents from left_over w
join stock_lot t on t.id = w.lot_id
join catalog_item i on i.company_id = t.company_id and i.id = t.item_id
join ledger_event e on e.company_id = t.company_id and e.id = w.event_id
order by e.local_date, e.id, t.id
"""


def estimated() -> list[Estimated]:
    """The oldest first: a bill that should have come by now stands on top."""
    with connection.cursor() as cursor:
        cursor.execute(_ESTIMATED)
        return [Estimated(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class RateRow:
    """What getting an item here is expected to cost from a day on; the one in force today is marked."""

    sku: str
    name: str
    unit: str
    per_unit: Decimal
    percent: Decimal
    effective_from: date
    in_force: bool


_RATES = """
select i.sku, i.name, u.code, r.per_unit, r.percent, r.effective_from,
    r.id = first_value(r.id) over (partition by r.item_id
        order by r.effective_from > %s, r.effective_from desc, r.id desc) and r.effective_from <= %s
from costing_freightrate r
join catalog_item i on i.company_id = r.company_id and i.id = r.item_id
join catalog_unit u on u.company_id = i.company_id and u.id = i.unit_id
order by i.sku, r.effective_from desc, r.id desc limit 500
"""


def rates(on: date) -> list[RateRow]:
    """By item, the latest first."""
    with connection.cursor() as cursor:
        cursor.execute(_RATES, [on, on])
        return [RateRow(*row) for row in cursor.fetchall()]
