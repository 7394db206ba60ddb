"""What an administrator may ask for: who works here, as what, and who does no longer. Each is in the audit trail.

Nobody can change their own role or end their own work, so there is always an administrator left. What is changed holds
from the next request on: whoever is signed in is looked up each time.
"""

from __future__ import annotations

from tieout.access.acting import Act
from tieout.access.actions import action
from tieout.access.models import Actor, ActorKind
from tieout.access.permissions import ActorRole, Permission
from tieout.core import codes
from tieout.core.refusals import Refusal


class NameTaken(Refusal):
    """A name that somebody of the company has already."""

    code = "name_taken"


class NotYourself(Refusal):
    """A change of one's own standing."""

    code = "not_yourself"


class UnknownPerson(Refusal):
    """Nobody of that name whose work can be changed."""

    code = "unknown_person"


class BadRole(Refusal):
    """A role that people do not have."""

    code = "bad_role"


@action(Permission.ADMINISTER)
def engage(act: Act, *, name: str, role: str, password: str) -> int:
    """Somebody new at work. The password comes hashed (`actors.hashed`): what is asked for is kept in the trail."""
    name = codes.text(name, most=120, what="The name", needed=True)
    if Actor.objects.filter(name=name).exists():
        raise NameTaken(f"There is a {name} already. Add a surname or an initial, or take that person back.")
    new = Actor.objects.create(company_id=act.company, name=name, role=_role(role), password=password)
    act.subject = f"{name}, {role}"
    return new.pk


@action(Permission.ADMINISTER)
def change_role(act: Act, *, person: int, role: str) -> str:
    """What somebody may do from now on."""
    found = _other(act, person, "role")
    before, found.role = found.role, _role(role)
    found.save(update_fields=["role"])
    act.subject = f"{found.name}, {before} → {role}"
    return found.name


@action(Permission.ADMINISTER)
def set_password(act: Act, *, person: int, password: str) -> str:
    """A new password, hashed, for somebody who lost theirs."""
    found = _person(person)
    found.password = password
    found.save(update_fields=["password"])
    act.subject = found.name
    return found.name


@action(Permission.OWN_SIGN_IN)
def change_own_password(act: Act, *, password: str) -> str:
    """One's own new password, hashed: then nobody else knows it."""
    Actor.objects.filter(pk=act.by.actor).update(password=password)
    act.subject = act.by.name
    return act.by.name


@action(Permission.ADMINISTER)
def end_work(act: Act, *, person: int, reason: str) -> str:
    """Somebody who works here no more: signed out at once; what they did stays under their name."""
    found = _other(act, person, "work")
    found.active = False
    found.save(update_fields=["active"])
    act.subject = f"{found.name}: {reason}"
    return found.name


@action(Permission.ADMINISTER)
def take_back(act: Act, *, person: int) -> str:
    """Somebody who is back, in the role they had."""
    found = _person(person)
    found.active = True
    found.save(update_fields=["active"])
    act.subject = found.name
    return found.name


def _role(role: str) -> str:
    if role not in set(ActorRole) - {ActorRole.SYSTEM}:
        raise BadRole(f"Nobody can be {role or 'without a role'}. Choose one of the roles that people have.")
    return role


def _person(id: int) -> Actor:
    found = Actor.objects.select_for_update().filter(pk=id, kind=ActorKind.PERSON).first()
    if found is None:
        raise UnknownPerson("There is no such person in this company. Look them up in the list.")
    return found


def _other(act: Act, id: int, what: str) -> Actor:
    if id == act.by.actor:
        raise NotYourself(f"Nobody changes their own {what}. Ask another administrator.")
    return _person(id)
