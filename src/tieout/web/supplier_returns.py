"""Goods back to suppliers: which went back and what is still owed for them, a new return, one claim to its end; and
goods that came without papers, until an order is found for them."""

from __future__ import annotations

from decimal import Decimal

from django.http import HttpResponse
from django.urls import reverse

from tieout.access import company as companies
from tieout.access.permissions import Permission
from tieout.ledger.queries import postings
from tieout.purchasing import actions, found_queries, return_queries
from tieout.stock import choices
from tieout.web.typed import BadEntry
from tieout.web.visits import Visit, page

MOST = 100
REASONS = ("damaged", "not as ordered", "quality", "too late", "too much came", "recalled")


@page()
def supplier_returns(visit: Visit) -> HttpResponse:
    """Open claims first."""
    only_open = visit.typed.text("show") == "open"
    return visit.show(
        "web/supplier_returns.html",
        here="supplier-returns",
        returns=return_queries.rows(only_open=only_open, text=visit.typed.text("q"), most=MOST),
        only_open=only_open,
    )


@page(Permission.RECEIVE)
def send_back(visit: Visit) -> HttpResponse:
    """Choose the lot by scanning it, from its page or its receipt's; then how much and why."""
    typed = visit.typed
    offered = return_queries.returnable(
        lot=typed.whole_if_any("lot"), receipt=typed.text("receipt"), text=typed.text("q")
    )
    chosen = next((one for one in offered if (f"{one.lot}@{one.where}") == typed.text("from")), None)
    return visit.show(
        "web/supplier_return_new.html",
        here="supplier-returns",
        offered=offered,
        chosen=chosen or (offered[0] if len(offered) == 1 else None),
        reasons=REASONS,
    )


@send_back.act(Permission.RECEIVE)
def send_goods_back(visit: Visit) -> str:
    typed = visit.typed
    lot, _, where = typed.text("from").partition("@")
    if not lot.isdigit() or not where:
        raise BadEntry("Choose the lot that goes back.")
    with companies.scope(visit.company.id):
        zone = choices.site(where.partition("/")[0]).zone
    done = actions.return_to_supplier(
        visit.once,
        lot=f"#{lot}",
        quantity=typed.number("quantity", "The quantity"),
        at=typed.moment(zone),
        place=where,
        reason=typed.text("reason"),
    )
    owes = "He owes a credit for it: the claim is open." if done.claimed else "Less is owed for the receipt now."
    visit.say(f"{done.number} is recorded. {owes}")
    return reverse("supplier-return", args=[done.number])


@page()
def supplier_return(visit: Visit, number: str) -> HttpResponse:
    """What went back, what the supplier owes for it, and what he gave."""
    found = return_queries.one(number)
    return visit.show(
        "web/supplier_return.html",
        here="supplier-returns",
        returned=found,
        row=found.row,
        posting=postings.of([found.row.event]).get(found.row.event),
    )


@supplier_return.act(Permission.VALUE, "settle")
def settle(visit: Visit, number: str) -> str:
    """His credit, as AP has entered it in QuickBooks."""
    typed = visit.typed
    final = typed.text("final") != "no"
    done = actions.settle_claim(
        visit.once,
        supplier_return=number,
        credited=typed.number("credited", "The credit"),
        at=typed.moment(visit.company.time_zone),
        document=typed.text("document"),
        final=final,
    )
    gap = Decimal(abs(done.value)) / 100
    lost = f" {gap:.2f} {'less than claimed is a loss' if done.value > 0 else 'more than claimed is a gain'}."
    visit.say(f"{done.number} is recorded.{lost if done.value else ''}{'' if final else ' The rest stays open.'}")
    return reverse("supplier-return", args=[number])


@supplier_return.act(Permission.REVERSE, "reverse")
def take_back(visit: Visit, number: str) -> str:
    reason = visit.typed.text("reason")
    if not reason:
        raise BadEntry("Say why the return is taken back; the audit trail keeps it.")
    at = visit.typed.moment(visit.company.time_zone)
    done = actions.reverse_supplier_return(visit.once, event=number, at=at, reason=reason)
    visit.say(f"{number} is taken back ({done.number}): the goods are in their lot again.")
    return reverse("supplier-return", args=[number])


# --- Goods without papers ---------------------------------------------------------------------------------------


@page()
def without_papers(visit: Visit) -> HttpResponse:
    """Found lots, the oldest first, each with the open order lines of its item."""
    lots = found_queries.waiting(text=visit.typed.text("q"), most=MOST)
    lines = found_queries.lines_for({one.sku for one in lots})
    return visit.show(
        "web/without_papers.html",
        here="receipts",
        lots=[(one, lines.get(one.sku, [])) for one in lots],
    )


@without_papers.act(Permission.RECEIVE, "match")
def match(visit: Visit) -> str:
    typed = visit.typed
    order, _, line = typed.text("order_line").rpartition(":")
    lot = typed.whole_if_any("lot")
    if lot is None or not order or not line.isdigit():
        raise BadEntry("Choose the order line that the goods came on.")
    done = actions.match_found(
        visit.once,
        lot=f"#{lot}",
        order=order,
        line=int(line),
        at=typed.moment(visit.company.time_zone),
        slip=typed.text("slip"),
        rate=typed.number_if_any("rate", "The rate"),
    )
    visit.say(f"{done.number} is recorded: the lot is verified, and worth what {order} says.")
    return reverse("receipt", args=[done.number])
