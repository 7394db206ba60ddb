"""What the warehouse does, and takes back."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from tests import factory as factories
from tests.factory import Factory
from tieout.access import company as companies
from tieout.stock.actions import OtherSite, UnknownTransfer, arrive, move, reverse, send
from tieout.stock.picking import Wanted

pytestmark = pytest.mark.django_db


@pytest.fixture
def factory(db: None) -> Factory:
    return factories.small()


def on_hand(factory: Factory) -> dict[str, tuple[Decimal, int]]:
    with companies.scope(factory.company), connection.cursor() as cursor:
        cursor.execute(
            "select s.code || '/' || l.code, sum(b.quantity), sum(b.value)::bigint from stock_balance b"
            " join stock_location l on l.id = b.location_id join stock_site s on s.id = l.site_id"
            " where b.quantity > 0 and b.pool_id is null group by 1"
        )
        return {place: (quantity, value) for place, quantity, value in cursor}


def test_goods_sent_are_on_their_way_until_they_arrive(factory: Factory) -> None:
    factory.buy("HONEY", "10", "4", lot="H-1")
    sent = send(factory.warehouse, site="MILL", lines=[Wanted(Decimal(4), lot="H-1")], to="DEPOT", at=factory.at())

    assert {"MILL/MAIN": (6, 2400), "DEPOT/IN-TRANSIT": (4, 1600)} == on_hand(factory)
    arrive(factory.warehouse, transfer=sent.number, at=factory.at())
    assert {"MILL/MAIN": (6, 2400), "DEPOT/MAIN": (4, 1600)} == on_hand(factory)


def test_a_sending_taken_back_is_not_on_its_way_any_more(factory: Factory) -> None:
    factory.buy("HONEY", "10", "4", lot="H-1")
    sent = send(factory.warehouse, site="MILL", lines=[Wanted(Decimal(4), lot="H-1")], to="DEPOT", at=factory.at())
    reverse(factory.warehouse, event=sent.number, at=factory.at(), reason="wrong pallet")

    assert {"MILL/MAIN": (10, 4000)} == on_hand(factory)
    with pytest.raises(UnknownTransfer, match="is on its way"):
        arrive(factory.warehouse, transfer=sent.number, at=factory.at())


def test_goods_do_not_move_to_another_site_without_being_sent(factory: Factory) -> None:
    factory.buy("HONEY", "10", "4", lot="H-1")

    with pytest.raises(OtherSite, match="DEPOT is not at MILL"):
        move(factory.warehouse, site="MILL", lines=[Wanted(Decimal(4), lot="H-1")], to="DEPOT", at=factory.at())


@pytest.mark.everywhere
@pytest.mark.parametrize(
    "statement",
    [
        "update stock_lot set item_id = item_id",
        "delete from stock_lot",
        "update stock_movement set value = 0",
        "delete from stock_movement",
        "truncate stock_movement",
        "update stock_balance set quantity = 0",
        (
            "insert into stock_balance (company_id, location_id, quantity, value, base_quantity, base_value,"
            " last_event_id) values (1, 1, 1, 1, 1, 1, 1)"
        ),
        "update ledger_event set note = ''",
        "delete from ledger_journalline",
        "alter table stock_movement disable trigger all",
        "set session_replication_role = replica",
    ],
)
def test_the_running_program_cannot_change_the_ledger(factory: Factory, statement: str) -> None:
    factory.buy("HONEY", "10", "4", lot="H-1")
    with (
        companies.scope(factory.company),
        pytest.raises(DatabaseError, match=r"permission denied|must be owner|never deleted|append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.everywhere
def test_the_ledgers_writer_refuses_movements_that_its_balances_do_not_agree_with(factory: Factory) -> None:
    factory.buy("HONEY", "10", "4", lot="H-1")
    with (
        companies.scope(factory.company),
        pytest.raises(DatabaseError, match="conservation: location"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "select stock_record(m.company_id, m.event_id, m.occurred_at, m.accounting_date, array[9], array['ship'],"
            " array[m.item_id], array[m.lot_id], array[null::bigint], array[m.target_id], array[m.origin_id],"
            " array[1.0], array[400::bigint], array[null::bigint], array[null::smallint], array[null::smallint],"
            " array[m.target_id], array[m.lot_id], array[null::bigint], array[m.item_id], array[9.0],"
            " array[3500::bigint], array[9.0], array[3500.0]) from stock_movement m limit 1"
        )
