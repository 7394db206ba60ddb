"""What lines of bills and invoices have in common: quantity times price, tracking, tax codes, items."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

from qbo_emulator import faults, money
from qbo_emulator.company import Company
from qbo_emulator.record import Record
from qbo_emulator.shape import Body, Shape, on, ref

NOT_TAXED = {"value": "NON"}
TAX_CODES = frozenset({"TAX", "NON"})
DESCRIPTION_ONLY = "DescriptionOnly"
DESCRIPTION_DETAIL = Shape("DescriptionLineDetail", (on("ServiceDate"), ref("TaxCodeRef", "TaxCode")))


def problems(line: Body, needed: Mapping[str, str]) -> Iterator[faults.Error]:
    """Of single fields; `needed` names what each kind of detail cannot be without."""
    kind = line.get("DetailType")
    if kind is None:
        yield faults.missing("DetailType")
        return
    if kind == DESCRIPTION_ONLY:
        return
    if "Amount" not in line:
        yield faults.missing("Amount")
    detail = line.get(kind, {})
    if kind in needed and needed[kind] not in detail:
        yield faults.missing(needed[kind])
    quantity, price = detail.get("Qty"), detail.get("UnitPrice")
    if "Amount" not in line or quantity is None or price is None:
        return
    if money.cents(money.rounded(Decimal(quantity) * Decimal(price))) != money.cents(line["Amount"]):
        yield faults.wrong_product(str(line["Amount"]))


def prepared(company: Company, line: Body) -> Body:
    """Only the detail its type names is kept; a mark the company does not track is dropped."""
    kind = line["DetailType"]
    kept = {key: value for key, value in line.items() if not key.endswith("LineDetail") or key == kind}
    if kind == DESCRIPTION_ONLY:
        return {**kept, "DescriptionLineDetail": line.get("DescriptionLineDetail", {})}
    detail = dict(line.get(kind, {}))
    if not tracks_classes(company):
        detail.pop("ClassRef", None)
    if not _may_tax(company, detail.get("TaxCodeRef", NOT_TAXED)["value"]):
        raise faults.wrong_tax_code(detail["TaxCodeRef"]["value"])
    return {**kept, kind: detail}


def _may_tax(company: Company, code: str) -> bool:
    """US lines have one of the two pseudo codes, others a code of the company."""
    is_abroad = company.options.tax_on_purchases != "none"
    return code in TAX_CODES or (is_abroad and company.find("TaxCode", code) is not None)


def tracks_classes(company: Company) -> bool:
    names = ("ClassTrackingPerTxnLine", "ClassTrackingPerTxn")
    return any(company.preference("AccountingInfoPrefs", name) for name in names)


def located(company: Company, body: Body) -> Body:
    """Locations and header classes are dropped where they are not tracked."""
    untracked = set()
    if not company.preference("AccountingInfoPrefs", "TrackDepartments"):
        untracked.add("DepartmentRef")
    if not tracks_classes(company):
        untracked.add("ClassRef")
    return {name: value for name, value in body.items() if name not in untracked}


def item_of(company: Company, detail: Body) -> Record | None:
    found = detail.get("ItemRef")
    return company.of("Item").get(found["value"]) if found else None


def is_stock(item: Record | None) -> bool:
    return item is not None and item.body["Type"] == "Inventory"


def item_account(company: Company, item: Record, name: str, what: str) -> str:
    """The account an item posts to; without one it cannot be used this way."""
    found = item.body.get(name)
    if found is None:
        raise faults.rule_broken(f"The product or service {item.body['Name']} has no {what} account.")
    return str(found["value"])


def check_stock(item: Record, detail: Body, on_date: str) -> None:
    if not is_stock(item):
        return
    if "Qty" not in detail:
        raise faults.no_quantity(str(item.body["Name"]))
    if on_date < item.body["InvStartDate"]:
        raise faults.before_start(str(item.body["Name"]))


def list_cost(item: Record) -> Fraction:
    """What one costs by the item's own card, in cents."""
    return Fraction(Decimal(item.body.get("PurchaseCost", 0))) * 100
