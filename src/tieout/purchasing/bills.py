"""Bills, vendor credits and expenses as they stand in QuickBooks: mirrored from there, never written back.

AP owns them. What is read here is the truth of QuickBooks, whatever it says; what it means for the goods is decided
elsewhere (`matching`, `clearings`). A payment changes a bill's number of version and none of its lines: only a line
that really changed ends, and another begins, so clearings of all the others stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, Literal

from tieout.access.models import Company
from tieout.core.refusals import Refusal
from tieout.core.rounding import half_away
from tieout.ledger import policies
from tieout.ledger.models import Party
from tieout.purchasing import accruals, bill_tax, progress
from tieout.purchasing.models import Bill, BillLine, OrderLineLink, Product

ACCOUNT, ITEM = "AccountBasedExpenseLineDetail", "ItemBasedExpenseLineDetail"

Kind = Literal["Bill", "VendorCredit", "Purchase"]


class UnknownBill(Refusal):
    """A bill, or a line of one, that is not mirrored."""

    code = "unknown_bill"


class What(StrEnum):
    """What became of the mirror."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    DELETED = "deleted"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Change:
    """What a document changed here: lines that ended are to be taken back, new ones to be matched."""

    what: What
    bill: int | None = None
    ended: tuple[int, ...] = ()
    begun: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Line:
    """A line as the document has it: two that are equal are the same line."""

    external_id: str
    account_external_id: str
    product_external_id: str
    description: str
    quantity: Decimal | None
    unit_price: Decimal | None
    amount: int
    foreign_amount: Decimal | None
    order_external_id: str
    order_line_external_id: str


def mirror(company: int, document: Mapping[str, Any], *, kind: Kind, deleted: bool = False) -> Change:
    """Write a document as it stands in QuickBooks, or that it is gone. An older state than the known one changes
    nothing. Inside the caller's scope."""
    found = Bill.objects.select_for_update().filter(kind=kind, external_id=str(document["Id"])).first()
    if deleted:
        return _delete(found)
    token = int(document.get("SyncToken") or 0)
    if found is not None and (found.deleted or token <= found.sync_token):
        return Change(What.SAME, found.pk)
    vendor = _vendor(company, document, kind)
    if vendor is None and found is None:
        return Change(What.IGNORED)
    currency, rate = _money(document)
    billed_on = date.fromisoformat(str(document["TxnDate"])[:10])
    home = Company.objects.values_list("currency", flat=True).get(pk=company)
    tax = policies.in_force(billed_on)["tax on purchases"]
    said = list(_lines(document, kind, rate=rate, is_foreign=currency not in ("", home), tax=tax))
    bill = found or Bill(company_id=company, kind=kind, external_id=str(document["Id"]), version=0)
    # Who is charged, and in which money, is part of what every line says.
    charged = (vendor.pk if vendor else None, currency, rate)
    is_other = found is not None and (found.vendor_id, found.currency, found.rate) != charged
    bill.sync_token, bill.vendor, bill.currency, bill.rate = token, vendor, currency, rate
    bill.number = str(document.get("DocNumber") or "")[:40]
    bill.billed_on = billed_on
    bill.note = str(document.get("PrivateNote") or "")[:1000]
    bill.total = sum(line.amount for line in said)
    return _keep(bill, said, anew=is_other)


def one(kind: str, external_id: str) -> Bill:
    """The bill with that id in QuickBooks, held until the act commits."""
    found = Bill.objects.select_for_update().filter(kind=kind, external_id=external_id).first()
    if found is None:
        raise UnknownBill(f"There is no {kind} {external_id} here. It comes with the next look at QuickBooks.")
    return found


def held(bill: int) -> Bill:
    """The same by its own id."""
    found = Bill.objects.select_for_update().filter(pk=bill).first()
    if found is None:
        raise UnknownBill("There is no such bill here. Look for it in the list of bills.")
    return found


def lines(bill: Bill) -> list[BillLine]:
    """What it says now."""
    return list(BillLine.objects.filter(bill=bill, ended=None).order_by("number", "id"))


def ended_lines(bill: Bill) -> list[BillLine]:
    """What it said once and says no more: of a deleted bill, everything."""
    ended = BillLine.objects.filter(bill=bill)
    return list((ended if bill.deleted else ended.exclude(ended=None)).order_by("id"))


def _delete(bill: Bill | None) -> Change:
    if bill is None or bill.deleted:
        return Change(What.SAME, bill.pk if bill else None)
    bill.deleted = True
    bill.save(update_fields=["deleted"])
    ended = BillLine.objects.filter(bill=bill, ended=None)
    progress.note(bill.company_id, bill.pk)
    return Change(What.DELETED, bill.pk, ended=tuple(ended.values_list("id", flat=True)))


def _keep(bill: Bill, said: list[_Line], *, anew: bool) -> Change:
    """Lines that are not said any more end; new ones begin; the same ones stay."""
    before = lines(bill) if bill.pk else []
    same = {} if anew else {_as_said(line): line for line in before}
    new = [(n, line) for n, line in enumerate(said, 1) if line not in same]
    ended = [line for line in before if anew or _as_said(line) not in set(said)]
    if new or ended:
        bill.version += 1
    is_new = not bill.pk
    bill.save()
    accruals.redate(bill.company_id, bill.pk)
    BillLine.objects.filter(pk__in=[line.pk for line in ended]).update(ended=bill.version)
    begun = BillLine.objects.bulk_create(_row(bill, n, line) for n, line in _with_orders(new))
    progress.note(bill.company_id, bill.pk)
    what = What.NEW if is_new else What.CHANGED if new or ended else What.SAME
    return Change(what, bill.pk, tuple(line.pk for line in ended), tuple(line.pk for line in begun))


def _as_said(line: BillLine) -> _Line:
    return _Line(*(getattr(line, name) for name in _Line.__slots__))


_Numbered = tuple[int, tuple[_Line, int | None]]


def _with_orders(numbered: Iterable[tuple[int, _Line]]) -> list[_Numbered]:
    """Each line with the order line that it is linked to, if that order is one of ours."""
    every = list(numbered)
    wanted = {line.order_external_id for _, line in every if line.order_external_id}
    links = OrderLineLink.objects.filter(order_external_id__in=wanted) if wanted else ()
    known = {(one.order_external_id, one.line_external_id): one.order_line_id for one in links}
    return [(n, (line, known.get((line.order_external_id, line.order_line_external_id)))) for n, line in every]


def _row(bill: Bill, number: int, linked: tuple[_Line, int | None]) -> BillLine:
    line, order_line = linked
    columns = {name: getattr(line, name) for name in _Line.__slots__}
    return BillLine(
        company_id=bill.company_id, bill=bill, version=bill.version, number=number, order_line_id=order_line, **columns
    )


def _vendor(company: int, document: Mapping[str, Any], kind: Kind) -> Party | None:
    """Who charges us; of an expense that was paid to nobody known, nobody."""
    ref = document.get("EntityRef" if kind == "Purchase" else "VendorRef") or {}
    if not ref.get("value") or ref.get("type", "Vendor") != "Vendor":
        return None
    found = Party.objects.filter(kind="vendor", external_id=ref["value"]).first()
    if found is None:
        name = str(ref.get("name") or f"Vendor {ref['value']}")[:200]
        found, _ = Party.objects.get_or_create(company_id=company, kind="vendor", name=name)
        if not found.external_id:
            found.external_id = str(ref["value"])
            found.save(update_fields=["external_id"])
    return found


def _money(document: Mapping[str, Any]) -> tuple[str, Decimal]:
    rate = Decimal(str(document.get("ExchangeRate") or 1))
    return str((document.get("CurrencyRef") or {}).get("value") or "")[:3], rate.quantize(Decimal(1).scaleb(-12))


def _lines(document: Mapping[str, Any], kind: Kind, *, rate: Decimal, is_foreign: bool, tax: str) -> Iterable[_Line]:
    """The lines that post, with the tax that they bear, in home money, signed as they charge us."""
    is_credit = kind == "VendorCredit" or (kind == "Purchase" and bool(document.get("Credit")))
    sign = -1 if is_credit else 1
    posting = [
        line
        for line in document.get("Line") or ()
        if line.get("DetailType") in (ACCOUNT, ITEM) and line.get(line["DetailType"]) is not None
    ]
    for line, taxed in zip(posting, bill_tax.borne(document, posting, policy=tax), strict=True):
        detail = line[line["DetailType"]]
        amount = (Decimal(str(line.get("Amount") or 0)) + taxed) * sign
        quantity = detail.get("Qty")
        price = detail.get("UnitPrice")
        link: Mapping[str, Any] = next(
            (one for one in line.get("LinkedTxn") or () if one.get("TxnType") == "PurchaseOrder"), {}
        )
        yield _Line(
            external_id=str(line.get("Id") or ""),
            account_external_id=str((detail.get("AccountRef") or {}).get("value") or ""),
            product_external_id=str((detail.get("ItemRef") or {}).get("value") or ""),
            description=str(line.get("Description") or "")[:4000],
            quantity=None if quantity is None else Decimal(str(quantity)).quantize(Decimal("0.000001")) * sign,
            unit_price=None if price is None else Decimal(str(price)).quantize(Decimal(1).scaleb(-10)),
            amount=half_away(Fraction(amount) * Fraction(rate) * 100),
            foreign_amount=None if not is_foreign else amount.quantize(Decimal("0.01")),
            order_external_id=str(link.get("TxnId") or ""),
            order_line_external_id=str(link.get("TxnLineId") or ""),
        )


def keep_products(
    company: int, listed: Iterable[Mapping[str, Any]], *, items: Mapping[str, int], links: Mapping[str, int]
) -> int:
    """Products and services of QuickBooks as they are there; one whose SKU or name is an item's SKU is that item,
    unless somebody linked it with another."""
    known = {one.external_id: one for one in Product.objects.all()}
    new, changed = [], []
    for found in listed:
        one = known.get(str(found["Id"])) or Product(company_id=company, external_id=str(found["Id"]))
        columns = {
            "name": str(found.get("Name") or "")[:200],
            "sku": str(found.get("Sku") or "")[:100],
            "type": str(found.get("Type") or "")[:20],
            "active": bool(found.get("Active", True)),
            "account_external_id": str((found.get("ExpenseAccountRef") or {}).get("value") or ""),
        }
        named = items.get(str(columns["sku"])) or items.get(str(columns["name"]))
        columns["item_id"] = links.get(one.external_id) or named or one.item_id
        if not one.pk:
            new.append(Product(company_id=company, external_id=one.external_id, **columns))
        elif any(getattr(one, name) != value for name, value in columns.items()):
            for name, value in columns.items():
                setattr(one, name, value)
            changed.append(one)
    Product.objects.bulk_create(new)
    Product.objects.bulk_update(changed, ["name", "sku", "type", "active", "account_external_id", "item"])
    return len(new) + len(changed)


def link_product(external_id: str, item: int | None) -> None:
    """Somebody says which item of ours a product of QuickBooks is, or that it is none."""
    Product.objects.filter(external_id=external_id).update(item_id=item)
