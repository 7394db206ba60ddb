"""When people are at work: Monday to Friday but for holidays, at their site's own hours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

HOLIDAYS = frozenset({date(2026, 1, 1), date(2026, 1, 19), date(2026, 2, 16)})


def is_working(on: date) -> bool:
    return on.weekday() < 5 and on not in HOLIDAYS


def between(first: date, last: date) -> list[date]:
    """The working days from first to last, both included."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if is_working(day)]


def after(on: date, days: int) -> date:
    """That many working days later."""
    while days:
        on += timedelta(days=1)
        days -= is_working(on)
    return on


def moments(on: date, zone: ZoneInfo, first: str, last: str, count: int) -> Iterator[datetime]:
    """So many moments of one day, in order, spread from first to last (as HH:MM there)."""
    starts = datetime.combine(on, time.fromisoformat(first), zone)
    ends = datetime.combine(on, time.fromisoformat(last), zone)
    step = (ends - starts) / max(count, 1)
    for n in range(count):
        at = starts + n * step
        yield at.replace(second=(7 * n) % 60, microsecond=0)
