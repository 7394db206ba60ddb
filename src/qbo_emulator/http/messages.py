"""One request as it came in, one answer as it goes out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from qbo_emulator import wire
from qbo_emulator.injection import Rule
from qbo_emulator.record import Record

JSON = "application/json;charset=utf-8"


class Headers(Mapping[str, str]):
    """Found without regard to case, as clients spell them."""

    def __init__(self, found: Mapping[str, str]) -> None:
        self._found = {name.lower(): value for name, value in found.items()}

    def __getitem__(self, name: str) -> str:
        return self._found[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


@dataclass
class Request:
    method: str
    path: str
    query_string: str
    headers: Headers
    body: bytes

    @cached_property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(self.query_string, keep_blank_values=True))

    @cached_property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    @cached_property
    def document(self) -> Any:
        """The body as JSON; raises `wire.NotJson`."""
        return wire.load(self.body)


@dataclass
class Response:
    status: int
    body: bytes = b""
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    committed: bool = False
    record: Record | None = None
    """What was committed, for faults that hide it."""
    disruption: Rule | None = None
    """How the transport is to spoil it."""


def json_response(document: object, status: int = 200) -> Response:
    return Response(status, wire.dump(document).encode("utf-8", "replace"))


def html_response(text: str, status: int = 200) -> Response:
    return Response(status, text.encode(), "text/html; charset=utf-8")


def redirect(to: str, status: int = 303) -> Response:
    return Response(status, b"", "text/plain", {"Location": to})
