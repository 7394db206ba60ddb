"""Invoices that QuickBooks is asked for: once each, whatever happens on the way; tied to their shipment at once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from qbo_emulator.testing import Books
from tests import factory as factories
from tests.factory import Factory
from tests.quickbooks.conftest import QUICK, connected
from tests.sales.paper import linked, number
from tieout.access import company as companies
from tieout.access.models import Company, CompanyState
from tieout.ledger.models import Party, Transmission, TransmissionState
from tieout.quickbooks import invoices
from tieout.sales import billing, daily, invoice_actions
from tieout.sales.billing import NotReadyToInvoice

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def factory(transactional_db: None, qbo: Books) -> Factory:
    """Pots in stock, a customer that QuickBooks knows, and pots as an item there."""
    made = factories.small(state=CompanyState.LIVE)
    connected(Company.objects.get(pk=made.company), made.controller, qbo)
    customer = qbo.create("Customer", {"DisplayName": "Green Grocer"})["Id"]
    income = qbo.query("select * from Account where AccountType = 'Income'")[0]["Id"]
    item = {"Name": "POT", "Type": "NonInventory", "IncomeAccountRef": {"value": income}}
    pot = qbo.create("Item", item)["Id"]
    with companies.scope(made.company):
        Party.objects.filter(kind="customer", name="Green Grocer").update(external_id=customer)
    made.buy("POT", "100", "3", lot="P-1")
    invoice_actions.link_item(made.controller, external_item=pot, sku="POT", price=Decimal("5.55"))
    invoice_actions.ask_for_invoices(made.controller, customer="GROCER")
    return made


def asked(factory: Factory) -> Transmission:
    with companies.scope(factory.company):
        return Transmission.objects.get(destination=billing.DESTINATION)


def there(qbo: Books) -> list[dict[str, Any]]:
    return [one for one in qbo.query("select * from Invoice maxresults 1000") if one["DocNumber"].startswith("IN-")]


def test_it_is_off_until_somebody_switches_it_on(factory: Factory) -> None:
    invoice_actions.ask_for_invoices(factory.controller, customer="GROCER", on=False)
    shipped = factory.ship(("P-1", "10"))

    with pytest.raises(NotReadyToInvoice, match="Switch it on for this customer"):
        invoice_actions.bill_shipment(factory.controller, shipment=shipped.number)
    with companies.scope(factory.company):
        assert [] == billing.due(timezone.now())


def test_a_day_that_is_over_is_billed_and_tied_without_anybody(factory: Factory, qbo: Books) -> None:
    factory.ship(("P-1", "10"), at=timezone.now() - timedelta(days=2))
    daily.settle(factory.company)
    assert 1 == invoices.post_due(factory.company, waits=QUICK)
    daily.settle(factory.company)

    (invoice,) = there(qbo)
    line = invoice["Line"][0]
    assert (Decimal("55.50"), 10, "SHP-000001") == (
        line["Amount"],
        line["SalesItemLineDetail"]["Qty"],
        invoice["CustomerMemo"]["value"].removeprefix("Shipment "),
    )
    assert [("P-1", number("10"), 5550)] == linked(factory)
    assert (TransmissionState.CONFIRMED, invoice["Id"]) == (asked(factory).state, asked(factory).external_id)
    with companies.scope(factory.company):
        assert [] == billing.ready()


def test_a_shipment_is_asked_for_once(factory: Factory) -> None:
    shipped = factory.ship(("P-1", "10"))
    invoice_actions.bill_shipment(factory.controller, shipment=shipped.number)

    with pytest.raises(NotReadyToInvoice, match="asked for already; it is pending"):
        invoice_actions.bill_shipment(factory.controller, shipment=shipped.number)


def test_an_answer_that_is_lost_is_looked_for_and_not_sent_again(factory: Factory, qbo: Books) -> None:
    shipped = factory.ship(("P-1", "10"))
    invoice_actions.bill_shipment(factory.controller, shipment=shipped.number)
    qbo.fault("reset", match={"entity": "Invoice", "method": "POST"}, commit=True)
    settle(factory)

    assert 1 == len(there(qbo))
    assert TransmissionState.CONFIRMED == asked(factory).state
    assert 1 == len([one for one in qbo.requests() if one["method"] == "POST" and one["entity"] == "Invoice"])


def settle(factory: Factory) -> None:
    """Rounds until nothing is on its way."""
    import time

    for _ in range(100):
        invoices.post_due(factory.company, waits=QUICK)
        if asked(factory).state not in (
            TransmissionState.PENDING,
            TransmissionState.SENDING,
            TransmissionState.IN_DOUBT,
        ):
            return
        time.sleep(0.02)


def test_a_price_can_be_given_and_without_one_nothing_is_asked_for(factory: Factory, qbo: Books) -> None:
    invoice_actions.link_item(factory.controller, external_item="77", sku="MIX")
    factory.buy("MIX", "5", "1", lot="M-1")
    shipped = factory.ship(("M-1", "2"))

    with pytest.raises(NotReadyToInvoice, match="MIX has no price"):
        invoice_actions.bill_shipment(factory.controller, shipment=shipped.number)
    invoice_actions.bill_shipment(factory.controller, shipment=shipped.number, prices={"MIX": Decimal("9.99")})
    assert [1998] == [line["cents"] for line in asked(factory).body["lines"]]


def test_what_quickbooks_refuses_waits_for_a_person(factory: Factory, qbo: Books) -> None:
    invoice_actions.link_item(factory.controller, external_item="999999", sku="MIX", price=Decimal(1))
    factory.buy("MIX", "5", "1", lot="M-1")
    shipped = factory.ship(("M-1", "2"))
    invoice_actions.bill_shipment(factory.controller, shipment=shipped.number)
    invoices.post_due(factory.company, waits=QUICK)

    assert (TransmissionState.REJECTED, []) == (asked(factory).state, there(qbo))
