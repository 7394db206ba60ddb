"""Work on a run: material in and back, hours, the report of what was made, and taking it all back."""

from __future__ import annotations

from decimal import Decimal
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.urls import reverse

from tieout.access import company as companies
from tieout.access.permissions import Permission
from tieout.production import actions, queries
from tieout.production.actions import Reported
from tieout.production.queries import RunFacts
from tieout.production.reports import Hours, Made, Use
from tieout.stock import choices
from tieout.web.typed import BadEntry
from tieout.web.visits import Visit, page
from tieout.web.ways_on import way_on


def _show(visit: Visit, template: str, number: str) -> HttpResponse:
    """The form's page: the run, and the lots of its components at its site."""
    found = queries.run(number)
    lots = choices.pickable(site=found.row.site, skus=[one.sku for one in found.components])
    return visit.show(
        template,
        here="runs",
        run=found,
        row=found.row,
        lots=lots,
        by_sku=_by_sku(found, lots),
        way_on=way_on(visit, site=found.row.site),
    )


def _by_sku(
    run: RunFacts, lots: list[choices.PickableLot]
) -> list[tuple[queries.ComponentRow, list[choices.PickableLot]]]:
    return [(one, [lot for lot in lots if lot.sku == one.sku]) for one in run.components]


def _zone(visit: Visit, number: str) -> ZoneInfo:
    with companies.scope(visit.company.id):
        return choices.site(queries.run(number).row.site).zone


@page(Permission.REPORT_RUN)
def issue(visit: Visit, number: str) -> HttpResponse:
    """Material into the run: lots scanned or chosen, or left to be picked."""
    return _show(visit, "web/run_issue.html", number)


@issue.act(Permission.REPORT_RUN)
def issue_lines(visit: Visit, number: str) -> str:
    uses = _uses(visit)
    if not uses:
        raise BadEntry("Nothing was entered. Type a quantity beside what went in.")
    done = actions.issue_to_run(visit.once, run=number, uses=uses, at=visit.typed.moment(_zone(visit, number)))
    visit.say(f"Issued to {number} ({done.event}).")
    return reverse("run", args=[number])


@page(Permission.REPORT_RUN)
def give_back(visit: Visit, number: str) -> HttpResponse:
    """Material back from the run."""
    return _show(visit, "web/run_return.html", number)


@give_back.act(Permission.REPORT_RUN)
def give_back_lot(visit: Visit, number: str) -> str:
    lot, quantity = visit.typed.text("lot"), visit.typed.number("quantity", "The quantity")
    at = visit.typed.moment(_zone(visit, number))
    done = actions.return_from_run(visit.once, run=number, lot=lot, quantity=quantity, at=at)
    visit.say(f"Back from {number} ({done.event}).")
    return reverse("run", args=[number])


@page(Permission.REPORT_RUN)
def hours(visit: Visit, number: str) -> HttpResponse:
    """Hours worked on the run."""
    return _show(visit, "web/run_hours.html", number)


@hours.act(Permission.REPORT_RUN)
def log_hours(visit: Visit, number: str) -> str:
    worked = visit.typed.number("hours", "The hours")
    logged = [Hours("labour", worked), Hours("overhead", worked)]
    done = actions.log_hours(visit.once, run=number, hours=logged, at=visit.typed.moment(_zone(visit, number)))
    visit.say(f"{worked.normalize():f} hours on {number} ({done.event}).")
    return reverse("run", args=[number])


@page(Permission.REPORT_RUN)
def report(visit: Visit, number: str) -> HttpResponse:
    """What was made, and what really went into it."""
    return _show(visit, "web/run_report.html", number)


@report.act(Permission.REPORT_RUN)
def report_run(visit: Visit, number: str) -> str:
    """Consumption as measured, or (left to the plan) as planned and marked as assumed."""
    typed = visit.typed
    final = typed.text("final") != "no"
    with companies.scope(visit.company.id):
        found = queries.run(number)
    worked = typed.number_if_any("hours", "The hours")
    by_plan = typed.text("consumed") == "plan"
    done = actions.report_run(
        visit.once,
        run=number,
        made=_made(visit),
        uses=None if by_plan else _uses(visit),
        hours=_hours(worked, by_plan, found),
        abnormal=typed.number_if_any("abnormal", "The abnormal loss"),
        final=final,
        at=typed.moment(_zone(visit, number)),
    )
    visit.say(_said(done, final))
    return reverse("run", args=[number])


def _said(done: Reported, final: bool) -> str:
    lots = ", ".join(f"lot {one.code}" for one in done.lots)
    made = f"{done.event}: {lots} made. " if lots else f"{done.event} recorded. "
    return made + (f"{done.run} is closed." if final else f"{done.run} goes on.")


@page(Permission.REVERSE)
def take_back(visit: Visit, number: str) -> HttpResponse:
    """Undo the run: outputs gone, materials back where they were."""
    return _show(visit, "web/run_take_back.html", number)


@take_back.act(Permission.REVERSE)
def take_back_run(visit: Visit, number: str) -> str:
    reason = visit.typed.text("reason")
    if not reason:
        raise BadEntry("Say why the run is taken back; the audit trail keeps it.")
    at = visit.typed.moment(_zone(visit, number))
    done = actions.reverse_run(visit.once, run=number, at=at, reason=reason)
    visit.say(f"{number} is taken back ({done.number}): its materials are in their lots again.")
    return reverse("run", args=[number])


def _uses(visit: Visit) -> list[Use]:
    """Each line: so much of a lot, or (no lot) of an item, picked first-expiring first."""
    uses = []
    for n, line in visit.typed.lines("quantity"):
        sku, lot = line.text("sku"), line.text("lot")
        quantity = line.number("quantity", f"Line {n}, the quantity")
        if not sku and not lot:
            raise BadEntry(f"Line {n}: say which lot or item the {quantity.normalize():f} are of.")
        if quantity:
            uses.append(Use(quantity, "" if lot else sku, lot))
    return uses


def _made(visit: Visit) -> list[Made]:
    return [
        Made(
            line.number("made", f"Output {n}, the quantity"),
            sku=line.text("output"),
            lot=line.text("code"),
            place=line.text("place"),
            nrv=line.number_if_any("nrv", f"Output {n}, the by-product's value"),
        )
        for n, line in visit.typed.lines("made")
    ]


def _hours(worked: Decimal | None, by_plan: bool, run: RunFacts) -> list[Hours] | None:
    """Hours typed are all the hours of this report; none typed and none planned are none."""
    if worked is not None:
        return [Hours(kind, worked) for kind in ("labour", "overhead")] if worked else []
    return None if by_plan and run.hours_planned else []
