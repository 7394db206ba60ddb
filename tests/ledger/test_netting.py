"""No document is longer than 200 lines: a day is cut into several, a long event is told more shortly."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests import books
from tests import factory as factories
from tests.factory import Factory
from tieout.access import company as companies
from tieout.close import verify
from tieout.core.roles import PlaceKind
from tieout.ledger import sealing
from tieout.ledger.models import Transmission
from tieout.ledger.netting import MOST_LINES
from tieout.purchasing import actions as purchasing
from tieout.purchasing.actions import Came, OrderLine


@pytest.fixture
def factory(db: None) -> Factory:
    """In shadow: everything runs, nothing is sent."""
    made = factories.small()
    factories.local_books(made)
    return made


def documents(factory: Factory, kind: str) -> list[list[dict[str, Any]]]:
    """The lines of what would be sent of that kind."""
    with companies.scope(factory.company):
        return [one.body["lines"] for one in Transmission.objects.filter(journal__kind=kind).order_by("number")]


def receive(factory: Factory, lots: int) -> None:
    line = OrderLine("HONEY", Decimal(lots), Decimal("1.07"))
    on = factory.at().date()
    order = purchasing.place_order(factory.buyer, supplier="APIARY", site="MILL", lines=[line], ordered_on=on).number
    came = [Came(1, Decimal(1), lot=f"H-{n}") for n in range(lots)]
    purchasing.receive(factory.warehouse, order=order, lines=came, at=factory.at())


def seals_hold(factory: Factory) -> None:
    (result,) = verify.check(factory.company, only=[5])
    assert [] == [str(one) for one in result.findings]


def test_a_receipt_names_each_lot_until_they_are_too_many(factory: Factory) -> None:
    factory.buy("OIL", "1", "3")
    receive(factory, MOST_LINES)
    factory.seal()

    few, many = documents(factory, "receipt")

    assert [(300, 0), (0, 300)] == [(one["debit"], one["credit"]) for one in few]
    assert [(21400, 0), (0, 21400)] == [(one["debit"], one["credit"]) for one in many]
    assert "H-7" not in str(many)
    seals_hold(factory)


def test_a_day_of_many_shipments_is_several_documents(factory: Factory) -> None:
    """Each with a pair of lines a shipment, by which it and its invoice find each other."""
    factory.buy("HONEY", "500", "1.07", lot="H")
    for _ in range(MOST_LINES // 2):
        factory.ship(("H", "1"))
        sealing.seal_due(factory.company, factory.now)
    during = documents(factory, "shipment")
    factory.seal()

    after = documents(factory, "shipment")

    assert [150] == [len(one) for one in during]
    assert [150, 50] == [len(one) for one in after]
    assert MOST_LINES // 2 == len({line["document"] for one in after for line in one})
    seals_hold(factory)


def test_a_cost_that_comes_late_to_very_many_shipments_is_a_few_lines(factory: Factory) -> None:
    factory.buy("HONEY", "500", "1.07", lot="H")
    for _ in range(MOST_LINES):
        factory.ship(("H", "1"))
    books.late(factory, [("H", 1000)], origin=PlaceKind.FREIGHT)
    factory.seal()

    (lines,) = documents(factory, "late cost")

    assert {"RAW": 600, "COGS": 400, "FREIGHT": -1000} == {one["role"]: one["debit"] - one["credit"] for one in lines}
    assert len(lines) == 3
    seals_hold(factory)
