"""Invariants 1 to 5: a ledger at work holds them, and one that was tampered with names the row."""

from __future__ import annotations

import pytest

from tests.close.conftest import Tamper
from tests.factory import Factory, local_books
from tieout.close import verify


@pytest.fixture
def worked(factory: Factory) -> Factory:
    """A day's work, sealed."""
    local_books(factory)
    factory.work()
    factory.seal()
    return factory


def broken(factory: Factory, *only: int) -> dict[int, list[str]]:
    results = verify.check(factory.company, only or None)
    return {one.number: [str(finding) for finding in one.findings] for one in results if not one.ok}


def test_a_ledger_at_work_holds_every_invariant(worked: Factory) -> None:
    results = verify.check(worked.company, [1, 2, 3, 4, 5])

    assert [] == [str(finding) for one in results for finding in one.findings]
    assert [1, 2, 3, 4, 5] == [one.number for one in results]
    assert all(one.ok and one.checked for one in results)


@pytest.mark.parametrize(
    ("statement", "number", "says"),
    [
        (
            "update stock_movement set quantity = quantity + 1 where id = 1",
            2,
            "31 worth 131.10, the sum of its movements",
        ),
        ("update stock_movement set value = value + 1 where id = 1", 2, "the sum of its movements"),
        ("update stock_movement set value = value + 1 where id = 1", 5, "(line 1 of RCV-"),
        ("update stock_balance set quantity = quantity + 1 where id = 1", 2, "stock_balance 1 "),
        ("update stock_balance set value = value - 1 where id = 1", 2, "stock_balance 1 "),
        ("update stock_balance set base_value = base_value + 90 where id = 1", 2, "base"),
        ("delete from stock_balance where id = 1", 2, "there is no such balance"),
        ("delete from stock_movement where event_id = (select max(event_id) from stock_movement)", 2, "stock_balance"),
        ("delete from stock_movement where number = 1 and id > 5", 1, "without a hole"),
        ("update stock_movement set number = 9 where id = 6", 1, "without a hole"),
        ("update stock_movement set event_id = 9999 where id = 6", 1, "event 9999, which is not there"),
        ("delete from ledger_event where id = 2", 1, "event 2, which is not there"),
        ("update stock_movement set accounting_date = '2026-01-01' where id = 6", 1, "stock_movement 6 "),
        ("update ledger_journalline set debit = debit + 1 where id = 1", 5, "ledger_journalline of event 1"),
        ("update ledger_journalline set debit = debit + 1 where id = 1", 5, "ledger_journalline 1 "),
        ("delete from ledger_journalline where id = 1", 5, "which is not there"),
        ("update ledger_event set journal_id = null where id = 1", 5, "ledger_journalline 1 "),
        ("update stock_movement set debit_line = null, credit_line = null where id = 1", 5, "no journal line"),
        ("update ledger_transmission set hash = repeat('0', 64) where number like 'RCV-%'", 5, "says the hash 0000"),
        ("update ledger_transmission set body = jsonb_set(body, '{lines,0,debit}', '1')", 5, "the net of its members"),
        (
            "update ledger_transmission set body = jsonb_set(body, '{lines,0,account}', '\"9\"')",
            5,
            "net of its members",
        ),
        ("delete from ledger_transmission where number like 'RCV-%'", 5, "sealed with 0 documents"),
        ("update ledger_journalevent set number = 'RCV-1' where id = 1", 5, "one number everywhere"),
        ("update stock_pool set closed = false where id = 1", 4, "stock_pool 1 (run RUN-"),
    ],
)
def test_tampering_is_found_and_the_row_named(
    statement: str, number: int, says: str, worked: Factory, tamper: Tamper
) -> None:
    assert tamper(statement)

    found = broken(worked)

    assert number in found, found
    assert any(says in sentence for sentence in found[number]), found[number]


def test_value_that_vanished_in_a_run_is_found(worked: Factory, tamper: Tamper) -> None:
    tamper("update stock_movement set value = value - 1 where kind = 'output' and id = "
           "(select max(id) from stock_movement where kind = 'output' and quantity > 0)")  # fmt: skip

    found = broken(worked, 4)

    assert ["0.01 in process" in sentence for sentence in found[4]] == [True]


def test_stock_that_was_negative_for_a_moment_is_found_though_it_is_not_now(worked: Factory, tamper: Tamper) -> None:
    tamper("update stock_movement set event_id = 0 where kind = 'ship' and id = "
           "(select min(id) from stock_movement where kind = 'ship')")  # fmt: skip

    found = broken(worked, 3)

    assert "says that -31 worth -" in found[3][0]


def test_a_trigger_that_was_switched_off_is_found(worked: Factory, tamper: Tamper) -> None:
    tamper("alter table stock_movement disable trigger append_only")
    try:
        found = broken(worked, 1)
    finally:
        tamper("alter table stock_movement enable trigger append_only")

    (sentence,) = found[1]
    assert sentence.startswith("pg_trigger append_only on stock_movement says that it is switched off; it should say")


def test_a_right_that_was_given_back_is_found(worked: Factory, tamper: Tamper) -> None:
    tamper("grant update on ledger_event to tieout_app")
    try:
        found = broken(worked, 1)
    finally:
        tamper("revoke update on ledger_event from tieout_app")

    assert ["pg_class ledger_event says that tieout_app may UPDATE it; it should say that it may not."] == found[1]


def test_an_audit_row_that_was_changed_is_found(worked: Factory, tamper: Tamper) -> None:
    from tieout.access import audit

    audit.chain(worked.company)
    tamper("update access_auditrow set subject = 'nothing to see' where id = 3")

    found = broken(worked, 1)

    assert "access_auditrow 3 " in found[1][0]


def test_checking_after_every_event_costs_a_few_milliseconds(worked: Factory) -> None:
    from time import perf_counter

    verify.check(worked.company, [1, 2, 3, 4, 5])
    began = perf_counter()
    verify.check(worked.company, [1, 2, 3, 4, 5])

    assert perf_counter() - began < 0.2
