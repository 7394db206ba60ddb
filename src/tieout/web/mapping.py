"""The mapping: which account each role means, what that did to real events, and the contract to print and sign."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse

from tieout.access.permissions import Permission
from tieout.ledger import contract as contracts
from tieout.ledger.contract import RuleRow
from tieout.stock import choices
from tieout.web.visits import Visit, page

PREVIEW_DAYS = 30


@page(Permission.SEE_AUDIT)
def mapping(visit: Visit) -> HttpResponse:
    """Rules in force, roles without one, and the last month's lines by what the rules made of them."""
    since = datetime.now(visit.company.time_zone).date() - timedelta(days=PREVIEW_DAYS)
    return _show(visit, "web/mapping.html", in_use=contracts.in_use(since=since), since=since)


@page(Permission.SEE_AUDIT)
def contract(visit: Visit) -> HttpResponse:
    """The same on paper, for the controller's and the plant manager's signatures."""
    return _show(visit, "web/contract.html")


def _show(visit: Visit, template: str, **more: Any) -> HttpResponse:
    found = contracts.in_force()
    sites = {one.id: one.code for one in choices.sites()}
    return visit.show(
        template,
        here="mapping",
        version=found.version,
        set_by=contracts.set_by(found.version),
        rules=[(one, _where(one, sites)) for one in found.rules],
        unmapped=found.unmapped,
        **more,
    )


def _where(rule: RuleRow, sites: dict[int, str]) -> str:
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
