"""The lists of QuickBooks as Tieout knows them, and the accounts it asks for."""

from __future__ import annotations

import pytest

from tieout.access import company as companies
from tieout.core.roles import Role
from tieout.ledger.models import Account, MappingRule, Party
from tieout.quickbooks import changes, masters, proposals, set_up


def test_every_role_gets_an_account_of_its_own(factory) -> None:
    accounts = set_up.set_up(factory.company)

    assert set(Role) == set(accounts)
    assert len(Role) == len({account.external_id for account in accounts.values()})
    assert "Other Current Liability" == accounts[Role.GRNI].type


def test_setting_up_twice_makes_nothing_twice(factory) -> None:
    first = set_up.set_up(factory.company)
    count = factory.books.count("select count(*) from Account")

    second = set_up.set_up(factory.company)

    assert {role: one.pk for role, one in first.items()} == {role: one.pk for role, one in second.items()}
    assert count == factory.books.count("select count(*) from Account")


def test_an_account_of_another_type_does_not_play_the_role(factory) -> None:
    factory.books.create("Account", {"Name": "Scrap", "AccountType": "Income"})

    accounts = set_up.set_up(factory.company)

    assert ("Scrap (Tieout)", "Cost of Goods Sold") == (accounts[Role.SCRAP].name, accounts[Role.SCRAP].type)


def test_a_proposal_makes_nothing(factory) -> None:
    before = factory.books.count("select count(*) from Account")

    changes.read_lists(factory.company)
    with companies.scope(factory.company):
        proposed = proposals.proposals(factory.books.realm_id)

    assert set(Role) == {one.role for one in proposed}
    assert all(one.why and one.reason and one.name for one in proposed)
    assert before == factory.books.count("select count(*) from Account")


def test_the_mirror_follows_names_and_keeps_that_of_an_inactive_one(factory) -> None:
    changes.read_lists(factory.company)
    factory.books.outsider("edit", "Account", factory.raw, {"Name": "Grain"})
    changes.read_lists(factory.company)
    factory.books.outsider("deactivate", "Account", factory.raw)
    changes.read_lists(factory.company)

    with companies.scope(factory.company):
        account = Account.objects.get(external_id=factory.raw)
    assert ("Grain", False) == (account.name, account.active)


def test_an_inactive_account_in_use_is_a_finding_until_it_is_mended(factory) -> None:
    changes.read_lists(factory.company)
    _map(factory, Role.RAW, factory.raw)
    factory.books.outsider("edit", "Account", factory.raw, {"Active": False})
    changes.read_lists(factory.company)
    (finding,) = factory.findings()
    factory.books.outsider("edit", "Account", factory.raw, {"Active": True})
    changes.read_lists(factory.company)

    assert "inactive" == finding.kind
    assert [] == factory.findings()


def test_an_inventory_item_on_a_mapped_account_is_a_finding(factory) -> None:
    item = factory.books.query("select * from Item where Type = 'Inventory'")[0]
    changes.read_lists(factory.company)
    _map(factory, Role.RAW, item["AssetAccountRef"]["value"])

    changes.read_lists(factory.company)

    assert {"inventory item"} == {finding.kind for finding in factory.findings()}
    assert "a second time" in factory.findings()[0].message


@pytest.mark.parametrize("kind", ["vendor", "customer"])
def test_a_requested_party_is_created_once_and_linked(factory, kind: str) -> None:
    _party(factory, kind, "Norden Malt")

    first = masters.request_parties(factory.company)
    second = masters.request_parties(factory.company)

    found = factory.books.query(f"select * from {kind.capitalize()} where DisplayName = 'Norden Malt'")
    assert (["Norden Malt"], []) == (first.created, second.created)
    assert [found[0]["Id"]] == _external_ids(factory, "Norden Malt")


def test_a_party_that_quickbooks_knows_is_linked_and_not_created(factory) -> None:
    known = factory.books.query("select * from Vendor")[0]
    _party(factory, "vendor", known["DisplayName"])

    requested = masters.request_parties(factory.company)

    assert ([known["DisplayName"]], []) == (requested.linked, requested.created)


def test_a_firm_that_sells_and_buys_gets_a_marked_name_in_one_list(factory) -> None:
    customer = factory.books.query("select * from Customer")[0]["DisplayName"]
    _party(factory, "vendor", customer)

    requested = masters.request_parties(factory.company)

    assert [customer] == requested.created
    assert 1 == len(factory.books.query(f"select * from Vendor where DisplayName = '{_quoted(customer)} (vendor)'"))


def test_a_name_with_an_apostrophe_is_asked_for_as_it_is(factory) -> None:
    _party(factory, "vendor", "O'Malley's Malt")

    masters.request_parties(factory.company)
    changes.read_lists(factory.company)

    with companies.scope(factory.company):
        assert 1 == Party.objects.filter(name="O'Malley's Malt").exclude(external_id="").count()


def _party(factory, kind: str, name: str) -> None:
    with companies.scope(factory.company):
        Party.objects.create(company_id=factory.company, kind=kind, name=name)


def _external_ids(factory, name: str) -> list[str]:
    with companies.scope(factory.company):
        return [one.external_id for one in Party.objects.filter(name=name)]


def _map(factory, role: Role, external_id: str) -> None:
    with companies.scope(factory.company):
        account = Account.objects.get(external_id=external_id)
        MappingRule.objects.create(company_id=factory.company, version=1, role=role, account=account)


def _quoted(name: str) -> str:
    return name.replace("'", "\\'")
