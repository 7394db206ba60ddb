"""The general ledger: what each transaction did to each account, in whole cents, debits positive.

It is kept in the company's own currency. Beside it stands what a transaction in another one was about: an account or
a name that is in that currency has its balance there, too.

A transaction's postings are replaced as one; they always sum to zero, or the ledger refuses them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Posting:
    account: str
    cents: int
    on: str
    transaction: str
    entity: str
    """The API's name of the transaction, such as JournalEntry."""
    number: str = ""
    memo: str = ""
    party: tuple[str, str] | None = None
    """The customer, vendor or employee: entity and id."""
    klass: str | None = None
    department: str | None = None
    line: str = ""
    foreign: int | None = None
    """The same in the transaction's currency, where that is another one."""

    @property
    def own(self) -> int:
        """In the currency of the transaction."""
        return self.cents if self.foreign is None else self.foreign


class Ledger:
    def __init__(self) -> None:
        self._by_transaction: dict[str, tuple[Posting, ...]] = {}
        self._by_account: dict[str, dict[str, list[Posting]]] = {}
        self._balances: dict[str, int] = {}
        self._own_balances: dict[str, int] = {}
        self._party_balances: dict[tuple[tuple[str, str], str], int] = {}

    def post(self, transaction: str, postings: Iterable[Posting]) -> None:
        """What this transaction now does to the accounts, instead of whatever it did before."""
        new = tuple(postings)
        off_by = sum(each.cents for each in new)
        assert off_by == 0, f"transaction {transaction} is out of balance by {off_by} cents"
        self._take_back(transaction)
        if new:
            self._by_transaction[transaction] = new
        for each in new:
            self._by_account.setdefault(each.account, {}).setdefault(transaction, []).append(each)
            self._add(each, 1)

    def balance(self, account: str) -> int:
        """Debits less credits, over all time."""
        return self._balances.get(account, 0)

    def own_balance(self, account: str) -> int:
        """The same of an account in another currency, in that one."""
        return self._own_balances.get(account, 0)

    def balance_with(self, party: tuple[str, str], account: str) -> int:
        """What one customer or vendor has to do with an account's balance, in their currency."""
        return self._party_balances.get((party, account), 0)

    def of_account(self, account: str) -> list[Posting]:
        """By date; on one date in the order the transactions were entered."""
        found = [each for postings in self._by_account.get(account, {}).values() for each in postings]
        return sorted(found, key=lambda each: (each.on, int(each.transaction)))

    def of_transaction(self, transaction: str) -> Sequence[Posting]:
        return self._by_transaction.get(transaction, ())

    def transactions(self) -> Iterable[Sequence[Posting]]:
        return self._by_transaction.values()

    def moved(self, *, since: str | None = None, until: str) -> dict[str, int]:
        """Each account's debits less credits between two dates, both included."""
        totals: dict[str, int] = {}
        for postings in self._by_transaction.values():
            for each in postings:
                if each.on <= until and (since is None or each.on >= since):
                    totals[each.account] = totals.get(each.account, 0) + each.cents
        return totals

    def _take_back(self, transaction: str) -> None:
        for each in self._by_transaction.pop(transaction, ()):
            self._add(each, -1)
            self._by_account[each.account].pop(transaction, None)

    def _add(self, posting: Posting, sign: int) -> None:
        own = sign * posting.own
        self._balances[posting.account] = self._balances.get(posting.account, 0) + sign * posting.cents
        self._own_balances[posting.account] = self._own_balances.get(posting.account, 0) + own
        if posting.party is not None:
            key = (posting.party, posting.account)
            self._party_balances[key] = self._party_balances.get(key, 0) + own
