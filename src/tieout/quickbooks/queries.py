"""What a screen or a command shows of the connection. How entries have travelled is the ledger's to show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tieout.access import company as companies
from tieout.quickbooks.models import Connection, Credential


@dataclass(frozen=True, slots=True)
class Standing:
    """The connection as a person sees it; holds no secret."""

    state: str
    reason: str
    realm: str
    base_url: str
    company_name: str
    connected_at: datetime
    consent_ends_at: datetime | None
    per_minute: int
    per_second: int
    paused_until: datetime | None
    unknowns: int
    """Requests in a row without a clear answer."""


def connection(company: int) -> Standing | None:
    """None: QuickBooks was never connected."""
    with companies.scope(company):
        one = Connection.objects.filter(company_id=company).first()
        ends = Credential.objects.values_list("refresh_expires_at", flat=True).first()
    if one is None:
        return None
    return Standing(
        state=one.state,
        reason=one.reason,
        realm=one.realm,
        base_url=one.base_url,
        company_name=one.company_name,
        connected_at=one.connected_at,
        consent_ends_at=ends,
        per_minute=one.per_minute,
        per_second=one.per_second,
        paused_until=one.paused_until,
        unknowns=one.unknowns,
    )
