"""When something falls due, by the term it was sold or bought under."""

from datetime import date, timedelta

from qbo_emulator.company import Company


def due(company: Company, on: str, term: str | None) -> str:
    """By a standard term so many days later; by a date-driven one on its day of the month."""
    found = company.find("Term", term) if term else None
    if found is None:
        return on
    start = date.fromisoformat(on)
    if "DueDays" in found.body:
        return (start + timedelta(days=int(found.body["DueDays"]))).isoformat()
    return _on_its_day(start, int(found.body["DayOfMonthDue"]), int(found.body.get("DueNextMonthDays", 0))).isoformat()


def _on_its_day(start: date, day: int, spare: int) -> date:
    """The next such day of a month, the month after where that is fewer than `spare` days away."""
    found = _in_month(start.year, start.month, day)
    months = 0
    while found < start or (found - start).days < spare:
        months += 1
        found = _in_month(start.year + (start.month - 1 + months) // 12, (start.month - 1 + months) % 12 + 1, day)
    return found


def _in_month(year: int, month: int, day: int) -> date:
    following = date(year + month // 12, month % 12 + 1, 1)
    return min(date(year, month, 1) + timedelta(days=day - 1), following - timedelta(days=1))
