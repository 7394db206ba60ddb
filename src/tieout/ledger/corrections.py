"""Asking the floor to correct what only the floor can: finance sees that an event is wrong, and changes no stock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from tieout.access.acting import Act
from tieout.access.permissions import ActorRole
from tieout.core.refusals import Refusal
from tieout.ledger.models import CorrectionRequest, Event, EventKind

OWNERS = {
    EventKind.ISSUE: ActorRole.PLANNER,
    EventKind.ISSUE_RETURN: ActorRole.PLANNER,
    EventKind.HOURS: ActorRole.PLANNER,
    EventKind.RUN_REPORT: ActorRole.PLANNER,
}
"""Who answers for events of a kind; the warehouse for all others."""


class UnknownEvent(Refusal):
    """An event that is not on record."""

    code = "unknown_event"


class AskedAlready(Refusal):
    """A correction that was asked for and not answered yet."""

    code = "asked_already"


class NotAsked(Refusal):
    """No open request of that number."""

    code = "unknown_request"


class NotTheirs(Refusal):
    """An answer by somebody whose work the event is not."""

    code = "not_allowed"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, as its owner reads it, and what was answered."""

    id: int
    event: str
    kind: str
    owner: str
    reason: str
    by: str
    at: datetime
    answer: str
    answered_by: str
    answered_at: datetime | None

    def is_answered_by(self, role: ActorRole) -> bool:
        """Whether it waits for an answer of that role: its owner's, or an administrator's."""
        return self.answered_at is None and _answers(role, self.owner)


def ask(act: Act, *, event: str, reason: str) -> CorrectionRequest:
    """A row on the owner's home page, inside the caller's act."""
    found = Event.objects.filter(number=event).order_by("-id").first()
    if found is None:
        raise UnknownEvent(f"There is no event {event}. Check the number on its paper.")
    if CorrectionRequest.objects.filter(event=found, answered_at=None).exists():
        raise AskedAlready(f"A correction of {event} is asked for already. Wait for the answer, or speak to its owner.")
    owner = OWNERS.get(EventKind(found.kind), ActorRole.WAREHOUSE)
    return CorrectionRequest.objects.create(
        company_id=act.company, event=found, owner=owner.value, reason=reason[:500], actor_id=act.by.actor
    )


def answer(act: Act, *, request: int, said: str) -> str:
    """What the owner did about it; the event's number."""
    found = CorrectionRequest.objects.select_for_update().filter(pk=request, answered_at=None).first()
    if found is None:
        raise NotAsked(f"There is no open request {request}. Somebody may have answered it.")
    if not _answers(act.by.role, found.owner):
        raise NotTheirs(f"This is the {found.owner}'s to answer, and {act.by.name} is {act.by.role}. Leave it to them.")
    found.answer, found.answered_by_id, found.answered_at = said[:500], act.by.actor, act.now
    found.save(update_fields=["answer", "answered_by", "answered_at"])
    return Event.objects.values_list("number", flat=True).get(pk=found.event_id)


def _answers(role: ActorRole, owner: str) -> bool:
    return role in (owner, ActorRole.ADMINISTRATOR)


_ASKED = """
select r.id, e.number, e.kind, r.owner, r.reason, a.name, r.at, r.answer, coalesce(b.name, ''), r.answered_at
from ledger_correctionrequest r
join ledger_event e on e.company_id = r.company_id and e.id = r.event_id
join access_actor a on a.company_id = r.company_id and a.id = r.actor_id
left join access_actor b on b.company_id = r.company_id and b.id = r.answered_by_id
where {which} order by {order}
"""


def waiting() -> list[Asked]:
    """What nobody has answered, oldest first; inside a scope."""
    return _asked("r.answered_at is null", "r.id")


def answered(*, most: int = 50) -> list[Asked]:
    """What was answered, the latest answer first."""
    return _asked("r.answered_at is not null", "r.answered_at desc, r.id desc limit %s", most)


def one(id: int) -> Asked:
    """That request, or a refusal."""
    found = _asked("r.id = %s", "r.id", id)
    if not found:
        raise NotAsked(f"There is no request {id}. Look it up in the list.")
    return found[0]


def _asked(which: str, order: str, *values: int) -> list[Asked]:
    with connection.cursor() as cursor:
        cursor.execute(_ASKED.format(which=which, order=order), values)
        return [Asked(*row) for row in cursor.fetchall()]
