"""What the four forms a company gives its customers share: invoice, credit memo, sales receipt, refund receipt."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from qbo_emulator import faults, money
from qbo_emulator.company import Company
from qbo_emulator.entities import currencies, lazy_accounts, lines, sales_lines
from qbo_emulator.entities.account import Account
from qbo_emulator.entities.contact import ADDRESS, EMAIL_ADDRESS
from qbo_emulator.entities.entity import Act
from qbo_emulator.entities.transaction import (
    CUSTOM_FIELD,
    UNKEPT,
    Transaction,
    check_still_covers,
    noted_as_void,
    numbered,
    shown_links,
    with_line_ids,
)
from qbo_emulator.ledger import Posting
from qbo_emulator.record import Record
from qbo_emulator.shape import (
    HEAD,
    Body,
    Property,
    Shape,
    flag,
    given,
    group,
    ignored,
    number,
    on,
    ref,
    several,
    text,
)
from qbo_emulator.stock import Move

ACCOUNT = Account()
MEMO = Shape("MemoRef", (text("value", 1000), *ignored("name", "type")))
ONLINE = tuple(
    flag(name)
    for name in ("AllowIPNPayment", "AllowOnlinePayment", "AllowOnlineCreditCardPayment", "AllowOnlineACHPayment")
)
FORMS = ("Invoice", "CreditMemo", "SalesReceipt", "RefundReceipt")
BEFORE_LINES = (
    *HEAD,
    several("CustomField", CUSTOM_FIELD),
    text("DocNumber", 21),
    on("TxnDate"),
    ref("DepartmentRef", "Department"),
    ref("CurrencyRef", "Currency"),
    number("ExchangeRate"),
    text("PrivateNote", 4000),
    given("LinkedTxn"),
    several("Line", sales_lines.LINE),
    given("TxnTaxDetail"),
    ref("CustomerRef", "Customer"),
    group("CustomerMemo", MEMO),
    group("BillAddr", ADDRESS),
    group("ShipAddr", ADDRESS),
    ref("ClassRef", "Class"),
    ref("SalesTermRef", "Term"),
    on("DueDate"),
    ref("ShipMethodRef", ""),
    on("ShipDate"),
    text("TrackingNum", 31),
    given("TotalAmt"),
    given("HomeTotalAmt"),
    flag("ApplyTaxAfterDiscount"),
    text("PrintStatus"),
    text("EmailStatus"),
    group("BillEmail", EMAIL_ADDRESS),
)
SELDOM = ignored(
    *("GlobalTaxCalculation", "FreeFormAddress", "ShipFromAddr", "TaxExemptionRef"),
    *("BillEmailCc", "BillEmailBcc", "DeliveryInfo", "FinanceCharge", "RemitToRef", "TemplateRef", "SalesRepRef"),
    *("PONumber", "FOB", "ARAccountRef", "AutoDocNumber", "TotalSpecialDiscount", "DeliveryType"),
    *(each.name for each in UNKEPT),
)
FILTERS = {
    "CustomerRef": "ref",
    "DocNumber": "text",
    "TxnDate": "date",
    "TotalAmt": "number",
    "Balance": "number",
}


def form_shape(name: str, first: Sequence[Property], last: Sequence[Property], unkept: Sequence[str] = ()) -> Shape:
    return Shape(name, (*first, *BEFORE_LINES, *last, *SELDOM, *ignored(*unkept, f"{name}Ex")))


class SalesForm(Transaction):
    duplicate_warning = "WarnDuplicateInvoiceNumber"
    numbered_with = FORMS
    first_number = 1001
    computed = frozenset({"Balance"})
    filters = FILTERS
    sign = 1
    """1 where the lines are credits to income."""
    party = "CustomerRef"
    defaults: Body = {"ApplyTaxAfterDiscount": False, "PrintStatus": "NeedToPrint", "EmailStatus": "NotSet"}

    def numbers_itself(self, company: Company) -> bool:
        return not company.preference("SalesFormsPrefs", "CustomTxnNumbers")

    def required(self, body: Body) -> Iterable[faults.Error]:
        yield from sales_lines.required(body)

    def prepared(self, company: Company, body: Body, stored: Record | None) -> Body:
        return {**lines.located(company, body), "Line": sales_lines.prepared(company, body["Line"])}

    def completed(self, company: Company, body: Body, stored: Record | None, act: Act) -> Body:
        numbered_body = self.dated_and_numbered(company, body, stored, act)
        complete = {**self.defaults, "CustomField": [], **numbered_body}
        entered = sales_lines.completed(company, complete, stored, returned=self.sign < 0)
        complete["Line"] = numbered(with_line_ids(entered, stored, first=1))
        cents = sales_lines.total(complete["Line"])
        if cents < 0:
            raise faults.rule_broken("Transaction amount must be 0 or greater.")
        complete["TotalAmt"] = money.amount(cents)
        complete["TxnTaxDetail"] = {"TotalTax": 0}
        currencies.settle(company, complete, name=currencies.of_name(company, "Customer", complete.get("CustomerRef")))
        check_still_covers(self, company, complete, stored, self.party)
        return complete

    def postings(self, company: Company, record: Record) -> Sequence[Posting]:
        body, customer = record.body, record.body.get("CustomerRef")
        found = sales_lines.postings(company, record, self.sign)
        head = Posting(
            account=self.head_account(company, body),
            cents=0,
            on=body["TxnDate"],
            transaction=record.id,
            entity=self.name,
            number=body.get("DocNumber", ""),
            memo=body.get("PrivateNote", ""),
            party=("Customer", customer["value"]) if customer else None,
            department=body.get("DepartmentRef", {}).get("value"),
        )
        return [currencies.head(company, body, head, found), *found]

    def head_account(self, company: Company, body: Body) -> str:
        """The account the whole amount goes to: receivables here, a bank account on receipts."""
        return str(body["ARAccount"])

    def moves(self, company: Company, record: Record) -> Sequence[Move]:
        return sales_lines.moves(company, record, self.sign)

    def derived(self, company: Company, record: Record) -> Body:
        found: dict[str, Any] = {"Line": sales_lines.with_subtotal(record.body["Line"])}
        links = shown_links(company, record)
        if links:
            found["LinkedTxn"] = links
        if currencies.are_many(company):
            found["HomeTotalAmt"] = money.amount(self._at_home(company, record))
        return {**found, **self.balances(company, record)}

    def _at_home(self, company: Company, record: Record) -> int:
        account = self.head_account(company, record.body)
        postings = company.ledger.of_transaction(record.id)
        return abs(sum(each.cents for each in postings if each.account == account and not each.line))

    def balances(self, company: Company, record: Record) -> Body:
        return {"Balance": Decimal(0)}

    def voided(self, company: Company, record: Record) -> Body:
        body = {**record.body, "Line": sales_lines.zeroed(record.body["Line"]), "TotalAmt": Decimal(0)}
        return noted_as_void(body)


def receivables_account(company: Company, body: Body, stored: Record | None) -> str:
    """The account first used stays with the transaction, as long as it is in the same currency."""
    code = currencies.of(body)
    if stored is not None and currencies.of(company.of("Account")[stored.body["ARAccount"]].body) == code:
        return str(stored.body["ARAccount"])
    return lazy_accounts.subledger(company, ACCOUNT, "Accounts Receivable", code).id


def addresses(company: Company, body: Body) -> Body:
    """The customer's own, as they are now, where none are sent."""
    customer = company.of("Customer")[body["CustomerRef"]["value"]].body
    found: Body = {name: customer[name] for name in ("BillAddr", "ShipAddr") if name in customer and name not in body}
    if "PrimaryEmailAddr" in customer and "BillEmail" not in body:
        found["BillEmail"] = customer["PrimaryEmailAddr"]
    return {**body, **found}
