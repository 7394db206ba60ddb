"""The mapping as people read and sign it, asked inside a scope: rules in force, and what they meant for real lines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from tieout.core.roles import Role
from tieout.ledger import mapping

MEANS = {
    Role.RAW: "Raw material and packaging on hand",
    Role.FG: "Intermediate and finished goods on hand",
    Role.WIP: "What runs hold",
    Role.TRANSIT: "Goods between sites",
    Role.GRNI: "Goods received, not yet billed",
    Role.FREIGHT: "Freight and duty accrued",
    Role.COGS: "Cost of the very lots that left",
    Role.COGS_LATE: "Cost of goods sold in closed periods, found out late",
    Role.SNI: "Shipped, not yet invoiced",
    Role.LABOUR: "Labour applied to runs",
    Role.OVERHEAD: "Overhead applied to runs",
    Role.PPV: "Purchase price variance",
    Role.PURCHASE_RETURN_VAR: "What a return costs beyond its price",
    Role.VCLAIM: "Claims on suppliers for goods returned",
    Role.SHRINK: "Missed or found in counts",
    Role.SCRAP: "Scrapped, and scrap recovered",
    Role.ABNORMAL: "Lost in runs beyond what is normal",
    Role.WRITE_DOWN: "Written down to what goods will fetch",
    Role.SAMPLES: "Samples and own use",
    Role.FX: "Exchange differences on purchases",
    Role.UNVERIFIED: "Goods found without papers",
    Role.OPENING: "Opening balances",
}


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule: where its conditions hold, the role means this account."""

    id: int
    version: int
    role: str
    event_kind: str
    item: str
    category: str
    site: int | None
    channel: str
    reason: str
    account: str
    account_number: str
    account_type: str
    account_active: bool
    klass: str
    department: str
    party: str

    @property
    def means(self) -> str:
        return MEANS[Role(self.role)]

    @property
    def where(self) -> tuple[object, ...]:
        """Its conditions: a rule of another version with the same ones says the same thing anew."""
        return self.role, self.event_kind, self.item, self.category, self.site, self.channel, self.reason

    @property
    def says(self) -> tuple[str, ...]:
        return self.account, self.account_number, self.klass, self.department, self.party


@dataclass(frozen=True, slots=True)
class InUse:
    """What a role of an event kind meant lately: account, how many lines, how much."""

    kind: str
    role: str
    account: str
    lines: int
    debit: int
    credit: int


@dataclass(frozen=True, slots=True)
class Contract:
    """A version of the mapping, whole."""

    version: int
    rules: list[RuleRow]
    unmapped: list[tuple[str, str]]
    """Roles without any rule, and what they mean: an event that needs one is held."""

    @property
    def problems(self) -> list[RuleRow]:
        """Rules whose account QuickBooks takes no more: inactive, or merged into another."""
        return [one for one in self.rules if one.account and not one.account_active]


_RULES = """
select r.id, r.version, r.role, r.event_kind, coalesce(i.sku, ''), coalesce(c.name, ''), r.site_id, r.channel, r.reason,
    coalesce(a.name, ''), coalesce(a.number, ''), coalesce(a.type, ''), coalesce(a.active, false),
    coalesce(k.name, ''), coalesce(d.name, ''), coalesce(p.name, '')
from ledger_mappingrule r
left join catalog_item i on i.company_id = r.company_id and i.id = r.item_id
left join catalog_category c on c.company_id = r.company_id and c.id = r.category_id
left join ledger_account a on a.company_id = r.company_id and a.id = r.account_id
left join ledger_dimension k on k.company_id = r.company_id and k.id = r.klass_id
left join ledger_dimension d on d.company_id = r.company_id and d.id = r.department_id
left join ledger_party p on p.company_id = r.company_id and p.id = r.party_id
where r.version between %s and %s order by r.id
"""


def in_force() -> Contract:
    """The newest version, in the order of the roles."""
    return of(mapping.newest())


def of(version: int) -> Contract:
    """That version, in the order of the roles; without rules where there is no such version."""
    rules = _rules(version, version)
    order = {role.value: n for n, role in enumerate(Role)}
    mapped = {one.role for one in rules}
    missing = [(role.value, MEANS[role]) for role in Role if role.value not in mapped]
    return Contract(version, sorted(rules, key=lambda one: order[one.role]), missing)


def _rules(first: int, last: int) -> list[RuleRow]:
    with connection.cursor() as cursor:
        cursor.execute(_RULES, [first, last])
        return [RuleRow(*row) for row in cursor.fetchall()]


def last_booked() -> date | None:
    """The latest accounting date of any line."""
    with connection.cursor() as cursor:
        cursor.execute("select max(accounting_date) from ledger_journalevent")
        found: date | None = cursor.fetchone()[0]
    return found


def in_use(*, since: date) -> list[InUse]:
    """The rules on real events: every combination that was booked since that day."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select e.kind, l.role, coalesce(a.name, ''), count(*), sum(l.debit)::bigint, sum(l.credit)::bigint"
            " from ledger_journalline l join ledger_event e on e.company_id = l.company_id and e.id = l.event_id"
            " left join ledger_account a on a.company_id = l.company_id and a.id = l.account_id"
            " where l.accounting_date >= %s group by e.kind, l.role, a.id order by e.kind, l.role",
            [since],
        )
        return [InUse(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Change:
    """What a version says otherwise than the one before it: a rule that is new, gone, or of another target."""

    was: RuleRow | None
    now: RuleRow | None

    @property
    def rule(self) -> RuleRow:
        found = self.now or self.was
        assert found is not None
        return found


@dataclass(frozen=True, slots=True)
class SetBy:
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Version:
    """One version: who put it in force, and what changed with it."""

    number: int
    set_by: SetBy | None
    changes: list[Change]


def versions(*, last: int, most: int = 20) -> list[Version]:
    """Up to a version, the newest first."""
    first = max(1, last - most + 1)
    by_version: dict[int, dict[tuple[object, ...], RuleRow]] = {}
    for one in _rules(first - 1, last):
        by_version.setdefault(one.version, {})[one.where] = one
    who = _set_by(first, last)
    return [
        Version(number, who.get(number), _changes(by_version.get(number - 1, {}), by_version[number]))
        for number in range(last, first - 1, -1)
        if number in by_version
    ]


def _changes(was: dict[tuple[object, ...], RuleRow], now: dict[tuple[object, ...], RuleRow]) -> list[Change]:
    keys = [*now, *(key for key in was if key not in now)]
    both = [(was.get(key), now.get(key)) for key in keys]
    return [Change(old, new) for old, new in both if old is None or new is None or old.says != new.says]


def set_by(version: int) -> SetBy | None:
    """Who put that version in force, by the audit trail."""
    return _set_by(version, version).get(version)


def _set_by(first: int, last: int) -> dict[int, SetBy]:
    subjects = {f"mapping {number}": number for number in range(first, last + 1)}
    with connection.cursor() as cursor:
        cursor.execute(
            "select r.subject, a.name, r.at from access_auditrow r"
            " join access_actor a on a.company_id = r.company_id and a.id = r.actor_id"
            " where r.outcome = 'done' and r.subject = any(%s) order by r.id",
            [list(subjects)],
        )
        return {subjects[subject]: SetBy(by, at) for subject, by, at in cursor.fetchall()}
