"""What no bill will come for is owed no longer: it goes where the goods are, or to PPV, and nothing is left of it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests import books
from tests import factory as factories
from tests.factory import Factory
from tests.purchasing.paper import Desk
from tieout.core.refusals import NoReason
from tieout.core.roles import PlaceKind
from tieout.purchasing import accrual_actions, bill_actions
from tieout.purchasing.writing_off import NothingOpen
from tieout.stock.movements import Recorded

pytestmark = pytest.mark.django_db


@pytest.fixture
def factory(db: None) -> Factory:
    return factories.small()


@pytest.fixture
def desk(factory: Factory) -> Desk:
    return Desk(factory, factories.local_books(factory))


def write_off(desk: Desk, lot: str, *, reason: str = "a sample", expensed: bool | None = None) -> Recorded:
    by, at = desk.factory.controller, desk.factory.at()
    return accrual_actions.write_off_accrual(
        by, receipt_line=desk.receipt_line(lot), at=at, reason=reason, expensed=expensed
    )


def test_goods_that_were_free_give_back_what_was_not_sold_of_them(factory: Factory, desk: Desk) -> None:
    factory.buy("HONEY", "10", "5", lot="H-1")
    factory.ship(("H-1", "4"))

    assert -5000 == write_off(desk, "H-1").value
    assert {} == desk.books()
    assert "10 for 0.00" == desk.open("H-1")
    assert [] == desk.sound()


def test_it_may_be_a_gain_instead(factory: Factory, desk: Desk) -> None:
    factory.buy("HONEY", "10", "5", lot="H-1")
    write_off(desk, "H-1", expensed=True)

    assert {"PPV": "-50.00", "RAW": "50.00"} == desk.books()
    assert "10 for 0.00" == desk.open("H-1")
    assert [] == desk.sound()


def test_cents_that_are_left_of_what_is_billed_whole_are_written_off_too(factory: Factory, desk: Desk) -> None:
    """A value that the books gave a lot by hand stands on the accrual, and no bill is for it."""
    factory.buy("HONEY", "10", "5", lot="H-1")
    desk.type(desk.line("50.00", "lot H-1"))
    desk.match()
    books.late(factory, [("H-1", 333)], origin=PlaceKind.SUPPLIER)
    assert "0 for 3.33" == desk.open("H-1")

    write_off(desk, "H-1", reason="the accountant's slip")
    assert "0 for 0.00" == desk.open("H-1")
    assert {"RAW": "50.00"} == desk.books()
    assert [] == desk.sound()


def test_a_bill_that_comes_after_all_is_a_price_as_a_whole(factory: Factory, desk: Desk) -> None:
    factory.buy("HONEY", "10", "5", lot="H-1")
    write_off(desk, "H-1")
    desk.type(desk.line("49.00", "lot H-1"))
    wanted = bill_actions.For(desk.bill_line(), desk.receipt_line("H-1"), Decimal(10))
    bill_actions.clear_bill(factory.controller, bill=desk.bill(), lines=[wanted], at=factory.at())

    assert "0 for 0.00" == desk.open("H-1")
    assert {"RAW": "49.00"} == desk.books()
    assert [] == desk.sound()


def test_a_reason_is_given_and_something_is_open(factory: Factory, desk: Desk) -> None:
    factory.buy("HONEY", "10", "5", lot="H-1")
    with pytest.raises(NoReason, match="Say why"):
        write_off(desk, "H-1", reason=" ")
    write_off(desk, "H-1")
    with pytest.raises(NothingOpen, match="Nothing is open of line 1"):
        write_off(desk, "H-1")
