"""Webhooks: telling another program that something changed, as unreliably as the real service does.

Events are gathered for `delay` seconds and sent in one signed notification. A receiver has three seconds to say yes.
After a 5xx, a 408 or no answer the same notification comes again 20, 30 and 50 minutes later by the company's clock,
then it is dropped; an endpoint that failed for a whole day gets nothing any more. On demand notifications are lost,
sent twice or sent in the wrong order.
"""

import json
import random
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from qbo_emulator import guard
from qbo_emulator.clock import Clock
from qbo_emulator.notification import Event, body_of, event_of, headers_of
from qbo_emulator.record import Change

RETRIES = tuple(timedelta(minutes=minutes) for minutes in (20, 30, 50))
PATIENCE = 3.0
WORTH_RETRYING = frozenset({408, 500, 502, 503, 504})
GIVING_UP = timedelta(days=1)
CUT_OVER = "2026-07-31"
"""From this day on the new format is the default."""
FORMATS = ("legacy", "cloudevents")
TICK = 0.02


class BadSubscription(ValueError):
    """The webhook asked for makes no sense."""


@dataclass(frozen=True)
class Subscription:
    url: str
    format: str
    drop: float = 0
    duplicate: float = 0
    reorder: bool = False
    delay: float = 0.1


@dataclass(slots=True)
class Notification:
    body: bytes
    events: int
    due: datetime
    attempt: int = 0


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt, for whoever looks at how it went. Status none: no answer in time."""

    at: str
    attempt: int
    events: int
    status: int | None


@dataclass
class Webhooks:
    realm_id: str
    clock: Clock
    source: random.Random
    subscription: Subscription | None = None
    active: bool = True
    deliveries: list[Delivery] = field(default_factory=list)
    _events: list[tuple[float, Event]] = field(default_factory=list)
    _pending: list[Notification] = field(default_factory=list)
    _failing_since: datetime | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _thread: threading.Thread | None = None

    def subscribe(self, wanted: dict[str, Any], verifier: str, stopping: threading.Event) -> None:
        """Send to this address from now on; no address ends it."""
        subscription = self._parsed(wanted)
        with self._lock:
            self.subscription, self.active, self._failing_since = subscription, True, None
            self._events, self._pending = [], []
        if subscription is not None and self._thread is None:
            self._thread = threading.Thread(target=self._run, args=(verifier, stopping), daemon=True)
            self._thread.start()

    def clear(self) -> None:
        with self._lock:
            self.subscription, self.deliveries, self._events, self._pending = None, [], [], []

    def saw(self, change: Change) -> None:
        """Something was written, by whomever."""
        if self.subscription is None or not self.active:
            return
        event = event_of(change)
        if event is not None:
            with self._lock:
                self._events.append((time.monotonic(), event))

    def document(self) -> dict[str, Any]:
        subscription = self.subscription
        with self._lock:
            return {
                "url": subscription.url if subscription else None,
                "format": subscription.format if subscription else None,
                "active": self.active and subscription is not None,
                "pending": len(self._events) + len(self._pending),
                "deliveries": [
                    {"at": each.at, "attempt": each.attempt, "events": each.events, "status": each.status}
                    for each in self.deliveries
                ],
            }

    def _parsed(self, wanted: dict[str, Any]) -> Subscription | None:
        url = wanted.get("url")
        if not url:
            return None
        guard.refuse_production(str(url))
        if not str(url).startswith(("http://", "https://")):
            raise BadSubscription(f"{url!r} is not the address of a web server")
        usual = "cloudevents" if self.clock.now().date().isoformat() > CUT_OVER else "legacy"
        chosen = wanted.get("format") or usual
        if chosen not in FORMATS:
            raise BadSubscription(f"there is no format {chosen!r}; there are {', '.join(FORMATS)}")
        chances = {name: _chance(name, wanted.get(name, 0)) for name in ("drop", "duplicate")}
        delay = _seconds(wanted.get("delay", 0.1))
        return Subscription(str(url), chosen, reorder=bool(wanted.get("reorder")), delay=delay, **chances)

    # The thread that delivers

    def _run(self, verifier: str, stopping: threading.Event) -> None:
        while not stopping.wait(TICK):
            for notification, subscription in self._ready():
                self._deliver(notification, subscription, verifier)

    def _ready(self) -> list[tuple[Notification, Subscription]]:
        """What is to be sent now: newly gathered events, and old notifications whose retry has come."""
        now = self.clock.now()
        with self._lock:
            subscription = self.subscription
            if subscription is None:
                return []
            if self._events and time.monotonic() - self._events[0][0] >= subscription.delay:
                self._pending += self._notifications(subscription, now)
                self._events = []
            due = [each for each in self._pending if each.due <= now]
            self._pending = [each for each in self._pending if each.due > now]
            return [(each, subscription) for each in due if self.active]

    def _notifications(self, subscription: Subscription, now: datetime) -> list[Notification]:
        """One for all gathered events; out of order, one for each and the last first."""
        events = [event for _, event in self._events]
        groups = [[event] for event in reversed(events)] if subscription.reorder else [events]
        found = []
        for group in groups:
            if self.source.random() < subscription.drop:
                continue
            body = body_of(subscription.format, self.realm_id, group, self.source)
            times = 2 if self.source.random() < subscription.duplicate else 1
            found += [Notification(body, len(group), now) for _ in range(times)]
        return found

    def _deliver(self, notification: Notification, subscription: Subscription, verifier: str) -> None:
        now = self.clock.now()
        status = _post(subscription.url, notification.body, headers_of(notification.body, verifier, now, self.source))
        delivery = Delivery(now.isoformat(), notification.attempt, notification.events, status)
        with self._lock:
            self.deliveries.append(delivery)
            if status is not None and 200 <= status < 300:
                self._failing_since = None
                return
            self._failing_since = self._failing_since or now
            if now - self._failing_since >= GIVING_UP:
                self.active = False
            elif (status is None or status in WORTH_RETRYING) and notification.attempt < len(RETRIES):
                notification.due = now + RETRIES[notification.attempt]
                notification.attempt += 1
                self._pending.append(notification)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A receiver that redirects has not accepted."""

    def redirect_request(self, *arguments: Any) -> None:
        return None


def _post(url: str, body: bytes, headers: dict[str, str]) -> int | None:
    request = urllib.request.Request(url, body, headers, method="POST")  # noqa: S310 the scheme was checked
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirects())
    try:
        with opener.open(request, timeout=PATIENCE) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        refused.close()
        return refused.code
    except (OSError, ValueError):
        return None


def _chance(name: str, value: Any) -> float:
    try:
        chance = float(value)
    except (TypeError, ValueError):
        raise BadSubscription(f"{name} is true, false or a chance between 0 and 1, not {value!r}") from None
    if not 0 <= chance <= 1:
        raise BadSubscription(f"{name} is a chance between 0 and 1, not {json.dumps(chance)}")
    return chance


def _seconds(value: Any) -> float:
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        raise BadSubscription(f"delay is a number of seconds, not {value!r}") from None
    if seconds < 0:
        raise BadSubscription("delay is a number of seconds, not a negative one")
    return seconds
