"""QuickBooks' documents of revenue, mirrored: what stands, what it was, and what an edit leaves alone."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.factory import Factory
from tests.sales.paper import document, sold, tell
from tieout.access import company as companies
from tieout.sales.models import Invoice, InvoiceLine, InvoiceState, InvoiceVersion


def lines(factory: Factory, *, ended: bool = False) -> list[tuple[str, Decimal | None, int]]:
    with companies.scope(factory.company):
        found = InvoiceLine.objects.filter(until__isnull=not ended).order_by("id")
        return [(one.item_name, one.quantity, one.revenue) for one in found]


def only(factory: Factory) -> Invoice:
    with companies.scope(factory.company):
        return Invoice.objects.get()


def test_an_invoice_is_kept_with_its_lines_and_what_is_owed(factory: Factory) -> None:
    change = tell(factory, document(sold("POT", "10", "55.50"), sold("", None, "4.50", Description="Freight")))

    assert ("new", 2) == (change.what, change.lines_new)
    assert [("POT", Decimal(10), 5550), ("", None, 450)] == lines(factory)
    row = only(factory)
    assert (6000, 6000, "Green Grocer", "1037") == (row.revenue, row.balance, row.customer, row.number)
    assert row.party_id is not None


def test_told_twice_nothing_changes_but_what_is_still_owed(factory: Factory) -> None:
    paper = document(sold("POT", "10", "55.50"))
    tell(factory, paper)
    change = tell(factory, {**paper, "Balance": Decimal("5.5")})

    assert "same" == change.what
    assert 550 == only(factory).balance
    assert 1 == len(lines(factory))


def test_an_edit_ends_the_line_it_changed_and_keeps_the_others(factory: Factory) -> None:
    tell(factory, document(sold("POT", "10", "55.50"), sold("MIX", "1", "7")))
    change = tell(factory, document(sold("POT", "8", "44.40"), sold("MIX", "1", "7"), version=1))

    assert ("changed", 1, 1) == (change.what, change.lines_new, change.lines_ended)
    assert [("POT", Decimal(10), 5550)] == lines(factory, ended=True)
    assert [("MIX", Decimal(1), 700), ("POT", Decimal(8), 4440)] == lines(factory)
    with companies.scope(factory.company):
        assert [0, 1] == [one.version for one in InvoiceVersion.objects.order_by("id")]


def test_an_older_version_that_comes_late_changes_nothing(factory: Factory) -> None:
    tell(factory, document(sold("POT", "8", "44.40"), version=3))
    change = tell(factory, document(sold("POT", "10", "55.50"), version=2))

    assert "older" == change.what
    assert [("POT", Decimal(8), 4440)] == lines(factory)


def test_a_void_keeps_the_document_and_ends_its_lines(factory: Factory) -> None:
    tell(factory, document(sold("POT", "10", "55.50")))
    nothing = document(sold("POT", "10", "0"), version=1, PrivateNote="Voided")
    change = tell(factory, nothing)

    assert "voided" == change.what
    assert [] == lines(factory)
    assert (InvoiceState.VOIDED, 0, 0) == (only(factory).state, only(factory).revenue, only(factory).balance)


def test_a_deleted_document_stays_here_as_deleted_and_does_not_come_back(factory: Factory) -> None:
    tell(factory, document(sold("POT", "10", "55.50")))
    tell(factory, {"Id": "71", "status": "Deleted"}, deleted=True)
    again = tell(factory, document(sold("POT", "10", "55.50")))

    assert "older" == again.what
    assert (InvoiceState.DELETED, []) == (only(factory).state, lines(factory))


def test_a_stranger_that_was_deleted_is_nothing(factory: Factory) -> None:
    assert "unknown" == tell(factory, {"Id": "9"}, deleted=True).what


def test_a_credit_memo_and_a_discount_are_less(factory: Factory) -> None:
    discount = {"Amount": Decimal(5), "DetailType": "DiscountLineDetail", "DiscountLineDetail": {}}
    tell(factory, document(sold("POT", "10", "50"), discount))
    tell(factory, document(sold("POT", "1", "5"), id="72"), "CreditMemo")

    assert [("POT", Decimal(10), 5000), ("", None, -500), ("POT", Decimal(1), -500)] == lines(factory)


def test_the_parts_of_a_bundle_are_lines_of_their_own(factory: Factory) -> None:
    parts = {"Line": [sold("POT", "2", "10"), sold("MIX", "1", "7")]}
    tell(factory, document({"Amount": Decimal(17), "DetailType": "GroupLineDetail", "GroupLineDetail": parts}))

    assert [("POT", Decimal(2), 1000), ("MIX", Decimal(1), 700)] == lines(factory)


@pytest.mark.parametrize(("rate", "cents"), [("1.25", 12500), ("0.333333", 3333)])
def test_foreign_amounts_are_kept_in_home_currency_at_the_documents_rate(
    factory: Factory, rate: str, cents: int
) -> None:
    tell(factory, document(sold("POT", "10", "100"), ExchangeRate=Decimal(rate), CurrencyRef={"value": "EUR"}))

    assert [("POT", Decimal(10), cents)] == lines(factory)
    assert ("EUR", cents) == (only(factory).currency, only(factory).balance)


def test_everything_that_may_name_an_order_is_kept(factory: Factory) -> None:
    fields = [{"DefinitionId": "1", "Name": "P.O. Number", "StringValue": "PO 4711"}]
    tell(factory, document(sold("POT", "1", "5"), CustomField=fields, CustomerMemo={"value": "SHP-000001"}))

    assert "1037\nPO 4711\nSHP-000001" == only(factory).text
