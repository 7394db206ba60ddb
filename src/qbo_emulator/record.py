"""One stored object: its own identity and history of stamps around a body of plain values."""

from dataclasses import dataclass
from datetime import datetime

from qbo_emulator.shape import Body


@dataclass(slots=True)
class Record:
    kind: str
    id: str
    token: int
    body: Body
    created: datetime
    updated: datetime
    visible_from: datetime | None = None
    """Queries do not find it earlier; reading by id does. Set by the `hide` fault."""
    printed: tuple[int, str] | None = None
    """The text last printed and the generation of names it was printed with."""

    @property
    def active(self) -> bool:
        return bool(self.body.get("Active", True))


@dataclass(frozen=True, slots=True)
class Change:
    """Who did what to which object: the audit log a person can read."""

    n: int
    at: datetime
    actor: str
    act: str
    kind: str
    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Gone:
    """A deleted object, remembered for change data capture."""

    kind: str
    id: str
    at: datetime
