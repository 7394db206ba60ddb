"""Invariants 6 and 7: the ledger and QuickBooks agree, and whoever changes an entry there is found out."""

from __future__ import annotations

import pytest

from qbo_emulator.testing import Books, qbo, qbo_server
from tests.close.conftest import Tamper
from tests.factory import Factory
from tieout.access import actors
from tieout.access import company as companies
from tieout.access.models import CompanyState
from tieout.close import verify
from tieout.ledger.models import Transmission
from tieout.quickbooks import actions, masters, set_up
from tieout.quickbooks.poster import post_due
from tieout.quickbooks.waits import USUAL

__all__ = ["qbo", "qbo_server"]

QUICK = USUAL.scaled(1 / 1000)


@pytest.fixture
def posted(factory: Factory, qbo: Books) -> Factory:
    """A day's work in the books of a QuickBooks."""
    actors.set_state(factory.company, CompanyState.LIVE)
    actions.connect(
        factory.controller,
        base_url=qbo.url,
        realm=qbo.realm_id,
        client_id=qbo.client_id,
        client_secret=qbo.client_secret,
        access_token=qbo.access_token,
        refresh_token=qbo.refresh_token,
    )
    actions.set_pace(factory.controller, per_minute=500, per_second=10)
    factory.map(set_up.set_up(factory.company, waits=QUICK))
    masters.request_parties(factory.company, waits=QUICK)
    factory.work()
    factory.seal()
    post_due(factory.company, waits=QUICK)
    return factory


def broken(factory: Factory) -> dict[int, list[str]]:
    results = verify.check(factory.company, [6, 7], waits=QUICK)
    return {one.number: [str(finding) for finding in one.findings] for one in results if not one.ok}


def one_of(factory: Factory) -> Transmission:
    with companies.scope(factory.company):
        return Transmission.objects.filter(number__startswith="RCV").order_by("number")[0]


def test_what_was_posted_agrees_with_the_goods_to_the_cent(posted: Factory) -> None:
    results = verify.check(posted.company, replay=True, waits=QUICK)

    assert [] == [str(finding) for one in results for finding in one.findings]
    assert [] == [line for one in results for line in one.listed]
    assert list(range(1, 11)) == [one.number for one in results]


def test_an_entry_edited_in_quickbooks_is_named(posted: Factory, qbo: Books) -> None:
    sent = one_of(posted)
    lines = qbo.read("JournalEntry", sent.external_id)["Line"]
    for line in lines:
        line["Amount"] = 1
    qbo.outsider("edit", "JournalEntry", sent.external_id, {"Line": lines})

    found = broken(posted)

    assert {6, 7} == found.keys()
    assert any(f"QuickBooks' journal entry {sent.external_id} ({sent.number})" in one for one in found[7])
    assert any(f"QuickBooks' journal entry {sent.number} (on " in one for one in found[6])


def test_an_entry_with_another_date_is_named(posted: Factory, qbo: Books) -> None:
    sent = one_of(posted)
    qbo.outsider("edit", "JournalEntry", sent.external_id, {"TxnDate": "2026-01-01"})

    found = broken(posted)

    assert ["The date is 2026-01-01" in one for one in found[7]] == [True]


def test_an_entry_deleted_in_quickbooks_is_named(posted: Factory, qbo: Books) -> None:
    sent = one_of(posted)
    qbo.outsider("delete", "JournalEntry", sent.external_id)

    found = broken(posted)

    (sentence,) = found[7]
    assert sentence.startswith(f"ledger_transmission {sent.pk} ({sent.number}) says entry {sent.external_id}")
    assert "where none is any more" in sentence
    assert any("not there any more" in one for one in found[6])


def test_a_copy_of_an_entry_is_named(posted: Factory, qbo: Books) -> None:
    sent = one_of(posted)
    there = qbo.read("JournalEntry", sent.external_id)
    copy = {name: there[name] for name in ("DocNumber", "TxnDate", "PrivateNote", "Line")}
    qbo.outsider("create", "JournalEntry", None, copy)

    found = broken(posted)

    assert ["and the copies" in one for one in found[7]] == [True]


def test_an_entry_of_ours_that_nobody_sealed_is_named(posted: Factory, qbo: Books, tamper: Tamper) -> None:
    sent = one_of(posted)
    tamper(f"delete from ledger_transmission where id = '{sent.pk}'")

    found = broken(posted)

    assert any(f"journal entry {sent.external_id} ({sent.number}) says an entry of ours" in one for one in found[7])


def test_what_others_booked_is_listed_and_is_no_finding(posted: Factory, qbo: Books) -> None:
    sent = one_of(posted)
    lines = qbo.read("JournalEntry", sent.external_id)["Line"]
    for line in lines:
        line.pop("Id", None)
        line["JournalEntryLineDetail"].pop("Entity", None)
    qbo.outsider("create", "JournalEntry", None, {"DocNumber": "YEAR-END", "TxnDate": "2026-01-15", "Line": lines})

    results = verify.check(posted.company, [6, 7], waits=QUICK)

    assert all(one.ok for one in results)
    assert any("booked by others: YEAR-END" in line for one in results for line in one.listed)


def test_what_waits_is_listed_and_is_no_finding(posted: Factory) -> None:
    posted.buy("OIL", "1", "2.50", lot="O-9")
    posted.seal()
    posted.scrap("O-9", "1")

    results = {one.number: one for one in verify.check(posted.company, [6, 7], waits=QUICK)}

    assert results[6].ok
    assert results[7].ok
    assert any("1 entry is pending, the oldest RCV-" in line for line in results[7].listed)
    assert any("1 journal events are open" in line for line in results[7].listed)
    assert any("not there yet" in line for line in results[6].listed)


def test_a_quickbooks_that_does_not_answer_is_no_proof(posted: Factory, qbo: Books) -> None:
    qbo.fault("status", match={"entity": "JournalEntry"}, status=503, times=50)

    found = broken(posted)

    assert {6, 7} == found.keys()
    assert "QuickBooks cannot be read" in found[7][0]


def test_a_company_without_quickbooks_is_proved_on_its_own_side(factory: Factory) -> None:
    factory.work()

    results = verify.check(factory.company, [6])

    assert (True, ["QuickBooks is not connected: only the ledger's own side was looked at."]) == (
        results[0].ok,
        list(results[0].listed),
    )


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("update ledger_journalline set role = 'PPV' where id = 1", "ledger_event 1 (RCV-"),
        ("update stock_balance set value = value + 1 where id = 1", "ledger_journalline on RAW says 304.34"),
        ("update stock_movement set value = value + 1 where id = 1", "as its movements"),
    ],
)
def test_goods_and_lines_that_disagree_are_named(statement: str, says: str, factory: Factory, tamper: Tamper) -> None:
    factory.work()
    tamper(statement)

    found = broken(factory)

    assert any(says in one for one in found[6]), found
