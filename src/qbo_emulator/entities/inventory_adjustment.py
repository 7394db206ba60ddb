"""InventoryAdjustment: stock counted up or down. Its value is QuickBooks' own cost, first in, first out."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from qbo_emulator import faults, stock
from qbo_emulator.clock import stamp
from qbo_emulator.company import Company
from qbo_emulator.entities import lines as line_rules
from qbo_emulator.entities import stock_posting
from qbo_emulator.entities.entity import Act
from qbo_emulator.entities.transaction import LINE_ID, UNKEPT, Transaction, numbered, with_line_ids
from qbo_emulator.ledger import Posting
from qbo_emulator.record import Record
from qbo_emulator.shape import (
    HEAD,
    Body,
    Shape,
    choice,
    given,
    group,
    hidden,
    ignored,
    number,
    on,
    ref,
    several,
    text,
)
from qbo_emulator.stock import Move

DETAIL, COST = "ItemAdjustmentLineDetail", "Cost"
LINE = Shape(
    "Line",
    (
        LINE_ID,
        given("LineNum"),
        text("Description", 4000),
        choice("DetailType", DETAIL),
        group(
            DETAIL,
            Shape(
                DETAIL,
                (ref("ItemRef", "Item"), number("QtyDiff"), *ignored("NewQty", "SalesPrice", "InventorySiteRef")),
            ),
        ),
        hidden(COST),
        *ignored("Amount", "LinkedTxn", "CustomField", "Received", "LineEx", "ProjectRef"),
    ),
)


class InventoryAdjustment(Transaction):
    name = "InventoryAdjustment"
    title = "Inventory Qty Adjust"
    duplicate_warning = ""
    sparse_only = True
    shape = Shape(
        "InventoryAdjustment",
        (
            ref("AdjustAccountRef", "Account"),
            *HEAD,
            text("DocNumber", 21),
            on("TxnDate"),
            ref("DepartmentRef", "Department"),
            text("PrivateNote", 4000),
            several("Line", LINE),
            *ignored("CustomerRef", "ClassRef", "CurrencyRef", "ExchangeRate", "CustomField", "LinkedTxn"),
            *ignored("TxnTaxDetail", "InventoryAdjustmentEx", *(each.name for each in UNKEPT)),
        ),
    )
    filters = {"DocNumber": "text", "TxnDate": "date"}

    def needs_plus(self, body: Body) -> bool:
        return True

    def numbers_itself(self, company: Company) -> bool:
        return True

    def required(self, body: Body) -> Iterator[faults.Error]:
        yield from (faults.missing(name) for name in ("AdjustAccountRef", "TxnDate") if name not in body)
        if not body.get("Line"):
            yield faults.missing("Line")
        for line in body.get("Line", ()):
            detail = line.get(DETAIL, {})
            yield from (faults.missing(name) for name in ("ItemRef", "QtyDiff") if name not in detail)

    def prepared(self, company: Company, body: Body, stored: Record | None) -> Body:
        return line_rules.located(company, body)

    def completed(self, company: Company, body: Body, stored: Record | None, act: Act) -> Body:
        complete = self.dated_and_numbered(company, body, stored, act)
        before = {line["Id"]: line for line in stored.body["Line"]} if stored else {}
        costed = [
            self._costed(company, line, before.get(line.get("Id", "")), stored, complete["TxnDate"])
            for line in complete["Line"]
        ]
        complete["Line"] = numbered(with_line_ids(costed, stored, first=1))
        return complete

    def _costed(self, company: Company, line: Body, before: Body | None, stored: Record | None, on_date: str) -> Body:
        """Down at the oldest layers' cost, up at the newest's; what did not change keeps its cost."""
        detail = line[DETAIL]
        item = company.of("Item")[detail["ItemRef"]["value"]]
        if not line_rules.is_stock(item):
            raise faults.rule_broken("Only the quantity of an inventory item can be adjusted.")
        line_rules.check_stock(item, {"Qty": detail["QtyDiff"]}, on_date)
        if before is not None and before[DETAIL] == detail:
            return {**line, "DetailType": DETAIL, COST: before[COST]}
        otherwise, quantity = line_rules.list_cost(item), Decimal(detail["QtyDiff"])
        if quantity < 0:
            own = stored.id if stored else None
            cost = -company.stock.cost_of(item.id, -quantity, otherwise=otherwise, besides=own)
        else:
            cost = stock.times(quantity, company.stock.last_bought(item.id, otherwise=otherwise))
        return {**line, "DetailType": DETAIL, COST: cost}

    def postings(self, company: Company, record: Record) -> Sequence[Posting]:
        found = []
        for line in record.body["Line"]:
            item, cost = company.of("Item")[line[DETAIL]["ItemRef"]["value"]], int(line[COST])
            sides = (item.body["AssetAccountRef"], cost), (record.body["AdjustAccountRef"], -cost)
            for account, cents in sides:
                memo = line.get("Description", "")
                found.append(stock_posting.posting(record, account["value"], cents, line["Id"], memo))
        return found

    def moves(self, company: Company, record: Record) -> Sequence[Move]:
        return [
            stock_posting.move(record, line[DETAIL]["ItemRef"]["value"], line[DETAIL]["QtyDiff"], int(line[COST]))
            for line in record.body["Line"]
        ]

    def derived(self, company: Company, record: Record) -> Body:
        """Its LastUpdatedTime is a mere date."""
        created, updated = (stamp(at, company.zone) for at in (record.created, record.updated))
        return {"MetaData": {"CreateTime": created, "LastUpdatedTime": updated[:10]}}
