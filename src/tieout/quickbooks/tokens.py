"""Access tokens: fetched by one worker at a time, and never lost between QuickBooks and the database.

Two refreshers at once are how integrations lose their connection at month-end. The row lock of the
credentials makes one winner; everybody who waited finds the new token and asks for nothing. The new
refresh token is committed before the new access token is used for anything, and its predecessor is kept
until then: an answer lost on the way, or a row restored from a backup, can still be mended.
"""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

import httpx2
import msgspec
from django.db.models.functions import Now
from django.utils import timezone

from tieout.access import company as companies
from tieout.core.refusals import Refusal
from tieout.quickbooks import faults, vault
from tieout.quickbooks.models import Connection, ConnectionState, Credential
from tieout.quickbooks.outcomes import NotConnected, Unknown
from tieout.quickbooks.waits import Waits
from tieout.quickbooks.wire import Response, TooMuch, Wire

EARLY = timedelta(seconds=60)
"""A token this close to its end is not sent any more."""
FORM = "application/x-www-form-urlencoded"
SOON = 25.0
"""Others wait for the row while one refreshes: a token endpoint that takes longer is asked again later."""


class Granted(msgspec.Struct, frozen=True, kw_only=True):
    """A token endpoint's answer."""

    access_token: str
    refresh_token: str
    expires_in: int = 3600
    x_refresh_token_expires_in: int = 8726400


class _Denied(msgspec.Struct, frozen=True, kw_only=True):
    error: str = ""
    error_description: str = ""


class InvalidGrant(Exception):
    """This refresh token, or this code, is not good any more, or the app is not who it says."""


class NoTokens(Refusal):
    """There is nothing to sign in to QuickBooks with."""

    code = "not_connected"


def access_token(company: int, *, waits: Waits, instead_of: str | None = None) -> str:
    """A token that is good now. With `instead_of`, another one than that, which QuickBooks refused."""
    stored = _stored(company)
    try:
        token = vault.unlock(stored.access_token, company=company, name="access")
    except vault.CannotOpen as lost:
        reconnect_needed(company, reason=str(lost))
        raise NotConnected(str(lost)) from lost
    if token != instead_of and stored.access_expires_at - EARLY > timezone.now():
        return token
    return _refreshed(company, waits=waits, instead_of=token)


def lock(company: int, granted: Granted) -> dict[str, object]:
    """The columns of a credential for tokens just granted."""
    return {
        "access_token": vault.lock(granted.access_token, company=company, name="access"),
        "access_expires_at": timezone.now() + timedelta(seconds=granted.expires_in),
        "refresh_token": vault.lock(granted.refresh_token, company=company, name="refresh"),
        "refresh_expires_at": timezone.now() + timedelta(seconds=granted.x_refresh_token_expires_in),
        "refreshed_at": Now(),
    }


def _stored(company: int) -> Credential:
    with companies.scope(company):
        alive = Credential.objects.exclude(connection__state=ConnectionState.DISCONNECTED)
        stored = alive.filter(company_id=company).first()
    if stored is None:
        raise NoTokens("QuickBooks is not connected. An administrator or the controller connects it.")
    return stored


def _refreshed(company: int, *, waits: Waits, instead_of: str) -> str:
    """Under the row lock: somebody else's fresh token, or a new one, committed before it is used."""
    with companies.scope(company):
        stored = Credential.objects.select_for_update().get(company_id=company)
        now = vault.unlock(stored.access_token, company=company, name="access")
        if now != instead_of:
            return now
        connection = Connection.objects.get(company_id=company)
        try:
            fresh = _ask(connection, stored, waits=waits)
        except InvalidGrant as denied:
            reason = f"QuickBooks ended the connection ({denied}). Connect it again; nothing that waits is lost."
        else:
            _store(stored, fresh)
            reason = ""
    if reason:
        reconnect_needed(company, reason=reason)
        raise NotConnected(reason)
    faults.point("tokens stored")
    return fresh.access_token


def _ask(connection: Connection, stored: Credential, *, waits: Waits) -> Granted:
    """With the current refresh token, and with its predecessor if that one was never heard of."""
    company = stored.company_id
    current = vault.unlock(stored.refresh_token, company=company, name="refresh")
    try:
        return refresh(connection, stored, token=current, waits=waits)
    except InvalidGrant:
        if stored.previous_refresh_token is None:
            raise
    previous = vault.unlock(stored.previous_refresh_token, company=company, name="refresh")
    return refresh(connection, stored, token=previous, waits=waits)


def refresh(connection: Connection, stored: Credential, *, token: str, waits: Waits) -> Granted:
    """One question to the token endpoint. A lost answer changes nothing here: the old token is asked with
    again.
    """
    secret = vault.unlock(stored.client_secret, company=stored.company_id, name="client secret")
    answer = posted(
        connection.token_url,
        client_id=connection.client_id,
        client_secret=secret,
        content=urlencode({"grant_type": "refresh_token", "refresh_token": token}).encode(),
        content_type=FORM,
        waits=waits,
    )
    faults.point("tokens received")
    return granted(answer)


def posted(
    url: str, *, client_id: str, client_secret: str, content: bytes, content_type: str, waits: Waits
) -> Response:
    """One question to an endpoint that knows the app by its id and secret; Unknown where no answer came."""
    pair = base64.b64encode(f"{client_id}:{client_secret}".encode()).decode()
    address = urlsplit(url)
    soon = replace(waits, read=min(waits.read, SOON), deadline=min(waits.deadline, SOON))
    wire = Wire(base_url=f"{address.scheme}://{address.netloc}", waits=soon)
    headers = {"Authorization": f"Basic {pair}", "Content-Type": content_type}
    try:
        return wire.exchange("POST", address.path, headers=headers, content=content)
    except (httpx2.HTTPError, TooMuch) as error:
        raise Unknown(f"QuickBooks did not answer about its tokens: {type(error).__name__}.") from error
    finally:
        wire.close()


def reconnect_needed(company: int, *, reason: str) -> None:
    """Visible to everybody who looks at the connection; posting waits, and nothing is lost."""
    with companies.scope(company):
        connected = Connection.objects.filter(company_id=company, state=ConnectionState.CONNECTED)
        connected.update(state=ConnectionState.RECONNECT, reason=reason)


def granted(answer: Response) -> Granted:
    """What the endpoint gave; InvalidGrant where it refused for good."""
    try:
        if answer.status == 200:
            return msgspec.json.decode(answer.body, type=Granted)
        denied = msgspec.json.decode(answer.body, type=_Denied)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unknown(f"No token was given: status {answer.status} and nothing readable.") from error
    if denied.error in ("invalid_grant", "invalid_client", "unauthorized_client"):
        raise InvalidGrant(denied.error_description or denied.error)
    raise Unknown(f"No token was given: {denied.error or answer.status}.")


def _store(stored: Credential, granted: Granted) -> None:
    columns = lock(stored.company_id, granted)
    before = vault.unlock(stored.refresh_token, company=stored.company_id, name="refresh")
    if before != granted.refresh_token:
        columns["previous_refresh_token"] = stored.refresh_token
    elif stored.previous_refresh_token is not None:
        columns["previous_refresh_token"] = None  # the current one has worked: its predecessor may go
    Credential.objects.filter(pk=stored.pk).update(**columns)
