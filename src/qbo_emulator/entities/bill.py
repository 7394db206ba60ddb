"""Bill: a vendor's invoice. It credits payables; each line may answer a line of a purchase order."""

from collections.abc import Sequence

from qbo_emulator.company import Company
from qbo_emulator.entities import expense_lines, purchase_tax
from qbo_emulator.entities.due import due
from qbo_emulator.entities.entity import Act
from qbo_emulator.entities.ordering import check_order_lines, order_links
from qbo_emulator.entities.payable import Payable
from qbo_emulator.entities.transaction import UNKEPT
from qbo_emulator.links import Link
from qbo_emulator.record import Record
from qbo_emulator.shape import HEAD, Body, Shape, given, ignored, number, on, ref, several, text


class Bill(Payable):
    name = "Bill"
    title = "Bill"
    duplicate_warning = "WarnDuplicateBillNumber"
    sign = 1
    shape = Shape(
        "Bill",
        (
            ref("SalesTermRef", "Term"),
            on("DueDate"),
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
            *ignored("HomeTotalAmt", "PayerRef", "RemitToAddr", "ShipAddr"),
            *ignored("VendorAddr", "BillEmail", "ReplyEmail", "Memo", "BillEx", "LessCIS", "IncludeInAnnualTPAR"),
            *ignored("CustomField", *(each.name for each in UNKEPT)),
        ),
    )
    filters = {
        **dict.fromkeys(("VendorRef", "APAccountRef", "SalesTermRef"), "ref"),
        **dict.fromkeys(("TxnDate", "DueDate"), "date"),
        "DocNumber": "text",
        "TotalAmt": "number",
        "Balance": "number",
    }

    def completed(self, company: Company, body: Body, stored: Record | None, act: Act) -> Body:
        complete = super().completed(company, body, stored, act)
        for line in complete["Line"]:
            line.setdefault("LinkedTxn", [])
        check_order_lines(company, complete["Line"], complete["VendorRef"]["value"])
        vendor = company.of("Vendor")[complete["VendorRef"]["value"]].body
        term = complete.get("SalesTermRef") or vendor.get("TermRef")
        if term:
            complete["SalesTermRef"] = term
        if "DueDate" not in complete:
            complete["DueDate"] = due(company, complete["TxnDate"], term["value"] if term else None)
        return complete

    def links(self, company: Company, record: Record) -> Sequence[Link]:
        return order_links(record)
