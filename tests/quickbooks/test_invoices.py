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
from tieout.quickbooks import actions, invoices, item_actions
from tieout.sales import actions as sales
from tieout.sales import billing, daily, invoice_actions
from tieout.sales.actions import Going
from tieout.sales.invoice_requests import DESTINATION, NotReadyToInvoice

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
    item_actions.link_item(made.controller, external_item=pot, sku="POT", price=Decimal("5.55"))
    invoice_actions.ask_for_invoices(made.controller, customer="GROCER")
    return made


def asked(factory: Factory) -> Transmission:
    with companies.scope(factory.company):
        return Transmission.objects.get(destination=DESTINATION)


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


def test_a_customer_that_quickbooks_lacks_keeps_nobody_else_from_being_billed(factory: Factory) -> None:
    sales.add_customer(factory.warehouse, code="DELI", name="The Deli")
    invoice_actions.ask_for_invoices(factory.controller, customer="DELI")
    ago = timezone.now() - timedelta(days=2)
    for customer in ("DELI", "GROCER"):
        going = [Going(Decimal(1), lot="P-1")]
        sales.ship(factory.warehouse, customer=customer, site="MILL", lines=going, at=ago)
    daily.settle(factory.company)

    assert "SHP-000002" in asked(factory).number


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
    item_actions.link_item(factory.controller, external_item="77", sku="MIX")
    factory.buy("MIX", "5", "1", lot="M-1")
    shipped = factory.ship(("M-1", "2"))

    with pytest.raises(NotReadyToInvoice, match="MIX has no price"):
        invoice_actions.bill_shipment(factory.controller, shipment=shipped.number)
    invoice_actions.bill_shipment(factory.controller, shipment=shipped.number, prices={"MIX": Decimal("9.99")})
    assert [1998] == [line["cents"] for line in asked(factory).body["lines"]]


def test_what_quickbooks_refuses_waits_for_a_person(factory: Factory, qbo: Books) -> None:
    item_actions.link_item(factory.controller, external_item="999999", sku="MIX", price=Decimal(1))
    factory.buy("MIX", "5", "1", lot="M-1")
    shipped = factory.ship(("M-1", "2"))
    invoice_actions.bill_shipment(factory.controller, shipment=shipped.number)
    invoices.post_due(factory.company, waits=QUICK)

    assert (TransmissionState.REJECTED, []) == (asked(factory).state, there(qbo))


# --- Asked for again, after what was refused is mended ---------------------------------------------------------


def refused(factory: Factory) -> str:
    """A shipment whose invoice names an item that QuickBooks has not; its number."""
    factory.buy("MIX", "5", "1", lot="M-1")
    item_actions.link_item(factory.controller, external_item="999999", sku="MIX", price=Decimal(1))
    shipped = factory.ship(("M-1", "2"))
    invoice_actions.bill_shipment(factory.controller, shipment=shipped.number)
    invoices.post_due(factory.company, waits=QUICK)
    return shipped.number


def mend(factory: Factory, qbo: Books) -> str:
    """The item that it is, at another price; its id in QuickBooks."""
    income = qbo.query("select * from Account where AccountType = 'Income'")[0]["Id"]
    mix = qbo.create("Item", {"Name": "Mix", "Type": "NonInventory", "IncomeAccountRef": {"value": income}})["Id"]
    item_actions.unlink_item(factory.controller, external_item="999999")
    item_actions.link_item(factory.controller, external_item=mix, sku="MIX", price=Decimal("2.50"))
    return str(mix)


def versions(factory: Factory) -> list[tuple[int, str]]:
    with companies.scope(factory.company):
        found = Transmission.objects.filter(destination=DESTINATION).order_by("version")
        return [(one.version, one.state) for one in found]


def rounds(factory: Factory) -> None:
    """Until nothing is on its way."""
    import time

    for _ in range(200):
        invoices.post_due(factory.company, waits=QUICK)
        if versions(factory)[-1][1] in ("confirmed", "rejected", "blocked"):
            return
        time.sleep(0.02)


def test_what_was_refused_is_asked_for_again_as_it_is_known_now(factory: Factory, qbo: Books) -> None:
    shipment = refused(factory)
    mix = mend(factory, qbo)
    invoice_actions.bill_shipment(factory.controller, shipment=shipment)
    rounds(factory)
    daily.settle(factory.company)

    assert [(1, "superseded"), (2, "confirmed")] == versions(factory)
    (invoice,) = there(qbo)
    line = invoice["Line"][0]
    assert (mix, Decimal(5)) == (line["SalesItemLineDetail"]["ItemRef"]["value"], line["Amount"])
    assert [("M-1", number("2"), 500)] == linked(factory)


def test_a_new_version_whose_answer_is_lost_is_looked_for_and_there_once(factory: Factory, qbo: Books) -> None:
    shipment = refused(factory)
    mend(factory, qbo)
    invoice_actions.bill_shipment(factory.controller, shipment=shipment)
    qbo.fault("reset", match={"entity": "Invoice", "method": "POST"}, commit=True)
    invoices.post_due(factory.company, waits=QUICK)

    with pytest.raises(NotReadyToInvoice, match="it is in doubt"):
        invoice_actions.bill_shipment(factory.controller, shipment=shipment, prices={"MIX": Decimal(9)})
    rounds(factory)
    assert [(1, "superseded"), (2, "confirmed")] == versions(factory)
    assert [Decimal(5)] == [one["Line"][0]["Amount"] for one in there(qbo)]


def test_what_quickbooks_may_have_is_not_replaced(factory: Factory, qbo: Books) -> None:
    """Its answer was lost; before anybody looked, a stranger stands under its number, and ours not (yet)."""
    shipped = factory.ship(("P-1", "10"))
    invoice_actions.bill_shipment(factory.controller, shipment=shipped.number)
    theirs = {"DocNumber": asked(factory).number, "CustomerRef": {"value": asked(factory).body["customer"]}}
    line = {"Amount": 1, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {"Qty": 1}}
    line["SalesItemLineDetail"] = {"ItemRef": {"value": asked(factory).body["lines"][0]["item"]}}
    qbo.fault("reset", match={"entity": "Invoice", "method": "POST"}, commit=False)
    invoices.post_due(factory.company, waits=QUICK)
    stranger = qbo.create("Invoice", {**theirs, "Line": [line]})
    rounds(factory)

    assert [(1, "blocked")] == versions(factory)
    for again in (
        lambda: invoice_actions.bill_shipment(factory.controller, shipment=shipped.number, prices={"POT": Decimal(9)}),
        lambda: invoice_actions.withdraw_invoice(factory.controller, shipment=shipped.number, reason="by hand"),
    ):
        with pytest.raises(NotReadyToInvoice, match="may have invoice"):
            again()
    qbo.delete("Invoice", stranger)
    actions.resend(factory.controller, transmission=asked(factory).pk)
    rounds(factory)
    assert [(1, "confirmed")] == versions(factory)
    assert 1 == len(there(qbo))


def test_the_same_again_goes_under_its_own_id(factory: Factory, qbo: Books) -> None:
    shipment = refused(factory)
    before = asked(factory).pk
    invoice_actions.bill_shipment(factory.controller, shipment=shipment)

    assert (before, "pending") == (asked(factory).pk, asked(factory).state)


def test_another_date_is_another_version(factory: Factory) -> None:
    shipment = refused(factory)
    invoice_actions.bill_shipment(factory.controller, shipment=shipment, on=timezone.now().date())

    assert [(1, "superseded"), (2, "pending")] == versions(factory)


def test_what_is_withdrawn_is_not_sent_and_may_be_asked_for_again(factory: Factory, qbo: Books) -> None:
    shipment = refused(factory)
    invoice_actions.withdraw_invoice(factory.controller, shipment=shipment, reason="entered by hand")

    assert 0 == invoices.post_due(factory.company, waits=QUICK)
    mend(factory, qbo)
    invoice_actions.bill_shipment(factory.controller, shipment=shipment)
    rounds(factory)
    assert [(1, "superseded"), (2, "confirmed")] == versions(factory)
