"""What a webhook says: one event for each change, in the old envelope or as CloudEvents, and its signature."""

import base64
import hashlib
import hmac
import json
import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from qbo_emulator.record import Change

ANNOUNCED = frozenset(
    {
        *("Account", "Bill", "BillPayment", "Class", "CreditMemo", "Customer", "Department", "Deposit", "Employee"),
        *("Invoice", "Item", "JournalEntry", "Payment", "PaymentMethod", "Preferences", "Purchase", "PurchaseOrder"),
        *("RefundReceipt", "SalesReceipt", "Term", "Vendor", "VendorCredit"),
    }
)
"""What is announced at all; stock adjustments and the company's own particulars are not."""
OPERATIONS = {"create": "Create", "update": "Update", "delete": "Delete", "void": "Void"}
MERGE = "merge into "
MERGES_ARE_TOLD = frozenset({"Customer", "Item", "Vendor"})
PAST = {"Create": "created", "Update": "updated", "Delete": "deleted", "Merge": "merged", "Void": "voided"}


@dataclass(frozen=True, slots=True)
class Event:
    kind: str
    id: str
    operation: str
    at: datetime
    deleted_id: str | None = None


def event_of(change: Change) -> Event | None:
    if change.kind not in ANNOUNCED:
        return None
    if not change.act.startswith(MERGE):
        return Event(change.kind, change.id, OPERATIONS[change.act], change.at)
    survivor = change.act.removeprefix(MERGE)
    if change.kind in MERGES_ARE_TOLD:
        return Event(change.kind, survivor, "Merge", change.at, change.id)
    return Event(change.kind, survivor, "Update", change.at)


def body_of(chosen: str, realm_id: str, events: Sequence[Event], source: random.Random) -> bytes:
    if chosen == "legacy":
        entities = [_entity(event) for event in events]
        notification = {"realmId": realm_id, "dataChangeEvent": {"entities": entities}}
        document: Any = {"eventNotifications": [notification]}
    else:
        document = [_cloud_event(event, realm_id, source) for event in events]
    return json.dumps(document, separators=(",", ":")).encode()


def _entity(event: Event) -> dict[str, str]:
    moment = event.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    found = {"name": event.kind, "id": event.id, "operation": event.operation, "lastUpdated": moment}
    return found if event.deleted_id is None else {**found, "deletedId": event.deleted_id}


def _cloud_event(event: Event, realm_id: str, source: random.Random) -> dict[str, Any]:
    moment = event.at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "000Z")
    return {
        "specversion": "1.0",
        "id": _uuid(source),
        "source": "intuit." + base64.b64encode(hashlib.sha256(realm_id.encode()).digest()).decode(),
        "type": f"qbo.{event.kind.lower()}.{PAST[event.operation]}.v1",
        "datacontenttype": "application/json",
        "time": moment,
        "intuitentityid": event.id,
        "intuitaccountid": realm_id,
        "data": {} if event.deleted_id is None else {"deletedid": event.deleted_id},
    }


def headers_of(body: bytes, verifier: str, now: datetime, source: random.Random) -> dict[str, str]:
    return {
        "content-type": "application/json; charset=utf-8",
        "intuit-signature": signature(body, verifier),
        "intuit-created-time": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000"),
        "intuit-t-id": _uuid(source),
        "intuit-notification-schema-version": "0.1",
        "user-agent": "intuit_notification_server/0.1",
    }


def signature(body: bytes, verifier: str) -> str:
    return base64.b64encode(hmac.new(verifier.encode(), body, hashlib.sha256).digest()).decode()


def _uuid(source: random.Random) -> str:
    return str(uuid.UUID(int=source.getrandbits(128), version=4))
