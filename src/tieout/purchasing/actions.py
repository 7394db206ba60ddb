"""What buyers and the dock may ask for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import partial

from msgspec import Struct

from tieout.access.acting import Act
from tieout.access.actions import action
from tieout.access.permissions import Permission
from tieout.catalog import items, units
from tieout.catalog.items import ItemFacts
from tieout.core import quantities
from tieout.core.refusals import Refusal
from tieout.core.roles import Role
from tieout.core.rounding import half_away
from tieout.ledger import events
from tieout.purchasing import clearings, found, orders, receipts, returns, suppliers
from tieout.purchasing.models import ReceiptLine, Supplier
from tieout.purchasing.orders import LineFacts, Wanted
from tieout.purchasing.receipts import Incoming, Receipt
from tieout.purchasing.returns import SentBackLot
from tieout.stock import lots, places, reversals, unverified
from tieout.stock.movements import Recorded
from tieout.stock.reversals import Reversed


@dataclass(frozen=True, slots=True)
class OrderLine:
    """An item wanted, in the unit it is bought in; no price: the supplier's price of that day."""

    sku: str
    quantity: Decimal
    price: Decimal | None = None
    unit: str = ""
    amount: Decimal | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Came:
    """What came of an order line (by its number, or its item's SKU), in `unit` or the item's base unit."""

    line: int | str
    quantity: Decimal
    unit: str = ""
    rejected: Decimal = Decimal(0)
    lot: str = ""
    supplier_lot: str = ""
    expires_on: date | None = None
    amount: Decimal | None = None
    reason: str = ""


class Placed(Struct, frozen=True):
    number: str


class NoPrice(Refusal):
    """An order line without a price, from a supplier who has none on record."""

    code = "no_price"


class BadCurrency(Refusal):
    """Something that is not a currency's code."""

    code = "bad_currency"


@action(Permission.BUY)
def add_supplier(act: Act, *, code: str, name: str, currency: str = "", lead_time_days: int | None = None) -> Placed:
    """A supplier; QuickBooks' vendor of that name is linked, or asked for."""
    act.subject = code
    suppliers.add(act.company, code=code, name=name, currency=currency, lead_time_days=lead_time_days)
    return Placed(code)


@action(Permission.BUY)
def set_supplier_price(
    act: Act, *, supplier: str, sku: str, price: Decimal, effective_from: date, unit: str = ""
) -> Placed:
    """What the supplier asks per unit from that day on."""
    item = items.one(sku)
    act.subject = f"{supplier} {sku}"
    suppliers.set_price(
        act.company,
        supplier=suppliers.one(supplier),
        item=item,
        unit=units.one(unit).id if unit else item.unit_id,
        price=quantities.price(price),
        effective_from=effective_from,
    )
    return Placed(supplier)


@action(Permission.BUY)
def place_order(
    act: Act,
    *,
    supplier: str,
    site: str,
    lines: Sequence[OrderLine],
    ordered_on: date,
    due_on: date | None = None,
    number: str = "",
    currency: str = "",
    note: str = "",
) -> Placed:
    """Order from a supplier. Moves no stock and owes nothing."""
    seller = suppliers.one(supplier)
    known = items.by_sku([line.sku for line in lines])
    wanted = []
    for line in lines:
        item = known[line.sku]
        quantities.quantity(line.quantity, what=f"The quantity of {line.sku}")
        wanted.append(
            Wanted(
                item=item.id,
                unit=units.one(line.unit).id if line.unit else item.unit_id,
                quantity=line.quantity,
                price=_price(line, seller, item, ordered_on),
                factor=units.factor(item, line.unit),
                amount=line.amount,
                due_on=line.due_on,
            )
        )
    taken = number or events.number(act, "PO")[0]
    order = orders.place(
        act.company,
        number=taken,
        supplier=seller,
        site=places.of(act.company).site(site).id,
        ordered_on=ordered_on,
        lines=wanted,
        due_on=due_on,
        currency=_currency(currency, act, seller),
        note=note,
    )
    act.subject = order.number
    return Placed(order.number)


def _price(line: OrderLine, seller: Supplier, item: ItemFacts, on: date) -> Decimal:
    """The line's own, or the supplier's of that day, which may be for another unit."""
    if line.price is not None:
        return quantities.price(line.price, what=f"The price of {line.sku}")
    if line.amount is not None:
        return Decimal(0)
    found = suppliers.price_in_force(seller, item.id, on)
    if found is None:
        raise NoPrice(
            f"{seller.code} has no price for {line.sku} on {on}. Give a price on the line, or set the supplier's."
        )
    each = Fraction(found.price) * units.factor(item, line.unit) / units.factor(item, found.unit.code)
    return Decimal(half_away(each * 10**6)).scaleb(-6)


def _currency(said: str, act: Act, seller: Supplier) -> str:
    """Of the order's prices; empty: the company's own."""
    found = said.upper() or seller.currency
    if found and not re.fullmatch("[A-Z]{3}", found):
        raise BadCurrency(f"“{said}” is not a currency. Write its three letters, such as EUR.")
    return "" if found == act.currency else found


@action(Permission.RECEIVE)
def receive(
    act: Act,
    *,
    order: str,
    lines: Sequence[Came],
    at: datetime,
    to: str = "",
    slip: str = "",
    rate: Fraction | Decimal | None = None,
    credit: Role | None = None,
) -> Receipt:
    """Goods of a purchase order are here: new lots at the order's price, an accrued liability until the bill."""
    expecting = orders.one(order)
    expected = orders.lock_lines(act.company, expecting)
    place = places.of(act.company).at(to or expecting.site.code)
    return receipts.receive(
        act,
        order=expecting,
        expected=expected,
        incoming=[_incoming(order, expected, came) for came in lines],
        place=place,
        at=at,
        slip=slip,
        rate=None if rate is None else Fraction(rate),
        credit=credit,
    )


def _line(order: str, expected: Mapping[int, LineFacts], wanted: int | str) -> LineFacts:
    """The order line of that number, or of that item."""
    line = next((one for one in expected.values() if wanted in (one.number, one.sku)), None)
    if line is None:
        known = ", ".join(f"{one.number} ({one.sku})" for one in expected.values())
        raise orders.UnknownOrder(f"{order} has no line {wanted}; it has {known}.")
    return line


def _incoming(order: str, expected: Mapping[int, LineFacts], came: Came) -> Incoming:
    """The order line meant, and quantities in its item's base unit."""
    line = _line(order, expected, came.line)
    item = items.one(line.sku) if came.unit else None
    return Incoming(
        line=line.number,
        quantity=units.to_base(item, came.quantity, came.unit) if item and came.quantity else came.quantity,
        rejected=units.to_base(item, came.rejected, came.unit) if item and came.rejected else came.rejected,
        lot=came.lot,
        supplier_lot=came.supplier_lot,
        expires_on=came.expires_on,
        amount=came.amount,
        reason=came.reason,
    )


@action(Permission.COUNT)
def record_found(
    act: Act, *, sku: str, quantity: Decimal, place: str, at: datetime, lot: str = "", note: str = ""
) -> Recorded:
    """Goods that are on the floor and not in the ledger: at the price of the one order that they may be of, else at
    what the item last cost here."""
    expected = partial(found.expected, act)
    return unverified.record(act, sku=sku, quantity=quantity, place=place, at=at, lot=lot, note=note, expected=expected)


@action(Permission.RECEIVE)
def match_found(
    act: Act,
    *,
    lot: str,
    order: str,
    line: int | str,
    at: datetime,
    slip: str = "",
    rate: Fraction | Decimal | None = None,
) -> Receipt:
    """The papers of found goods are here: their lot is this order's, at its price, wherever the goods are by now."""
    found_order = orders.one(order)
    expected = orders.lock_lines(act.company, found_order)
    return found.match(
        act,
        order=found_order,
        line=_line(order, expected, line),
        lot=lots.by_code(act.company, [lot])[lot],
        at=at,
        slip=slip,
        rate=None if rate is None else Fraction(rate),
    )


@action(Permission.BUY)
def close_order(act: Act, *, order: str, reason: str = "") -> Placed:
    """Nothing more is expected of it; the reason stays with the order."""
    act.subject = f"{order}: {reason}" if reason else order
    orders.close(orders.one(order), reason=reason)
    return Placed(order)


@action(Permission.REVERSE)
def reverse_receipt(act: Act, *, receipt: str, at: datetime, reason: str) -> Reversed:
    """Take a receipt back whole: nothing of it may have been used, and the order expects the goods again."""
    taken = reversals.reverse(act, number=receipt, at=at, reason=reason)
    clearings.refuse_billed(taken.reversed_event)
    lines = list(
        ReceiptLine.objects.filter(event_id=taken.reversed_event).values_list(
            "order_line_id", "quantity", "rejected", "order_line__order_id"
        )
    )
    if lines:
        orders.add_received(
            act.company,
            {order for *_, order in lines},
            [(line, -received, -rejected) for line, received, rejected, _ in lines],
        )
    return taken


@action(Permission.RECEIVE)
def return_to_supplier(
    act: Act, *, lot: str, quantity: Decimal, at: datetime, place: str = "", reason: str = ""
) -> SentBackLot:
    """Goods of a lot go back to whom they came from: less is owed for them, or, if they were billed, he owes us."""
    return returns.send_back(act, lot=lot, quantity=quantity, at=at, place=place, reason=reason)


@action(Permission.REVERSE)
def reverse_supplier_return(act: Act, *, event: str, at: datetime, reason: str) -> Reversed:
    """The goods never left. Refused once the supplier has given a credit for them."""
    return returns.take_back(act, number=event, at=at, reason=reason)


@action(Permission.VALUE)
def settle_claim(
    act: Act, *, supplier_return: str, credited: Decimal, at: datetime, document: str = "", final: bool = True
) -> Recorded:
    """The supplier's credit for a return is in QuickBooks; what it lacks of the claim is a loss, unless more comes."""
    return returns.settle_claim(
        act,
        supplier_return=supplier_return,
        credited=quantities.cents(credited, what="The credit"),
        at=at,
        document=document,
        final=final,
    )
