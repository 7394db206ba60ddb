"""Questions about who: the companies, their people, who is at work, what was asked for and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Case, When

from tieout.access import company as companies
from tieout.access.acting import Acting
from tieout.access.models import Actor, ActorKind, AuditRow, Company
from tieout.access.permissions import ActorRole
from tieout.database.search import containing


@dataclass(frozen=True, slots=True)
class CompanyFacts:
    """A company as its people see it."""

    id: int
    name: str
    state: str
    currency: str
    time_zone: ZoneInfo
    is_demo: bool


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may sign in."""

    actor: int
    name: str
    role: ActorRole


@dataclass(frozen=True, slots=True)
class Staff:
    """Anybody acts are done by: a person, a device, Tieout itself; at work or not."""

    actor: int
    name: str
    kind: str
    role: str
    active: bool
    has_password: bool


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One act asked for, and what became of it."""

    id: int
    at: datetime
    actor: str
    role: str
    action: str
    subject: str
    outcome: str
    code: str
    message: str
    position: int | None
    """Its place in the chain; none yet where the job has not come by."""


def every_company() -> list[CompanyFacts]:
    return [_facts(one) for one in Company.objects.order_by("name", "id")]


def one_company(company: int) -> CompanyFacts | None:
    found = Company.objects.filter(pk=company).first()
    return _facts(found) if found else None


def people(company: int) -> list[Person]:
    """The people of a company who are at work, by name."""
    with companies.scope(company):
        rows = Actor.objects.filter(kind=ActorKind.PERSON, active=True).order_by("name")
        return [Person(one.pk, one.name, ActorRole(one.role)) for one in rows]


def at_work(company: int, actor: int) -> Acting | None:
    """That person as they are now: a role that was changed or taken away shows at once."""
    with companies.scope(company):
        found = Actor.objects.filter(pk=actor, kind=ActorKind.PERSON, active=True).first()
    return Acting(company, found.pk, found.name, ActorRole(found.role)) if found else None


def staff() -> list[Staff]:
    """Everybody who is or was at work, by name, Tieout itself last; asked inside a scope."""
    rows = Actor.objects.order_by("-active", Case(When(kind=ActorKind.SYSTEM, then=1), default=0), "name")
    return [Staff(one.pk, one.name, one.kind, one.role, one.active, bool(one.password)) for one in rows]


_AUDIT = """
select r.id, r.at, a.name, a.role, r.action, r.subject, r.outcome, r.code, r.message, l.position
from access_auditrow r
join access_actor a on a.company_id = r.company_id and a.id = r.actor_id
left join access_auditlink l on l.company_id = r.company_id and l.row_id = r.id
where (%(before)s::bigint is null or r.id < %(before)s)
  and (%(outcome)s = '' or r.outcome = %(outcome)s)
  and (%(on)s::date is null or (r.at at time zone %(zone)s)::date = %(on)s)
  and (%(text)s = '' or a.name ilike %(like)s or r.action ilike %(like)s or r.subject ilike %(like)s
       or r.message ilike %(like)s)
order by r.id desc limit %(most)s
"""


def audit(
    *, zone: ZoneInfo, text: str = "", outcome: str = "", on: date | None = None, before: int | None = None, most: int
) -> list[AuditEntry]:
    """The trail, newest first; `before` is the id to go on from. Asked inside a scope."""
    like = containing(text)
    asked = {"text": text, "like": like, "outcome": outcome, "on": on, "zone": str(zone), "before": before}
    with connection.cursor() as cursor:
        cursor.execute(_AUDIT, {**asked, "most": most})
        return [AuditEntry(*row) for row in cursor.fetchall()]


def audited() -> int:
    """How many rows the trail has."""
    return AuditRow.objects.count()


def _facts(one: Company) -> CompanyFacts:
    return CompanyFacts(one.pk, one.name, one.state, one.currency, ZoneInfo(one.time_zone), one.is_demo)
