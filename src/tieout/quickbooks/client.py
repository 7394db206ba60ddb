"""A thin client of QuickBooks Online. It sends what it is told, once, and says exactly what came of it.

What can come of a request (`outcomes.py` says which answer means which):

    Accepted                      it was done; carries the answer
    Failure
    ├── Rejected                  it was refused, nothing was stored; `.why`: the same again does not help
    ├── Unknown                   no answer that can be understood: it may have been done, so look first
    ├── Throttled                 not executed; `.wait` seconds
    ├── AuthExpired               the token is stale; met inside this file, by one refresh
    └── NotConnected              consent, rights or subscription ended; a person must act

Whoever writes a journal entry gets the outcome as a value and must match on all of them. Reads, and writes
that can be asked again under the same id, raise the failure. The client never retries: the one repetition
it makes is the one that is safe by construction, after a refreshed token, with the same requestid.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, Protocol, TypeVar

import httpx2
import msgspec

from tieout.quickbooks import query, shapes
from tieout.quickbooks.outcomes import (
    Accepted,
    AuthExpired,
    Failure,
    NotConnected,
    Outcome,
    Reply,
    Unknown,
    understood,
)
from tieout.quickbooks.wire import MEGABYTE, TooMuch, Wire

MINOR_VERSION = "75"
READ_MOST = 32 * MEGABYTE
"""A page of a thousand entries, or a year's general ledger."""

T = TypeVar("T")


class Gate(Protocol):
    """What stands before every request: the company's pace, and its token."""

    def pass_one(self) -> None:
        """Wait for this company's turn; raises Throttled where that is not soon."""

    def token(self, *, instead_of: str | None = None) -> str:
        """The access token; a fresh one if it is still the one that was refused."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed, by entity, up to a moment of QuickBooks' clock."""

    at: datetime
    objects: dict[str, list[msgspec.Raw]]

    def __len__(self) -> int:
        return sum(len(each) for each in self.objects.values())


@dataclass(frozen=True, slots=True)
class Question:
    """One query of a batch."""

    entity: str
    statement: str


class Client:
    """One company's QuickBooks."""

    def __init__(self, *, wire: Wire, realm: str, gate: Gate) -> None:
        self._wire = wire
        self._root = f"/v3/company/{realm}"
        self._realm = realm
        self._gate = gate
        self._tokens: set[str] = set()

    # Journal entries: the outcome is a value.

    def create(self, entity: str, body: bytes, *, requestid: uuid.UUID) -> Outcome:
        """Store a document under an id that makes it happen once."""
        return self._write(entity, body, requestid=requestid)

    def delete(self, entity: str, *, id: str, version: str, requestid: uuid.UUID) -> Outcome:
        """Delete a document that a person decided to delete."""
        body = msgspec.json.encode({"Id": id, "SyncToken": version})
        return self._write(entity, body, requestid=requestid, operation="delete")

    # Reads: a failure is raised.

    def entry(self, id: str) -> shapes.JournalEntry:
        return self._one(f"/journalentry/{id}", shapes.JournalEntry, under="JournalEntry")

    def entries(self, *where: query.Condition) -> list[shapes.JournalEntry]:
        return list(self.every("JournalEntry", shapes.JournalEntry, *where))

    def every(self, entity: str, shape: type[T], *where: query.Condition) -> Iterator[T]:
        """All rows, page by page. A page that is not full is the last one."""
        start = 1
        while True:
            body = self._get("/query", {"query": query.select(entity, *where, start=start)})
            rows = _decoded(partial(shapes.rows, body, shape, entity=entity))
            yield from rows
            if len(rows) < query.PAGE:
                return
            start += query.PAGE

    def changes(self, entities: Sequence[str], *, since: datetime) -> Changes:
        """What was changed or deleted since a moment. More than 1,000 objects are cut off without a word."""
        moment = since.isoformat(timespec="seconds")
        body = self._get("/cdc", {"entities": ",".join(entities), "changedSince": moment})
        at = _decoded(lambda: datetime.fromisoformat(shapes.read(body, str, under="time")))
        return Changes(at, _decoded(partial(shapes.changes, body, entities=entities)))

    def together(self, questions: Sequence[Question]) -> list[list[msgspec.Raw]]:
        """The rows of several queries in one request; at most thirty of them."""
        asked = [{"bId": str(n), "Query": one.statement} for n, one in enumerate(questions)]
        content = msgspec.json.encode({"BatchItemRequest": asked})
        outcome = self._authorised("POST", "/batch", params={}, content=content, most=READ_MOST)
        if not isinstance(outcome, Accepted):
            raise outcome
        body = outcome.reply.body
        return _decoded(lambda: _answers(body, questions))

    def company_info(self) -> shapes.CompanyInfo:
        return self._one(f"/companyinfo/{self._realm}", shapes.CompanyInfo, under="CompanyInfo")

    def now(self) -> datetime:
        """The moment by QuickBooks' own clock."""
        body = self._get(f"/companyinfo/{self._realm}", {})
        return _decoded(lambda: datetime.fromisoformat(shapes.read(body, str, under="time")))

    def preferences(self) -> shapes.Preferences:
        return self._one("/preferences", shapes.Preferences, under="Preferences")

    def trial_balance(self, *, starts: date, ends: date) -> shapes.Report:
        return self._report("TrialBalance", start_date=starts.isoformat(), end_date=ends.isoformat())

    def general_ledger(self, *, starts: date, ends: date, accounts: list[str], columns: str) -> shapes.Report:
        return self._report(
            "GeneralLedger",
            start_date=starts.isoformat(),
            end_date=ends.isoformat(),
            account=",".join(accounts),
            columns=columns,
        )

    # Names that Tieout needs and QuickBooks lacks: safe to ask again under the same id.

    def add(self, entity: str, fields: dict[str, Any], *, requestid: uuid.UUID) -> shapes.Listed:
        """Create an account, vendor, customer, class or department."""
        outcome = self._write(entity, msgspec.json.encode(fields), requestid=requestid)
        if not isinstance(outcome, Accepted):
            raise outcome
        return _decoded(partial(shapes.read, outcome.reply.body, shapes.Listed, under=entity))

    def _write(self, entity: str, body: bytes, *, requestid: uuid.UUID, operation: str = "") -> Outcome:
        params = {"requestid": str(requestid)} | ({"operation": operation} if operation else {})
        return self._authorised("POST", f"/{entity.lower()}", params=params, content=body, most=MEGABYTE)

    def _one(self, path: str, shape: type[T], *, under: str) -> T:
        body = self._get(path, {})
        return _decoded(partial(shapes.read, body, shape, under=under))

    def _report(self, name: str, **params: str) -> shapes.Report:
        body = self._get(f"/reports/{name}", params | {"accounting_method": "Accrual"})
        return _decoded(partial(shapes.report, body))

    def _get(self, path: str, params: dict[str, str]) -> bytes:
        outcome = self._authorised("GET", path, params=params, content=None, most=READ_MOST)
        if not isinstance(outcome, Accepted):
            raise outcome
        return outcome.reply.body

    def _authorised(self, method: str, path: str, **what: Any) -> Outcome:
        """The request, and once more with a refreshed token if this one was refused. Never a third time."""
        try:
            token = self._gate.token()
            outcome = self._exchange(method, path, token=token, **what)
            if not isinstance(outcome, AuthExpired):
                return outcome
            fresh = self._gate.token(instead_of=token)
            outcome = self._exchange(method, path, token=fresh, again=True, **what)
        except Failure as failure:
            return _as_outcome(failure)
        if isinstance(outcome, AuthExpired):
            return NotConnected(f"{outcome} A refreshed one did not help.", reply=outcome.reply)
        return outcome

    def _exchange(
        self,
        method: str,
        path: str,
        *,
        token: str,
        params: dict[str, str],
        content: bytes | None,
        most: int,
        again: bool = False,
    ) -> Outcome:
        self._gate.pass_one()
        headers = {"Authorization": f"Bearer {token}"} | ({"Content-Type": "application/json"} if content else {})
        try:
            response = self._wire.exchange(
                method,
                self._root + path,
                params={**params, "minorversion": MINOR_VERSION},
                headers=headers,
                content=content,
                most=most,
                again=again,
            )
        except TooMuch as error:
            return Unknown(f"QuickBooks' answer is too long to be one: {error}.")
        except httpx2.HTTPError as error:
            return Unknown(f"No answer from QuickBooks: {type(error).__name__}, {error}.")
        trace = response.headers.get("intuit_tid") or response.headers.get("intuit-tid") or ""
        # An answer to a stale token quotes it; what is kept of answers must not hold one.
        self._tokens.add(token)
        body = shapes.whole_characters(response.body)
        for secret in self._tokens:
            body = body.replace(secret.encode(), b"[a token]")
        reply = Reply(status=response.status, body=body, trace=trace)
        return understood(reply, retry_after=response.headers.get("retry-after", ""))


def _answers(body: bytes, questions: Sequence[Question]) -> list[list[msgspec.Raw]]:
    answers = shapes.batch(body)
    missing = [one.statement for n, one in enumerate(questions) if str(n) not in answers]
    if missing:
        raise msgspec.DecodeError(f"no answer to {missing[0][:100]}")
    return [answers[str(n)].rows(one.entity) for n, one in enumerate(questions)]


def _decoded(decode: Callable[[], T]) -> T:
    try:
        return decode()
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise Unknown(f"QuickBooks' answer cannot be read: {error}.") from error


def _as_outcome(failure: Failure) -> Outcome:
    """What the gate raised, as the value it is."""
    assert isinstance(failure, Outcome), failure
    return failure
