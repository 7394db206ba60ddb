"""Invariants 8 to 10: what values are made of, what reversals take back, and the replay."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.close.conftest import Tamper
from tests.factory import Factory, local_books
from tieout.close import verify
from tieout.production import actions as production
from tieout.production.reports import Made
from tieout.purchasing import actions as purchasing
from tieout.sales import actions as sales
from tieout.stock import actions as stock

FIRST_REVERSAL = "(select min(id) from ledger_event where kind = 'reversal')"


@pytest.fixture
def worked(factory: Factory) -> Factory:
    """A day's work, some of it taken back again."""
    local_books(factory)
    factory.work()
    receipt = factory.buy("OIL", "3", "7.77", lot="O-X")
    purchasing.reverse_receipt(factory.warehouse, receipt=receipt.number, at=factory.at(), reason="wrong dock")
    shipment = factory.ship(("M-1", "2.5"))
    sales.reverse_shipment(factory.warehouse, event=shipment.event, at=factory.at(), reason="never left")
    scrapped = factory.scrap("J-1", "3")
    stock.reverse(factory.warehouse, event=scrapped.number, at=factory.at(), reason="found again")
    run = factory.plan("MIX", "5")
    factory.issue(run, ("H-1", "4.5"))
    factory.report(run, Made(Decimal(2), lot="M-8"), uses=[("O-1", "0.5")], final=False)
    factory.report(run, Made(Decimal(3), lot="M-9"))
    production.reverse_run(factory.warehouse, run=run, at=factory.at(), reason="another run")
    factory.seal()
    return factory


def broken(factory: Factory, *only: int) -> dict[int, list[str]]:
    results = verify.check(factory.company, only or None, replay=True)
    return {one.number: [str(finding) for finding in one.findings] for one in results if not one.ok}


def test_a_ledger_with_reversals_holds_every_invariant(worked: Factory) -> None:
    results = {one.number: one for one in verify.check(worked.company, replay=True)}

    assert [] == [str(finding) for one in results.values() for finding in one.findings]
    assert 4 == results[9].checked
    assert results[10].checked > 20


def test_the_replay_is_left_out_unless_it_is_asked_for(worked: Factory) -> None:
    assert 10 not in {one.number for one in verify.check(worked.company)}
    assert [10] == [one.number for one in verify.check(worked.company, [10])]


@pytest.mark.parametrize(
    ("statement", "number", "says"),
    [
        ("update costing_composition set value = value + 1 where id = 1", 8, "parts that add up to 437.01"),
        ("delete from costing_composition where id = 1", 8, "nobody knows what it is made of"),
        ("update purchasing_receiptline set value = value + 1 where id = 1", 8, "purchasing_receiptline 1 "),
        ("update sales_shipmentline set quantity = 1 where id = 1", 8, "sales_shipmentline 1 "),
        (
            f"update stock_movement set value = value - 1 where event_id = {FIRST_REVERSAL}",
            9,
            "the mirror image of movement",
        ),
        ("update stock_movement set value = 2332 where value = 2331 and kind = 'receive'", 9, "when it was taken back"),
        (
            f"update ledger_event set reverses_id = 1 where id = {FIRST_REVERSAL}",
            9,
            "stock_movement 1 (reversal REV-",
        ),
        ("update stock_movement set value = value + 1 where id = 1", 10, "value 43700, when the event is told again"),
        ("update stock_movement set quantity = 101 where id = 1", 10, "quantity 100"),
        ("update stock_balance set base_value = base_value + 0.3 where id = 1", 10, "stock_balance 1 "),
        ("update ledger_journalline set role = 'FG' where id = 1", 10, "role RAW, when the event is told again"),
        ("update ledger_journalline set account_id = account_id + 1 where id = 1", 10, "account"),
        ("delete from ledger_journalline where id = 2", 10, "there is no such row"),
        ("delete from ledger_event where id = 3", 10, "what cannot be done again"),
        (
            "update ledger_event set payload = jsonb_set(payload, '{facts,lines,0,value}', '43701') where id = 1",
            10,
            "stock_movement 1 (1 of RCV-",
        ),
        ("update ledger_event set payload = '{}' where id = 1", 10, "what cannot be done again"),
        # The later event comes first: it finds nothing to take.
        ("update ledger_event set id = -id where kind = 'issue'", 10, "what cannot be done again"),
    ],
)
def test_tampering_with_history_is_found_and_the_row_named(
    statement: str, number: int, says: str, worked: Factory, tamper: Tamper
) -> None:
    assert tamper(statement)

    found = broken(worked, number)

    assert number in found, found
    assert any(says in sentence for sentence in found[number]), found[number]
