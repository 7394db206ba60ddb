"""The one writer of movements and balances: what the database refuses, and what it does not read."""

from __future__ import annotations

from decimal import Decimal

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import errors

from tests import factory as factories
from tests.factory import Factory
from tieout.access import company as companies
from tieout.production.reports import Made
from tieout.stock import lots, places
from tieout.testing.plugin import RUN
from tieout.testing.run import TestDatabase

pytestmark = pytest.mark.django_db

MOVEMENT = (
    "insert into stock_movement (company_id, event_id, number, kind, item_id, lot_id, origin_id, target_id, quantity,"
    " value, occurred_at, accounting_date) select m.company_id, {event}, 99, m.kind, m.item_id, {lot}, m.origin_id,"
    " m.target_id, 1, 1, m.occurred_at, m.accounting_date from stock_movement m limit 1"
)
LINE = (
    "insert into ledger_journalline (company_id, event_id, number, role, debit, credit, account_id, document,"
    " description, facts, accounting_date) select l.company_id, {event}, 90 + n, l.role, n * 5, (1 - n) * {credit},"
    " {account}, '', '', '{{}}', l.accounting_date"
    " from (select * from ledger_journalline limit 1) l, generate_series(0, 1) n"
)
KEPT = ("stock_lot", "stock_pool", "stock_location", "catalog_item", "ledger_account", "ledger_party", "access_company")


@pytest.fixture
def factory(db: None) -> Factory:
    made = factories.small()
    factories.local_books(made)
    made.buy("HONEY", "10", "4", lot="H-1")
    made.plan("MIX", "1")
    return made


@pytest.fixture
def committed(transactional_db: None, pytestconfig: pytest.Config) -> Factory:
    """Seen by other connections too; its ids begin at 1."""
    connections.close_all()
    pytestconfig.stash[RUN].restore()
    made = factories.small()
    made.buy("HONEY", "10", "4", lot="H-1")
    return made


@pytest.mark.parametrize("wrong", [{"event": "0", "lot": "m.lot_id"}, {"event": "m.event_id", "lot": "0"}])
def test_a_movement_that_leads_nowhere_is_refused_to_the_tables_owner_too(
    committed: Factory, own_database: TestDatabase, wrong: dict[str, str]
) -> None:
    with psycopg.connect(own_database.owner_url) as owner, pytest.raises(errors.ForeignKeyViolation):
        owner.execute(MOVEMENT.format(**wrong))


@pytest.mark.parametrize("emptied", ["stock_location", "catalog_item", "stock_lot"])
def test_what_is_referred_to_stays_whoever_owns_it(
    committed: Factory, own_database: TestDatabase, emptied: str
) -> None:
    for statement in (f"delete from {emptied}", f"truncate {emptied} cascade"):
        with psycopg.connect(own_database.owner_url) as owner, pytest.raises(errors.IntegrityError):
            owner.execute(statement)


@pytest.mark.parametrize(
    ("event", "account", "credit"),
    [("0", "l.account_id", 5), ("l.event_id", "0", 5), ("l.event_id", "l.account_id", 4)],
)
def test_a_line_of_no_event_or_account_and_lines_that_do_not_balance_are_refused(
    factory: Factory, event: str, account: str, credit: int
) -> None:
    with companies.scope(factory.company), connection.cursor() as cursor:
        with pytest.raises(IntegrityError), transaction.atomic():
            cursor.execute(LINE.format(event=event, account=account, credit=credit))
        cursor.execute(LINE.format(event="l.event_id", account="l.account_id", credit=5))


def test_nothing_may_refer_to_another_company(factory: Factory) -> None:
    other = factories.small(name="Other")
    other.buy("HONEY", "1", "4", lot="H-2")
    with companies.scope(other.company), connection.cursor() as cursor:
        cursor.execute("select min(id) from ledger_event")
        (theirs,) = cursor.fetchone()
    with (
        companies.scope(factory.company),
        connection.cursor() as cursor,
        pytest.raises(IntegrityError, match="ledger_journalline_event_id_fk"),
        transaction.atomic(),
    ):
        cursor.execute(LINE.format(event=theirs, account="l.account_id", credit=5))


@pytest.mark.parametrize("table", KEPT)
@pytest.mark.parametrize("change", ["delete from {}", "update {} set id = id + 1000000"])
def test_what_is_referred_to_stays(factory: Factory, table: str, change: str) -> None:
    with (
        companies.scope(factory.company),
        connection.cursor() as cursor,
        pytest.raises(DatabaseError),
        transaction.atomic(),
    ):
        cursor.execute(change.format(table))


def test_picking_reads_what_it_takes_and_not_all_there_is(factory: Factory) -> None:
    for n in range(30):
        factory.buy("HONEY", "1", "4", lot=f"N-{n}")
    with companies.scope(factory.company), connection.cursor() as cursor:
        site = places.of(factory.company).site("MILL").id
        cursor.execute("select id from catalog_item where sku = 'HONEY'")
        (honey,) = cursor.fetchone()
        before = _read(cursor)
        picked = lots.pick(factory.company, [(honey, Decimal("10.5"))], site=site)

        assert [Decimal(10), Decimal("0.5")] == [one.quantity for one in picked]
        assert _read(cursor) - before < 15


def test_a_balance_that_stays_on_hand_enters_no_index_again(factory: Factory) -> None:
    factory.buy("OIL", "10", "4", lot="O-1")
    run = factory.plan("MIX", "2")
    with companies.scope(factory.company), connection.cursor() as cursor:
        before = _written(cursor)
    factory.report(run, Made(Decimal(2)), uses=[("H-1", "1"), ("O-1", "1")])
    with companies.scope(factory.company), connection.cursor() as cursor:
        updated, within_the_page = (now - then for now, then in zip(_written(cursor), before, strict=True))

    assert updated >= 2
    assert updated == within_the_page


def _read(cursor: CursorWrapper) -> int:
    cursor.execute("select idx_tup_fetch from pg_stat_xact_user_tables where relname = 'stock_balance'")
    return int(cursor.fetchone()[0])


def _written(cursor: CursorWrapper) -> tuple[int, int]:
    cursor.execute("select n_tup_upd, n_tup_hot_upd from pg_stat_xact_user_tables where relname = 'stock_balance'")
    updated, within_the_page = cursor.fetchone()
    return updated, within_the_page
