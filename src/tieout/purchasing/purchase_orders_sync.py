"""Purchase orders between here and QuickBooks, where they post nothing.

Out, if the company says so: each order is kept there line by line as it is here, so that AP finds it under the bill;
it is closed when everything came and was billed, or when it was closed here. What is to stand there is a row of its
own before anything is sent (the outbox); another state is another row. In, once: orders that QuickBooks holds open
when a company begins, line by line; old ones are listed to be closed there instead.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import msgspec
from django.db import connection

from tieout.catalog.models import Item
from tieout.core.rounding import half_away
from tieout.purchasing import accruals, matching
from tieout.purchasing.models import (
    OrderLineLink,
    OrderSending,
    OrderState,
    Product,
    PurchaseOrder,
    SendingState,
    Supplier,
)

STALE_AFTER = timedelta(days=180)
NUMBER_MOST = 21

# --- Out --------------------------------------------------------------------------------------------------------

_TO_SEND = """
select o.id, o.number, p.external_id, o.ordered_on, o.due_on, coalesce(nullif(o.currency, ''), c.currency), o.state,
    o.note,
    (select count(*) from purchasing_ordersending s where s.company_id = o.company_id and s.order_id = o.id)
from purchasing_purchaseorder o
join purchasing_supplier s on s.company_id = o.company_id and s.id = o.supplier_id
join ledger_party p on p.company_id = s.company_id and p.id = s.party_id
join access_company c on c.id = o.company_id
where o.company_id = %s and p.external_id <> '' and length(o.number) <= %s
    and not exists (select 1 from purchasing_orderlinelink k
        join purchasing_purchaseorderline l on l.company_id = k.company_id and l.id = k.order_line_id
        where l.company_id = o.company_id and l.order_id = o.id
            and not exists (select 1 from purchasing_ordersending x
                where x.company_id = o.company_id and x.order_id = o.id))
    and (o.state <> 'closed' or exists (
        select 1 from purchasing_ordersending s where s.company_id = o.company_id and s.order_id = o.id
        and s.state <> 'superseded'))
order by o.id
"""
"""Orders that came from QuickBooks have links and no sending: AP keeps those."""

_LINES = """
select l.order_id, l.id, l.number, i.sku, i.name, u.code, l.quantity, l.price, l.amount,
    (select p.external_id from purchasing_product p where p.company_id = l.company_id and p.item_id = l.item_id
        and p.active and p.type <> 'Inventory' order by p.id limit 1),
    array(select r.id from purchasing_receiptline r where r.company_id = l.company_id and r.order_line_id = l.id)
from purchasing_purchaseorderline l
join catalog_item i on i.company_id = l.company_id and i.id = l.item_id
join catalog_unit u on u.company_id = l.company_id and u.id = l.unit_id
where l.company_id = %s and l.order_id = any(%s) order by l.order_id, l.number
"""


def write_down(company: int) -> int:
    """A row for every order that is not in QuickBooks as it is here; how many. Inside the caller's scope."""
    with connection.cursor() as cursor:
        cursor.execute(_TO_SEND, [company, NUMBER_MOST])
        orders = cursor.fetchall()
        cursor.execute(_LINES, [company, [row[0] for row in orders]])
        by_order: dict[int, list[tuple[Any, ...]]] = {}
        for row in cursor.fetchall():
            by_order.setdefault(row[0], []).append(row[1:])
    receipts = {id for lines in by_order.values() for line in lines for id in line[-1]}
    open_ids = {id for id, one in accruals.of(company, ids=receipts).items() if one.open_quantity > 0}
    accrual = next(iter(sorted(matching.accounts_of(company)[matching.Coding.ACCRUAL])), "")
    latest = {
        one.order_id: one for one in OrderSending.objects.exclude(state=SendingState.SUPERSEDED).order_by("version")
    }
    new = []
    for row in orders:
        lines = by_order.get(row[0], [])
        body = _body(row, lines, accrual=accrual, open_ids=open_ids)
        before = latest.get(row[0])
        if body is None or (before is not None and before.hash == digest(body)):
            continue
        new.append((row, body, before))
    for row, body, before in new:
        _supersede(before)
        OrderSending.objects.create(
            company_id=company,
            order_id=row[0],
            version=row[8] + 1,
            number=row[1],
            body=body,
            hash=digest(body),
            external_id=before.external_id if before else "",
            external_version=before.external_version if before else "",
        )
    return len(new)


def _supersede(before: OrderSending | None) -> None:
    """What was never sent needs not be; what may have been is settled first by its own row."""
    if before is not None and before.state in (SendingState.PENDING, SendingState.REJECTED):
        OrderSending.objects.filter(pk=before.pk).update(state=SendingState.SUPERSEDED)


def digest(body: object) -> str:
    return hashlib.sha256(msgspec.json.encode(body, order="sorted")).hexdigest()


def _body(
    row: tuple[Any, ...], lines: Sequence[tuple[Any, ...]], *, accrual: str, open_ids: set[int]
) -> dict[str, Any] | None:
    """The neutral document: ids that QuickBooks knows, amounts in cents. None: nothing to book a line on."""
    _, number, vendor, ordered_on, due_on, currency, state, note, _ = row
    if not lines or (not accrual and any(line[8] is None for line in lines)):
        return None
    is_done = state == OrderState.CLOSED or (
        state == OrderState.RECEIVED and not any(id in open_ids for line in lines for id in line[9])
    )
    return {
        "number": number,
        "vendor": vendor,
        "date": ordered_on.isoformat(),
        "due": due_on.isoformat() if due_on else None,
        "currency": currency,
        "memo": note,
        "status": "Closed" if is_done else "Open",
        "lines": [
            {
                "line": line[0],
                "product": line[8],
                "account": None if line[8] else accrual,
                "description": f"{line[2]} {line[3]}"[:200] if line[2] != line[3] else line[2],
                "unit": line[4],
                "quantity": f"{line[5].normalize():f}",
                "price": f"{line[6].normalize():f}",
                "amount": _cents(line[5], line[6], line[7]),
            }
            for line in lines
        ],
    }


def _cents(quantity: Decimal, price: Decimal, amount: Decimal | None) -> int:
    return half_away(Fraction(amount) * 100 if amount is not None else Fraction(quantity) * Fraction(price) * 100)


def arrived(one: OrderSending, *, external_id: str, version: str, lines: Sequence[str]) -> None:
    """It stands in QuickBooks as it is to: its id there, and the ids of its lines. Inside the caller's scope."""
    OrderSending.objects.filter(pk=one.pk).update(
        state=SendingState.CONFIRMED, external_id=external_id, external_version=version, reason=""
    )
    for said, line in zip(one.body["lines"], lines, strict=True):
        OrderLineLink.objects.update_or_create(
            company_id=one.company_id,
            order_line_id=said["line"],
            defaults={"order_external_id": external_id, "line_external_id": line},
        )


# --- In ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OfferedLine:
    """A line of an order in QuickBooks: what is still to come, of which item of ours."""

    external_id: str
    text: str
    item: int | None
    sku: str
    quantity: Decimal
    price: Decimal


@dataclass(frozen=True, slots=True)
class Offered:
    """An order that QuickBooks holds open."""

    external_id: str
    number: str
    supplier: str
    """The supplier's code here; empty if the vendor is none of ours."""
    vendor: str
    ordered_on: date
    due_on: date | None
    currency: str
    lines: tuple[OfferedLine, ...]
    is_stale: bool
    in_the_way: tuple[str, ...]
    """What only a change in QuickBooks or of the supplier can mend."""

    @property
    def problems(self) -> tuple[str, ...]:
        """Why it cannot be taken over as it is: a line without an item, which a person may say, and the rest."""
        return (*(f"{one.text or 'a line'}: no item here" for one in self.lines if one.item is None), *self.in_the_way)


@dataclass(frozen=True, slots=True)
class ItemOfLine:
    """What a person says a line of an order in QuickBooks is of: by the ids there, and our SKU."""

    order: str
    line: str
    sku: str


def linked(one: Offered, items: Mapping[tuple[str, str], tuple[int, str]]) -> Offered:
    """The order with the items (id and SKU) that a person has named for lines, by the order's id and the line's."""
    said = {line.external_id: items.get((one.external_id, line.external_id)) for line in one.lines}
    lines = tuple(
        replace(line, item=found[0], sku=found[1]) if line.item is None and (found := said[line.external_id]) else line
        for line in one.lines
    )
    return replace(one, lines=lines)


def offered(company: int, documents: Iterable[Mapping[str, Any]], *, on: date) -> list[Offered]:
    """What QuickBooks holds open and is not known here, with what stands in the way. Inside the caller's scope."""
    ours = set(OrderLineLink.objects.values_list("order_external_id", flat=True))
    taken = set(PurchaseOrder.objects.values_list("number", flat=True))
    products = {one.external_id: one for one in Product.objects.exclude(item=None)}
    skus = dict(Item.objects.values_list("id", "sku"))
    suppliers = {one.party.external_id: one.code for one in Supplier.objects.select_related("party")}
    found = []
    for document in documents:
        if document.get("POStatus", "Open") != "Open" or str(document["Id"]) in ours:
            continue
        lines = tuple(_offered_lines(document, products, skus))
        vendor = document.get("VendorRef") or {}
        number = str(document.get("DocNumber") or f"QB-{document['Id']}")
        problems = []
        if str(vendor.get("value")) not in suppliers:
            problems.append(f"{vendor.get('name') or 'the vendor'} is no supplier here")
        if number in taken:
            problems.append(f"there is an order {number} here already")
        if not lines:
            problems.append("nothing of it is still to come")
        ordered_on = date.fromisoformat(str(document["TxnDate"])[:10])
        due_on = date.fromisoformat(str(document["DueDate"])[:10]) if document.get("DueDate") else None
        found.append(
            Offered(
                str(document["Id"]),
                number,
                suppliers.get(str(vendor.get("value")), ""),
                str(vendor.get("name") or ""),
                ordered_on,
                due_on,
                str((document.get("CurrencyRef") or {}).get("value") or ""),
                lines,
                on - max(ordered_on, due_on or ordered_on) > STALE_AFTER,
                tuple(problems),
            )
        )
    return found


def _offered_lines(
    document: Mapping[str, Any], products: Mapping[str, Product], skus: Mapping[int, str]
) -> Iterable[OfferedLine]:
    for line in document.get("Line") or ():
        detail = line.get(line.get("DetailType")) or {}
        if line.get("DetailType") not in ("ItemBasedExpenseLineDetail", "AccountBasedExpenseLineDetail"):
            continue
        quantity = Decimal(str(detail.get("Qty") or 1)) - Decimal(str(line.get("Received") or 0))
        if quantity <= 0:
            continue
        product = products.get(str((detail.get("ItemRef") or {}).get("value")))
        item = product.item_id if product else None
        amount = Decimal(str(line.get("Amount") or 0))
        price = Decimal(str(detail.get("UnitPrice") or amount / Decimal(str(detail.get("Qty") or 1))))
        text = str(line.get("Description") or (detail.get("ItemRef") or {}).get("name") or "")
        yield OfferedLine(str(line["Id"]), text, item, skus.get(item or 0, ""), quantity, round(price, 6))
