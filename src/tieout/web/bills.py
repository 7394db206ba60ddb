"""Bills of QuickBooks and what they pay for: the queue that needs a person, one bill, and open accruals by age."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from django.http import HttpResponse
from django.urls import reverse

from tieout.access import company as companies
from tieout.access.permissions import Permission
from tieout.core import quantities
from tieout.purchasing import accrual_actions, accruals, bill_actions, bill_queries, matching, progress
from tieout.purchasing.bill_actions import For
from tieout.quickbooks import queries as books
from tieout.web.typed import BadEntry
from tieout.web.visits import Visit, page

MOST = 100
ASIDE = ("service", "charge", "deposit", "non-stock", "other")


@page(Permission.SEE_COST)
def bills(visit: Visit) -> HttpResponse:
    """What waits for a person; or all."""
    every = visit.typed.text("show") == "all"
    found = bill_queries.rows(waiting=not every, text=visit.typed.text("q"), most=MOST)
    return visit.show("web/bills.html", here="bills", bills=found, every=every)


@page(Permission.SEE_COST)
def bill(visit: Visit, id: int) -> HttpResponse:
    """One bill, line by line: what it is for, or may be for and why."""
    found = bill_queries.page(id, visit.today)
    return visit.show(
        "web/bill.html",
        here="bills",
        page=found,
        aside=ASIDE,
        link=books.address(found.bill.external_id, found.bill.kind),
    )


@bill.act(Permission.MATCH_BILLS, "accept")
def accept(visit: Visit, id: int) -> str:
    """What is proposed for a line, as it is shown."""
    line = _line(visit)
    with companies.scope(visit.company.id):
        looked = {one.line.pk: one for one in bill_queries.page(id, visit.today).lines}
    proposal = looked[line].proposal if line in looked else None
    if proposal is None:
        raise BadEntry("Nothing is proposed for this line any more. Look at the page again.")
    wanted = [For(line, part.receipt_line, part.quantity, part.amount, part.foreign) for part in proposal.parts]
    return _cleared(visit, id, wanted)


@bill.act(Permission.MATCH_BILLS, "clear")
def clear(visit: Visit, id: int) -> str:
    """What a person says: a receipt line, a quantity, an amount."""
    receipt_line = visit.typed.whole_if_any("receipt_line")
    if receipt_line is None:
        raise BadEntry("Choose which receipt the line is for.")
    amount = visit.typed.number_if_any("amount", "The amount")
    cents = None if amount is None else quantities.cents(amount, what="The amount")
    quantity = visit.typed.number_if_any("quantity", "The quantity") or Decimal(0)
    return _cleared(visit, id, [For(_line(visit), receipt_line, quantity, cents)])


@bill.act(Permission.MATCH_BILLS, "aside")
def aside(visit: Visit, id: int) -> str:
    what = visit.typed.text("what")
    bill_actions.set_aside(visit.once, bill=id, line=_line(visit), what=what, reason=visit.typed.text("reason"))
    visit.say("The line is set aside: it is not for goods.")
    return reverse("bill", args=[id])


@bill.act(Permission.MATCH_BILLS, "again")
def again(visit: Visit, id: int) -> str:
    bill_actions.take_up_again(visit.once, bill=id, line=_line(visit))
    visit.say("The line may be for goods again.")
    return reverse("bill", args=[id])


@bill.act(Permission.MATCH_BILLS, "move")
def move(visit: Visit, id: int) -> str:
    at = visit.typed.moment(visit.company.time_zone)
    done = bill_actions.move_to_accrual(
        visit.once, bill=id, line=_line(visit), at=at, reason=visit.typed.text("reason")
    )
    visit.say(f"The line is moved to the accrual ({', '.join(done.events)}). It can be matched now.")
    return reverse("bill", args=[id])


@bill.act(Permission.MATCH_BILLS, "unmatch")
def unmatch(visit: Visit, id: int) -> str:
    reason = visit.typed.text("reason")
    if not reason:
        raise BadEntry("Say why the match is taken back; the audit trail keeps it.")
    at = visit.typed.moment(visit.company.time_zone)
    bill_actions.unmatch_bill(visit.once, bill=id, at=at, reason=reason)
    visit.say("All matches of this bill are taken back.")
    return reverse("bill", args=[id])


@page(Permission.SEE_COST)
def open_accruals(visit: Visit) -> HttpResponse:
    """What is owed for goods and not billed, by vendor and age; and what was billed and is not here."""
    on = visit.typed.day_if_any("on", "The date") or visit.today
    company = visit.company.id
    aged = accruals.ageing(company, on)
    accounts = sorted(matching.accounts_of(company)[matching.Coding.ACCRUAL])
    by_vendor: dict[str, list[int]] = defaultdict(lambda: [0] * len(accruals.BAND_NAMES))
    for one in aged:
        by_vendor[one.vendor][one.band] += one.accrual.open
    vendors = [(vendor, bands, sum(bands)) for vendor, bands in sorted(by_vendor.items())]
    return visit.show(
        "web/accruals.html",
        here="bills",
        on=on,
        aged=aged,
        vendors=vendors,
        bands=accruals.BAND_NAMES,
        total=sum(one.accrual.open for one in aged),
        not_here=progress.billed_not_here(company, accounts, on),
    )


@open_accruals.act(Permission.MATCH_BILLS, "write off")
def write_off(visit: Visit) -> str:
    """No bill will come for what is open of a receipt line."""
    line = visit.typed.whole_if_any("receipt_line")
    if line is None:
        raise BadEntry("The form does not say which receipt line it is about. Reload the page.")
    at = visit.typed.moment(visit.company.time_zone)
    done = accrual_actions.write_off_accrual(visit.once, receipt_line=line, at=at, reason=visit.typed.text("reason"))
    visit.say(f"Nothing is owed for it any more ({done.number}).")
    return reverse("accruals")


def _line(visit: Visit) -> int:
    line = visit.typed.whole_if_any("bill_line")
    if line is None:
        raise BadEntry("The form does not say which line it is about. Reload the page.")
    return line


def _cleared(visit: Visit, id: int, wanted: list[For]) -> str:
    at = visit.typed.moment(visit.company.time_zone)
    done = bill_actions.clear_bill(visit.once, bill=id, lines=wanted, at=at)
    booked = f" What it is off is booked ({', '.join(done.events)})." if done.events else ""
    visit.say(f"Matched.{booked}")
    return reverse("bill", args=[id])
