"""What customers send back costs what it left with, and takes its part of what comes late."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tests import books
from tests import factory as factories
from tests.factory import Factory
from tieout.core.book import GoodsMovedOn
from tieout.core.roles import PlaceKind
from tieout.production.reports import Made
from tieout.production.runs import OwnOutput
from tieout.sales import actions as sales
from tieout.sales.actions import Going, Shipped, return_from_customer
from tieout.sales.invoice_actions import agree_on_sale, record_delivery
from tieout.sales.returns import OverReturned, Returned
from tieout.stock import actions as stock
from tieout.stock.lots import UnknownLot
from tieout.stock.picking import Wanted

pytestmark = pytest.mark.django_db


@pytest.fixture
def factory(db: None) -> Factory:
    return factories.small()


def come_back(factory: Factory, shipment: Shipped, quantity: str, *, lot: str = "", code: str = "") -> Returned:
    return return_from_customer(
        factory.warehouse, shipment=shipment.number, quantity=Decimal(quantity), lot=lot, code=code, at=factory.at()
    )


def test_goods_that_come_back_take_their_cost_out_of_cost_of_goods_sold(factory: Factory) -> None:
    factory.buy("HONEY", "10", "5", lot="H-1")
    shipment = factory.ship(("H-1", "4"))
    back = come_back(factory, shipment, "1", code="H-BACK")

    assert 500 == back.value
    assert {"RAW": 3500, "COGS": 1500, "GRNI": -5000} == books.roles(factory)
    assert (Decimal(1), 500) == books.lot(factory, "H-BACK")
    books.hold(factory)


def test_parts_of_a_line_come_back_by_the_issue_rule(factory: Factory) -> None:
    factory.buy("JAR", "3", "33.333333", lot="J-1")
    shipment = factory.ship(("J-1", "3"))

    assert [3333, 3334, 3333] == [come_back(factory, shipment, "1").value for _ in range(3)]
    assert "COGS" not in books.roles(factory)
    books.hold(factory)


def test_nobody_sends_back_more_than_came(factory: Factory) -> None:
    factory.buy("HONEY", "10", "5", lot="H-1")
    shipment = factory.ship(("H-1", "4"))
    come_back(factory, shipment, "3")

    with pytest.raises(OverReturned, match="1 can come back"):
        come_back(factory, shipment, "2")


def test_of_several_lots_the_one_that_came_back_is_named(factory: Factory) -> None:
    factory.buy("HONEY", "10", "5", lot="H-1")
    factory.buy("HONEY", "10", "7", lot="H-2")
    shipment = factory.ship(("H-1", "4"), ("H-2", "4"))

    with pytest.raises(UnknownLot, match="several lots: H-1, H-2"):
        come_back(factory, shipment, "1")
    assert 700 == come_back(factory, shipment, "1", lot="H-2").value


def test_a_late_cost_goes_to_what_came_back_along_its_own_way(factory: Factory) -> None:
    """10 at 5.00: 5 sold, of which 2 came back and 1 of these went out again; then 1.00 a unit comes late."""
    factory.buy("HONEY", "10", "5", lot="H-1")
    first = factory.ship(("H-1", "5"))
    come_back(factory, first, "2", code="H-BACK")
    line = Going(Decimal(1), lot="H-BACK", place="MILL/QUARANTINE")
    second = sales.ship(factory.warehouse, customer="GROCER", site="MILL", lines=[line], at=factory.at())
    books.late(factory, [("H-1", 1000)], origin=PlaceKind.FREIGHT)

    assert {first.number: 3 * 600, second.number: 600} == books.shipments(factory)
    assert (Decimal(5), 3000) == books.lot(factory, "H-1")
    assert (Decimal(1), 600) == books.lot(factory, "H-BACK")
    assert -1000 == books.roles(factory)["FREIGHT"]
    books.hold(factory)


def test_what_comes_back_after_a_late_cost_brings_its_part_of_it(factory: Factory) -> None:
    factory.buy("HONEY", "10", "5", lot="H-1")
    shipment = factory.ship(("H-1", "5"))
    books.late(factory, [("H-1", 1001)], origin=PlaceKind.FREIGHT)

    assert 2 * 500 + 200 == come_back(factory, shipment, "2").value
    books.hold(factory)


def test_of_a_closed_month_both_ways_go_by_the_account_for_late_costs(factory: Factory) -> None:
    factory.buy("HONEY", "10", "5", lot="H-1", at=datetime(2026, 1, 15, 14, tzinfo=UTC))
    shipment = factory.ship(("H-1", "10"))
    factory.seal()
    books.close(factory, date(2026, 1, 1), date(2026, 1, 31))
    factory.at(datetime(2026, 2, 3, 14, tzinfo=UTC))
    come_back(factory, shipment, "4")
    books.late(factory, [("H-1", 1000)], origin=PlaceKind.FREIGHT)

    roles = books.roles(factory)
    assert (600, 3000, 2400) == (roles["COGS_LATE"], roles["COGS"], roles["RAW"])
    books.hold(factory)


def test_a_shipment_of_which_something_came_back_is_not_taken_back(factory: Factory) -> None:
    factory.buy("HONEY", "10", "5", lot="H-1")
    shipment = factory.ship(("H-1", "5"))
    back = come_back(factory, shipment, "2")

    with pytest.raises(GoodsMovedOn, match=f"2 of {shipment.event} came back by {back.number}"):
        sales.reverse_shipment(factory.warehouse, event=shipment.event, at=factory.at(), reason="")
    sales.reverse_customer_return(factory.warehouse, event=back.number, at=factory.at(), reason="another's")
    sales.reverse_shipment(factory.warehouse, event=shipment.event, at=factory.at(), reason="never left")
    assert (Decimal(10), 5000) == books.lot(factory, "H-1")
    books.hold(factory)


def test_what_came_back_goes_to_the_store_or_is_destroyed(factory: Factory) -> None:
    factory.buy("HONEY", "10", "5", lot="H-1")
    come_back(factory, factory.ship(("H-1", "5")), "3", code="H-BACK")
    quarantine = "MILL/QUARANTINE"
    line = Wanted(Decimal(2), lot="H-BACK", place=quarantine)
    stock.move(factory.warehouse, site="MILL", lines=[line], to="MILL", at=factory.at())
    line = Wanted(Decimal(1), lot="H-BACK", place=quarantine)
    stock.scrap(factory.warehouse, site="MILL", lines=[line], reason="spoilt", at=factory.at(), kind=PlaceKind.ABNORMAL)

    assert {"RAW": 3500, "COGS": 1000, "ABNORMAL": 500, "GRNI": -5000} == books.roles(factory)
    books.hold(factory)


def test_what_is_not_sold_yet_comes_back_first_and_is_never_sold(factory: Factory) -> None:
    """10 that count as sold when they are delivered: 4 come back on the way, then the other 6 are sold."""
    agree_on_sale(
        factory.controller, customer="GROCER", sold="delivery", transit_days=None, valid_from=factories.START.date()
    )
    factory.buy("HONEY", "10", "5", lot="H-1")
    shipment = factory.ship(("H-1", "10"))
    come_back(factory, shipment, "4", code="H-BACK")
    assert {"RAW": 2000, "SNI": 3000, "GRNI": -5000} == books.roles(factory)

    books.late(factory, [("H-1", 1000)])
    record_delivery(factory.warehouse, shipment=shipment.number, at=factory.at(), proof="signed")
    come_back(factory, shipment, "1")
    assert {"RAW": 2400 + 600, "COGS": 3000, "GRNI": -6000} == books.roles(factory)
    assert {shipment.number: 3000} == books.shipments(factory)
    books.hold(factory)


def test_a_run_takes_nothing_back_that_it_made_itself(factory: Factory) -> None:
    factory.buy("HONEY", "10", "5", lot="H-1")
    run = factory.plan("MIX", "10")
    factory.issue(run, ("H-1", "5"))
    factory.report(run, Made(Decimal(4), lot="M-1"), final=False)
    come_back(factory, factory.ship(("M-1", "2")), "2", code="M-BACK")

    with pytest.raises(OwnOutput):
        factory.issue(run, ("M-BACK", "1"))


def test_a_run_that_closes_after_its_goods_came_back_says_what_they_are_made_of(factory: Factory) -> None:
    factory.buy("HONEY", "10", "5", lot="H-1")
    run = factory.plan("MIX", "5")
    factory.issue(run, ("H-1", "10"))
    factory.report(run, Made(Decimal(2), lot="M-1"), final=False)
    come_back(factory, factory.ship(("M-1", "2")), "1", code="M-BACK")
    factory.report(run, Made(Decimal(3), lot="M-2"))

    assert (Decimal(1), 1000) == books.lot(factory, "M-BACK")
    books.hold(factory)
