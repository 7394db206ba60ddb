"""InventoryValuationSummary: what QuickBooks itself thinks its stock is worth. Journal entries do not count."""

from collections.abc import Mapping

from qbo_emulator import money, wire
from qbo_emulator.company import Company
from qbo_emulator.reports.as_of import AsOf, amounts, grand_total
from qbo_emulator.reports.layout import Row, cell, column
from qbo_emulator.reports.periods import Period


class InventoryValuationSummary(AsOf):
    name = "InventoryValuationSummary"

    def columns(self, company: Company, parameters: Mapping[str, str]) -> list[Row]:
        return [
            column("", "ProductsAndService", "item"),
            column("SKU", "String", "sku"),
            column("Qty", "Money", "qty"),
            column("Asset Value", "Money", "asset_value"),
            column("Calc. Avg", "Money", "avg_cost"),
        ]

    def rows(self, company: Company, covered: Period, parameters: Mapping[str, str]) -> tuple[list[Row], bool]:
        items = [each for each in company.of("Item").values() if each.body["Type"] == "Inventory"]
        rows: list[Row] = []
        total = 0
        for item in sorted(items, key=lambda each: str(each.body["FullyQualifiedName"]).casefold()):
            quantity = company.stock.on_hand(item.id, until=covered.end)
            value = company.stock.value(item.id, until=covered.end)
            if not quantity and not value:
                continue
            total += value
            average = money.plain(money.cents(money.amount(value) / quantity)) if quantity else ""
            cells = [cell(str(item.body["FullyQualifiedName"]), item.id), cell(item.body.get("Sku", ""))]
            rows.append({"ColData": [*cells, cell(wire.number(quantity)), cell(money.plain(value)), cell(average)]})
        if rows:
            rows.append(grand_total([cell(""), cell(""), *amounts([total]), cell("")]))
        return rows, not rows
