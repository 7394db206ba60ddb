"""What in QuickBooks would spoil the books is found before it does, with its reason and its way out."""

from __future__ import annotations

import pytest

from tieout.access import actors
from tieout.access import company as companies
from tieout.access.permissions import ActorRole
from tieout.catalog import actions as catalog
from tieout.core.roles import Role
from tieout.ledger.models import Account, Dimension, MappingRule
from tieout.purchasing import actions as purchasing
from tieout.quickbooks import changes, guards, masters, rounds
from tieout.quickbooks.waits import Waits


@pytest.fixture
def read(factory, waits: Waits):
    """A company whose lists were read, with raw material mapped."""
    changes.read_lists(factory.company, waits=waits)
    _map(factory, account=factory.raw)
    return factory


def test_good_books_have_no_findings(read, waits: Waits) -> None:
    guards.check(read.company, waits=waits)

    assert [] == read.findings()


def test_an_inventory_item_on_a_mapped_account_is_found_when_it_is_made(read, waits: Waits) -> None:
    pump = read.books.query("select * from Item where Name = 'Pump'")[0]
    _map(read, account=pump["AssetAccountRef"]["value"])

    changes.sweep(read.company, waits=waits)

    found = {one.subject: one.message for one in read.findings()}
    assert "a second time" in found[f"item {pump['Id']}"]
    assert {"inventory item"} == {one.kind for one in read.findings()}


def test_an_inventory_item_that_is_an_item_of_ours_is_found_whatever_its_accounts(read, waits: Waits) -> None:
    _item(read, "Pump")

    guards.check_mapped(read.company)

    (finding,) = read.findings()
    assert "is of type Inventory and is Pump here" in finding.message


def test_an_inventory_item_that_is_ended_there_closes_its_finding(read, waits: Waits) -> None:
    pump = _item(read, "Pump")
    guards.check_mapped(read.company)
    read.books.outsider("edit", "Item", pump, {"QtyOnHand": 0})
    read.books.outsider("deactivate", "Item", pump)

    changes.sweep(read.company, waits=waits)

    assert [] == read.findings()


def test_an_account_merged_away_while_it_is_mapped_is_found(read, waits: Waits) -> None:
    other = read.books.create("Account", {"Name": "Grain", "AccountType": "Other Current Asset"})
    read.books.outsider("merge", "Account", read.raw, {"into": other["Id"]})

    changes.sweep(read.company, waits=waits)

    (finding,) = read.findings()
    assert ("inactive", f"account {read.raw}") == (finding.kind, finding.subject)
    assert "merged into another" in finding.message


def test_a_vendor_that_quickbooks_lacks_is_found_until_it_is_asked_for(read, waits: Waits) -> None:
    buyer = actors.engage(read.company, "Bo", ActorRole.BUYER)
    for name in ("Norden Malt", "O'Malley's \"Hops\""):
        purchasing.add_supplier(buyer, code=name[:3], name=name)

    guards.check_mapped(read.company)
    (finding,) = read.findings()
    masters.request_parties(read.company, waits=waits)
    guards.check_mapped(read.company)

    assert ("missing name", ["Norden Malt", "O'Malley's \"Hops\""]) == (finding.kind, finding.facts["names"])
    assert [] == read.findings()


def test_a_vendor_that_is_ended_there_while_we_buy_from_it_is_found(read, waits: Waits) -> None:
    buyer = actors.engage(read.company, "Bo", ActorRole.BUYER)
    purchasing.add_supplier(buyer, code="NL", name="Norton Lumber and Building Materials")
    read.books.outsider("deactivate", "Vendor", "46")

    changes.sweep(read.company, waits=waits)

    assert [("inactive", "vendor 46")] == [(one.kind, one.subject) for one in read.findings()]


@pytest.mark.parametrize("status", ["EXPIRED", "SUSPENDED", "CANCELLED"])
def test_a_subscription_that_lapsed_is_found_and_closed_when_it_is_renewed(read, waits: Waits, status: str) -> None:
    read.books.options(subscription_status=status)
    rounds.nightly(read.company, waits=waits)
    (finding,) = read.findings()
    read.books.options(subscription_status="SUBSCRIBED")

    guards.check(read.company, waits=waits)

    assert "subscription" == finding.kind
    assert "is not lost" in finding.message
    assert [] == read.findings()


def test_a_plan_without_classes_is_found_where_the_mapping_needs_them(read, waits: Waits) -> None:
    read.books.options(offering_sku="QuickBooks Online Simple Start")
    guards.check(read.company, waits=waits)
    assert [] == read.findings()
    _map(read, account=read.raw, klass=True)

    guards.check(read.company, waits=waits)

    assert ["subscription"] == [one.kind for one in read.findings()]
    assert "Upgrade" in read.findings()[0].message


def test_class_tracking_switched_off_is_found_where_the_mapping_needs_it(read, waits: Waits) -> None:
    _map(read, account=read.raw, klass=True)
    read.books.prefer("AccountingInfoPrefs", ClassTrackingPerTxnLine=False)

    guards.check(read.company, waits=waits)

    assert [("tracking off", "class")] == [(one.kind, one.subject) for one in read.findings()]


def test_what_is_mirrored_is_checked_without_a_question(read) -> None:
    before = len(read.books.requests())

    guards.check_mapped(read.company)

    assert before == len(read.books.requests())


def _map(factory, *, account: str, klass: bool = False) -> None:
    """A new version of the mapping, with one rule."""
    with companies.scope(factory.company):
        version = MappingRule.objects.count() + 1
        named = None
        if klass:
            named = Dimension.objects.create(company_id=factory.company, kind="class", external_id="77", name="Kitchen")
        MappingRule.objects.create(
            company_id=factory.company,
            version=version,
            role=Role.RAW,
            account=Account.objects.get(external_id=account),
            klass=named,
        )


def _item(factory, name: str) -> str:
    """An item of ours under the name of one of QuickBooks; its id there."""
    planner = actors.engage(factory.company, "Pia", ActorRole.PLANNER)
    catalog.add_unit(planner, code="EA", name="each", decimals=0)
    catalog.add_item(planner, sku=name, name=name, kind="finished", unit="EA")
    return str(factory.books.query(f"select * from Item where Name = '{name}'")[0]["Id"])
