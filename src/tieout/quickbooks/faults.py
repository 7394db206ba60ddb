"""Places where a test may kill this process, so that recovery is tried against a real death.

Nothing happens unless the environment names the very point: then the process ends at once, by SIGKILL,
with no `finally`, no commit and no goodbye to PostgreSQL or QuickBooks.
"""

from __future__ import annotations

import os
import signal

VARIABLE = "TIEOUT_FAULT_POINT"

POINTS = (
    "before T3",
    "T3 committed",
    "half of the request written",
    "request written",
    "response read",
    "before T4",
    "T4 committed",
    "look committed",
    "looked",
    "tokens received",
    "tokens stored",
    "read back",
    "documents read",
    "document mirrored",
)
"""Every boundary at which a process can die: of the posting protocol, in its order, and of what comes in."""


def point(name: str) -> None:
    """Die here if the environment says so."""
    if os.environ.get(VARIABLE) == name:
        os.kill(os.getpid(), signal.SIGKILL)


def armed(name: str) -> bool:
    """Whether this process is to die at that point; the socket is then written in two halves."""
    return os.environ.get(VARIABLE) == name
