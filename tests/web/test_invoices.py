"""Invoices on a page: the month with both sides, and what a person has to decide."""

from __future__ import annotations

from django.test import Client

from tests.factory import Factory
from tests.sales.paper import DAY, document, linked, sold, tell
from tests.web.conftest import fill, text
from tieout.access import company as companies
from tieout.sales import daily, invoice_actions
from tieout.sales.models import InvoiceLine, InvoiceLink


def only_line(factory: Factory) -> int:
    with companies.scope(factory.company):
        return InvoiceLine.objects.get().pk


def test_the_month_shows_each_side_and_why_it_stands_alone(worked: Factory, controller: Client) -> None:
    tell(worked, document(sold("MIX", "10", "55")))

    page = text(controller.get("/invoices?month=2026-01"))

    assert "1037 no shipment Green Grocer Jan 15, 2026 MIX 10 $55.00" in page
    assert "SHP-000001 no invoice yet Green Grocer" in page
    assert "For the month's end" in page


def test_a_person_links_what_is_not_clear(worked: Factory, controller: Client) -> None:
    tell(worked, document(sold("POT", "5", "30")))

    assert "SHP-000001 Green Grocer Jan 15, 2026 31 EA POT" in text(controller.get("/invoices/ready"))
    typed = {"act": "link", "line": str(only_line(worked)), "shipment": "SHP-000002"}
    answer = fill(controller, "/invoices/waiting", typed)

    assert 303 == answer.status_code
    assert ["P-2"] == [lot for lot, *_ in linked(worked)]


def test_a_line_without_a_choice_is_told_to_choose(worked: Factory, controller: Client) -> None:
    tell(worked, document(sold("POT", "5", "30")))

    answer = fill(controller, "/invoices/waiting", {"act": "link", "line": str(only_line(worked))})

    assert 422 == answer.status_code
    assert "Choose the shipment that this line bills" in text(answer)


def test_a_credit_is_sorted_on_the_page(worked: Factory, controller: Client) -> None:
    tell(worked, document(sold("POT", "1", "6"), id="72", number="CM-1"), "CreditMemo")

    assert "CM-1 Green Grocer, Jan 15, 2026 POT" in text(controller.get("/invoices/credits"))
    typed = {"act": "sort", "line": str(only_line(worked)), "reason": "price only"}
    assert 303 == fill(controller, "/invoices/credits", typed).status_code
    assert "Every credit is sorted" in text(controller.get("/invoices/credits"))


def test_who_only_reads_finds_no_form(worked: Factory, sign_in: object) -> None:
    from tieout.access.permissions import ActorRole

    tell(worked, document(sold("POT", "5", "30")))
    page = sign_in(ActorRole.AUDITOR).get("/invoices/waiting")  # type: ignore[operator]  # the fixture's protocol

    assert 'name="act"' not in page.content.decode()


def test_a_shipment_shows_what_bills_it_and_takes_the_proof_of_its_delivery(
    mill: Factory, controller: Client, warehouse: Client
) -> None:
    invoice_actions.agree_on_sale(mill.controller, customer="GROCER", sold="delivery", valid_from=DAY)
    mill.buy("POT", "10", "3", lot="P-1")
    mill.ship(("P-1", "10"))
    tell(mill, document(sold("POT", "10", "55")))
    daily.settle(mill.company, by=mill.controller)

    page = text(controller.get("/shipments/SHP-000001"))
    assert "1037 Jan 15, 2026 POT lot P-1 the same customer" in page
    assert "Waits for its delivery: $30.00 is shipped, not invoiced" in page
    answer = fill(warehouse, "/shipments/SHP-000001", {"act": "deliver", "proof": "signed by Mr. Green"})
    assert 303 == answer.status_code
    assert "RCG-000001" in text(controller.get("/shipments/SHP-000001"))


def test_a_wrong_link_is_taken_back_with_a_reason(mill: Factory, controller: Client) -> None:
    mill.buy("POT", "10", "3", lot="P-1")
    mill.ship(("P-1", "10"))
    tell(mill, document(sold("POT", "10", "55")))
    daily.settle(mill.company, by=mill.controller)
    with companies.scope(mill.company):
        link = str(InvoiceLink.objects.get().pk)

    assert 422 == fill(controller, "/shipments/SHP-000001", {"act": "unlink", "link": link}).status_code
    assert 303 == fill(
        controller, "/shipments/SHP-000001", {"act": "unlink", "link": link, "reason": "another sale"}
    ).status_code  # fmt: skip
    assert [] == linked(mill)
