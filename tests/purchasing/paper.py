"""Bills as QuickBooks writes them, and what the books say of them: for tests of the buying side."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from django.db import connection

from tests.factory import Factory
from tieout.access import company as companies
from tieout.close import verify
from tieout.core.roles import Role
from tieout.ledger.models import Account, Party
from tieout.purchasing import accruals, bill_actions, bills
from tieout.purchasing.bill_actions import Matched
from tieout.purchasing.bills import Change
from tieout.purchasing.models import Bill, ReceiptLine

Kind = Literal["Bill", "VendorCredit", "Purchase"]


@dataclass
class Desk:
    """AP's desk: what it types into QuickBooks comes here as documents."""

    factory: Factory
    accounts: dict[Role, Account]
    typed: dict[str, dict[str, Any]] = field(default_factory=dict)

    def line(
        self,
        amount: str,
        text: str = "",
        *,
        role: Role = Role.GRNI,
        account: str = "",
        quantity: str = "",
        product: str = "",
        linked: tuple[str, str] | None = None,
    ) -> dict[str, Any]:
        detail: dict[str, Any] = {"ItemRef": {"value": product}} if product else {}
        if not product:
            detail = {"AccountRef": {"value": account or self.accounts[role].external_id}}
        if quantity:
            detail["Qty"] = Decimal(quantity)
        kind = "ItemBasedExpenseLineDetail" if product else "AccountBasedExpenseLineDetail"
        line = {"Amount": Decimal(amount), "Description": text, "DetailType": kind, kind: detail}
        if linked:
            line["LinkedTxn"] = [{"TxnId": linked[0], "TxnType": "PurchaseOrder", "TxnLineId": linked[1]}]
        return line

    def type(self, *lines: dict[str, Any], id: str = "146", kind: Kind = "Bill", **more: Any) -> Change:
        """A new document, or the same one edited: what it says now comes by the mirror."""
        before = self.typed.get(id)
        document = {
            "Id": id,
            "SyncToken": str(int(before["SyncToken"]) + 1) if before else "0",
            "DocNumber": f"INV-{id}",
            "TxnDate": "2026-01-15",
            "CurrencyRef": {"value": "USD"},
            "EntityRef" if kind == "Purchase" else "VendorRef": {"value": self.vendor},
            "Line": [{"Id": str(n), **line} for n, line in enumerate(lines, 1)],
            **more,
        }
        self.typed[id] = document
        with companies.scope(self.factory.company):
            return bills.mirror(self.factory.company, document, kind=kind)

    def delete(self, id: str = "146", kind: Kind = "Bill") -> Change:
        with companies.scope(self.factory.company):
            return bills.mirror(self.factory.company, {"Id": id, "status": "Deleted"}, kind=kind, deleted=True)

    def match(self, id: str = "146") -> Matched:
        return bill_actions.match_bill(self.factory.system, bill=self.bill(id), at=self.factory.at())

    def bill(self, id: str = "146") -> int:
        with companies.scope(self.factory.company):
            return Bill.objects.get(external_id=id).pk

    def bill_line(self, n: int = 1, id: str = "146") -> int:
        with companies.scope(self.factory.company):
            return bills.lines(Bill.objects.get(external_id=id))[n - 1].pk

    def receipt_line(self, lot: str) -> int:
        with companies.scope(self.factory.company):
            return ReceiptLine.objects.get(lot__code=lot).pk

    @property
    def vendor(self) -> str:
        with companies.scope(self.factory.company):
            return Party.objects.get(kind="vendor", name="Sunny Hive Apiary").external_id

    def open(self, lot: str) -> str:
        """`3 for 13.11`: what of a lot is accrued and not billed."""
        with companies.scope(self.factory.company):
            ids = list(ReceiptLine.objects.filter(lot__code=lot).values_list("id", flat=True))
            (one,) = accruals.of(self.factory.company, ids=ids).values()
        return f"{one.open_quantity.normalize():f} for {one.open / 100:.2f}"

    def books(self, *documents: str) -> dict[str, str]:
        """What the journal says, and what these bills put on the accrual in QuickBooks (all that were typed)."""
        accrual = self.accounts[Role.GRNI].external_id
        with companies.scope(self.factory.company), connection.cursor() as cursor:
            cursor.execute("select role, sum(debit - credit)::bigint from ledger_journalline group by role")
            cents = dict(cursor.fetchall())
            cursor.execute(
                "select coalesce(sum(l.amount), 0)::bigint from purchasing_billline l join purchasing_bill b"
                " on b.id = l.bill_id where l.ended is null and not b.deleted and l.account_external_id = %s",
                [accrual],
            )
            cents["GRNI"] = cents.get("GRNI", 0) + cursor.fetchone()[0]
        return {role: f"{value / 100:.2f}" for role, value in sorted(cents.items()) if value}

    def sound(self) -> list[str]:
        """Everything that verify finds wrong, the replay with it."""
        results = verify.check(self.factory.company, only={1, 2, 3, 4, 5, 8, 10})
        return [str(finding) for result in results for finding in result.findings]
