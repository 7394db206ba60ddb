"""What balance sheet and profit and loss share: accounts as a tree of rows with totals, in columns."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from qbo_emulator import money
from qbo_emulator.company import Company
from qbo_emulator.record import Record
from qbo_emulator.reports import balances
from qbo_emulator.reports.layout import Cell, Row, data, section

Amounts = Sequence[int]
"""Natural cents, one for each column."""


class Tree:
    """The accounts that appear, each with its own amounts."""

    def __init__(self, company: Company, amounts: Mapping[str, Amounts], width: int) -> None:
        self.company, self.amounts, self.width = company, amounts, width
        self.accounts = balances.in_statement_order(company)

    def part(
        self, title: str, group: str, types: Iterable[str], *, always: bool = False
    ) -> tuple[Row | None, list[int]]:
        """A section for accounts of these types, and its totals; none when there is nothing to show."""
        wanted = frozenset(types)
        rows, total = self._below(None, lambda account: account.body["AccountType"] in wanted)
        if not rows and not always:
            return None, total
        return section(
            [head(title), *blanks(self.width)], rows, [head(f"Total {title}"), *self.cells(total)], group
        ), total

    def _below(self, parent: str | None, belongs: Callable[[Record], bool]) -> tuple[list[Row], list[int]]:
        rows, total = [], [0] * self.width
        for account in self.accounts:
            if account.body.get("ParentRef", {}).get("value") == parent and belongs(account):
                row, sums = self._account(account, belongs)
                if row is not None:
                    rows.append(row)
                    total = added(total, sums)
        return rows, total

    def _account(self, account: Record, belongs: Callable[[Record], bool]) -> tuple[Row | None, list[int]]:
        own = self.amounts.get(account.id)
        inside, below = self._below(account.id, belongs)
        name: Cell = {"value": str(account.body["Name"]), "id": account.id}
        sums = added(below, own) if own is not None else below
        if not inside:
            return (data(name, *self.cells(own)) if own is not None else None), sums
        shown = self.cells(own) if own is not None else blanks(self.width)
        return section([name, *shown], inside, [head(f"Total {name['value']}"), *self.cells(sums)]), sums

    def cells(self, amounts: Amounts) -> list[Cell]:
        return [{"value": money.plain(each)} for each in amounts]


def head(title: str) -> Cell:
    return {"value": title}


def blanks(width: int) -> list[Cell]:
    return [{"value": ""} for _ in range(width)]


def added(one: Amounts, other: Amounts) -> list[int]:
    return [first + second for first, second in zip(one, other, strict=True)]


def less(one: Amounts, other: Amounts) -> list[int]:
    return [first - second for first, second in zip(one, other, strict=True)]
