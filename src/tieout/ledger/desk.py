"""What finance has decided that every act must respect: the mapping, the policies, the closed dates.

Read once an act, in one statement. The same statement takes the company's closing lock, shared: a period can
only be closed between acts, never during one, so no act dates itself into a month that closes before it commits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection

from tieout.access.acting import Act
from tieout.core.posting import AccountMapping
from tieout.core.refusals import Refusal
from tieout.ledger import mapping, policies

CLOSING_LOCK = 0x71E0

FUTURE = timedelta(days=1)
"""How far ahead of the clock an event may be said to have happened: time zones, no more."""


class FutureDate(Refusal):
    """Something that has not happened yet."""

    code = "future_date"


@dataclass(frozen=True, slots=True)
class Desk:
    """Finance's decisions as of one local date."""

    mapping: AccountMapping
    policies: dict[str, str]
    closed: Sequence[tuple[date, date]]
    closed_through: date | None
    """QuickBooks' own closing date."""

    def is_open(self, on: date) -> bool:
        if self.closed_through is not None and on <= self.closed_through:
            return False
        return not any(starts <= on <= ends for starts, ends in self.closed)

    def accounting_date(self, local: date) -> date:
        """The local date of what happened if it is open here and in QuickBooks, else the first open day after."""
        on = local
        if self.closed_through is not None and on <= self.closed_through:
            on = self.closed_through + timedelta(days=1)
        for starts, ends in sorted(self.closed):
            if starts <= on <= ends:
                on = ends + timedelta(days=1)
        return on


_DESK = """
select pg_advisory_xact_lock_shared(%s, %s),
    (select max(version) from ledger_mappingrule),
    (select closed_through from ledger_books),
    (select array_agg(starts order by starts) from ledger_period where state = 'closed'),
    (select array_agg(ends order by starts) from ledger_period where state = 'closed'),
    (select json_object_agg(name, value) from (
        select distinct on (name) name, value from ledger_policy where effective_from <= %s
        order by name, effective_from desc, id desc) p)
"""


def read(act: Act, *, local: date) -> Desk:
    """The desk as it is for something that happened on that local date."""
    return as_of(act.company, local=local)


def as_of(company: int, *, local: date) -> Desk:
    """The same for somebody who only looks, inside a scope."""
    with connection.cursor() as cursor:
        cursor.execute(_DESK, [CLOSING_LOCK, company, local])
        _, version, closed_through, starts, ends, said = cursor.fetchone()
    return Desk(
        mapping=mapping.version(company, version or 0),
        policies={**policies.defaults(), **(said or {})},
        closed=tuple(zip(starts or (), ends or (), strict=True)),
        closed_through=closed_through,
    )


def refuse_future(act: Act, at: datetime) -> None:
    """The floor records what happened, not what will."""
    if at > act.now + FUTURE:
        raise FutureDate(f"{at:%Y-%m-%d %H:%M} is in the future. Record what has happened, with the time it happened.")
