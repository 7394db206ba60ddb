"""What QuickBooks tells by webhook: checked to be from there, understood in both formats, and written down.

Nothing of it is believed but that something may have changed: an object's state is read from QuickBooks
afterwards. So a notification that is repeated, late, or out of order does no harm, and one that never comes is
made up for by the sweeps of change data. A signature is checked over the raw bytes before anything is parsed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec
from django.conf import settings

from tieout.quickbooks import documents, entities, realms
from tieout.quickbooks.documents import Notice

LONGEST = 1 << 20
"""Bytes. A real notification has some hundred."""

GONE = frozenset({"delete", "deleted"})
MERGED = frozenset({"merge", "merged"})


class _Change(msgspec.Struct, frozen=True, rename="camel"):
    """One change in the format of schema 0.1."""

    name: str
    id: str
    operation: str = ""
    last_updated: str = ""
    deleted_id: str = ""


class _Changes(msgspec.Struct, frozen=True):
    entities: list[_Change] = []


class _Notification(msgspec.Struct, frozen=True, rename="camel"):
    realm_id: str
    data_change_event: _Changes = _Changes()


class _Envelope(msgspec.Struct, frozen=True, rename="camel"):
    event_notifications: list[_Notification]


class _Merged(msgspec.Struct, frozen=True):
    deletedid: str = ""


class _CloudEvent(msgspec.Struct, frozen=True):
    """One change as a CloudEvent; `type` is qbo.bill.updated.v1 and the like."""

    type: str
    intuitentityid: str
    intuitaccountid: str
    time: str = ""
    data: _Merged = _Merged()


Told = tuple[str, Notice]
"""The realm, and what is said of it."""


def receive(body: bytes, signature: str) -> bool:
    """Write down what a notification says of companies that are connected here; whether it is QuickBooks' own.
    Of any other nothing is written, and nothing is said.
    """
    if not is_genuine(body, signature):
        return False
    by_realm: dict[str, list[Notice]] = defaultdict(list)
    for realm, notice in read(body):
        by_realm[realm].append(notice)
    for one in realms.connected(list(by_realm)):
        documents.hear(one.company, one.realm, by_realm[one.realm])
    return True


def is_genuine(body: bytes, signature: str) -> bool:
    """Whether one of the installation's verifier tokens signed these very bytes; all of them are tried, always."""
    given = signature.encode(errors="replace")
    genuine = False
    for verifier in settings.QUICKBOOKS_VERIFIERS:
        signed = base64.b64encode(hmac.new(verifier.encode(), body, hashlib.sha256).digest())
        genuine |= hmac.compare_digest(given, signed)
    return genuine


def read(body: bytes) -> list[Told]:
    """What it says, in either format; what cannot be understood says nothing."""
    try:
        events = msgspec.json.decode(body, type=list[_CloudEvent] | _Envelope)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return []
    told = _legacy(events) if isinstance(events, _Envelope) else _cloud(events)
    return [(realm, one) for realm, one in told if one.entity and documents.is_id(one.id)]


def _legacy(envelope: _Envelope) -> Iterator[Told]:
    for notification in envelope.event_notifications:
        for change in notification.data_change_event.entities:
            said = (change.operation.lower(), change.last_updated, change.deleted_id)
            for notice in _notices(change.name, change.id, *said):
                yield notification.realm_id, notice


def _cloud(events: list[_CloudEvent]) -> Iterator[Told]:
    for event in events:
        _, name, operation, *_ = [*event.type.split("."), "", "", ""]
        for notice in _notices(name, event.intuitentityid, operation.lower(), event.time, event.data.deletedid):
            yield event.intuitaccountid, notice


def _notices(name: str, id: str, operation: str, at: str, merged: str) -> Iterator[Notice]:
    entity = entities.BY_NAME.get(name.lower(), "")
    when = documents.moment(at) or datetime.now(UTC)
    yield Notice(entity, id, when, gone=operation in GONE)
    if operation in MERGED and merged:
        yield Notice(entity, merged, when, gone=True)
