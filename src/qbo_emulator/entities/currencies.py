"""What money a transaction is in, and what that is worth in the company's own.

A company that has only one currency refuses any other. One that has many gives every name and every bank, card, A/R
and A/P account one for good; a transaction is in the money of its name. The ledger keeps the company's own: each line
is converted at the transaction's rate and rounded by itself, so that accounts and totals agree.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from qbo_emulator import faults
from qbo_emulator.company import CURRENCIES, Company
from qbo_emulator.ledger import Posting
from qbo_emulator.links import Link
from qbo_emulator.record import Record
from qbo_emulator.shape import Body

SUBLEDGERS = frozenset({"Accounts Receivable", "Accounts Payable"})
AT_HOME_ONLY = frozenset({"Equity", "Revenue", "Expense"})
"""Classifications whose accounts are in the company's own currency, always."""


def are_many(company: Company) -> bool:
    return bool(company.preference("CurrencyPrefs", "MultiCurrencyEnabled"))


def home(company: Company) -> str:
    return str(company.preference("CurrencyPrefs", "HomeCurrency")["value"])


def of(body: Body) -> str:
    return str(body["CurrencyRef"]["value"])


def of_name(company: Company, kind: str, ref: Body | None) -> str | None:
    """What a vendor or customer is billed in; none where nobody is named, or an employee."""
    found = company.find(kind, ref["value"]) if ref else None
    return of(found.body) if found and "CurrencyRef" in found.body else None


def settle(company: Company, body: Body, *, name: str | None = None) -> None:
    """The currency of a transaction, its name's where it has one, and the rate: what was sent, or the list's."""
    own = home(company)
    code = body.setdefault("CurrencyRef", {"value": name or own})["value"]
    check(company, code)
    if not are_many(company):
        body.pop("ExchangeRate", None)
    elif name is not None and code != name:
        raise faults.other_currency()
    elif code == own:
        body["ExchangeRate"] = 1
    else:
        body.setdefault("ExchangeRate", listed_rate(company, code, body["TxnDate"]))
        if body["ExchangeRate"] <= 0:
            raise faults.rule_broken("The exchange rate must be more than 0.")


def check(company: Company, code: str) -> None:
    """It exists, and the company may use it."""
    if code not in CURRENCIES:
        raise faults.dangling_reference("Currencies", code)
    if code != home(company) and not are_many(company):
        raise faults.one_currency_only()


def settle_for_good(company: Company, body: Body, stored: Record | None) -> None:
    """The currency of a name or an account: given when it is made, the same ever after."""
    before = of(stored.body) if stored else None
    code = body.setdefault("CurrencyRef", {"value": before or home(company)})["value"]
    if before is not None and code != before:
        raise faults.rule_broken("The currency can't be changed once it has been set.")
    check(company, code)


def check_accounts(company: Company, body: Body, accounts: Iterable[str]) -> None:
    """One foreign currency in a transaction at most, and its receivables or payables in that very one."""
    code, own = of(body) if "CurrencyRef" in body else home(company), home(company)
    for identity in sorted(set(accounts)):
        account = company.of("Account")[identity].body
        if of(account) == code:
            continue
        if account["AccountType"] in SUBLEDGERS:
            raise faults.other_currency()
        if of(account) != own:
            raise faults.one_foreign_currency()


def listed_rate(company: Company, code: str, on: str) -> Decimal:
    """What the company's list says of a day, or of the last one before it; 1 where it says nothing."""
    known = [
        (each.body["AsOfDate"], int(each.id), each.body["Rate"])
        for each in company.of("ExchangeRate").values()
        if each.body["SourceCurrencyCode"] == code and each.body["AsOfDate"] <= on
    ]
    return Decimal(max(known)[2]) if known else Decimal(1)


def at_home(company: Company, body: Body, cents: int) -> int:
    """Cents of a transaction's currency in cents of the company's, half away from zero."""
    if "CurrencyRef" not in body or of(body) == home(company):
        return cents
    return int((cents * Decimal(body["ExchangeRate"])).to_integral_value(ROUND_HALF_UP))


def is_foreign(company: Company, body: Body) -> bool:
    return "CurrencyRef" in body and of(body) != home(company)


def converted(company: Company, body: Body, postings: Iterable[Posting]) -> list[Posting]:
    """Postings in cents of a transaction's currency, each converted by itself."""
    if not is_foreign(company, body):
        return list(postings)
    return [replace(each, cents=at_home(company, body, each.cents), foreign=each.cents) for each in postings]


def head(company: Company, body: Body, posting: Posting, lines: Sequence[Posting]) -> Posting:
    """The one posting that all the others stand against."""
    foreign = -sum(each.own for each in lines) if is_foreign(company, body) else None
    return replace(posting, cents=-sum(each.cents for each in lines), foreign=foreign)


def taken_off(company: Company, link: Link) -> int:
    """What a link takes off its target in the company's own currency: a share of what the target is worth there, so
    that the last payment leaves nothing behind, whatever its own rate."""
    target = company.find(*link.target)
    if target is None or not is_foreign(company, target.body):
        return link.cents
    owed, worth = _standing(company, target)
    if not owed:
        return link.cents
    before = 0
    for each in sorted(company.links.to(link.target), key=lambda each: int(each.source[1])):
        if each is link:
            break
        before += each.cents
    return _share(worth, before + link.cents, owed) - _share(worth, before, owed)


def _standing(company: Company, record: Record) -> tuple[int, int]:
    """What it put on receivables or payables, in its own currency and in the company's."""
    accounts = company.of("Account")
    found = [
        each
        for each in company.ledger.of_transaction(record.id)
        if accounts[each.account].body["AccountType"] in SUBLEDGERS
    ]
    return abs(sum(each.own for each in found)), abs(sum(each.cents for each in found))


def _share(worth: int, part: int, whole: int) -> int:
    return int((Decimal(worth * part) / whole).to_integral_value(ROUND_HALF_UP))


def open_at_home(company: Company, record: Record) -> int:
    """What is still open of it, in the company's own currency."""
    _, worth = _standing(company, record)
    return worth - sum(taken_off(company, link) for link in company.links.to((record.kind, record.id)))


def one_by_one(company: Company, body: Body, amounts: Sequence[int]) -> list[int]:
    """The same for amounts whose sum has to be the sum converted: what rounding leaves goes on to the next."""
    found, total, before = [], 0, 0
    for cents in amounts:
        total += cents
        found.append(at_home(company, body, total) - before)
        before += found[-1]
    return found
