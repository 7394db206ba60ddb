"""BalanceSheet: what is owned and owed at the end date, the fiscal year's profit as Net Income in equity."""

from collections.abc import Iterable, Mapping
from datetime import date

from qbo_emulator import faults
from qbo_emulator.company import Company
from qbo_emulator.reports import balances
from qbo_emulator.reports.layout import Report, Row, column, data, section
from qbo_emulator.reports.periods import Period, fiscal_year_start
from qbo_emulator.reports.statement import Tree, added, blanks, head

CURRENT_ASSETS = (
    ("Bank Accounts", "BankAccounts", ("Bank",)),
    ("Accounts Receivable", "AR", ("Accounts Receivable",)),
    ("Other current assets", "OtherCurrentAssets", ("Other Current Asset",)),
)
CURRENT_LIABILITIES = (
    ("Accounts Payable", "AP", ("Accounts Payable",)),
    ("Credit Cards", "CreditCards", ("Credit Card",)),
    ("Other Current Liabilities", "OtherCurrentLiabilities", ("Other Current Liability",)),
)
Part = tuple[Row | None, list[int]]


class BalanceSheet(Report):
    name = "BalanceSheet"
    default_period = "this fiscal year-to-date"

    def columns(self, company: Company, parameters: Mapping[str, str]) -> list[Row]:
        if parameters.get("summarize_column_by", "Total") != "Total":
            raise faults.unsupported("BalanceSheet with other columns than Total")
        return [column("", "Account", "account"), column("TOTAL", "Money", "total")]

    def rows(self, company: Company, covered: Period, parameters: Mapping[str, str]) -> tuple[list[Row], bool]:
        totals = balances.trial(company, covered.end)
        accounts = company.of("Account")
        shown = {each: [balances.natural(accounts[each], cents)] for each, cents in totals.items()}
        tree = Tree(company, shown, 1)
        year = fiscal_year_start(company, date.fromisoformat(covered.end)).isoformat()
        profit = balances.net_income(company, year, covered.end)
        assets = _assets(tree)
        liabilities = _liabilities(tree)
        equity = _equity(tree, company, profit)
        owed = added(liabilities[1], equity[1])
        assert assets[1] == owed, f"the balance sheet does not balance: {assets[1]} and {owed}"
        right = _all("LIABILITIES AND EQUITY", "TotalLiabilitiesAndEquity", [liabilities, equity], tree)
        return [row for row in (assets[0], right[0]) if row], not totals


def _assets(tree: Tree) -> Part:
    current = _all("Current Assets", "CurrentAssets", [tree.part(*each) for each in CURRENT_ASSETS], tree)
    fixed = tree.part("Fixed Assets", "FixedAssets", ("Fixed Asset",))
    other = tree.part("Other Assets", "OtherAssets", ("Other Asset",))
    return _all("ASSETS", "TotalAssets", [current, fixed, other], tree, always=True)


def _liabilities(tree: Tree) -> Part:
    parts = [tree.part(*each) for each in CURRENT_LIABILITIES]
    current = _all("Current Liabilities", "CurrentLiabilities", parts, tree)
    long_term = tree.part("Long-Term Liabilities", "LongTermLiabilities", ("Long Term Liability",))
    return _all("Liabilities", "Liabilities", [current, long_term], tree)


def _equity(tree: Tree, company: Company, profit: int) -> Part:
    section_row, total = tree.part("Equity", "Equity", ("Equity",), always=True)
    assert section_row is not None
    rows = list(section_row.get("Rows", {}).get("Row", []))
    keeper = balances.retained_earnings(company)
    if keeper.id not in tree.amounts:
        rows.append(data({"value": str(keeper.body["Name"]), "id": keeper.id}, {"value": ""}))
    rows.append({**data(head("Net Income"), *tree.cells([profit])), "group": "NetIncome"})
    whole = added(total, [profit])
    return section([head("Equity"), *blanks(1)], rows, [head("Total Equity"), *tree.cells(whole)], "Equity"), whole


def _all(title: str, group: str, parts: Iterable[Part], tree: Tree, *, always: bool = False) -> Part:
    """A section of sections."""
    rows, total = [], [0]
    for row, amounts in parts:
        total = added(total, amounts)
        if row is not None:
            rows.append(row)
    if not rows and not always:
        return None, total
    name = f"TOTAL {title}" if title.isupper() else f"Total {title}"
    return section([head(title), *blanks(1)], rows, [head(name), *tree.cells(total)], group), total
