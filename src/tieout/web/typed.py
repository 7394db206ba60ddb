"""What people type, as values: numbers, dates, moments, and the lines of a form. Refused in words if it is none.

Numbers are read as everywhere (core/quantities): only where their form leaves one reading.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.http import QueryDict

from tieout.core import quantities
from tieout.core.refusals import Refusal

LONGEST_OPEN = timedelta(days=1)
"""How long a form may have stood open for “now” to mean the moment it was sent."""


class BadEntry(Refusal):
    """Something typed that is not what the field asks for."""

    code = "bad_entry"


class Typed:
    """The fields of a form (or of an address), by name."""

    def __init__(self, given: QueryDict) -> None:
        self._given = given

    def text(self, name: str, otherwise: str = "") -> str:
        return " ".join(self._given.get(name, otherwise).replace("\0", "").split())

    def has(self, name: str) -> bool:
        return bool(self.text(name))

    def __getitem__(self, name: str) -> str:
        """For templates: `typed.lot`, empty if it was not typed."""
        return self._given.get(name, "")

    def fields(self, *, but: Collection[str]) -> dict[str, str]:
        """Everything that was typed, as one address can say it again."""
        return {name: str(value) for name, value in self._given.items() if name not in but and value}

    def number(self, name: str, what: str) -> Decimal:
        """A number that must be there."""
        found = self.number_if_any(name, what)
        if found is None:
            raise BadEntry(f"{what} is empty. Type a number.")
        return found

    def number_if_any(self, name: str, what: str) -> Decimal | None:
        typed = self.text(name)
        return quantities.number(typed, what=what) if typed else None

    def day_if_any(self, name: str, what: str) -> date | None:
        typed = self.text(name)
        if not typed:
            return None
        try:
            return date.fromisoformat(typed)
        except ValueError:
            raise BadEntry(f"{what}: “{typed[:40]}” is no date. Type it as 2026-01-31.") from None

    def whole_if_any(self, name: str) -> int | None:
        """An id in an address; anything else counts as none."""
        typed = self.text(name)
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else None

    def moment(self, zone: ZoneInfo) -> datetime:
        """When it happened: as typed, by the site's clock, or the moment the form was sent.

        The page carries when it was made, and the browser adds how long it stood open. So a form sent twice says
        the same moment twice, and a wrong clock in a tablet does not matter.
        """
        typed = self.text("at")
        try:
            if typed:
                return datetime.fromisoformat(typed).replace(tzinfo=zone).astimezone(UTC)
            opened = self.text("opened")
            if not opened:
                return datetime.now(UTC).replace(microsecond=0)
            waited = min(timedelta(seconds=int(self.text("waited") or 0)), LONGEST_OPEN)
            return min(datetime.fromisoformat(opened).astimezone(UTC) + waited, datetime.now(UTC))
        except (ValueError, OverflowError):
            raise BadEntry(f"“{typed[:40]}” is no date and time. Type it as 2026-01-31 14:05.") from None

    def lines(self, *names: str) -> Iterator[tuple[int, Typed]]:
        """The numbered lines of a form (`quantity-1`, `lot-1`, …) in which one of these fields was filled in."""
        numbers = {
            int(number)
            for field, _, number in (key.rpartition("-") for key in self._given)
            if field in names and number.isdigit() and len(number) < 6
        }
        for n in sorted(numbers):
            if any(self.has(f"{name}-{n}") for name in names):
                line = QueryDict(mutable=True)
                for key, value in self._given.items():
                    field, _, number = key.rpartition("-")
                    if number == str(n):
                        line[field] = str(value)
                yield n, Typed(line)

    def line_numbers(self, *names: str, least: int = 3) -> list[str]:
        """Which lines a form shows again: those that were typed in, and some empty ones."""
        typed = [n for n, _ in self.lines(*names)]
        return [str(n) for n in sorted({*typed, *range(1, least + 1)})]
