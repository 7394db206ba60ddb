"""A QuickBooks that keeps many currencies: vendors in their own, the ledger at home, and our entries at home always."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from qbo_emulator.testing import bill
from tieout.access import actors
from tieout.access import company as companies
from tieout.access.models import Company
from tieout.access.permissions import ActorRole
from tieout.catalog import actions as catalog
from tieout.core.posting import Rule, Target
from tieout.core.roles import Role
from tieout.ledger import actions as ledger
from tieout.ledger.models import Account
from tieout.purchasing import actions as purchasing
from tieout.purchasing.actions import OrderLine
from tieout.purchasing.models import Bill, BillLine
from tieout.quickbooks import changes, guards, masters, reconciliation
from tieout.quickbooks.models import ReconciledAccount, ReconciledTerm
from tieout.quickbooks.poster import post_due
from tieout.quickbooks.waits import Waits
from tieout.stock import actions as stock

ON = date(2026, 1, 31)


@pytest.fixture
def many(factory):  # type: ignore[no-untyped-def]
    """With many currencies, and the accrual mapped."""
    factory.books.prefer("CurrencyPrefs", MultiCurrencyEnabled=True)
    with companies.scope(factory.company):
        accrual = Account.objects.get(external_id=factory.accrued)
    ledger.set_mapping(factory.controller, rules=[Rule(Role.GRNI, Target(accrual.pk))])
    return factory


def abroad(factory, code: str = "EUR") -> str:  # type: ignore[no-untyped-def]
    return str(factory.books.create("Vendor", {"DisplayName": "Teehaus", "CurrencyRef": {"value": code}})["Id"])


def typed(factory, vendor: str, *lines: str, rate: str, **more: object) -> dict:  # type: ignore[no-untyped-def, type-arg]
    document = bill(vendor, *lines, TxnDate="2026-01-20", ExchangeRate=Decimal(rate), **more)
    return factory.books.outsider("create", "Bill", None, document)  # type: ignore[no-any-return]


def billed(factory, waits: Waits) -> tuple[list[int], int]:  # type: ignore[no-untyped-def]
    """What bills have on the accrual beside an entry of ours, and what no term explains, over all accounts."""
    factory.transmission(cents=500)
    post_due(factory.company, waits=waits)
    done = reconciliation.asked(factory.company, ON, waits=waits)
    with companies.scope(factory.company):
        line = ReconciledAccount.objects.get(run=done.run, account__external_id=factory.accrued)
        terms = ReconciledTerm.objects.filter(line=line).order_by("id")
        assert {"billed"} == {one.kind for one in terms}
        return [one.cents for one in terms], done.rest


# --- The ledger -----------------------------------------------------------------------------------------------------


def test_our_entries_stay_at_home_and_are_read_back_without_a_difference(many, waits: Waits) -> None:
    vendor = abroad(many)
    many.transmission(cents=42000, party={"kind": "vendor", "id": vendor, "name": "Teehaus"})

    post_due(many.company, waits=waits)

    (entry,) = many.entries()
    assert ("USD", 1) == (entry["CurrencyRef"]["value"], entry["ExchangeRate"])
    assert [] == many.findings()


def test_foreign_bills_on_the_accrual_tie_to_the_cent(many, waits: Waits) -> None:
    """Each line is converted by itself, there as here: 0.33 at 1.105 is 0.36, three times, and not 1.09."""
    vendor = abroad(many)
    lines = [f"{many.accrued} 0.33"] * 3
    typed(many, vendor, *lines, rate="1.105")

    changes.sweep(many.company, waits=waits)

    assert ([108], 0) == billed(many, waits)


def test_a_rate_that_is_edited_is_read_again(many, waits: Waits) -> None:
    vendor = abroad(many)
    one = typed(many, vendor, f"{many.accrued} 44.00", rate="11")
    changes.sweep(many.company, waits=waits)
    many.books.outsider("edit", "Bill", one["Id"], {"ExchangeRate": Decimal(9)})
    changes.sweep(many.company, waits=waits)

    with companies.scope(many.company):
        mirrored = Bill.objects.get(external_id=one["Id"])
        (line,) = BillLine.objects.filter(bill=mirrored, ended=None)
    assert ("EUR", Decimal(9), 39600, Decimal("44.00")) == (
        mirrored.currency,
        mirrored.rate,
        line.amount,
        line.foreign_amount,
    )
    assert ([39600], 0) == billed(many, waits)


# --- Vendors --------------------------------------------------------------------------------------------------------


@pytest.fixture
def buyer(factory):  # type: ignore[no-untyped-def]
    """Somebody who may do what setting up takes."""
    by = actors.engage(factory.company, "Ada", ActorRole.ADMINISTRATOR)
    stock.add_site(by, code="MILL", name="Mill")
    catalog.add_unit(by, code="kg", name="kilogram")
    catalog.add_item(by, sku="TEA", name="Tea", kind="raw", unit="kg")
    return by


def order(buyer, currency: str) -> str:  # type: ignore[no-untyped-def]
    lines = [OrderLine("TEA", Decimal(20), Decimal("2.10"))]
    return purchasing.place_order(
        buyer, supplier="TEEHAUS", site="MILL", lines=lines, ordered_on=date(2026, 1, 10), currency=currency
    ).number


def test_a_vendor_is_asked_for_in_the_currency_of_its_supplier(many, buyer) -> None:
    purchasing.add_supplier(buyer, code="TEEHAUS", name="Teehaus", currency="EUR")
    purchasing.add_supplier(buyer, code="HIVE", name="Hive", currency="USD")

    masters.request_parties(many.company)

    (foreign,), (home,) = (
        many.books.query(f"select * from Vendor where DisplayName = '{name}'") for name in ("Teehaus", "Hive")
    )
    assert ("EUR", "USD") == (foreign["CurrencyRef"]["value"], home["CurrencyRef"]["value"])


def test_a_quickbooks_with_one_currency_says_what_it_lacks(factory, buyer) -> None:
    purchasing.add_supplier(buyer, code="TEEHAUS", name="Teehaus", currency="EUR")

    requested = masters.request_parties(factory.company)

    assert "Multi Currency should be enabled" in requested.refused["Teehaus"]


def test_a_supplier_paid_in_another_currency_is_found_with_a_way_out(many, buyer, waits: Waits) -> None:
    abroad(many, "GBP")
    purchasing.add_supplier(buyer, code="TEEHAUS", name="Teehaus", currency="GBP")
    number = order(buyer, "EUR")
    changes.read_lists(many.company, waits=waits)
    masters.request_parties(many.company)

    guards.check(many.company, waits=waits)

    (finding,) = [one for one in many.findings() if one.kind == "other currency"]
    assert finding.message.startswith(
        f"{number} with Teehaus is in EUR, and QuickBooks pays this vendor in GBP: bills come in GBP"
    )
    assert "add a vendor in EUR in QuickBooks" in finding.message


def test_a_supplier_paid_as_agreed_is_none(many, buyer, waits: Waits) -> None:
    abroad(many)
    purchasing.add_supplier(buyer, code="TEEHAUS", name="Teehaus", currency="EUR")
    order(buyer, "EUR")
    changes.read_lists(many.company, waits=waits)
    masters.request_parties(many.company)

    guards.check(many.company, waits=waits)

    assert [] == [one for one in many.findings() if one.kind == "other currency"]


def test_books_kept_in_another_currency_than_here_are_found(factory, waits: Waits) -> None:
    Company.objects.filter(pk=factory.company).update(currency="CAD")

    guards.check(factory.company, waits=waits)

    (finding,) = [one for one in factory.findings() if one.kind == "other currency"]
    assert finding.message.startswith("QuickBooks keeps these books in USD, and Tieout in CAD")


# --- Tax ------------------------------------------------------------------------------------------------------------


def test_a_bill_with_tax_waits_in_sight_and_is_taken_over_once_it_is_decided(many, waits: Waits) -> None:
    many.books.options(tax_on_purchases="cost")
    taxed = {"TxnTaxDetail": {"TotalTax": Decimal("20.00")}}
    one = many.books.outsider(
        "create", "Bill", None, bill("46", f"{many.accrued} 100.00", TxnDate="2026-01-20", **taxed)
    )
    changes.sweep(many.company, waits=waits)

    (finding,) = many.findings()
    assert "nobody has said yet whether tax on purchases is reclaimed" in finding.message
    ledger.set_policy(many.controller, name="tax on purchases", value="cost", effective_from=date(2026, 1, 1))
    many.books.outsider("edit", "Bill", one["Id"], {"PrivateNote": "looked at again"})
    changes.sweep(many.company, waits=waits)

    assert [] == many.findings()
    assert ([12000], 0) == billed(many, waits)
