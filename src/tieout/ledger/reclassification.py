"""A mapping that was wrong for weeks: what was booked meanwhile is found, shown, and moved to the right accounts.

The mapping in force says what is right; a rule's conditions and dates say what is looked at. Nothing posted is
edited: one event for each open period (or one for each event of before, its mirror and its repost in one) credits
the old accounts and debits the new ones, names every line that it moves, and is posted like any other. What is
dated in closed periods moves in the first open one. The goods have not moved, so there is no movement.
"""

from __future__ import annotations

import calendar
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db import connection
from msgspec import Struct

from tieout.access.acting import Act
from tieout.core.acts.accounts import Reclassify, Restated
from tieout.core.posting import Facts, Goods, Paper, Rule, Target
from tieout.core.refusals import Refusal
from tieout.core.roles import Role
from tieout.ledger import desk, events, grouping, journal
from tieout.ledger.desk import Desk
from tieout.ledger.events import Moment
from tieout.ledger.models import Account, EventKind, Reclassified

KIND = EventKind.RECLASSIFICATION


class NothingToReclassify(Refusal):
    """Lines that stand where the mapping in force wants them."""

    code = "nothing_to_reclassify"


class Misplaced(NamedTuple):
    """A line that the mapping in force would book elsewhere."""

    line: int
    event: int
    number: str
    on: date
    moves_on: date
    """The day on which it may move: its own, or the first open one after it."""
    role: Role
    was: Target
    target: Target
    document: str
    debit: int
    credit: int


@dataclass(frozen=True, slots=True)
class Step:
    """What moves from one account to another in a period, for somebody who is about to decide."""

    period: date
    """Its first day."""
    closed: bool
    """Whether some of it is dated in periods that are closed, and moves in the first open one."""
    role: str
    was: str
    target: str
    lines: int
    debit: int
    credit: int


@dataclass(frozen=True, slots=True)
class Preview:
    """All of it, before anything is done."""

    steps: list[Step]
    events: int
    unmapped: int
    """Lines that had no account when they were written: their entry took one when it was sealed, and is left."""

    @property
    def lines(self) -> int:
        return sum(one.lines for one in self.steps)

    @property
    def periods(self) -> int:
        return len({one.period for one in self.steps})


class Moved(Struct, frozen=True):
    """A reclassification as it was recorded."""

    number: str
    accounting_date: date
    lines: int
    cents: int


class _Payload(Struct, frozen=True):
    """As every event's: the facts, and what its lines say beside their amounts."""

    facts: Reclassify
    paper: Paper
    goods: dict[int, Goods]


_LINES = """
select l.id, e.id, e.number, l.accounting_date, l.role, coalesce(r.account_id, l.account_id),
    case when r.id is null then l.klass_id else r.klass_id end,
    case when r.id is null then l.department_id else r.department_id end,
    l.party_id, l.document, l.debit, l.credit, l.facts::text
from ledger_journalline l
join ledger_event e on e.company_id = l.company_id and e.id = l.event_id
left join lateral (
    select * from ledger_reclassified r where r.company_id = l.company_id and r.line_id = l.id
    order by r.event_id desc limit 1
) r on true
where l.company_id = %(company)s and l.role = %(role)s and l.accounting_date between %(since)s and %(until)s
    and e.kind <> %(kind)s
order by l.accounting_date, l.id
"""


def preview(company: int, *, rule: Rule, since: date, until: date, today: date) -> Preview:
    """What would move, inside a scope. `rule` says which lines, the mapping in force where they belong."""
    found, unmapped = _misplaced(company, rule, since, until, desk.as_of(company, local=today))
    names = {one.pk: one.name for one in Account.objects.all()}
    sums: dict[tuple[date, Role, Target, Target], list[Misplaced]] = defaultdict(list)
    for one in found:
        sums[one.moves_on.replace(day=1), one.role, one.was, one.target].append(one)
    steps = [
        Step(
            period,
            any(one.on != one.moves_on for one in some),
            role.value,
            _name(names, was),
            _name(names, target),
            len(some),
            sum(one.debit for one in some),
            sum(one.credit for one in some),
        )
        for (period, role, was, target), some in sorted(sums.items(), key=lambda item: str(item[0]))
    ]
    return Preview(steps, len({one.event for one in found}), unmapped)


def record(act: Act, *, rule: Rule, since: date, until: date, each: bool, reason: str) -> list[Moved]:
    """Move it, inside the caller's act, which keeps all others from booking meanwhile."""
    today = act.now.astimezone(act.time_zone).date()
    decided = desk.read(act, local=today)
    found, _ = _misplaced(act.company, rule, since, until, decided)
    if not found:
        raise NothingToReclassify(
            f"Nothing of {rule.role} from {since} to {until} stands on another account than the mapping in force says. "
            "Put the right mapping in force first, or choose other dates."
        )
    groups: dict[tuple[date, int], list[Misplaced]] = defaultdict(list)
    for one in found:
        groups[one.moves_on.replace(day=1), one.event if each else 0].append(one)
    return [_record(act, decided, some, _date(decided, some, today), reason) for some in groups.values()]


def _record(act: Act, decided: Desk, some: Sequence[Misplaced], on: date, reason: str) -> Moved:
    number, _ = events.number(act, events.SERIES[KIND])
    facts = Reclassify(_restated(some))
    lines = facts.booked()
    moment = Moment(act.now, on, on)
    joined, event = journal.join(act.company, grouping.reclassification(moment, number=number))
    events.record(
        act,
        event,
        kind=KIND,
        number=number,
        moment=moment,
        payload=_Payload(facts, Paper(KIND.value), {}),
        mapping_version=decided.mapping.version,
        journal=joined,
        subject=some[0].number if len({one.event for one in some}) == 1 else "",
        note=f"{reason} {len(some)} lines of {some[0].number} to {some[-1].number}, by {act.by.name}.",
    )
    journal.record(act.company, event, on=on, lines=lines)
    Reclassified.objects.bulk_create(
        (
            Reclassified(
                company_id=act.company,
                event_id=event,
                line_id=one.line,
                account_id=one.target.account or 0,
                klass_id=one.target.klass,
                department_id=one.target.department,
            )
            for one in some
        ),
        batch_size=2000,
    )
    return Moved(number, on, len(some), sum(one.debit + one.credit for one in some))


def _misplaced(company: int, rule: Rule, since: date, until: date, decided: Desk) -> tuple[list[Misplaced], int]:
    """Lines under the rule's conditions that the mapping in force books elsewhere; and how many have no account."""
    with connection.cursor() as cursor:
        asked = {"company": company, "role": rule.role.value, "since": since, "until": until, "kind": KIND.value}
        cursor.execute(_LINES, asked)
        rows = cursor.fetchall()
    found, unmapped = [], 0
    for line, event, number, on, role, account, klass, department, party, document, debit, credit, said in rows:
        facts = Facts(**{**json.loads(said), "role": Role(role)})
        if not rule.holds(facts):
            continue
        if account is None:
            unmapped += 1
            continue
        meant = decided.mapping.resolve(facts)
        was = Target(account, klass, department, party)
        target = Target(meant.account, meant.klass, meant.department, party)
        if meant.account is not None and was != target:
            moves_on = decided.accounting_date(on)
            found.append(Misplaced(line, event, number, on, moves_on, Role(role), was, target, document, debit, credit))
    return found, unmapped


def _restated(some: Iterable[Misplaced]) -> list[Restated]:
    """Summed by role, accounts, name and paper: what the entry has to say, however many lines it moves."""
    sums: dict[tuple[Role, str, Target, Target], list[Misplaced]] = defaultdict(list)
    for one in some:
        sums[one.role, one.document, one.was, one.target].append(one)
    return [
        Restated(
            role,
            document,
            was,
            target,
            sum(one.debit for one in lines),
            sum(one.credit for one in lines),
            f"{len(lines)} lines of {lines[0].number} to {lines[-1].number}",
        )
        for (role, document, was, target), lines in sums.items()
    ]


def _date(decided: Desk, some: Sequence[Misplaced], today: date) -> date:
    """The last day of the period, if it has come and is open; else the last day on which any of it may move."""
    first = some[0].moves_on
    ends = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    latest = max(one.moves_on for one in some)
    return ends if ends <= today and decided.is_open(ends) else latest


def _name(names: dict[int, str], target: Target) -> str:
    more = " · with its class" if target.klass or target.department else ""
    return names.get(target.account or 0, "no account") + more
