"""Payment: money from a customer, for invoices or on account."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from qbo_emulator import faults, money
from qbo_emulator.company import Company
from qbo_emulator.entities import currencies, lazy_accounts, lines
from qbo_emulator.entities.credit_memo import CreditMemo
from qbo_emulator.entities.entity import Act
from qbo_emulator.entities.invoice import Invoice
from qbo_emulator.entities.journal_entry import JournalEntry
from qbo_emulator.entities.sales_form import ACCOUNT, receivables_account
from qbo_emulator.entities.settlement import LINE, Settlement
from qbo_emulator.entities.transaction import (
    TAX_DETAIL,
    TRANSACTION_OPERATIONS,
    UNKEPT,
    noted_as_void,
    shown_links,
)
from qbo_emulator.ledger import Posting
from qbo_emulator.record import Record
from qbo_emulator.shape import HEAD, Body, Shape, cash, flag, given, hidden, ignored, number, on, ref, several, text


class Payment(Settlement):
    name = "Payment"
    title = "Payment"
    shown_as = "Payment"
    party = "CustomerRef"
    side = -1
    duplicate_warning = ""
    operations = TRANSACTION_OPERATIONS | {"void"}
    settles = {"Invoice": Invoice(), "CreditMemo": CreditMemo(), "JournalEntry": JournalEntry()}
    credits = frozenset({"CreditMemo"})
    shape = Shape(
        "Payment",
        (
            ref("CustomerRef", "Customer"),
            ref("DepositToAccountRef", "Account"),
            ref("PaymentMethodRef", "PaymentMethod"),
            text("PaymentRefNum", 21),
            cash("TotalAmt"),
            given("UnappliedAmt"),
            flag("ProcessPayment"),
            *HEAD,
            text("DocNumber", 21),
            on("TxnDate"),
            ref("CurrencyRef", "Currency"),
            number("ExchangeRate"),
            text("PrivateNote", 4000),
            given("LinkedTxn"),
            several("Line", LINE),
            TAX_DETAIL,
            hidden("ARAccount"),
            *ignored("ARAccountRef", "CreditCardPayment", "CheckPayment", "PaymentType", "HomeTotalAmt", "PaymentEx"),
            *ignored("DepartmentRef", "GlobalTaxCalculation", "CustomField", "TaxExemptionRef", "RemitToRef"),
            *ignored(*(each.name for each in UNKEPT)),
        ),
    )
    filters = {"CustomerRef": "ref", "DocNumber": "text", "TxnDate": "date", "TotalAmt": "number"}

    def required(self, body: Body) -> Iterator[faults.Error]:
        yield from super().required(body)
        if "TotalAmt" not in body:
            yield faults.missing("TotalAmt")

    def prepared(self, company: Company, body: Body, stored: Record | None) -> Body:
        return lines.located(company, body)

    def completed(self, company: Company, body: Body, stored: Record | None, act: Act) -> Body:
        check_not_deposited(company, self.name, stored)
        complete = self.dated_and_numbered(company, {"ProcessPayment": False, "Line": [], **body}, stored, act)
        if complete["TotalAmt"] < 0:
            raise faults.rule_broken("Transaction amount must be 0 or greater.")
        if "DepositToAccountRef" not in complete:
            complete["DepositToAccountRef"] = {"value": undeposited(company)}
        currencies.settle(company, complete, name=currencies.of_name(company, "Customer", complete["CustomerRef"]))
        self.check_lines(company, complete, stored)
        complete["ARAccount"] = receivables_account(company, complete, stored)
        return complete

    def check_removal(self, company: Company, record: Record) -> None:
        check_not_deposited(company, self.name, record)

    def postings(self, company: Company, record: Record) -> Sequence[Posting]:
        body = record.body
        cents = money.cents(body["TotalAmt"])
        sides = ((body["DepositToAccountRef"]["value"], cents), (body["ARAccount"], -cents))
        received, settled = (
            Posting(
                account=account,
                cents=amount,
                on=body["TxnDate"],
                transaction=record.id,
                entity=self.name,
                number=body.get("PaymentRefNum", ""),
                memo=body.get("PrivateNote", ""),
                party=("Customer", body["CustomerRef"]["value"]),
            )
            for account, amount in sides
        )
        return self.exchanged(company, record, received, settled)

    def derived(self, company: Company, record: Record) -> Body:
        unapplied = {"UnappliedAmt": money.amount(self.unapplied(record.body))}
        here = [link for link in shown_links(company, record) if link["TxnType"] == "Deposit"]
        return {**unapplied, "LinkedTxn": here}

    def voided(self, company: Company, record: Record) -> Body:
        check_not_deposited(company, self.name, record)
        return noted_as_void({**record.body, "TotalAmt": Decimal(0), "Line": []})


def check_not_deposited(company: Company, kind: str, stored: Record | None) -> None:
    if stored is not None and any(link.source[0] == "Deposit" for link in company.links.to((kind, stored.id))):
        raise faults.deposited()


def undeposited(company: Company) -> str:
    found = lazy_accounts.of_sub_type(company, "UndepositedFunds")
    return (found or lazy_accounts.needed(company, ACCOUNT, "Undeposited Funds")).id
