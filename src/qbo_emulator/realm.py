"""A company as the outside sees it: its books, clock, tokens, faults and log of requests."""

import copy
import random
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from qbo_emulator import files, guard, state, wire
from qbo_emulator.clock import Clock
from qbo_emulator.company import Company
from qbo_emulator.injection import Injection
from qbo_emulator.oauth import Tokens
from qbo_emulator.seeds.new_company import plant_new_company
from qbo_emulator.seeds.sample_company import plant_sample_company
from qbo_emulator.throttle import Throttle
from qbo_emulator.webhooks import Webhooks

TEMPLATES: dict[str, Callable[[Company], None]] = {
    "empty": plant_new_company,
    "sandbox": plant_sample_company,
}


LAPSED = frozenset({"EXPIRED", "SUSPENDED", "CANCELLED", "CANCELED"})


class NoSuchCompany(ValueError):
    """Neither a template nor a file with a saved state."""


@dataclass(slots=True)
class Seen:
    """One request, from the moment it arrives; the outcome is filled in when it is known."""

    n: int
    time: str
    method: str
    path: str
    query: str
    entity: str | None
    operation: str
    requestid: str | None
    intuit_tid: str
    status: int | None = None
    committed: bool = False

    def document(self) -> dict[str, Any]:
        return asdict(self)


class Realm:
    def __init__(self, identity: str, template: str, source: random.Random, start: datetime | None = None) -> None:
        self.id = identity
        self.template = template
        self.clock = Clock(start)
        self.tokens = Tokens(source)
        self.injection = Injection(source)
        self.throttle = Throttle()
        self.batches = Throttle()
        """Batch calls are counted by themselves."""
        self.webhooks = Webhooks(identity, self.clock, source)
        self.log: list[Seen] = []
        self.keep: Callable[[], None] = lambda: None
        """Writes down what changed, when there is a store."""
        self._log_lock = threading.Lock()
        self.files = files.Links(identity, f"{source.getrandbits(128):x}")
        self.base_url: Callable[[], str] = lambda: ""
        self.company = self._adopted(_planted(template, self.clock))
        self.access_token, self.refresh_token = self.tokens.connect(self.clock.now())
        self.remember_start()

    def remember_start(self) -> None:
        """What `reset` goes back to."""
        self._tokens_at_start = copy.deepcopy(self.tokens)
        self._state_at_start: dict[str, Any] | None = None
        if self.template not in TEMPLATES or self.company.changes:
            self._state_at_start = state.document(self.company)

    def reset(self) -> None:
        lock = self.company.lock
        with lock:
            self.clock.reset()
            self.injection.clear()
            self.throttle.clear()
            self.batches.clear()
            self.webhooks.clear()
            with self._log_lock:
                self.log = []
            company = Company(self.clock)
            if self._state_at_start is None:
                TEMPLATES[self.template](company)
            else:
                state.restore(company, self._state_at_start)
            self.company = self._adopted(company)
            self.tokens = copy.deepcopy(self._tokens_at_start)

    def _adopted(self, company: Company) -> Company:
        company.realm_id = self.id
        company.listener = self.webhooks.saw
        company.link_to_file = lambda identity: self.base_url() + self.files.path(identity, self.clock.now())
        return company

    @property
    def lapsed(self) -> bool:
        """Whether the subscription ended, which leaves the company to be read only."""
        return self.company.options.subscription_status.upper() in LAPSED

    def saw(self, seen: Callable[[int], Seen]) -> Seen:
        with self._log_lock:
            entry = seen(len(self.log) + 1)
            self.log.append(entry)
            return entry


def _planted(template: str, clock: Clock) -> Company:
    company = Company(clock)
    if template in TEMPLATES:
        TEMPLATES[template](company)
        return company
    guard.refuse_production(template)
    try:
        document = wire.load(Path(template).read_bytes())
    except (OSError, wire.NotJson) as problem:
        raise NoSuchCompany(f"{template} is neither empty, sandbox nor a saved state: {problem}") from None
    state.restore(company, document)
    return company
