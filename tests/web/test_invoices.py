"""Invoices on a page: the month with both sides, and what a person has to decide."""

from __future__ import annotations

from django.test import Client

from tests.factory import Factory
from tests.sales.paper import document, linked, sold, tell
from tests.web.conftest import fill, text
from tieout.access import company as companies
from tieout.sales.models import InvoiceLine


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

    page = text(controller.get("/invoices/waiting"))
    assert "Ready to invoice SHP-000001 Green Grocer" in page.replace(
        "Shipment Customer Left Goods At known prices ", ""
    )
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

    assert "Credits to sort" in text(controller.get("/invoices/waiting"))
    typed = {"act": "sort", "line": str(only_line(worked)), "reason": "price only"}
    assert 303 == fill(controller, "/invoices/waiting", typed).status_code
    assert "Credits to sort" not in text(controller.get("/invoices/waiting"))


def test_who_only_reads_finds_no_form(worked: Factory, sign_in: object) -> None:
    from tieout.access.permissions import ActorRole

    tell(worked, document(sold("POT", "5", "30")))
    page = sign_in(ActorRole.AUDITOR).get("/invoices/waiting")  # type: ignore[operator]  # the fixture's protocol

    assert 'name="act"' not in page.content.decode()
