"""BillPayment: money to a vendor, for bills and after vendor credits."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from qbo_emulator import faults, money
from qbo_emulator.company import Company
from qbo_emulator.entities import currencies, lines
from qbo_emulator.entities.bill import Bill
from qbo_emulator.entities.entity import Act
from qbo_emulator.entities.journal_entry import JournalEntry
from qbo_emulator.entities.payable import with_payables_account
from qbo_emulator.entities.settlement import LINE, Settlement
from qbo_emulator.entities.transaction import TRANSACTION_OPERATIONS, UNKEPT, noted_as_void
from qbo_emulator.entities.vendor_credit import VendorCredit
from qbo_emulator.ledger import Posting
from qbo_emulator.record import Record
from qbo_emulator.shape import HEAD, Body, Shape, cash, choice, flag, group, ignored, number, on, ref, several, text

CHECK = Shape(
    "BillPaymentCheck", (ref("BankAccountRef", "Account"), text("PrintStatus"), *ignored("CheckDetail", "PayeeAddr"))
)
CARD = Shape("BillPaymentCreditCard", (ref("CCAccountRef", "Account"), *ignored("CCDetail")))
WAYS = {
    "Check": ("CheckPayment", "BankAccountRef", "Bank"),
    "CreditCard": ("CreditCardPayment", "CCAccountRef", "Credit Card"),
}


class BillPayment(Settlement):
    name = "BillPayment"
    title = "Bill Payment (Check)"
    shown_as = "BillPaymentCheck"
    party = "VendorRef"
    side = 1
    duplicate_warning = ""
    operations = TRANSACTION_OPERATIONS | {"void"}
    settles = {"Bill": Bill(), "VendorCredit": VendorCredit(), "JournalEntry": JournalEntry()}
    credits = frozenset({"VendorCredit"})
    shape = Shape(
        "BillPayment",
        (
            ref("VendorRef", "Vendor"),
            choice("PayType", *WAYS),
            group("CheckPayment", CHECK),
            group("CreditCardPayment", CARD),
            cash("TotalAmt"),
            flag("ProcessBillPayment"),
            *HEAD,
            text("DocNumber", 21),
            on("TxnDate"),
            ref("DepartmentRef", "Department"),
            ref("CurrencyRef", "Currency"),
            number("ExchangeRate"),
            text("PrivateNote", 4000),
            several("Line", LINE),
            ref("APAccountRef", "Account"),
            *ignored("LinkedTxn", "TxnTaxDetail", "PayeeAddr", "BillPaymentEx", "CustomField", "HomeTotalAmt"),
            *ignored(*(each.name for each in UNKEPT)),
        ),
    )
    filters = {
        "DocNumber": "text",
        "TxnDate": "date",
        "VendorRef": "ref",
        "PayType": "text",
        "TotalAmt": "number",
    }

    def required(self, body: Body) -> Iterator[faults.Error]:
        yield from super().required(body)
        way = body.get("PayType")
        if way is None:
            yield faults.missing("PayType")
        elif WAYS[way][1] not in body.get(WAYS[way][0], {}):
            yield faults.missing(WAYS[way][1])

    def prepared(self, company: Company, body: Body, stored: Record | None) -> Body:
        if "TotalAmt" not in body:
            raise faults.rule_broken("You must set a transaction amount.")
        return lines.located(company, body)

    def completed(self, company: Company, body: Body, stored: Record | None, act: Act) -> Body:
        complete = self.dated_and_numbered(company, {"Line": [], **body}, stored, act)
        if complete["TotalAmt"] < 0:
            raise faults.rule_broken("Transaction amount must be 0 or greater.")
        part, name, account_type = WAYS[complete["PayType"]]
        if company.of("Account")[complete[part][name]["value"]].body["AccountType"] != account_type:
            raise faults.wrong_account_type()
        if part == "CheckPayment":
            complete[part] = {"PrintStatus": "NotSet", **complete[part]}
        currencies.settle(company, complete, name=currencies.of_name(company, "Vendor", complete["VendorRef"]))
        self.check_lines(company, complete, stored)
        with_payables_account(company, complete)
        return complete

    def title_of(self, record: Record) -> str:
        return self.title if record.body["PayType"] == "Check" else "Bill Payment (Credit Card)"

    def postings(self, company: Company, record: Record) -> Sequence[Posting]:
        body = record.body
        part, name, _ = WAYS[body["PayType"]]
        cents = money.cents(body["TotalAmt"])
        sides = ((body[part][name]["value"], -cents), (body["APAccountRef"]["value"], cents))
        paid, settled = (
            Posting(
                account=account,
                cents=amount,
                on=body["TxnDate"],
                transaction=record.id,
                entity=self.name,
                number=body.get("DocNumber", ""),
                memo=body.get("PrivateNote", ""),
                party=("Vendor", body["VendorRef"]["value"]),
                department=body.get("DepartmentRef", {}).get("value"),
            )
            for account, amount in sides
        )
        return self.exchanged(company, record, paid, settled)

    def voided(self, company: Company, record: Record) -> Body:
        return noted_as_void({**record.body, "TotalAmt": Decimal(0), "Line": []})
