"""Bringing together, as the system, what came from QuickBooks and what happened on the floor.

Only what is clear is asked for: looking costs nothing, asking leaves a row in the audit trail, and this is done
again every few minutes for as long as a bill waits for a person.
"""

from __future__ import annotations

from contextlib import suppress

from django.utils import timezone

from tieout.access import actors
from tieout.core.refusals import Refusal
from tieout.purchasing import settling
from tieout.sales import daily


def match(company: int) -> None:
    """Bills with receipts, invoices with shipments. A refusal is on record, and leaves it to a person."""
    settling.settle(company, timezone.now())
    if daily.anything_due(company):
        with suppress(Refusal):
            daily.settle(company, by=actors.system(company))
