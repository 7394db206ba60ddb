"""Reconciliation on a page: both systems side by side, what is between them, and the ways out; and the repair of a
mapping that was wrong for weeks.
"""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse
from django.urls import reverse

from tieout.access import company as companies
from tieout.access.permissions import Permission
from tieout.core.posting import Rule, Target
from tieout.core.roles import Role
from tieout.ledger import actions as ledger
from tieout.ledger import reclassification
from tieout.ledger.models import EventKind
from tieout.ledger.queries import events
from tieout.ledger.reclassification import Preview
from tieout.quickbooks import actions, reconciled, remedy_actions
from tieout.quickbooks import queries as quickbooks
from tieout.quickbooks import reconciliation as comparing
from tieout.quickbooks.outcomes import Failure
from tieout.stock import queries as stock
from tieout.web.typed import BadEntry
from tieout.web.visits import Visit, page

EVENTS_SHOWN = 50
COPIES = frozenset({"duplicate", "number reused"})
"""Findings that are about other entries than ours."""


@page(Permission.SEE_AUDIT)
def reconciliation(visit: Visit) -> HttpResponse:
    """The latest comparison, or one of before; what waits for a decision first."""
    runs = reconciled.runs()
    found = reconciled.run(visit.typed.whole_if_any("run"))
    latest = bool(found and runs and found.id == runs[0].id)
    documents = reconciled.to_decide(found) if found else []
    listed = {one.difference.journal for one in documents}
    findings = [
        one
        for one in quickbooks.open_findings(most=200)
        if one.kind in quickbooks.IN_THE_BOOKS and (one.kind in COPIES or one.journal not in listed)
    ]
    return visit.show(
        "web/reconciliation.html",
        here="reconciliation",
        found=found,
        latest=latest,
        runs=runs,
        since=reconciled.settled_since(),
        findings=findings,
        documents=[(one, _events(one.difference.journal)) for one in documents],
        today=visit.today,
    )


def _events(journal: int | None) -> list[str]:
    """The floor's events in an entry of ours, whose owner can be asked to correct them."""
    return [one.number for one in events.of_journal(journal)[:EVENTS_SHOWN]] if journal else []


@reconciliation.act(Permission.POST, "compare")
def compare(visit: Visit) -> str:
    """Ask QuickBooks now, and keep what comes out."""
    on = visit.typed.day_if_any("on", "The day") or visit.today
    try:
        done = comparing.asked(visit.company.id, on, actor=visit.by.actor)
    except Failure as failure:
        raise BadEntry(
            f"QuickBooks could not be read: {failure} Nothing was compared; try again in a while."
        ) from failure
    if done.is_settled:
        visit.say(f"Both systems agree as of {on}: 0.00 left over, and nothing to decide.")
    else:
        visit.say(f"Compared as of {on}: {done.undecided} to decide.")
    return reverse("reconciliation")


@reconciliation.act(Permission.POST, "adopt")
def adopt(visit: Visit) -> str:
    number = remedy_actions.adopt_entry(visit.once, subject=visit.typed.text("subject"), reason=_reason(visit))
    return _decided(visit, f"{number} is adopted: it is listed as decided from the next comparison on.")


@reconciliation.act(Permission.POST, "accept")
def accept(visit: Visit) -> str:
    number = remedy_actions.accept_difference(visit.once, subject=visit.typed.text("subject"), reason=_reason(visit))
    return _decided(visit, f"The difference of {number} is accepted, as long as it is these cents.")


@reconciliation.act(Permission.POST, "repost")
def repost(visit: Visit) -> str:
    number = remedy_actions.repost_entry(visit.once, subject=visit.typed.text("subject"), reason=_reason(visit))
    return _decided(visit, f"{number} is posted again as a new version, once nothing of the old one is left there.")


@reconciliation.act(Permission.POST, "adjust")
def adjust(visit: Visit) -> str:
    """The lot by the code on its label, or by its number, `#12`."""
    code = visit.typed.text("lot")
    with companies.scope(visit.company.id):
        named = stock.named(code)
    if code.startswith("#") and code[1:].isdigit():
        lot = int(code[1:])
    elif named is not None and named.kind == "lot":
        lot = int(named.name)
    else:
        raise BadEntry(f"There is no lot {code or 'without a code'}. Type the code on its label.")
    number = remedy_actions.adjust_cost(visit.once, subject=visit.typed.text("subject"), lot=lot, reason=_reason(visit))
    return _decided(visit, f"{number} brings the lot to what the books say. It is not sent: the books have it.")


@reconciliation.act(Permission.POST, "delete")
def delete(visit: Visit) -> str:
    number = actions.approve_deletion(visit.once, finding=_finding(visit))
    return _decided(visit, f"The copies of {number} are deleted, if they are still copies when it comes to it.")


@reconciliation.act(Permission.POST, "settle")
def settle(visit: Visit) -> str:
    number = actions.settle_finding(visit.once, finding=_finding(visit), note=_reason(visit))
    return _decided(visit, f"What was found about {number} is settled, with your note.")


def _finding(visit: Visit) -> int:
    found = visit.typed.whole_if_any("finding")
    if found is None:
        raise BadEntry("That is no finding. Reload the page.")
    return found


@reconciliation.act(Permission.POST, "ask")
def ask(visit: Visit) -> str:
    event = visit.typed.text("event")
    owner = ledger.request_correction(visit.once, event=event, reason=_reason(visit))
    return _decided(visit, f"The {owner} is asked to correct {event}: it is on their home page.")


def _reason(visit: Visit) -> str:
    reason = visit.typed.text("reason")
    if not reason:
        raise BadEntry("Say why, in a sentence: whoever audits this reads it.")
    return reason


def _decided(visit: Visit, sentence: str) -> str:
    visit.say(f"{sentence} Compare again to see what is left.")
    return reverse("reconciliation")


@page(Permission.SEE_AUDIT)
def reclassify(visit: Visit) -> HttpResponse:
    """What stands on other accounts than the mapping in force says, by period: shown before anything is done."""
    rule, dates = _asked(visit)
    today = visit.today
    preview: Preview | None = None
    if rule is not None and dates is not None:
        preview = reclassification.preview(visit.company.id, rule=rule, since=dates[0], until=dates[1], today=today)
    return visit.show(
        "web/reclassify.html",
        here="settings",
        roles=[role.value for role in Role],
        kinds=[kind.value for kind in EventKind if kind not in (EventKind.RECLASSIFICATION, EventKind.COST_ADJUSTMENT)],
        preview=preview,
        asked=[(name, visit.typed.text(name)) for name in ("role", "kind", "since", "until")],
        today=today,
        first=today.replace(day=1),
    )


@reclassify.act(Permission.MAP_ACCOUNTS)
def move(visit: Visit) -> str:
    rule, dates = _asked(visit)
    if rule is None or dates is None:
        raise BadEntry("Choose a role and both dates, and look at what would move first.")
    moved = ledger.reclassify(
        visit.once,
        rule=rule,
        since=dates[0],
        until=dates[1],
        reason=_reason(visit),
        each=visit.typed.has("each"),
    )
    entries = "entry" if len(moved) == 1 else "entries"
    visit.say(f"{sum(one.lines for one in moved)} lines moved, by {len(moved)} {entries}. They go to QuickBooks.")
    return reverse("journal") + "?kind=reclassification"


def _asked(visit: Visit) -> tuple[Rule | None, tuple[date, date] | None]:
    """Which lines, and of which dates; nothing where it is not chosen yet."""
    typed = visit.typed
    role, kind = typed.text("role"), typed.text("kind")
    since, until = typed.day_if_any("since", "The first day"), typed.day_if_any("until", "The last day")
    rule = Rule(Role(role), Target(), event_kind=kind) if role in set(Role) else None
    return rule, (since, until) if since and until else None
