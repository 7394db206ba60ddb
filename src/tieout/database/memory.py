"""What a process may remember of a database between transactions: versions that never change once written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.db import connection

T = TypeVar("T")

_remembered: dict[tuple[Any, ...], Any] = {}
MOST = 10_000


def recall(*key: Any, otherwise: Callable[[], T]) -> T:
    """The value kept under `key` for this database, or else made, and kept. Only for what is never rewritten."""
    whole = (connection.settings_dict["NAME"], connection.settings_dict["HOST"], *key)
    found: T | None = _remembered.get(whole)
    if found is None:
        if len(_remembered) >= MOST:
            _remembered.clear()
        found = _remembered[whole] = otherwise()
    return found


def forget() -> None:
    """For a database that is thrown away and made again under the same name."""
    _remembered.clear()
