"""The shape of a document: its properties in the order QuickBooks prints them, what each may hold, what it
refers to.

One shape serves both ways. Reading checks every property, ignores the read-only ones and drops nulls; writing
prints the stored values in the shape's order and fills in the names of references. Stored bodies therefore
hold bare ids, and a rename shows up in every document at once.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from qbo_emulator import faults, money, wire

Body = dict[str, Any]
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
NameOf = Callable[[str, str], str | None]


@dataclass(frozen=True)
class Property:
    name: str
    kind: str
    longest: int | None = None
    choices: tuple[str, ...] = ()
    shape: "Shape | None" = None
    target: str | None = None
    read_only: bool = False
    typed: bool = False
    """A reference that says itself, in `type`, what kind of object it names."""


@dataclass(frozen=True)
class Shape:
    java_class: str
    properties: tuple[Property, ...]
    known: Mapping[str, Property] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "known", {each.name: each for each in self.properties})


def text(name: str, longest: int | None = None, *, read_only: bool = False) -> Property:
    return Property(name, "text", longest=longest, read_only=read_only)


def cash(name: str, *, read_only: bool = False) -> Property:
    """Money: two decimals."""
    return Property(name, "cash", read_only=read_only)


def number(name: str, *, read_only: bool = False) -> Property:
    """A quantity, price or rate: as many decimals as it needs."""
    return Property(name, "number", read_only=read_only)


def flag(name: str, *, read_only: bool = False) -> Property:
    return Property(name, "flag", read_only=read_only)


def on(name: str, *, read_only: bool = False) -> Property:
    return Property(name, "date", read_only=read_only)


def choice(name: str, *choices: str) -> Property:
    return Property(name, "choice", choices=choices)


def ref(name: str, target: str, *, read_only: bool = False) -> Property:
    return Property(name, "ref", target=target, read_only=read_only)


def typed_ref(name: str) -> Property:
    """A reference with a lower-case `type` beside its value."""
    return Property(name, "ref", target="", typed=True)


def group(name: str, shape: Shape) -> Property:
    return Property(name, "group", shape=shape)


def several(name: str, shape: Shape) -> Property:
    return Property(name, "several", shape=shape)


def given(name: str) -> Property:
    """Set by the server; accepted from a client and ignored, printed as stored."""
    return Property(name, "given", read_only=True)


def hidden(name: str) -> Property:
    """Kept with the object and never shown; to a client it is an unknown property."""
    return Property(name, "hidden")


def ignored(*names: str) -> tuple[Property, ...]:
    """Properties the Java class knows, which the emulator neither keeps nor prints."""
    return tuple(Property(name, "given", read_only=True) for name in names)


HEAD = ignored("domain", "sparse", "Id", "SyncToken", "MetaData")
REFERENCE = {"value", "name", "type"}


def read(shape: Shape, raw: Any, errors: list[faults.Error]) -> Body:
    """The writable values of `raw`, cleaned. An unknown property ends it; other problems are collected."""
    if not isinstance(raw, dict):
        raise faults.unreadable(f"Can not deserialize instance of com.intuit.schema.finance.v3.{shape.java_class}")
    body: Body = {}
    for name, value in raw.items():
        known = shape.known.get(name)
        if known is None or known.kind == "hidden":
            raise faults.unknown_property(name, shape.java_class, tuple(shape.known))
        if value is None or known.read_only:
            continue
        cleaned = _READERS[known.kind](known, value, errors)
        if cleaned is not None:
            body[name] = cleaned
    return body


def _read_text(known: Property, value: Any, errors: list[faults.Error]) -> str | None:
    if isinstance(value, bool | dict | list):
        errors.append(faults.bad_type(known.name))
        return None
    cleaned = str(value).replace("\r\n", "\n").strip()
    if known.longest is not None and len(cleaned) > known.longest:
        errors.append(faults.bad_length(known.name, len(cleaned), known.longest))
    if UNPRINTABLE.search(cleaned):
        errors.append(faults.invalid_characters(known.name, "Control characters are not supported"))
    return cleaned


def _read_number(known: Property, value: Any, errors: list[faults.Error]) -> Decimal | None:
    try:
        found = money.decimal(value)
    except money.NotANumber:
        errors.append(faults.bad_number(known.name, str(value)))
        return None
    if found.adjusted() > 12:
        errors.append(faults.bad_number(known.name, str(value)))
        return None
    return found.normalize() if found else Decimal(0)


def _read_cash(known: Property, value: Any, errors: list[faults.Error]) -> Decimal | None:
    found = _read_number(known, value, errors)
    return None if found is None else money.rounded(found)


def _read_flag(known: Property, value: Any, errors: list[faults.Error]) -> bool | None:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    errors.append(faults.bad_boolean(known.name, str(value)))
    return None


def _read_date(known: Property, value: Any, errors: list[faults.Error]) -> str | None:
    """A zone suffix is tolerated and means nothing."""
    if value == "":
        return ""
    try:
        return date.fromisoformat(str(value)[:10]).isoformat()
    except ValueError:
        errors.append(faults.bad_date(known.name, str(value)))
        return None


def _read_choice(known: Property, value: Any, errors: list[faults.Error]) -> str | None:
    if value in known.choices:
        return str(value)
    errors.append(faults.bad_choice(known.name, str(value)))
    return None


def _read_ref(known: Property, value: Any, errors: list[faults.Error]) -> Body | None:
    """Only `value` counts; an empty reference is no reference. A bare id stands for one, as some clients send
    it.
    """
    if isinstance(value, str):
        return {"value": value} if value else None
    if not isinstance(value, dict):
        errors.append(faults.bad_type(known.name))
        return None
    for name in value:
        if name not in REFERENCE:
            raise faults.unknown_property(name, "ReferenceType", sorted(REFERENCE))
    identity = value.get("value")
    if identity in (None, ""):
        return None
    kind = {"of": str(value["type"])} if known.typed and value.get("type") else {}
    return {"value": str(identity), **kind}


def _read_group(known: Property, value: Any, errors: list[faults.Error]) -> Body | None:
    assert known.shape
    return read(known.shape, value, errors) or None


def _read_several(known: Property, value: Any, errors: list[faults.Error]) -> list[Body]:
    assert known.shape
    if not isinstance(value, list):
        raise faults.unreadable(f"Can not deserialize instance of java.util.ArrayList for {known.name}")
    return [read(known.shape, each, errors) for each in value]


_READERS: Mapping[str, Callable[[Property, Any, list[faults.Error]], Any]] = {
    "text": _read_text,
    "cash": _read_cash,
    "number": _read_number,
    "flag": _read_flag,
    "date": _read_date,
    "choice": _read_choice,
    "ref": _read_ref,
    "group": _read_group,
    "several": _read_several,
}


def printed(shape: Shape, body: Mapping[str, Any], name_of: NameOf) -> str:
    """The body as JSON text, in the shape's order, references named."""
    parts = []
    for known in shape.properties:
        value = body.get(known.name)
        if value is None or value == "" or known.kind == "hidden":
            continue
        parts.append(f'"{known.name}":{_printed_value(known, value, name_of)}')
    return "{" + ",".join(parts) + "}"


def _printed_value(known: Property, value: Any, name_of: NameOf) -> str:
    if known.kind == "ref":
        return _printed_ref(known, value, name_of)
    if known.kind == "group":
        assert known.shape
        return printed(known.shape, value, name_of)
    if known.kind == "several":
        shape = known.shape
        assert shape
        return "[" + ",".join(printed(shape, each, name_of) for each in value) + "]"
    return wire.dump(value)


def _printed_ref(known: Property, value: Mapping[str, str], name_of: NameOf) -> str:
    identity = value["value"]
    kind = value.get("of") or known.target or ""
    name = name_of(kind, identity)
    shown = f'"value":{wire.quoted(identity)}' + ("" if name is None else f',"name":{wire.quoted(name)}')
    return "{" + shown + (f',"type":{wire.quoted(kind)}' if known.typed else "") + "}"
