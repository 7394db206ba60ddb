"""A late cost goes where the goods went, to the cent, and every invariant holds after it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tests import books
from tests import factory as factories
from tests.factory import Factory
from tieout.core.book import GoodsMovedOn
from tieout.core.refusals import NothingToShareOver
from tieout.core.roles import PlaceKind
from tieout.production import actions as production
from tieout.production.reports import Made
from tieout.purchasing.actions import reverse_receipt
from tieout.sales.actions import reverse_shipment
from tieout.stock.actions import reverse, write_down
from tieout.stock.reversals import NotReversible
from tieout.stock.writedowns import Worth

pytestmark = pytest.mark.django_db


@pytest.fixture
def factory(db: None) -> Factory:
    return factories.small()


def into_pots(factory: Factory) -> str:
    """10 kg honey at 1.00 and 10 kg at 2.00 into 20 kg mix, 10 of it into 10 pots, 4 of them sold."""
    factory.buy("HONEY", "10", "1", lot="H-1")
    factory.buy("HONEY", "10", "2", lot="H-2")
    factory.make("MIX", "20", ("H-1", "10"), ("H-2", "10"), lot="M-1")
    factory.make("POT", "10", ("M-1", "10"), lot="P-1")
    return factory.ship(("P-1", "4")).number


def test_costs_of_several_lots_are_one_entry_and_meet_in_the_same_goods(factory: Factory) -> None:
    shipment = into_pots(factory)
    books.late(factory, [("H-1", 1001), ("H-2", -500)])

    assert {shipment: 600 + 100} == books.shipments(factory)
    assert (1500 + 250, 900 + 151) == (books.lot(factory, "M-1")[1], books.lot(factory, "P-1")[1])
    books.hold(factory)


def test_what_the_goods_cannot_give_back_is_price_variance(factory: Factory) -> None:
    """All of both prices: what is on hand is worth nothing then, and nothing is worth less."""
    into_pots(factory)
    factory.buy("HONEY", "3", "0.333333", lot="H-3")
    factory.make("MIX", "3", ("H-3", "1"), lot="M-3", labour="1")
    books.late(factory, [("H-1", -1000), ("H-2", -2001), ("H-3", -150)])

    roles = books.roles(factory)
    assert 0 == books.lot(factory, "H-3")[1]
    assert roles["PPV"] < 0
    books.hold(factory)


def test_an_open_run_keeps_a_cost_until_it_closes(factory: Factory) -> None:
    factory.buy("HONEY", "10", "1", lot="H-1")
    run = factory.plan("MIX", "10")
    factory.issue(run, ("H-1", "9"))
    books.late(factory, [("H-1", 1000)], runs=[(run, 50)], origin=PlaceKind.LABOUR)
    assert 900 + 900 + 50 == books.roles(factory)["WIP"]

    factory.report(run, Made(Decimal(10), lot="M-1"))
    assert (Decimal(10), 1850) == books.lot(factory, "M-1")
    books.hold(factory)


def test_an_open_run_that_gave_most_away_gives_back_no_more_than_it_made(factory: Factory) -> None:
    factory.buy("HONEY", "10", "1", lot="H-1")
    run = factory.plan("MIX", "10")
    factory.issue(run, ("H-1", "10"))
    factory.report(run, Made(Decimal(9), lot="M-1"), final=False)
    factory.ship(("M-1", "9"))
    books.late(factory, [("H-1", -1000)])
    factory.report(run, Made(Decimal(1), lot="M-2"))

    assert 0 == sum(books.lot(factory, code)[1] for code in ("H-1", "M-1", "M-2"))
    books.hold(factory)


def test_a_cost_of_a_closed_run_goes_to_what_it_made(factory: Factory) -> None:
    factory.buy("HONEY", "10", "1", lot="H-1")
    made = factory.make("MIX", "10", ("H-1", "10"), lot="M-1")
    factory.ship(("M-1", "4"))
    books.late(factory, runs=[(made.run, 100)], origin=PlaceKind.OVERHEAD)

    assert {"FG": 660, "COGS": 440, "GRNI": -1000, "OVERHEAD": -100} == books.roles(factory)
    books.hold(factory)


def test_a_shipment_of_a_closed_month_takes_its_part_on_the_account_for_late_costs(factory: Factory) -> None:
    into_pots(factory)
    factory.seal()
    books.close(factory, date(2026, 1, 1), date(2026, 1, 31))
    factory.at(datetime(2026, 2, 3, 14, tzinfo=UTC))
    factory.ship(("P-1", "1"))
    books.late(factory, [("H-1", 1000)])

    roles = books.roles(factory)
    assert (200, 600 + 150 + 50) == (roles["COGS_LATE"], roles["COGS"])
    books.hold(factory)


def test_a_company_may_expense_it(factory: Factory) -> None:
    into_pots(factory)
    before = books.roles(factory)
    books.late(factory, [("H-1", 100)], policy="expense")

    assert {**before, "GRNI": before["GRNI"] - 100, "PPV": 100} == books.roles(factory)
    books.hold(factory)


def test_an_undone_shipment_takes_no_part_and_the_same_one_again_does(factory: Factory) -> None:
    factory.buy("HONEY", "10", "1", lot="H-1")
    gone = factory.ship(("H-1", "4"))
    stays = factory.ship(("H-1", "4"))
    reverse_shipment(factory.warehouse, event=gone.event, at=factory.at(), reason="never left")
    books.late(factory, [("H-1", 100)])

    assert {gone.number: 0, stays.number: 440} == books.shipments(factory)
    books.hold(factory)


def test_a_run_taken_back_gives_its_late_costs_back_too(factory: Factory) -> None:
    factory.buy("HONEY", "10", "1", lot="H-1")
    made = factory.make("MIX", "10", ("H-1", "10"), lot="M-1", labour="1")
    books.late(factory, [("H-1", 33)])
    books.late(factory, [("M-1", 50)], origin=PlaceKind.FREIGHT)
    production.reverse_run(factory.planner, run=made.run, at=factory.at(), reason="wrong BOM")

    assert (Decimal(10), 1033) == books.lot(factory, "H-1")
    assert {"RAW": 1033, "GRNI": -1033} == books.roles(factory)
    books.hold(factory)
    books.late(factory, [("H-1", -33)])
    assert (Decimal(10), 1000) == books.lot(factory, "H-1")
    books.hold(factory)


def test_goods_that_became_cheaper_are_taken_back_all_the_same(factory: Factory) -> None:
    """All of a lot in a run, all it made sold, then half the price: sale and run are undone, cent by cent."""
    factory.buy("HONEY", "10", "1", lot="H-1")
    factory.transfer("H-1", "10", to="DEPOT")
    made = factory.make("MIX", "10", ("H-1", "10"), lot="M-1", site="DEPOT")
    shipment = factory.ship(("M-1", "10"), site="DEPOT")
    books.late(factory, [("H-1", -500)])
    assert {shipment.number: 500} == books.shipments(factory)

    reverse_shipment(factory.warehouse, event=shipment.event, at=factory.at(), reason="never left")
    production.reverse_run(factory.planner, run=made.run, at=factory.at(), reason="wrong BOM")
    assert (Decimal(10), 500) == books.lot(factory, "H-1")
    books.hold(factory)


def test_a_run_closes_although_its_first_output_was_written_off_by_a_lower_price(factory: Factory) -> None:
    factory.buy("HONEY", "10", "1", lot="H-1")
    run = factory.plan("MIX", "10")
    factory.issue(run, ("H-1", "5"))
    factory.report(run, Made(Decimal(4), lot="M-1"), final=False)
    books.late(factory, [("M-1", -200)], origin=PlaceKind.FREIGHT)
    books.late(factory, [("H-1", -1000)])
    factory.report(run, Made(Decimal(2), lot="M-2"))

    books.hold(factory)


def test_a_lot_that_was_taken_back_bears_nothing(factory: Factory) -> None:
    receipt = factory.buy("HONEY", "10", "1", lot="H-1")
    reverse_receipt(factory.warehouse, receipt=receipt.number, at=factory.at(), reason="")

    with pytest.raises(NothingToShareOver, match="taken back"):
        books.late(factory, [("H-1", 100)])


def test_a_late_cost_has_no_mirror(factory: Factory) -> None:
    factory.buy("HONEY", "10", "1", lot="H-1")
    late = books.late(factory, [("H-1", 100)])

    with pytest.raises(NotReversible, match="opposite sign"):
        reverse(factory.warehouse, event=late.number, at=factory.at(), reason="")


def test_a_write_down_is_of_what_is_on_hand_and_a_late_cost_flows_as_ever(factory: Factory) -> None:
    factory.buy("HONEY", "9", "1.111111", lot="H-1")
    factory.transfer("H-1", "2")
    factory.ship(("H-1", "3"))
    for unit in ("0.7", "0.9"):  # never up
        write_down(factory.controller, site="MILL", worth=[Worth("H-1", Decimal(unit))], at=factory.at())

    assert {"RAW": 280 + 222, "COGS": 334, "WRITE_DOWN": 164, "GRNI": -1000} == books.roles(factory)
    books.late(factory, [("H-1", 90)])
    assert (Decimal(6), 280 + 222 + 60) == books.lot(factory, "H-1")
    books.hold(factory)


def test_a_write_down_is_taken_back_while_the_goods_are_here(factory: Factory) -> None:
    factory.buy("HONEY", "10", "1", lot="H-1")
    down = write_down(factory.controller, site="MILL", worth=[Worth("H-1", Decimal("0.5"))], at=factory.at())
    reverse(factory.warehouse, event=down.number, at=factory.at(), reason="another lot")

    assert (Decimal(10), 1000) == books.lot(factory, "H-1")
    books.hold(factory)


def test_a_write_down_of_goods_that_moved_on_stays(factory: Factory) -> None:
    factory.buy("HONEY", "10", "1", lot="H-1")
    down = write_down(factory.controller, site="MILL", worth=[Worth("H-1", Decimal("0.5"))], at=factory.at())
    factory.ship(("H-1", "1"))

    with pytest.raises(GoodsMovedOn, match="has moved since"):
        reverse(factory.warehouse, event=down.number, at=factory.at(), reason="another lot")


def test_the_warehouse_takes_back_its_own_events_only(factory: Factory) -> None:
    receipt = factory.buy("HONEY", "10", "1", lot="H-1")

    with pytest.raises(NotReversible, match="is a receipt"):
        reverse(factory.warehouse, event=receipt.number, at=factory.at(), reason="")
