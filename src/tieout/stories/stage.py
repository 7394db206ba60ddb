"""Asking the real actions for what a story tells, and idempotency keys as a device would use them.

An event may need more than one action (a receipt needs its order). Only the acts that matter bear the event's
key; what leads up to them moves nothing. Told again word for word, an event asks again for the very same acts
under the same keys, and must get the same answers; told otherwise under the same key, it is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ParamSpec, TypeVar

from django.utils import timezone

from tieout.access.acting import Acting
from tieout.access.actions import Action
from tieout.ledger.desk import FUTURE, FutureDate
from tieout.stories.billed import Unmatched
from tieout.stories.lineage import Runs
from tieout.stories.naming import Names
from tieout.stories.vocabulary import Event
from tieout.stories.world import World

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(slots=True)
class Told:
    """An event that was done under a key: its acts and what they answered."""

    event: Event
    again: list[Callable[[], Any]] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)


@dataclass(slots=True)
class Stage:
    """Where a story is told: the company, the names given so far, the event at hand."""

    world: World
    names: Names
    runs: Runs
    told: dict[str, Told] = field(default_factory=dict)
    coming: frozenset[str] = frozenset()
    """Lots that some event of the story receives: they may be billed before."""
    billed: list[Unmatched] = field(default_factory=list)
    """Lines of bills in QuickBooks whose goods are not here yet."""
    _key: str = ""
    _acts: Told | None = None

    @property
    def by(self) -> Acting:
        return self.world.by

    @property
    def company(self) -> int:
        return self.world.company

    def refuse_future(self, on: date) -> None:
        """Nobody types today what happens tomorrow."""
        if self.world.moment(on) > timezone.now() + FUTURE:
            raise FutureDate(f"{on} is in the future. Tell what has happened, on the day it happened.")

    @property
    def is_repeated(self) -> bool:
        """Whether the key at hand was used before: then names that are taken may be its own."""
        return self._key in self.told

    def ask(self, action: Action[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """The act that the event is about."""
        by = self.by
        if self._acts is not None:
            by = by.once(f"{self._key}:{len(self._acts.again) + 1}" if self._acts.again else self._key)
        answer = action(by, *args, **kwargs)
        if self._acts is not None:
            self._acts.again.append(lambda: action(by, *args, **kwargs))
            self._acts.answers.append(answer)
        return answer

    def tell(self, event: Event, teller: Callable[[Stage, Any], None]) -> None:
        """The event, once: whatever was told under its key before is only asked for again."""
        before = self.told.get(event.key) if event.key else None
        if before is not None and before.event == event:
            assert [again() for again in before.again] == before.answers, f"key {event.key} did something else"
            return
        self._key, self._acts = event.key, Told(event) if event.key else None
        try:
            teller(self, event)
            if self._acts is not None:
                self.told[event.key] = self._acts
        finally:
            self._key, self._acts = "", None
