"""Connecting and disconnecting: a code is exchanged once, and an end is told to QuickBooks until it has heard it.

A consent is bound to who asked, in which company (`consents`), and to one QuickBooks company, whose books are read
with the new token before it is kept: the address a browser comes back with is only what a browser says. No token
is ever in an address, and none is fetched for books that another company here posts to.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

import msgspec
from django.utils import timezone

from tieout.access import company as companies
from tieout.access.acting import Acting
from tieout.core.refusals import Refusal
from tieout.quickbooks import actions, consents, findings, sessions, tokens, vault
from tieout.quickbooks.client import Client
from tieout.quickbooks.consents import Asked, StrangeConsent
from tieout.quickbooks.models import Connection, ConnectionState, Credential, FindingKind
from tieout.quickbooks.outcomes import Failure, Unknown
from tieout.quickbooks.tokens import Granted
from tieout.quickbooks.waits import USUAL, Waits
from tieout.quickbooks.wire import Wire

SAYS = {
    "access_denied": "the consent was not given.",
    "invalid_scope": "this app may not ask for the books; look at its settings at Intuit.",
}


class ConsentRefused(Refusal):
    """QuickBooks sent the person back without consent, or did not accept its own answer."""

    code = "consent_refused"


def complete(by: Acting, *, state: str, code: str, realm: str, error: str = "", waits: Waits = USUAL) -> str:
    """Whoever was sent to QuickBooks is back: exchange the code, look whose books they are, connect. The realm."""
    asked = consents.take(by, state)
    if error or not code:
        raise ConsentRefused(
            f"QuickBooks was not connected: {SAYS.get(error, 'it did not say why.')} Nothing was changed; connect "
            "again when you are ready."
        )
    if not (realm.isascii() and realm.isdigit() and len(realm) <= 20):
        raise StrangeConsent("QuickBooks did not say which company it is. Connect again and choose one.")
    actions.check_realm(by, base_url=asked.base_url, realm=realm)
    granted = _exchanged(asked, code, waits=waits)
    _read_with(granted, asked, realm, waits=waits)
    return actions.connect(
        by,
        base_url=asked.base_url,
        realm=realm,
        client_id=asked.client_id,
        client_secret=asked.client_secret,
        access_token=granted.access_token,
        refresh_token=granted.refresh_token,
        expires_in=granted.expires_in,
        refresh_expires_in=granted.x_refresh_token_expires_in,
    )


def disconnect(by: Acting, *, reason: str, waits: Waits = USUAL) -> bool:
    """Nothing goes to QuickBooks any more, and QuickBooks is told to let Tieout in no more: whether it heard."""
    actions.disconnect(by, reason=reason)
    return revoke(by.company, waits=waits)


def revoke(company: int, *, waits: Waits = USUAL) -> bool:
    """End at QuickBooks what was ended here; asked again by the worker until QuickBooks has heard it."""
    with companies.scope(company):
        connection = Connection.objects.filter(company_id=company, state=ConnectionState.DISCONNECTED).first()
        stored = Credential.objects.filter(company_id=company).first() if connection else None
    if connection is None or stored is None:
        return True
    heard = _revoked(connection, stored, waits=waits)
    if heard or stored.refresh_expires_at < timezone.now():
        with companies.scope(company):
            Credential.objects.filter(pk=stored.pk, connection__state=ConnectionState.DISCONNECTED).delete()
    return heard


def _revoked(connection: Connection, stored: Credential, *, waits: Waits) -> bool:
    """QuickBooks ended it, or knows no such connection any more, or never will hear it from here."""
    try:
        token = vault.unlock(stored.refresh_token, company=stored.company_id, name="refresh")
        secret = vault.unlock(stored.client_secret, company=stored.company_id, name="client secret")
        answer = tokens.posted(
            sessions.revocation_url(connection.base_url),
            client_id=connection.client_id,
            client_secret=secret,
            content=msgspec.json.encode({"token": token}),
            content_type="application/json",
            waits=waits,
        )
    except vault.CannotOpen as lost:
        return _never(connection, str(lost))
    except Failure:
        return False
    if answer.status == 401:
        return _never(connection, "QuickBooks does not know this app by its client id and secret.")
    return answer.status in (200, 400)


def _never(connection: Connection, why: str) -> bool:
    findings.open_one(
        connection.company_id,
        FindingKind.REFRESH,
        subject="revocation",
        message=(
            f"Tieout is disconnected, and QuickBooks could not be told: {why} Remove Tieout in QuickBooks, under Apps, "
            "My apps."
        ),
        facts={"realm": connection.realm},
    )
    return True


def _exchanged(asked: Asked, code: str, *, waits: Waits) -> Granted:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": asked.return_to,
        "code_verifier": asked.verifier,
    }
    answer = tokens.posted(
        sessions.token_url(asked.base_url),
        client_id=asked.client_id,
        client_secret=asked.client_secret,
        content=urlencode(form).encode(),
        content_type=tokens.FORM,
        waits=waits,
    )
    try:
        return tokens.granted(answer)
    except tokens.InvalidGrant as denied:
        raise ConsentRefused(
            f"QuickBooks did not accept its own answer ({denied}). Look whether the client id and secret are those of "
            "this installation's app, and connect again."
        ) from denied


@dataclass(frozen=True, slots=True)
class _Only:
    """The gate of a connection that is not one yet: one token, and no pace to share."""

    access_token: str

    def pass_one(self) -> None:
        """Nobody else asks for this company yet."""

    def token(self, *, instead_of: str | None = None) -> str:
        return self.access_token


def _read_with(granted: Granted, asked: Asked, realm: str, *, waits: Waits) -> None:
    """Raises the failure unless this token opens the books that the browser named."""
    wire = Wire(base_url=sessions.allowed(asked.base_url), waits=waits)
    try:
        Client(wire=wire, realm=realm, gate=_Only(granted.access_token)).company_info()
    except Unknown:
        raise
    except Failure as failure:
        raise StrangeConsent(
            f"The consent does not open the books of the QuickBooks company {realm}: {failure} Connect again."
        ) from failure
    finally:
        wire.close()
