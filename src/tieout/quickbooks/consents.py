"""A person on the way to QuickBooks and back: what was asked, by whom, and the proof that the answer belongs to it.

Of the state that travels through the browser only a hash can be read here; with the verifier of the challenge and
the app's secret it lies locked. A consent is taken once, by whoever asked for it, within half an hour.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

import msgspec
from django.conf import settings
from django.utils import timezone

from tieout.access import company as companies
from tieout.access.acting import Act, Acting
from tieout.core.refusals import Refusal
from tieout.quickbooks import sessions, vault
from tieout.quickbooks.models import Connection, Consent, Credential

ACCOUNTING = "com.intuit.quickbooks.accounting"
VALID_FOR = timedelta(minutes=30)
"""From leaving for QuickBooks to coming back. QuickBooks' own code lives for some five minutes of that."""


class NoApp(Refusal):
    """Nobody said as which app Tieout asks for consent."""

    code = "no_app"


class StrangeConsent(Refusal):
    """Somebody came back from QuickBooks who was not sent there from here, or not just now."""

    code = "strange_consent"


class _Secrets(msgspec.Struct, frozen=True):
    """What a consent is proved with."""

    state: str
    verifier: str
    client_secret: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A consent that was asked for and has now come back."""

    base_url: str
    client_id: str
    client_secret: str
    return_to: str
    verifier: str


def begin(act: Act, *, base_url: str, return_to: str, client_id: str, client_secret: str) -> Consent:
    """Remember that this person goes to QuickBooks to consent, as which app, and where they come back to."""
    Consent.objects.filter(company_id=act.company, expires_at__lt=act.now).delete()
    id, secret = _app(act.company, client_id, client_secret)
    made = _Secrets(secrets.token_urlsafe(32), secrets.token_urlsafe(48), secret)
    return Consent.objects.create(
        company_id=act.company,
        actor_id=act.by.actor,
        state_hash=_hash(made.state),
        base_url=sessions.allowed(base_url),
        client_id=id,
        return_to=return_to,
        secrets=vault.lock(msgspec.json.encode(made).decode(), company=act.company, name="consent"),
        expires_at=act.now + VALID_FOR,
    )


def address(by: Acting, consent: int) -> str:
    """Where the person's browser goes for a consent that was begun."""
    with companies.scope(by.company):
        asked = Consent.objects.get(pk=consent, actor_id=by.actor)
    known = _unlocked(asked)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(known.verifier.encode()).digest()).decode().rstrip("=")
    wanted = {
        "client_id": asked.client_id,
        "response_type": "code",
        "scope": ACCOUNTING,
        "redirect_uri": asked.return_to,
        "state": known.state,
        # QuickBooks does not document it, and a server that knows no challenge ignores one (RFC 6749, 3.1).
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    return f"{sessions.consent_url(asked.base_url)}?{urlencode(wanted)}"


def take(by: Acting, state: str) -> Asked:
    """The consent with this state, once, for whoever asked for it."""
    with companies.scope(by.company):
        waiting = Consent.objects.select_for_update().filter(state_hash=_hash(state), used_at=None, actor_id=by.actor)
        found = waiting.filter(expires_at__gt=timezone.now()).first()
        if found is not None:
            found.used_at = timezone.now()
            found.save(update_fields=["used_at"])
    if found is None:
        raise StrangeConsent(
            "This answer from QuickBooks does not belong to anything that was asked here in the last half hour, or "
            "was used already. Nothing was connected; begin again on this page."
        )
    known = _unlocked(found)
    return Asked(found.base_url, found.client_id, known.client_secret, found.return_to, known.verifier)


def _app(company: int, client_id: str, client_secret: str) -> tuple[str, str]:
    """As typed; else the one that is, or was, connected here; else the installation's own."""
    if client_id and client_secret:
        return client_id, client_secret
    stored = Credential.objects.filter(company_id=company).first()
    before = Connection.objects.filter(company_id=company).first()
    if stored is not None and before is not None and client_id in ("", before.client_id):
        return before.client_id, vault.unlock(stored.client_secret, company=company, name="client secret")
    if settings.QUICKBOOKS_CLIENT_ID and client_id in ("", settings.QUICKBOOKS_CLIENT_ID):
        return settings.QUICKBOOKS_CLIENT_ID, settings.QUICKBOOKS_CLIENT_SECRET
    raise NoApp(
        "QuickBooks lets an app in, by its client id and client secret. Type both, as Intuit's developer portal shows "
        "them under Keys and credentials."
    )


def _unlocked(consent: Consent) -> _Secrets:
    opened = vault.unlock(consent.secrets, company=consent.company_id, name="consent")
    return msgspec.json.decode(opened, type=_Secrets)


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode(errors="replace")).hexdigest()
