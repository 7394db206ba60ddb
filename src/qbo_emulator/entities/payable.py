"""What the company owes a vendor or has credit for: Bill and VendorCredit."""

from collections.abc import Iterable, Sequence

from qbo_emulator import faults, money
from qbo_emulator.company import Company
from qbo_emulator.entities import currencies, expense_lines, lazy_accounts, lines, purchase_tax
from qbo_emulator.entities.account import Account
from qbo_emulator.entities.entity import Act
from qbo_emulator.entities.transaction import (
    Transaction,
    check_still_covers,
    numbered,
    shown_links,
    total_of,
    with_line_ids,
)
from qbo_emulator.ledger import Posting
from qbo_emulator.record import Record
from qbo_emulator.shape import Body
from qbo_emulator.stock import Move

ACCOUNT = Account()


class Payable(Transaction):
    computed = frozenset({"Balance"})
    sign: int
    """1 where its lines are debits."""

    def required(self, body: Body) -> Iterable[faults.Error]:
        if "VendorRef" not in body:
            yield faults.missing("VendorRef")
        yield from expense_lines.required(body)

    def prepared(self, company: Company, body: Body, stored: Record | None) -> Body:
        return {**lines.located(company, body), "Line": expense_lines.prepared(company, body["Line"])}

    def completed(self, company: Company, body: Body, stored: Record | None, act: Act) -> Body:
        complete = self.dated_and_numbered(company, body, stored, act)
        expense_lines.check(company, complete)
        complete["Line"] = numbered(with_line_ids(complete["Line"], stored, first=1))
        complete["TotalAmt"] = total_of(complete["Line"])
        purchase_tax.settle(company, complete)
        currencies.settle(company, complete, name=currencies.of_name(company, "Vendor", complete["VendorRef"]))
        with_payables_account(company, complete)
        check_still_covers(self, company, complete, stored, "VendorRef")
        return complete

    def postings(self, company: Company, record: Record) -> Sequence[Posting]:
        party = ("Vendor", record.body["VendorRef"]["value"])
        found = [
            *expense_lines.postings(company, record, party, self.sign),
            *purchase_tax.postings(company, record, party, self.sign),
        ]
        owed = Posting(
            account=record.body["APAccountRef"]["value"],
            cents=0,
            on=record.body["TxnDate"],
            transaction=record.id,
            entity=self.name,
            number=record.body.get("DocNumber", ""),
            memo=record.body.get("PrivateNote", ""),
            party=party,
            department=record.body.get("DepartmentRef", {}).get("value"),
        )
        return [currencies.head(company, record.body, owed, found), *found]

    def moves(self, company: Company, record: Record) -> Sequence[Move]:
        return expense_lines.moves(company, record, self.sign)

    def derived(self, company: Company, record: Record) -> Body:
        found: Body = {"Balance": money.amount(self.open_balance(company, record))}
        if currencies.are_many(company):
            found["HomeBalance"] = money.amount(currencies.open_at_home(company, record))
        links = shown_links(company, record)
        return {**found, "LinkedTxn": links} if links else found


def with_payables_account(company: Company, body: Body) -> None:
    if "APAccountRef" not in body:
        usual = lazy_accounts.subledger(company, ACCOUNT, "Accounts Payable", currencies.of(body))
        body["APAccountRef"] = {"value": usual.id}
    if company.of("Account")[body["APAccountRef"]["value"]].body["AccountType"] != "Accounts Payable":
        raise faults.wrong_account_type()
