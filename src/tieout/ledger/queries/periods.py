"""Months of the books: what is dated in each, how far it got, and whether it is closed here and in QuickBooks."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import connection

from tieout.ledger.desk import Desk
from tieout.ledger.models import Books, Period, PeriodState
from tieout.ledger.queries.postings import HELD, LAST, ON_ITS_WAY, REFUSED, STATE


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month: entries by how far they got."""

    starts: date
    ends: date
    closed_here: str
    """ `yes`, `partly` (a range that is no month) or nothing."""
    closed_there: bool
    entries: dict[str, int] = field(default_factory=dict)

    @property
    def every(self) -> int:
        return sum(self.entries.values())

    @property
    def done(self) -> int:
        return self.every - self.unposted - self.waiting

    @property
    def unposted(self) -> int:
        return self.entries.get(ON_ITS_WAY, 0)

    @property
    def held(self) -> int:
        return self.entries.get(HELD, 0)

    @property
    def refused(self) -> int:
        return self.entries.get(REFUSED, 0)

    @property
    def waiting(self) -> int:
        return self.held + self.refused


@dataclass(frozen=True, slots=True)
class Closed:
    """A range that finance closed here."""

    starts: date
    ends: date


@dataclass(frozen=True, slots=True)
class There:
    """QuickBooks' own closing date, and when it was read."""

    closed_through: date | None
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class Blocked:
    """An entry that QuickBooks does not take on its date, and the first day that is open on both sides."""

    journal: int
    number: str
    on: date
    first_open: date
    reason: str


def there() -> There | None:
    """None before QuickBooks was ever asked."""
    found = Books.objects.first()
    return There(found.closed_through, found.read_at) if found else None


def closed() -> list[Closed]:
    """The latest first."""
    rows = Period.objects.filter(state=PeriodState.CLOSED).order_by("-starts")
    return [Closed(one.starts, one.ends) for one in rows]


_ENTRIES = f"""
select date_trunc('month', j.accounting_date)::date, {STATE}, count(*) from ledger_journalevent j {LAST} group by 1, 2
"""


def months(today: date) -> list[Month]:
    """From the first month with an entry to this one, the latest first."""
    with connection.cursor() as cursor:
        cursor.execute(_ENTRIES)
        rows = cursor.fetchall()
    by_month: dict[date, dict[str, int]] = {}
    for month, state, count in rows:
        by_month.setdefault(month, {})[state] = count
    shut, other = closed(), there()
    first, last = min([*by_month, today.replace(day=1)]), max([*by_month, today.replace(day=1)])
    found, month = [], first
    while month <= last:
        found.append(_month(month, by_month.get(month, {}), shut, other))
        month = _end(month) + timedelta(days=1)
    return found[::-1]


def _month(starts: date, entries: dict[str, int], shut: list[Closed], other: There | None) -> Month:
    ends = _end(starts)
    over = [one for one in shut if one.starts <= ends and one.ends >= starts]
    days = sum((min(one.ends, ends) - max(one.starts, starts)).days + 1 for one in over)
    here = "" if not over else "yes" if days == (ends - starts).days + 1 else "partly"
    through = other.closed_through if other else None
    return Month(starts, ends, here, through is not None and through >= ends, entries)


def _end(month: date) -> date:
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def blocked(desk: Desk, *, most: int = 500) -> list[Blocked]:
    """Entries that wait for another date, the oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct on (t.accounting_date, t.number) t.journal_id, t.number, t.accounting_date, t.reason"
            " from ledger_transmission t where t.state in ('blocked', 'rejected') and t.cause = 'closed books'"
            " and t.journal_id is not null order by t.accounting_date, t.number, t.version desc limit %s",
            [most],
        )
        return [
            Blocked(journal, number, on, desk.accounting_date(on), reason)
            for journal, number, on, reason in cursor.fetchall()
        ]
