"""Reports: `Header`, `Columns`, `Rows`, every value a string. One file per report, one line here for each."""

from collections.abc import Mapping
from typing import Any

from qbo_emulator import faults
from qbo_emulator.company import Company
from qbo_emulator.reports.account_list import AccountList
from qbo_emulator.reports.balance_sheet import BalanceSheet
from qbo_emulator.reports.general_ledger import GeneralLedger
from qbo_emulator.reports.inventory_valuation import InventoryValuationSummary
from qbo_emulator.reports.layout import Report
from qbo_emulator.reports.open_items import AgedPayables, AgedReceivables, CustomerBalance, VendorBalance
from qbo_emulator.reports.profit_and_loss import ProfitAndLoss
from qbo_emulator.reports.transaction_list import JournalReport, TransactionList
from qbo_emulator.reports.trial_balance import TrialBalance

ALL: tuple[Report, ...] = (
    AccountList(),
    AgedPayables(),
    AgedReceivables(),
    BalanceSheet(),
    CustomerBalance(),
    GeneralLedger(),
    InventoryValuationSummary(),
    JournalReport(),
    ProfitAndLoss(),
    TransactionList(),
    TrialBalance(),
    VendorBalance(),
)
REPORTS = {each.name.lower(): each for each in ALL}


def report(company: Company, name: str, parameters: Mapping[str, str]) -> dict[str, Any]:
    found = REPORTS.get(name.lower())
    if found is None:
        raise faults.unsupported(f"Report {name}")
    return found.document(company, parameters)
