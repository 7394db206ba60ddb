"""The contract between floor and books: rules that say which account plays which role, in versions."""

from __future__ import annotations

from collections.abc import Iterable

from tieout.access.acting import Act
from tieout.core.posting import AccountMapping, Rule, Target
from tieout.core.refusals import Refusal
from tieout.core.roles import Role
from tieout.database import memory
from tieout.ledger.models import MappingRule


class UnknownRule(Refusal):
    """A rule that no version of the mapping has."""

    code = "unknown_rule"


def version(company: int, number: int) -> AccountMapping:
    """That version of the mapping. Versions never change, so a process reads each once."""
    return memory.recall("mapping", company, number, otherwise=lambda: AccountMapping.of(number, rules(number)))


def rules(number: int) -> list[Rule]:
    """The rules of a version as they were written."""
    return [_rule(row) for row in MappingRule.objects.filter(version=number).order_by("id")]


def rule(id: int) -> Rule:
    """One rule as it was written, or a refusal."""
    row = MappingRule.objects.filter(pk=id).first()
    if row is None:
        raise UnknownRule("There is no such rule in the mapping. Choose it from the rules in force.")
    return _rule(row)


def _rule(row: MappingRule) -> Rule:
    return Rule(
        role=Role(row.role),
        target=Target(row.account_id, row.klass_id, row.department_id, row.party_id),
        event_kind=row.event_kind,
        item=row.item_id,
        category=row.category_id,
        site=row.site_id,
        channel=row.channel,
        reason=row.reason,
    )


def newest() -> int:
    """The number of the mapping in force; 0 before there is one."""
    found = MappingRule.objects.order_by("-version").values_list("version", flat=True).first()
    return found or 0


def write(act: Act, rules: Iterable[Rule]) -> int:
    """A new version, whole: what it does not say any more holds no longer."""
    number = newest() + 1
    MappingRule.objects.bulk_create(
        MappingRule(
            company_id=act.company,
            version=number,
            role=rule.role,
            event_kind=rule.event_kind,
            item_id=rule.item,
            category_id=rule.category,
            site_id=rule.site,
            channel=rule.channel,
            reason=rule.reason,
            account_id=rule.target.account,
            klass_id=rule.target.klass,
            department_id=rule.target.department,
            party_id=rule.target.party,
        )
        for rule in rules
    )
    return number
