"""GeneralLedger: one section per account with a balance or activity, sub-accounts inside their parents.

Amounts carry the account's natural sign. Income and expense begin at what the fiscal year had brought before
the period, and Retained Earnings holds the years before, so the sections add up to the trial balance. Each
section names its own account's id; the report engine of 2020 put the child's id on the parent.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from qbo_emulator import money
from qbo_emulator.company import Company
from qbo_emulator.ledger import Posting
from qbo_emulator.record import Record
from qbo_emulator.reports import balances, narrowing, posting_columns
from qbo_emulator.reports.layout import Cell, Report, Row, section
from qbo_emulator.reports.periods import Period, fiscal_year_start
from qbo_emulator.reports.posting_columns import NOTHING, Cells

DEFAULT = (
    *("tx_date", "txn_type", "doc_num", "name", "memo"),
    *("split_acc", "subt_nat_amount", "rbal_nat_amount"),
)


class GeneralLedger(Report):
    name = "GeneralLedger"
    default_period = "this month-to-date"

    def columns(self, company: Company, parameters: Mapping[str, str]) -> list[Row]:
        return posting_columns.heads(posting_columns.chosen(company, parameters, DEFAULT))

    def rows(self, company: Company, covered: Period, parameters: Mapping[str, str]) -> tuple[list[Row], bool]:
        names = posting_columns.chosen(company, parameters, DEFAULT)
        accounts = narrowing.ids(parameters, "account")
        sections = _Sections(company, covered, names, accounts, narrowing.wanted(parameters))
        rows = sections.below(None)
        return rows, not rows

    def summarized(self, parameters: Mapping[str, str]) -> Row:
        return {}

    def standard(self) -> list[Cell]:
        return []


class _Sections:
    def __init__(
        self,
        company: Company,
        covered: Period,
        names: Sequence[str],
        accounts: frozenset[str],
        wanted: Callable[[Posting], bool] | None,
    ) -> None:
        self.company, self.covered, self.names = company, covered, names
        self.accounts, self.wanted = accounts, wanted
        self.year = fiscal_year_start(company, date.fromisoformat(covered.start)).isoformat()
        self.children: dict[str | None, list[Record]] = {}
        for account in balances.in_statement_order(company):
            parent = account.body.get("ParentRef", {}).get("value")
            self.children.setdefault(parent, []).append(account)
        self.earned_before = self._earned_before()
        self.cells = Cells(company, names)

    def below(self, parent: str | None) -> list[Row]:
        found = (self._section(account) for account in self.children.get(parent, ()))
        return [each for each in found if each is not None]

    def _section(self, account: Record) -> Row | None:
        own, net, moved = self._own(account)
        inside = self.below(account.id)
        if not own and not inside:
            return None
        name = str(account.body["Name"])
        title = f"Total for {name} with sub-accounts" if own and inside else f"Total for {name}"
        header = self._line(name, account.id)
        summary = [{"value": title}, *([NOTHING] * (len(self.names) - 1))]
        amount = posting_columns.place(self.names, "subt_nat_amount")
        if moved and amount is not None:
            summary[amount] = {"value": money.plain(net)}
        return section(header, [*own, *inside], summary)

    def _own(self, account: Record) -> tuple[list[Row], int, bool]:
        """The account's own rows, the net of its movements, and whether there were any."""
        if self.accounts and account.id not in self.accounts:
            return [], 0, False
        postings = [each for each in self.company.ledger.of_account(account.id) if each.on <= self.covered.end]
        if self.wanted:
            postings = [each for each in postings if self.wanted(each)]
        begin, moves = self._beginning(account, postings), []
        running = begin
        rows = self._beginning_row(begin)
        for posting in postings:
            if posting.on >= self.covered.start:
                amount = balances.natural(account, posting.cents)
                running += amount
                moves.append(amount)
                cells = self.cells.of(posting, subt_nat_amount=amount, rbal_nat_amount=running)
                rows.append({"ColData": cells, "type": "Data"})
        return rows, sum(moves), bool(moves)

    def _beginning(self, account: Record, postings: Iterable[Posting]) -> int:
        since = "" if balances.on_balance_sheet(account) else self.year
        before = sum(each.cents for each in postings if since <= each.on < self.covered.start)
        if account.body["AccountSubType"] == "RetainedEarnings":
            before += self.earned_before
        return balances.natural(account, before)

    def _earned_before(self) -> int:
        accounts = self.company.of("Account")
        total = 0
        for account in accounts.values():
            if not balances.on_balance_sheet(account):
                for posting in self.company.ledger.of_account(account.id):
                    if posting.on < self.year and (self.wanted is None or self.wanted(posting)):
                        total += posting.cents
        return total

    def _beginning_row(self, begin: int) -> list[Row]:
        if not begin:
            return []
        cells = self._line("Beginning Balance")
        balance = posting_columns.place(self.names, "rbal_nat_amount")
        if balance is not None:
            cells[balance] = {"value": money.plain(begin)}
        return [{"ColData": cells, "type": "Data"}]

    def _line(self, first: str, identity: str | None = None) -> list[Cell]:
        head: Cell = {"value": first} if identity is None else {"value": first, "id": identity}
        return [head, *([NOTHING] * (len(self.names) - 1))]
