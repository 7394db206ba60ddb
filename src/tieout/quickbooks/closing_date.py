"""QuickBooks' closing date: read before every batch and at least hourly, and what it holds back or lets go.

It can move under our hands in both directions. What is dated in closed books waits, visibly, with the ways
out; the day the date moves back, it goes on by itself.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from tieout.access import company as companies
from tieout.ledger import transmissions
from tieout.ledger.models import Books, Cause
from tieout.quickbooks import sessions
from tieout.quickbooks.client import Client
from tieout.quickbooks.waits import Waits


def read(client: Client, *, company: int) -> date | None:
    """Read it, keep it where every event looks, and hold back or release what waits."""
    said = client.preferences().accounting_info_prefs.book_close_date
    through = date.fromisoformat(said[:10]) if said else None
    with companies.scope(company):
        Books.objects.update_or_create(company_id=company, defaults={"closed_through": through, "read_at": Now()})
    if through is not None:
        transmissions.block_closed(company, through=through, reason=reason(through))
    reopened = Q(cause=Cause.CLOSED_BOOKS) & (Q(accounting_date__gt=through) if through else Q())
    transmissions.release(company, reopened)
    return through


def refresh(company: int, *, waits: Waits) -> date | None:
    """Read it where no batch has read it for a while."""
    with sessions.opened(company, waits=waits) as client:
        return read(client, company=company)


def is_stale(company: int, *, waits: Waits) -> bool:
    """Whether nobody has read it for an hour."""
    with companies.scope(company):
        read_at = Books.objects.filter(company_id=company).values_list("read_at", flat=True).first()
    return read_at is None or read_at < timezone.now() - timedelta(seconds=waits.closing_date)


def reason(through: date) -> str:
    return (
        f"QuickBooks' books are closed through {through:%Y-%m-%d}. Give this entry a later date, or have "
        "the closing "
        "date moved back; then it goes on by itself."
    )
