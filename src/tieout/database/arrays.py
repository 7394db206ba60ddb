"""How lists of numbers go to the server: an act sends sixty of them, a late cost some with ten thousand numbers each.

psycopg looks at every element three times: for its type, its size and its quotes. A list of numbers needs none of
that; and because all lists of whole numbers are of one type here, a statement is prepared once, whatever they hold.
"""

from __future__ import annotations

from decimal import Decimal
from types import NoneType
from typing import Any

import psycopg
from psycopg.abc import Buffer, DumperKey, PyFormat
from psycopg.types.array import BaseListDumper, ListDumper

ARRAYS = {int: "int8", Decimal: "numeric"}


class NumbersDumper(ListDumper):
    """Lists of whole numbers, or of decimals, in one go; every other list as psycopg does it."""

    kind: type | None = None

    def get_key(self, obj: list[Any], format: PyFormat) -> DumperKey:  # noqa: A002 -- psycopg's own name
        kind = _kind(obj)
        return (self.cls, kind) if kind else super().get_key(obj, format)

    def upgrade(self, obj: list[Any], format: PyFormat) -> BaseListDumper:  # noqa: A002 -- the same
        kind = _kind(obj)
        if kind is None:
            return super().upgrade(obj, format)
        dumper = type(self)(self.cls, self._tx)
        dumper.kind = kind
        dumper.oid = psycopg.adapters.types[ARRAYS[kind]].array_oid
        return dumper

    def dump(self, obj: list[Any]) -> Buffer | None:
        if self.kind is None:
            return super().dump(obj)
        return f"{{{','.join(['NULL' if one is None else str(one) for one in obj])}}}".encode()


def _kind(obj: list[Any]) -> type | None:
    """What a list of one kind of numbers holds, apart from gaps."""
    kinds = {*map(type, obj)} - {NoneType}
    return next(iter(kinds)) if len(kinds) == 1 and kinds <= ARRAYS.keys() else None


def register() -> None:
    """For every connection that this process opens from now on."""
    psycopg.adapters.register_dumper(list, NumbersDumper)
