"""Goods without papers never stop the floor; when the papers come, the cost follows the goods."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection

from tests import factory as factories
from tests.factory import START, Factory
from tieout.access import company as companies
from tieout.purchasing.actions import OrderLine, match_found, place_order, record_found
from tieout.purchasing.found import NotFoundGoods
from tieout.stock.models import Lot

pytestmark = pytest.mark.django_db


@pytest.fixture
def factory(db: None) -> Factory:
    return factories.small()


def find(factory: Factory, quantity: str = "10") -> None:
    record_found(factory.warehouse, sku="HONEY", quantity=Decimal(quantity), place="MILL", lot="F-1", at=factory.at())


def order(factory: Factory, price: str, *, sku: str = "HONEY") -> str:
    line = OrderLine(sku, Decimal(10), Decimal(price))
    return place_order(factory.buyer, supplier="APIARY", site="MILL", lines=[line], ordered_on=START.date()).number


def roles(factory: Factory) -> dict[str, int]:
    with companies.scope(factory.company), connection.cursor() as cursor:
        cursor.execute("select role, sum(debit - credit)::bigint from ledger_journalline group by role")
        return {role: cents for role, cents in cursor if cents}


def test_found_goods_are_worth_what_the_item_costs_here(factory: Factory) -> None:
    factory.buy("HONEY", "100", "4", lot="H-1")
    find(factory)

    assert {"RAW": 44000, "GRNI": -40000, "UNVERIFIED": -4000} == roles(factory)


def test_found_goods_that_one_order_waits_for_are_worth_its_price(factory: Factory) -> None:
    factory.buy("HONEY", "100", "4", lot="H-1")
    order(factory, "4.50")
    find(factory)

    assert -4500 == roles(factory)["UNVERIFIED"]


def test_of_two_orders_nobody_knows_which_it_was(factory: Factory) -> None:
    factory.buy("HONEY", "100", "4", lot="H-1")
    order(factory, "4.50")
    order(factory, "4.60")
    find(factory)

    assert -4000 == roles(factory)["UNVERIFIED"]


def test_when_the_papers_come_the_supplier_is_owed_and_nothing_is_unverified(factory: Factory) -> None:
    factory.buy("HONEY", "100", "4", lot="H-1")
    find(factory)
    match_found(factory.warehouse, lot="F-1", order=order(factory, "4"), line=1, at=factory.at())

    assert {"RAW": 44000, "GRNI": -44000} == roles(factory)
    with companies.scope(factory.company):
        assert not Lot.objects.get(code="F-1").unverified


def test_a_dearer_price_follows_goods_that_were_used_and_sold(factory: Factory) -> None:
    """10 kg at nothing: 9 into 10 kg of mix, of which 5 are shipped; then the papers say 20.00."""
    find(factory)
    factory.buy("OIL", "1", "0", lot="O-1")
    factory.make("MIX", "10", ("F-1", "9"), ("O-1", "1"), lot="M-1")
    factory.ship(("M-1", "5"))
    match_found(factory.warehouse, lot="F-1", order=order(factory, "2"), line=1, at=factory.at())

    assert {"RAW": 200, "FG": 900, "COGS": 900, "GRNI": -2000} == roles(factory)


def test_a_lot_that_has_its_papers_takes_no_others(factory: Factory) -> None:
    find(factory)
    match_found(factory.warehouse, lot="F-1", order=order(factory, "2"), line=1, at=factory.at())

    with pytest.raises(NotFoundGoods, match="not waiting for papers"):
        match_found(factory.warehouse, lot="F-1", order=order(factory, "2"), line=1, at=factory.at())


def test_papers_of_another_item_are_refused(factory: Factory) -> None:
    find(factory)

    with pytest.raises(NotFoundGoods, match="another item than JAR"):
        match_found(factory.warehouse, lot="F-1", order=order(factory, "2", sku="JAR"), line=1, at=factory.at())
