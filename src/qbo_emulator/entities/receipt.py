"""SalesReceipt and RefundReceipt: sold, or taken back, for money at once."""

from collections.abc import Sequence

from qbo_emulator import faults
from qbo_emulator.company import Company
from qbo_emulator.entities.entity import Act
from qbo_emulator.entities.payment import check_not_deposited, undeposited
from qbo_emulator.entities.sales_form import SalesForm, addresses, form_shape
from qbo_emulator.entities.transaction import TRANSACTION_OPERATIONS
from qbo_emulator.record import Record
from qbo_emulator.shape import Body, Property, given, ref, text

PAID: Sequence[Property] = (
    given("Balance"),
    given("HomeBalance"),
    ref("PaymentMethodRef", "PaymentMethod"),
    text("PaymentRefNum", 21),
    ref("DepositToAccountRef", "Account"),
)
UNKEPT = ("CheckPayment", "CreditCardPayment", "PaymentType", "CheckNum", "TxnSourceRef")


class Receipt(SalesForm):
    """Money moves at once; a payment still in Undeposited Funds waits there for its deposit."""

    def completed(self, company: Company, body: Body, stored: Record | None, act: Act) -> Body:
        check_not_deposited(company, self.name, stored)
        addressed = addresses(company, body) if "CustomerRef" in body else body
        return super().completed(company, addressed, stored, act)

    def head_account(self, company: Company, body: Body) -> str:
        return str(body["DepositToAccountRef"]["value"])

    def check_removal(self, company: Company, record: Record) -> None:
        check_not_deposited(company, self.name, record)


class SalesReceipt(Receipt):
    name = "SalesReceipt"
    title = "Sales Receipt"
    operations = TRANSACTION_OPERATIONS | {"void"}
    shape = form_shape("SalesReceipt", (), PAID, UNKEPT)

    def completed(self, company: Company, body: Body, stored: Record | None, act: Act) -> Body:
        complete = super().completed(company, body, stored, act)
        if "DepositToAccountRef" not in complete:
            complete["DepositToAccountRef"] = {"value": undeposited(company)}
        return complete

    def voided(self, company: Company, record: Record) -> Body:
        check_not_deposited(company, self.name, record)
        return super().voided(company, record)


class RefundReceipt(Receipt):
    name = "RefundReceipt"
    title = "Refund"
    sign = -1
    shape = form_shape("RefundReceipt", (), PAID, UNKEPT)

    def completed(self, company: Company, body: Body, stored: Record | None, act: Act) -> Body:
        if "DepositToAccountRef" not in body:
            raise faults.Fault(faults.missing("DepositToAccountRef"), timed=False)
        return super().completed(company, body, stored, act)
