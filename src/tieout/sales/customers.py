"""Customers: found, added, and what is agreed with them."""

from __future__ import annotations

from tieout.core.refusals import Refusal
from tieout.ledger.models import Party
from tieout.sales.models import Customer, Sold


class UnknownCustomer(Refusal):
    """A customer code that the company does not know."""

    code = "unknown_customer"


class CustomerExists(Refusal):
    """A customer code that is taken."""

    code = "customer_exists"


class UnknownAgreement(Refusal):
    """A word for when goods are sold that is none."""

    code = "unknown_agreement"


LONGEST_TRANSIT = 365
"""Days."""


def one(code: str) -> Customer:
    found = Customer.objects.filter(code=code).first()
    if found is None:
        raise UnknownCustomer(f"There is no customer {code}. Add it, or check the code.")
    return found


def add(company: int, *, code: str, name: str, channel: str = "") -> Customer:
    """A customer, and QuickBooks' customer of that name as a party: requested, until QuickBooks has it."""
    if Customer.objects.filter(code=code).exists():
        raise CustomerExists(f"Customer {code} exists already.")
    party, _ = Party.objects.get_or_create(company_id=company, kind="customer", name=name)
    return Customer.objects.create(company_id=company, code=code, name=name, party=party, channel=channel)


def agree(customer: Customer, *, sold: Sold | None, transit_days: int | None) -> None:
    """When what leaves for this customer from now on is sold; none: by the company's policy."""
    if transit_days is not None and not 0 <= transit_days <= LONGEST_TRANSIT:
        raise UnknownAgreement(f"Goods are on the road for 0 to {LONGEST_TRANSIT} days, not for {transit_days}.")
    customer.recognition, customer.transit_days = sold or "", transit_days
    customer.save(update_fields=["recognition", "transit_days"])


def sum_up(customer: Customer, *, sums_up: bool) -> None:
    """Whether documents of this customer stand for a day of its channel."""
    if sums_up and not customer.channel:
        raise UnknownAgreement(f"{customer.name} has no channel to sum up. Give the customer its channel first.")
    customer.bills_channel = sums_up
    customer.save(update_fields=["bills_channel"])


def ask_for_invoices(customer: Customer, *, on: bool) -> None:
    """Whether QuickBooks is asked for this customer's invoices."""
    customer.invoiced_by_us = on
    customer.save(update_fields=["invoiced_by_us"])
