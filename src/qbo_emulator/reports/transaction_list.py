"""TransactionList and JournalReport: transactions one by one, as a line each or with all their postings."""

from collections.abc import Iterable, Mapping, Sequence

from qbo_emulator import money
from qbo_emulator.clock import day
from qbo_emulator.company import Company
from qbo_emulator.entities import BY_NAME
from qbo_emulator.entities.transaction import Transaction
from qbo_emulator.ledger import Posting
from qbo_emulator.reports import balances, narrowing, posting_columns
from qbo_emulator.reports.layout import Cell, Report, Row, section
from qbo_emulator.reports.periods import Period
from qbo_emulator.reports.posting_columns import NOTHING, Cells

LIST = (
    *("tx_date", "txn_type", "doc_num", "is_no_post", "name", "memo"),
    *("account_name", "other_account", "subt_nat_amount"),
)
JOURNAL = ["tx_date", "txn_type", "doc_num", "name", "memo", "account_name", "debt_amt", "credit_amt"]


class TransactionList(Report):
    """Each transaction once, at its first posting."""

    name = "TransactionList"
    default_period = "this month-to-date"

    def columns(self, company: Company, parameters: Mapping[str, str]) -> list[Row]:
        return posting_columns.heads(posting_columns.chosen(company, parameters, LIST))

    def rows(self, company: Company, covered: Period, parameters: Mapping[str, str]) -> tuple[list[Row], bool]:
        names = posting_columns.chosen(company, parameters, LIST)
        firsts = [postings[0] for postings in _transactions(company, covered, parameters, _orders(company))]
        wanted = [each for each in firsts if _is_wanted(company, each, parameters)]
        cells = Cells(company, names)
        rows: list[Row] = [_row(cells, each) for each in wanted]
        return rows, not rows

    def summarized(self, parameters: Mapping[str, str]) -> Row:
        return {}

    def standard(self) -> list[Cell]:
        return []


class JournalReport(TransactionList):
    """Every posting of every transaction, with a total after each."""

    name = "JournalReport"

    def columns(self, company: Company, parameters: Mapping[str, str]) -> list[Row]:
        return posting_columns.heads(posting_columns.chosen(company, parameters, JOURNAL))

    def rows(self, company: Company, covered: Period, parameters: Mapping[str, str]) -> tuple[list[Row], bool]:
        names = posting_columns.chosen(company, parameters, JOURNAL)
        cells = Cells(company, names)
        rows: list[Row] = []
        for postings in _transactions(company, covered, parameters):
            rows += [_row(cells, each) for each in postings]
            rows.append(section(None, [], _total(postings, names)))
        return rows, not rows


def _is_wanted(company: Company, posting: Posting, parameters: Mapping[str, str]) -> bool:
    """By number, by kind, and by the days it was entered and last changed."""
    if parameters.get("docnum", posting.number) != posting.number:
        return False
    if parameters.get("transaction_type", posting.entity).lower() != posting.entity.lower():
        return False
    record = company.of(posting.entity)[posting.transaction]
    days = {"create": day(record.created, company.zone), "mod": day(record.updated, company.zone)}
    return all(
        parameters.get(f"start_{name}date", "") <= on.isoformat() <= parameters.get(f"end_{name}date", "9999")
        for name, on in days.items()
    )


def _orders(company: Company) -> list[Sequence[Posting]]:
    """What is listed although it posts nothing."""
    unposted = [each for each in BY_NAME.values() if isinstance(each, Transaction) and each.non_posting]
    return [entity.listed(record) for entity in unposted for record in company.of(entity.name).values()]


def _transactions(
    company: Company, covered: Period, parameters: Mapping[str, str], orders: Iterable[Sequence[Posting]] = ()
) -> list[Sequence[Posting]]:
    wanted = narrowing.wanted(parameters)
    found = [
        postings
        for postings in (*company.ledger.transactions(), *orders)
        if covered.start <= postings[0].on <= covered.end and (wanted is None or any(map(wanted, postings)))
    ]
    return sorted(found, key=lambda postings: (postings[0].on, int(postings[0].transaction)))


def _row(cells: Cells, posting: Posting) -> Row:
    account = cells.company.of("Account")[posting.account]
    amount = balances.natural(account, posting.cents)
    return {"ColData": cells.of(posting, subt_nat_amount=amount, rbal_nat_amount=amount), "type": "Data"}


def _total(postings: Sequence[Posting], names: Sequence[str]) -> list[Cell]:
    debits = {"value": money.plain(sum(each.cents for each in postings if each.cents > 0))}
    return [debits if name.startswith(("debt_", "credit_")) else NOTHING for name in names]
