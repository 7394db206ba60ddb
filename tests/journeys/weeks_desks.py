"""What AP and AR type in QuickBooks at random."""

from __future__ import annotations

from decimal import Decimal

from tests.journeys.month import QUICK, Line
from tests.journeys.weeks_dice import Dice
from tieout.access import company as companies
from tieout.core.roles import Role
from tieout.ledger.models import Party
from tieout.quickbooks import changes
from tieout.sales import daily

KINDS = ("Bill", "Bill", "Bill", "Purchase", "VendorCredit")
CODED = (Role.GRNI,) * 8 + (Role.SAMPLES, Role.RAW, Role.FREIGHT, Role.COGS)
FACTORS = ("1", "1", "1", "1.01", "0.98", "1.3", "0.6", "2")


class Desks(Dice):
    """Documents, with whatever people type."""

    # --- AP's desk --------------------------------------------------------------------------------------------

    def charge(self) -> None:
        lines = [self.line() for _ in range(self.dice.choice((1, 1, 1, 2, 3)))]
        kind = self.dice.choice(KINDS)
        if sum(line["Amount"] for line in lines) > 0:
            self.typed.append((kind, self.month.type(*lines, kind=kind)))

    def line(self) -> Line:
        lot, quantity, price = self.dice.choice(self.bought[-12:])
        text = self.dice.choice((f"lot {lot}", self.month.lots[lot], "", f"{quantity} kg, lot {lot}"))
        factor = Decimal(self.dice.choice(FACTORS))
        sku = {"H": "HONEY", "O": "OIL", "J": "JAR"}[lot[0]]
        if self.dice.random() < 0.4:
            billed = quantity * Decimal(self.dice.choice(("1", "1", "0.5", "1.2")))
            return self.month.item(str(billed), str(round(price * factor, 2)), text, sku=sku)
        return self.month.line(str(round(quantity * price * factor, 2)), text, role=self.dice.choice(CODED))

    def discount(self) -> None:
        first = self.line()
        less = round(first["Amount"] * Decimal("-0.02"), 2)
        if less:
            self.typed.append(("Bill", self.month.type(first, self.month.line(str(less), "2 % discount"))))

    def edit(self) -> None:
        kind, id = self.dice.choice(self.typed)
        lines = list(self.month.books.read(kind, id)["Line"])
        match self.dice.randint(0, 4):
            case 0:
                lines[0] = {**self.line(), "Id": lines[0]["Id"]}
            case 1:
                lines.append(self.line())
            case 2 if len(lines) > 1:
                del lines[self.dice.randrange(len(lines))]
            case 3:
                lines.reverse()
            case _:
                memo = {"PrivateNote": f"looked at by {self.dice.randint(0, 9)}"}
                self.month.books.outsider("edit", kind, id, memo)
                return
        if sum(line["Amount"] for line in lines) > 0:
            self.month.books.outsider("edit", kind, id, {"Line": lines})

    def delete(self) -> None:
        kind, id = self.dice.choice(self.typed)
        self.month.books.outsider("delete", kind, id)
        self.typed.remove((kind, id))

    # --- AR's desk --------------------------------------------------------------------------------------------

    def invoice(self) -> None:
        shipment = self.dice.choice(self.shipments)
        sku, quantity = self.dice.choice(("HONEY", "OIL", "JAR")), Decimal(self.dice.randint(1, 9))
        detail = {"ItemRef": {"value": self.month.products[sku]}, "Qty": quantity, "UnitPrice": Decimal("9.99")}
        line = {"Amount": quantity * Decimal("9.99"), "Description": shipment, "DetailType": "SalesItemLineDetail"}
        with companies.scope(self.factory.company):
            customer = Party.objects.get(kind="customer", name="Green Grocer").external_id
        document = {
            "CustomerRef": {"value": customer},
            "TxnDate": self.factory.now.date().isoformat(),
            "PrivateNote": shipment,
            "Line": [{**line, "SalesItemLineDetail": detail}],
        }
        kind = self.dice.choice(("Invoice", "Invoice", "CreditMemo"))
        self.invoices.append((kind, self.month.books.outsider("create", kind, None, document)["Id"]))

    def change_invoice(self) -> None:
        kind, id = self.dice.choice(self.invoices)
        if self.dice.random() < 0.5:
            self.month.books.outsider("delete", kind, id)
            self.invoices.remove((kind, id))
            return
        line = self.month.books.read(kind, id)["Line"][0]
        quantity = Decimal(self.dice.randint(1, 9))
        line = {**line, "Amount": quantity * Decimal("9.99")}
        line["SalesItemLineDetail"] = {**line["SalesItemLineDetail"], "Qty": quantity}
        self.month.books.outsider("edit", kind, id, {"Line": [line]})

    def sell(self) -> None:
        """The round between shipments and invoices."""
        changes.sweep(self.factory.company, waits=QUICK)
        daily.settle(self.factory.company)
