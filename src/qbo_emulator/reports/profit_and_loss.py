"""ProfitAndLoss: income, cost and expense of a period, down to Net Income."""

from collections.abc import Mapping, Sequence
from typing import Any

from qbo_emulator import money
from qbo_emulator.company import Company
from qbo_emulator.ledger import Posting
from qbo_emulator.reports import balances, breakdown, narrowing
from qbo_emulator.reports.layout import Report, Row, check_basis, column, section
from qbo_emulator.reports.periods import Period, period
from qbo_emulator.reports.statement import Amounts, Tree, added, blanks, head, less

PARTS = (
    ("Income", "Income", "Income"),
    ("Cost of Goods Sold", "COGS", "Cost of Goods Sold"),
    ("Expenses", "Expenses", "Expense"),
    ("Other Income", "OtherIncome", "Other Income"),
    ("Other Expenses", "OtherExpenses", "Other Expense"),
)
ALWAYS = frozenset({"Income", "Expenses"})


class ProfitAndLoss(Report):
    name = "ProfitAndLoss"
    default_period = "this fiscal year-to-date"

    def document(self, company: Company, parameters: Mapping[str, str]) -> dict[str, Any]:
        check_basis(company, parameters)
        covered = period(company, parameters, self.default_period)
        postings = _postings(company, covered, parameters)
        split = breakdown.split_by(parameters)
        keys = breakdown.keys(split, postings)
        columns = [column("", "Account", "account")]
        if split is not None:
            columns += [column(split.title(company, key), "Money", key) for key in keys]
        columns.append(column("TOTAL", "Money", "total"))
        rows = _rows(company, _amounts(company, postings, split, keys), len(keys) + 1)
        return {
            "Header": self.header(company, covered, parameters, not postings),
            "Columns": {"Column": columns},
            "Rows": {"Row": rows},
        }


def _postings(company: Company, covered: Period, parameters: Mapping[str, str]) -> list[Posting]:
    wanted = narrowing.wanted(parameters)
    return [
        posting
        for account in company.of("Account").values()
        if not balances.on_balance_sheet(account)
        for posting in company.ledger.of_account(account.id)
        if covered.start <= posting.on <= covered.end and (wanted is None or wanted(posting))
    ]


def _amounts(
    company: Company, postings: Sequence[Posting], split: breakdown.Split | None, keys: Sequence[str]
) -> dict[str, list[int]]:
    place = {key: n for n, key in enumerate(keys)}
    accounts = company.of("Account")
    amounts: dict[str, list[int]] = {}
    for posting in postings:
        cents = balances.natural(accounts[posting.account], posting.cents)
        row = amounts.setdefault(posting.account, [0] * (len(keys) + 1))
        row[-1] += cents
        if split is not None:
            row[place[split.key(posting)]] += cents
    return amounts


def _rows(company: Company, amounts: Mapping[str, Amounts], width: int) -> list[Row]:
    tree = Tree(company, amounts, width)
    parts = {group: tree.part(title, group, (kind,), always=group in ALWAYS) for title, group, kind in PARTS}
    sums = {group: total for group, (_, total) in parts.items()}
    gross = less(sums["Income"], sums["COGS"])
    operating = less(gross, sums["Expenses"])
    other = less(sums["OtherIncome"], sums["OtherExpenses"])
    lines = [
        parts["Income"][0],
        parts["COGS"][0],
        _result("Gross Profit", "GrossProfit", gross),
        parts["Expenses"][0],
        _result("Net Operating Income", "NetOperatingIncome", operating),
        parts["OtherIncome"][0],
        parts["OtherExpenses"][0],
        _result("Net Other Income", "NetOtherIncome", other)
        if parts["OtherIncome"][0] or parts["OtherExpenses"][0]
        else None,
        _result("Net Income", "NetIncome", added(operating, other)),
    ]
    found = [line for line in lines if line is not None]
    if not amounts:
        for line in found:
            line["Summary"]["ColData"][1:] = blanks(width)
    return found


def _result(title: str, group: str, amounts: Amounts) -> Row:
    return section(None, [], [head(title), *({"value": money.plain(each)} for each in amounts)], group)
