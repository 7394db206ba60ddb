"""A story's file: JSON, or TOML where people write it. What it says is checked before anything is started."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from tieout.core.refusals import Refusal
from tieout.core.roles import Role
from tieout.stories.vocabulary import UnknownField

OTHER_ACCOUNTS = ("AP", "AR", "REVENUE")
"""They belong to QuickBooks' own documents."""

SUMS: dict[str, frozenset[str]] = {
    "INV": frozenset({Role.RAW, Role.FG, Role.TRANSIT}),
    "ABSORBED": frozenset({Role.LABOUR, Role.OVERHEAD}),
    "COGS": frozenset({Role.COGS, Role.COGS_LATE}),
}
"""Names that stand for several accounts. COGS in a story includes COGS_LATE, its sub-account."""

ACCOUNTS = (*(name for name in SUMS if name not in set(Role)), *Role, *OTHER_ACCOUNTS)
"""Every name that a story may expect a balance of."""


class Unreadable(Refusal):
    """A file that is no story."""

    code = "unreadable"


class Expected(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the books must show; what is not named is not looked at."""

    accounts: dict[str, str] = {}
    lots: dict[str, tuple[str, str]] = {}
    ships: dict[str, str] = {}
    journals: int | None = None


class ExpectedAtEnd(Expected, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The same at the end, with the refusals and what must hold on the way."""

    errors: list[tuple[int, str]] = []
    checkpoints: dict[str, Expected] = {}


class Story(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What happened, in order, and what is expected. Events are read one by one, when they are told."""

    title: str = ""
    events: list[dict[str, Any]]
    expect: ExpectedAtEnd = ExpectedAtEnd()


def read(path: Path) -> Story:
    """The story in a file, or a refusal that says what about it is not one."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f"{path} cannot be read: {error}.") from error
    story = _convert(_parsed(text, path))
    _refuse_unknown_names(story.expect)
    return story if story.title else msgspec.structs.replace(story, title=path.stem.replace("_", " "))


def _parsed(text: str, path: Path) -> Any:
    try:
        return tomllib.loads(text) if path.suffix == ".toml" else json.loads(text, object_pairs_hook=_once)
    except ValueError as error:
        raise Unreadable(f"{path} is not {'TOML' if path.suffix == '.toml' else 'JSON'}: {error}.") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A name said twice in one object would silently lose the first."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(name for name, _ in pairs if sum(name == other for other, _ in pairs) > 1)
        raise ValueError(f"“{twice}” is there twice in one object")
    return found


def _convert(said: Any) -> Story:
    try:
        return msgspec.convert(said, Story)
    except msgspec.ValidationError as error:
        message = str(error)
    at = re.search(r"at `\$\.?([^`]*)`", message)
    where = at[1] if at and at[1] else "the story"
    if unknown := re.search(r"unknown field `([^`]+)`", message):
        raise UnknownField(f"{where} has no field {unknown[1]}.")
    raise UnknownField(f"{where} cannot be read: {message.split(' - at ')[0]}.")


def _refuse_unknown_names(expect: ExpectedAtEnd) -> None:
    for part in (expect, *expect.checkpoints.values()):
        for name in part.accounts:
            if name not in ACCOUNTS:
                raise UnknownField(f"expect.accounts has no account {name}. There are {', '.join(ACCOUNTS)}.")
