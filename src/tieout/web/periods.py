"""Periods: months and how far each is in the books, closing and opening them, and entries that need another date."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpResponse
from django.urls import reverse

from tieout.access import company as companies
from tieout.access.permissions import Permission
from tieout.core.refusals import Refusal
from tieout.ledger import actions, closing, desk
from tieout.ledger.queries import periods as queries
from tieout.ledger.queries.postings import WAYS_OUT
from tieout.web.typed import BadEntry
from tieout.web.visits import Visit, page


@page(Permission.SEE_AUDIT)
def periods(visit: Visit) -> HttpResponse:
    """The latest month first; what waits for another date on top."""
    today = visit.today
    return visit.show(
        "web/periods.html",
        here="settings",
        months=queries.months(today),
        closed=queries.closed(),
        there=queries.there(),
        blocked=queries.blocked(desk.as_of(visit.company.id, local=today)),
        today=today,
    )


@periods.act(Permission.POST, "move")
def move(visit: Visit) -> str:
    """Each chosen entry to its first open day, each in an act of its own: one that cannot move stops no other."""
    chosen, reason = [line.text("move") for _, line in visit.typed.lines("move")], visit.typed.text("reason")
    if not chosen or not reason:
        raise BadEntry("Choose the entries that move, and say why; the reason is kept with each.")
    with companies.scope(visit.company.id):
        found = {one.number: one for one in queries.blocked(desk.as_of(visit.company.id, local=visit.today))}
    moved, refused = [], []
    for number in chosen:
        if number in found:
            try:
                by = visit.by.once(f"{visit.key}:{number}")
                moved.append(actions.redate_journal(by, number=number, on=found[number].first_open, reason=reason))
            except Refusal as refusal:
                refused.append(str(refusal))
    if refused:
        raise BadEntry(f"{len(moved)} moved. {' '.join(refused)}")
    visit.say(f"{len(moved)} {'entry goes' if len(moved) == 1 else 'entries go'} to the books on the first open day.")
    return reverse("periods")


@page(Permission.SEE_AUDIT)
def period(visit: Visit) -> HttpResponse:
    """A range of days, and what stands against closing it."""
    starts, ends = _range(visit)
    against = closing.unfinished(visit.company.state, starts, ends)
    return visit.show(
        "web/period.html",
        here="settings",
        starts=starts,
        ends=ends,
        against=[(one, WAYS_OUT["held"] if one.state == "held" else WAYS_OUT.get(one.cause, "")) for one in against],
        months=[one for one in queries.months(ends) if one.starts <= ends and one.ends >= starts],
        closed=any((one.starts, one.ends) == (starts, ends) for one in queries.closed()),
        over=visit.today > ends,
        sent=closing.is_sent(visit.company.state),
    )


@period.act(Permission.CLOSE_PERIOD, "close")
def close(visit: Visit) -> str:
    starts, ends = _range(visit)
    actions.close_period(visit.once, starts=starts, ends=ends)
    visit.say(f"{starts} to {ends} is closed: what comes later is dated on the first open day after it.")
    return reverse("periods")


@period.act(Permission.CLOSE_PERIOD, "reopen")
def reopen(visit: Visit) -> str:
    starts, ends = _range(visit)
    reason = visit.typed.text("reason")
    if not reason:
        raise BadEntry("Say why it is opened again; whoever audits this reads it.")
    actions.reopen_period(visit.once, starts=starts, ends=ends, reason=reason)
    visit.say(f"{starts} to {ends} is open again. What was dated after it stays where it is.")
    return reverse("periods")


def _range(visit: Visit) -> tuple[date, date]:
    try:
        starts, ends = visit.typed.day_if_any("starts", "The first day"), visit.typed.day_if_any("ends", "The last day")
    except BadEntry as refusal:
        raise Http404(str(refusal)) from refusal
    if starts is None or ends is None or ends < starts:
        raise Http404("A period has a first day, and a last one that is not before it. Choose it from the list.")
    return starts, ends
