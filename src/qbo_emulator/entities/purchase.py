"""Purchase: paid at once, by card, by cheque or in cash. A card can also be refunded."""

from collections.abc import Iterator, Sequence

from qbo_emulator import faults
from qbo_emulator.company import Company
from qbo_emulator.entities import currencies, expense_lines, lines, party, purchase_tax
from qbo_emulator.entities.entity import Act
from qbo_emulator.entities.ordering import check_order_lines, order_links
from qbo_emulator.entities.transaction import (
    CUSTOM_FIELD,
    UNKEPT,
    Transaction,
    shown_links,
    total_of,
    with_line_ids,
)
from qbo_emulator.ledger import Posting
from qbo_emulator.links import Link
from qbo_emulator.record import Record
from qbo_emulator.shape import (
    HEAD,
    Body,
    Shape,
    choice,
    flag,
    given,
    ignored,
    number,
    on,
    ref,
    several,
    text,
    typed_ref,
)
from qbo_emulator.stock import Move

PAID_FROM = {
    "Cash": {"Bank", "Other Current Asset", "Credit Card"},
    "Check": {"Bank"},
    "CreditCard": {"Credit Card"},
}
TITLES = {"Cash": "Expense", "Check": "Check", "CreditCard": "Credit Card Expense"}
INNER_TYPES = {"Cash": "54", "Check": "3", "CreditCard": "54"}
REFUND = "11"


class Purchase(Transaction):
    name = "Purchase"
    title = "Expense"
    duplicate_warning = "WarnDuplicateCheckNumber"
    shape = Shape(
        "Purchase",
        (
            ref("AccountRef", "Account"),
            choice("PaymentType", *PAID_FROM),
            typed_ref("EntityRef"),
            flag("Credit"),
            given("TotalAmt"),
            text("PrintStatus"),
            given("PurchaseEx"),
            *HEAD,
            several("CustomField", CUSTOM_FIELD),
            text("DocNumber", 21),
            on("TxnDate"),
            ref("DepartmentRef", "Department"),
            ref("CurrencyRef", "Currency"),
            number("ExchangeRate"),
            text("PrivateNote", 4000),
            given("LinkedTxn"),
            several("Line", expense_lines.LINE),
            ref("PaymentMethodRef", "PaymentMethod"),
            text("PaymentRefNum", 21),
            *purchase_tax.PROPERTIES,
            *ignored("RemitToAddr", "CheckPayment", "CreditCardPayment", "HomeTotalAmt"),
            *ignored("IncludeInAnnualTPAR", *(each.name for each in UNKEPT)),
        ),
    )
    filters = {
        "DocNumber": "text",
        "TxnDate": "date",
        "PaymentType": "text",
        "AccountRef": "ref",
        "TotalAmt": "number",
    }

    def required(self, body: Body) -> Iterator[faults.Error]:
        yield from (faults.missing(name) for name in ("PaymentType", "AccountRef") if name not in body)
        yield from expense_lines.required(body)

    def prepared(self, company: Company, body: Body, stored: Record | None) -> Body:
        found = {**lines.located(company, body), "Line": expense_lines.prepared(company, body["Line"])}
        if "EntityRef" in found:
            found["EntityRef"] = party.resolved(company, found["EntityRef"])
        return found

    def completed(self, company: Company, body: Body, stored: Record | None, act: Act) -> Body:
        complete = self.dated_and_numbered(company, {"CustomField": [], **body}, stored, act)
        way = complete["PaymentType"]
        if company.of("Account")[complete["AccountRef"]["value"]].body["AccountType"] not in PAID_FROM[way]:
            raise faults.wrong_account_type()
        if complete.get("Credit") and way != "CreditCard":
            raise faults.rule_broken("Only a credit card can be refunded.")
        complete |= {"Credit": complete.get("Credit", False)} if way == "CreditCard" else {}
        complete |= {"PrintStatus": complete.get("PrintStatus", "NotSet")} if way == "Check" else {}
        expense_lines.check(company, complete)
        check_order_lines(company, complete["Line"], complete.get("EntityRef", {}).get("value", ""))
        complete["Line"] = with_line_ids(complete["Line"], stored, first=1)
        complete["TotalAmt"] = total_of(complete["Line"])
        purchase_tax.settle(company, complete)
        paid_from = company.of("Account")[complete["AccountRef"]["value"]].body
        whom = complete.get("EntityRef", {})
        name = currencies.of_name(company, whom.get("of", ""), whom)
        if name is None:
            complete.setdefault("CurrencyRef", paid_from["CurrencyRef"])
        currencies.settle(company, complete, name=name)
        return complete

    def clashes(self, body: Body, other: Body) -> bool:
        """Only the numbers of cheques on one account are watched."""
        return (
            all(each["PaymentType"] == "Check" for each in (body, other)) and body["AccountRef"] == other["AccountRef"]
        )

    def title_of(self, record: Record) -> str:
        return "Credit Card Credit" if record.body.get("Credit") else TITLES[record.body["PaymentType"]]

    def postings(self, company: Company, record: Record) -> Sequence[Posting]:
        body, whom = record.body, record.body.get("EntityRef")
        name = (whom["of"], whom["value"]) if whom else None
        sign = _sign(body)
        found = [
            *expense_lines.postings(company, record, name, sign),
            *purchase_tax.postings(company, record, name, sign),
        ]
        paid = Posting(
            account=body["AccountRef"]["value"],
            cents=0,
            on=body["TxnDate"],
            transaction=record.id,
            entity=self.name,
            number=body.get("DocNumber", ""),
            memo=body.get("PrivateNote", ""),
            party=name,
            department=body.get("DepartmentRef", {}).get("value"),
        )
        return [currencies.head(company, body, paid, found), *found]

    def moves(self, company: Company, record: Record) -> Sequence[Move]:
        return expense_lines.moves(company, record, _sign(record.body))

    def links(self, company: Company, record: Record) -> Sequence[Link]:
        return order_links(record)

    def derived(self, company: Company, record: Record) -> Body:
        inner = REFUND if record.body.get("Credit") else INNER_TYPES[record.body["PaymentType"]]
        links = shown_links(company, record)
        return {"PurchaseEx": _inner(inner), **({"LinkedTxn": links} if links else {})}


def _sign(body: Body) -> int:
    return -1 if body.get("Credit") else 1


def _inner(value: str) -> Body:
    """A piece of the service's own XML that shows through."""
    return {
        "any": [
            {
                "name": "{http://schema.intuit.com/finance/v3}NameValue",
                "declaredType": "com.intuit.schema.finance.v3.NameValue",
                "scope": "javax.xml.bind.JAXBElement$GlobalScope",
                "value": {"Name": "TxnType", "Value": value},
                "nil": False,
                "globalScope": True,
                "typeSubstituted": False,
            }
        ]
    }
