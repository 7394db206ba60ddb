"""Faults on demand: which request they meet, and what then happens to it.

A rule either decides the answer (timeout, reset, status, …) or only changes something beside it (delay, hide,
forget_requestids). The first deciding rule that matches wins; every modifying rule that matches applies.
"""

import random
import threading
from dataclasses import dataclass, field
from typing import Any

DECIDING = frozenset(
    {
        "timeout",
        "reset",
        "truncate",
        "status",
        "fault",
        "html",
        "slow_drip",
        "alter_echo",
        "gzip_bomb",
        "wrong_length",
    }
)
MODIFYING = frozenset({"delay", "hide", "forget_requestids"})
STANDING = frozenset({"throttle"})
ALTERS_ANSWER = frozenset({"truncate", "slow_drip", "alter_echo", "wrong_length"})
"""Faults in how an answer arrives: without an answer there is nothing to spoil, so they commit unless told
not to.
"""
MATCHES = frozenset({"method", "entity", "operation", "nth", "times", "probability"})


class BadRule(ValueError):
    """The fault asked for makes no sense."""


@dataclass(slots=True)
class Rule:
    what: str
    match: dict[str, Any]
    details: dict[str, Any]
    commit: bool
    seen: int = 0
    fired: int = 0

    def meets(self, method: str, entity: str | None, operation: str) -> bool:
        wanted = self.match
        return (
            wanted.get("method", method).upper() == method
            and (wanted.get("entity") or entity or "").lower() == (entity or "").lower()
            and wanted.get("operation", operation) == operation
        )

    @property
    def spent(self) -> bool:
        return self.times is not None and self.fired >= self.times

    @property
    def times(self) -> int | None:
        """Once, unless it says how often; a probability goes on for ever unless it says so, and 0 means for
        ever.
        """
        default = None if "probability" in self.match else 1
        found = self.match.get("times", default)
        return None if not found else int(found)


@dataclass
class Injection:
    source: random.Random
    rules: list[Rule] = field(default_factory=list)
    per_minute: int | None = None
    per_second: int | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, wanted: dict[str, Any]) -> None:
        rule = parsed(wanted)
        if rule.what == "throttle":
            self.per_minute = rule.details.get("per_minute")
            self.per_second = rule.details.get("per_second")
            return
        with self._lock:
            self.rules.append(rule)

    def clear(self) -> None:
        with self._lock:
            self.rules.clear()
        self.per_minute = self.per_second = None

    def met(self, method: str, entity: str | None, operation: str) -> list[Rule]:
        """The rules that fire on this request: all modifying ones and at most one deciding one."""
        with self._lock:
            fired: list[Rule] = []
            for rule in self.rules:
                decided = rule.what in DECIDING and any(each.what in DECIDING for each in fired)
                if not decided and rule.meets(method, entity, operation) and self._fires(rule):
                    fired.append(rule)
            self.rules = [rule for rule in self.rules if not rule.spent]
            return fired

    def _fires(self, rule: Rule) -> bool:
        rule.seen += 1
        if rule.seen < rule.match.get("nth", 1) or rule.spent:
            return False
        if self.source.random() >= rule.match.get("probability", 1):
            return False
        rule.fired += 1
        return True


def parsed(wanted: dict[str, Any]) -> Rule:
    """A rule as the endpoint takes it: `match`, `do`, `commit` and the details of its kind."""
    details = {key: value for key, value in wanted.items() if key not in ("match", "do", "commit")}
    match = wanted.get("match") or {}
    what = wanted.get("do")
    if what not in DECIDING | MODIFYING | STANDING:
        raise BadRule(f"cannot do {what!r}; can do {', '.join(sorted(DECIDING | MODIFYING | STANDING))}")
    strange = set(match) - MATCHES
    if strange:
        raise BadRule(f"cannot match on {', '.join(sorted(strange))}; can match on {', '.join(sorted(MATCHES))}")
    commit = wanted.get("commit", what in ALTERS_ANSWER)
    if not isinstance(commit, bool):
        raise BadRule("commit is true or false")
    return Rule(what, match, details, commit)
