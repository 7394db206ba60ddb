"""QuickBooks' closing date holds entries back, visibly, and lets them go when it moves back."""

from __future__ import annotations

from datetime import date

from tieout.access import company as companies
from tieout.ledger.models import Books
from tieout.quickbooks.poster import post_due, settle
from tieout.quickbooks.waits import Waits

JOURNAL = {"entity": "JournalEntry", "method": "POST"}


def test_an_entry_dated_in_closed_books_is_blocked_before_it_is_sent(factory, waits: Waits) -> None:
    old, new = factory.transmission(on=date(2026, 1, 31)), factory.transmission(on=date(2026, 2, 1))
    factory.books.close_books("2026-01-31")

    post_due(factory.company, waits=waits)

    assert ("blocked", "closed books") == (factory.now(old).state, factory.now(old).cause)
    assert "closed through 2026-01-31. Give this entry a later date" in factory.now(old).reason
    assert "confirmed" == factory.now(new).state
    assert 1 == len(factory.sent())


def test_the_closing_date_is_kept_where_every_event_looks(factory, waits: Waits) -> None:
    factory.transmission()
    factory.books.close_books("2025-12-31")

    post_due(factory.company, waits=waits)

    with companies.scope(factory.company):
        assert date(2025, 12, 31) == Books.objects.get().closed_through


def test_books_closed_between_the_check_and_the_post_block_the_entry(factory, waits: Waits) -> None:
    sealed = factory.transmission()
    factory.books.fault("fault", code="6210", detail="The account period has closed and …", match=JOURNAL, commit=False)

    post_due(factory.company, waits=waits)

    assert ("blocked", "closed books") == (factory.now(sealed).state, factory.now(sealed).cause)


def test_the_odd_code_for_closed_books_is_known_by_its_words(factory, waits: Waits) -> None:
    sealed = factory.transmission()
    factory.books.fault("fault", code="5010", detail="The account period has closed. {1}", match=JOURNAL)

    post_due(factory.company, waits=waits)

    assert "closed books" == factory.now(sealed).cause


def test_a_closing_date_moved_back_lets_the_entry_go(factory, waits: Waits) -> None:
    sealed = factory.transmission(on=date(2026, 1, 31))
    factory.books.close_books("2026-01-31")
    post_due(factory.company, waits=waits)
    factory.books.close_books("2026-01-15")
    factory.transmission(on=date(2026, 2, 1))

    settle(factory.company, waits=waits, seconds=20)

    assert "confirmed" == factory.now(sealed).state


def test_what_was_sent_before_the_books_closed_is_looked_for_all_the_same(factory, waits: Waits) -> None:
    sealed = factory.transmission(on=date(2026, 1, 31))
    factory.books.fault("reset", match=JOURNAL, commit=True)
    post_due(factory.company, waits=waits)
    factory.books.close_books("2026-01-31")

    settle(factory.company, waits=waits, seconds=20)

    assert ("confirmed", 1) == (factory.now(sealed).state, len(factory.entries()))


def test_what_was_not_stored_before_the_books_closed_is_blocked_after_the_looks(factory, waits: Waits) -> None:
    sealed = factory.transmission(on=date(2026, 1, 31))
    factory.books.fault("reset", match=JOURNAL, commit=False)
    post_due(factory.company, waits=waits)
    factory.books.close_books("2026-01-31")

    settle(factory.company, waits=waits, seconds=20)

    assert ("blocked", "closed books") == (factory.now(sealed).state, factory.now(sealed).cause)
    assert ["send: unknown", "look: absent", "look: absent", "send: not sent"] == factory.attempts(sealed)
