"""What a run costs: everything that went in, shared over everything that came out."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tieout.core.acts.goods import Departure
from tieout.core.acts.runs import Absorbed, Byproduct, Loss, Output, Provisional, Report
from tieout.core.book import Book, Place
from tieout.core.refusals import BadAmount, NothingToShareOver
from tieout.core.roles import ROLE_OF_PLACE, MoveKind, PlaceKind
from tieout.core.runs import Component, Plan

STORE, SUPPLIER, PRODUCTION, LABOUR, ABNORMAL, SCRAP = range(1, 7)
KINDS = {
    STORE: PlaceKind.STORAGE,
    SUPPLIER: PlaceKind.SUPPLIER,
    PRODUCTION: PlaceKind.PRODUCTION,
    LABOUR: PlaceKind.LABOUR,
    ABNORMAL: PlaceKind.ABNORMAL,
    SCRAP: PlaceKind.SCRAP,
}
PLACES = {id: Place(id, kind, ROLE_OF_PLACE.get(kind), 1) for id, kind in KINDS.items()}
RUN = 5


def fed(cents: int) -> Book:
    book = Book(PLACES)
    book.bring(MoveKind.RECEIVE, item=1, lot=1, origin=SUPPLIER, target=STORE, quantity=Decimal(10), value=cents)
    return book


def out(lot: int, quantity: str, weight: str = "") -> Output:
    return Output(2, lot, STORE, Decimal(quantity), Decimal(weight or quantity))


def used(quantity: str = "10") -> list[Departure]:
    return [Departure(1, 1, STORE, PRODUCTION, Decimal(quantity))]


def values(report: Report, book: Book) -> dict[int, int]:
    report.apply(book)
    return {moved.lot or 0: moved.value for moved in book.movements if moved.kind in (MoveKind.OUTPUT, MoveKind.LOSS)}


def test_good_units_carry_materials_labour_and_the_normal_loss() -> None:
    report = Report(RUN, PRODUCTION, used(), [Absorbed(LABOUR, 500)], [out(2, "97")])

    assert {2: 10500} == values(report, fed(10000))


def test_by_products_and_recovery_leave_first() -> None:
    report = Report(
        RUN,
        PRODUCTION,
        used(),
        outputs=[out(2, "3"), out(3, "1")],
        byproducts=[Byproduct(4, 4, STORE, Decimal(1), 2000)],
        recovery=[Loss(SCRAP, value=1000)],
    )

    assert {0: 1000, 4: 2000, 2: 5250, 3: 1750} == values(report, fed(10000))


def test_by_products_worth_more_than_the_run_are_refused() -> None:
    report = Report(
        RUN, PRODUCTION, used(), outputs=[out(2, "3")], byproducts=[Byproduct(4, 4, STORE, Decimal(1), 20000)]
    )

    with pytest.raises(BadAmount, match=r"worth 200\.00, the run holds 100\.00"):
        report.apply(fed(10000))


def test_abnormal_loss_takes_its_weight_of_the_pool() -> None:
    report = Report(RUN, PRODUCTION, used(), outputs=[out(2, "90")], abnormal=[Loss(ABNORMAL, weight=Decimal(10))])

    assert {2: 9000, 0: 1000} == values(report, fed(10000))


def test_outputs_that_weigh_nothing_cannot_carry_a_cost() -> None:
    with pytest.raises(NothingToShareOver):
        Report(RUN, PRODUCTION, used(), outputs=[out(2, "90", "0")]).apply(fed(10000))


def test_a_partial_report_takes_its_part_of_what_is_expected_and_never_more_than_the_pool() -> None:
    half = Report(
        RUN, PRODUCTION, used("5"), outputs=[out(2, "40")], final=False, provisional=Provisional(5000, Decimal(100))
    )
    much = Report(
        RUN, PRODUCTION, used("5"), outputs=[out(2, "90")], final=False, provisional=Provisional(5000, Decimal(100))
    )

    assert {2: 4000} == values(half, fed(10000))
    assert {2: 5000} == values(much, fed(10000))


@given(
    some.integers(0, 10**9),
    some.integers(0, 10**7),
    some.lists(some.decimals("0.001", "9999", places=3), min_size=1, max_size=12),
    some.decimals("0", "100", places=2),
)
def test_what_goes_in_comes_out_and_the_run_is_empty(
    cents: int, labour: int, quantities: list[Decimal], lost: Decimal
) -> None:
    book = fed(cents)
    report = Report(
        RUN,
        PRODUCTION,
        used(),
        [Absorbed(LABOUR, labour)],
        [Output(2, n, STORE, quantity, quantity) for n, quantity in enumerate(quantities, 2)],
        abnormal=[Loss(ABNORMAL, weight=lost)] if lost else [],
    )

    assert cents + labour == sum(values(report, book).values())
    assert 0 == book.pool(RUN, PRODUCTION)


def test_the_plan_says_what_a_report_assumes() -> None:
    plan = Plan(
        1, "1", Decimal(100), Decimal("0.97"), [Component(1, "ALM", Decimal(35), 21000)], (), Decimal(2), 100, 50
    )

    assert Decimal(97) == plan.expected
    assert [(1, Decimal("17.5"))] == plan.standard_uses({}, share=Fraction(1, 2))
    assert 21000 + 300 == plan.planned_rest({}, Decimal(0))
    assert 9000 + 150 == plan.planned_rest({1: Decimal(20)}, Decimal(1))
