"""The mapping: which account each role means, what that did to real events, and the contract to print and sign."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpResponse

from tieout.access.permissions import Permission
from tieout.ledger import contract as contracts
from tieout.ledger.contract import RuleRow
from tieout.stock import choices
from tieout.web.visits import Visit, page

PREVIEW_DAYS = 30


@page(Permission.SEE_AUDIT)
def mapping(visit: Visit) -> HttpResponse:
    """Problems first, then the rules in force, the last month's lines by what the rules made of them, and history."""
    since = looked_at_since(visit)
    found = contracts.in_force()
    return _show(
        visit,
        "web/mapping.html",
        found,
        in_use=contracts.in_use(since=since),
        since=since,
        versions=contracts.versions(last=found.version),
    )


def looked_at_since(visit: Visit) -> date:
    """The last weeks in which anything was booked: what a rule means is seen on real lines."""
    last = contracts.last_booked() or visit.today
    return last - timedelta(days=PREVIEW_DAYS)


@page(Permission.SEE_AUDIT)
def version(visit: Visit, number: int) -> HttpResponse:
    """One version as it was: its rules, and what changed with it."""
    found = contracts.of(number)
    if not found.rules:
        raise Http404(f"There is no version {number} of the mapping. Look at the versions there are.")
    (told,) = contracts.versions(last=number, most=1)
    sites = _sites()
    return _show(
        visit,
        "web/mapping_version.html",
        found,
        changes=[(one, where(one.rule, sites)) for one in told.changes],
        newest=contracts.in_force().version,
    )


@page(Permission.SEE_AUDIT)
def contract(visit: Visit) -> HttpResponse:
    """The same on paper, for the controller's and the plant manager's signatures."""
    return _show(visit, "web/contract.html", contracts.in_force())


def _show(visit: Visit, template: str, found: contracts.Contract, **more: Any) -> HttpResponse:
    sites = _sites()
    return visit.show(
        template,
        here="settings",
        version=found.version,
        set_by=contracts.set_by(found.version),
        rules=[(one, where(one, sites)) for one in found.rules],
        problems=found.problems,
        unmapped=found.unmapped,
        **more,
    )


def _sites() -> dict[int, str]:
    return {one.id: one.code for one in choices.sites()}


def where(rule: RuleRow, sites: dict[int, str]) -> str:
    """The rule's conditions in words; none: always."""
    conditions = [
        (rule.event_kind, "in a {}"),
        (rule.item, "item {}"),
        (rule.category, "category {}"),
        (sites.get(rule.site or 0, ""), "at {}"),
        (rule.channel, "channel {}"),
        (rule.reason, "reason {}"),
    ]
    return ", ".join(words.format(value) for value, words in conditions if value)
