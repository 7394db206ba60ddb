"""The dates a report covers: given outright, by a macro such as `Last Month`, or the report's own default."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from qbo_emulator import faults
from qbo_emulator.company import Company

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


@dataclass(frozen=True)
class Period:
    start: str
    end: str
    macro: str | None = None


def period(company: Company, parameters: Mapping[str, str], default: str) -> Period:
    start, end = parameters.get("start_date"), parameters.get("end_date")
    if start or end:
        last = _given(end) if end else company.today()
        first = _given(start) if start else fiscal_year_start(company, last)
        return Period(first.isoformat(), last.isoformat())
    macro = (parameters.get("date_macro") or default).lower()
    found = _by_macro(company, macro)
    if found is None:
        raise faults.Fault(faults.bad_choice("date_macro", macro))
    return Period(found[0].isoformat(), found[1].isoformat(), macro)


def fiscal_year_start(company: Company, on: date) -> date:
    name = company.preference("AccountingInfoPrefs", "FirstMonthOfFiscalYear")
    month = MONTHS.index(name) + 1 if name in MONTHS else 1
    return date(on.year if on.month >= month else on.year - 1, month, 1)


def _given(text: str) -> date:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise faults.Fault(faults.bad_date("date", text)) from None


def _by_macro(company: Company, macro: str) -> tuple[date, date] | None:
    today = company.today()
    if macro in ("today", "yesterday"):
        on = today if macro == "today" else today - timedelta(days=1)
        return on, on
    to_date = macro.endswith("-to-date")
    which, _, unit = macro.removesuffix("-to-date").partition(" ")
    if which not in ("this", "last", "next") or unit not in _STARTS:
        return None
    start = _STARTS[unit](company, today)
    if which == "last":
        start = _STARTS[unit](company, start - timedelta(days=1))
    if which == "next":
        start = _end(company, unit, start) + timedelta(days=1)
    end = _end(company, unit, start)
    if to_date:
        end = today if which == "this" else min(end, start + (today - _STARTS[unit](company, today)))
    return start, end


def _end(company: Company, unit: str, start: date) -> date:
    """The day before the next unit begins."""
    day = start + timedelta(days=1)
    days = {"week": 7, "month": 31, "fiscal quarter": 92, "calendar quarter": 92}.get(unit, 366)
    later = _STARTS[unit](company, day + timedelta(days=days))
    return later - timedelta(days=1)


def _week(company: Company, on: date) -> date:
    return on - timedelta(days=(on.weekday() + 1) % 7)


def _month(company: Company, on: date) -> date:
    return on.replace(day=1)


def _calendar_quarter(company: Company, on: date) -> date:
    return date(on.year, (on.month - 1) // 3 * 3 + 1, 1)


def _fiscal_quarter(company: Company, on: date) -> date:
    first = fiscal_year_start(company, on)
    months = (on.year - first.year) * 12 + on.month - first.month
    begun = first.month - 1 + months // 3 * 3
    return date(first.year + begun // 12, begun % 12 + 1, 1)


def _calendar_year(company: Company, on: date) -> date:
    return date(on.year, 1, 1)


_STARTS = {
    "week": _week,
    "month": _month,
    "calendar quarter": _calendar_quarter,
    "fiscal quarter": _fiscal_quarter,
    "calendar year": _calendar_year,
    "fiscal year": fiscal_year_start,
}
