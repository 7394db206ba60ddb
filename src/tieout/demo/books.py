"""The demo's QuickBooks: the emulator connected, accounts made and mapped, a department for each site.

Two hands are at work here. What an accountant does in QuickBooks itself (locations switched on) goes to the
emulator's page for another user; everything else is what Tieout's controller does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import httpx2

from tieout.access import actors
from tieout.access import company as companies
from tieout.catalog import items
from tieout.core.posting import Rule, Target
from tieout.core.roles import Role
from tieout.demo.clerk import Introduction, by_hand
from tieout.demo.company import CONTROLLER, OPENING_DAY, SITES
from tieout.demo.doing import Crew
from tieout.ledger import actions as ledger
from tieout.ledger.models import Account, Dimension
from tieout.quickbooks import actions, additions, assistant
from tieout.stock import places

PER_MINUTE, PER_SECOND = 480, 9
"""QuickBooks allows 500 and 10."""

PACKAGING = "Inventory - Packaging"

BY_SITE = (
    Role.RAW,
    Role.FG,
    Role.WIP,
    Role.TRANSIT,
    Role.COGS,
    Role.COGS_LATE,
    Role.LABOUR,
    Role.OVERHEAD,
    Role.SHRINK,
    Role.SCRAP,
    Role.ABNORMAL,
    Role.SAMPLES,
)
"""Roles whose lines say at which site."""


def connect(crew: Crew, emulator: Introduction) -> None:
    """Connect, or connect again to where the emulator is now."""
    controller = crew.people[CONTROLLER]
    actions.connect(
        controller,
        base_url=emulator["url"],
        realm=emulator["realm_id"],
        client_id=emulator["client_id"],
        client_secret=emulator["client_secret"],
        access_token=emulator["access_token"],
        refresh_token=emulator["refresh_token"],
    )
    actions.set_pace(controller, per_minute=PER_MINUTE, per_second=PER_SECOND)


def prepare(crew: Crew, emulator: Introduction) -> None:
    """Accounts for every role, departments, vendors and customers, the mapping, and openings that go to the books."""
    controller = crew.people[CONTROLLER]
    _switch_on_locations(emulator)
    roles = assistant.accounts(controller)
    packaging = additions.account(controller.company, PACKAGING, like=Role.RAW)
    names = {site.code: site.name for site in SITES.values()}
    made = additions.departments(controller.company, list(names.values()))
    departments = {code: made[name] for code, name in names.items()}
    with companies.scope(controller.company):
        rules = list(_rules(controller.company, roles, packaging, departments))
    ledger.set_mapping(controller, rules=rules)
    ledger.set_policy(controller, name="openings", value="posted", effective_from=OPENING_DAY)
    assistant.names(actors.system(controller.company))


def _rules(
    company: int, roles: Mapping[Role, Account], packaging: Account, departments: Mapping[str, Dimension]
) -> Iterator[Rule]:
    for role, account in roles.items():
        yield Rule(role, Target(account=account.pk))
    yield Rule(Role.RAW, Target(account=packaging.pk), category=items.category("packaging"))
    for code, department in departments.items():
        site = places.of(company).site(code).id
        for role in BY_SITE:
            yield Rule(role, Target(department=department.pk), site=site)


def _switch_on_locations(emulator: Introduction) -> None:
    """In QuickBooks: Account and settings, Advanced, Categories, Track locations."""
    changes = {"AccountingInfoPrefs": {"TrackDepartments": True, "DepartmentTerminology": "Location"}}
    by_hand(emulator, {"act": "edit", "entity": "Preferences", "id": "1", "changes": changes})


def announce(emulator: Introduction, address: str) -> None:
    """Have QuickBooks tell there what changes: what a developer enters at Intuit under Webhooks."""
    hooks, realm = f"{emulator['url']}/_emulator/webhooks", {"realm": emulator["realm_id"]}
    httpx2.post(hooks, params=realm, json={"url": address}, timeout=30).raise_for_status()
