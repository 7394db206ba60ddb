"""Lines of what the company buys: straight to an account, or an item and through it to its account."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from qbo_emulator import faults, money
from qbo_emulator.company import Company
from qbo_emulator.entities import currencies, purchase_tax
from qbo_emulator.entities import lines as line_rules
from qbo_emulator.entities.lines import DESCRIPTION_DETAIL, NOT_TAXED
from qbo_emulator.entities.transaction import LINE_ID, LINKED
from qbo_emulator.ledger import Posting
from qbo_emulator.record import Record
from qbo_emulator.shape import (
    Body,
    Shape,
    cash,
    choice,
    given,
    group,
    ignored,
    number,
    ref,
    several,
    text,
)
from qbo_emulator.stock import Move

ACCOUNT, ITEM = "AccountBasedExpenseLineDetail", "ItemBasedExpenseLineDetail"
NEEDED = {ACCOUNT: "AccountRef", ITEM: "ItemRef"}
BILLABLE = choice("BillableStatus", "Billable", "NotBillable", "HasBeenBilled")
ACCOUNT_DETAIL = Shape(
    ACCOUNT,
    (
        ref("CustomerRef", "Customer"),
        ref("ClassRef", "Class"),
        ref("AccountRef", "Account"),
        BILLABLE,
        ref("TaxCodeRef", "TaxCode"),
        cash("TaxAmount"),
        cash("TaxInclusiveAmt"),
        *ignored("MarkupInfo", "ExpenseDetailLineDetailEx"),
    ),
)
ITEM_DETAIL = Shape(
    ITEM,
    (
        BILLABLE,
        ref("CustomerRef", "Customer"),
        ref("ItemRef", "Item"),
        ref("ClassRef", "Class"),
        number("UnitPrice"),
        number("Qty"),
        ref("TaxCodeRef", "TaxCode"),
        cash("TaxInclusiveAmt"),
        *ignored("ItemAccountRef", "MarkupInfo", "RatePercent", "PriceLevelRef", "UOMRef"),
        *ignored("InventorySiteRef", "ItemBasedExpenseLineDetailEx"),
    ),
)
LINE = Shape(
    "Line",
    (
        LINE_ID,
        given("LineNum"),
        text("Description", 4000),
        cash("Amount"),
        several("LinkedTxn", LINKED),
        choice("DetailType", ACCOUNT, ITEM, line_rules.DESCRIPTION_ONLY),
        group(ITEM, ITEM_DETAIL),
        group(ACCOUNT, ACCOUNT_DETAIL),
        group("DescriptionLineDetail", DESCRIPTION_DETAIL),
        *ignored("Received", "CustomField", "LineEx", "ProjectRef", "CustomExtensions"),
    ),
)


def required(body: Body) -> Iterator[faults.Error]:
    if not body.get("Line"):
        yield faults.missing("Line")
    for line in body.get("Line", ()):
        yield from line_rules.problems(line, NEEDED)
        for link in line.get("LinkedTxn", ()):
            yield from (faults.missing(name) for name in ("TxnId", "TxnType") if name not in link)
            if link.get("TxnType") == "PurchaseOrder" and "TxnLineId" not in link:
                yield faults.missing("TxnLineId")


def prepared(company: Company, lines: Iterable[Body]) -> list[Body]:
    found = []
    for line in lines:
        kept = line_rules.prepared(company, line)
        kind = kept["DetailType"]
        if kind in NEEDED:
            kept[kind] = {"BillableStatus": "NotBillable", "TaxCodeRef": NOT_TAXED, **kept[kind]}
            if company.options.tax_on_purchases == "none":
                for name in ("TaxAmount", "TaxInclusiveAmt"):
                    kept[kind].pop(name, None)
        found.append(kept)
    return found


def check(company: Company, body: Body) -> None:
    """Every line reaches an account it may post to."""
    for line in body["Line"]:
        if line["DetailType"] == ITEM:
            item = company.of("Item")[line[ITEM]["ItemRef"]["value"]]
            line_rules.check_stock(item, line[ITEM], body["TxnDate"])
        account = account_of(company, line)
        if account and company.of("Account")[account].body["AccountType"] == "Non-Posting":
            raise faults.wrong_account_type()


def account_of(company: Company, line: Body) -> str | None:
    """Where the line's amount goes; a line of text goes nowhere."""
    if line["DetailType"] == ACCOUNT:
        return str(line[ACCOUNT]["AccountRef"]["value"])
    if line["DetailType"] != ITEM:
        return None
    item = company.of("Item")[line[ITEM]["ItemRef"]["value"]]
    if line_rules.is_stock(item):
        return line_rules.item_account(company, item, "AssetAccountRef", "inventory asset")
    return line_rules.item_account(company, item, "ExpenseAccountRef", "expense")


def postings(company: Company, record: Record, party: tuple[str, str] | None, sign: int) -> list[Posting]:
    """One for each line, debits when `sign` is 1. A line for a customer is booked under the customer's name."""
    found = []
    taxes = purchase_tax.by_line(record.body)
    for line in record.body["Line"]:
        account = account_of(company, line)
        if account is None:
            continue
        detail = line[line["DetailType"]]
        customer = detail.get("CustomerRef")
        found.append(
            Posting(
                account=account,
                cents=sign * (money.cents(line["Amount"]) + taxes.get(line["Id"], 0)),
                on=record.body["TxnDate"],
                transaction=record.id,
                entity=record.kind,
                number=record.body.get("DocNumber", ""),
                memo=line.get("Description", ""),
                party=("Customer", customer["value"]) if customer else party,
                klass=(detail.get("ClassRef") or record.body.get("ClassRef") or {}).get("value"),
                department=record.body.get("DepartmentRef", {}).get("value"),
                line=line["Id"],
            )
        )
    return currencies.converted(company, record.body, found)


def moves(company: Company, record: Record, sign: int) -> Sequence[Move]:
    """Stock bought, at what the line says it cost; given back when `sign` is -1."""
    found = []
    taxes = purchase_tax.by_line(record.body)
    for line in record.body["Line"]:
        if line["DetailType"] != ITEM:
            continue
        item = line_rules.item_of(company, line[ITEM])
        quantity = Decimal(line[ITEM].get("Qty", 0))
        if item is not None and line_rules.is_stock(item) and quantity:
            cents = currencies.at_home(company, record.body, money.cents(line["Amount"]) + taxes.get(line["Id"], 0))
            found.append(Move(item.id, record.body["TxnDate"], record.id, sign * quantity, sign * cents))
    return found
