"""The fault matrix: whatever happens to a request, there is one entry in the end, or a person sees why
not.
"""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from tieout.quickbooks import pace
from tieout.quickbooks.poster import post_due, settle
from tieout.quickbooks.waits import Waits

JOURNAL = {"entity": "JournalEntry", "method": "POST"}

HIDDEN_OR_NOT = pytest.mark.parametrize("commit", [True, False], ids=["committed", "not committed"])


@HIDDEN_OR_NOT
@pytest.mark.parametrize(
    "fault",
    [
        {"do": "reset"},
        {"do": "truncate"},
        {"do": "wrong_length"},
        {"do": "gzip_bomb", "mb": 64},
        {"do": "html", "status": 200},
        {"do": "html", "status": 502},
        {"do": "status", "status": 500},
        {"do": "status", "status": 503},
        {"do": "status", "status": 504},
        {"do": "status", "status": 408},
        {"do": "status", "status": 200, "body": "{}"},
        {"do": "fault", "code": "10000", "status": 500, "type": "SystemFault"},
        {"do": "fault", "code": "6000"},
    ],
    ids=lambda fault: " ".join(str(value) for value in fault.values()),
)
def test_an_answer_that_says_nothing_ends_in_one_entry(factory, waits: Waits, fault, commit: bool) -> None:
    sealed = factory.transmission()
    factory.books.fault(**fault, match=JOURNAL, commit=commit)

    settle(factory.company, waits=waits, seconds=20)

    (entry,) = factory.entries()
    assert ("confirmed", entry["Id"]) == (factory.now(sealed).state, factory.now(sealed).external_id)
    assert 1 + (not commit) == len(factory.sent()), factory.attempts(sealed)


@HIDDEN_OR_NOT
def test_a_timeout_ends_in_one_entry(factory, waits: Waits, commit: bool) -> None:
    sealed = factory.transmission()
    factory.books.fault("timeout", match=JOURNAL, commit=commit, s=1)

    settle(factory.company, waits=replace(waits, read=0.5), seconds=20)

    assert 1 == len(factory.entries())
    assert "confirmed" == factory.now(sealed).state


def test_an_answer_that_drips_is_given_up_at_the_deadline_and_looked_for(factory, waits: Waits) -> None:
    sealed = factory.transmission()
    factory.books.fault("slow_drip", match=JOURNAL, s=5)
    began = time.monotonic()

    post_due(factory.company, waits=replace(waits, deadline=1.0))

    assert "in doubt" == factory.now(sealed).state
    assert time.monotonic() - began < 3
    settle(factory.company, waits=waits, seconds=20)
    assert ("confirmed", 1) == (factory.now(sealed).state, len(factory.entries()))


def test_nothing_is_sent_again_before_two_looks_found_nothing(factory, waits: Waits) -> None:
    sealed = factory.transmission()
    factory.books.fault("status", status=503, match=JOURNAL)

    settle(factory.company, waits=waits, seconds=20)

    assert ["send: unknown", "look: absent", "look: absent", "send: accepted"] == factory.attempts(sealed)


def test_a_commit_that_becomes_visible_late_is_found_by_the_second_look(factory, waits: Waits) -> None:
    sealed = factory.transmission()
    factory.books.fault("hide", match=JOURNAL, s=600)
    factory.books.fault("reset", match=JOURNAL, commit=True)
    post_due(factory.company, waits=waits)
    time.sleep(waits.look)
    post_due(factory.company, waits=replace(waits, second_look=2))
    factory.books.clock(advance=601)

    settle(factory.company, waits=waits, seconds=20)

    assert ["send: unknown", "look: absent", "look: found"] == factory.attempts(sealed)
    assert 1 == len(factory.entries())


def test_a_commit_visible_after_both_looks_is_answered_from_the_requestid(factory, waits: Waits) -> None:
    sealed = factory.transmission()
    factory.books.fault("hide", match=JOURNAL, s=600)
    factory.books.fault("reset", match=JOURNAL, commit=True)

    settle(factory.company, waits=waits, seconds=20)
    factory.books.clock(advance=601)

    assert ["send: unknown", "look: absent", "look: absent", "send: accepted"] == factory.attempts(sealed)
    assert 1 == len(factory.entries())


def test_a_forgotten_requestid_makes_no_second_entry_because_of_the_look(factory, waits: Waits) -> None:
    factory.books.options(requestid_ttl=0)
    sealed = factory.transmission()
    factory.books.fault("reset", match=JOURNAL, commit=True)

    settle(factory.company, waits=waits, seconds=20)

    assert ["send: unknown", "look: found"] == factory.attempts(sealed)
    assert 1 == len(factory.entries())


def test_a_200_with_a_fault_in_it_is_no_success(factory, waits: Waits) -> None:
    sealed = factory.transmission()
    factory.books.fault("fault", code="2020", status=200, message="Required param missing", match=JOURNAL)

    post_due(factory.company, waits=waits)

    assert ("rejected", "validation") == (factory.now(sealed).state, factory.now(sealed).cause)
    assert [] == factory.entries()


def test_a_refused_entry_goes_to_finance_and_the_rest_goes_on(factory, waits: Waits) -> None:
    first, second = factory.transmission(), factory.transmission()
    factory.books.fault("fault", code="2050", detail="String length too long", match=JOURNAL)

    summary = post_due(factory.company, waits=waits)

    assert (1, 1) == (summary.rejected, summary.confirmed)
    assert "String length too long" in factory.now(first).reason
    assert "confirmed" == factory.now(second).state


@pytest.mark.parametrize("code", ["610", "2500"])
def test_an_inactive_account_is_rejected_with_its_way_out(factory, waits: Waits, code: str) -> None:
    factory.books.options(inactive_reference_code=code)
    sealed = factory.transmission()
    factory.books.outsider("deactivate", "Account", factory.raw)

    post_due(factory.company, waits=waits)

    assert ("rejected", "reference") == (factory.now(sealed).state, factory.now(sealed).cause)
    assert "Activate it there and send again, or mend the mapping" in factory.now(sealed).reason


def test_an_unknown_class_is_rejected(factory, waits: Waits) -> None:
    sealed = factory.transmission(**{"class": "5000000000000099999"})

    post_due(factory.company, waits=waits)

    assert ("rejected", "reference") == (factory.now(sealed).state, factory.now(sealed).cause)


@pytest.mark.parametrize("how", [{"round": True}, {"add_line": True}], ids=["rounded amounts", "an added line"])
def test_an_echo_that_is_not_what_was_sent_is_shown_to_a_person(factory, waits: Waits, how) -> None:
    sealed = factory.transmission()
    factory.books.fault("alter_echo", match=JOURNAL, **how)

    post_due(factory.company, waits=waits)

    (finding,) = factory.findings()
    assert ("blocked", "tampered", "tampered") == (
        factory.now(sealed).state,
        factory.now(sealed).cause,
        finding.kind,
    )


@pytest.mark.parametrize("how", [{"reorder": True}, {"memo": "else"}], ids=["reordered lines", "another memo"])
def test_an_echo_in_another_order_or_with_another_memo_is_equal(factory, waits: Waits, how) -> None:
    sealed = factory.transmission()
    factory.books.fault("alter_echo", match=JOURNAL, **how)

    post_due(factory.company, waits=waits)

    assert "confirmed" == factory.now(sealed).state


def test_five_requests_without_an_answer_open_the_circuit(factory, waits: Waits) -> None:
    for _ in range(9):
        factory.transmission()
    factory.books.fault("status", status=503, match={**JOURNAL, "times": 0})

    summary = post_due(factory.company, waits=replace(waits, circuit_rest=60))

    assert "does not answer clearly" in summary.stopped
    assert 5 == len(factory.sent())


def test_an_open_circuit_is_tried_by_one_read_before_anything_is_sent(factory, waits: Waits) -> None:
    for _ in range(6):
        factory.transmission()
    factory.books.fault("status", status=503, match={**JOURNAL, "times": 5})
    factory.books.fault("status", status=503, match={"entity": "CompanyInfo"})
    resting = replace(waits, circuit_rest=0.2, look=30)
    post_due(factory.company, waits=resting)
    time.sleep(0.3)
    still_open = post_due(factory.company, waits=resting)
    time.sleep(0.3)
    closed = post_due(factory.company, waits=resting)

    assert "still does not answer" in still_open.stopped
    assert ("", 1) == (closed.stopped, closed.confirmed)


def test_a_throttled_company_waits_and_makes_no_storm(factory, waits: Waits) -> None:
    count = 20
    for _ in range(count):
        factory.transmission()
    factory.books.fault("status", status=429, match={**JOURNAL, "nth": 5, "times": 1}, body="")

    settle(factory.company, waits=replace(waits, throttled=0.5), seconds=30)

    assert count == len(factory.entries())
    assert len(factory.sent()) <= count * 1.2


def test_a_throttled_request_was_not_executed_and_is_not_looked_for(factory, waits: Waits) -> None:
    sealed = factory.transmission()
    factory.books.fault("fault", code="3001", match=JOURNAL)

    settle(factory.company, waits=waits, seconds=20)

    assert ["send: throttled", "send: accepted"] == factory.attempts(sealed)


def test_after_a_429_the_whole_company_waits(factory, waits: Waits) -> None:
    factory.transmission()
    factory.transmission()
    factory.books.fault("fault", code="3001", match=JOURNAL)

    summary = post_due(factory.company, waits=replace(waits, throttled=60))

    assert "asked to wait" in summary.stopped
    assert 1 == len(factory.sent())
    with pytest.raises(pace.Throttled, match="asked this company to wait"):
        pace.take_turn(factory.company)


def test_two_refusals_to_be_connected_block_one_and_lose_none(factory, waits: Waits) -> None:
    first, second = factory.transmission(), factory.transmission()
    factory.books.fault("fault", code="6190", match=JOURNAL)

    summary = post_due(factory.company, waits=waits)

    assert ("blocked", "connection") == (factory.now(first).state, factory.now(first).cause)
    assert "pending" == factory.now(second).state
    assert "Reconnect needed" in summary.stopped
