"""What accounts amount to at a date, as statements need it: cents, debits positive unless said otherwise."""

from datetime import date, timedelta

from qbo_emulator.company import Company
from qbo_emulator.entities.account_types import BALANCE_SHEET, CLASSIFICATION
from qbo_emulator.record import Record
from qbo_emulator.reports.periods import fiscal_year_start

STATEMENT_ORDER = {account_type: n for n, account_type in enumerate(CLASSIFICATION)}
DEBIT_TYPES = frozenset({"Asset", "Expense"})


def in_statement_order(company: Company) -> list[Record]:
    """Assets, liabilities, equity, income, cost of goods sold, expense; by name within a type."""

    def place(account: Record) -> tuple[int, list[str]]:
        name = str(account.body["FullyQualifiedName"]).casefold()
        return STATEMENT_ORDER[account.body["AccountType"]], name.split(":")

    return sorted(company.of("Account").values(), key=place)


def natural(account: Record, cents: int) -> int:
    """As reports sign it: positive on the side where the account normally stands."""
    return cents if account.body["Classification"] in DEBIT_TYPES else -cents


def on_balance_sheet(account: Record) -> bool:
    return account.body["Classification"] in BALANCE_SHEET


def trial(company: Company, end: str) -> dict[str, int]:
    """Every account at a date; income and expense since the fiscal year began, the years before in Retained
    Earnings.
    """
    start = fiscal_year_start(company, date.fromisoformat(end)).isoformat()
    earlier = (date.fromisoformat(start) - timedelta(days=1)).isoformat()
    totals = company.ledger.moved(until=end)
    accounts = company.of("Account")
    retained = 0
    for identity, cents in company.ledger.moved(until=earlier).items():
        if not on_balance_sheet(accounts[identity]):
            totals[identity] -= cents
            retained += cents
    if retained:
        keeper = retained_earnings(company)
        totals[keeper.id] = totals.get(keeper.id, 0) + retained
    return totals


def net_income(company: Company, start: str, end: str) -> int:
    """Income less cost and expense: positive is a profit."""
    accounts = company.of("Account")
    moved = company.ledger.moved(since=start, until=end)
    return -sum(cents for identity, cents in moved.items() if not on_balance_sheet(accounts[identity]))


def retained_earnings(company: Company) -> Record:
    return next(each for each in company.of("Account").values() if each.body["AccountSubType"] == "RetainedEarnings")
