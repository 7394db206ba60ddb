"""Customers: found, added, and what is agreed with them."""

from __future__ import annotations

from tieout.core.refusals import Refusal
from tieout.ledger.models import Party
from tieout.sales.models import Customer


class UnknownCustomer(Refusal):
    """A customer code that the company does not know."""

    code = "unknown_customer"


class CustomerExists(Refusal):
    """A customer code that is taken."""

    code = "customer_exists"


class NoChannel(Refusal):
    """A customer that is to sum up a channel, and has none."""

    code = "no_channel"


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


def sell_by(customer: Customer, *, channel: str) -> None:
    """The channel that it buys by from now on; what left keeps the one that it left by."""
    if not channel and customer.bills_channel:
        raise NoChannel(f"{customer.name} sums up its channel. Say that it does not any more, then empty the channel.")
    customer.channel = channel[:40]
    customer.save(update_fields=["channel"])


def sum_up(customer: Customer, *, sums_up: bool) -> None:
    """Whether documents of this customer stand for a day of its channel."""
    if sums_up and not customer.channel:
        raise NoChannel(f"{customer.name} has no channel to sum up. Give the customer its channel first.")
    customer.bills_channel = sums_up
    customer.save(update_fields=["bills_channel"])


def ask_for_invoices(customer: Customer, *, on: bool) -> None:
    """Whether QuickBooks is asked for this customer's invoices."""
    customer.invoiced_by_us = on
    customer.save(update_fields=["invoiced_by_us"])
