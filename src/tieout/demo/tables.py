"""The demo's data is written as tables that people can read; this reads them."""

from __future__ import annotations

from collections.abc import Iterator


def rows(text: str) -> Iterator[list[str]]:
    """The cells of each line that is not blank, without their outer blanks."""
    for line in text.strip().splitlines():
        if line.strip():
            yield [cell.strip() for cell in line.split("|")]
