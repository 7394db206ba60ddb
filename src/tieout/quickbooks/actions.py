"""What a person may ask for about QuickBooks: connect, disconnect, pause, resume, set the pace, send
again, settle.
"""

from __future__ import annotations

import uuid

from django.db import IntegrityError, transaction
from django.db.models import Q

from tieout.access.acting import Act
from tieout.access.actions import action
from tieout.access.models import Company, CompanyState
from tieout.access.permissions import Permission
from tieout.core.refusals import Refusal
from tieout.ledger import transmissions
from tieout.ledger.models import Cause, Transmission, TransmissionState
from tieout.quickbooks import consents, duplicates, realms, sessions, tokens, vault
from tieout.quickbooks.models import (
    PER_MINUTE_MOST,
    PER_SECOND_MOST,
    Connection,
    ConnectionState,
    Credential,
    Finding,
    FindingKind,
)


class RealmTaken(Refusal):
    """A QuickBooks company that another company posts to."""

    code = "realm_taken"


class OtherBooks(Refusal):
    """A QuickBooks company other than the one that holds this company's entries."""

    code = "other_books"


class TooFast(Refusal):
    """A pace above what QuickBooks allows."""

    code = "too_fast"


class NotConnected(Refusal):
    """There is no connection to change."""

    code = "not_connected"


class NotWaiting(Refusal):
    """A transmission that does not wait for a person."""

    code = "not_waiting"


class NotLive(Refusal):
    """Only a live company can be paused, and only a paused one goes on."""

    code = "not_live"


class NoSuchFinding(Refusal):
    """No open finding of that number."""

    code = "unknown_finding"


@action(Permission.CONNECT)
def begin_consent(act: Act, *, base_url: str, return_to: str, client_id: str = "", client_secret: str = "") -> int:
    """This person goes to QuickBooks, to let Tieout into a company's books; the consent's id."""
    consent = consents.begin(
        act, base_url=base_url, return_to=return_to, client_id=client_id, client_secret=client_secret
    )
    act.subject = consent.base_url
    return consent.pk


@action(Permission.CONNECT)
def begin_set_up(act: Act, *, what: str) -> str:
    """What lacks in QuickBooks is about to be made there."""
    _connection(act.company)
    act.subject = what
    return what


@action(Permission.CONNECT)
def check_realm(act: Act, *, base_url: str, realm: str) -> str:
    """Whether these books may be connected to this company, asked before any token is fetched for them."""
    _refuse_other_books(act.company, realm)
    _refuse_taken(act.company, sessions.allowed(base_url), realm)
    act.subject = realm
    return realm


@action(Permission.CONNECT)
def connect(
    act: Act,
    *,
    base_url: str,
    realm: str,
    client_id: str,
    client_secret: str,
    access_token: str,
    refresh_token: str,
    expires_in: int = 3600,
    refresh_expires_in: int = 8726400,
) -> str:
    """Connect, or connect again; what waited for the connection goes on. The realm."""
    address = sessions.allowed(base_url)
    _refuse_other_books(act.company, realm)
    granted = tokens.Granted(
        access_token=access_token,
        refresh_token=refresh_token,
        expires_in=expires_in,
        x_refresh_token_expires_in=refresh_expires_in,
    )
    columns = {
        "base_url": address,
        "token_url": sessions.token_url(address),
        "realm": realm,
        "client_id": client_id,
        "state": ConnectionState.CONNECTED,
        "reason": "",
        "paused_until": None,
        "unknowns": 0,
        "connected_at": act.now,
    }
    try:
        with transaction.atomic():
            connection, _ = Connection.objects.update_or_create(company_id=act.company, defaults=columns)
    except IntegrityError as error:
        raise RealmTaken(_taken(realm)) from error
    secret = vault.lock(client_secret, company=act.company, name="client secret")
    Credential.objects.update_or_create(
        company_id=act.company,
        defaults={
            "connection": connection,
            "client_secret": secret,
            "previous_refresh_token": None,
            **tokens.lock(act.company, granted),
        },
    )
    transmissions.release(act.company, Q(cause=Cause.CONNECTION))
    act.subject = realm
    return realm


@action(Permission.CONNECT)
def disconnect(act: Act, *, reason: str) -> str:
    """Send and read nothing any more. What waits goes on waiting; the tokens go when QuickBooks has heard it
    (`oauth.revoke`).
    """
    connection = _connection(act.company)
    connection.state, connection.reason = ConnectionState.DISCONNECTED, reason
    connection.save(update_fields=["state", "reason"])
    act.subject = connection.realm
    return connection.realm


@action(Permission.POST)
def pause(act: Act, *, reason: str) -> str:
    """Send nothing until somebody resumes; the floor goes on recording."""
    _change_state(act, CompanyState.LIVE, CompanyState.PAUSED)
    act.subject = reason
    return CompanyState.PAUSED


@action(Permission.POST)
def resume(act: Act) -> str:
    """Go on sending: after a pause, a renewed subscription, or the end of QuickBooks' maintenance."""
    stopped = Connection.objects.filter(company_id=act.company, state=ConnectionState.RECONNECT)
    went_on = stopped.update(state=ConnectionState.CONNECTED, reason="", paused_until=None, unknowns=0)
    if act.state == CompanyState.PAUSED or not went_on:
        _change_state(act, CompanyState.PAUSED, CompanyState.LIVE)
    transmissions.release(act.company, Q(cause=Cause.CONNECTION))
    return CompanyState.LIVE


@action(Permission.CONNECT)
def set_pace(act: Act, *, per_minute: int, per_second: int) -> tuple[int, int]:
    """How many requests this company may make: less than QuickBooks allows, where other apps need their
    share.
    """
    if not (1 <= per_minute <= PER_MINUTE_MOST and 1 <= per_second <= PER_SECOND_MOST):
        raise TooFast(
            f"QuickBooks allows {PER_MINUTE_MOST} requests a minute and {PER_SECOND_MOST} a second, for all "
            "apps "
            f"together; {per_minute} and {per_second} is out of that range. 400 and 8 leaves room for others."
        )
    connection = _connection(act.company)
    connection.per_minute, connection.per_second = per_minute, per_second
    connection.save(update_fields=["per_minute", "per_second"])
    return per_minute, per_second


@action(Permission.POST)
def resend(act: Act, *, transmission: uuid.UUID) -> str:
    """Send a blocked or rejected one again, the same body under the same id, after the cause was mended."""
    one = Transmission.objects.filter(pk=transmission).first()
    if one is None or one.state not in (TransmissionState.BLOCKED, TransmissionState.REJECTED):
        state = one.state if one else "not here"
        raise NotWaiting(
            f"{one.number if one else transmission} is {state}; only a blocked or rejected one is sent again."
        )
    if one.external_id:
        raise NotWaiting(
            f"{one.number} is in QuickBooks (id {one.external_id}), but not as it was sent. Undo the change "
            "there and "
            "confirm it here, or correct the event by an entry of its own."
        )
    if one.cause == Cause.REPLACED:
        raise NotWaiting(f"{one.number} goes by itself, as soon as the entry that it replaces is gone in QuickBooks.")
    transmissions.release(act.company, Q(pk=transmission))
    act.subject = one.number
    return one.number


@action(Permission.POST)
def settle_finding(act: Act, *, finding: int, note: str) -> str:
    """A person has looked and says what was done about it."""
    found = Finding.objects.filter(pk=finding, closed_at=None).first()
    if found is None:
        raise NoSuchFinding(f"There is no open finding {finding}.")
    found.closed_at = act.now
    found.facts = {**found.facts, "settled by": act.by.name, "note": note}
    found.save(update_fields=["closed_at", "facts"])
    act.subject = found.subject
    return found.subject


@action(Permission.POST)
def approve_deletion(act: Act, *, finding: int) -> str:
    """Let Tieout delete the superfluous copies of an entry, if they are still copies when it comes to it."""
    found = Finding.objects.filter(pk=finding, kind=FindingKind.DUPLICATE, closed_at=None).first()
    if found is None:
        raise NoSuchFinding(f"There is no open duplicate case {finding}.")
    found.facts = {**found.facts, duplicates.APPROVED: act.by.name}
    found.save(update_fields=["facts"])
    act.subject = found.subject
    return found.subject


def _connection(company: int) -> Connection:
    connection = Connection.objects.select_for_update().filter(company_id=company).first()
    if connection is None:
        raise NotConnected("QuickBooks is not connected. Connect it first.")
    return connection


def _refuse_other_books(company: int, realm: str) -> None:
    """The entries confirmed so far stand in one set of books; posting on into another would split them."""
    before = Connection.objects.filter(company_id=company).values_list("realm", flat=True).first()
    if before in (None, realm):
        return
    if Transmission.objects.filter(state=TransmissionState.CONFIRMED).exists():
        raise OtherBooks(
            f"This company's entries are in the QuickBooks company {before}. Connect that one again; for "
            f"{realm}, "
            "found a company of its own."
        )


def _refuse_taken(company: int, base_url: str, realm: str) -> None:
    if any(one.company != company for one in realms.connected([realm]) if one.base_url == base_url):
        raise RealmTaken(_taken(realm))


def _taken(realm: str) -> str:
    return (
        f"The QuickBooks company {realm} is connected to another company here. One set of books belongs to one "
        "company: disconnect it there first."
    )


def _change_state(act: Act, before: CompanyState, after: CompanyState) -> None:
    if not Company.objects.filter(pk=act.company, state=before).update(state=after):
        raise NotLive(f"The company is {act.state}; only one that is {before} can become {after}.")
