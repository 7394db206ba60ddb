"""VendorCredit: a bill the other way round. A bill payment uses it up."""

from qbo_emulator.entities import expense_lines, purchase_tax
from qbo_emulator.entities.payable import Payable
from qbo_emulator.entities.transaction import UNKEPT
from qbo_emulator.shape import HEAD, Shape, given, ignored, number, on, ref, several, text


class VendorCredit(Payable):
    name = "VendorCredit"
    title = "Vendor Credit"
    duplicate_warning = "WarnDuplicateBillNumber"
    sign = -1
    shape = Shape(
        "VendorCredit",
        (
            given("Balance"),
            *HEAD,
            text("DocNumber", 21),
            on("TxnDate"),
            ref("DepartmentRef", "Department"),
            ref("CurrencyRef", "Currency"),
            number("ExchangeRate"),
            text("PrivateNote", 4000),
            given("LinkedTxn"),
            several("Line", expense_lines.LINE),
            ref("VendorRef", "Vendor"),
            ref("APAccountRef", "Account"),
            given("TotalAmt"),
            *purchase_tax.PROPERTIES,
            given("HomeBalance"),
            *ignored("HomeTotalAmt", "PayerRef", "RemitToAddr", "SalesTermRef"),
            *ignored("VendorAddr", "DueDate", "Memo", "VendorCreditEx", "CustomField", "IncludeInAnnualTPAR"),
            *ignored(*(each.name for each in UNKEPT)),
        ),
    )
    filters = {
        **dict.fromkeys(("VendorRef", "APAccountRef"), "ref"),
        "DocNumber": "text",
        "TxnDate": "date",
        "TotalAmt": "number",
    }
