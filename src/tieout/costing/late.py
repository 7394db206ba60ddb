"""A cost that comes late, followed through the genealogy: what it reaches is locked, read again, and shared.

What was taken back is as if it had not been: a reversal's movement and the one it mirrors are both left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from tieout.core.acts.corrections import Correction
from tieout.core.balances import ZERO
from tieout.core.genealogy import Genealogy, Start
from tieout.core.lineage import (
    Back,
    Entry,
    Leaving,
    LotNode,
    Onward,
    PoolNode,
    Share,
    Standing,
    came_back,
    gone_on,
    net_leaving,
)
from tieout.core.posting import Sold
from tieout.core.roles import MoveKind, PlaceKind, Role
from tieout.costing import shares
from tieout.ledger.desk import Desk
from tieout.stock import lots, places
from tieout.stock.lots import LotFacts
from tieout.stock.places import Places

SOLD = frozenset({PlaceKind.CUSTOMER, PlaceKind.SHIPPED_NOT_INVOICED})

_REACH = """
with recursive reached(is_lot, id) as (
    (select true, unnest(%(lots)s::bigint[]) union select false, unnest(%(pools)s::bigint[]))
    union
    select x.is_lot, x.id from reached r cross join lateral (
        select false as is_lot, m.pool_id as id from stock_movement m
        where r.is_lot and m.company_id = %(company)s and m.lot_id = r.id and m.kind = 'issue' and m.quantity > 0
        union all
        select true, l.id from stock_lot l
        where r.is_lot and l.company_id = %(company)s and l.returned_from_id = r.id
        union all
        select true, l.id from stock_lot l where not r.is_lot and l.company_id = %(company)s and l.pool_id = r.id
    ) x
)
select is_lot, id from reached order by id
"""
"""A step goes from a lot to runs or from a run to lots, so a run that took many lots is left once."""


class Reach:
    """The lots and runs that a cost of these lots or runs can reach, held until the act commits."""

    def __init__(self, company: int, *, of_lots: Sequence[int] = (), of_pools: Sequence[int] = ()) -> None:
        self.company = company
        self._lots, self._pools = list(of_lots), list(of_pools)
        reached = self._read()
        while True:
            self.facts = _lock(company, *reached)
            again = self._read()
            if again == reached:
                break
            reached = again
        self.lots, self.pools = reached

    def _read(self) -> tuple[list[int], list[int]]:
        with connection.cursor() as cursor:
            cursor.execute(_REACH, {"company": self.company, "lots": self._lots, "pools": self._pools})
            rows = cursor.fetchall()
        return [id for is_lot, id in rows if is_lot], [id for is_lot, id in rows if not is_lot]


def _lock(company: int, lot_ids: Sequence[int], pool_ids: Sequence[int]) -> dict[int, LotFacts]:
    """Runs by id, then lots by id, as every act does."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id from stock_pool where company_id = %s and id = any(%s) order by id for update",
            [company, list(pool_ids)],
        )
    return lots.lock(company, lot_ids)


def genealogy(reach: Reach, desk: Desk) -> Genealogy:
    """The graph that was reached, as it is now."""
    known = places.of(reach.company)
    return Genealogy(_lots(reach, desk, known), _pools(reach, known), known.counterpart(PlaceKind.PRICE_VARIANCE))


_MOVED = """
select m.lot_id, m.id, m.event_id, m.kind, m.origin_id, m.target_id, m.pool_id, m.quantity, m.accounting_date,
    e.reverses_id, case when m.target_id = %(supplier)s then (
        select l.role from ledger_journalline l
        where l.company_id = m.company_id and l.event_id = m.event_id and l.number = m.debit_line) end
from stock_movement m
join ledger_event e on e.company_id = m.company_id and e.id = m.event_id
where m.company_id = %(company)s and m.lot_id = any(%(lots)s) and m.quantity > 0 order by m.id
"""
_STANDING = """
select lot_id, location_id, pool_id, quantity, value from stock_balance
where company_id = %s and lot_id = any(%s) and quantity > 0 order by lot_id, location_id
"""
_RECOGNISED = """
select m.id, m.kind, m.origin_id, m.target_id, m.quantity, m.accounting_date,
    (e.payload #>> array['facts', 'lines', (m.number - 1)::text, 'shipped'])::bigint
from stock_movement m
join ledger_event e on e.company_id = m.company_id and e.id = m.event_id and e.kind = 'recognition'
where m.company_id = %s and m.lot_id = any(%s) and m.quantity > 0 and not exists (
    select 1 from ledger_event x where x.company_id = e.company_id and x.reverses_id = e.id) order by m.id
"""
"""The facts of a recognition have a line a movement, and each names the shipment's movement that it goes on from."""
_POOLS = "select id, site_id, closed from stock_pool where company_id = %s and id = any(%s)"


class _Moved(NamedTuple):
    """A movement of goods of a lot."""

    id: int
    event: int
    kind: MoveKind
    origin: int
    target: int
    pool: int | None
    quantity: Decimal
    on: date
    reverses: int | None
    role: str | None
    """What a return to the supplier was booked on."""

    def mirrors(self, other: _Moved) -> bool:
        return (self.kind, self.origin, self.target, self.pool, self.quantity) == (
            other.kind, other.target, other.origin, other.pool, other.quantity
        )  # fmt: skip


@dataclass(slots=True)
class _History:
    """What of a lot's movements stands: how it came, and what became of it since."""

    moved: list[_Moved] = field(default_factory=list)

    @classmethod
    def of(cls, told: Iterable[_Moved]) -> _History:
        """A reversal undoes the movement that it mirrors: its own event's, or (of a run) the last one like it."""
        history = cls()
        for one in told:
            if one.reverses is None or not history._undo(one):
                history.moved.append(one)
        return history

    def _undo(self, mirror: _Moved) -> bool:
        like = [n for n, other in enumerate(self.moved) if mirror.mirrors(other)]
        own = [n for n in like if self.moved[n].event == mirror.reverses]
        if like:
            del self.moved[(own or like)[-1]]
        return bool(like)


def _lots(reach: Reach, desk: Desk, known: Places) -> dict[int, LotNode]:
    histories: dict[int, list[_Moved]] = {}
    supplier = known.counterpart(PlaceKind.SUPPLIER)
    with connection.cursor() as cursor:
        cursor.execute(_MOVED, {"company": reach.company, "lots": reach.lots, "supplier": supplier})
        for lot, id, event, kind, *rest in cursor.fetchall():
            histories.setdefault(lot, []).append(_Moved(id, event, MoveKind(kind), *rest))
    onward = _recognised(reach, desk) if _may_have_gone_on(histories.values(), known) else {}
    nodes, back = {}, _came_back(reach, histories)
    for lot, told in histories.items():
        node = _node(lot, reach.facts[lot].item, told, desk, known)
        node.leaving = came_back(gone_on(node.leaving, onward), back)
        nodes[lot] = node
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, [reach.company, reach.lots])
        for lot, place, pool, quantity, value in cursor.fetchall():
            if pool is None:
                nodes[lot].standing.append(Standing(place, quantity, value))
            else:
                nodes[lot].holdings[pool] = value
    return nodes


def _node(lot: int, item: int, told: Sequence[_Moved], desk: Desk, known: Places) -> LotNode:
    """How the lot came, and what left it for good."""
    first = told[0]
    node = LotNode(lot, item, Entry(first.id, first.kind, first.pool, first.origin, first.target))
    leaving: list[Leaving] = []
    back: dict[tuple[int, int | None], Decimal] = {}
    for one in _History.of(told).moved:
        target = known[one.target].kind
        from_stock = known[one.origin].kind.holds_stock
        if one.id == first.id:
            continue
        if from_stock and target.holds_stock:
            node.arrivals.setdefault(one.target, one.id)
        elif from_stock and target is PlaceKind.SUPPLIER:
            node.went_back = True
            if one.role == Role.VCLAIM:
                node.claimed.append(_leaving(one, Role.VCLAIM))
        elif from_stock:
            is_late = target is PlaceKind.CUSTOMER and not desk.is_open(one.on)
            leaving.append(_leaving(one, Role.COGS_LATE if is_late else None))
        elif target.holds_stock:
            back[one.origin, one.pool] = back.get((one.origin, one.pool), ZERO) + one.quantity
    node.leaving = net_leaving(leaving, back)
    return node


def _leaving(one: _Moved, role: Role | None) -> Leaving:
    return Leaving(one.id, one.kind, one.origin, one.target, one.pool, one.quantity, role)


def _may_have_gone_on(histories: Iterable[Sequence[_Moved]], known: Places) -> bool:
    between = known.counterpart(PlaceKind.SHIPPED_NOT_INVOICED)
    return any(one.target == between for told in histories for one in told)


def _came_back(reach: Reach, histories: dict[int, list[_Moved]]) -> dict[int, list[Back]]:
    """Lots that customers sent back, by the movement that had taken the goods there."""
    back: dict[int, list[Back]] = {}
    for lot, told in histories.items():
        movement = reach.facts[lot].returned_movement
        if movement is not None and told[0] in _History.of(told).moved:
            back.setdefault(movement, []).append(Back(lot, told[0].quantity, told[0].origin))
    return back


def _recognised(reach: Reach, desk: Desk) -> dict[int, list[tuple[Onward, Decimal]]]:
    """What was shipped and stood between the accounts, and became cost of goods sold: by the shipment's movement."""
    onward: dict[int, list[tuple[Onward, Decimal]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_RECOGNISED, [reach.company, reach.lots])
        for id, kind, origin, target, quantity, on, shipped in cursor:
            role = None if desk.is_open(on) else Role.COGS_LATE
            onward.setdefault(shipped, []).append((Onward(id, MoveKind(kind), origin, target, role), quantity))
    return onward


def _pools(reach: Reach, known: Places) -> dict[int, PoolNode]:
    with connection.cursor() as cursor:
        cursor.execute(_POOLS, [reach.company, reach.pools])
        rows = cursor.fetchall()
    nodes = {id: PoolNode(id, known.production_of(site), closed) for id, site, closed in rows}
    for pool, movement, kind, item, lot, target, weight in shares.rows(reach.company, reach.pools):
        nodes[pool].shares.append(Share(movement, MoveKind(kind), item, lot, target, weight))
    for pool, cents in shares.worth(reach.company, [id for id, _, closed in rows if not closed]).items():
        nodes[pool].worth = cents
    return nodes


def onward(reach: Reach, desk: Desk, differences: Iterable[tuple[int, int]]) -> list[Correction]:
    """Where differences of lots' values went, after their entries, which the caller books: lot and cents each."""
    starts = [Start(cents, lot, price=False) for lot, cents in differences if cents]
    return genealogy(reach, desk).follow(starts, entered_already=True).shares if starts else []


_SOLD = """
with moved as (
    select id, event_id from stock_movement where company_id = %(company)s and id = any(%(ids)s)
), papers as (
    select e.id, coalesce(e.payload #>> '{paper,document}', '') as document,
        (e.payload #>> '{paper,customer}')::bigint as customer, coalesce(e.payload #>> '{paper,channel}', '') as channel
    from ledger_event e where e.company_id = %(company)s and e.id in (select event_id from moved)
)
select m.id, p.document, p.customer, p.channel from moved m join papers p on p.id = m.event_id
"""


def sold(company: int, corrections: Iterable[Correction]) -> dict[int, Sold]:
    """The shipments of goods that were sold, by the movement that each share follows: whom the lines name."""
    known = places.of(company)
    ids = {one.corrects for one in corrections if {known[one.origin].kind, known[one.target].kind} & SOLD}
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_SOLD, {"company": company, "ids": [id for id in ids if id is not None]})
        return {row[0]: Sold(*row[1:]) for row in cursor}
