"""Setting up in QuickBooks, asked for by a person: accounts, mapping, vendors and customers.

What is asked is allowed and on record before the first request leaves. None of it happens twice: names are looked
for first, and made under ids that come from the names, so a set-up that broke off is simply asked for again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tieout.access import company as companies
from tieout.access.acting import Acting
from tieout.core.posting import Rule, Target
from tieout.core.roles import Role
from tieout.ledger import actions as ledger
from tieout.ledger import mapping
from tieout.ledger.models import Account
from tieout.quickbooks import actions, guards, masters, proposals, set_up
from tieout.quickbooks.masters import Requested
from tieout.quickbooks.waits import USUAL, Waits


@dataclass(frozen=True, slots=True)
class Done:
    """What a set-up did."""

    accounts: int
    mapping: int
    """The version in force now."""
    names: Requested


def set_up_all(by: Acting, *, wished: Mapping[Role, int], waits: Waits = USUAL) -> Done:
    """An account for every role, as wished or made; the mapping says so; names that only the floor knows are asked
    for."""
    with companies.scope(by.company):
        chosen = proposals.chosen(wished)
    before = _count(by.company)
    plays = accounts(by, chosen=chosen, waits=waits)
    version = _map(by, plays)
    requested = names(by, waits=waits)
    guards.check(by.company, waits=waits)
    return Done(_count(by.company) - before, version, requested)


def accounts(by: Acting, *, chosen: Mapping[Role, str] | None = None, waits: Waits = USUAL) -> dict[Role, Account]:
    """The accounts alone."""
    actions.begin_set_up(by, what="accounts")
    return set_up.set_up(by.company, chosen=chosen, waits=waits)


def names(by: Acting, *, waits: Waits = USUAL) -> Requested:
    """Vendors and customers that QuickBooks lacks: linked, or made."""
    actions.begin_set_up(by, what="vendors and customers")
    requested = masters.request_parties(by.company, waits=waits)
    guards.check_mapped(by.company)
    return requested


def _map(by: Acting, plays: Mapping[Role, Account]) -> int:
    """The rules without a condition say these accounts; those with one, and classes and names, stay."""
    with companies.scope(by.company):
        now = mapping.newest()
        before = mapping.rules(now)
    defaults = {rule.role: rule for rule in before if rule.is_default}
    rules = [_rule(defaults.get(role), role, account) for role, account in plays.items()]
    rules += [rule for rule in before if not rule.is_default]
    same = {rule.role: rule for rule in rules if rule.is_default} == defaults
    return now if same else ledger.set_mapping(by, rules=rules)


def _rule(before: Rule | None, role: Role, account: Account) -> Rule:
    if before is None:
        return Rule(role, Target(account=account.pk))
    return before._replace(target=before.target._replace(account=account.pk))


def _count(company: int) -> int:
    with companies.scope(company):
        return Account.objects.count()
