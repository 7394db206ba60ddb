"""What is read of QuickBooks for the proof, before the ledger's own snapshot is taken: every journal entry, and
the tie-out of every account. An entry confirmed after this moment may be missing here and is no finding.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection
from msgspec import Struct

from tieout.access import company as companies
from tieout.close.findings import Finding
from tieout.quickbooks import books, reconciliation, sessions
from tieout.quickbooks.books import AccountTie
from tieout.quickbooks.models import Connection, ConnectionState
from tieout.quickbooks.outcomes import Failure
from tieout.quickbooks.shapes import JournalEntry
from tieout.quickbooks.waits import USUAL, Waits


class Seen(Struct, frozen=True):
    """QuickBooks as it was read, or why it was not."""

    at: datetime
    entries: list[JournalEntry] = []
    ties: list[AccountTie] = []
    unread: str = ""

    @property
    def decided(self) -> set[int]:
        """Journal events of ours whose difference there a person has decided about, on every account."""
        open_ones = {term.journal for tie in self.ties for term in tie.tampered}
        return {
            term.journal
            for tie in self.ties
            for term in tie.decided
            if term.journal is not None and term.journal not in open_ones
        }

    @property
    def as_finding(self) -> Finding:
        return Finding(
            "quickbooks_connection", "", "", f"that QuickBooks cannot be read: {self.unread}", "what it holds"
        )


_NOW = """
select clock_timestamp(), greatest(max(accounting_date), (clock_timestamp() at time zone (
    select time_zone from access_company where id = %(company)s))::date)
from ledger_journalevent where company_id = %(company)s
"""


def look(company: int, *, waits: Waits = USUAL) -> Seen | None:
    """None: there is no QuickBooks to look at."""
    with companies.scope(company), connection.cursor() as cursor:
        if not Connection.objects.filter(company_id=company).exclude(state=ConnectionState.DISCONNECTED).exists():
            return None
        cursor.execute(_NOW, {"company": company})
        now, on = cursor.fetchone()
    try:
        return Seen(now, _entries(company, waits), _ties(company, on, waits))
    except Failure as failure:
        return Seen(now, unread=str(failure))


def _entries(company: int, waits: Waits) -> list[JournalEntry]:
    with sessions.opened(company, waits=waits) as client:
        return client.entries()


def _ties(company: int, on: date, waits: Waits) -> list[AccountTie]:
    """What a person has decided about is set apart: it explains a difference, and is wrong no more."""
    return reconciliation.decided_apart(company, books.tie_out(company, on, waits=waits, kept=True))
