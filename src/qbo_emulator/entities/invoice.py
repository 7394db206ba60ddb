"""Invoice: what a customer owes. Voiding one keeps it, with every amount zero."""

from collections.abc import Iterable

from qbo_emulator import faults, money
from qbo_emulator.company import Company
from qbo_emulator.entities import currencies
from qbo_emulator.entities.due import due
from qbo_emulator.entities.entity import Act
from qbo_emulator.entities.sales_form import FILTERS, ONLINE, SalesForm, addresses, form_shape, receivables_account
from qbo_emulator.entities.transaction import TRANSACTION_OPERATIONS
from qbo_emulator.record import Record
from qbo_emulator.shape import Body, cash, given, hidden, ref

ONLINE_OFF = dict.fromkeys((each.name for each in ONLINE), False)


class Receivable(SalesForm):
    """On the customer's account until it is settled."""

    def required(self, body: Body) -> Iterable[faults.Error]:
        if "CustomerRef" not in body:
            yield faults.missing("CustomerRef")
        yield from super().required(body)

    def completed(self, company: Company, body: Body, stored: Record | None, act: Act) -> Body:
        complete = super().completed(company, addresses(company, body), stored, act)
        return {**complete, "ARAccount": receivables_account(company, complete, stored)}

    def balances(self, company: Company, record: Record) -> Body:
        found: Body = {"Balance": money.amount(self.open_balance(company, record))}
        if currencies.are_many(company):
            found["HomeBalance"] = money.amount(currencies.open_at_home(company, record))
        return found


class Invoice(Receivable):
    name = "Invoice"
    title = "Invoice"
    operations = TRANSACTION_OPERATIONS | {"void"}
    shape = form_shape(
        "Invoice",
        ONLINE,
        (
            given("Balance"),
            given("HomeBalance"),
            cash("Deposit"),
            ref("DepositToAccountRef", "Account"),
            hidden("ARAccount"),
        ),
        ("InvoiceLink", "AllowOnlinePayPalPayment", "EInvoiceStatus", "ECloudStatusTimeStamp", "CheckPayment"),
    )
    filters = {**FILTERS, "DueDate": "date", "SalesTermRef": "ref"}
    defaults = {**ONLINE_OFF, "LinkedTxn": [], **SalesForm.defaults}

    def completed(self, company: Company, body: Body, stored: Record | None, act: Act) -> Body:
        complete = super().completed(company, body, stored, act)
        customer = company.of("Customer")[complete["CustomerRef"]["value"]].body
        term = complete.get("SalesTermRef") or customer.get("SalesTermRef")
        if term:
            complete["SalesTermRef"] = term
        if "DueDate" not in complete:
            usual = term or company.preference("SalesFormsPrefs", "DefaultTerms")
            complete["DueDate"] = due(company, complete["TxnDate"], usual["value"] if usual else None)
        return complete
