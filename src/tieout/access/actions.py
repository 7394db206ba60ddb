"""The one way in: an action is asked for, allowed, done, audited and committed, or refused with nothing left.

The hard case is the second tap of the same button while the first is still at work. Both find the key free,
both go on; whoever commits last meets the unique key of the audit trail (or a refusal caused by the first),
rolls back, and answers with the first one's result.
"""

from __future__ import annotations

import hashlib
import typing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, wraps
from typing import Any, ClassVar, Concatenate, Generic, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

import msgspec
from django.db import IntegrityError, OperationalError, connection, transaction
from psycopg import errors

from tieout.access import audit, company
from tieout.access.acting import Act, Acting
from tieout.access.permissions import Permission
from tieout.core.refusals import Refusal
from tieout.database import memory

P = ParamSpec("P")
R = TypeVar("R")

ATTEMPTS = 5
"""How often an act is tried again after a deadlock or a serialization failure before the user is told."""


class NotAllowed(Refusal):
    """The actor's role does not include this."""

    code = "not_allowed"


class KeyReused(Refusal):
    """The same idempotency key came with another request."""

    code = "key_reused"


class Overtaken(Exception):
    """What was read before the locks were held is not so any more: the act starts over on what is there now."""


class Busy(Refusal):
    """The database gave way to others too often."""

    code = "busy"


@dataclass(eq=False)
class Action(Generic[P, R]):
    """A business act that can be asked for: a function with its permission."""

    story: Callable[Concatenate[Act, P], R]
    permission: Permission
    every: ClassVar[dict[str, Action[Any, Any]]] = {}

    @cached_property
    def name(self) -> str:
        return self.story.__name__

    @cached_property
    def returns(self) -> Any:
        return typing.get_type_hints(self.story)["return"]

    def __call__(self, by: Acting, /, *args: P.args, **kwargs: P.kwargs) -> R:
        fingerprint = _fingerprint(self.name, args, kwargs) if by.key else ""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._ask(by, fingerprint, attempt, args, kwargs)
            except Refusal as refusal:
                if by.key and not isinstance(refusal, KeyReused):
                    told = self._told_before(by, fingerprint)
                    if told is not None:
                        return typing.cast(R, msgspec.json.decode(told, type=self.returns))
                audit.refused(by, self.name, refusal)
                raise
            except IntegrityError as error:
                if not _is_key_taken(error):
                    raise
            except (OperationalError, Overtaken) as error:
                if not _can_be_tried_again(error):
                    raise
                if attempt == ATTEMPTS:
                    raise Busy("Others are changing the same goods right now. Nothing was done; try again.") from error
        raise Busy("The same request is being worked on. Wait a moment and look at its result.")

    def _ask(self, by: Acting, fingerprint: str, attempt: int, args: Any, kwargs: Any) -> R:
        """One transaction: the office first, then the story, then the audit row."""
        with _forgetting_what_is_undone(), transaction.atomic():
            company.begin(by.company)
            act, told = _office(by, fingerprint)
            if told is not None:
                return typing.cast(R, msgspec.json.decode(told, type=self.returns))
            if not by.may(self.permission):
                raise NotAllowed(
                    f"{by.name} is {by.role}; {self.permission} is not part of that. Ask somebody whose role allows it."
                )
            act.attempt = attempt
            result = self.story(act, *args, **kwargs)
            audit.done(act, self.name, fingerprint, msgspec.json.encode(result).decode())
            return result

    def _told_before(self, by: Acting, fingerprint: str) -> bytes | None:
        """A refusal may only mean that this very request was done a moment ago."""
        with company.scope(by.company):
            return _office(by, fingerprint)[1]


@contextmanager
def _forgetting_what_is_undone() -> Iterator[None]:
    """What this process read inside a transaction that is rolled back may never have been."""
    try:
        yield
    except Exception:
        memory.forget()
        raise


def action(permission: Permission) -> Callable[[Callable[Concatenate[Act, P], R]], Action[P, R]]:
    """Declare a business act: who may ask for it. The function gets the open `Act`, callers pass an `Acting`."""

    def declare(story: Callable[Concatenate[Act, P], R]) -> Action[P, R]:
        declared = Action(story, permission)
        wraps(story)(declared)
        Action.every[f"{story.__module__}.{story.__name__}"] = declared
        return declared

    return declare


_OFFICE = """
select c.state, c.currency, c.time_zone, clock_timestamp(), a.role, a.active, d.fingerprint, d.result::text
from access_company c
join access_actor a on a.company_id = c.id and a.id = %s
left join access_auditrow d on d.company_id = c.id and d.key = %s and d.outcome = 'done'
where c.id = %s
"""


def _office(by: Acting, fingerprint: str) -> tuple[Act, bytes | None]:
    """What the office knows of the asker: the company, the role as it is now, and an earlier answer."""
    with connection.cursor() as cursor:
        cursor.execute(_OFFICE, [by.actor, by.key, by.company])
        row = cursor.fetchone()
    if row is None or not row[5] or row[4] != by.role:
        raise NotAllowed(f"{by.name} is not at work in this company any more. Sign in again.")
    state, currency, zone, now, _, _, before, told = row
    if told is not None and before != fingerprint:
        raise KeyReused(f"The key {by.key} was used for another request. Send this one under a key of its own.")
    act = Act(by, by.company, state, currency, ZoneInfo(zone), typing.cast(datetime, now))
    return act, told.encode() if told is not None else None


def _fingerprint(name: str, args: Any, kwargs: Any) -> str:
    return hashlib.sha256(name.encode() + msgspec.json.encode((args, kwargs), order="deterministic")).hexdigest()


def _is_key_taken(error: IntegrityError) -> bool:
    cause = error.__cause__
    return isinstance(cause, errors.UniqueViolation) and cause.diag.constraint_name == "audit_key_done_once"


def _can_be_tried_again(error: OperationalError | Overtaken) -> bool:
    return isinstance(error, Overtaken) or isinstance(
        error.__cause__, errors.DeadlockDetected | errors.SerializationFailure
    )
