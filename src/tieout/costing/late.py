"""A cost that comes late, followed through the genealogy: what it reaches is locked, read again, and shared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db import connection

from tieout.core.acts import Correction
from tieout.core.genealogy import (
    Entry,
    Genealogy,
    Leaving,
    LotNode,
    Onward,
    PoolNode,
    Share,
    Standing,
    gone_on,
    net_leaving,
)
from tieout.core.roles import MoveKind, PlaceKind, Role
from tieout.costing import shares
from tieout.ledger.desk import Desk
from tieout.stock import lots, places
from tieout.stock.lots import LotFacts

_REACH = """
with recursive reached(lot) as (
    select unnest(%(lots)s::bigint[])
    union
    select l.id from stock_lot l where l.company_id = %(company)s and l.pool_id = any(%(pools)s)
    union
    select l.id from reached r
    join stock_movement m on m.company_id = %(company)s and m.lot_id = r.lot and m.kind = 'issue'
    join stock_lot l on l.company_id = m.company_id and l.pool_id = m.pool_id
)
select lot, array(
    select distinct m.pool_id from stock_movement m
    where m.company_id = %(company)s and m.lot_id = r.lot and m.kind = 'issue'
) from reached r
"""


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
        pools = {pool for _, found in rows for pool in found} | set(self._pools)
        return sorted(lot for lot, _ in rows), sorted(pools)


def _lock(company: int, lot_ids: Sequence[int], pool_ids: Sequence[int]) -> dict[int, LotFacts]:
    """Runs by id, then lots by id, as every act does."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id from stock_pool where company_id = %s and id = any(%s) order by id for update",
            [company, list(pool_ids)],
        )
    return lots.lock(company, lot_ids)


_MOVED = """
select m.lot_id, m.id, m.kind, m.origin_id, m.target_id, m.pool_id, m.quantity, m.accounting_date
from stock_movement m
where m.company_id = %s and m.lot_id = any(%s) and m.quantity > 0 order by m.id
"""
_STANDING = """
select lot_id, location_id, quantity, value from stock_balance
where company_id = %s and lot_id = any(%s) and pool_id is null and quantity > 0 order by lot_id, location_id
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


def genealogy(reach: Reach, desk: Desk) -> Genealogy:
    """The graph that was reached, as it is now."""
    known = places.of(reach.company)
    nodes = _lots(reach, desk)
    return Genealogy(nodes, _pools(reach), known.counterpart(PlaceKind.PRICE_VARIANCE))


def _lots(reach: Reach, desk: Desk) -> dict[int, LotNode]:
    known = places.of(reach.company)
    nodes: dict[int, LotNode] = {}
    leaving: dict[int, list[Leaving]] = {}
    back: dict[int, dict[tuple[int, int | None], Decimal]] = {}
    has_gone_on = False
    with connection.cursor() as cursor:
        cursor.execute(_MOVED, [reach.company, reach.lots])
        for lot, id, kind, origin, target, pool, quantity, on in cursor:
            node = nodes.get(lot)
            if node is None:
                entry = Entry(id, MoveKind(kind), pool, origin, target)
                nodes[lot] = LotNode(lot, reach.facts[lot].item, entry)
                continue
            from_stock, to_stock = known[origin].kind.holds_stock, known[target].kind.holds_stock
            if from_stock and to_stock:
                node.arrivals.setdefault(target, id)
            elif from_stock:
                late = known[target].kind is PlaceKind.CUSTOMER and not desk.is_open(on)
                role = Role.COGS_LATE if late else None
                has_gone_on = has_gone_on or known[target].kind is PlaceKind.SHIPPED_NOT_INVOICED
                leaving.setdefault(lot, []).append(Leaving(id, MoveKind(kind), origin, target, pool, quantity, role))
            elif to_stock:
                returned = back.setdefault(lot, {})
                returned[origin, pool] = returned.get((origin, pool), Decimal(0)) + quantity
        cursor.execute(_STANDING, [reach.company, reach.lots])
        for lot, place, quantity, value in cursor:
            nodes[lot].standing.append(Standing(place, quantity, value))
    onward = _recognised(reach, desk) if has_gone_on else {}
    for lot, node in nodes.items():
        node.leaving = net_leaving(gone_on(leaving.get(lot, []), onward), back.get(lot, {}))
    return nodes


def _recognised(reach: Reach, desk: Desk) -> dict[int, list[tuple[Onward, Decimal]]]:
    """What was shipped and stood between the accounts, and became cost of goods sold: by the shipment's movement."""
    onward: dict[int, list[tuple[Onward, Decimal]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_RECOGNISED, [reach.company, reach.lots])
        for id, kind, origin, target, quantity, on, shipped in cursor:
            role = None if desk.is_open(on) else Role.COGS_LATE
            onward.setdefault(shipped, []).append((Onward(id, MoveKind(kind), origin, target, role), quantity))
    return onward


def _pools(reach: Reach) -> dict[int, PoolNode]:
    known = places.of(reach.company)
    with connection.cursor() as cursor:
        cursor.execute(_POOLS, [reach.company, reach.pools])
        rows = cursor.fetchall()
    nodes = {id: PoolNode(id, known.production_of(site), closed) for id, site, closed in rows}
    for pool, movement, kind, item, lot, target, weight in shares.rows(reach.company, reach.pools):
        nodes[pool].shares.append(Share(movement, MoveKind(kind), item, lot, target, weight))
    return nodes


def onward(reach: Reach, desk: Desk, differences: Iterable[tuple[int, int]]) -> list[Correction]:
    """Where differences of lots' values went, after their entry: lot and cents each."""
    graph = genealogy(reach, desk)
    return [flow for lot, cents in differences if cents for flow in graph.onward(lot, cents)]
