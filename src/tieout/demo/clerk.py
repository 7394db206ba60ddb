"""AP's clerk, who types what suppliers charge into QuickBooks' own pages, and knows nothing of Tieout.

Everything goes through the emulator's page for another user. What was typed is told of as a webhook tells it: that
something of that id changed, and no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import httpx2
import msgspec

from tieout.access import company as companies
from tieout.core.roles import Role
from tieout.core.rounding import half_away
from tieout.ledger.models import Account, Party
from tieout.quickbooks.documents import Notice
from tieout.quickbooks.set_up import ACCOUNTS

Introduction = Mapping[str, str]
"""What the emulator says of itself: where it is, and the keys to it."""

Line = dict[str, Any]

ACCRUAL, FREIGHT = ACCOUNTS[Role.GRNI].name, ACCOUNTS[Role.FREIGHT].name
BANK = "Checking"
SUPPLIES, OFFICE, PRINTING = "Supplies", "Office Expenses", "Stationery & Printing"

CLERK, INTERN = "Jane Doe", "Luis Ortega"
"""The two people whom the emulator knows."""

_JSON = msgspec.json.Encoder(decimal_format="number")


def by_hand(emulator: Introduction, act: Mapping[str, Any]) -> dict[str, Any]:
    """Something a person does in QuickBooks' own pages; what it became there."""
    address = f"{emulator['url']}/_emulator/outsider"
    answer = httpx2.post(address, params={"realm": emulator["realm_id"]}, content=_JSON.encode(act), timeout=30)
    answer.raise_for_status()
    became: dict[str, Any] = answer.json()
    return became


@dataclass(slots=True)
class Clerk:
    """At work in the books of one company."""

    company: int
    emulator: Introduction
    typed: list[Notice] = field(default_factory=list)
    """What nobody was told of yet."""
    products: dict[str, str] = field(default_factory=dict)
    """SKU → the product that bills name."""

    def type(self, vendor: str, number: str, on: date, *lines: Line, kind: str = "Bill") -> str:
        """A new document; its id."""
        who = {"value": self._vendor(vendor)}
        head: dict[str, Any] = {"VendorRef": who}
        if kind == "Purchase":
            paid_from = {"value": self._account(BANK)}
            head = {"EntityRef": {**who, "type": "Vendor"}, "AccountRef": paid_from, "PaymentType": "Check"}
        return self._act("create", kind, DocNumber=number, TxnDate=on.isoformat(), Line=lines, **head)

    def edit(self, id: str, *lines: Line) -> None:
        """Other lines in the place of a bill's own."""
        self._act("edit", "Bill", id, Line=lines)

    def delete(self, id: str) -> None:
        self._act("delete", "Bill", id)

    def add_vendor(self, name: str) -> None:
        self._act("create", "Vendor", DisplayName=name)

    def line(self, cents: int, text: str, *, account: str = ACCRUAL) -> Line:
        """Straight on an account: QuickBooks has no quantity there."""
        return _line("AccountBasedExpenseLineDetail", cents, text, AccountRef={"value": self._account(account)})

    def item(self, sku: str, quantity: Decimal, price: Decimal, text: str) -> Line:
        """By a product, in the packs and at the price that the supplier counts in."""
        cents = half_away(Fraction(quantity) * Fraction(price) * 100)
        product = {"value": self._product(sku)}
        return _line("ItemBasedExpenseLineDetail", cents, text, ItemRef=product, Qty=quantity, UnitPrice=price)

    def told(self) -> list[Notice]:
        """What webhooks would say of everything since the last time."""
        said, self.typed = self.typed, []
        return said

    def _act(self, act: str, entity: str, id: str = "", **changes: Any) -> str:
        wanted = {"act": act, "entity": entity, "id": id, "changes": changes, "user": CLERK}
        became = str(by_hand(self.emulator, wanted)["Id"])
        self.typed.append(Notice(entity, became, datetime.now(UTC), gone=act == "delete"))
        return became

    def _account(self, name: str) -> str:
        with companies.scope(self.company):
            return str(Account.objects.get(name=name).external_id)

    def _vendor(self, name: str) -> str:
        with companies.scope(self.company):
            return str(Party.objects.get(kind="vendor", name=name).external_id)

    def _product(self, sku: str) -> str:
        """Bought straight onto the accrual."""
        if sku not in self.products:
            booked_on = {"value": self._account(ACCRUAL)}
            made = self._act("create", "Item", Name=sku, Sku=sku, Type="NonInventory", ExpenseAccountRef=booked_on)
            self.products[sku] = made
        return self.products[sku]


def _line(kind: str, cents: int, text: str, **detail: Any) -> Line:
    return {"Amount": Decimal(cents).scaleb(-2), "Description": text, "DetailType": kind, kind: detail}
