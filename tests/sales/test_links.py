"""Shipments and invoices: linked where it is clear, asked where it is not, taken back when QuickBooks changes."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.factory import START, Factory
from tests.sales.paper import DAY, document, linked, number, sold, tell
from tieout.access import company as companies
from tieout.access.actions import NotAllowed
from tieout.ledger import sealing
from tieout.ledger.models import Transmission
from tieout.quickbooks import item_actions
from tieout.sales import actions, customers, invoice_actions, links
from tieout.sales.actions import Going
from tieout.sales.links import NothingToLink, UnknownLink
from tieout.sales.models import InvoiceLine, InvoiceLink, ShipmentLine


def match(factory: Factory) -> int:
    return invoice_actions.match_invoices(factory.controller).links


def test_an_invoice_of_what_was_shipped_is_linked_by_itself(factory: Factory) -> None:
    factory.ship(("P-1", "10"))
    tell(factory, document(sold("POT", "10", "55.50")))

    assert 1 == match(factory)
    assert [("P-1", number("10"), 5550)] == linked(factory)
    with companies.scope(factory.company):
        link = InvoiceLink.objects.get()
        assert (ShipmentLine.objects.get().pk, InvoiceLine.objects.get().pk) == (
            link.shipment_line_id,
            link.invoice_line_id,
        )
        assert "the same customer, the same item, the same quantity, the same day" == link.reasons


def test_asked_again_nothing_is_linked_twice(factory: Factory) -> None:
    factory.ship(("P-1", "10"))
    tell(factory, document(sold("POT", "10", "55.50")))
    match(factory)

    assert 0 == match(factory)


def test_one_line_over_two_lots_shares_its_revenue_by_quantity(factory: Factory) -> None:
    factory.ship(("P-1", "1"), ("P-2", "2"))
    tell(factory, document(sold("POT", "3", "10")))
    match(factory)

    assert [("P-1", number("1"), 333), ("P-2", number("2"), 667)] == linked(factory)


def test_what_is_shipped_in_two_parts_is_linked_part_by_part(factory: Factory) -> None:
    tell(factory, document(sold("POT", "3", "10")))
    for _ in range(2):
        factory.ship(("P-1", "1"))
        match(factory)

    assert [("P-1", number("1"), 333), ("P-1", number("1"), 334)] == linked(factory)


def test_two_equal_shipments_wait_for_a_person(factory: Factory) -> None:
    first, _ = factory.ship(("P-1", "10")), factory.ship(("P-1", "10"))
    tell(factory, document(sold("POT", "10", "55.50")))

    assert 0 == match(factory)
    with companies.scope(factory.company):
        (line,) = links.waiting().open
    invoice_actions.link_invoice_line(factory.controller, line=line, shipment=first.number)
    assert [("P-1", number("10"), 5550)] == linked(factory)
    with pytest.raises(NothingToLink, match="linked already"):
        invoice_actions.link_invoice_line(factory.controller, line=line, shipment=first.number)


def test_more_than_what_waits_is_not_linked(factory: Factory) -> None:
    shipped = factory.ship(("P-1", "10"))
    tell(factory, document(sold("POT", "10", "55.50")))
    with companies.scope(factory.company):
        line = InvoiceLine.objects.get().pk

    with pytest.raises(NothingToLink, match="11 is more than what waits: 10 on SHP-000001, 10 on the line"):
        invoice_actions.link_invoice_line(
            factory.controller, line=line, shipment=shipped.number, quantity=Decimal(11)
        )  # fmt: skip


def test_only_finance_links(factory: Factory) -> None:
    with pytest.raises(NotAllowed):
        invoice_actions.match_invoices(factory.warehouse)


def test_an_edit_in_quickbooks_takes_the_link_back_and_the_next_round_links_anew(factory: Factory) -> None:
    factory.ship(("P-1", "10"))
    tell(factory, document(sold("POT", "10", "55.50")))
    match(factory)
    tell(factory, document(sold("POT", "8", "44.40"), version=1))

    assert [] == linked(factory)
    match(factory)
    assert [("P-1", number("8"), 4440)] == linked(factory)
    with companies.scope(factory.company):
        assert 3 == InvoiceLink.objects.count()  # linked, taken back, linked


def test_an_edit_of_another_line_leaves_a_link_alone(factory: Factory) -> None:
    factory.ship(("P-1", "10"))
    tell(factory, document(sold("POT", "10", "55.50")))
    match(factory)
    tell(factory, document(sold("POT", "10", "55.50"), sold("", None, "4", Description="Freight"), version=1))

    assert [("P-1", number("10"), 5550)] == linked(factory)


def test_a_shipment_that_never_left_is_billed_by_nothing(factory: Factory) -> None:
    shipped = factory.ship(("P-1", "10"))
    tell(factory, document(sold("POT", "10", "55.50")))
    match(factory)
    actions.reverse_shipment(factory.warehouse, event=shipped.event, at=factory.at(), reason="never left")

    assert [] == linked(factory)


def test_a_link_that_is_wrong_is_taken_back_once(factory: Factory) -> None:
    factory.ship(("P-1", "10"))
    tell(factory, document(sold("POT", "10", "55.50")))
    match(factory)
    with companies.scope(factory.company):
        link = InvoiceLink.objects.get().pk
    invoice_actions.unlink_invoice_line(factory.controller, link=link, reason="the other one")

    assert [] == linked(factory)
    with pytest.raises(UnknownLink):
        invoice_actions.unlink_invoice_line(factory.controller, link=link, reason="the other one")


def test_an_item_with_another_name_in_quickbooks_is_known_by_its_link(factory: Factory) -> None:
    factory.ship(("P-1", "10"))
    tell(factory, document(sold("Honey pot, 500 g", "10", "55.50")))

    assert 0 == match(factory)
    item_actions.link_item(factory.controller, external_item="q-Honey pot, 500 g", sku="POT")
    assert 1 == match(factory)


def test_an_item_in_a_category_is_known_by_the_last_part_of_its_name(factory: Factory) -> None:
    factory.ship(("P-1", "10"))
    tell(factory, document(sold("Finished:pot", "10", "55.50")))

    assert 1 == match(factory)


def test_a_web_shops_receipt_of_a_day_bills_all_that_the_channel_shipped_that_day(factory: Factory) -> None:
    for code in ("ANN", "BOB"):
        actions.add_customer(factory.warehouse, code=code, name=code.title(), channel="web")
    actions.add_customer(factory.warehouse, code="SHOP", name="Web shop", channel="web")
    for code, days in (("ANN", 0), ("BOB", 0), ("ANN", 1)):
        actions.ship(
            factory.warehouse,
            customer=code,
            site="MILL",
            lines=[Going(Decimal(2), lot="P-1")],
            at=START + timedelta(days=days, hours=1),
        )
    invoice_actions.bill_by_channel(factory.controller, customer="SHOP")
    paper = document(sold("POT", "4", "30"), id="80", CustomerRef={"value": "c-9", "name": "Web shop"})
    with companies.scope(factory.company):
        party = customers.one("SHOP").party
        party.external_id = "c-9"
        party.save()
    tell(factory, paper, "SalesReceipt")
    match(factory)

    assert [("P-1", number("2"), 1500), ("P-1", number("2"), 1500)] == linked(factory)


def test_the_days_entry_names_each_shipment_and_the_invoice_that_is_known(factory: Factory) -> None:
    from tests.factory import local_books

    local_books(factory)
    factory.ship(("P-1", "10"))
    factory.ship(("P-2", "1"))
    tell(factory, document(sold("POT", "10", "55.50"), on=DAY))
    match(factory)
    sealing.seal_due(factory.company, factory.now, everything=True)

    with companies.scope(factory.company):
        (entry,) = Transmission.objects.filter(number__startswith="SHD")
    said = [(line["role"], line["document"], line["description"]) for line in entry.body["lines"]]
    assert [
        ("COGS", "SHP-000001", "SHP-000001, invoice 1037: POT lot P-1 10 EA"),
        ("COGS", "SHP-000002", "SHP-000002: POT lot P-2 1 EA"),
        ("FG", "SHP-000001", "SHP-000001, invoice 1037: POT lot P-1 10 EA"),
        ("FG", "SHP-000002", "SHP-000002: POT lot P-2 1 EA"),
    ] == said
