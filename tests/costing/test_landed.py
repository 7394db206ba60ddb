"""Freight is expected, billed, and shared anew; each cent goes to where the goods are by then."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest

from tests import books
from tests import factory as factories
from tests.factory import SINCE, Factory
from tieout.catalog.actions import add_unit, set_conversion
from tieout.core.refusals import BadAmount, NothingToShareOver
from tieout.costing.actions import (
    add_late_cost,
    apportion_landed_cost,
    reapportion_landed_cost,
    set_freight_rate,
    take_back_landed_cost,
)
from tieout.costing.landed import UnknownLandedCost
from tieout.costing.models import Basis
from tieout.stock.movements import Recorded

pytestmark = pytest.mark.django_db


@pytest.fixture
def factory(db: None) -> Factory:
    """3 kg for 10.00 and 1 kg for 30.00."""
    factory = factories.small()
    factory.buy("HONEY", "3", "3.333333", lot="H-1")
    factory.buy("OIL", "1", "30", lot="O-1")
    return factory


def freight(
    factory: Factory,
    amount: str,
    *,
    of: Sequence[str] = ("H-1", "O-1"),
    basis: Basis = Basis.QUANTITY,
    given: Sequence[str] = (),
) -> Recorded:
    return apportion_landed_cost(
        factory.controller,
        amount=Decimal(amount),
        of=of,
        basis=basis,
        given=[Decimal(one) for one in given],
        at=factory.at(),
    )


def worth(factory: Factory) -> tuple[int, int]:
    return books.lot(factory, "H-1")[1], books.lot(factory, "O-1")[1]


@pytest.mark.parametrize(
    ("basis", "given", "shares"),
    [
        (Basis.QUANTITY, [], (600, 200)),
        (Basis.VALUE, [], (200, 600)),
        (Basis.WEIGHT, ["1", "1"], (400, 400)),
        (Basis.WEIGHT, [], (600, 200)),
        (Basis.MANUAL, ["7.99", "0.01"], (799, 1)),
        (Basis.MANUAL, ["8.50", "-0.50"], (850, -50)),
    ],
)
def test_a_bill_is_shared_by_what_was_chosen(
    factory: Factory, basis: Basis, given: list[str], shares: tuple[int, int]
) -> None:
    freight(factory, "8", basis=basis, given=given)

    assert (1000 + shares[0], 3000 + shares[1]) == worth(factory)
    books.hold(factory)


def test_a_basis_of_nothing_is_refused(factory: Factory) -> None:
    with pytest.raises(NothingToShareOver, match="by weight"):
        freight(factory, "8", basis=Basis.WEIGHT, given=["0", "0"])
    with pytest.raises(NothingToShareOver, match="No lots"):
        freight(factory, "8", of=[])


def test_what_a_piece_weighs_is_said_by_its_item(factory: Factory) -> None:
    """3 kg of honey and 4 jars of half a pound each."""
    factory.buy("JAR", "4", "1", lot="J-1")
    with pytest.raises(NothingToShareOver, match="needs the weight of JAR"):
        freight(factory, "8", of=["H-1", "J-1"], basis=Basis.WEIGHT)
    add_unit(factory.planner, code="lb", name="Pound")
    set_conversion(factory.planner, unit="lb", base="kg", numerator=Decimal("0.5"))
    set_conversion(factory.planner, unit="lb", base="EA", numerator=Decimal(2), sku="JAR")

    freight(factory, "8", of=["H-1", "J-1"], basis=Basis.WEIGHT)

    assert (1600, 3000) == worth(factory)


def test_figures_that_do_not_fit_are_refused(factory: Factory) -> None:
    for amount, basis, given, says in (
        ("8", Basis.MANUAL, ["7", "2"], "add up to 9.00, not to 8.00"),
        ("8", Basis.WEIGHT, ["1"], "1 figures were given for 2 lots"),
        ("8", Basis.WEIGHT, ["2", "-1"], "below 0"),
        ("0", Basis.QUANTITY, [], "0.00 is none"),
    ):
        with pytest.raises(BadAmount, match=says):
            freight(factory, amount, basis=basis, given=given)


def test_receipts_stand_for_all_their_lots(factory: Factory) -> None:
    apportion_landed_cost(
        factory.controller, amount=Decimal(8), receipts=["RCV-000001", "RCV-000002"], at=factory.at(), document="DHL 7"
    )

    assert (1600, 3200) == worth(factory)


def test_an_estimate_is_part_of_the_lot_until_the_bill_takes_its_place(factory: Factory) -> None:
    """1,000 at 0.20: 200.00 expected, 236.00 billed after half was sold (accounting reference, 3.2)."""
    set_freight_rate(factory.controller, sku="HONEY", per_unit=Decimal("0.2"), effective_from=SINCE)
    factory.buy("HONEY", "1000", "1", lot="H-2")
    factory.ship(("H-2", "500"))
    before = books.roles(factory)
    bill = freight(factory, "236", of=["H-2"])

    assert (-20000, 60000) == (before["FREIGHT"], before["COGS"])
    assert 3600 == bill.value
    assert (-23600, 61800) == (books.roles(factory)["FREIGHT"], books.roles(factory)["COGS"])
    books.hold(factory)


def test_a_second_bill_finds_the_estimate_taken(factory: Factory) -> None:
    set_freight_rate(factory.controller, sku="HONEY", percent=Decimal(10), effective_from=SINCE)
    factory.buy("HONEY", "10", "1", lot="H-2")

    assert [400, 500] == [freight(factory, "5", of=["H-2"]).value for _ in range(2)]


def test_what_was_shared_wrongly_is_mirrored_and_shared_anew(factory: Factory) -> None:
    first = freight(factory, "8")
    factory.ship(("H-1", "1"))
    again = reapportion_landed_cost(
        factory.controller, landed_cost=first.number, of=["O-1"], basis=Basis.VALUE, at=factory.at()
    )

    assert (667, 3800) == worth(factory)
    assert -800 == books.roles(factory)["FREIGHT"]
    with pytest.raises(UnknownLandedCost):
        take_back_landed_cost(factory.controller, landed_cost=first.number, at=factory.at())
    take_back_landed_cost(factory.controller, landed_cost=again.number, at=factory.at())
    assert "FREIGHT" not in books.roles(factory)
    books.hold(factory)


def test_a_late_cost_of_lots_is_shared_by_what_they_cost(factory: Factory) -> None:
    add_late_cost(factory.controller, amount=Decimal(4), of=["H-1", "O-1"], at=factory.at())
    add_late_cost(factory.controller, amount=Decimal(-4), of=["H-1", "O-1"], at=factory.at())

    assert (1000, 3000) == worth(factory)
    with pytest.raises(NothingToShareOver, match="lots, or one run"):
        add_late_cost(factory.controller, amount=Decimal(4), at=factory.at())
