"""Purchase orders: placed, locked line by line while goods come, closed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from django.db import connection

from tieout.core.refusals import Refusal
from tieout.core.roles import ItemKind
from tieout.core.rounding import half_away
from tieout.purchasing.models import OrderState, PurchaseOrder, PurchaseOrderLine, Supplier


class UnknownOrder(Refusal):
    """A purchase order, or a line of one, that is not there."""

    code = "unknown_order"


class OrderClosed(Refusal):
    """An order that nothing more is expected of."""

    code = "order_closed"


class OrderExists(Refusal):
    """An order number that is taken."""

    code = "order_exists"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line of an order to be: quantity and price in the ordered unit."""

    item: int
    unit: int
    quantity: Decimal
    price: Decimal
    factor: Fraction = Fraction(1)
    amount: Decimal | None = None
    due_on: date | None = None


class LineFacts(NamedTuple):
    """An order line while goods come: quantities in the item's base unit but `ordered`."""

    id: int
    number: int
    item: int
    sku: str
    kind: ItemKind
    category: int | None
    unit: str
    decimals: int
    shelf_life_days: int | None
    ordered: Decimal
    price: Decimal
    amount: Decimal | None
    numerator: int
    denominator: int
    received: Decimal
    rejected: Decimal

    @property
    def factor(self) -> Fraction:
        """Base units in one ordered unit."""
        return Fraction(self.numerator, self.denominator)

    @property
    def due(self) -> Fraction:
        """The whole line in base units."""
        return Fraction(self.ordered) * self.factor

    def cents(self, quantity: Decimal, *, after: Decimal | None = None, rate: Fraction = Fraction(1)) -> int:
        """What `quantity` more is worth at this line's price: of a line total, the share by cumulative rounding."""
        if self.amount is None:
            return half_away(Fraction(quantity) / self.factor * Fraction(self.price) * rate * 100)
        total = Fraction(self.amount) * rate * 100 / self.due
        before = Fraction(self.received if after is None else after)
        return half_away(total * (before + Fraction(quantity))) - half_away(total * before)


def place(
    company: int,
    *,
    number: str,
    supplier: Supplier,
    site: int,
    ordered_on: date,
    lines: Sequence[Wanted],
    due_on: date | None = None,
    currency: str = "",
    note: str = "",
) -> PurchaseOrder:
    """Write an order and its lines."""
    if PurchaseOrder.objects.filter(number=number).exists():
        raise OrderExists(f"Purchase order {number} exists already. Use another number, or leave it out.")
    order = PurchaseOrder.objects.create(
        company_id=company,
        number=number,
        supplier=supplier,
        site_id=site,
        ordered_on=ordered_on,
        due_on=due_on,
        currency=currency,
        note=note,
    )
    PurchaseOrderLine.objects.bulk_create(
        PurchaseOrderLine(
            company_id=company,
            order=order,
            number=n,
            item_id=line.item,
            unit_id=line.unit,
            quantity=line.quantity,
            price=line.price,
            amount=line.amount,
            factor_numerator=line.factor.numerator,
            factor_denominator=line.factor.denominator,
            due_on=line.due_on or due_on,
        )
        for n, line in enumerate(lines, 1)
    )
    return order


def one(number: str) -> PurchaseOrder:
    """The order as it stands, with its supplier and site."""
    found = PurchaseOrder.objects.select_related("supplier", "supplier__party", "site").filter(number=number).first()
    if found is None:
        raise UnknownOrder(f"There is no purchase order {number}. Check the number, or receive as found goods.")
    return found


_LINES = """
select l.id, l.number, l.item_id, i.sku, i.kind, i.category_id, u.code, u.decimals, i.shelf_life_days, l.quantity,
    l.price, l.amount, l.factor_numerator, l.factor_denominator, l.received, l.rejected
from purchasing_purchaseorderline l
join catalog_item i on i.company_id = l.company_id and i.id = l.item_id
join catalog_unit u on u.company_id = i.company_id and u.id = i.unit_id
where l.company_id = %s and l.order_id = %s order by l.id for update of l
"""


def lock_lines(company: int, order: PurchaseOrder) -> dict[int, LineFacts]:
    """The order's lines by number, held until the act commits: two docks cannot both receive the last pallet."""
    with connection.cursor() as cursor:
        cursor.execute(_LINES, [company, order.pk])
        return {row[1]: LineFacts(*row)._replace(kind=ItemKind(row[4])) for row in cursor}


# A receipt may have several lots of one line, and an update sets a row once.
_RECEIVED = """
update purchasing_purchaseorderline l set received = l.received + n.received, rejected = l.rejected + n.rejected
from (
    select id, sum(received) as received, sum(rejected) as rejected
    from unnest(%s::bigint[], %s::numeric[], %s::numeric[]) as m(id, received, rejected) group by id
) n
where l.company_id = %s and l.id = n.id
"""
_DONE = """
update purchasing_purchaseorder o set state = case when exists (
        select 1 from purchasing_purchaseorderline l where l.company_id = o.company_id and l.order_id = o.id
            and l.received + l.rejected < l.quantity * l.factor_numerator / l.factor_denominator
    ) then 'open' else 'received' end
where o.company_id = %s and o.id = any(%s) and o.state <> 'closed'
"""


def add_received(company: int, orders: Collection[int], lines: Sequence[tuple[int, Decimal, Decimal]]) -> None:
    """Line id, received and rejected more (or less, when taken back); an order all of whose lines came is received."""
    ids, received, rejected = zip(*lines, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_RECEIVED, [list(ids), list(received), list(rejected), company])
        cursor.execute(_DONE, [company, list(orders)])


def close(order: PurchaseOrder, *, reason: str = "") -> None:
    """Nothing more is expected of it."""
    if order.state == OrderState.CLOSED:
        raise OrderClosed(f"{order.number} is closed already.")
    order.state = OrderState.CLOSED
    if reason:
        order.note = f"{order.note} Closed: {reason}".strip()[:500]
    order.save(update_fields=["state", "note"])
