"""What finance may ask for about a difference between the two systems: each a decision with a reason."""

from __future__ import annotations

from tieout.access.acting import Act
from tieout.access.actions import action
from tieout.access.permissions import Permission
from tieout.quickbooks import remedies


@action(Permission.POST)
def adopt_entry(act: Act, *, subject: str, reason: str) -> str:
    """Somebody else's entry on our accounts is right as it is: listed from now on, and waits for nobody."""
    return remedies.adopt(act, subject=subject, reason=reason)


@action(Permission.POST)
def accept_difference(act: Act, *, subject: str, reason: str) -> str:
    """The difference stays, for that reason, as long as it is these cents."""
    return remedies.accept(act, subject=subject, reason=reason)


@action(Permission.POST)
def repost_entry(act: Act, *, subject: str, reason: str) -> str:
    """Post again what was changed or deleted in QuickBooks; what is left of it there, Tieout deletes first."""
    return remedies.repost(act, subject=subject, reason=reason)


@action(Permission.POST)
def adjust_cost(act: Act, *, subject: str, lot: int, reason: str) -> str:
    """The books are right: a lot that is on hand is brought to what they say. The event's number."""
    return remedies.adjust(act, subject=subject, lot=lot, reason=reason)
