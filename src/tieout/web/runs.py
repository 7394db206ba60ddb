"""Runs: which there are, a new one, and one run's plan against what happened: the floor's main page."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse

from tieout.access.permissions import Permission
from tieout.catalog import queries as catalog
from tieout.ledger.queries import postings
from tieout.production import actions, queries
from tieout.stock import choices
from tieout.web.visits import Visit, page

OPEN = ("running", "planned")
OVER = ("closed", "reversed", "cancelled")


@page()
def runs(visit: Visit) -> HttpResponse:
    """What is being made and what comes next; what is over on request."""
    over = visit.typed.text("show") == "over"
    found = queries.runs(states=OVER if over else OPEN, text=visit.typed.text("q"), most=100)
    return visit.show("web/runs.html", here="runs", runs=found, over=over)


@page(Permission.PLAN_RUN)
def plan(visit: Visit) -> HttpResponse:
    """A run to be."""
    return visit.show("web/run_new.html", here="runs", items=catalog.made_items(), sites=choices.sites())


@plan.act(Permission.PLAN_RUN)
def plan_run(visit: Visit) -> str:
    typed = visit.typed
    made = actions.plan_run(
        visit.once,
        sku=typed.text("sku"),
        quantity=typed.number("quantity", "The quantity"),
        site=typed.text("site"),
        due_on=typed.day_if_any("due_on", "The due date"),
        number=typed.text("number"),
        note=typed.text("note"),
    )
    visit.say(f"{made.run} is planned. Confirm it to let the floor begin.")
    return reverse("run", args=[made.run])


@page()
def run(visit: Visit, number: str) -> HttpResponse:
    """Plan against actual, what it made and what it cost, and everything that was recorded of it."""
    found = queries.run(number)
    states = postings.of([one.event for one in found.events])
    return visit.show(
        "web/run.html",
        here="runs",
        run=found,
        row=found.row,
        events=[(one, states.get(one.event)) for one in found.events],
    )


@run.act(Permission.PLAN_RUN, "confirm")
def confirm(visit: Visit, number: str) -> str:
    at = visit.typed.moment(visit.company.time_zone)
    actions.confirm_run(visit.once, run=number, at=at)
    visit.say(f"{number} is running: BOM version, expected yield and rates are fixed for it now.")
    return reverse("run", args=[number])


@run.act(Permission.REPORT_RUN, "cancel")
def cancel(visit: Visit, number: str) -> str:
    actions.cancel_run(visit.once, run=number)
    visit.say(f"{number} is cancelled.")
    return reverse("run", args=[number])
