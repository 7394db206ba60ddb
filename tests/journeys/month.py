"""A small food maker's month with its QuickBooks beside it: who receives, who makes, and who types at AP's desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from qbo_emulator.testing import Books
from tests.factory import Factory
from tieout.access import company as companies
from tieout.core.matching import Tolerances
from tieout.core.posting import Rule, Target
from tieout.core.roles import Role
from tieout.costing.actions import apportion_landed_cost
from tieout.costing.models import Basis
from tieout.ledger import actions as ledger
from tieout.ledger import sealing
from tieout.ledger.models import Account, Party
from tieout.purchasing import actions as purchasing
from tieout.purchasing import bill_actions, bills, matching, settling
from tieout.purchasing.actions import Came, OrderLine
from tieout.purchasing.bill_actions import For
from tieout.purchasing.matching import Standing
from tieout.purchasing.models import Bill, ReceiptLine
from tieout.quickbooks import actions, changes, masters, poster, set_up
from tieout.quickbooks.waits import Waits

FIRST = datetime(2026, 1, 5, 14, tzinfo=UTC)
QUICK = Waits(paced=False).scaled(1 / 1000)

Line = dict[str, Any]


@dataclass
class Month:
    """The company at work, its books, and what is expected to be left when everything is matched."""

    factory: Factory
    books: Books
    accounts: dict[Role, Account]
    products: dict[str, str]
    """SKU → the product of QuickBooks that AP's item lines name; bought straight onto the accrual."""
    between: timedelta
    """Between two receipts."""
    lots: dict[str, str] = field(default_factory=dict)
    """Lot → its receipt, in the order in which they came."""
    left: dict[str, str] = field(default_factory=dict)
    """Lot → what stays accrued, where that is not nothing."""
    not_here: int = 0
    """Cents that stay billed for goods that never came."""
    typed: int = 0

    # --- The floor --------------------------------------------------------------------------------------------

    def order(self, *skus: str, price: str = "5.00", quantity: str = "10") -> str:
        lines = [OrderLine(sku, Decimal(quantity), Decimal(price)) for sku in skus]
        placed = purchasing.place_order(
            self.factory.buyer, supplier="APIARY", site="MILL", lines=lines, ordered_on=self.factory.now.date()
        )
        return placed.number

    def receive(self, order: str, *skus: str, quantity: str = "10") -> list[str]:
        """Their lots."""
        named = [f"{sku[0]}-{len(self.lots) + n}" for n, sku in enumerate(skus, 1)]
        lines = [Came(sku, Decimal(quantity), lot=lot) for sku, lot in zip(skus, named, strict=True)]
        at = self.factory.at(self.factory.now + self.between)
        receipt = purchasing.receive(self.factory.warehouse, order=order, lines=lines, at=at)
        self.lots |= dict.fromkeys(named, receipt.number)
        return named

    def come(self, sku: str = "HONEY", *, price: str = "5.00", quantity: str = "10") -> str:
        """Ordered, and here; its lot."""
        (lot,) = self.receive(self.order(sku, price=price, quantity=quantity), sku, quantity=quantity)
        return lot

    # --- AP's desk --------------------------------------------------------------------------------------------

    def line(self, amount: str, text: str = "", *, role: Role = Role.GRNI) -> Line:
        """Straight on an account: QuickBooks has no quantity there."""
        kind = "AccountBasedExpenseLineDetail"
        detail = {"AccountRef": {"value": self.accounts[role].external_id}}
        return {"Amount": Decimal(amount), "Description": text, "DetailType": kind, kind: detail}

    def item(self, quantity: str, price: str, text: str = "", *, sku: str = "HONEY") -> Line:
        """By a product, with a quantity."""
        kind = "ItemBasedExpenseLineDetail"
        amount = (Decimal(quantity) * Decimal(price)).quantize(Decimal("0.01"), ROUND_HALF_UP)
        detail = {"ItemRef": {"value": self.products[sku]}, "Qty": Decimal(quantity), "UnitPrice": Decimal(price)}
        return {"Amount": amount, "Description": text, "DetailType": kind, kind: detail}

    def type(self, *lines: Line, kind: str = "Bill", on: date | None = None, vendor: str = "") -> str:
        """A new document of another user; its id."""
        self.typed += 1
        who = {"value": vendor or self.vendor}
        paid = {"EntityRef": {**who, "type": "Vendor"}, "AccountRef": {"value": "41"}, "PaymentType": "CreditCard"}
        document = {
            "DocNumber": f"INV-{7000 + self.typed}",
            "TxnDate": (on or self.factory.now.date()).isoformat(),
            "Line": list(lines),
            **(paid if kind == "Purchase" else {"VendorRef": who}),
        }
        return str(self.books.outsider("create", kind, None, document)["Id"])

    def edit(self, id: str, *lines: Line) -> None:
        self.books.outsider("edit", "Bill", id, {"Line": list(lines)})

    def delete(self, id: str) -> None:
        self.books.outsider("delete", "Bill", id)

    @property
    def vendor(self) -> str:
        with companies.scope(self.factory.company):
            return Party.objects.get(kind="vendor", name="Sunny Hive Apiary").external_id

    # --- What the program does by itself, and what finance asks for ---------------------------------------------

    def look(self) -> None:
        """Change data is read, and bills are matched until nothing more matches by itself."""
        changes.sweep(self.factory.company, waits=QUICK)
        while True:
            done = settling.settle(self.factory.company, self.factory.at())
            assert not done.refused, done.refused
            if not done.matched:
                return

    def clear(self, id: str, lot: str, quantity: str, *, line: int = 1, amount: int | None = None) -> None:
        """A person says what a line is for."""
        with companies.scope(self.factory.company):
            receipt_line = ReceiptLine.objects.get(lot__code=lot).pk
        wanted = For(self.bill_line(id, line), receipt_line, Decimal(quantity), amount)
        bill_actions.clear_bill(self.factory.controller, bill=self.bill(id), lines=[wanted], at=self.factory.at())

    def freight(self, amount: str, receipts: Sequence[str], *, basis: Basis = Basis.QUANTITY) -> None:
        """A freight bill, shared over what it brought, wherever that is by now."""
        apportion_landed_cost(
            self.factory.controller, amount=Decimal(amount), receipts=receipts, basis=basis, at=self.factory.at()
        )

    def move(self, id: str, *, line: int = 1) -> None:
        bill_actions.move_to_accrual(
            self.factory.controller,
            bill=self.bill(id),
            line=self.bill_line(id, line),
            at=self.factory.at(),
            reason="It is for goods.",
        )

    def set_aside(self, id: str, what: str, *, line: int = 1) -> None:
        bill_actions.set_aside(
            self.factory.controller, bill=self.bill(id), line=self.bill_line(id, line), what=what, reason="No goods."
        )

    def bill(self, id: str) -> int:
        with companies.scope(self.factory.company):
            return Bill.objects.get(external_id=id).pk

    def bill_line(self, id: str, n: int = 1) -> int:
        with companies.scope(self.factory.company):
            return bills.lines(Bill.objects.get(external_id=id))[n - 1].pk

    def waits(self, id: str) -> bool:
        """Whether a line of it waits for a person, or for goods."""
        with companies.scope(self.factory.company):
            looked = matching.look(Bill.objects.get(external_id=id), Tolerances())
        return any(one.standing not in (Standing.MATCHED, Standing.FREIGHT, Standing.OUTSIDE) for one in looked)

    def post(self) -> None:
        """Everything is sealed and goes to QuickBooks."""
        sealing.seal_due(self.factory.company, self.factory.now, everything=True)
        masters.request_parties(self.factory.company, waits=QUICK)
        poster.settle(self.factory.company, waits=QUICK, seconds=120)


def connected(factory: Factory, books: Books, *, receipts: int) -> Month:
    """The company with its accounts, its vendor, and the products that AP's lines may name."""
    actions.connect(
        factory.controller,
        base_url=books.url,
        realm=books.realm_id,
        client_id=books.client_id,
        client_secret=books.client_secret,
        access_token=books.access_token,
        refresh_token=books.refresh_token,
    )
    accounts = set_up.set_up(factory.company, waits=QUICK)
    ledger.set_mapping(factory.controller, rules=[Rule(role, Target(one.pk)) for role, one in accounts.items()])
    masters.request_parties(factory.company, waits=QUICK)
    income = books.query("select * from Account where AccountType = 'Income'")[0]["Id"]
    refs = {"ExpenseAccountRef": accounts[Role.GRNI].external_id, "IncomeAccountRef": income}
    sold_and_bought = {name: {"value": id} for name, id in refs.items()}
    products = {
        sku: str(books.create("Item", {"Name": sku, "Sku": sku, "Type": "NonInventory", **sold_and_bought})["Id"])
        for sku in ("HONEY", "OIL", "JAR")
    }
    changes.sweep(factory.company, waits=QUICK)
    factory.now = FIRST
    return Month(factory, books, accounts, products, between=timedelta(days=20) / receipts)
