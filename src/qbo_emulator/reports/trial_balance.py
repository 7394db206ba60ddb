"""TrialBalance: each account in one of two columns. Income and expense count from the start of the fiscal
year.

What earlier years earned stands in Retained Earnings, so both columns add up to the same at any date.
"""

from collections.abc import Mapping

from qbo_emulator import money
from qbo_emulator.company import Company
from qbo_emulator.reports import balances
from qbo_emulator.reports.layout import Report, Row, cell, column, section
from qbo_emulator.reports.periods import Period


class TrialBalance(Report):
    name = "TrialBalance"
    default_period = "this month-to-date"

    def columns(self, company: Company, parameters: Mapping[str, str]) -> list[Row]:
        return [
            column("", "Account", "account"),
            column("Debit", "Money", "debt_amt"),
            column("Credit", "Money", "credit_amt"),
        ]

    def rows(self, company: Company, covered: Period, parameters: Mapping[str, str]) -> tuple[list[Row], bool]:
        rows: list[Row] = []
        debited = credited = 0
        totals = balances.trial(company, covered.end)
        for account in balances.in_statement_order(company):
            cents = totals.get(account.id, 0)
            if not cents:
                continue
            debited, credited = debited + max(cents, 0), credited + max(-cents, 0)
            debit, credit = (money.plain(cents), "") if cents > 0 else ("", money.plain(-cents))
            name = cell(str(account.body["FullyQualifiedName"]), account.id)
            rows.append({"ColData": [name, cell(debit), cell(credit)]})
        assert debited == credited, f"trial balance is out by {debited - credited} cents"
        total = [cell("TOTAL"), cell(money.plain(debited)), cell(money.plain(credited))]
        return [*rows, section(None, [], total, "GrandTotal")], not rows
