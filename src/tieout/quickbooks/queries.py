"""Questions about the connection, asked inside a scope: where an entry is seen, what was found in QuickBooks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.db.models import F

from tieout.quickbooks.models import Connection, Credential, Cursor, Document, Finding

PEOPLE_GO_TO = {
    "quickbooks.api.intuit.com": "https://qbo.intuit.com/app/journal?txnId={id}",
    "sandbox-quickbooks.api.intuit.com": "https://sandbox.qbo.intuit.com/app/journal?txnId={id}",
}
"""Host of the API → the page on which people see a journal entry; elsewhere is the emulator with its own."""

EMULATED = "/books/entry/{id}?realm={realm}"


@dataclass(frozen=True, slots=True)
class ConnectionFacts:
    """What a person sees of the connection."""

    state: str
    reason: str
    company_name: str
    realm: str
    base_url: str
    client_id: str
    connected_at: datetime
    consent_ends: datetime | None
    lists_read: bool
    seen_until: datetime | None
    """Changes in QuickBooks up to here are known."""
    waiting: int
    """Objects heard of and not read yet."""


def connection() -> ConnectionFacts | None:
    """None where none was ever made."""
    found = Connection.objects.first()
    if found is None:
        return None
    cursors = dict(Cursor.objects.filter(realm=found.realm).values_list("entity", "until"))
    return ConnectionFacts(
        found.state,
        found.reason,
        found.company_name,
        found.realm,
        found.base_url,
        found.client_id,
        found.connected_at,
        Credential.objects.values_list("refresh_expires_at", flat=True).first(),
        "Account" in cursors,
        min(cursors.values(), default=None),
        Document.objects.filter(realm=found.realm, heard__gt=F("done")).count(),
    )


@dataclass(frozen=True, slots=True)
class FindingRow:
    """Something found in QuickBooks that nobody did here, open until it is settled."""

    id: int
    kind: str
    subject: str
    message: str
    opened_at: datetime
    journal: int | None


PAGES = {
    "Bill": "bill",
    "VendorCredit": "vendorcredit",
    "Purchase": "expense",
    "PurchaseOrder": "purchaseorder",
    "Invoice": "invoice",
    "SalesReceipt": "salesreceipt",
    "CreditMemo": "creditmemo",
    "RefundReceipt": "refundreceipt",
}
"""What QuickBooks calls the page of a document that is not a journal entry."""


def address(external_id: str, kind: str = "JournalEntry") -> str:
    """Where a person sees that document in QuickBooks; empty where nothing is connected."""
    connection = Connection.objects.first()
    if connection is None or not external_id.isalnum():
        return ""
    emulated = connection.base_url.rstrip("/") + ("/books?realm={realm}" if kind in PAGES else EMULATED)
    page = PEOPLE_GO_TO.get(urlsplit(connection.base_url).hostname or "", emulated)
    page = page.replace("/journal?", f"/{PAGES.get(kind, 'journal')}?")
    return page.format(id=external_id, realm=connection.realm)


IN_THE_BOOKS = ("duplicate", "tampered", "gone", "number reused")
"""Findings about what stands in QuickBooks' books, as against its lists and the connection."""


def open_findings(*, most: int = 20) -> list[FindingRow]:
    """The oldest first."""
    found = Finding.objects.select_related("transmission").filter(closed_at=None).order_by("opened_at", "id")
    return [
        FindingRow(
            one.pk,
            one.kind,
            one.subject,
            one.message,
            one.opened_at,
            one.transmission.journal_id if one.transmission else None,
        )
        for one in found[:most]
    ]
