"""Policies: what each means, what it is and since when, and how it is changed from a date on."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse

from tieout.access.permissions import Permission
from tieout.ledger import actions
from tieout.ledger.queries.settings import settings
from tieout.web.typed import BadEntry
from tieout.web.visits import Visit, page


@page(Permission.SEE_AUDIT)
def policies(visit: Visit) -> HttpResponse:
    """Every policy there is; nothing here knows any of them by name."""
    today = visit.today
    return visit.show("web/policies.html", here="settings", settings=settings(today), today=today)


@policies.act(Permission.SET_POLICY)
def change(visit: Visit) -> str:
    typed = visit.typed
    name, value, since = typed.text("name"), typed.text("value"), typed.day_if_any("since", "The first day")
    if since is None:
        raise BadEntry(f"Say from which day on {name or 'it'} is {value or 'so'}.")
    actions.set_policy(visit.once, name=name, value=value, effective_from=since)
    visit.say(f"{name.capitalize()} is “{value}” from {since} on.")
    return reverse("policies")
