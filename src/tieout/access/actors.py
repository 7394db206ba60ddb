"""Companies and the people in them: made, found, signed in."""

from __future__ import annotations

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from tieout.access import company as companies
from tieout.access.acting import Acting
from tieout.access.models import Actor, ActorKind, Company, CompanyState
from tieout.access.permissions import ActorRole
from tieout.core.refusals import Refusal

SYSTEM = "Tieout"
"""The name of the actor that posts, sweeps and reconciles."""

SHORTEST = 10
"""Characters of a password that is set on a page."""


class WeakPassword(Refusal):
    """A password that is guessed too easily."""

    code = "weak_password"


class NoSuchActor(Refusal):
    """Nobody of that name, or another password."""

    code = "not_allowed"


class NoSuchCompany(Refusal):
    """No company of that name."""

    code = "unknown_company"


def found(name: str, *, currency: str = "USD", time_zone: str = "America/New_York", demo: bool = False) -> Company:
    """A new company, preparing, with the system as its only actor."""
    with transaction.atomic():
        company = Company.objects.create(name=name, currency=currency, time_zone=time_zone, is_demo=demo)
        companies.enter(company.pk)
        Actor.objects.create(company=company, name=SYSTEM, kind=ActorKind.SYSTEM, role=ActorRole.SYSTEM)
    return company


def hashed(password: str) -> str:
    """What is kept of a password. A short one is refused: whoever finds a tablet will try."""
    if len(password) < SHORTEST:
        raise WeakPassword(f"A password has {SHORTEST} characters or more. Three or four words make a good one.")
    return make_password(password)


def engage(company: int, name: str, role: ActorRole, *, kind: str = ActorKind.PERSON, password: str = "") -> Acting:
    """A new actor in a company."""
    with companies.scope(company):
        hashed = make_password(password) if password else ""
        actor = Actor.objects.create(company_id=company, name=name, role=role, kind=kind, password=hashed)
    return Acting(company, actor.pk, name, role)


def named(company: int, name: str) -> Acting:
    """The actor of that name, at work."""
    with companies.scope(company):
        actor = Actor.objects.filter(name=name, active=True).first()
    if actor is None:
        raise NoSuchActor(f"There is no {name} in this company.")
    return Acting(company, actor.pk, actor.name, ActorRole(actor.role))


def system(company: int) -> Acting:
    """The integration itself."""
    return named(company, SYSTEM)


def sign_in(company: int, name: str, password: str) -> Acting:
    """A person with a password; the same sentence whether the name or the password is wrong."""
    with companies.scope(company):
        actor = Actor.objects.filter(name=name, active=True, kind=ActorKind.PERSON).first()
    if actor is None or not check_password(password, actor.password):
        raise NoSuchActor("That name and password do not go together.")
    return Acting(company, actor.pk, actor.name, ActorRole(actor.role))


def company(name: str | None = None) -> Company:
    """The company of that name, or the only one there is."""
    every = list(Company.objects.order_by("id"))
    chosen = [one for one in every if name is None or one.name == name or str(one.pk) == name]
    if len(chosen) == 1:
        return chosen[0]
    if not every:
        raise NoSuchCompany("There is no company yet. Start with: tieout company add NAME")
    listed = ", ".join(one.name for one in every)
    raise NoSuchCompany(f"Say which company with --company: {listed}.")


def set_state(company_id: int, state: CompanyState) -> None:
    Company.objects.filter(pk=company_id).update(state=state)
