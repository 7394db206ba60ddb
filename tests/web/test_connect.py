"""The set-up assistant as a person uses it: consent, accounts, mapping, names, and the end."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.test import Client

from qbo_emulator.testing import Books, qbo, qbo_server
from tests.factory import Factory
from tests.factory import small as small_factory
from tests.web.conftest import Answer, hidden, text
from tieout.access import company as companies
from tieout.access.models import AuditRow, Company
from tieout.core.roles import Role
from tieout.ledger import mapping
from tieout.ledger.models import Account, Party
from tieout.quickbooks import tokens
from tieout.quickbooks.models import Connection

__all__ = ["qbo", "qbo_server"]

PAGE = "/quickbooks"


@pytest.fixture
def factory(transactional_db: None) -> Factory:
    """A demo company whose floor is at work, before QuickBooks is connected."""
    made = small_factory()
    Company.objects.filter(pk=made.company).update(is_demo=True)
    return made


@pytest.fixture
def finance(factory: Factory) -> Client:
    client = Client(SERVER_NAME="localhost")
    client.post(f"/sign-in/{factory.company}", {"name": "Controller"})
    return client


def ask(client: Client, act: str, **typed: str) -> Answer:
    return client.post(PAGE, {**hidden(client.get(PAGE)), "act": act, **typed})


def consent(client: Client, books: Books, *, decision: str = "connect") -> Answer:
    """To QuickBooks' page, and back by where it sends the browser."""
    typed = {"where": "other", "address": books.url, "client_id": books.client_id, "client_secret": books.client_secret}
    leaving = ask(client, "connect", **typed)
    assert 303 == leaving.status_code, text(leaving)
    form = urlencode({"decision": decision, "realm": books.realm_id})
    target = leaving.headers["Location"].removeprefix(books.url)
    answer = books.send("POST", target, form, {"Content-Type": "application/x-www-form-urlencoded"})
    back = urlsplit(answer.headers["Location"])
    return client.get(f"{back.path}?{back.query}")


def test_from_nothing_to_every_role_mapped_in_two_acts(factory: Factory, finance: Client, qbo: Books) -> None:
    assert "Not connected yet" in text(finance.get(PAGE))

    assert PAGE == consent(finance, qbo).headers["Location"]
    page = text(finance.get(PAGE))
    assert "Connected to Sandbox Company" in page
    assert "Make “Goods Received Not Invoiced”" in page
    assert "QuickBooks has an account of this name and type" in page  # its own Cost of Goods Sold
    assert "Accrued purchases: a receipt owes it" in page
    done = ask(finance, "set-up", **_as_proposed(finance))

    assert 303 == done.status_code, text(done)
    with companies.scope(factory.company):
        rules = mapping.rules(mapping.newest())
        assert set(Role) == {rule.role for rule in rules}
        assert not Party.objects.filter(external_id="").exists()
        asked = list(AuditRow.objects.filter(action="begin_set_up").values_list("subject", "outcome"))
    assert [("accounts", "done"), ("vendors and customers", "done")] == asked
    assert 1 == len(qbo.query("select * from Account where Name = 'Goods Received Not Invoiced'"))
    assert "Every role has its account" in text(finance.get(PAGE))


def test_an_account_of_ones_own_is_taken_where_its_name_says_it_or_it_is_chosen(factory, finance, qbo: Books) -> None:
    liability, asset = "Other Current Liability", "Other Current Asset"
    qbo.create("Account", {"Name": "Inventory received not billed", "AccountType": liability})
    qbo.create("Account", {"Name": "Kitchen", "AccountType": asset})
    consent(finance, qbo)
    with companies.scope(factory.company):
        kitchen = Account.objects.get(name="Kitchen").pk
    assert "Its name says so" in text(finance.get(PAGE))

    ask(finance, "set-up", **{**_as_proposed(finance), "role-WIP": str(kitchen)})

    with companies.scope(factory.company):
        plays = {rule.role: rule.target.account for rule in mapping.rules(mapping.newest())}
        names = dict(Account.objects.values_list("id", "name"))
    assert ("Inventory received not billed", "Kitchen") == (names[plays[Role.GRNI]], names[plays[Role.WIP]])
    assert [] == qbo.query("select * from Account where Name = 'Inventory - Work in Process'")


def test_setting_up_again_changes_nothing(factory: Factory, finance: Client, qbo: Books) -> None:
    consent(finance, qbo)
    ask(finance, "set-up", **_as_proposed(finance))
    accounts = qbo.count("select count(*) from Account")

    ask(finance, "set-up", **_as_proposed(finance))

    assert accounts == qbo.count("select count(*) from Account")
    with companies.scope(factory.company):
        assert 1 == mapping.newest()


def test_an_account_of_the_wrong_type_is_refused_before_anything_is_made(factory, finance, qbo: Books) -> None:
    consent(finance, qbo)
    with companies.scope(factory.company):
        checking = Account.objects.get(name="Checking").pk
    before = qbo.count("select count(*) from Account")

    answer = ask(finance, "set-up", **{**_as_proposed(finance), "role-GRNI": str(checking)})

    assert 422 == answer.status_code
    assert "Checking is of the type Bank" in text(answer)
    assert before == qbo.count("select count(*) from Account")


def test_consent_that_is_not_given_is_said_on_the_page(finance: Client, qbo: Books) -> None:
    answer = consent(finance, qbo, decision="cancel")

    assert 422 == answer.status_code
    assert "the consent was not given" in text(answer)


def test_a_return_that_nobody_asked_for_is_said_on_the_page(finance: Client, qbo: Books) -> None:
    answer = finance.get("/quickbooks/return?state=invented&code=AB11&realmId=1")

    assert 422 == answer.status_code
    assert "does not belong to anything that was asked here" in text(answer)


def test_who_is_not_signed_in_comes_back_after_signing_in(qbo: Books, factory: Factory) -> None:
    answer = Client().get("/quickbooks/return?state=s&code=c&realmId=1")

    assert 302 == answer.status_code
    assert "next=%2Fquickbooks%2Freturn" in answer.headers["Location"]


def test_the_page_lets_its_form_lead_to_the_consent_page_and_nowhere_else(finance: Client) -> None:
    policy = finance.get(PAGE).headers["Content-Security-Policy"]

    assert "form-action 'self' https://appcenter.intuit.com " in policy
    assert "script-src" not in policy
    assert "default-src 'self'" in policy


def test_nothing_secret_is_on_the_page_or_in_an_address(finance: Client, qbo: Books) -> None:
    answer = consent(finance, qbo)
    page = finance.get(PAGE).content.decode()

    for secret in (qbo.client_secret, qbo.access_token, qbo.refresh_token):
        assert secret not in page
        assert secret not in answer.headers["Location"]


def test_a_connection_that_ended_is_said_with_its_reason(factory: Factory, finance: Client, qbo: Books) -> None:
    consent(finance, qbo)
    tokens.reconnect_needed(factory.company, reason="QuickBooks ended the connection.")

    page = text(finance.get(PAGE))

    assert "Connect again: nothing goes to QuickBooks until then" in page
    assert "QuickBooks ended the connection." in page


def test_disconnecting_is_done_here_and_there(factory: Factory, finance: Client, qbo: Books) -> None:
    consent(finance, qbo)

    assert 422 == ask(finance, "disconnect").status_code
    assert 303 == ask(finance, "disconnect", reason="moving on").status_code

    assert "disconnected, here and there" in text(finance.get(PAGE))
    assert 401 == qbo.call("GET", "preferences").status
    with companies.scope(factory.company):
        assert "disconnected" == Connection.objects.get().state


@pytest.mark.parametrize("act", ["connect", "read", "set-up", "disconnect", "resume"])
def test_an_auditor_looks_and_changes_nothing(factory: Factory, act: str) -> None:
    client = Client()
    client.post(f"/sign-in/{factory.company}", {"name": "Auditor"})
    assert 200 == client.get(PAGE).status_code

    assert 403 == client.post(PAGE, {"act": act, "reason": "x"}).status_code


def test_the_state_of_a_consent_is_new_each_time(finance: Client, qbo: Books) -> None:
    typed = {"where": "other", "address": qbo.url, "client_id": qbo.client_id, "client_secret": qbo.client_secret}
    leaving = [ask(finance, "connect", **typed).headers["Location"] for _ in range(2)]

    assert 2 == len({parse_qs(urlsplit(one).query)["state"][0] for one in leaving})


@pytest.mark.parametrize("address", ["http://169.254.169.254/", "https://quickbooks.api.intuit.com.evil.example", "x"])
def test_only_quickbooks_or_an_emulator_is_gone_to(finance: Client, address: str) -> None:
    answer = ask(finance, "connect", where="other", address=address, client_id="a", client_secret="b")

    assert 422 == answer.status_code
    assert "is no address of QuickBooks" in text(answer)


def _as_proposed(client: Client) -> dict[str, str]:
    """The form as the page shows it."""
    page = client.get(PAGE).content.decode()
    chosen = re.findall(r'<select class="form-select" name="(role-\w+)".*?<option value="(\d*)" selected', page, re.S)
    return dict(chosen)
