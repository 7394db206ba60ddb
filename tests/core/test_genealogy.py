"""Late truth follows the goods, to the cent (accounting reference, section 3.1)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tieout.core.genealogy import Entry, Genealogy, Leaving, LotNode, PoolNode, Share, Standing, net_leaving
from tieout.core.roles import MoveKind

STORE, FAR, SUPPLIER, CUSTOMER, PRODUCTION, VARIANCE = range(1, 7)


def lot(id: int, *leaving: Leaving, standing: str = "0", value: int = 10**9, pool: int | None = None) -> LotNode:
    origin = PRODUCTION if pool else SUPPLIER
    kind = MoveKind.OUTPUT if pool else MoveKind.RECEIVE
    here = [Standing(STORE, Decimal(standing), value)] if Decimal(standing) else []
    return LotNode(id, id, Entry(100 * id, kind, pool, origin, STORE), list(leaving), here)


def issued(movement: int, pool: int, quantity: str) -> Leaving:
    return Leaving(movement, MoveKind.ISSUE, STORE, PRODUCTION, pool, Decimal(quantity))


def shipped(movement: int, quantity: str) -> Leaving:
    return Leaving(movement, MoveKind.SHIP, STORE, CUSTOMER, None, Decimal(quantity))


def closed(id: int, **outputs: str) -> PoolNode:
    shares = [
        Share(100 * int(name[1:]), MoveKind.OUTPUT, int(name[1:]), int(name[1:]), STORE, Decimal(weight))
        for name, weight in outputs.items()
    ]
    return PoolNode(id, PRODUCTION, True, shares)


def worked_example() -> Genealogy:
    """1,000 kg raw: 800 into run 1 → 400 base, 250 of it into run 2 → 500 jars, 320 shipped."""
    lots = [
        lot(1, issued(11, 1, "800"), standing="200"),
        lot(2, issued(21, 2, "250"), standing="150", pool=1),
        lot(3, shipped(31, "320"), standing="180", pool=2),
    ]
    return Genealogy(
        {one.id: one for one in lots}, {1: closed(1, l2="400"), 2: closed(2, l3="500")}, price_variance=VARIANCE
    )


def effect(graph: Genealogy, lot_id: int, cents: int) -> dict[int, int]:
    """Place → cents, at the far end of everything."""
    total: dict[int, int] = {}
    for flow in graph.into_lot(lot_id, cents):
        total[flow.origin] = total.get(flow.origin, 0) - flow.value
        total[flow.target] = total.get(flow.target, 0) + flow.value
    return total


def test_a_dearer_bill_goes_where_the_kilograms_are_now() -> None:
    graph = worked_example()
    flows = {(flow.lot, flow.target, flow.corrects): flow.value for flow in graph.into_lot(1, 30000)}

    assert 30000 == flows[1, STORE, 100]
    assert 24000 == flows[1, PRODUCTION, 11]
    assert 24000 == flows[2, STORE, 200]
    assert 15000 == flows[2, PRODUCTION, 21]
    assert 9600 == flows[3, CUSTOMER, 31]
    assert {SUPPLIER: -30000, STORE: 6000 + 9000 + 5400, PRODUCTION: 0, CUSTOMER: 9600} == effect(graph, 1, 30000)


def test_an_open_run_keeps_what_reaches_it() -> None:
    graph = Genealogy({1: lot(1, issued(11, 1, "10"))}, {1: PoolNode(1, PRODUCTION, closed=False)}, VARIANCE)

    assert {SUPPLIER: -7, STORE: 0, PRODUCTION: 7} == effect(graph, 1, 7)


def test_a_cheaper_bill_comes_back_from_the_far_end_first() -> None:
    flows = worked_example().into_lot(1, -30000)

    assert (3, CUSTOMER) == (flows[0].lot, flows[0].target)
    assert (1, SUPPLIER) == (flows[-1].lot, flows[-1].origin)


def test_goods_on_hand_never_give_back_more_than_they_are_worth() -> None:
    graph = Genealogy({1: lot(1, standing="10", value=30)}, {}, VARIANCE)

    assert {SUPPLIER: 100, STORE: -30, VARIANCE: -70} == effect(graph, 1, -100)


def test_value_is_carried_after_goods_that_moved_to_another_place() -> None:
    node = lot(1, standing="4")
    node.standing.append(Standing(FAR, Decimal(6), 10**9))
    node.arrivals[FAR] = 15
    flows = Genealogy({1: node}, {}, VARIANCE).into_lot(1, 100)

    assert [(SUPPLIER, STORE, 100, 100), (STORE, FAR, 60, 15)] == [
        (flow.origin, flow.target, flow.value, flow.corrects) for flow in flows
    ]


def test_returns_are_netted_from_the_last_that_left() -> None:
    moved = [issued(1, 5, "4"), issued(2, 5, "3"), shipped(3, "2")]
    net = net_leaving(moved, {(PRODUCTION, 5): Decimal(5)})

    assert [(1, Decimal(2)), (3, Decimal(2))] == [(one.movement, one.quantity) for one in net]


@given(some.integers(-(10**9), 10**9), some.integers(0, 1000), some.integers(1, 1000), some.integers(0, 500))
@pytest.mark.filterwarnings("error")
def test_every_cent_arrives_somewhere(cents: int, on_hand: int, used: int, sold: int) -> None:
    lots = {
        1: lot(1, issued(11, 1, str(used)), standing=str(on_hand)),
        2: lot(2, *([shipped(21, str(sold))] if sold else []), standing="1", pool=1),
    }
    total = effect(Genealogy(lots, {1: closed(1, l2="7")}, VARIANCE), 1, cents)

    assert 0 == sum(total.values())
    assert 0 == total.get(PRODUCTION, 0)
    assert -cents == total.get(SUPPLIER, 0)
