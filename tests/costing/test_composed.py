"""A lot that began in any way and cost more later is made of what it began with and what came later."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests import books
from tests import factory as factories
from tests.factory import Factory
from tieout.access import actors
from tieout.access.models import CompanyState
from tieout.access.permissions import ActorRole
from tieout.core.roles import PlaceKind
from tieout.purchasing.actions import OrderLine, match_found, place_order, record_found
from tieout.stock import actions as stock
from tieout.stock.actions import CountLine
from tieout.stock.openings import OpeningLine

pytestmark = pytest.mark.django_db


@pytest.fixture
def factory(db: None) -> Factory:
    return factories.small()


def find(factory: Factory, lot: str) -> None:
    record_found(factory.warehouse, sku="HONEY", quantity=Decimal(5), place="MILL", at=factory.at(), lot=lot)


def test_goods_that_were_found(factory: Factory) -> None:
    factory.buy("HONEY", "10", "5", lot="H-1")
    find(factory, "F-1")
    books.late(factory, [("F-1", 100)], origin=PlaceKind.FREIGHT)

    assert {"freight": 100, "material": 2500} == elements(factory, "F-1")
    books.hold(factory)


@pytest.mark.parametrize(("price", "cents"), [("5", 2500), ("4.44", 2220)])
def test_goods_that_were_found_and_whose_papers_came(factory: Factory, price: str, cents: int) -> None:
    factory.buy("HONEY", "10", "5", lot="H-1")
    find(factory, "F-1")
    line = OrderLine("HONEY", Decimal(5), Decimal(price))
    order = place_order(factory.buyer, supplier="APIARY", site="MILL", lines=[line], ordered_on=factory.now.date())
    match_found(factory.warehouse, lot="F-1", order=order.number, line="HONEY", at=factory.at())

    assert {"material": cents} == elements(factory, "F-1")
    books.hold(factory)


def test_a_lot_that_a_counter_brought(factory: Factory) -> None:
    line = CountLine("C-1", Decimal(4), sku="HONEY", unit_cost=Decimal(5), place="MILL")
    stock.count(factory.warehouse, site="MILL", lines=[line], at=factory.at())
    books.late(factory, [("C-1", 100)], origin=PlaceKind.FREIGHT)

    assert {"freight": 100, "material": 2000} == elements(factory, "C-1")
    books.hold(factory)


def test_a_lot_that_was_there_before(factory: Factory) -> None:
    line = OpeningLine("HONEY", Decimal(10), Decimal(50), "MILL", lot="O-1")
    ada = actors.engage(factory.company, "Ada", ActorRole.ADMINISTRATOR)
    actors.set_state(factory.company, CompanyState.PREPARING)
    stock.open_balances(ada, lines=[line], site="MILL", at=factory.at())
    actors.set_state(factory.company, CompanyState.SHADOW)
    factory.make("MIX", "5", ("O-1", "5"), lot="M-1")
    books.late(factory, [("O-1", 100)], origin=PlaceKind.FREIGHT)
    factory.make("MIX", "5", ("O-1", "5"), lot="M-2")

    assert {"freight": 50, "material": 2500} == elements(factory, "M-1") == elements(factory, "M-2")
    books.hold(factory)


def elements(factory: Factory, lot: str) -> dict[str, int]:
    sql = """select element, sum(c.value)::bigint from costing_composition c join stock_lot l on l.id = c.lot_id
        where l.code = %s group by 1 having sum(c.value) <> 0"""
    return dict(books.rows(factory, sql, lot))
