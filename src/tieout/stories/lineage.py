"""What a story has said of its runs, and which lots descend from which."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from tieout.stories import vocabulary


@dataclass(slots=True)
class Runs:
    """What a story has said of its runs: enough to say why a run takes nothing more."""

    ahead: dict[str, vocabulary.Complete]
    """Run → how it will be reported, so that it is a run of what it makes."""
    confirmed: dict[str, str] = field(default_factory=dict)
    """Run → its number, even if nothing came to be put into it."""
    fed: dict[str, set[str]] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)
    """Lot → the run that made it."""

    def descends(self, lot: str, run: str) -> bool:
        """Whether a lot was made, at any depth, from what a run made."""
        maker = self.made.get(lot)
        return maker is not None and (
            maker == run or any(self.descends(other, run) for other in self.fed.get(maker, ()))
        )

    @classmethod
    def of(cls, events: Iterable[dict[str, Any]]) -> Runs:
        """Runs with their first report that can be read; the others are refused when their turn comes."""
        ahead: dict[str, vocabulary.Complete] = {}
        for said in events:
            if said.get("type") == "complete":
                try:
                    report = msgspec.convert(said, vocabulary.Complete)
                except msgspec.ValidationError:
                    continue
                ahead.setdefault(report.run, report)
        return cls(ahead)
