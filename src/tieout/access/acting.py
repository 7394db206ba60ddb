"""Who asks, and what an action knows of the asking."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from tieout.access.permissions import ALLOWED, ActorRole, Permission


@dataclass(frozen=True, slots=True)
class Acting:
    """An actor at work in a company. `key` makes what is asked happen once, however often it is sent."""

    company: int
    actor: int
    name: str
    role: ActorRole
    key: str | None = None

    def once(self, key: str) -> Acting:
        return replace(self, key=key)

    def may(self, permission: Permission) -> bool:
        return permission in ALLOWED[self.role]


@dataclass(slots=True)
class Act:
    """One act under way, inside its transaction: who, when, where, and what it is about."""

    by: Acting
    company: int
    state: str
    currency: str
    time_zone: ZoneInfo
    now: datetime
    attempt: int = 1
    """More than 1: others were in the way, and the act starts over."""
    subject: str = ""
    """What people call the thing acted on; the audit row shows it."""
