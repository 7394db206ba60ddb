"""What a change of the mapping would have meant for real events: looked at before it is put in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import msgspec
from django.db import connection

from tieout.core.posting import AccountMapping, Facts, Rule, Target
from tieout.core.roles import Role
from tieout.ledger import mapping
from tieout.ledger.models import Account, Dimension, Party


@dataclass(frozen=True, slots=True)
class Effect:
    """Lines of one event kind that would be booked elsewhere: from where, to where, how many, how much."""

    kind: str
    role: str
    was: str
    now: str
    lines: int
    debit: int
    credit: int


_BOOKED = """
select l.facts::text, count(*), sum(l.debit)::bigint, sum(l.credit)::bigint from ledger_journalline l
where l.role = any(%s) and l.accounting_date >= %s group by 1
"""


def effect(company: int, rules: Sequence[Rule], *, since: date) -> list[Effect]:
    """The lines since that day that these rules would book otherwise than those in force; inside a scope."""
    now = mapping.newest()
    before, after = mapping.version(company, now), AccountMapping.of(now + 1, rules)
    sums: dict[tuple[str, Role, Target, Target], list[int]] = {}
    for facts, *figures in _booked(_roles(now, rules), since):
        was, would = before.resolve(facts), after.resolve(facts)
        if was != would:
            found = sums.setdefault((facts.event_kind, facts.role, was, would), [0, 0, 0])
            found[:] = [have + more for have, more in zip(found, figures, strict=True)]
    names = _Names()
    return [
        Effect(kind, role.value, names.of(was), names.of(would), *figures)
        for (kind, role, was, would), figures in sorted(sums.items(), key=lambda item: item[0][:2])
    ]


def waiting(role: Role) -> int:
    """How many entries are held until an account is mapped for a role."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from ledger_journalevent j where j.state = 'open' and j.held <> '' and exists ("
            " select 1 from ledger_event e"
            " join ledger_journalline l on l.company_id = e.company_id and l.event_id = e.id"
            " where e.company_id = j.company_id and e.journal_id = j.id and l.account_id is null and l.role = %s)",
            [role.value],
        )
        return int(cursor.fetchone()[0])


def _roles(version: int, rules: Sequence[Rule]) -> list[str]:
    """Only roles of which something changes need be looked at."""
    before = set(mapping.rules(version))
    return sorted({rule.role.value for rule in before.symmetric_difference(rules)})


def _booked(roles: list[str], since: date) -> list[tuple[Facts, int, int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(_BOOKED, [roles, since])
        rows = cursor.fetchall()
    return [(_facts(text), lines, debit, credit) for text, lines, debit, credit in rows]


def _facts(text: str) -> Facts:
    said = msgspec.json.decode(text)
    return Facts(**{**said, "role": Role(said["role"])})


class _Names:
    """What accounts, classes, departments and parties are called, read once."""

    def __init__(self) -> None:
        self.accounts = dict(Account.objects.values_list("id", "name"))
        self.dimensions = dict(Dimension.objects.values_list("id", "name"))
        self.parties = dict(Party.objects.values_list("id", "name"))

    def of(self, target: Target) -> str:
        if target.account is None:
            return "no account"
        more = [
            self.dimensions.get(target.klass or 0, ""),
            self.dimensions.get(target.department or 0, ""),
            self.parties.get(target.party or 0, ""),
        ]
        return " · ".join([self.accounts[target.account], *filter(None, more)])
