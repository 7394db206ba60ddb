"""Customers: found and added."""

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
