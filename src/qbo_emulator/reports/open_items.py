"""AgedPayables, AgedReceivables, VendorBalance, CustomerBalance: who owes what, and for how long.

Worked out from the ledger and the links as they stood on the day, so each report adds up to its account.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from qbo_emulator.company import Company
from qbo_emulator.entities import currencies
from qbo_emulator.ledger import Posting
from qbo_emulator.reports.as_of import AsOf, amounts, grand_total
from qbo_emulator.reports.layout import Row, cell, column
from qbo_emulator.reports.periods import Period

BUCKETS = (("Current", 0), ("1 - 30", 30), ("31 - 60", 60), ("61 - 90", 90))
OLDEST = "91 and over"
KEYS = ("current", "0_30", "31_60", "61_90", "91_over")


@dataclass(frozen=True)
class Side:
    """One of the two subledgers."""

    party: str
    account_type: str
    sign: int
    """1 where debits are owed to the company."""


PAYABLES = Side("Vendor", "Accounts Payable", -1)
RECEIVABLES = Side("Customer", "Accounts Receivable", 1)


@dataclass(frozen=True, slots=True)
class OpenItem:
    party: str
    due: str
    cents: int


def open_items(company: Company, side: Side, end: str) -> Iterator[OpenItem]:
    for postings in company.ledger.transactions():
        if postings[0].on > end:
            continue
        own = [each for each in postings if _belongs(company, side, each)]
        if own:
            cents = side.sign * sum(each.cents for each in own)
            record = company.of(own[0].entity)[own[0].transaction]
            yield OpenItem(
                _name(own), record.body.get("DueDate", own[0].on), cents + _settled(company, side, own[0], end)
            )


def _belongs(company: Company, side: Side, posting: Posting) -> bool:
    return bool(company.of("Account")[posting.account].body["AccountType"] == side.account_type)


def _name(postings: Sequence[Posting]) -> str:
    return next((each.party[1] for each in postings if each.party), "")


def _settled(company: Company, side: Side, posting: Posting, end: str) -> int:
    """What links take off, by the end of the day: of what was paid, and of the payment itself."""
    own = (posting.entity, posting.transaction)
    total = 0
    for link in company.links.of(own):
        total += _natural_sign(company, side, link.target, end) * currencies.taken_off(company, link)
    for link in company.links.to(own):
        if _entered(company, link.source, end):
            total -= _natural_sign(company, side, own, end) * currencies.taken_off(company, link)
    return total


def _natural_sign(company: Company, side: Side, transaction: tuple[str, str], end: str) -> int:
    """1 for what is owed, -1 for a credit, 0 for what is not there yet."""
    if not _entered(company, transaction, end):
        return 0
    found = company.ledger.of_transaction(transaction[1])
    cents = side.sign * sum(each.cents for each in found if _belongs(company, side, each))
    return (cents > 0) - (cents < 0)


def _entered(company: Company, transaction: tuple[str, str], end: str) -> bool:
    record = company.find(*transaction)
    return record is not None and bool(record.body["TxnDate"] <= end)


class OpenItems(AsOf):
    side: Side
    aged = False

    def columns(self, company: Company, parameters: Mapping[str, str]) -> list[Row]:
        titles = [*(title for title, _ in BUCKETS), OLDEST] if self.aged else []
        ages = [column(title, "Money", key) for title, key in zip(titles, KEYS, strict=self.aged)]
        return [column("", self.side.party, self.side.party.lower()), *ages, column("Total", "Money", "total")]

    def rows(self, company: Company, covered: Period, parameters: Mapping[str, str]) -> tuple[list[Row], bool]:
        width = len(KEYS) if self.aged else 0
        table: dict[str, list[int]] = {}
        for item in open_items(company, self.side, covered.end):
            row = table.setdefault(item.party, [0] * (width + 1))
            row[-1] += item.cents
            if self.aged:
                row[_bucket(item.due, covered.end)] += item.cents
        named = sorted(
            (company.name_of(self.side.party, party) or "", party) for party, row in table.items() if any(row)
        )
        rows: list[Row] = [{"ColData": [cell(name, party), *amounts(table[party])]} for name, party in named]
        total = [sum(column) for column in zip(*table.values(), strict=True)] or [0] * (width + 1)
        return [*rows, grand_total(amounts(total))] if rows else [], not rows


def _bucket(due: str, end: str) -> int:
    late = (date.fromisoformat(end) - date.fromisoformat(due)).days
    return next((n for n, (_, most) in enumerate(BUCKETS) if late <= most), len(BUCKETS))


class AgedPayables(OpenItems):
    name = "AgedPayables"
    side = PAYABLES
    aged = True


class AgedReceivables(OpenItems):
    name = "AgedReceivables"
    side = RECEIVABLES
    aged = True


class VendorBalance(OpenItems):
    name = "VendorBalance"
    side = PAYABLES


class CustomerBalance(OpenItems):
    name = "CustomerBalance"
    side = RECEIVABLES
