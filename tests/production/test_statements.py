"""An act's statements do not grow with its lines."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factory as factories
from tests.factory import START, Factory
from tieout.access import actors
from tieout.access.models import CompanyState
from tieout.access.permissions import ActorRole
from tieout.catalog.actions import Part, add_item, approve_bom
from tieout.production.actions import report_run
from tieout.production.reports import Made, Use
from tieout.purchasing.actions import Came, OrderLine, place_order, receive
from tieout.sales.actions import Going, ship
from tieout.stock.actions import open_balances
from tieout.stock.openings import OpeningLine

pytestmark = pytest.mark.django_db
MOST = 25


@pytest.fixture
def factory(db: None) -> Factory:
    """Forty components in two lots each, and products of 3, 10 and 40 of them."""
    made = factories.small(state=CompanyState.PREPARING)
    ada = actors.engage(made.company, "Ada", ActorRole.ADMINISTRATOR)
    for n in range(40):
        add_item(ada, sku=f"C{n}", name="Component", kind="raw", unit="kg")
    lots = [OpeningLine(f"C{n}", Decimal(500), Decimal("77.77"), "MILL") for n in range(40) for _ in "ab"]
    open_balances(ada, lines=lots, site="MILL", at=START)
    for size in (3, 10, 40):
        add_item(ada, sku=f"P{size}", name="Product", kind="finished", unit="kg")
        parts = [Part(f"C{n}", Decimal(1)) for n in range(size)]
        approve_bom(ada, sku=f"P{size}", version="1", parts=parts, effective_from=date(2026, 1, 1))
    return made


def statements(captured: CaptureQueriesContext) -> int:
    return len([query for query in captured if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))])


def test_a_report_of_forty_components_takes_as_many_statements_as_one_of_three(factory: Factory) -> None:
    taken = {}
    for size in (3, 10, 40, 3, 10, 40):
        run = factory.plan(f"P{size}", "100")
        uses = [Use(Decimal("101.5"), sku=f"C{n}") for n in range(size)]
        with CaptureQueriesContext(connection) as captured:
            report_run(factory.operator.once(run), run=run, made=[Made(Decimal(99))], uses=uses, at=factory.at())
        taken[size] = statements(captured)

    assert 1 == len(set(taken.values())), taken
    assert taken[10] <= MOST


def test_a_receipt_of_forty_lots_takes_as_many_statements_as_one_of_two(factory: Factory) -> None:
    taken = {}
    for size in (2, 40, 2, 40):
        lines = [OrderLine(f"C{n}", Decimal(5), Decimal("1.5")) for n in range(size)]
        number = place_order(factory.buyer, supplier="APIARY", site="MILL", lines=lines, ordered_on=START.date()).number
        came = [Came(n + 1, Decimal(5)) for n in range(size)]
        with CaptureQueriesContext(connection) as captured:
            receive(factory.warehouse, order=number, lines=came, at=factory.at())
        taken[size] = statements(captured)

    assert 1 == len(set(taken.values())), taken
    assert taken[2] <= MOST


def test_a_shipment_of_forty_lines_takes_as_many_statements_as_one_of_one(factory: Factory) -> None:
    taken = {}
    for size in (1, 40, 1, 40):
        lines = [Going(Decimal(2), sku=f"C{n}") for n in range(size)]
        with CaptureQueriesContext(connection) as captured:
            ship(factory.warehouse, customer="GROCER", site="MILL", lines=lines, at=factory.at())
        taken[size] = statements(captured)

    assert 1 == len(set(taken.values())), taken
    assert taken[1] <= MOST
