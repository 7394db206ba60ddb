"""A client at work for a company: its connection, its tokens and its pace behind it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from tieout.access import company as companies
from tieout.core.refusals import Refusal
from tieout.quickbooks import pace, tokens
from tieout.quickbooks.client import Client
from tieout.quickbooks.models import Connection
from tieout.quickbooks.outcomes import AuthExpired, Failure, NotConnected, Throttled, Unknown
from tieout.quickbooks.waits import USUAL, Waits
from tieout.quickbooks.wire import Wire

INTUIT = frozenset({"quickbooks.api.intuit.com", "sandbox-quickbooks.api.intuit.com"})
INTUIT_TOKENS = "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer"
TOKEN_PATH = "/oauth2/v1/tokens/bearer"  # noqa: S105 -- a path
INTUIT_CONSENT = "https://appcenter.intuit.com/connect/oauth2"
INTUIT_REVOCATION = "https://developer.api.intuit.com/v2/oauth2/tokens/revoke"
THIS_MACHINE = frozenset({"127.0.0.1", "localhost", "::1"})


class ForbiddenHost(Refusal):
    """An address that is neither Intuit's nor an emulator's."""

    code = "forbidden_host"


@dataclass(frozen=True, slots=True)
class _Gate:
    company: int
    waits: Waits

    def pass_one(self) -> None:
        if self.waits.paced:
            pace.take_turn(self.company)

    def token(self, *, instead_of: str | None = None) -> str:
        return tokens.access_token(self.company, waits=self.waits, instead_of=instead_of)


@contextmanager
def opened(company: int, *, waits: Waits = USUAL) -> Iterator[Client]:
    """A client for this company's QuickBooks, for one thread."""
    with companies.scope(company):
        connection = Connection.objects.filter(company_id=company).first()
    if connection is None:
        raise pace.NoConnection("QuickBooks is not connected. An administrator or the controller connects it.")
    wire = Wire(base_url=allowed(connection.base_url), waits=waits)
    try:
        yield Client(wire=wire, realm=connection.realm, gate=_Gate(company, waits))
    except Failure as failure:
        note(company, failure, waits=waits)
        raise
    finally:
        wire.close()


def note(company: int, failure: Failure, *, waits: Waits) -> None:
    """What a failure means for everybody who asks this company's QuickBooks."""
    match failure:
        case Throttled() if failure.reply is not None:
            pace.wait_for_everybody(company, throttled=failure, waits=waits)
        case NotConnected() | AuthExpired():
            tokens.reconnect_needed(company, reason=str(failure))
        case Unknown():
            pace.unclear(company, waits=waits)


def allowed(base_url: str) -> str:
    """The address, if Tieout may send a company's books there: Intuit over TLS, this machine, or a named
    emulator.
    """
    address = urlsplit(base_url)
    host = address.hostname or ""
    named = {name.strip() for name in os.environ.get("TIEOUT_QUICKBOOKS_HOSTS", "").split(",") if name.strip()}
    secure = address.scheme == "https" and host in INTUIT and address.port in (None, 443)
    local = address.scheme in ("http", "https") and host in THIS_MACHINE | named
    if not (secure or local) or address.username or address.query or address.path not in ("", "/"):
        raise ForbiddenHost(
            f"{base_url} is no address of QuickBooks. Use https://quickbooks.api.intuit.com, its sandbox, "
            "an emulator "
            "on this machine, or name the emulator's host in TIEOUT_QUICKBOOKS_HOSTS."
        )
    return f"{address.scheme}://{address.netloc}"


def token_url(base_url: str) -> str:
    """Where tokens come from: one place for all of Intuit, the emulator itself for an emulator."""
    return INTUIT_TOKENS if urlsplit(base_url).hostname in INTUIT else allowed(base_url) + TOKEN_PATH


def consent_url(base_url: str) -> str:
    """Where a person consents."""
    return INTUIT_CONSENT if urlsplit(base_url).hostname in INTUIT else allowed(base_url) + "/connect/oauth2"


def revocation_url(base_url: str) -> str:
    """Where a connection is ended."""
    return (
        INTUIT_REVOCATION if urlsplit(base_url).hostname in INTUIT else allowed(base_url) + "/v2/oauth2/tokens/revoke"
    )
