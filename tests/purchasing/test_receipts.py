"""What a receipt leaves on the order's lines."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests import factory as factories
from tests.factory import START
from tieout.access import company as companies
from tieout.purchasing import queries
from tieout.purchasing.actions import Came, OrderLine, place_order, receive

pytestmark = pytest.mark.django_db


def test_several_lots_of_one_line_in_one_receipt_all_count() -> None:
    factory = factories.small()
    line = OrderLine("HONEY", Decimal(10), Decimal("5.00"))
    placed = place_order(factory.buyer, supplier="APIARY", site="MILL", lines=[line], ordered_on=START.date())
    lots = [Came("HONEY", Decimal(4), lot="H-1"), Came("HONEY", Decimal(6), lot="H-2")]

    receive(factory.warehouse, order=placed.number, lines=lots, at=factory.at())

    with companies.scope(factory.company):
        order = queries.order(placed.number)
    assert ("received", [Decimal(10)]) == (order.row.state, [one.received for one in order.lines])
