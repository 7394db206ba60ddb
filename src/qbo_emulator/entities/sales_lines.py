"""Lines of what the company sells: items, lines of text, a discount; the subtotal is the server's."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from qbo_emulator import faults, money, stock
from qbo_emulator.company import Company
from qbo_emulator.entities import currencies, lazy_accounts
from qbo_emulator.entities import lines as line_rules
from qbo_emulator.entities.account import Account
from qbo_emulator.entities.lines import DESCRIPTION_DETAIL, NOT_TAXED
from qbo_emulator.entities.transaction import LINE_ID
from qbo_emulator.ledger import Posting
from qbo_emulator.record import Record
from qbo_emulator.shape import (
    Body,
    Shape,
    cash,
    choice,
    flag,
    given,
    group,
    hidden,
    ignored,
    number,
    on,
    ref,
    text,
)
from qbo_emulator.stock import Move

ACCOUNT = Account()
SALE, DISCOUNT, SUBTOTAL = "SalesItemLineDetail", "DiscountLineDetail", "SubTotalLineDetail"
COST = "Cost"
"""What the stock of a line cost when it went out: settled when the line is entered, and kept."""
SALE_DETAIL = Shape(
    SALE,
    (
        on("ServiceDate"),
        ref("ItemRef", "Item"),
        ref("ClassRef", "Class"),
        number("UnitPrice"),
        number("Qty"),
        ref("TaxCodeRef", "TaxCode"),
        *ignored("ItemAccountRef", "DiscountRate", "DiscountAmt", "TaxInclusiveAmt", "RatePercent", "PriceLevelRef"),
        *ignored(
            "MarkupInfo",
            "UOMRef",
            "InventorySiteRef",
            "TaxClassificationRef",
            "DeferredRevenue",
            "SalesItemLineDetailEx",
        ),
    ),
)
DISCOUNT_DETAIL = Shape(
    DISCOUNT,
    (
        flag("PercentBased"),
        number("DiscountPercent"),
        ref("DiscountAccountRef", "Account"),
        ref("ClassRef", "Class"),
        *ignored("DiscountRef", "ServiceDate", "TaxCodeRef", "DiscountLineDetailEx", "Discount"),
    ),
)
LINE = Shape(
    "Line",
    (
        LINE_ID,
        given("LineNum"),
        text("Description", 4000),
        cash("Amount"),
        given("LinkedTxn"),
        choice("DetailType", SALE, DISCOUNT, SUBTOTAL, line_rules.DESCRIPTION_ONLY),
        group(SALE, SALE_DETAIL),
        group(DISCOUNT, DISCOUNT_DETAIL),
        given(SUBTOTAL),
        group("DescriptionLineDetail", DESCRIPTION_DETAIL),
        hidden(COST),
        *ignored("Received", "CustomField", "LineEx", "ProjectRef", "CustomExtensions"),
    ),
)


def required(body: Body) -> Iterator[faults.Error]:
    if not body.get("Line"):
        yield faults.missing("Line")
    for line in body.get("Line", ()):
        percent = line.get(DISCOUNT, {}).get("PercentBased")
        if line.get("DetailType") != SUBTOTAL and not percent:
            yield from line_rules.problems(line, {})


def prepared(company: Company, lines: Iterable[Body]) -> list[Body]:
    """Without the subtotal, which is not the client's to say."""
    found = []
    for line in lines:
        if line["DetailType"] == SUBTOTAL:
            continue
        kept = line_rules.prepared(company, line)
        if kept["DetailType"] == SALE:
            kept[SALE] = {"TaxCodeRef": NOT_TAXED, **kept[SALE]}
            if "ItemRef" not in kept[SALE]:
                kept[SALE]["ItemRef"] = _default_item(company)
        found.append(kept)
    return found


def _default_item(company: Company) -> Body:
    """An amount without an item is for the service the preferences name."""
    identity = company.other_preference("SalesFormsPrefs.DefaultItem")
    if company.find("Item", identity) is None:
        raise faults.Fault(faults.missing("ItemRef"), timed=False)
    return {"value": identity}


def completed(company: Company, body: Body, stored: Record | None, *, returned: bool) -> list[Body]:
    """Discounts worked out, and the cost of stock settled: for what comes back, at what it last went out for."""
    subtotal = sum(money.cents(line.get("Amount", 0)) for line in body["Line"] if line["DetailType"] == SALE)
    before = {line["Id"]: line for line in stored.body["Line"]} if stored else {}
    found = []
    for line in body["Line"]:
        if line["DetailType"] == SALE:
            found.append(_sold(company, line, before.get(line.get("Id", "")), body["TxnDate"], stored, returned))
        elif line["DetailType"] == DISCOUNT:
            found.append(_discounted(company, line, subtotal))
        else:
            found.append(line)
    return found


def _sold(
    company: Company, line: Body, before: Body | None, on_date: str, stored: Record | None, returned: bool
) -> Body:
    detail = line[SALE]
    item = company.of("Item")[detail["ItemRef"]["value"]]
    line_rules.item_account(company, item, "IncomeAccountRef", "income")
    if not line_rules.is_stock(item):
        return line
    line_rules.check_stock(item, detail, on_date)
    if before is not None and COST in before and _same_stock(before[SALE], detail):
        return {**line, COST: before[COST]}
    otherwise, own = line_rules.list_cost(item), stored.id if stored else None
    if returned:
        unit = company.stock.last_sold(item.id, otherwise=otherwise)
        return {**line, COST: stock.times(detail["Qty"], unit)}
    return {**line, COST: company.stock.cost_of(item.id, detail["Qty"], otherwise=otherwise, besides=own)}


def _same_stock(one: Body, other: Body) -> bool:
    return (one["ItemRef"], one.get("Qty")) == (other["ItemRef"], other.get("Qty"))


def _discounted(company: Company, line: Body, subtotal: int) -> Body:
    detail = dict(line.get(DISCOUNT, {}))
    if "DiscountAccountRef" not in detail:
        detail["DiscountAccountRef"] = {"value": lazy_accounts.needed(company, ACCOUNT, "Discounts given").id}
    amount = line.get("Amount", Decimal(0))
    if detail.get("PercentBased"):
        share = Decimal(subtotal) * Decimal(detail.get("DiscountPercent", 0)) / 100
        amount = money.amount(money.cents(share.scaleb(-2)))
    return {**line, "Amount": amount, DISCOUNT: detail}


def total(lines: Iterable[Body]) -> int:
    """In cents; a discount counts against the rest."""
    return sum(_signed(line) for line in lines)


def _signed(line: Body) -> int:
    cents = money.cents(line.get("Amount", 0))
    return -cents if line["DetailType"] == DISCOUNT else cents


def with_subtotal(lines: Sequence[Body]) -> list[Body]:
    """As an answer shows them: the subtotal stands before a discount and has neither id nor number."""
    sold = sum(money.cents(line.get("Amount", 0)) for line in lines if line["DetailType"] == SALE)
    subtotal = {"Amount": money.amount(sold), "DetailType": SUBTOTAL, SUBTOTAL: {}}
    first = [line for line in lines if line["DetailType"] != DISCOUNT]
    return [*first, subtotal, *(line for line in lines if line["DetailType"] == DISCOUNT)]


def zeroed(lines: Iterable[Body]) -> list[Body]:
    """As voiding leaves them."""
    found = []
    for line in lines:
        kept = {key: value for key, value in line.items() if key != COST}
        if "Amount" in kept:
            kept["Amount"] = Decimal(0)
        if SALE in kept:
            kept[SALE] = {**kept[SALE], **({"Qty": Decimal(0)} if "Qty" in kept[SALE] else {})}
        found.append(kept)
    return found


def postings(company: Company, record: Record, sign: int) -> list[Posting]:
    """Income for each line, credits when `sign` is 1; for stock its cost besides."""
    found: list[Posting] = []
    for line in record.body["Line"]:
        if line["DetailType"] == DISCOUNT:
            given = _posting(record, line, line[DISCOUNT]["DiscountAccountRef"]["value"], -sign * _signed(line))
            found += currencies.converted(company, record.body, [given])
        elif line["DetailType"] == SALE:
            item = company.of("Item")[line[SALE]["ItemRef"]["value"]]
            income = str(item.body["IncomeAccountRef"]["value"])
            earned = _posting(record, line, income, -sign * _signed(line))
            found += currencies.converted(company, record.body, [earned])
            if line.get(COST):
                cost = int(line[COST])
                found.append(_posting(record, line, str(item.body["ExpenseAccountRef"]["value"]), sign * cost))
                found.append(_posting(record, line, str(item.body["AssetAccountRef"]["value"]), -sign * cost))
    return found


def _posting(record: Record, line: Body, account: str, cents: int) -> Posting:
    body, detail = record.body, line[line["DetailType"]]
    customer = body.get("CustomerRef")
    return Posting(
        account=account,
        cents=cents,
        on=body["TxnDate"],
        transaction=record.id,
        entity=record.kind,
        number=body.get("DocNumber", ""),
        memo=line.get("Description", ""),
        party=("Customer", customer["value"]) if customer else None,
        klass=(detail.get("ClassRef") or body.get("ClassRef") or {}).get("value"),
        department=body.get("DepartmentRef", {}).get("value"),
        line=line["Id"],
    )


def moves(company: Company, record: Record, sign: int) -> list[Move]:
    """Stock going out when `sign` is 1, coming back when it is -1."""
    found = []
    for line in record.body["Line"]:
        if COST in line:
            item, quantity = line[SALE]["ItemRef"]["value"], Decimal(line[SALE]["Qty"])
            found.append(Move(item, record.body["TxnDate"], record.id, -sign * quantity, -sign * int(line[COST])))
    return found
