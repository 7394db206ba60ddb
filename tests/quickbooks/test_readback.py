"""What others do to our entries in QuickBooks is noticed, told, and left to a person."""

from __future__ import annotations

import time

import pytest

from tieout.quickbooks import actions, changes, readback
from tieout.quickbooks.poster import post_due, settle
from tieout.quickbooks.waits import Waits

JOURNAL = {"entity": "JournalEntry", "method": "POST"}


@pytest.fixture
def posted(factory, waits: Waits):
    """A confirmed entry, from when on changes are watched."""
    changes.sweep(factory.company, waits=waits)
    sealed = factory.transmission()
    post_due(factory.company, waits=waits)
    return factory.now(sealed)


def test_a_confirmed_entry_is_read_back_once(factory, posted, waits: Waits) -> None:
    first = _read_back(factory, waits)
    second = _read_back(factory, waits)

    assert (1, 0) == (first, second)
    assert factory.now(posted).read_back_at is not None
    assert [] == factory.findings()


def test_an_edited_amount_is_tampered_with_the_moment(factory, posted, waits: Waits) -> None:
    lines = factory.books.read("JournalEntry", posted.external_id)["Line"]
    for line in lines:
        line["Amount"] = 1
    factory.books.outsider("edit", "JournalEntry", posted.external_id, {"Line": lines})

    changes.sweep(factory.company, waits=waits)

    (finding,) = factory.findings()
    assert ("tampered", posted.number) == (finding.kind, finding.subject)
    assert "Missing: debit 1025.00" in finding.message
    assert finding.facts["changed"]
    assert "confirmed" == factory.now(posted).state


def test_an_edited_date_is_tampered(factory, posted, waits: Waits) -> None:
    factory.books.outsider("edit", "JournalEntry", posted.external_id, {"TxnDate": "2026-02-01"})

    changes.sweep(factory.company, waits=waits)

    assert ["tampered"] == [finding.kind for finding in factory.findings()]


def test_an_edited_number_is_tampered(factory, posted, waits: Waits) -> None:
    factory.books.outsider("edit", "JournalEntry", posted.external_id, {"DocNumber": "X-1"})

    changes.sweep(factory.company, waits=waits)

    assert ["tampered"] == [finding.kind for finding in factory.findings()]


def test_a_change_that_is_undone_closes_its_finding(factory, posted, waits: Waits) -> None:
    factory.books.outsider("edit", "JournalEntry", posted.external_id, {"TxnDate": "2026-02-01"})
    changes.sweep(factory.company, waits=waits)
    factory.books.outsider("edit", "JournalEntry", posted.external_id, {"TxnDate": "2026-01-15"})

    changes.sweep(factory.company, waits=waits)

    assert [] == factory.findings()


def test_a_deleted_entry_is_gone_and_not_posted_again(factory, posted, waits: Waits) -> None:
    factory.books.outsider("delete", "JournalEntry", posted.external_id)

    changes.sweep(factory.company, waits=waits)
    settle(factory.company, waits=waits, seconds=5)

    assert ["gone"] == [finding.kind for finding in factory.findings()]
    assert [] == factory.entries()


def test_without_change_data_reading_back_finds_it_too(factory, posted, waits: Waits) -> None:
    factory.books.outsider("delete", "JournalEntry", posted.external_id)

    _read_back(factory, waits)

    assert ["gone"] == [finding.kind for finding in factory.findings()]


def test_a_copy_of_our_entry_is_a_duplicate_with_the_older_one_kept(factory, posted, waits: Waits) -> None:
    copy = _copy(factory, posted)

    changes.sweep(factory.company, waits=waits)

    (finding,) = factory.findings()
    assert ("duplicate", posted.external_id, [copy]) == (
        finding.kind,
        finding.facts["kept"],
        finding.facts["delete"],
    )


def test_another_entry_under_our_number_is_a_number_reused(factory, posted, waits: Waits) -> None:
    _copy(factory, posted, TxnDate="2026-03-01")

    changes.sweep(factory.company, waits=waits)

    assert ["number reused"] == [finding.kind for finding in factory.findings()]


def test_a_deleted_copy_closes_the_duplicate_case(factory, posted, waits: Waits) -> None:
    copy = _copy(factory, posted)
    changes.sweep(factory.company, waits=waits)
    factory.books.outsider("delete", "JournalEntry", copy)
    factory.books.outsider("edit", "JournalEntry", posted.external_id, {"PrivateNote": "looked at"})

    changes.sweep(factory.company, waits=waits)

    assert [] == factory.findings()


def test_a_merged_account_shows_as_tampered(factory, posted, waits: Waits) -> None:
    other = factory.books.create("Account", {"Name": "Grain", "AccountType": "Other Current Asset"})
    factory.books.outsider("merge", "Account", factory.raw, {"into": other["Id"]})

    _read_back(factory, waits)

    assert ["tampered"] == [finding.kind for finding in factory.findings()]


def test_an_entry_changed_before_we_heard_of_it_is_not_sent_again(factory, waits: Waits) -> None:
    """Its number was changed by hand in the minutes of doubt: the note tells that it is ours."""
    sealed = factory.transmission()
    factory.books.fault("reset", match=JOURNAL, commit=True)
    post_due(factory.company, waits=waits)
    (entry,) = factory.entries()
    factory.books.outsider("edit", "JournalEntry", entry["Id"], {"DocNumber": "X-1"})

    settle(factory.company, waits=waits, seconds=10)

    assert ("blocked", "tampered", entry["Id"]) == (
        factory.now(sealed).state,
        factory.now(sealed).cause,
        factory.now(sealed).external_id,
    )
    assert 1 == len(factory.entries())


def test_a_tampered_entry_that_is_mended_in_quickbooks_is_confirmed(factory, waits: Waits) -> None:
    changes.sweep(factory.company, waits=waits)
    sealed = factory.transmission()
    factory.books.fault("reset", match=JOURNAL, commit=True)
    post_due(factory.company, waits=waits)
    (entry,) = factory.entries()
    factory.books.outsider("edit", "JournalEntry", entry["Id"], {"TxnDate": "2026-02-01"})
    settle(factory.company, waits=waits, seconds=10)
    factory.books.outsider("edit", "JournalEntry", entry["Id"], {"TxnDate": "2026-01-15"})

    changes.sweep(factory.company, waits=waits)

    assert ("confirmed", "") == (factory.now(sealed).state, factory.now(sealed).cause)
    assert [] == factory.findings()


def test_a_strangers_entry_under_our_number_blocks_until_it_gets_another(factory, waits: Waits) -> None:
    sealed = factory.transmission()
    stranger = _stranger(factory, sealed.number)
    factory.books.fault("status", status=503, match=JOURNAL)
    settle(factory.company, waits=waits, seconds=10)
    assert ("blocked", "") == (factory.now(sealed).state, factory.now(sealed).external_id)
    factory.books.outsider("edit", "JournalEntry", stranger, {"DocNumber": "OTHER"})

    actions.resend(factory.controller, transmission=sealed.pk)
    settle(factory.company, waits=waits, seconds=10)

    assert "confirmed" == factory.now(sealed).state


def _read_back(factory, waits: Waits) -> int:
    time.sleep(waits.read_back + 0.1)
    return readback.read_back(factory.company, waits=waits)


def _copy(factory, posted, **changes) -> str:
    found = factory.books.read("JournalEntry", posted.external_id)
    kept = {name: found[name] for name in ("DocNumber", "TxnDate", "PrivateNote", "Line")} | changes
    return str(factory.books.outsider("create", "JournalEntry", None, kept)["Id"])


def _stranger(factory, number: str) -> str:
    def line(posting: str, account: str) -> dict[str, object]:
        detail = {"PostingType": posting, "AccountRef": {"value": account}}
        return {"Amount": 5, "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": detail}

    lines = [line("Debit", factory.raw), line("Credit", factory.accrued)]
    created = factory.books.outsider(
        "create", "JournalEntry", None, {"DocNumber": number, "TxnDate": "2026-01-02", "Line": lines}
    )
    return str(created["Id"])
