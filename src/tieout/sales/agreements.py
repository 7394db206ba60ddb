"""When what leaves for a customer is sold: agreed with him from a day on, else by the company's policy.

What holds for a shipment is decided by the day it leaves; an agreement that is made later changes none that left.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from tieout.access.acting import Act
from tieout.core.refusals import Refusal
from tieout.sales.models import Customer, SaleAgreement, Sold

LONGEST_TRANSIT = 365
"""Days."""

IN_FORCE = """
select g.sold, g.transit_days from sales_saleagreement g
where g.company_id = {customer}.company_id and g.customer_id = {customer}.id and g.valid_from <= {day}
order by g.valid_from desc, g.id desc limit 1
"""
"""Of a customer on a day, for statements that look it up by row."""


class UnknownAgreement(Refusal):
    """A word for when goods are sold that is none, or days on the road that are none."""

    code = "unknown_agreement"


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """What was agreed from a day on, and by whom."""

    sold: str
    transit_days: int | None
    valid_from: date
    by: str
    at: datetime


def agree(act: Act, customer: Customer, *, sold: str, transit_days: int | None, valid_from: date | None) -> None:
    """From a day on (none: today)."""
    if sold and sold not in Sold.values:
        raise UnknownAgreement(f"Goods are sold on {', on '.join(Sold.values)}, not on “{sold}”.")
    if transit_days is not None and not 0 <= transit_days <= LONGEST_TRANSIT:
        raise UnknownAgreement(f"Goods are on the road for 0 to {LONGEST_TRANSIT} days, not for {transit_days}.")
    SaleAgreement.objects.create(
        company_id=act.company,
        customer=customer,
        sold=sold,
        transit_days=transit_days,
        valid_from=valid_from or act.now.astimezone(act.time_zone).date(),
        actor_id=act.by.actor,
    )


def in_force(customer: Customer, on: date) -> str:
    """shipment, delivery or invoice; empty where nothing is agreed for that day."""
    found = SaleAgreement.objects.filter(customer=customer, valid_from__lte=on).order_by("-valid_from", "-id")
    return found.values_list("sold", flat=True).first() or ""


def of(customer: str) -> list[AgreementRow]:
    """All that was agreed with a customer, the latest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select g.sold, g.transit_days, g.valid_from, a.name, g.at from sales_saleagreement g"
            " join sales_customer c on c.company_id = g.company_id and c.id = g.customer_id and c.code = %s"
            " join access_actor a on a.company_id = g.company_id and a.id = g.actor_id"
            " order by g.valid_from desc, g.id desc",
            [customer],
        )
        return [AgreementRow(*row) for row in cursor.fetchall()]
