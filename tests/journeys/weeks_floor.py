"""What the floor does at random: receive, make, ship, lose, find, send back."""

from __future__ import annotations

from decimal import Decimal

from tests.journeys.weeks_dice import Dice
from tieout.access import company as companies
from tieout.ledger.models import Event
from tieout.production.reports import Made
from tieout.purchasing import actions as purchasing
from tieout.sales import actions as sales
from tieout.stock import actions as stock
from tieout.stock.writedowns import Worth


class Floor(Dice):
    """Whatever moves goods."""

    def receive(self) -> None:
        sku = self.dice.choice(("HONEY", "HONEY", "OIL", "JAR"))
        quantity = Decimal(self.dice.randint(1, 20))
        price = Decimal(self.dice.choice((0, 1, 433, 500000, 777, 333333, 12345678))).scaleb(-self.dice.choice((2, 4)))
        order = self.month.order(sku, price=str(price), quantity=str(quantity))
        part = quantity if self.dice.random() < 0.7 else Decimal(self.dice.randint(1, int(quantity)))
        for came in (part, quantity - part):
            if came and (came == part or self.dice.random() < 0.5):
                (lot,) = self.month.receive(order, sku, quantity=str(came))
                self.bought.append((lot, came, price))

    def bill_first(self) -> None:
        order = self.month.order("HONEY", price="6.10")
        self.typed.append(("Bill", self.month.type(self.month.line("61.30", f"your order {order}"))))
        self.month.look()
        (lot,) = self.month.receive(order, "HONEY")
        self.bought.append((lot, Decimal(10), Decimal("6.10")))

    def make(self) -> None:
        run = self.factory.plan("MIX", "5")
        self.factory.issue(run, *{(lot, self.some(lot)) for lot in (self.lot(), self.lot())})
        self.open_runs.append(run)
        if self.dice.random() < 0.6:
            self.report(run)

    def end(self) -> None:
        self.report(self.dice.choice(self.open_runs))

    def report(self, run: str) -> None:
        final = self.dice.random() < 0.8
        lot = f"M-{len(self.made) + 1}"
        abnormal = self.dice.choice(("", "1"))
        self.factory.report(run, Made(Decimal(self.dice.randint(1, 5)), lot=lot), final=final, abnormal=abnormal)
        self.made.append(lot)
        if final:
            self.open_runs.remove(run)

    def ship(self) -> None:
        lot = self.lot()
        self.shipments.append(self.factory.ship((lot, self.some(lot))).number)

    def come_back(self) -> None:
        code = f"B-{len(self.made) + 1}"
        sales.return_from_customer(
            self.factory.warehouse,
            shipment=self.dice.choice(self.shipments),
            quantity=Decimal(self.dice.randint(1, 3)),
            to="MILL",
            code=code,
            at=self.factory.at(),
        )
        self.made.append(code)

    def send_back(self) -> None:
        lot = self.dice.choice(self.bought)[0]
        quantity = Decimal(self.some(lot))
        done = purchasing.return_to_supplier(self.factory.warehouse, lot=lot, quantity=quantity, at=self.factory.at())
        if done.claimed:
            self.claims.append(done)

    def lose(self) -> None:
        lot = self.lot()
        self.dice.choice((self.factory.scrap, self.factory.count))(lot, self.some(lot))

    def write_down(self) -> None:
        worth = [Worth(self.lot(), Decimal(self.dice.randint(0, 50)) / 100)]
        stock.write_down(self.factory.controller, site="MILL", worth=worth, at=self.factory.at())

    def transfer(self) -> None:
        lot = self.lot()
        self.factory.transfer(lot, self.some(lot))

    def undo(self) -> None:
        with companies.scope(self.factory.company):
            event = Event.objects.get(pk=self.dice.choice(list(Event.objects.values_list("id", flat=True))))
        at, reason = self.factory.at(), "it never happened"
        match event.kind:
            case "receipt":
                purchasing.reverse_receipt(self.factory.controller, receipt=event.number, at=at, reason=reason)
            case "shipment":
                sales.reverse_shipment(self.factory.controller, event=event.number, at=at, reason=reason)
            case "supplier return":
                by = self.factory.controller
                purchasing.reverse_supplier_return(by, event=event.number, at=at, reason=reason)
                self.claims = [one for one in self.claims if one.number != event.number]
            case "customer return":
                sales.reverse_customer_return(self.factory.controller, event=event.number, at=at, reason=reason)
            case _:
                stock.reverse(self.factory.controller, event=event.number, at=at, reason=reason)
