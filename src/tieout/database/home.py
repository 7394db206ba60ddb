"""The data folder: where it is, and the two things every process of one installation must agree on.

Making the folder is a decision (`ensure`), finding it is not: importing the settings, type checking or asking
for help must leave no folder behind.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

MARK = "tieout-data"
KEY = "secret-key"


def path() -> Path:
    """`TIEOUT_HOME`, or the place where programs of this user keep their data."""
    if chosen := os.environ.get("TIEOUT_HOME"):
        return Path(chosen).expanduser().absolute()
    if os.geteuid() == 0:
        return Path("/var/lib/tieout")
    return Path.home() / ".local" / "share" / "tieout"


def ensure(home: Path) -> None:
    """Make the folder, its mark (`reset` removes nothing unmarked) and its signing key, unless they are
    there.

    As root the folder may be passed through but not listed, because PostgreSQL runs there as another user.
    A folder that exists keeps its mode: it may be private for a reason.
    """
    home.mkdir(parents=True, exist_ok=True, mode=0o711 if os.geteuid() == 0 else 0o700)
    (home / MARK).touch(mode=0o600)
    try:
        descriptor = os.open(home / KEY, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w") as key:
        key.write(secrets.token_urlsafe(50))


def secret_key(home: Path) -> str | None:
    """The key this installation signs sessions with; none before `ensure` has made the folder."""
    try:
        return (home / KEY).read_text().strip() or None
    except OSError:
        return None
