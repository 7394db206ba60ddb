"""Purchase orders: which there are and how each stands in QuickBooks, a new one, one with all that came of it, and
those of QuickBooks that are not here yet."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse

from tieout.access import company as companies
from tieout.access.permissions import Permission
from tieout.core.refusals import Refusal
from tieout.ledger import policies
from tieout.purchasing import actions, order_actions, order_queries, supplier_queries
from tieout.purchasing.actions import OrderLine
from tieout.purchasing.purchase_orders_sync import ItemOfLine, Offered
from tieout.quickbooks import purchase_orders
from tieout.quickbooks import queries as books
from tieout.stock import choices
from tieout.web.typed import BadEntry
from tieout.web.visits import Visit, page

MOST = 50
POLICY = "purchase orders"


@page()
def orders(visit: Visit) -> HttpResponse:
    """By state, supplier, due date, state in QuickBooks and words."""
    typed, on = visit.typed, visit.today
    shown = typed.text("show") if typed.text("show") in order_queries.SHOWN else "open"
    skip = typed.whole_if_any("skip") or 0
    found = order_queries.rows(
        on,
        show=shown,
        supplier=typed.text("supplier"),
        until=typed.day_if_any("until", "The due date"),
        books=typed.text("books"),
        text=typed.text("q"),
        skip=skip,
        most=MOST + 1,
    )
    return visit.show(
        "web/orders.html",
        here="orders",
        orders=[(one, one.is_overdue(on)) for one in found[:MOST]],
        more=skip + MOST if len(found) > MOST else None,
        shown=shown,
        every_shown=order_queries.SHOWN,
        books=order_queries.BOOKS,
        suppliers=supplier_queries.rows(),
        filtered=any(typed.has(name) for name in ("q", "supplier", "until", "books")),
        policy=policies.in_force(on)[POLICY],
        connected=books.connection() is not None,
    )


@page()
def order(visit: Visit, number: str) -> HttpResponse:
    """What was ordered, what came, what is billed, and how it stands in QuickBooks."""
    found = order_queries.order(number)
    on = visit.today
    return visit.show(
        "web/order.html",
        here="orders",
        order=found,
        row=found.row,
        overdue=found.row.is_overdue(on),
        link=books.address(found.row.external_id, "PurchaseOrder") if found.row.external_id else "",
        policy=policies.in_force(on)[POLICY],
    )


@order.act(Permission.BUY, "close")
def close(visit: Visit, number: str) -> str:
    reason = visit.typed.text("reason")
    if not reason:
        raise BadEntry("Say why nothing more is expected of it; the reason stays with the order.")
    actions.close_order(visit.once, order=number, reason=reason)
    visit.say(f"{number} is closed: nothing more is expected of it.")
    return reverse("order", args=[number])


@order.act(Permission.BUY, "again")
def send_again(visit: Visit, number: str) -> str:
    order_actions.send_order_again(visit.once, order=number)
    visit.say(f"{number} goes to QuickBooks again within minutes.")
    return reverse("order", args=[number])


@page(Permission.BUY)
def place(visit: Visit) -> HttpResponse:
    """An order to be. Moves no stock and owes nothing."""
    return visit.show(
        "web/order_new.html",
        here="orders",
        suppliers=supplier_queries.rows(),
        sites=choices.sites(),
        items=choices.items(),
        units=supplier_queries.units(),
        on=visit.today,
    )


@place.act(Permission.BUY)
def place_order(visit: Visit) -> str:
    typed = visit.typed
    if not typed.text("supplier"):
        raise BadEntry("Choose whom you buy from.")
    lines = _lines(visit)
    if not lines:
        raise BadEntry("Nothing was entered. Type an item, and how much of it.")
    placed = actions.place_order(
        visit.once,
        supplier=typed.text("supplier"),
        site=typed.text("site"),
        lines=lines,
        ordered_on=typed.day_if_any("ordered_on", "The order's date") or visit.today,
        due_on=typed.day_if_any("due_on", "The due date"),
        number=typed.text("number"),
        currency=typed.text("currency"),
        note=typed.text("note"),
    )
    visit.say(f"{placed.number} is placed. The dock finds it by its number, and receives on it.")
    return reverse("order", args=[placed.number])


def _lines(visit: Visit) -> list[OrderLine]:
    lines = []
    for n, line in visit.typed.lines("sku", "quantity"):
        sku = line.text("sku")
        if not sku:
            raise BadEntry(f"Line {n}: type the item's SKU.")
        lines.append(
            OrderLine(
                sku,
                line.number("quantity", f"Line {n}, the quantity"),
                line.number_if_any("price", f"Line {n}, the price"),
                unit=line.text("unit"),
                due_on=line.day_if_any("due", f"Line {n}, the due date"),
            )
        )
    return lines


# --- Orders of QuickBooks ---------------------------------------------------------------------------------------


@page(Permission.BUY, asks_outside=True)
def offered(visit: Visit) -> HttpResponse:
    """Open orders there that are not ours; asked only when somebody wants it, because QuickBooks is read for it."""
    asked = visit.typed.has("ask") or visit.refusal is not None
    found: list[Offered] = []
    if asked:
        try:
            found = _offered(visit)
        except Refusal as refusal:
            visit.refusal = visit.refusal or refusal
            asked = False
    with companies.scope(visit.company.id):
        return visit.show(
            "web/orders_offered.html",
            here="orders",
            asked=asked,
            offered=[(one, books.address(one.external_id, "PurchaseOrder")) for one in found if not one.is_stale],
            stale=[(one, books.address(one.external_id, "PurchaseOrder")) for one in found if one.is_stale],
            sites=choices.sites(),
            items=choices.items(),
            connected=books.connection() is not None,
        )


@offered.act(Permission.BUY, "take over")
def take_over(visit: Visit) -> str:
    """The chosen ones, as they stand in QuickBooks at this moment."""
    chosen = {one.text("order") for _, one in visit.typed.lines("order")}
    if not chosen:
        raise BadEntry("Choose the orders that are to be kept here.")
    found = [one for one in _offered(visit) if one.external_id in chosen]
    if not found:
        raise BadEntry("None of these is open in QuickBooks any more, or all are here already. Ask again.")
    links = [ItemOfLine(one.text("of"), one.text("line"), one.text("item")) for _, one in visit.typed.lines("item")]
    taken = order_actions.take_over_orders(visit.once, site=visit.typed.text("site"), offered=found, links=links)
    left = "".join(f" {number} stays there: {why}." for number, why in taken.left.items())
    visit.say(f"Kept here now: {', '.join(taken.placed) or 'none'}.{left}")
    return reverse("orders") if taken.placed else f"{reverse('offered-orders')}?ask=yes"


def _offered(visit: Visit) -> list[Offered]:
    return purchase_orders.offered(visit.company.id, visit.today)
