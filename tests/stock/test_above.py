"""Goods that were written down and cost more since are looked at once more."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests import books
from tests import factory as factories
from tests.factory import Factory
from tieout.close import verify
from tieout.core.roles import PlaceKind
from tieout.stock import actions as stock
from tieout.stock.writedowns import Worth

pytestmark = pytest.mark.django_db


@pytest.fixture
def factory(db: None) -> Factory:
    made = factories.small()
    made.buy("HONEY", "10", "5", lot="H-1")
    mark(made, "3")
    return made


def mark(factory: Factory, unit: str) -> None:
    stock.write_down(factory.controller, site="MILL", worth=[Worth("H-1", Decimal(unit))], at=factory.at())


def listed(factory: Factory) -> list[str]:
    return [line for result in verify.check(factory.company, only={8}) for line in result.listed if "bring" in line]


def test_a_late_cost_puts_a_lot_above_what_it_brings_until_it_is_written_down_again(factory: Factory) -> None:
    assert [] == listed(factory)
    factory.ship(("H-1", "5"))
    books.late(factory, [("H-1", 1000)], origin=PlaceKind.FREIGHT)

    assert ["HONEY lot H-1 costs 20.00 and was said to bring 15.00 (WDN-000001)"] == [
        line.partition(":")[0] for line in listed(factory)
    ]
    mark(factory, "3")
    assert [] == listed(factory)


def test_what_it_brings_now_is_what_was_said_last(factory: Factory) -> None:
    books.late(factory, [("H-1", 1000)], origin=PlaceKind.FREIGHT)
    mark(factory, "6")

    assert [] == listed(factory)
