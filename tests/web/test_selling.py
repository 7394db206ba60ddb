"""Selling on pages: customers and what is agreed with them, goods under way, what came back, items, and invoices."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from tests.factory import START, Factory
from tests.sales.paper import DAY, document, linked, sold, tell
from tests.web.conftest import SignIn, fill, text
from tieout.access import company as companies
from tieout.access.permissions import ActorRole
from tieout.ledger.models import Party, Transmission, TransmissionState
from tieout.quickbooks import item_actions
from tieout.sales import actions, agreements, daily, invoice_actions
from tieout.sales.actions import Going
from tieout.sales.models import Customer, Invoice, InvoiceLine, InvoiceLink, ItemLink


@pytest.fixture
def shop(mill: Factory) -> Factory:
    """Pots in stock, sold on delivery, and one shipment of them on the road."""
    mill.buy("POT", "100", "3", lot="P-1")
    invoice_actions.agree_on_sale(mill.controller, customer="GROCER", sold="delivery", transit_days=9, valid_from=DAY)
    mill.ship(("P-1", "10"))
    return mill


def scoped_get(factory: Factory, model: type, **which: object) -> object:
    with companies.scope(factory.company):
        return model.objects.get(**which)  # type: ignore[attr-defined]  # any of our tables


# --- Customers --------------------------------------------------------------------------------------------------


def test_the_warehouse_adds_a_customer(mill: Factory, warehouse: Client) -> None:
    answer = fill(warehouse, "/customers", {"act": "add", "code": "DELI", "name": "The Deli", "channel": "web"})

    assert "/customers/DELI" == answer.headers["Location"]
    assert "The Deli DELI · web" in text(warehouse.get("/customers?q=del"))
    assert 422 == fill(warehouse, "/customers", {"act": "add", "code": "DELI", "name": "Again"}).status_code


def test_finance_agrees_from_a_day_on_when_goods_are_sold(mill: Factory, controller: Client) -> None:
    typed = {"act": "agree", "sold": "delivery", "transit_days": "3", "valid_from": "2026-01-10"}

    assert 303 == fill(controller, "/customers/GROCER", typed).status_code
    with companies.scope(mill.company):
        customer = Customer.objects.get(code="GROCER")
        assert ("", "delivery") == (
            agreements.in_force(customer, DAY.replace(day=9)),
            agreements.in_force(customer, DAY),
        )
    page = text(controller.get("/customers/GROCER"))
    assert "Today on delivery, as agreed." in page
    assert "Jan 10, 2026 delivery 3 Controller" in page


def test_days_on_the_road_are_a_number(mill: Factory, controller: Client) -> None:
    typed = {"act": "agree", "sold": "delivery", "transit_days": "a few", "valid_from": "2026-01-10"}

    assert 422 == fill(controller, "/customers/GROCER", typed).status_code


def test_a_customer_is_billed_here_and_by_its_channel(mill: Factory, controller: Client) -> None:
    for typed in (
        {"act": "billing", "on": "yes"},
        {"act": "channel", "channel": "web"},
        {"act": "sum", "on": "yes"},
    ):
        assert 303 == fill(controller, "/customers/GROCER", typed).status_code

    page = text(controller.get("/customers/GROCER"))
    assert "asked for here, when the day of the shipment is over" in page
    assert "web; its documents sum up a day of it" in page
    assert 422 == fill(controller, "/customers/GROCER", {"act": "channel", "channel": ""}).status_code


def test_a_requested_customer_is_linked_with_the_name_that_quickbooks_has(mill: Factory, controller: Client) -> None:
    """What QuickBooks told under the other name is this customer's from then on, and what was held goes on."""
    actions.add_customer(mill.warehouse, code="DELI", name="The Deli")
    mill.buy("POT", "5", "3", lot="P-1")
    mill.seal()
    going = [Going(Decimal(1), lot="P-1")]
    actions.ship(mill.warehouse, customer="DELI", site="MILL", lines=going, at=mill.at())
    assert 0 == mill.seal()
    with companies.scope(mill.company):
        theirs = Party.objects.create(
            company_id=mill.company, kind="customer", name="Deli & Sons LLC", external_id="c-77"
        )
    tell(mill, document(sold("POT", "1", "6"), CustomerRef={"value": "c-77", "name": "Deli & Sons LLC"}))

    assert "requested" in text(controller.get("/customers/DELI"))
    answer = fill(controller, "/customers/DELI", {"act": "link", "known": str(theirs.pk)})
    assert 303 == answer.status_code
    with companies.scope(mill.company):
        party = Customer.objects.get(code="DELI").party
        assert ("c-77", party.pk) == (party.external_id, Invoice.objects.get().party_id)
    assert "1037" in text(controller.get("/customers/DELI"))
    assert 1 == mill.seal()


def test_a_name_that_is_somebody_else_here_is_not_linked(mill: Factory, controller: Client) -> None:
    actions.add_customer(mill.warehouse, code="DELI", name="The Deli")
    grocer = scoped_get(mill, Customer, code="GROCER").party_id  # type: ignore[attr-defined]

    answer = fill(controller, "/customers/DELI", {"act": "link", "known": str(grocer)})
    assert 422 == answer.status_code
    assert "somebody else here already" in text(answer)


# --- Under way ----------------------------------------------------------------------------------------------------


def test_what_is_under_way_is_listed_until_it_is_delivered(
    shop: Factory, controller: Client, warehouse: Client
) -> None:
    page = text(controller.get("/shipments/under-way"))
    assert "SHP-000001 Green Grocer Jan 15, 2026 MILL" in page
    assert "proof, or Jan 24, 2026" in page
    assert "$" not in text(warehouse.get("/shipments/under-way"))

    typed = {"act": "deliver", "proof": "signed by Mr. Green"}
    assert 303 == fill(warehouse, "/shipments/SHP-000001", typed).status_code
    assert "Nothing is under way" in text(controller.get("/shipments/under-way"))
    assert "signed by Mr. Green, says Warehouse" in text(controller.get("/shipments/SHP-000001"))


def test_finance_says_that_it_is_sold_and_why(shop: Factory, controller: Client) -> None:
    assert 422 == fill(controller, "/shipments/SHP-000001", {"act": "recognise"}).status_code

    typed = {"act": "recognise", "reason": "the contract says ex works"}
    assert 303 == fill(controller, "/shipments/SHP-000001", typed).status_code
    assert "RCG-000001" in text(controller.get("/shipments/SHP-000001"))
    assert "the contract says ex works, by Controller" in text(controller.get("/shipments/SHP-000001"))


# --- What came back -----------------------------------------------------------------------------------------------


def test_goods_come_back_from_the_shipments_page_and_are_taken_back(shop: Factory, warehouse: Client) -> None:
    page = "/customer-returns/new/SHP-000001"
    typed = {"quantity": "2", "condition": "damaged", "remark": "lids", "to": "MILL/QUARANTINE", "code": "P-1 BACK"}
    lot = warehouse.get(page).content.decode().partition('<option value="#')[2].partition('"')[0]

    assert 422 == fill(warehouse, page, {**typed, "lot": f"#{lot}", "condition": ""}).status_code
    answer = fill(warehouse, page, {**typed, "lot": f"#{lot}"})
    assert "/customer-returns/CRT-000001" == answer.headers["Location"]
    assert "damaged: lids" in text(warehouse.get("/customer-returns/CRT-000001"))
    assert "P-1 BACK Pot POT P-1 MILL/QUARANTINE 2 EA 2 EA" in text(warehouse.get("/customer-returns/CRT-000001"))
    assert "CRT-000001" in text(warehouse.get("/shipments/SHP-000001"))

    typed = {"act": "reverse", "reason": "another customer's"}
    assert 303 == fill(warehouse, "/customer-returns/CRT-000001", typed).status_code
    assert "taken back" in text(warehouse.get("/customer-returns"))


def test_a_credit_is_sorted_to_the_return_that_brought_the_goods(shop: Factory, controller: Client) -> None:
    actions.return_from_customer(shop.warehouse, shipment="SHP-000001", quantity=Decimal(1), at=shop.at())
    tell(shop, document(sold("POT", "1", "6"), id="72", number="CM-1"), "CreditMemo")
    line = str(scoped_get(shop, InvoiceLine).pk)  # type: ignore[attr-defined]

    page = text(controller.get("/invoices/credits"))
    assert "CM-1 Green Grocer, Jan 15, 2026 POT" in page
    assert (
        422 == fill(controller, "/invoices/credits", {"act": "sort", "line": line, "reason": "goods back"}).status_code
    )
    typed = {"act": "sort", "line": line, "reason": "goods back", "return": "CRT-000001", "shipment": "SHP-000001"}
    assert 303 == fill(controller, "/invoices/credits", typed).status_code
    assert "Every credit is sorted" in text(controller.get("/invoices/credits"))
    assert "CM-1" in text(controller.get("/customer-returns/CRT-000001"))


# --- Items --------------------------------------------------------------------------------------------------------


def test_an_item_that_is_called_otherwise_is_proposed_linked_and_unlinked(shop: Factory, controller: Client) -> None:
    tell(shop, document(sold("Honey pot", "10", "55")))

    page = text(controller.get("/invoices/items"))
    assert "Honey pot id q-Honey pot 1 invoice line" in page
    assert "POT is proposed" in page
    typed = {"act": "link", "external_item": "q-Honey pot", "name": "Honey pot", "sku": "POT", "price": "5.5"}
    assert 303 == fill(controller, "/invoices/items", typed).status_code
    assert Decimal("5.5") == scoped_get(shop, ItemLink).price  # type: ignore[attr-defined]
    daily.settle(shop.company, by=shop.controller)
    assert ["P-1"] == [lot for lot, *_ in linked(shop)]

    assert 303 == fill(
        controller, "/invoices/items", {"act": "unlink", "external_item": "q-Honey pot"}
    ).status_code  # fmt: skip
    assert "Honey pot id q-Honey pot 1 invoice line" in text(controller.get("/invoices/items")).partition("Known")[0]


def test_an_item_is_linked_with_one_that_there_is(shop: Factory, controller: Client) -> None:
    typed = {"act": "link", "external_item": "q-1", "name": "Honey pot", "sku": "JUG"}

    assert 422 == fill(controller, "/invoices/items", typed).status_code


# --- Invoices -----------------------------------------------------------------------------------------------------


def test_an_invoice_shows_its_goods_and_a_link_is_taken_back_there(shop: Factory, controller: Client) -> None:
    tell(shop, document(sold("POT", "10", "55")))
    daily.settle(shop.company, by=shop.controller)
    invoice, link = scoped_get(shop, Invoice).pk, scoped_get(shop, InvoiceLink).pk  # type: ignore[attr-defined]

    assert "SHP-000001 POT lot P-1 10 $55.00" in text(controller.get(f"/invoices/{invoice}"))
    typed = {"act": "unlink", "link": str(link), "reason": "the other one"}
    assert 303 == fill(controller, f"/invoices/{invoice}", typed).status_code
    page = text(controller.get(f"/invoices/{invoice}"))
    assert "the other one, by Controller" in page
    line = str(scoped_get(shop, InvoiceLine).pk)  # type: ignore[attr-defined]
    typed = {"act": "link", "line": line, "shipment": "SHP-000001", "quantity": "4"}
    assert 303 == fill(controller, f"/invoices/{invoice}", typed).status_code
    assert [("P-1", Decimal(4), 2200)] == linked(shop)


@pytest.fixture
def refused(shop: Factory) -> Factory:
    """A shipment whose invoice QuickBooks does not take, as it says."""
    invoice_actions.ask_for_invoices(shop.controller, customer="GROCER")
    item_actions.link_item(shop.controller, external_item="9", sku="POT", price=Decimal("5.50"))
    invoice_actions.bill_shipment(shop.controller, shipment="SHP-000001")
    with companies.scope(shop.company):
        Transmission.objects.filter(journal=None).update(
            state=TransmissionState.REJECTED, cause="validation", reason="QuickBooks said: the item is inactive (2500)"
        )
    return shop


def test_what_quickbooks_refused_is_asked_for_again_at_another_price(refused: Factory, controller: Client) -> None:
    page = text(controller.get("/invoices/ready"))
    assert "rejected $55.00" in page
    assert "the item is inactive (2500) Mend the price, the item or the customer" in page

    typed = {"act": "bill", "shipment": "SHP-000001", "sku-1": "POT", "price-1": "6", "on": "2026-01-20"}
    assert 303 == fill(controller, "/invoices/ready", typed).status_code
    with companies.scope(refused.company):
        (one,) = Transmission.objects.filter(journal=None, version=2)
    assert ("2026-01-20", 6000) == (one.body["date"], one.body["lines"][0]["cents"])
    assert "version 2" in text(controller.get("/invoices/ready"))


def test_what_quickbooks_refused_is_withdrawn_with_a_reason(refused: Factory, controller: Client) -> None:
    typed = {"act": "withdraw", "shipment": "SHP-000001"}

    assert 422 == fill(controller, "/invoices/ready", typed).status_code
    assert 303 == fill(controller, "/invoices/ready", {**typed, "reason": "entered by hand"}).status_code
    page = text(controller.get("/invoices/ready"))
    assert "SHP-000001 withdrawn before" in page
    assert "Withdrawn by Controller: entered by hand" in page


def test_what_quickbooks_refused_is_sent_again_as_it_was(refused: Factory, controller: Client) -> None:
    with companies.scope(refused.company):
        one = Transmission.objects.get(journal=None)

    typed = {"act": "resend", "transmission": str(one.pk)}
    assert 303 == fill(controller, "/invoices/ready", typed).status_code
    assert 422 == fill(controller, "/invoices/ready", {**typed, "transmission": "that one"}).status_code


@pytest.mark.parametrize("role", [ActorRole.AUDITOR, ActorRole.OPERATOR])
def test_who_only_looks_finds_no_button_of_finance(role: ActorRole, refused: Factory, sign_in: SignIn) -> None:
    tell(refused, document(sold("Jug", "1", "6")))
    client = sign_in(role)
    for path in ("/customers/GROCER", "/shipments/SHP-000001", "/shipments/under-way", "/customer-returns"):
        page = client.get(path).content.decode()
        for act in ("agree", "billing", "channel", "recognise", "unlink", "link"):
            assert f'name="act" value="{act}"' not in page, path
    if role is ActorRole.AUDITOR:
        for path in ("/invoices/waiting", "/invoices/ready", "/invoices/credits", "/invoices/items"):
            assert 'name="act"' not in client.get(path).content.decode(), path


def test_an_empty_company_is_told_how_to_begin(mill: Factory, controller: Client) -> None:
    assert START.date() == DAY
    for path, words in {
        "/shipments/under-way": "Nothing is under way",
        "/customer-returns": "Nothing came back",
        "/invoices/ready": "Everything is invoiced",
        "/invoices/waiting": "Nothing waits",
        "/invoices/credits": "Every credit is sorted",
        "/invoices/items": "Every item is known",
    }.items():
        assert words in text(controller.get(path)), path
