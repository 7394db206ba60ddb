"""Late truth follows the goods, to the cent (accounting reference, section 3.1)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tieout.core.acts.corrections import Correction
from tieout.core.genealogy import Genealogy, Start
from tieout.core.lineage import Back, Entry, Leaving, LotNode, PoolNode, Share, Standing, net_leaving
from tieout.core.roles import MoveKind, Role

STORE, FAR, SUPPLIER, CUSTOMER, PRODUCTION, VARIANCE, FREIGHT = range(1, 8)


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


def test_costs_that_meet_are_shared_once_and_rise_before_they_fall() -> None:
    """Two lots into one run: 100 cents more and 40 less are 60 more for what it made."""
    graph = Genealogy(
        {
            1: lot(1, issued(11, 1, "1")),
            2: lot(2, issued(21, 1, "1")),
            3: lot(3, shipped(31, "1"), standing="1", pool=1),
        },
        {1: closed(1, l3="2")},
        VARIANCE,
    )
    flows = graph.follow([Start(100, 1, paid_for=7), Start(-40, 2, paid_for=8)])

    assert [(1, 100), (1, 100), (3, 60), (3, 30), (2, -40), (2, -40)] == [(f.lot, f.value) for f in flows.shares]
    assert {1: {7: 100}, 2: {8: -40}, 3: {7: 100, 8: -40}} == flows.entered


def test_a_run_gives_back_no_more_than_it_holds_of_a_lot() -> None:
    node = lot(1, issued(11, 1, "1"), standing="1", value=50)
    node.holdings[1] = 50
    flows = Genealogy({1: node}, {1: PoolNode(1, PRODUCTION, closed=False)}, VARIANCE).into_lot(1, -103)

    assert {SUPPLIER: 103, STORE: -50, PRODUCTION: -50, VARIANCE: -3} == _effect(flows)


def test_an_open_run_gives_back_no_more_than_it_is_worth_with_what_it_made() -> None:
    graph = Genealogy({}, {1: PoolNode(1, PRODUCTION, closed=False, worth=30)}, VARIANCE)

    assert {FREIGHT: 100, PRODUCTION: -30, VARIANCE: -70} == _effect(
        graph.follow([Start(-100, pool=1, origin=FREIGHT)]).shares
    )


def test_goods_at_the_suppliers_bear_no_freight_and_claimed_ones_a_later_price() -> None:
    node = lot(1, standing="6")
    node.went_back = True
    node.claimed = [Leaving(12, MoveKind.RECEIVE, STORE, SUPPLIER, None, Decimal(4), Role.VCLAIM)]
    graph = Genealogy({1: node}, {}, VARIANCE)

    assert {FREIGHT: -100, STORE: 100} == _effect(graph.follow([Start(100, 1, origin=FREIGHT, price=False)]).shares)
    price = graph.into_lot(1, 100)
    assert {SUPPLIER: -60, STORE: 60} == _effect(price)
    assert [(None, 100), (Role.VCLAIM, 40)] == [(flow.target_role, flow.value) for flow in price]


def test_what_came_back_takes_its_part_of_what_its_shipment_takes() -> None:
    sold = shipped(11, "4")._replace(role=Role.COGS_LATE, back=(Back(2, Decimal(1), CUSTOMER),))
    back = LotNode(2, 1, Entry(200, MoveKind.SHIP, None, CUSTOMER, FAR), standing=[Standing(FAR, Decimal(1), 10**9)])
    flows = Genealogy({1: lot(1, sold), 2: back}, {}, VARIANCE).into_lot(1, 100)

    assert {SUPPLIER: -100, STORE: 0, CUSTOMER: 75, FAR: 25} == _effect(flows)
    assert (2, Role.COGS_LATE, 200) == (flows[-1].lot, flows[-1].origin_role, flows[-1].corrects)


def test_ten_thousand_levels_are_followed() -> None:
    deep = 10_000
    lots = {n: lot(n, issued(10 * n, n, "1"), pool=n - 1 or None) for n in range(1, deep)}
    lots[deep] = lot(deep, standing="1", pool=deep - 1)
    pools = {n: closed(n, **{f"l{n + 1}": "1"}) for n in range(1, deep)}
    flows = Genealogy(lots, pools, VARIANCE).into_lot(1, 5)

    assert 2 * deep - 1 == len(flows)
    assert (deep, 5) == (flows[-1].lot, flows[-1].value)


def test_ways_that_meet_again_and_again_are_walked_once() -> None:
    """Thirty levels of two lots that both go into one run have 2^30 ways through them."""
    lots, pools = {}, {}
    for n in range(30):
        for id in (2 * n + 1, 2 * n + 2):
            lots[id] = lot(id, issued(1000 + id, n + 1, "1"), pool=n or None)
        pools[n + 1] = closed(n + 1, **{f"l{2 * n + 3}": "1", f"l{2 * n + 4}": "1"})
    lots |= {61: lot(61, standing="1", pool=30), 62: lot(62, standing="1", pool=30)}
    flows = Genealogy(lots, pools, VARIANCE).into_lot(1, 1000)

    assert {SUPPLIER: -1000, STORE: 1000, PRODUCTION: 0} == _effect(flows)
    assert len(flows) < 200


@some.composite
def genealogies(draw: some.DrawFn) -> tuple[Genealogy, list[Start]]:
    """Some levels of lots; each lot is on hand, sold, or in runs of its level, which made lots of the next one."""
    levels = draw(some.integers(1, 4))
    quantity = some.integers(0, 7).map(str)
    lots: dict[int, LotNode] = {}
    pools: dict[int, PoolNode] = {}
    for level in range(levels):
        for n in range(draw(some.integers(1, 3))):
            id = 10 * level + n + 1
            made_by = draw(some.sampled_from([None, *(p for p in pools if p // 10 == level - 1)])) if level else None
            leaving = [shipped(1000 * id + 900, q)] if (q := draw(quantity)) != "0" else []
            lots[id] = lot(id, *leaving, standing=draw(some.integers(1, 5).map(str)), pool=made_by)
            if made_by is not None:
                pools[made_by].shares.append(
                    Share(100 * id, MoveKind.OUTPUT, id, id, STORE, Decimal(draw(some.integers(1, 9))))
                )
        for n in range(draw(some.integers(1, 2))):
            pools[10 * level + n] = PoolNode(10 * level + n, PRODUCTION, closed=True)
            for id in [id for id in lots if id // 10 == level]:
                if (q := draw(quantity)) != "0":
                    lots[id].leaving.append(issued(1000 * id + n, 10 * level + n, q))
    for pool in pools.values():
        pool.closed = bool(pool.shares)
    chosen = draw(some.lists(some.sampled_from(sorted(lots)), min_size=1, max_size=3, unique=True))
    return Genealogy(lots, pools, VARIANCE), [Start(draw(some.integers(-(10**6), 10**6)), id) for id in chosen]


def exactly(graph: Genealogy, starts: list[Start]) -> dict[tuple[str, int], Fraction]:
    """A reference that knows nothing of cents or of order: every part of a lot takes its part, way by way."""
    total: dict[tuple[str, int], Fraction] = {}

    def into(id: int, value: Fraction) -> None:
        node = graph.lots[id]
        whole = sum((one.quantity for one in (*node.leaving, *node.standing)), Decimal(0))
        for one in node.leaving:
            part = value * Fraction(one.quantity) / Fraction(whole)
            if one.pool is None:
                total["sold", id] = total.get(("sold", id), Fraction(0)) + part
            elif graph.pools[one.pool].closed:
                weights = sum(Fraction(share.weight) for share in graph.pools[one.pool].shares)
                for share in graph.pools[one.pool].shares:
                    assert share.lot is not None
                    into(share.lot, part * Fraction(share.weight) / weights)
            else:
                total["run", one.pool] = total.get(("run", one.pool), Fraction(0)) + part
        for place in node.standing:
            part = value * Fraction(place.quantity) / Fraction(whole)
            total["here", id] = total.get(("here", id), Fraction(0)) + part

    for start in starts:
        assert start.lot is not None
        into(start.lot, Fraction(start.value))
    return total


@given(genealogies())
def test_any_genealogy_takes_what_the_reference_says_to_the_cent_of_each_step(
    given: tuple[Genealogy, list[Start]],
) -> None:
    graph, starts = given
    flows = graph.follow(starts).shares
    found: dict[tuple[str, int], int] = {}
    here: dict[int, int] = dict.fromkeys(graph.lots, 10**9)
    for flow in flows:
        assert flow.lot is not None
        if flow.target == STORE:
            here[flow.lot] += flow.value
        if flow.origin == STORE:
            here[flow.lot] -= flow.value
            key = ("sold", flow.lot) if flow.target == CUSTOMER else ("run", flow.pool or 0)
            found[key] = found.get(key, 0) + flow.value
        assert here[flow.lot] >= 0, "a balance dips below zero on the way"
    found |= {("here", id): value - 10**9 for id, value in here.items()}

    expected = exactly(graph, starts)
    steps = 2 * (len(graph.lots) + len(graph.pools))
    for key, exact in expected.items():
        assert abs(found.get(key, 0) - exact) <= steps, key
    assert sum(start.value for start in starts) == sum(found.get(key, 0) for key in expected)


def _effect(flows: list[Correction]) -> dict[int, int]:
    total: dict[int, int] = {}
    for flow in flows:
        total[flow.origin] = total.get(flow.origin, 0) - flow.value
        total[flow.target] = total.get(flow.target, 0) + flow.value
    return total
