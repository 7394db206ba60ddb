"""What an item had on hand when it began to be tracked. QuickBooks enters it by itself and the API never shows it."""

from collections.abc import Sequence

from qbo_emulator.company import Company
from qbo_emulator.entities import lazy_accounts, lines, stock_posting
from qbo_emulator.entities.account import Account
from qbo_emulator.entities.entity import Act
from qbo_emulator.entities.transaction import Transaction
from qbo_emulator.ledger import Posting
from qbo_emulator.record import Record
from qbo_emulator.shape import HEAD, Body, Shape, number, on, ref, text
from qbo_emulator.stock import Move, times


class StartingValue(Transaction):
    name = "InventoryStartingValue"
    title = "Inventory Starting Value"
    duplicate_warning = ""
    operations = frozenset()
    captured = False
    shape = Shape(
        "InventoryStartingValue",
        (
            *HEAD,
            text("DocNumber", 21),
            on("TxnDate"),
            ref("ItemRef", "Item"),
            number("Qty"),
            number("Cost"),
            ref("EquityAccountRef", "Account"),
        ),
    )

    def completed(self, company: Company, body: Body, stored: Record | None, act: Act) -> Body:
        item = company.of("Item")[body["ItemRef"]["value"]]
        equity = lazy_accounts.needed(company, Account(), "Opening Balance Equity")
        cost = times(body["Qty"], lines.list_cost(item))
        return {**body, "DocNumber": "START", "Cost": cost, "EquityAccountRef": {"value": equity.id}}

    def postings(self, company: Company, record: Record) -> Sequence[Posting]:
        body = record.body
        asset = company.of("Item")[body["ItemRef"]["value"]].body["AssetAccountRef"]["value"]
        sides = (asset, int(body["Cost"])), (body["EquityAccountRef"]["value"], -int(body["Cost"]))
        return [stock_posting.posting(record, account, cents) for account, cents in sides]

    def moves(self, company: Company, record: Record) -> Sequence[Move]:
        body = record.body
        return [stock_posting.move(record, body["ItemRef"]["value"], body["Qty"], int(body["Cost"]))]
