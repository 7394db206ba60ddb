"""AccountList: the chart with balances, flat."""

from collections.abc import Mapping

from qbo_emulator import money
from qbo_emulator.company import Company
from qbo_emulator.reports import balances
from qbo_emulator.reports.as_of import AsOf
from qbo_emulator.reports.layout import Row, cell, column, data
from qbo_emulator.reports.periods import Period


class AccountList(AsOf):
    name = "AccountList"

    def columns(self, company: Company, parameters: Mapping[str, str]) -> list[Row]:
        titles = ("Account", "account_name"), ("Type", "account_type"), ("Detail type", "detail_acc_type")
        texts = [column(title, "String", key) for title, key in (*titles, ("Description", "account_desc"))]
        return [*texts, column("Balance", "Money", "account_bal")]

    def rows(self, company: Company, covered: Period, parameters: Mapping[str, str]) -> tuple[list[Row], bool]:
        moved = company.ledger.moved(until=covered.end)
        rows: list[Row] = []
        for account in balances.in_statement_order(company):
            if not account.active:
                continue
            body = account.body
            shown = balances.on_balance_sheet(account)
            balance = money.plain(balances.natural(account, moved.get(account.id, 0))) if shown else ""
            texts = (body["AccountType"], body["AccountSubType"], body.get("Description", ""))
            name = cell(str(body["FullyQualifiedName"]), account.id)
            rows.append(data(name, *(cell(each) for each in texts), cell(balance)))
        return rows, not rows
