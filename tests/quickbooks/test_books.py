"""The tie-out: QuickBooks' balance is ours, and every cent of difference has a name."""

from __future__ import annotations

from datetime import date

import pytest

from tieout.access import company as companies
from tieout.ledger.models import Account
from tieout.quickbooks import books
from tieout.quickbooks.books import AccountTie
from tieout.quickbooks.poster import post_due, settle
from tieout.quickbooks.waits import Waits

JOURNAL = {"entity": "JournalEntry", "method": "POST"}
ON = date(2026, 1, 31)


def test_what_was_posted_ties_to_the_cent(factory, waits: Waits) -> None:
    for cents in (102_500, 1, 99_999):
        factory.transmission(cents=cents)
    post_due(factory.company, waits=waits)

    raw, accrued = tie(factory)

    assert (202_500, 202_500, 0) == (raw.sub_ledger, raw.quickbooks, raw.rest)
    assert (-202_500, -202_500, 0) == (accrued.sub_ledger, accrued.quickbooks, accrued.rest)
    assert () == raw.unposted + raw.foreign + raw.tampered


def test_what_is_not_yet_posted_is_a_list(factory, waits: Waits) -> None:
    factory.transmission(cents=500)
    post_due(factory.company, waits=waits)
    waiting = factory.transmission(cents=700)

    raw, _ = tie(factory)

    assert (1_200, 500, 0) == (raw.sub_ledger, raw.quickbooks, raw.rest)
    assert [(waiting.number, 700)] == [(term.number, term.cents) for term in raw.unposted]


def test_what_is_not_yet_sealed_is_unposted_too(factory, waits: Waits) -> None:
    factory.journal(number="RCV-900", on=date(2026, 1, 3), cents=250)

    raw, _ = tie(factory)

    assert [("RCV-900", 250, "open")] == [(term.number, term.cents, term.what) for term in raw.unposted]
    assert 0 == raw.rest


def test_an_entry_in_doubt_that_is_there_is_not_unposted(factory, waits: Waits) -> None:
    factory.transmission(cents=500)
    factory.books.fault("reset", match=JOURNAL, commit=True)
    post_due(factory.company, waits=waits)

    raw, _ = tie(factory)

    assert (500, ()) == (raw.quickbooks, raw.unposted)
    assert 0 == raw.rest


def test_a_strangers_entry_on_our_account_is_foreign(factory, waits: Waits) -> None:
    factory.transmission(cents=500)
    post_due(factory.company, waits=waits)
    outsider(factory, cents=33, number="ADJ-1")

    raw, _ = tie(factory)

    assert [("ADJ-1", 33)] == [(term.number, term.cents) for term in raw.foreign]
    assert 0 == raw.rest


def test_what_stood_there_before_the_first_event_is_foreign_in_one_sum(factory, waits: Waits) -> None:
    outsider(factory, cents=10_000, number="OLD-1", on="2024-06-30")
    outsider(factory, cents=5_000, number="OLD-2", on="2025-06-30")
    factory.transmission(cents=500)
    post_due(factory.company, waits=waits)

    raw, accrued = tie(factory)

    assert [15_000] == [term.cents for term in raw.foreign]
    assert [-15_000] == [term.cents for term in accrued.foreign]
    assert (0, 0) == (raw.rest, accrued.rest)


def test_an_edited_entry_is_tampered_by_the_difference(factory, waits: Waits) -> None:
    sealed = factory.transmission(cents=500)
    post_due(factory.company, waits=waits)
    entry = factory.now(sealed).external_id
    lines = factory.books.read("JournalEntry", entry)["Line"]
    for line in lines:
        line["Amount"] = 4
    factory.books.outsider("edit", "JournalEntry", entry, {"Line": lines})

    raw, _ = tie(factory)

    assert [(sealed.number, -100)] == [(term.number, term.cents) for term in raw.tampered]
    assert 0 == raw.rest


def test_a_deleted_entry_is_tampered_by_the_whole(factory, waits: Waits) -> None:
    sealed = factory.transmission(cents=500)
    post_due(factory.company, waits=waits)
    factory.books.outsider("delete", "JournalEntry", factory.now(sealed).external_id)

    raw, _ = tie(factory)

    assert [-500] == [term.cents for term in raw.tampered]
    assert (500, 0, 0) == (raw.sub_ledger, raw.quickbooks, raw.rest)


def test_an_entry_moved_to_another_account_is_tampered_on_both(factory, waits: Waits) -> None:
    sealed = factory.transmission(cents=500)
    post_due(factory.company, waits=waits)
    entry = factory.now(sealed).external_id
    lines = factory.books.read("JournalEntry", entry)["Line"]
    for line in lines:
        line["JournalEntryLineDetail"]["AccountRef"] = {"value": factory.accrued}
    factory.books.outsider("edit", "JournalEntry", entry, {"Line": lines})

    raw, accrued = tie(factory)

    assert ([-500], [500]) == ([term.cents for term in raw.tampered], [term.cents for term in accrued.tampered])
    assert (0, 0) == (raw.rest, accrued.rest)


def test_an_entry_moved_to_another_month_is_tampered_in_both(factory, waits: Waits) -> None:
    sealed = factory.transmission(cents=500)
    post_due(factory.company, waits=waits)
    factory.books.outsider("edit", "JournalEntry", factory.now(sealed).external_id, {"TxnDate": "2026-02-10"})

    january, february = tie(factory)[0], tie(factory, date(2026, 2, 28))[0]

    assert ([-500], 0) == ([term.cents for term in january.tampered], january.rest)
    assert ((), 0) == (february.tampered, february.rest)


def test_all_terms_at_once_leave_nothing_over(factory, waits: Waits) -> None:
    kept, edited, deleted = (factory.transmission(cents=cents) for cents in (1_000, 2_000, 4_000))
    post_due(factory.company, waits=waits)
    factory.books.outsider("edit", "JournalEntry", factory.now(edited).external_id, {"TxnDate": "2026-03-01"})
    factory.books.outsider("delete", "JournalEntry", factory.now(deleted).external_id)
    outsider(factory, cents=7, number="ADJ-7")
    factory.transmission(cents=8_000)
    factory.journal(number="RCV-901", on=date(2026, 1, 31), cents=16_000)

    raw, accrued = tie(factory)

    assert (31_000, 1_007) == (raw.sub_ledger, raw.quickbooks)
    assert (24_000, 7, -6_000) == tuple(
        sum(term.cents for term in terms) for terms in (raw.unposted, raw.foreign, raw.tampered)
    )
    assert (0, 0) == (raw.rest, accrued.rest)
    assert "confirmed" == factory.now(kept).state


def test_a_shut_out_account_still_ties(factory, waits: Waits) -> None:
    factory.transmission(cents=500)
    post_due(factory.company, waits=waits)
    factory.books.outsider("edit", "Account", factory.raw, {"Name": "Grain"})

    raw, _ = tie(factory)

    assert 0 == raw.rest


def test_expense_accounts_begin_anew_with_the_fiscal_year(factory, waits: Waits) -> None:
    cost = factory.books.create("Account", {"Name": "Our cost", "AccountType": "Cost of Goods Sold"})["Id"]
    with companies.scope(factory.company):
        Account.objects.create(company_id=factory.company, external_id=cost, name="Our cost", type="Cost of Goods Sold")
    on_cost = type(factory)(**{**vars(factory), "raw": cost})
    on_cost.transmission(cents=300, on=date(2025, 12, 31))
    on_cost.transmission(cents=500, on=date(2026, 1, 1))
    settle(factory.company, waits=waits, seconds=10)

    found = {one.name: one for one in books.tie_out(factory.company, ON)}

    assert (500, 500, 0) == (found["Our cost"].sub_ledger, found["Our cost"].quickbooks, found["Our cost"].rest)
    assert (-800, 0) == (found["Goods received"].quickbooks, found["Goods received"].rest)


def test_numbers_of_ours_are_counted_in_quickbooks(factory, waits: Waits) -> None:
    sealed = factory.transmission()
    post_due(factory.company, waits=waits)

    found = books.entries_of_ours(factory.company, [sealed.number, "RCV-none"])

    assert {sealed.number: [factory.now(sealed).external_id]} == found


@pytest.mark.parametrize("cents", [1, -1])
def test_one_cent_is_a_difference(cents: int) -> None:
    tied = AccountTie("1", "Raw", "Other Current Asset", ON, sub_ledger=100, quickbooks=100 + cents)

    assert (cents, False) == (tied.rest, tied.ties)


def tie(factory, on: date = ON) -> tuple[AccountTie, AccountTie]:
    """Raw material and the accrual."""
    found = {one.name: one for one in books.tie_out(factory.company, on)}
    return found["Raw material"], found["Goods received"]


def outsider(factory, *, cents: int, number: str, on: str = "2026-01-20") -> str:
    def line(posting: str, account: str) -> dict[str, object]:
        detail = {"PostingType": posting, "AccountRef": {"value": account}}
        return {"Amount": cents / 100, "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": detail}

    entry = {
        "DocNumber": number,
        "TxnDate": on,
        "Line": [line("Debit", factory.raw), line("Credit", factory.accrued)],
    }
    return str(factory.books.outsider("create", "JournalEntry", None, entry)["Id"])
