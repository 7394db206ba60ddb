"""People: who works here and as what; engaged, given another role or password, and ended by an administrator."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse

from tieout.access import actors, people_actions, queries
from tieout.access.people_actions import UnknownPerson
from tieout.access.permissions import ALLOWED, ActorRole, Permission
from tieout.web.signing_in import DOES
from tieout.web.typed import BadEntry
from tieout.web.visits import Visit, page


@page(Permission.SEE_AUDIT)
def people(visit: Visit) -> HttpResponse:
    """Everybody who is at work, and those who were."""
    found = queries.staff()
    return visit.show(
        "web/people.html",
        here="settings",
        staff=[one for one in found if one.active],
        gone=[one for one in found if not one.active],
        roles=[(role.value, says) for role, says in DOES.items()],
        shortest=actors.SHORTEST,
    )


@people.act(Permission.ADMINISTER)
def engage(visit: Visit) -> str:
    """Not asked under the form's key: a second tap is told that the name is taken, and a key would keep a password."""
    name, role = visit.typed.text("name"), visit.typed.text("role")
    person = people_actions.engage(visit.by, name=name, role=role, password=_password(visit))
    visit.say(f"{name} is {role} here, and can sign in with the password you gave.")
    return reverse("person", args=[person])


@page(Permission.SEE_AUDIT)
def person(visit: Visit, id: int) -> HttpResponse:
    """One of them: what their role may do, and their standing."""
    found = next((one for one in queries.staff() if one.actor == id), None)
    if found is None:
        raise UnknownPerson("There is no such person in this company. Look them up in the list.")
    return visit.show(
        "web/person.html",
        here="settings",
        person=found,
        may_do=sorted(ALLOWED[ActorRole(found.role)]),
        does=DOES.get(ActorRole(found.role), "Posts, reads and reconciles by itself."),
        roles=[(role.value, says) for role, says in DOES.items()],
        oneself=found.actor == visit.by.actor,
        shortest=actors.SHORTEST,
    )


@person.act(Permission.ADMINISTER, "role")
def change_role(visit: Visit, id: int) -> str:
    role = visit.typed.text("role")
    name = people_actions.change_role(visit.once, person=id, role=role)
    visit.say(f"{name} is {role} from now on.")
    return reverse("person", args=[id])


@person.act(Permission.ADMINISTER, "password")
def set_password(visit: Visit, id: int) -> str:
    name = people_actions.set_password(visit.by, person=id, password=_password(visit))
    visit.say(f"{name} signs in with the new password from now on.")
    return reverse("person", args=[id])


@person.act(Permission.ADMINISTER, "end")
def end_work(visit: Visit, id: int) -> str:
    reason = visit.typed.text("reason")
    if not reason:
        raise BadEntry("Say why; it is kept in the audit trail.")
    name = people_actions.end_work(visit.once, person=id, reason=reason)
    visit.say(f"{name} is signed out and works here no more. What {name} did stays under that name.")
    return reverse("people")


@person.act(Permission.ADMINISTER, "back")
def take_back(visit: Visit, id: int) -> str:
    name = people_actions.take_back(visit.once, person=id)
    visit.say(f"{name} is back.")
    return reverse("person", args=[id])


@page(Permission.OWN_SIGN_IN)
def password(visit: Visit) -> HttpResponse:
    """One's own: the one that an administrator handed over is known to two."""
    return visit.show("web/password.html", here="settings", shortest=actors.SHORTEST)


@password.act(Permission.OWN_SIGN_IN)
def change_password(visit: Visit) -> str:
    actors.sign_in(visit.company.id, visit.by.name, visit.typed["now"])
    people_actions.change_own_password(visit.by, password=_password(visit))
    visit.say("From now on you sign in with the new password. Nobody else knows it.")
    return reverse("settings")


def _password(visit: Visit) -> str:
    """As typed, blanks and all, hashed at once."""
    return actors.hashed(visit.typed["password"])
