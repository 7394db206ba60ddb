"""What can become of a request to QuickBooks: five outcomes, and which answer means which.

QuickBooks says the same thing with several codes, different things with one code, and sometimes with
status 200. So the meaning of an answer is looked up in a table, by status, code and words, first row that
fits; what fits no row is *unknown*: never success, and never a reason to send again without looking.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import msgspec

from tieout.core.refusals import Refusal


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One complaint in an answer, from either of QuickBooks' two envelopes."""

    code: str = ""
    message: str = ""
    detail: str = ""
    element: str = ""

    def __str__(self) -> str:
        said = self.detail or self.message or "no explanation"
        return f"{said} ({self.code})" if self.code else said


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer as it came: status, body, and the trace id that Intuit's support asks for."""

    status: int
    body: bytes = field(repr=False)
    trace: str = ""

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")


class Why(StrEnum):
    """What a refusal is about: says who can do what about it."""

    REFERENCE = "reference"
    CLOSED_BOOKS = "closed books"
    NAME_TAKEN = "name taken"
    STALE = "stale"
    VALIDATION = "validation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """It was done, and this is what QuickBooks says it stored."""

    reply: Reply


class Failure(Refusal):
    """QuickBooks did not do what was asked, or did not say so."""

    code = "quickbooks"

    def __init__(self, said: str, *, reply: Reply | None = None, faults: tuple[Fault, ...] = ()) -> None:
        super().__init__(said)
        self.reply = reply
        self.faults = faults


class Rejected(Failure):
    """QuickBooks refused, and nothing was stored. Sending the same again does not help."""

    code = "quickbooks_rejected"

    def __init__(self, said: str, *, why: Why, reply: Reply | None = None, faults: tuple[Fault, ...] = ()) -> None:
        super().__init__(said, reply=reply, faults=faults)
        self.why = why


class Unknown(Failure):
    """No answer, or none that can be understood. It may have been done."""

    code = "quickbooks_silent"


class Throttled(Failure):
    """QuickBooks, or our own pace, asks to wait. Nothing was executed."""

    code = "quickbooks_busy"

    def __init__(
        self, said: str, *, wait: float = 0, reply: Reply | None = None, faults: tuple[Fault, ...] = ()
    ) -> None:
        super().__init__(said, reply=reply, faults=faults)
        self.wait = wait


class AuthExpired(Failure):
    """The access token is not valid any more; a refreshed one may be."""

    code = "quickbooks_token"


class NotConnected(Failure):
    """The connection itself is not good any more: a person must connect again, or renew the subscription."""

    code = "quickbooks_reconnect"


Outcome = Accepted | Rejected | Unknown | Throttled | AuthExpired | NotConnected


class Verdict(StrEnum):
    """The columns of the table."""

    UNKNOWN = "unknown"
    THROTTLED = "throttled"
    EXPIRED = "expired"
    DISCONNECTED = "disconnected"
    REFERENCE = "reference"
    CLOSED_BOOKS = "closed books"
    NAME_TAKEN = "name taken"
    STALE = "stale"
    VALIDATION = "validation"


@dataclass(frozen=True, slots=True)
class Row:
    """An answer with this status, one of these codes and these words somewhere in it means this."""

    status: int | None
    codes: str
    words: str
    verdict: Verdict

    def fits(self, status: int, fault: Fault) -> bool:
        return (
            self.status in (None, status)
            and (not self.codes or fault.code in self.codes.split())
            and self.words in f"{fault.message} {fault.detail}".lower()
        )


V = Verdict
TABLE = (
    Row(None, "120", "", V.DISCONNECTED),  # the connecting user lost the right; comes with status 401
    Row(401, "", "", V.EXPIRED),
    Row(403, "3001", "", V.THROTTLED),  # until 2016
    Row(403, "", "", V.DISCONNECTED),
    Row(429, "", "", V.THROTTLED),
    Row(None, "3001", "", V.THROTTLED),
    Row(None, "140 150", "", V.THROTTLED),  # company locked out, or under maintenance
    Row(None, "3100 3200 100 110 130", "", V.DISCONNECTED),
    Row(None, "6190 10200", "", V.DISCONNECTED),  # the subscription ended; the company was reset
    Row(400, "6000", "unexpected error", V.UNKNOWN),  # reported although the entity was saved
    Row(400, "6000", "one name at a time", V.THROTTLED),
    Row(400, "600 6140", "", V.UNKNOWN),  # somebody used the id or the number: probably we ourselves
    Row(400, "1000 1010 1020 10000", "", V.UNKNOWN),
    Row(400, "6200 6210", "", V.CLOSED_BOOKS),
    Row(400, "", "period has closed", V.CLOSED_BOOKS),  # seen under 5010, which is "stale" otherwise
    Row(400, "5010", "", V.STALE),
    Row(400, "610 2500 6430 6100", "", V.REFERENCE),
    Row(400, "6240", "", V.NAME_TAKEN),
    Row(400, "", "", V.VALIDATION),
    Row(413, "", "", V.VALIDATION),
    Row(415, "", "", V.VALIDATION),
    Row(None, "", "", V.UNKNOWN),
)
BARE = {401: V.EXPIRED, 413: V.VALIDATION, 415: V.VALIDATION, 429: V.THROTTLED}
"""Answers without a complaint in them (a gateway's page, say) that mean something all the same."""

THROTTLE_SECONDS = 60
LOCKED_OUT_SECONDS = 900


def understood(reply: Reply, *, retry_after: str = "") -> Outcome:
    """The outcome that an answer stands for."""
    faults, readable = _faults(reply.body)
    if reply.status == 200 and readable and not faults:
        return Accepted(reply=reply)
    # A fault inside a 200 means what it means inside a 400.
    status = 400 if reply.status == 200 else reply.status
    verdict = BARE.get(status, V.UNKNOWN) if not faults else _verdict(status, faults)
    said = "; ".join(str(fault) for fault in faults) or f"status {reply.status} and nothing readable"
    match verdict:
        case V.UNKNOWN:
            return Unknown(f"QuickBooks said: {said}", reply=reply, faults=faults)
        case V.THROTTLED:
            wait = _wait(faults, retry_after)
            return Throttled(f"QuickBooks asks to wait: {said}", wait=wait, reply=reply, faults=faults)
        case V.EXPIRED:
            return AuthExpired(f"QuickBooks did not accept the access token: {said}", reply=reply, faults=faults)
        case V.DISCONNECTED:
            return NotConnected(f"QuickBooks does not let Tieout in: {said}", reply=reply, faults=faults)
        case _:
            return Rejected(f"QuickBooks said: {said}", why=Why(verdict), reply=reply, faults=faults)


def _verdict(status: int, faults: tuple[Fault, ...]) -> Verdict:
    return next(row.verdict for row in TABLE if any(row.fits(status, fault) for fault in faults))


def _wait(faults: tuple[Fault, ...], retry_after: str) -> float:
    locked_out = any(fault.code in ("140", "150") for fault in faults)
    least = LOCKED_OUT_SECONDS if locked_out else THROTTLE_SECONDS
    return max(least, min(int(retry_after), 3600)) if retry_after.isdigit() else least


def _faults(body: bytes) -> tuple[tuple[Fault, ...], bool]:
    """The complaints in a body, and whether it is JSON at all."""
    try:
        document = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return (), False
    if not isinstance(document, dict):
        return (), False
    envelope = document.get("Fault") or document.get("fault")
    if not isinstance(envelope, dict):
        return (), True
    listed = envelope.get("Error") or envelope.get("error") or [{}]
    return tuple(_fault(one) for one in listed if isinstance(one, dict)) or (Fault(),), True


def _fault(one: dict[str, object]) -> Fault:
    lower = {key.lower(): value for key, value in one.items()}
    found = {name: str(lower.get(name) or "") for name in ("code", "message", "detail", "element")}
    return Fault(**found)
