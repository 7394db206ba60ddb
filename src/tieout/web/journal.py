"""The journal: every entry and how far it got; one entry down to its movements and QuickBooks' own words; one event."""

from __future__ import annotations

import calendar
import uuid
from datetime import date

from django.http import HttpResponse
from django.urls import reverse

from tieout.access.permissions import Permission
from tieout.ledger import actions
from tieout.ledger.queries import entry_lines, events, journals, postings
from tieout.quickbooks import actions as quickbooks
from tieout.quickbooks import queries as books
from tieout.stock import queries as stock
from tieout.web.typed import BadEntry
from tieout.web.visits import Visit, page

MOST = 50
KINDS = ("receipt", "run", "shipment", "adjustment", "transfer", "late cost", "reversal", "opening", "reclassification")


@page(Permission.SEE_COST)
def journal(visit: Visit) -> HttpResponse:
    """Entries by state, kind, month and number."""
    typed = visit.typed
    skip = typed.whole_if_any("skip") or 0
    since, until = _month(typed.text("month"))
    found = journals.journals(
        text=typed.text("q"),
        state=typed.text("state"),
        kind=typed.text("kind"),
        since=since,
        until=until,
        skip=skip,
        most=MOST + 1,
    )
    return visit.show(
        "web/journal.html",
        here="journal",
        journals=found[:MOST],
        more=skip + MOST if len(found) > MOST else None,
        states=postings.STATES,
        kinds=KINDS,
        filtered=any(typed.has(name) for name in ("q", "state", "kind", "month")),
    )


def _month(typed: str) -> tuple[date | None, date | None]:
    try:
        first = date.fromisoformat(f"{typed}-01")
    except ValueError:
        return None, None
    return first, first.replace(day=calendar.monthrange(first.year, first.month)[1])


@page(Permission.SEE_COST)
def entry(visit: Visit, id: int) -> HttpResponse:
    """One entry: its lines, what it is made of, and how it travelled."""
    found = journals.journal(id)
    return visit.show(
        "web/entry.html",
        here="journal",
        entry=found,
        seen_at=books.address(found.row.posting.external_id) if found.row.posting.external_id else "",
    )


@entry.act(Permission.POST, "resend")
def resend(visit: Visit, id: int) -> str:
    """The same body under the same id, after its cause was mended."""
    number = quickbooks.resend(visit.once, transmission=_transmission(visit))
    visit.say(f"{number} goes to QuickBooks again, under the same id: it cannot be there twice.")
    return reverse("entry", args=[id])


@entry.act(Permission.POST, "redate")
def redate(visit: Visit, id: int) -> str:
    typed = visit.typed
    on, reason = typed.day_if_any("on", "The new date"), typed.text("reason")
    if on is None or not reason:
        raise BadEntry("Give the new date and the reason; both are kept.")
    done = actions.redate_journal(visit.once, number=typed.text("number"), on=on, reason=reason)
    visit.say(f"{done.number} goes to the books on {done.accounting_date}.")
    return reverse("entry", args=[id])


def _transmission(visit: Visit) -> uuid.UUID:
    try:
        return uuid.UUID(visit.typed.text("transmission"))
    except ValueError:
        raise BadEntry("That is no transmission. Reload the page.") from None


@page()
def event(visit: Visit, number: str) -> HttpResponse:
    """One event: what it moved, and (for who may see the books) what it booked."""
    found = events.numbered(number)
    return visit.show(
        "web/event.html",
        here="journal" if visit.sees_cost else "",
        event=found,
        movements=stock.movements_of_event(found.id),
        lines=entry_lines.of_event(found.id) if visit.sees_cost else [],
        posting=postings.of([found.id]).get(found.id),
    )
