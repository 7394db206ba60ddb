"""One rule of the mapping: chosen, looked at for what it would change, and put in force as a new version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.urls import reverse

from tieout.access import company as companies
from tieout.access.permissions import Permission
from tieout.catalog import item_queries, items
from tieout.core.posting import Rule, Target
from tieout.core.refusals import Refusal
from tieout.core.roles import Role
from tieout.ledger import actions, contract, rule_preview
from tieout.ledger import mapping as mappings
from tieout.ledger.models import EventKind
from tieout.ledger.queries import accounts
from tieout.ledger.rule_preview import Effect
from tieout.quickbooks import proposals
from tieout.stock import choices
from tieout.web.mapping import looked_at_since
from tieout.web.typed import BadEntry
from tieout.web.visits import Visit, page
from tieout.web.ways_on import WayOn

CONDITIONS = ("kind", "item", "category", "site", "channel", "reason")
TARGETS = ("account", "klass", "department", "party")
FIELDS = ("role", *CONDITIONS, *TARGETS)


@dataclass(frozen=True, slots=True)
class Draft:
    """What the form holds: the rule that is changed (none: a new one), and what is typed of it."""

    version: int
    before: Rule | None
    said: dict[str, str]
    """Field → what stands in it, as the form has it."""


@page(Permission.SEE_AUDIT)
def rule(visit: Visit) -> HttpResponse:
    """The form, filled in with the rule as it is; with what it would change, once that is asked for."""
    draft = _draft(visit)
    role = Role(draft.said["role"]) if draft.said["role"] in set(Role) else None
    since = looked_at_since(visit)
    effects = _effects(visit, draft, since) if visit.typed.has("look") else None
    return visit.show(
        "web/mapping_rule.html",
        here="settings",
        draft=draft,
        form=draft.said,
        role=role,
        means=contract.MEANS[role] if role else "",
        roles=[(one.value, contract.MEANS[one]) for one in Role],
        accounts=proposals.fits(role, besides=draft.before.target.account if draft.before else None) if role else [],
        dimensions=accounts.dimensions(),
        parties=accounts.parties(),
        kinds=[kind.value for kind in EventKind],
        items=choices.items(),
        categories=item_queries.categories(),
        sites=choices.sites(),
        effects=effects,
        waiting=rule_preview.waiting(role) if effects is not None and role else 0,
        since=since,
        conditions=any(draft.said[name] for name in CONDITIONS),
        way_on=WayOn(reverse("mapping"), "Look at the mapping as it is") if _is_overtaken(visit) else None,
        removable=draft.before is not None and not draft.before.is_default,
    )


@rule.act(Permission.MAP_ACCOUNTS, "save")
def save(visit: Visit) -> str:
    with companies.scope(visit.company.id):
        draft = _draft(visit)
        new = _rule(draft.said)
        if new.target.account is None and (new.is_default or new.target == Target()):
            raise BadEntry(f"The rule names no account. Choose the one that {new.role} means.")
        if new.target.account is not None and (
            draft.before is None or draft.before.target.account != new.target.account
        ):
            proposals.chosen({new.role: new.target.account})
        rules = _rules(draft, new)
        if set(rules) == set(mappings.rules(draft.version)):
            raise BadEntry("The mapping says so already. Change something, or leave it as it is.")
    return _put_in_force(visit, rules, draft.version)


@rule.act(Permission.MAP_ACCOUNTS, "remove")
def remove(visit: Visit) -> str:
    with companies.scope(visit.company.id):
        draft = _draft(visit)
        if draft.before is None:
            raise BadEntry("That is no rule of the mapping. Choose it from the rules in force.")
        rules = _rules(draft, None)
    return _put_in_force(visit, rules, draft.version)


def _effects(visit: Visit, draft: Draft, since: date) -> list[Effect] | None:
    """None where what is typed is no rule: the page says why, and keeps what was typed."""
    try:
        rules = _rules(draft, _rule(draft.said))
    except Refusal as refusal:
        visit.refusal = visit.refusal or refusal
        return None
    return rule_preview.effect(visit.company.id, rules, since=since)


def _is_overtaken(visit: Visit) -> bool:
    return isinstance(visit.refusal, actions.MappingChanged)


def _put_in_force(visit: Visit, rules: Sequence[Rule], after: int) -> str:
    number = actions.set_mapping(visit.once, rules=rules, after=after)
    visit.say(f"Version {number} of the mapping is in force, for what is recorded from now on.")
    return reverse("mapping")


def _draft(visit: Visit) -> Draft:
    """`rule` names the one that is changed, by its id in the version the form was made from."""
    typed = visit.typed
    version = typed.whole_if_any("version") or mappings.newest()
    id = typed.whole_if_any("rule")
    before = mappings.rule(id) if id is not None else None
    if before is not None and not typed.has("role"):
        said = _said(before)
    else:
        said = {name: typed.text(name) for name in FIELDS}
    return Draft(version, before, said)


def _said(rule: Rule) -> dict[str, str]:
    sku = items.by_id([rule.item])[rule.item].sku if rule.item else ""
    return {
        "role": rule.role.value,
        "kind": rule.event_kind,
        "item": sku,
        "category": str(rule.category or ""),
        "site": str(rule.site or ""),
        "channel": rule.channel,
        "reason": rule.reason,
        **{name: str(value or "") for name, value in zip(TARGETS, rule.target, strict=True)},
    }


def _rule(said: dict[str, str]) -> Rule:
    if said["role"] not in set(Role):
        raise BadEntry("Choose the role that the rule is about.")
    return Rule(
        role=Role(said["role"]),
        target=Target(*(_id(said[name]) for name in TARGETS)),
        event_kind=said["kind"],
        item=items.one(said["item"]).id if said["item"] else None,
        category=_id(said["category"]),
        site=_id(said["site"]),
        channel=said["channel"],
        reason=said["reason"],
    )


def _id(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else None


def _rules(draft: Draft, new: Rule | None) -> list[Rule]:
    """The version's rules with this one instead of the old one, and of any other under the same conditions."""
    gone = [_conditions(one) for one in (draft.before, new) if one is not None]
    kept = [one for one in mappings.rules(draft.version) if _conditions(one) not in gone]
    return kept if new is None else [*kept, new]


def _conditions(rule: Rule) -> Rule:
    return rule._replace(target=Target())
