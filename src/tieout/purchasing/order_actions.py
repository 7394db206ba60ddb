"""What buyers may ask for between here and QuickBooks: orders that a company begins with are taken over."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models.functions import Now
from msgspec import Struct

from tieout.access.acting import Act
from tieout.access.actions import action
from tieout.access.permissions import Permission
from tieout.catalog import items
from tieout.core.refusals import Refusal
from tieout.purchasing import orders, suppliers
from tieout.purchasing.actions import Placed
from tieout.purchasing.models import OrderLineLink, OrderSending, PurchaseOrderLine, SendingState
from tieout.purchasing.orders import Wanted
from tieout.purchasing.purchase_orders_sync import ItemOfLine, Offered, linked
from tieout.stock import places


class TakenOver(Struct, frozen=True):
    """Orders that are here now, and those that stay in QuickBooks with the reason."""

    placed: list[str] = []
    left: dict[str, str] = {}


class NotRefused(Refusal):
    """An order that QuickBooks did not refuse."""

    code = "not_refused"


@action(Permission.BUY)
def take_over_orders(act: Act, *, site: str, offered: Sequence[Offered], links: Sequence[ItemOfLine] = ()) -> TakenOver:
    """Open orders of QuickBooks become orders here, with what is still to come of each line; what has a problem, or
    is so old that nothing more will come, stays there. `links` names the items of lines that QuickBooks does not."""
    taken = TakenOver([], {})
    act.subject = f"{len(offered)} orders of QuickBooks"
    place = places.of(act.company).site(site).id
    known = items.by_sku([link.sku for link in links])
    said = {(link.order, link.line): (known[link.sku].id, link.sku) for link in links}
    for one in (linked(order, said) for order in offered):
        if one.problems or one.is_stale:
            stale = f"nothing came since {one.due_on or one.ordered_on}: close it in QuickBooks"
            taken.left[one.number] = "; ".join(one.problems) or stale
            continue
        _place(act, one, site=place)
        taken.placed.append(one.number)
    return taken


@action(Permission.BUY)
def send_order_again(act: Act, *, order: str) -> Placed:
    """QuickBooks refused an order, and what stood in the way is mended."""
    act.subject = order
    refused = OrderSending.objects.filter(order=orders.one(order), state=SendingState.REJECTED)
    if not refused.update(state=SendingState.PENDING, reason="", next_at=Now()):
        raise NotRefused(f"{order} was not refused by QuickBooks: there is nothing to send again.")
    return Placed(order)


def _place(act: Act, one: Offered, *, site: int) -> None:
    facts = items.by_id([line.item for line in one.lines if line.item is not None])
    lines = [(line, facts[line.item]) for line in one.lines if line.item is not None]
    order = orders.place(
        act.company,
        number=one.number,
        supplier=suppliers.one(one.supplier),
        site=site,
        ordered_on=one.ordered_on,
        due_on=one.due_on,
        currency="" if one.currency == act.currency else one.currency,
        note="Taken over from QuickBooks.",
        lines=[Wanted(item.id, item.unit_id, line.quantity, line.price) for line, item in lines],
    )
    made = PurchaseOrderLine.objects.filter(order=order).order_by("number")
    OrderLineLink.objects.bulk_create(
        OrderLineLink(
            company_id=act.company,
            order_line=row,
            order_external_id=one.external_id,
            line_external_id=line.external_id,
        )
        for row, (line, _) in zip(made, lines, strict=True)
    )
