"""The time in the emulated company: tokens, stamps and look-back windows follow it, delays on the wire do
not.
"""

import threading
import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


class Clock:
    """Runs with real time from wherever it was set; can be frozen and moved."""

    def __init__(self, start: datetime | None = None) -> None:
        self._lock = threading.Lock()
        self._start = start
        self.reset()

    def reset(self) -> None:
        with self._lock:
            self._frozen_at: datetime | None = None
            self._ahead = self._start - _real_now() if self._start else timedelta()

    def now(self) -> datetime:
        with self._lock:
            return self._now()

    def set(self, at: datetime) -> None:
        with self._lock:
            self._move(at)

    def advance(self, seconds: float) -> None:
        with self._lock:
            self._move(self._now() + timedelta(seconds=seconds))

    def freeze(self, frozen: bool) -> None:
        """Stop at this moment, or run on from the moment it was stopped."""
        with self._lock:
            now = self._now()
            self._frozen_at = now if frozen else None
            self._ahead = now - _real_now()

    def run_ahead(self, seconds: float) -> None:
        with self._lock:
            self._frozen_at, self._ahead = None, timedelta(seconds=seconds)

    @property
    def ahead(self) -> timedelta:
        return self.now() - _real_now()

    @property
    def frozen(self) -> bool:
        return self._frozen_at is not None

    def _now(self) -> datetime:
        return self._frozen_at or _real_now() + self._ahead

    def _move(self, at: datetime) -> None:
        if self._frozen_at is not None:
            self._frozen_at = at
        self._ahead = at - _real_now()


def _real_now() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)


def moment(text: str, zone: ZoneInfo) -> datetime:
    """An ISO date-time; without an offset it is taken in the company's zone."""
    parsed = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=zone)


def stamp(at: datetime, zone: ZoneInfo) -> str:
    """As MetaData prints it: seconds and the offset, no milliseconds."""
    return at.astimezone(zone).isoformat(timespec="seconds")


def fine_stamp(at: datetime, zone: ZoneInfo) -> str:
    """As the `time` of an envelope is printed: with milliseconds."""
    return at.astimezone(zone).isoformat(timespec="milliseconds")


def day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()
