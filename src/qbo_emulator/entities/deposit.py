"""Deposit: payments received before go to the bank together, and other money with them."""

from collections.abc import Iterator, Sequence

from qbo_emulator import faults, money
from qbo_emulator.company import Company
from qbo_emulator.entities import currencies, lines, party
from qbo_emulator.entities.entity import Act
from qbo_emulator.entities.transaction import (
    LINE_ID,
    LINKED,
    TAX_DETAIL,
    UNKEPT,
    Transaction,
    numbered,
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
    cash,
    choice,
    given,
    group,
    ignored,
    number,
    on,
    ref,
    several,
    text,
    typed_ref,
)

DETAIL = "DepositLineDetail"
DEPOSITABLE = ("Payment", "SalesReceipt")
LINE = Shape(
    "Line",
    (
        LINE_ID,
        given("LineNum"),
        text("Description", 4000),
        cash("Amount"),
        several("LinkedTxn", LINKED),
        choice("DetailType", DETAIL),
        group(
            DETAIL,
            Shape(
                DETAIL,
                (
                    typed_ref("Entity"),
                    ref("ClassRef", "Class"),
                    ref("AccountRef", "Account"),
                    ref("PaymentMethodRef", "PaymentMethod"),
                    text("CheckNum", 21),
                    text("TxnType"),
                    *ignored("TaxCodeRef", "TaxApplicableOn"),
                ),
            ),
        ),
        *ignored("Received", "CustomField", "LineEx", "ProjectRef"),
    ),
)
CASH_BACK = Shape("CashBackInfo", (ref("AccountRef", "Account"), cash("Amount"), text("Memo", 4000)))


class Deposit(Transaction):
    name = "Deposit"
    title = "Deposit"
    duplicate_warning = ""
    shape = Shape(
        "Deposit",
        (
            ref("DepositToAccountRef", "Account"),
            group("CashBack", CASH_BACK),
            given("TotalAmt"),
            *HEAD,
            text("DocNumber", 21),
            on("TxnDate"),
            ref("DepartmentRef", "Department"),
            ref("CurrencyRef", "Currency"),
            number("ExchangeRate"),
            text("PrivateNote", 4000),
            several("Line", LINE),
            TAX_DETAIL,
            *ignored("LinkedTxn", "GlobalTaxCalculation", "HomeTotalAmt", "DepositEx", "CustomField"),
            *ignored(*(each.name for each in UNKEPT)),
        ),
    )
    filters = {"DocNumber": "text", "TxnDate": "date", "DepositToAccountRef": "ref", "TotalAmt": "number"}

    def required(self, body: Body) -> Iterator[faults.Error]:
        if "DepositToAccountRef" not in body:
            yield faults.missing("DepositToAccountRef")
        if not body.get("Line"):
            yield faults.missing("Line")
        for line in body.get("Line", ()):
            if "Amount" not in line:
                yield faults.missing("Amount")
            if not line.get("LinkedTxn") and "AccountRef" not in line.get(DETAIL, {}):
                yield faults.missing("AccountRef")

    def prepared(self, company: Company, body: Body, stored: Record | None) -> Body:
        found = {**lines.located(company, body), "Line": [dict(line) for line in body["Line"]]}
        for line in found["Line"]:
            detail = line.get(DETAIL, {})
            if "Entity" in detail:
                line[DETAIL] = {**detail, "Entity": party.resolved(company, detail["Entity"])}
        return found

    def completed(self, company: Company, body: Body, stored: Record | None, act: Act) -> Body:
        complete = self.dated_and_numbered(company, body, stored, act)
        kind = company.of("Account")[complete["DepositToAccountRef"]["value"]].body["AccountType"]
        if kind not in ("Bank", "Other Current Asset"):
            raise faults.wrong_account_type()
        for line in complete["Line"]:
            for link in line.get("LinkedTxn", ()):
                _check_waiting(company, link, line, stored)
        complete["Line"] = numbered(with_line_ids(complete["Line"], stored, first=1))
        back = {"Amount": -complete["CashBack"]["Amount"]} if "CashBack" in complete else {}
        complete["TotalAmt"] = total_of([*complete["Line"], back])
        currencies.settle(company, complete)
        if currencies.is_foreign(company, complete):
            raise faults.rule_broken("A deposit is in the home currency.")
        return complete

    def links(self, company: Company, record: Record) -> Sequence[Link]:
        return [
            Link(source=(self.name, record.id), shown_as=self.name, target=(link["TxnType"], link["TxnId"]))
            for line in record.body["Line"]
            for link in line.get("LinkedTxn", ())
        ]

    def unlinked(self, company: Company, record: Record, target: tuple[str, str]) -> Body:
        raise AssertionError(f"{target} was voided although it is in deposit {record.id}")

    def postings(self, company: Company, record: Record) -> Sequence[Posting]:
        body = record.body
        found = [_line_posting(company, record, line) for line in body["Line"]]
        if "CashBack" in body:
            back = body["CashBack"]
            found.append(
                _posting(record, back["AccountRef"]["value"], money.cents(back["Amount"]), back.get("Memo", ""))
            )
        total = -sum(each.cents for each in found)
        return [_posting(record, body["DepositToAccountRef"]["value"], total, body.get("PrivateNote", "")), *found]


def _check_waiting(company: Company, link: Body, line: Body, stored: Record | None) -> None:
    """It is there, in whole, in Undeposited Funds, and in no other deposit."""
    kind, identity = link.get("TxnType", ""), link.get("TxnId", "")
    if kind not in DEPOSITABLE:
        raise faults.not_linkable(kind)
    target = company.find(kind, identity)
    if target is None:
        raise faults.no_such_link(kind, identity)
    own = stored.id if stored else None
    if any(each.source[0] == "Deposit" for each in company.links.to((kind, identity), besides=own)):
        raise faults.deposited()
    account = company.of("Account")[target.body["DepositToAccountRef"]["value"]].body
    if account["AccountSubType"] != "UndepositedFunds":
        raise faults.rule_broken("The payment you are trying to deposit is not in Undeposited Funds.")
    if currencies.is_foreign(company, target.body):
        raise faults.rule_broken("A payment in another currency is deposited where it is received.")
    if money.cents(target.body["TotalAmt"]) != money.cents(line["Amount"]):
        raise faults.rule_broken("A payment is deposited with its whole amount.")


def _line_posting(company: Company, record: Record, line: Body) -> Posting:
    cents = -money.cents(line["Amount"])
    for link in line.get("LinkedTxn", ()):
        target = company.of(link["TxnType"])[link["TxnId"]].body
        customer = target.get("CustomerRef")
        name = ("Customer", customer["value"]) if customer else None
        account = target["DepositToAccountRef"]["value"]
        return _posting(record, account, cents, line.get("Description", ""), name, line=line["Id"])
    detail = line[DETAIL]
    whom = detail.get("Entity")
    name = (whom["of"], whom["value"]) if whom else None
    klass = detail.get("ClassRef", {}).get("value")
    memo = line.get("Description", "")
    return _posting(record, detail["AccountRef"]["value"], cents, memo, name, klass=klass, line=line["Id"])


def _posting(
    record: Record,
    account: str,
    cents: int,
    memo: str,
    name: tuple[str, str] | None = None,
    *,
    klass: str | None = None,
    line: str = "",
) -> Posting:
    return Posting(
        account=account,
        cents=cents,
        on=record.body["TxnDate"],
        transaction=record.id,
        entity=record.kind,
        number=record.body.get("DocNumber", ""),
        memo=memo,
        party=name,
        klass=klass,
        department=record.body.get("DepartmentRef", {}).get("value"),
        line=line,
    )
