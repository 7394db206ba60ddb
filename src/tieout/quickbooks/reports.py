"""QuickBooks' reports as figures. Columns are found by their keys, never by their place; all cells are
texts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation

from tieout.core.refusals import Refusal
from tieout.quickbooks.shapes import Cell, Report, ReportRow

_AT_HOME = {
    "debt_home_amt": "debt_amt",
    "credit_home_amt": "credit_amt",
    "subt_nat_home_amount": "subt_nat_amount",
    "rbal_nat_home_amount": "rbal_nat_amount",
}
"""Where a company has many currencies, its own amounts are under these keys; it leaves out, or gives in the
transaction's currency, what stands under the plain ones. Where there is one currency it is the other way round."""

COLUMNS = ",".join(
    ("tx_date", "txn_type", "doc_num", "name", "memo", "last_mod_by", "last_mod_date", *_AT_HOME.values(), *_AT_HOME)
)
"""Asked for together: QuickBooks says nothing of the keys that it does not have."""

_INCOME_AND_EXPENSE = frozenset({"Income", "Other Income", "Expense", "Other Expense", "Cost of Goods Sold"})
_CREDIT_BY_NATURE = frozenset(
    {
        "Accounts Payable",
        "Credit Card",
        "Other Current Liability",
        "Long Term Liability",
        "Equity",
        "Income",
        "Other Income",
    }
)


class UnreadableReport(Refusal):
    """A report that does not have the columns asked for."""

    code = "unreadable_report"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the general ledger, in cents, debits positive."""

    on: date | None
    """None: the balance before the first day."""
    kind: str
    transaction: str
    number: str
    name: str
    memo: str
    cents: int
    by: str = ""
    """Who changed it last, and when."""
    changed: str = ""

    @property
    def is_journal_entry(self) -> bool:
        return self.kind == "Journal Entry"

    @property
    def what(self) -> str:
        """For a person who looks for it in QuickBooks."""
        return " ".join(part for part in (self.kind, self.number, self.name, self.memo) if part)


def begins_each_year(account_type: str) -> bool:
    return account_type in _INCOME_AND_EXPENSE


def balances(report: Report) -> dict[str, int]:
    """A trial balance by account id."""
    places = _places(report, "account", "debt_amt", "credit_amt")
    found = {}
    for row in report.rows.row:
        if len(row.col_data) == len(report.columns.column) and row.col_data[places["account"]].id:
            debit, credit = (_cents(row.col_data[places[key]]) for key in ("debt_amt", "credit_amt"))
            found[row.col_data[places["account"]].id] = debit - credit
    return found


def rows(report: Report) -> dict[str, list[Row]]:
    """A general ledger's rows by account id, its accounts and their sub-accounts apart."""
    places = _places(report, "tx_date", "txn_type", "doc_num", "debt_amt", "credit_amt")
    found: dict[str, list[Row]] = defaultdict(list)
    for account, row in _data(report.rows.row, account=""):
        found[account].append(_row(row, places))
    return found


def _data(rows: list[ReportRow], *, account: str) -> Iterator[tuple[str, ReportRow]]:
    for row in rows:
        if row.rows is not None:
            header = row.header.col_data
            yield from _data(row.rows.row, account=header[0].id if header and header[0].id else account)
        elif row.col_data:
            yield account, row


def _row(row: ReportRow, places: dict[str, int]) -> Row:
    def cell(key: str) -> Cell:
        return row.col_data[places[key]] if key in places else Cell()

    moment = cell("tx_date").value
    if moment == "Beginning Balance":
        return Row(None, moment, "", "", "", "", _cents(cell("rbal_nat_amount")))
    return Row(
        on=_date(moment),
        kind=cell("txn_type").value,
        transaction=cell("txn_type").id,
        number=cell("doc_num").value,
        name=cell("name").value,
        memo=cell("memo").value,
        cents=_cents(cell("debt_amt")) - _cents(cell("credit_amt")),
        by=cell("last_mod_by").value,
        changed=cell("last_mod_date").value,
    )


def signed(row: Row, account_type: str) -> Row:
    """A beginning balance comes in its account's natural sign; everything here is debits positive."""
    if row.on is not None or account_type not in _CREDIT_BY_NATURE:
        return row
    return replace(row, cents=-row.cents)


def _places(report: Report, *needed: str) -> dict[str, int]:
    places = {column.key: place for place, column in enumerate(report.columns.column)}
    places |= {plain: places[home] for home, plain in _AT_HOME.items() if home in places}
    lacking = [key for key in needed if key not in places]
    if lacking:
        raise UnreadableReport(
            f"QuickBooks' report has no column {', '.join(lacking)}; it has {', '.join(places) or 'none'}."
        )
    return places


def _date(said: str) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError as error:
        raise UnreadableReport(
            f"QuickBooks' report says {said!r} where a date should be. It may be too large; ask for fewer months."
        ) from error


def _cents(cell: Cell) -> int:
    try:
        return int((Decimal(cell.value or "0") * 100).to_integral_value())
    except InvalidOperation as error:
        raise UnreadableReport(f"QuickBooks' report says {cell.value!r} where an amount should be.") from error
