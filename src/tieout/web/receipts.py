"""Receipts: the dock's page. Find the order by scanning it, say what came, print nothing."""

from __future__ import annotations

from decimal import Decimal

from django.http import HttpResponse
from django.urls import reverse

from tieout.access import company as companies
from tieout.access.permissions import Permission
from tieout.ledger.queries import postings
from tieout.purchasing import actions, queries
from tieout.purchasing.actions import Came
from tieout.stock import choices
from tieout.web.typed import BadEntry
from tieout.web.visits import Visit, page
from tieout.web.ways_on import way_on

MOST = 50
ZERO = Decimal(0)


@page()
def receipts(visit: Visit) -> HttpResponse:
    """What came, newest first, and what is expected."""
    text = visit.typed.text("q")
    found = queries.receipts(text=text, before=visit.typed.whole_if_any("before"), most=MOST + 1)
    states = postings.of([one.event for one in found[:MOST]])
    return visit.show(
        "web/receipts.html",
        here="receipts",
        receipts=[(one, states.get(one.event)) for one in found[:MOST]],
        more=found[MOST - 1].event if len(found) > MOST else None,
        due=queries.open_orders(text=text, most=8),
    )


@page(Permission.RECEIVE)
def choose(visit: Visit) -> HttpResponse:
    """Which order did it come on? One hit goes straight on: that is what a scanner does."""
    return visit.show(
        "web/receipt_choose.html", here="receipts", orders=queries.open_orders(text=visit.typed.text("q"), most=50)
    )


@page(Permission.RECEIVE)
def receive(visit: Visit, order: str) -> HttpResponse:
    """What came of the order, line by line."""
    found = queries.order(order)
    return visit.show(
        "web/receipt_new.html",
        here="receipts",
        order=found,
        waiting=[one for one in found.lines if one.outstanding],
        complete=[one for one in found.lines if not one.outstanding],
        places=[one for one in choices.places() if one.site == found.row.site],
        way_on=way_on(visit, site=found.row.site, order=order),
    )


@receive.act(Permission.RECEIVE)
def receive_lines(visit: Visit, order: str) -> str:
    with companies.scope(visit.company.id):
        found = queries.order(order)
        zone = choices.site(found.row.site).zone
    came = _came(visit)
    if not came:
        raise BadEntry("Nothing was entered. Type what came, or what was rejected, beside its line.")
    done = actions.receive(
        visit.once,
        order=order,
        lines=came,
        at=visit.typed.moment(zone),
        to=visit.typed.text("to"),
        slip=visit.typed.text("slip"),
        rate=_rate(visit, found.currency) if found.currency else None,
    )
    visit.say(f"{done.number} is recorded: {', '.join(f'lot {one.code}' for one in done.lots) or 'nothing kept'}.")
    return reverse("receipt", args=[done.number])


def _rate(visit: Visit, currency: str) -> Decimal:
    """Home currency for one of the order's, as it is today; without it nobody knows what the goods are worth."""
    rate = visit.typed.number("rate", f"The rate of {currency}")
    if rate <= 0:
        raise BadEntry(f"The rate of {currency} is {rate}. Type how much {visit.company.currency} one {currency} is.")
    return rate


def _came(visit: Visit) -> list[Came]:
    """The lines of the form in which something was typed; a line may stand there twice, for two lots."""
    came = []
    for n, line in visit.typed.lines("quantity", "rejected"):
        number = line.whole_if_any("line")
        if number is None:
            raise BadEntry(f"Line {n} does not say which line of the order it is. Reload the page.")
        came.append(
            Came(
                number,
                line.number_if_any("quantity", f"Line {number}, what came") or ZERO,
                rejected=line.number_if_any("rejected", f"Line {number}, rejected") or ZERO,
                lot=line.text("lot"),
                supplier_lot=line.text("supplier_lot"),
                expires_on=line.day_if_any("expires_on", f"Line {number}, the expiry date"),
                reason=line.text("reason"),
            )
        )
    return came


@page()
def receipt(visit: Visit, number: str) -> HttpResponse:
    """One receipt: its lots, and how far it got."""
    found = queries.receipt(number)
    state = postings.of([found.row.event]).get(found.row.event)
    return visit.show("web/receipt.html", here="receipts", receipt=found, row=found.row, posting=state)


@receipt.act(Permission.REVERSE, "reverse")
def take_back(visit: Visit, number: str) -> str:
    reason = visit.typed.text("reason")
    if not reason:
        raise BadEntry("Say why the receipt is taken back; the audit trail keeps it.")
    at = visit.typed.moment(visit.company.time_zone)
    done = actions.reverse_receipt(visit.once, receipt=number, at=at, reason=reason)
    visit.say(f"{number} is taken back ({done.number}); its order expects the goods again.")
    return reverse("receipt", args=[number])
