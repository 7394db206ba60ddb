"""A customer that QuickBooks lacks, made there with one click; then its invoice, asked for on a page and seen there."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from qbo_emulator.testing import Books, qbo, qbo_server
from tests import factory as factories
from tests.factory import Factory
from tests.quickbooks.conftest import QUICK, connected
from tests.web.conftest import fill, text
from tieout.access import company as companies
from tieout.access.models import Company, CompanyState
from tieout.quickbooks import invoices, item_actions
from tieout.sales import customer_queries, daily, invoice_actions

__all__ = ["qbo", "qbo_server"]


@pytest.fixture
def factory(transactional_db: None, qbo: Books) -> Factory:
    """A live demo company, connected; pots in stock and on the list of QuickBooks' items, and nobody to bill."""
    made = factories.small(state=CompanyState.LIVE)
    Company.objects.filter(pk=made.company).update(is_demo=True)
    connected(Company.objects.get(pk=made.company), made.controller, qbo)
    made.buy("POT", "100", "3", lot="P-1")
    made.ship(("P-1", "10"))
    return made


@pytest.fixture
def finance(factory: Factory) -> Client:
    client = Client(SERVER_NAME="localhost")
    client.post(f"/sign-in/{factory.company}", {"name": "Controller"})
    return client


def item(qbo: Books) -> str:
    income = qbo.query("select * from Account where AccountType = 'Income'")[0]["Id"]
    made = qbo.create("Item", {"Name": "POT", "Type": "NonInventory", "IncomeAccountRef": {"value": income}})
    return str(made["Id"])


def known(factory: Factory) -> str:
    with companies.scope(factory.company):
        return customer_queries.one("GROCER", factory.now.date()).external_id


def test_one_click_makes_the_customer_and_the_next_the_invoice(factory: Factory, finance: Client, qbo: Books) -> None:
    invoice_actions.ask_for_invoices(factory.controller, customer="GROCER")
    item_actions.link_item(factory.controller, external_item=item(qbo), sku="POT", price=Decimal("5.50"))
    assert "waits for the customer in QuickBooks" in text(finance.get("/invoices/ready"))

    answer = fill(finance, "/customers/GROCER", {"act": "request"})
    assert 303 == answer.status_code, text(answer)
    (there,) = qbo.query("select * from Customer where DisplayName = 'Green Grocer'")
    assert there["Id"] == known(factory)

    typed = {"act": "bill", "shipment": "SHP-000001", "sku-1": "POT", "price-1": "6.25", "on": "2026-01-16"}
    assert 303 == fill(finance, "/invoices/ready", typed).status_code
    invoices.post_due(factory.company, waits=QUICK)
    daily.settle(factory.company)
    (invoice,) = [one for one in qbo.query("select * from Invoice maxresults 1000") if "IN-SHP" in one["DocNumber"]]
    assert (Decimal("62.50"), "2026-01-16") == (invoice["Line"][0]["Amount"], invoice["TxnDate"])
    assert "confirmed" in text(finance.get("/invoices/ready"))
    assert invoice["DocNumber"] in text(finance.get("/shipments/SHP-000001"))


def test_without_quickbooks_nothing_is_made_and_the_page_says_so(factory: Factory, finance: Client, qbo: Books) -> None:
    qbo.fault("reset", match={"entity": "Customer", "method": "POST"}, commit=False)

    answer = fill(finance, "/customers/GROCER", {"act": "request"})
    assert 422 == answer.status_code
    assert "QuickBooks did not take part" in text(answer)
    assert "What it took before that stays" in text(answer)
    assert "" == known(factory)
