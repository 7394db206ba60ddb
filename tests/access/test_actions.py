"""Asking: once, allowed, audited, or refused with nothing left."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection

from tests import factory as factories
from tests.factory import START, Factory
from tieout.access import audit
from tieout.access import company as companies
from tieout.access.actions import KeyReused, NotAllowed
from tieout.access.models import AuditRow
from tieout.ledger.desk import FutureDate
from tieout.ledger.models import Event
from tieout.purchasing.actions import Came, OrderLine, place_order, receive
from tieout.sales.actions import Going, ship
from tieout.stock.models import Movement
from tieout.stock.places import UnknownPlace

pytestmark = pytest.mark.django_db


@pytest.fixture
def factory(db: None) -> Factory:
    return factories.small()


def order(factory: Factory) -> str:
    line = OrderLine("HONEY", Decimal(10), Decimal(4))
    return place_order(factory.buyer, supplier="APIARY", site="MILL", lines=[line], ordered_on=START.date()).number


def came(quantity: str) -> list[Came]:
    return [Came(1, Decimal(quantity), lot="H-1")]


def counted(factory: Factory, model: type[Event] | type[Movement] | type[AuditRow]) -> int:
    with companies.scope(factory.company):
        return model.objects.count()


def test_the_same_key_with_the_same_payload_returns_the_first_result_and_does_nothing(factory: Factory) -> None:
    number, dock = order(factory), factory.warehouse.once("tap-1")
    first = receive(dock, order=number, lines=came("4"), at=START)
    again = receive(dock, order=number, lines=came("4"), at=START)

    assert first == again
    assert 1 == counted(factory, Event)


def test_the_same_key_with_another_payload_is_refused(factory: Factory) -> None:
    number, dock = order(factory), factory.warehouse.once("tap-1")
    receive(dock, order=number, lines=came("4"), at=START)

    with pytest.raises(KeyReused, match="tap-1 was used for another request"):
        receive(dock, order=number, lines=came("5"), at=START)
    assert 1 == counted(factory, Event)


def test_a_refused_request_leaves_its_key_free(factory: Factory) -> None:
    number, dock = order(factory), factory.warehouse.once("tap-1")
    with pytest.raises(UnknownPlace):
        receive(dock, order=number, lines=came("4"), to="MILL/NOWHERE", at=START)

    assert receive(dock, order=number, lines=came("4"), at=START).lots


def test_a_role_does_only_what_is_part_of_it(factory: Factory) -> None:
    with pytest.raises(NotAllowed, match="Controller is controller; receive is not part of that"):
        receive(factory.controller, order=order(factory), lines=came("4"), at=START)
    with pytest.raises(NotAllowed, match="Operator is operator; buy is not part of that"):
        place_order(factory.operator, supplier="APIARY", site="MILL", lines=[], ordered_on=START.date())


def test_an_actor_whose_role_was_taken_away_is_asked_to_sign_in_again(factory: Factory) -> None:
    number = order(factory)
    with companies.scope(factory.company), connection.cursor() as cursor:
        cursor.execute("update access_actor set active = false where id = %s", [factory.warehouse.actor])

    with pytest.raises(NotAllowed, match="not at work in this company any more"):
        receive(factory.warehouse, order=number, lines=came("4"), at=START)


def test_every_act_has_an_audit_row_and_so_has_every_refusal(factory: Factory) -> None:
    number = order(factory)
    before = counted(factory, AuditRow)
    receive(factory.warehouse, order=number, lines=came("4"), at=START)
    with pytest.raises(FutureDate):
        receive(factory.warehouse, order=number, lines=came("4"), at=START + timedelta(days=9999))

    with companies.scope(factory.company):
        rows = AuditRow.objects.order_by("id").values_list("action", "outcome", "code", "subject")
        assert [("receive", "done", "", "RCV-000001"), ("receive", "refused", "future_date", "")] == list(rows[before:])


def test_a_refusal_leaves_no_trace_but_its_audit_row(factory: Factory) -> None:
    factory.buy("HONEY", "10", "4", lot="H-1")
    events, movements = counted(factory, Event), counted(factory, Movement)
    with pytest.raises(Exception, match="asked for"):
        ship(
            factory.warehouse,
            customer="GROCER",
            site="MILL",
            lines=[Going(Decimal(2), lot="H-1"), Going(Decimal(11), lot="H-1")],
            at=factory.at(),
        )

    assert (events, movements) == (counted(factory, Event), counted(factory, Movement))


def test_the_audit_trail_is_chained_and_a_change_in_it_is_found(factory: Factory) -> None:
    factory.buy("HONEY", "10", "4")
    linked = audit.chain(factory.company)

    assert linked == counted(factory, AuditRow)
    assert 0 == audit.chain(factory.company)
    assert audit.broken(factory.company) is None


def test_another_companys_rows_are_not_there(factory: Factory) -> None:
    factory.buy("HONEY", "10", "4")
    other = factories.small("Somebody Else Inc")

    assert 0 == counted(other, Event)
    assert counted(factory, Event)
    with connection.cursor() as cursor:
        cursor.execute("select set_config('tieout.company', '', true)")
        cursor.execute("select count(*) from ledger_event")
        assert (0,) == cursor.fetchone()
