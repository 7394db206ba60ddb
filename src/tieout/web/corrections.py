"""Requests for correction: finance asks, the owner of the event answers; nobody changes the other's work."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse

from tieout.access.permissions import Permission
from tieout.ledger import actions
from tieout.ledger import corrections as requests
from tieout.web.typed import BadEntry
from tieout.web.visits import Visit, page


@page()
def corrections(visit: Visit) -> HttpResponse:
    """What is not answered first, one's own role's on top; then what was answered."""
    waiting = sorted(requests.waiting(), key=lambda one: one.owner != visit.by.role)
    return visit.show("web/corrections.html", here="settings", waiting=waiting, answered=requests.answered())


@corrections.act(Permission.POST)
def ask(visit: Visit) -> str:
    event, reason = visit.typed.text("event"), visit.typed.text("reason")
    if not event or not reason:
        raise BadEntry("Name the event by its number, and say what is wrong with it.")
    owner = actions.request_correction(visit.once, event=event, reason=reason)
    visit.say(f"The {owner} is asked to correct {event}: it is on their home page.")
    return reverse("corrections")


@page()
def correction(visit: Visit, id: int) -> HttpResponse:
    """One request: about which event, why, and what was done."""
    found = requests.one(id)
    return visit.show(
        "web/correction.html", here="settings", request_=found, answers=found.is_answered_by(visit.by.role)
    )


@correction.act(Permission.REVERSE)
def answer(visit: Visit, id: int) -> str:
    said = visit.typed.text("answer")
    if not said:
        raise BadEntry("Say what was done about it, or why nothing is.")
    event = actions.answer_request(visit.once, request=id, answer=said)
    visit.say(f"Finance reads your answer about {event}.")
    return reverse("correction", args=[id])
