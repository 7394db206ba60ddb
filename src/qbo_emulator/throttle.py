"""Counting requests in real time: 500 a minute for a company, 10 a second for a company and an app."""

import threading
import time
from collections import deque


class Throttle:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: deque[float] = deque()

    def admits(self, *, per_minute: int | None, per_second: int | None) -> bool:
        """Count this request unless it is one too many; a refused request does not count."""
        now = time.monotonic()
        with self._lock:
            while self._seen and now - self._seen[0] >= 60:
                self._seen.popleft()
            last_second = sum(1 for at in self._last(per_second or 0) if now - at < 1)
            if per_minute is not None and len(self._seen) >= per_minute:
                return False
            if per_second is not None and last_second >= per_second:
                return False
            self._seen.append(now)
            return True

    def clear(self) -> None:
        with self._lock:
            self._seen.clear()

    def _last(self, count: int) -> list[float]:
        newest_first = reversed(self._seen)
        return [at for _, at in zip(range(count), newest_first, strict=False)]
