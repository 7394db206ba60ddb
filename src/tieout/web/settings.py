"""The rules of the house on one page: what each is for, and which of them needs somebody."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse

from tieout.access.permissions import Permission
from tieout.ledger import contract, corrections, desk
from tieout.ledger.queries import periods
from tieout.web.visits import Visit, page

_P = Permission


@dataclass(frozen=True, slots=True)
class Section:
    """A page of settings: who may look at it (none: everybody), and what it is for."""

    page: str
    called: str
    icon: str
    says: str
    permission: Permission | None = None


FINANCE = (
    Section("policies", "Policies", "adjustments", "How the books are kept, each from a date on.", _P.SEE_AUDIT),
    Section("mapping", "Mapping", "git-branch", "Which account of QuickBooks each role means.", _P.SEE_AUDIT),
    Section("periods", "Periods", "calendar", "Months: what is not in the books yet, closed or open.", _P.SEE_AUDIT),
    Section("rates", "Hourly rates", "coin", "What an hour of labour and overhead is taken for.", _P.SEE_COST),
    Section("corrections", "Requests for correction", "arrow-back-up", "What finance asks the floor to mend."),
)
FLOOR = (
    Section("items", "Items", "tag", "What is stocked, made or sold: units, category, shelf life."),
    Section("boms", "Bills of material", "list-search", "How each item is made, version by version."),
    Section("units", "Units and categories", "scale", "What goods are counted in, and the families they belong to."),
    Section("places", "Sites and places", "building-warehouse", "Plants, warehouses, and where goods can lie in them."),
)
HOUSE = (
    Section("people", "People", "users", "Who works here, as what, and who does no longer.", _P.SEE_AUDIT),
    Section("password", "Your password", "lock", "The one that only you know.", _P.OWN_SIGN_IN),
)


@page()
def settings(visit: Visit) -> HttpResponse:
    """By whose affair it is; what needs somebody says so."""
    groups = [("Finance", FINANCE), ("Goods and how they are made", FLOOR), ("The company", HOUSE)]
    shown = [(title, [one for one in some if _may(visit, one)]) for title, some in groups]
    return visit.show(
        "web/settings.html",
        here="settings",
        groups=[(title, [(one, _needs(visit, one)) for one in some]) for title, some in shown if some],
    )


def _may(visit: Visit, one: Section) -> bool:
    return one.permission is None or visit.may(one.permission)


def _needs(visit: Visit, one: Section) -> str:
    """What waits there for somebody, in a few words."""
    match one.page:
        case "mapping":
            found = contract.in_force()
            broken = {rule.role for rule in found.problems}
            return _some(len(found.unmapped) + len(broken), "role needs", "roles need", "an account")
        case "periods":
            today = visit.today
            waiting = periods.blocked(desk.as_of(visit.company.id, local=today))
            return _some(len(waiting), "entry waits", "entries wait", "for another date")
        case "corrections":
            return _some(len(corrections.waiting()), "is", "are", "not answered")
    return ""


def _some(count: int, one: str, several: str, what: str) -> str:
    return f"{count} {one if count == 1 else several} {what}" if count else ""
