"""Goods and money move together through a book: any sequence of acts conserves both."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tieout.core.balances import NotEnough
from tieout.core.book import Book, GoodsMovedOn, Place
from tieout.core.refusals import ZeroQuantity
from tieout.core.roles import ROLE_OF_PLACE, MoveKind, PlaceKind

STORE, OTHER, SUPPLIER, CUSTOMER, PRODUCTION, LABOUR = range(1, 7)
KINDS = {
    STORE: PlaceKind.STORAGE,
    OTHER: PlaceKind.STORAGE,
    SUPPLIER: PlaceKind.SUPPLIER,
    CUSTOMER: PlaceKind.CUSTOMER,
    PRODUCTION: PlaceKind.PRODUCTION,
    LABOUR: PlaceKind.LABOUR,
}
PLACES = {id: Place(id, kind, ROLE_OF_PLACE.get(kind), 1 if kind.holds_stock else None) for id, kind in KINDS.items()}
RUN, ITEM = 9, 1


def received(quantity: str = "10", cents: int = 1000, *, lot: int = 1) -> Book:
    book = Book(PLACES, names={1: "L-1"})
    book.bring(
        MoveKind.RECEIVE,
        item=ITEM,
        lot=lot,
        origin=SUPPLIER,
        target=STORE,
        quantity=Decimal(quantity),
        value=cents,
    )
    return book


def issue(book: Book, quantity: str, *, kind: MoveKind = MoveKind.SHIP, to: int = CUSTOMER) -> int:
    return book.issue(kind, item=ITEM, lot=1, origin=STORE, target=to, quantity=Decimal(quantity)).value


def test_more_than_a_lot_holds_is_refused_with_a_way_on() -> None:
    with pytest.raises(NotEnough, match=r"Lot L-1 has 10 here, 11 was asked for\. Take another lot"):
        issue(received(), "11")


def test_a_movement_of_nothing_is_refused() -> None:
    with pytest.raises(ZeroQuantity, match="must be more than 0"):
        issue(received(), "0")


def test_what_was_issued_comes_back_at_its_part_of_what_the_run_holds() -> None:
    book = received("3", 100)
    book.issue(MoveKind.ISSUE, item=ITEM, lot=1, origin=STORE, target=PRODUCTION, quantity=Decimal(3), pool=RUN)
    back = book.issue(MoveKind.ISSUE, item=ITEM, lot=1, origin=PRODUCTION, target=STORE, quantity=Decimal(1), pool=RUN)

    assert 33 == back.value
    assert 67 == book.pool(RUN, PRODUCTION)


def test_a_mirror_takes_back_the_same_cents() -> None:
    book = received("3", 100)
    shipped = book.issue(MoveKind.SHIP, item=ITEM, lot=1, origin=STORE, target=CUSTOMER, quantity=Decimal(1))
    mirrored = book.mirror(shipped)

    assert (shipped.value, shipped.quantity) == (mirrored.value, mirrored.quantity)
    assert (Decimal(3), 100) == book.stock(1, STORE)[:2]


def test_what_has_been_used_cannot_be_taken_back() -> None:
    book = received()
    receipt = book.movements[0]
    issue(book, "4")

    with pytest.raises(GoodsMovedOn, match="10 came by this, 6 of it is still here"):
        book.mirror(receipt)


class AnyDay(RuleBasedStateMachine):
    """Whatever is done, in whatever order: nothing is negative, and what came in is what is there and went out."""

    def __init__(self) -> None:
        super().__init__()
        self.book = Book(PLACES)
        self.lots = 0

    @rule(quantity=some.decimals("0.000001", "5000", places=6), cents=some.integers(0, 10**7))
    def receive(self, quantity: Decimal, cents: int) -> None:
        self.lots += 1
        self.book.bring(
            MoveKind.RECEIVE,
            item=ITEM,
            lot=self.lots,
            origin=SUPPLIER,
            target=STORE,
            quantity=quantity,
            value=cents,
        )

    def _some(self, data: some.DataObject, place: int) -> tuple[int, Decimal] | None:
        held = [lot for lot in range(1, self.lots + 1) if self.book.stock(lot, place).quantity]
        if not held:
            return None
        lot = data.draw(some.sampled_from(held))
        whole = self.book.stock(lot, place).quantity
        part = (whole * data.draw(some.integers(1, 100)) / 100).quantize(Decimal("0.000001"))
        return lot, part or whole

    @precondition(lambda self: self.lots)
    @rule(
        data=some.data(),
        ends=some.sampled_from([(STORE, OTHER, "transfer"), (OTHER, STORE, "transfer"), (STORE, CUSTOMER, "ship")]),
    )
    def leave(self, data: some.DataObject, ends: tuple[int, int, str]) -> None:
        origin, target, kind = ends
        if chosen := self._some(data, origin):
            lot, quantity = chosen
            self.book.issue(MoveKind(kind), item=ITEM, lot=lot, origin=origin, target=target, quantity=quantity)

    @precondition(lambda self: self.lots)
    @rule(data=some.data())
    def use_and_make(self, data: some.DataObject) -> None:
        if not (chosen := self._some(data, STORE)):
            return
        lot, quantity = chosen
        self.book.issue(
            MoveKind.ISSUE, item=ITEM, lot=lot, origin=STORE, target=PRODUCTION, quantity=quantity, pool=RUN
        )
        self.book.bring(MoveKind.ABSORB, pool=RUN, origin=LABOUR, target=PRODUCTION, value=123)
        self.lots += 1
        self.book.bring(
            MoveKind.OUTPUT,
            item=ITEM,
            lot=self.lots,
            pool=RUN,
            origin=PRODUCTION,
            target=STORE,
            quantity=Decimal(7),
            value=self.book.pool(RUN, PRODUCTION),
        )

    @invariant()
    def every_balance_is_the_sum_of_its_movements(self) -> None:
        sums: dict[tuple[int, int], list[Decimal | int]] = {}
        for moved in self.book.movements:
            for place, sign in ((moved.origin, -1), (moved.target, 1)):
                if PLACES[place].kind.holds_stock:
                    assert moved.lot is not None
                    total = sums.setdefault((moved.lot, place), [Decimal(0), 0])
                    total[0] += sign * moved.quantity
                    total[1] += sign * moved.value
        for (lot, place), (quantity, value) in sums.items():
            assert (quantity, value) == self.book.stock(lot, place)[:2]

    @invariant()
    def nothing_is_negative_and_nothing_costs_nothing(self) -> None:
        for key, balance in self.book.balances.items():
            if key.lot is not None:
                assert balance.quantity >= 0
                assert balance.value >= 0
                assert balance.quantity or not balance.value

    @invariant()
    def a_run_that_gave_everything_holds_nothing(self) -> None:
        assert 0 == self.book.pool(RUN, PRODUCTION)


TestAnyDay = AnyDay.TestCase
