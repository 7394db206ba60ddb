"""Many hands on the same goods: nobody fails, nothing is sold twice, every number is used once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection, connections

from tests import factory as factories
from tests.factory import START, Factory
from tieout.access import company as companies
from tieout.access.actions import Busy
from tieout.close import verify
from tieout.core.balances import NotEnough
from tieout.purchasing.actions import Came, receive
from tieout.sales.actions import Going, ship
from tieout.testing.plugin import RUN

pytestmark = pytest.mark.everywhere
HANDS = 8


@pytest.fixture
def factory(transactional_db: None, pytestconfig: pytest.Config) -> Factory:
    connections.close_all()
    pytestconfig.stash[RUN].restore()
    return factories.small()


def together(work: Callable[[int], object]) -> list[object]:
    """What each hand got: an answer or a refusal."""
    got: list[object] = [None] * HANDS
    start = threading.Barrier(HANDS)

    def hand(n: int) -> None:
        start.wait()
        try:
            got[n] = work(n)
        except Exception as error:
            got[n] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=hand, args=(n,)) for n in range(HANDS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got


def clean(factory: Factory) -> None:
    wrong = [finding for result in verify.check(factory.company, only=(1, 2, 3, 4, 5)) for finding in result.findings]
    assert [] == wrong


def test_what_is_there_is_shipped_once_and_the_rest_is_refused(factory: Factory) -> None:
    """Five lots of ten, eight hands that each want seven: picked together, so the later ones pick what is left."""
    for n in range(5):
        factory.buy("HONEY", "10", "4.37", lot=f"H-{n}")

    got = together(
        lambda n: ship(
            factory.warehouse, customer="GROCER", site="MILL", lines=[Going(Decimal(7), sku="HONEY")], at=START
        )
    )

    assert 7 == sum(not isinstance(one, Exception) for one in got)
    assert [NotEnough] == [type(one) for one in got if isinstance(one, Exception)]
    clean(factory)


def test_hands_in_opposite_order_wait_for_each_other_and_all_succeed(factory: Factory) -> None:
    for n in range(4):
        factory.buy("HONEY", "100", "4.37", lot=f"H-{n}")

    def take(n: int) -> object:
        lots = [f"H-{i}" for i in range(4)][:: 1 if n % 2 else -1]
        lines = [Going(Decimal(3), lot=lot) for lot in lots]
        return ship(factory.warehouse, customer="GROCER", site="MILL", lines=lines, at=START)

    assert [] == [one for one in together(take) if isinstance(one, Exception)]
    clean(factory)


def test_a_double_tap_by_eight_hands_receives_once(factory: Factory) -> None:
    number = factory.orders[factory.buy("HONEY", "1", "4").number]
    dock = factory.warehouse.once("tap")
    with companies.scope(factory.company), connection.cursor() as cursor:
        cursor.execute("update purchasing_purchaseorderline set quantity = 50")

    got = together(lambda n: receive(dock, order=number, lines=[Came(1, Decimal(9), lot="H-2")], at=START))

    answers = [one for one in got if not isinstance(one, Exception)]
    assert answers
    assert all(one == answers[0] for one in answers)
    assert {Busy} >= {type(one) for one in got if isinstance(one, Exception)}
    with companies.scope(factory.company), connection.cursor() as cursor:
        cursor.execute("select count(*) from stock_lot where code = 'H-2'")
        assert (1,) == cursor.fetchone()
    clean(factory)
