"""Connecting and disconnecting: consent, code, tokens; bound to a person, a company and one set of books."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from qbo_emulator.testing import Books
from tieout.access import actors
from tieout.access import company as companies
from tieout.access.acting import Acting
from tieout.access.actions import NotAllowed
from tieout.access.models import AuditRow
from tieout.access.permissions import ActorRole
from tieout.quickbooks import actions, consents, oauth, rounds, tokens
from tieout.quickbooks.models import Connection, Consent, Credential
from tieout.quickbooks.outcomes import Unknown
from tieout.quickbooks.waits import Waits

BACK = "http://localhost:8765/quickbooks/return"


def begin(by: Acting, books: Books, *, base_url: str = "") -> str:
    """The address that the person's browser goes to."""
    consent = actions.begin_consent(
        by,
        base_url=base_url or books.url,
        return_to=BACK,
        client_id=books.client_id,
        client_secret=books.client_secret,
    )
    return consents.address(by, consent)


def agree(books: Books, address: str, *, decision: str = "connect", realm: str = "") -> dict[str, str]:
    """What a person does on QuickBooks' page; what the browser comes back with."""
    target = address.removeprefix(books.url)
    form = urlencode({"decision": decision, "realm": realm or books.realm_id})
    answer = books.send("POST", target, form, {"Content-Type": "application/x-www-form-urlencoded"})
    assert 302 == answer.status, answer.text
    returned = parse_qs(urlsplit(answer.headers["Location"]).query)
    return {name: values[0] for name, values in returned.items()}


def come_back(by: Acting, returned: dict[str, str], waits: Waits) -> str:
    return oauth.complete(
        by,
        state=returned.get("state", ""),
        code=returned.get("code", ""),
        realm=returned.get("realmId", ""),
        error=returned.get("error", ""),
        waits=waits,
    )


def test_consent_is_given_exchanged_and_kept_locked(company, controller, qbo: Books, waits: Waits) -> None:
    address = begin(controller, qbo)
    realm = come_back(controller, agree(qbo, address), waits)

    assert qbo.realm_id == realm == _connection(company.pk).realm
    assert "connected" == _connection(company.pk).state
    token = tokens.access_token(company.pk, waits=waits)
    with companies.scope(company.pk), connection.cursor() as cursor:
        for table in ("quickbooks_credential", "quickbooks_consent", "access_auditrow"):
            cursor.execute(f"select string_agg(t::text, ' ') from {table} t")
            (kept,) = cursor.fetchone()
            assert token not in kept
            assert qbo.client_secret not in kept
            assert parse_qs(urlsplit(address).query)["state"][0] not in kept


def test_the_address_asks_for_the_books_alone_and_carries_no_secret(controller, qbo: Books) -> None:
    asked = parse_qs(urlsplit(begin(controller, qbo)).query)

    assert (["com.intuit.quickbooks.accounting"], ["code"], [BACK]) == (
        asked["scope"],
        asked["response_type"],
        asked["redirect_uri"],
    )
    assert ["S256"] == asked["code_challenge_method"]
    assert len(asked["state"][0]) >= 40
    assert qbo.client_secret not in str(asked)


def test_for_intuit_itself_the_address_is_intuits(controller, qbo: Books) -> None:
    address = begin(controller, qbo, base_url="https://quickbooks.api.intuit.com")

    assert address.startswith("https://appcenter.intuit.com/connect/oauth2?")


def test_each_consent_has_a_state_of_its_own_that_works_once(controller, qbo: Books, waits: Waits) -> None:
    first, second = begin(controller, qbo), begin(controller, qbo)
    assert first != second
    returned = agree(qbo, first)
    come_back(controller, returned, waits)

    with pytest.raises(consents.StrangeConsent, match="was used already"):
        come_back(controller, returned, waits)


@pytest.mark.parametrize("state", ["", "guessed", "x" * 5000, "\ud800"])
def test_an_invented_state_connects_nothing(company, controller, qbo: Books, waits: Waits, state: str) -> None:
    returned = agree(qbo, begin(controller, qbo))

    with pytest.raises(consents.StrangeConsent):
        come_back(controller, {**returned, "state": state}, waits)
    assert not _is_connected(company.pk)


def test_a_consent_belongs_to_the_person_who_asked(company, controller, qbo: Books, waits: Waits) -> None:
    returned = agree(qbo, begin(controller, qbo))
    other = actors.engage(company.pk, "Conrad", ActorRole.CONTROLLER)

    with pytest.raises(consents.StrangeConsent):
        come_back(other, returned, waits)
    assert not _is_connected(company.pk)


def test_a_consent_of_yesterday_is_none(company, controller, qbo: Books, waits: Waits) -> None:
    returned = agree(qbo, begin(controller, qbo))
    with companies.scope(company.pk):
        Consent.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    with pytest.raises(consents.StrangeConsent, match="in the last half hour"):
        come_back(controller, returned, waits)


def test_a_consent_that_is_not_given_is_said_and_changes_nothing(company, controller, qbo: Books, waits) -> None:
    returned = agree(qbo, begin(controller, qbo), decision="cancel")

    with pytest.raises(oauth.ConsentRefused, match="the consent was not given"):
        come_back(controller, returned, waits)
    assert not _is_connected(company.pk)


@pytest.mark.parametrize("realm", ["", "not a number", "../9341450000000001", "\uff11\uff12", "9" * 30])
def test_a_realm_that_is_none_connects_nothing(company, controller, qbo: Books, waits: Waits, realm: str) -> None:
    returned = agree(qbo, begin(controller, qbo))

    with pytest.raises(consents.StrangeConsent, match="did not say which company"):
        come_back(controller, {**returned, "realmId": realm}, waits)
    assert not _is_connected(company.pk)


def test_a_realm_other_than_the_one_consented_to_is_noticed(company, controller, qbo: Books, waits: Waits) -> None:
    other = qbo.another()
    returned = agree(qbo, begin(controller, qbo))

    with pytest.raises(consents.StrangeConsent, match="does not open the books"):
        come_back(controller, {**returned, "realmId": other.realm_id}, waits)
    assert not _is_connected(company.pk)


def test_books_of_another_company_are_refused_before_a_token_is_fetched(factory, waits: Waits) -> None:
    founded = actors.found("Second company")
    by = actors.engage(founded.pk, "Carlo", ActorRole.CONTROLLER)
    returned = agree(factory.books, begin(by, factory.books))
    before = len(factory.books.requests())

    with pytest.raises(actions.RealmTaken, match="disconnect it there first"):
        come_back(by, returned, waits)

    assert before == len(factory.books.requests())
    assert tokens.access_token(factory.company, waits=waits)


def test_a_wrong_secret_is_said_with_where_to_look(company, controller, qbo: Books, waits: Waits) -> None:
    consent = actions.begin_consent(
        controller, base_url=qbo.url, return_to=BACK, client_id=qbo.client_id, client_secret="mistyped"
    )
    returned = agree(qbo, consents.address(controller, consent))

    with pytest.raises(oauth.ConsentRefused, match="client id and secret"):
        come_back(controller, returned, waits)
    assert not _is_connected(company.pk)


@pytest.mark.parametrize("fault", ["reset", "html", "truncate", "gzip_bomb"])
def test_an_exchange_without_an_answer_connects_nothing(company, controller, qbo: Books, waits: Waits, fault) -> None:
    returned = agree(qbo, begin(controller, qbo))
    qbo.fault(fault, match={"operation": "token"})

    with pytest.raises(Unknown):
        come_back(controller, returned, waits)
    assert not _is_connected(company.pk)


@pytest.mark.parametrize("role", [ActorRole.OPERATOR, ActorRole.BUYER, ActorRole.AUDITOR])
def test_who_may_not_connect_is_refused_and_that_is_on_record(company, qbo: Books, role: ActorRole) -> None:
    by = actors.engage(company.pk, "Ada", role)

    with pytest.raises(NotAllowed):
        begin(by, qbo)
    with companies.scope(company.pk):
        assert ["refused"] == list(AuditRow.objects.filter(action="begin_consent").values_list("outcome", flat=True))


def test_connecting_again_needs_the_secret_not_to_be_typed_again(factory, waits: Waits) -> None:
    tokens.reconnect_needed(factory.company, reason="a hundred days without use")
    consent = actions.begin_consent(factory.controller, base_url=factory.books.url, return_to=BACK)

    come_back(factory.controller, agree(factory.books, consents.address(factory.controller, consent)), waits)

    assert ("connected", "") == (_connection(factory.company).state, _connection(factory.company).reason)


def test_the_installations_own_app_is_used_where_none_is_typed(controller, qbo: Books) -> None:
    with pytest.raises(consents.NoApp, match="Keys and credentials"):
        actions.begin_consent(controller, base_url=qbo.url, return_to=BACK)
    with override_settings(QUICKBOOKS_CLIENT_ID="ABapp", QUICKBOOKS_CLIENT_SECRET="hush"):
        consent = actions.begin_consent(controller, base_url=qbo.url, return_to=BACK)

    assert "client_id=ABapp" in consents.address(controller, consent)


def test_disconnecting_ends_the_connection_at_quickbooks_and_forgets_the_tokens(factory, waits: Waits) -> None:
    assert oauth.disconnect(factory.controller, reason="moving on", waits=waits)

    assert 401 == factory.books.call("GET", "preferences").status
    assert "disconnected" == _connection(factory.company).state
    assert not _has_tokens(factory.company)
    with pytest.raises(tokens.NoTokens):
        tokens.access_token(factory.company, waits=waits)


def test_an_end_that_quickbooks_did_not_hear_is_said_again_by_the_worker(factory, waits: Waits) -> None:
    factory.books.fault("status", status=503, match={"operation": "token"})
    url = factory.books.url
    with companies.scope(factory.company):
        Connection.objects.update(base_url="http://127.0.0.1:9")

    assert not oauth.disconnect(factory.controller, reason="moving on", waits=waits)
    with pytest.raises(tokens.NoTokens):
        tokens.access_token(factory.company, waits=waits)
    with companies.scope(factory.company):
        Connection.objects.update(base_url=url)
    rounds.sometimes(factory.company, waits=waits)

    assert 401 == factory.books.call("GET", "preferences").status
    assert not _has_tokens(factory.company)


def test_a_connection_that_quickbooks_ended_itself_is_disconnected_all_the_same(factory, waits: Waits) -> None:
    oauth.disconnect(factory.controller, reason="first", waits=waits)
    with companies.scope(factory.company):
        Connection.objects.update(state="reconnect needed")

    assert oauth.disconnect(factory.controller, reason="second", waits=waits)
    assert "disconnected" == _connection(factory.company).state


def _connection(company: int) -> Connection:
    with companies.scope(company):
        return Connection.objects.get()


def _is_connected(company: int) -> bool:
    with companies.scope(company):
        return Connection.objects.exists() or Credential.objects.exists()


def _has_tokens(company: int) -> bool:
    with companies.scope(company):
        return Credential.objects.exists()
