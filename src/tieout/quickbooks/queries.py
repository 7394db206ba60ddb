"""Questions about the connection, asked inside a scope: where an entry is seen, what was found in QuickBooks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from tieout.quickbooks.models import Connection, Finding

PEOPLE_GO_TO = {
    "quickbooks.api.intuit.com": "https://qbo.intuit.com/app/journal?txnId={id}",
    "sandbox-quickbooks.api.intuit.com": "https://sandbox.qbo.intuit.com/app/journal?txnId={id}",
}
"""Host of the API → the page on which people see a journal entry; elsewhere is the emulator with its own."""


@dataclass(frozen=True, slots=True)
class FindingRow:
    """Something found in QuickBooks that nobody did here, open until it is settled."""

    id: int
    kind: str
    subject: str
    message: str
    opened_at: datetime
    journal: int | None


def address(external_id: str) -> str:
    """Where a person sees that journal entry in QuickBooks; empty where nothing is connected."""
    connection = Connection.objects.first()
    if connection is None or not external_id.isalnum():
        return ""
    host = urlsplit(connection.base_url).hostname or ""
    page = PEOPLE_GO_TO.get(host, connection.base_url.rstrip("/") + "/books/entry/{id}?realm={realm}")
    return page.format(id=external_id, realm=connection.realm)


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
