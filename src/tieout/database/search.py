"""What people type into a search field, as PostgreSQL looks for it."""

from __future__ import annotations


def containing(text: str) -> str:
    """The `ilike` pattern of whatever has these words in it; their own %, _ and \\ stand for themselves."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
