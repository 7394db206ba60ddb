"""CreditMemo: an invoice the other way round. A payment uses it up."""

from qbo_emulator.company import Company
from qbo_emulator.entities.invoice import Receivable
from qbo_emulator.entities.sales_form import form_shape
from qbo_emulator.record import Record
from qbo_emulator.shape import Body, given, hidden


class CreditMemo(Receivable):
    name = "CreditMemo"
    title = "Credit Memo"
    sign = -1
    shape = form_shape(
        "CreditMemo",
        (given("RemainingCredit"),),
        (given("Balance"), given("HomeBalance"), hidden("ARAccount")),
        ("PaymentMethodRef", "PaymentRefNum", "DepositToAccountRef", "InvoiceRef"),
    )

    def balances(self, company: Company, record: Record) -> Body:
        found = super().balances(company, record)
        return {**found, "RemainingCredit": found["Balance"]}
