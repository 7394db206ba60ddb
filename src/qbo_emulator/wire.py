"""JSON as QuickBooks prints it: nulls left out, money with two decimals and zero as `0`, quantities with none
to spare.
"""

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any

quoted: Callable[[str], str] = encode_basestring


class NotJson(ValueError):
    """The body is not a JSON document."""


def load(body: bytes) -> Any:
    """Numbers with a point become Decimal, so no digit is lost on the way in."""
    try:
        return json.loads(body.decode("utf-8"), parse_float=Decimal, parse_constant=_refuse)
    except (ValueError, RecursionError) as problem:
        raise NotJson(str(problem)) from None


def _refuse(constant: str) -> None:
    raise NotJson(f"{constant} is not a JSON value")


def dump(value: object) -> str:
    """A document of dicts, lists, strings, booleans and exact numbers as compact text."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return number(value)
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{quoted(key)}:{dump(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(dump, value)) + "]"
    raise TypeError(f"{type(value).__name__} has no place on the wire: {value!r}")


def number(value: Decimal | int) -> str:
    """Money is stored with exponent -2 and quantities normalised, so the digits tell which is which."""
    return format(value, "f") if value else "0"
