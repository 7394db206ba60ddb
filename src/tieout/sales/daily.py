"""The round between shipments and invoices: link what is clear, recognise what is sold by now, ask for invoices.

Each shipment's event is settled in a transaction of its own. A round that is missed loses nothing: what is due is
worked out anew from what is known.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial

from django.utils import timezone

from tieout.access import actors
from tieout.access import company as companies
from tieout.access.acting import Acting
from tieout.core.refusals import Refusal
from tieout.sales import billing, due, invoice_actions, links


def settle(company: int, *, by: Acting | None = None) -> int:
    """Links, then sales; how many shipments' events were settled."""
    asker = by or actors.system(company)
    invoice_actions.match_invoices(asker)
    with companies.scope(company):
        events = sorted({one.event for one in due.at(timezone.now())})
        unbilled = billing.due(timezone.now())
    asks: list[Callable[[], object]] = [partial(invoice_actions.settle_sale, asker, event=event) for event in events]
    asks += [partial(invoice_actions.bill_shipment, asker, shipment=shipment) for shipment in unbilled]
    for ask in asks:
        # A refusal is on record and comes again tomorrow; it keeps no other shipment from being sold or billed.
        with suppress(Refusal):
            ask()
    return len(events)


def anything_due(company: int) -> bool:
    """Whether a round would do something: looking costs nothing, asking leaves a row in the audit trail."""
    now = timezone.now()
    with companies.scope(company):
        return bool(links.waiting().sure or due.at(now) or billing.due(now))
