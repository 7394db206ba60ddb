"""Whatever happens in whatever order, every invariant of the ledger holds, and the events alone say it all again."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import pytest

from tests import books
from tests import factory as factories
from tests.factory import Factory
from tieout.core.refusals import Refusal
from tieout.core.roles import PlaceKind
from tieout.costing.actions import apportion_landed_cost
from tieout.production.reports import Made
from tieout.purchasing.actions import return_to_supplier
from tieout.sales.actions import return_from_customer, reverse_shipment
from tieout.stock.actions import write_down
from tieout.stock.writedowns import Worth

pytestmark = pytest.mark.django_db

STEPS = 40


class Day:
    """Random acts on a few lots; what the product refuses was not done."""

    def __init__(self, factory: Factory, seed: int) -> None:
        self.factory, self.dice = factory, Random(seed)
        self.lots: list[str] = []
        self.shipments: list[tuple[str, str]] = []
        """Number and event."""
        self.open_runs: list[str] = []
        self.done = 0

    def go(self) -> None:
        acts = (self.buy, self.make, self.begin, self.end, self.ship, self.cost, self.cost, self.freight, self.back,
                self.send_back, self.mark, self.count, self.undo)  # fmt: skip
        self.buy()
        for _ in range(STEPS):
            there = list(self.lots)
            try:
                self.dice.choice(acts)()
                self.done += 1
            except (Refusal, IndexError):
                self.lots = there

    def some(self, lot: str) -> str:
        """A whole number of what there is of a lot."""
        held = int(books.lot(self.factory, lot)[0])
        return str(self.dice.randint(1, max(held, 1)))

    def lot(self) -> str:
        return self.dice.choice(self.lots)

    def new(self) -> str:
        self.lots.append(f"L-{len(self.lots) + 1}")
        return self.lots[-1]

    def buy(self) -> None:
        quantity, price = str(self.dice.randint(1, 9)), f"0.{self.dice.randint(0, 999999):06}"
        self.factory.buy("HONEY", quantity, price, lot=self.new())

    def make(self) -> None:
        uses = {lot: self.some(lot) for lot in (self.lot(), self.lot())}
        run = self.factory.plan("MIX", "5")
        made = [Made(Decimal(self.dice.randint(1, 5)), lot=self.new()) for _ in range(self.dice.randint(1, 2))]
        self.factory.report(run, *made, uses=[*uses.items()], abnormal=self.dice.choice(["", "1"]))

    def begin(self) -> None:
        run = self.factory.plan("MIX", "5")
        lot = self.lot()
        self.factory.issue(run, (lot, self.some(lot)))
        self.open_runs.append(run)
        if self.dice.random() < 0.7:
            self.factory.report(run, Made(Decimal(self.dice.randint(1, 4)), lot=self.new()), final=False)

    def end(self) -> None:
        run = self.dice.choice(self.open_runs)
        self.factory.report(run, Made(Decimal(self.dice.randint(1, 5)), lot=self.new()))
        self.open_runs.remove(run)

    def ship(self) -> None:
        lot = self.lot()
        shipped = self.factory.ship((lot, self.some(lot)))
        self.shipments.append((shipped.number, shipped.event))

    def cost(self) -> None:
        shares = {self.lot(): self.dice.randint(-300, 300) for _ in range(self.dice.randint(1, 3))}
        origin = self.dice.choice([PlaceKind.SUPPLIER, PlaceKind.FREIGHT])
        books.late(self.factory, [*shares.items()], origin=origin)

    def freight(self) -> None:
        amount = Decimal(self.dice.randint(-50, 200)) / 100
        of = self.dice.sample(self.lots, min(2, len(self.lots)))
        apportion_landed_cost(self.factory.controller, amount=amount, of=of, at=self.factory.at())

    def back(self) -> None:
        number, _ = self.dice.choice(self.shipments)
        code = self.new()
        quantity = Decimal(self.dice.randint(1, 3))
        return_from_customer(
            self.factory.warehouse, shipment=number, quantity=quantity, to="MILL", code=code, at=self.factory.at()
        )

    def send_back(self) -> None:
        lot = self.lot()
        return_to_supplier(self.factory.warehouse, lot=lot, quantity=Decimal(self.some(lot)), at=self.factory.at())

    def mark(self) -> None:
        worth = [Worth(self.lot(), Decimal(self.dice.randint(0, 50)) / 100)]
        write_down(self.factory.controller, site="MILL", worth=worth, at=self.factory.at())

    def count(self) -> None:
        self.factory.count(self.lot(), str(self.dice.randint(0, 9)))

    def undo(self) -> None:
        _, event = self.dice.choice(self.shipments)
        reverse_shipment(self.factory.warehouse, event=event, at=self.factory.at(), reason="")


@pytest.mark.parametrize("seed", range(8))
def test_a_day_of_anything_ties_out(seed: int) -> None:
    factory = factories.small()
    day = Day(factory, seed)
    day.go()

    assert day.done > STEPS / 4
    books.hold(factory)
