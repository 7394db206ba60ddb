"""PurchaseOrder: what was ordered. It posts nothing; bills answer its lines, and the last one closes it."""

from collections.abc import Iterator, Sequence

from qbo_emulator import faults, money
from qbo_emulator.company import Company
from qbo_emulator.entities import currencies, expense_lines, lines
from qbo_emulator.entities.contact import ADDRESS, EMAIL_ADDRESS
from qbo_emulator.entities.entity import Act
from qbo_emulator.entities.ordering import is_filled
from qbo_emulator.entities.payable import with_payables_account
from qbo_emulator.entities.transaction import (
    CUSTOM_FIELD,
    UNKEPT,
    Transaction,
    numbered,
    shown_links,
    total_of,
    with_line_ids,
)
from qbo_emulator.ledger import Posting
from qbo_emulator.record import Record
from qbo_emulator.shape import (
    HEAD,
    Body,
    Shape,
    choice,
    given,
    group,
    hidden,
    ignored,
    number,
    on,
    ref,
    several,
    text,
)

FILLED = "Filled"


class PurchaseOrder(Transaction):
    name = "PurchaseOrder"
    title = "Purchase Order"
    duplicate_warning = "WarnDuplicatePurchaseOrderNumber"
    first_number = 1001
    non_posting = True
    shape = Shape(
        "PurchaseOrder",
        (
            group("VendorAddr", ADDRESS),
            group("ShipAddr", ADDRESS),
            ref("ShipTo", "Customer"),
            ref("ShipMethodRef", ""),
            text("PrintStatus"),
            choice("EmailStatus", "NotSet", "NeedToSend", "EmailSent"),
            group("POEmail", EMAIL_ADDRESS),
            choice("POStatus", "Open", "Closed"),
            ref("SalesTermRef", "Term"),
            on("DueDate"),
            text("Memo", 4000),
            *HEAD,
            several("CustomField", CUSTOM_FIELD),
            text("DocNumber", 21),
            on("TxnDate"),
            ref("DepartmentRef", "Department"),
            ref("ClassRef", "Class"),
            ref("CurrencyRef", "Currency"),
            number("ExchangeRate"),
            text("PrivateNote", 4000),
            given("LinkedTxn"),
            several("Line", expense_lines.LINE),
            ref("VendorRef", "Vendor"),
            ref("APAccountRef", "Account"),
            given("TotalAmt"),
            given("TxnTaxDetail"),
            hidden(FILLED),
            *ignored(
                "GlobalTaxCalculation", "ReplyEmail", "BillEmail", "RemitToAddr", "PurchaseOrderEx", "ExpectedDate"
            ),
            *ignored("TemplateRef", "FOB", "TaxCodeRef", "ManuallyClosed", "PayerRef", *(each.name for each in UNKEPT)),
        ),
    )
    filters = {"DocNumber": "text", "VendorRef": "ref", **dict.fromkeys(("TxnDate", "DueDate"), "date")}

    def needs_plus(self, body: Body) -> bool:
        return True

    def numbers_itself(self, company: Company) -> bool:
        return company.other_preference("VendorAndPurchasesPrefs.UseCustomTxnNumbers") != "true"

    def required(self, body: Body) -> Iterator[faults.Error]:
        if "VendorRef" not in body:
            yield faults.missing("VendorRef")
        yield from expense_lines.required(body)

    def check_period(self, company: Company, body: Body, stored: Record | None) -> None:
        """Closed books are no concern of what posts nothing."""

    def prepared(self, company: Company, body: Body, stored: Record | None) -> Body:
        if company.other_preference("VendorAndPurchasesPrefs.PurchaseOrderEnabled") != "true":
            raise faults.feature_missing(self.name)
        without_links = [{key: value for key, value in line.items() if key != "LinkedTxn"} for line in body["Line"]]
        return {**lines.located(company, body), "Line": expense_lines.prepared(company, without_links)}

    def completed(self, company: Company, body: Body, stored: Record | None, act: Act) -> Body:
        usual: Body = {"PrintStatus": "NotSet", "EmailStatus": "NotSet", "CustomField": [], "LinkedTxn": []}
        complete = self.dated_and_numbered(company, {**usual, **body}, stored, act)
        expense_lines.check(company, complete)
        complete["Line"] = numbered(with_line_ids(complete["Line"], stored, first=1))
        complete["TotalAmt"] = total_of(complete["Line"])
        currencies.settle(company, complete, name=currencies.of_name(company, "Vendor", complete["VendorRef"]))
        with_payables_account(company, complete)
        complete[FILLED] = stored is not None and is_filled(company, stored.id, complete["Line"])
        complete.setdefault("POStatus", "Closed" if complete[FILLED] else "Open")
        return complete

    def settled(self, company: Company, record: Record) -> Body:
        """Closed when the last line is answered and open again when one no longer is; else as a person left it."""
        before, filled = record.body[FILLED], is_filled(company, record.id, record.body["Line"])
        status = record.body["POStatus"] if filled == before else "Closed" if filled else "Open"
        return {**record.body, "POStatus": status, FILLED: filled}

    def check_removal(self, company: Company, record: Record) -> None:
        for link in company.links.to((self.name, record.id)):
            raise faults.rule_broken(f"This purchase order is linked to {link.shown_as} {link.source[1]}.")

    def derived(self, company: Company, record: Record) -> Body:
        return {"LinkedTxn": shown_links(company, record)}

    def listed(self, record: Record) -> Sequence[Posting]:
        """How a list of transactions shows it, though no ledger does."""
        body = record.body
        posting = Posting(
            account=body["APAccountRef"]["value"],
            cents=-money.cents(body["TotalAmt"]),
            on=body["TxnDate"],
            transaction=record.id,
            entity=self.name,
            number=body.get("DocNumber", ""),
            memo=body.get("Memo", ""),
            party=("Vendor", body["VendorRef"]["value"]),
            klass=body.get("ClassRef", {}).get("value"),
            department=body.get("DepartmentRef", {}).get("value"),
        )
        return [posting]
