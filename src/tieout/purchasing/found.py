"""Found goods, and their papers: the lot stays, UNVERIFIED is cleared, the supplier is owed the order's price.

The goods may have been used, made into something and sold since they were found. What they cost more or less
than was thought follows them, as any late cost does.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from django.db import connection

from tieout.access.acting import Act
from tieout.core.acts.corrections import Match
from tieout.core.acts.goods import Arrival
from tieout.core.balances import ZERO
from tieout.core.genealogy import Start
from tieout.core.posting import Paper
from tieout.core.refusals import Refusal
from tieout.core.roles import MoveKind, PlaceKind
from tieout.costing import compositions, late, late_costs
from tieout.costing.models import Element
from tieout.ledger import events, grouping
from tieout.ledger.models import EventKind
from tieout.purchasing import orders, rates, receipts
from tieout.purchasing.models import PurchaseOrder
from tieout.purchasing.orders import LineFacts
from tieout.purchasing.receipts import Accepted, Incoming, Receipt, ReceivedLot
from tieout.stock import movements, places
from tieout.stock.models import Lot, Movement
from tieout.stock.movements import Doing


class NotFoundGoods(Refusal):
    """A lot that was not found, or whose papers have come already, or of another item."""

    code = "not_found_goods"


def match(
    act: Act,
    *,
    order: PurchaseOrder,
    line: LineFacts,
    lot: int,
    at: datetime,
    slip: str = "",
    rate: Fraction | None = None,
) -> Receipt:
    """Put an order line under a lot that was found, inside the caller's transaction."""
    rates.refuse_none(order, rate, home=act.currency)
    known = places.of(act.company)
    site = known.site(order.site.code)
    reach = late.Reach(act.company, of_lots=[lot])
    row, entry = _found(lot, line)
    when, desk = events.moment(act, at=at, zone=site.zone)
    value = line.cents(entry.quantity, rate=rate or Fraction(1))
    foreign = None if rate is None else Decimal(line.cents(entry.quantity)) / 100
    number, _ = events.number(act, "RCV")
    nowhere = known.counterpart(PlaceKind.UNVERIFIED)
    supplier = known.counterpart(PlaceKind.SUPPLIER)
    difference = value - entry.value
    starts = [Start(difference, lot, paid_for=line.item)] if difference else []
    followed = late.genealogy(reach, desk).follow(starts)
    facts = Match(Arrival(line.item, lot, supplier, nowhere, entry.quantity, value), followed.shares)
    book = movements.load(act.company, reach.facts, more_pools=reach.pools)
    facts.apply(book)
    paper = f", slip {slip}" if slip else ""
    doing = Doing(
        EventKind.RECEIPT,
        number,
        when,
        desk,
        grouping.receipt(desk, when, number=number, site=site.id, site_code=site.code),
        Paper(
            EventKind.RECEIPT.value,
            vendor=order.supplier.party_id,
            document=number,
            by_lot=True,
            sold=late.sold(act.company, followed.shares),
        ),
        site=site.id,
        subject=order.number,
        note=f"Receipt {number} from {order.supplier.name} on {order.number}{paper}: papers of found lot {row.code}, "
        f"by {act.by.name}.",
    )
    event = movements.record(act, doing, book=book, facts=facts, goods=movements.goods_of(reach.facts.values()))
    incoming = Incoming(line.number, entry.quantity, lot=row.code)
    receipts.record_lines(act.company, event, [Accepted(incoming, line, value, foreign)], [lot], rate)
    orders.add_received(act.company, [order.pk], [(line.id, entry.quantity, ZERO)])
    compositions.begin(act.company, event, [lot])
    late_costs.record_compositions(act.company, event, followed, Element.MATERIAL)
    Lot.objects.filter(pk=lot).update(unverified=False, supplier_id=order.supplier.party_id)
    return Receipt(number, event, [ReceivedLot(lot, row.code, line.sku, entry.quantity, value)])


_EXPECTED = """
select o.number, l.number from purchasing_purchaseorderline l
join purchasing_purchaseorder o on o.company_id = l.company_id and o.id = l.order_id and o.state = 'open'
where l.company_id = %s and l.item_id = %s and o.site_id = %s
    and l.received + l.rejected < l.quantity * l.factor_numerator / l.factor_denominator
    and o.currency in ('', %s)
limit 2
"""


def expected(act: Act, item: int, site: int, quantity: Decimal) -> int | None:
    """The price of the only order line that goods of an item are still to come to a site on: of several, nobody
    knows which it was."""
    with connection.cursor() as cursor:
        cursor.execute(_EXPECTED, [act.company, item, site, act.currency])
        rows = cursor.fetchall()
    if len(rows) != 1:
        return None
    ((order, line),) = rows
    return orders.lock_lines(act.company, orders.one(order))[line].cents(quantity)


def _found(lot: int, line: LineFacts) -> tuple[Lot, Movement]:
    """The lot, and the movement it was found by."""
    row = Lot.objects.get(pk=lot)
    entry = Movement.objects.filter(lot_id=lot, kind=MoveKind.RECEIVE, quantity__gt=0).order_by("id").first()
    if not row.unverified or entry is None:
        raise NotFoundGoods(f"Lot {row.code} is not waiting for papers. Receive the goods as a lot of their own.")
    if row.item_id != line.item:
        raise NotFoundGoods(f"Lot {row.code} is another item than {line.sku}. Choose the line of its item.")
    return row, entry
