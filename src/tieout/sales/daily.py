"""The round between shipments and invoices: link what is clear, recognise what is sold by now, ask for invoices.

Each shipment's event is settled in a transaction of its own. A round that is missed loses nothing: what is due is
worked out anew from what is known.
"""

from __future__ import annotations

from django.utils import timezone

from tieout.access import actors
from tieout.access import company as companies
from tieout.access.acting import Acting
from tieout.sales import billing, due, invoice_actions, links


def settle(company: int, *, by: Acting | None = None) -> int:
    """Links, then sales; how many shipments' events were settled."""
    asker = by or actors.system(company)
    invoice_actions.match_invoices(asker)
    with companies.scope(company):
        events = sorted({one.event for one in due.at(timezone.now())})
        unbilled = billing.due(timezone.now())
    for event in events:
        invoice_actions.settle_sale(asker, event=event)
    for shipment in unbilled:
        invoice_actions.bill_shipment(asker, shipment=shipment)
    return len(events)


def anything_due(company: int) -> bool:
    """Whether a round would do something: looking costs nothing, asking leaves a row in the audit trail."""
    now = timezone.now()
    with companies.scope(company):
        return bool(links.waiting().sure or due.at(now) or billing.due(now))
