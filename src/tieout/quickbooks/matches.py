"""Bringing together, as the system, what came from QuickBooks and what happened on the floor.

Only what is clear is asked for: looking costs nothing, asking leaves a row in the audit trail, and this is done
again every few minutes for as long as a bill waits for a person.
"""

from __future__ import annotations

from contextlib import suppress
from zoneinfo import ZoneInfo

from django.utils import timezone

from tieout.access import actors
from tieout.access import company as companies
from tieout.access.models import Company
from tieout.core.matching import Tolerances
from tieout.core.refusals import Refusal
from tieout.ledger import policies
from tieout.purchasing import bill_actions, bills, clearings, matching
from tieout.purchasing.models import Bill
from tieout.sales import daily, due, links


def match(company: int) -> None:
    """Bills with receipts, invoices with shipments. A refusal is on record, and leaves it to a person."""
    now, system = timezone.now(), actors.system(company)
    for bill in _clear_bills(company):
        with suppress(Refusal):
            bill_actions.match_bill(system, bill=bill, at=now)
    if _clear_sales(company):
        with suppress(Refusal):
            daily.settle(company, by=system)


def _clear_bills(company: int) -> list[int]:
    with companies.scope(company):
        zone = ZoneInfo(Company.objects.values_list("time_zone", flat=True).get(pk=company))
        allowed = matching.tolerances(policies.in_force(timezone.now().astimezone(zone).date()))
        waiting = Bill.objects.filter(pk__in=matching.waiting(company)).order_by("id")
        return [bill.pk for bill in waiting if _is_clear(bill, allowed)]


def _is_clear(bill: Bill, allowed: Tolerances) -> bool:
    stale = clearings.standing(line.pk for line in bills.ended_lines(bill))
    return bool(bill.deleted or stale or matching.automatic(matching.look(bill, allowed)))


def _clear_sales(company: int) -> bool:
    with companies.scope(company):
        return bool(links.waiting().sure or due.at(timezone.now()))
