"""Reconciliation over a day's real work: what outsiders did is found, decided, and every invariant holds again."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from qbo_emulator.testing import Books
from tests import factory as factories
from tests.factory import Factory
from tieout.access import company as companies
from tieout.access.models import CompanyState
from tieout.close import verify
from tieout.ledger import actions as ledger
from tieout.ledger import corrections
from tieout.ledger.corrections import AskedAlready
from tieout.ledger.models import Transmission
from tieout.purchasing.actions import record_found
from tieout.quickbooks import actions, changes, masters, reconciled, reconciliation, remedy_actions, replacing, set_up
from tieout.quickbooks.poster import settle
from tieout.quickbooks.remedies import NotThatWay
from tieout.quickbooks.waits import USUAL
from tieout.stock.models import Balance

ON = date(2026, 1, 31)
QUICK = USUAL.scaled(1 / 1000)


@pytest.fixture
def mill(transactional_db: None, qbo: Books) -> Factory:
    """A day's work in the books of a QuickBooks."""
    made = factories.small(state=CompanyState.LIVE)
    actions.connect(
        made.controller,
        base_url=qbo.url,
        realm=qbo.realm_id,
        client_id=qbo.client_id,
        client_secret=qbo.client_secret,
        access_token=qbo.access_token,
        refresh_token=qbo.refresh_token,
    )
    actions.set_pace(made.controller, per_minute=500, per_second=10)
    made.map(set_up.set_up(made.company, waits=QUICK))
    masters.request_parties(made.company, waits=QUICK)
    made.work()
    made.buy("HONEY", "10", "5.00", lot="H-9")
    made.seal()
    settle(made.company, waits=QUICK, seconds=20)
    return made


def entry(mill: Factory, *, of: str) -> Transmission:
    with companies.scope(mill.company):
        return Transmission.objects.filter(number__startswith=of).order_by("-number")[0]


def compare(mill: Factory, *, on: date = ON) -> reconciliation.Summary:
    return reconciliation.reconcile(mill.company, on, waits=QUICK)


def subjects(mill: Factory) -> dict[str, reconciled.Document]:
    with companies.scope(mill.company):
        found = reconciled.run()
        assert found is not None
        return {one.difference.subject: one for one in reconciled.to_decide(found)}


def edit(qbo: Books, sent: Transmission, *, cents: int) -> None:
    lines = qbo.read("JournalEntry", sent.external_id)["Line"]
    for line in lines:
        line["Amount"] = Decimal(cents) / 100
    qbo.outsider("edit", "JournalEntry", sent.external_id, {"Line": lines})


def foreign(qbo: Books, sent: Transmission, *, cents: int) -> str:
    """The same accounts as an entry of ours, typed by somebody."""
    lines = qbo.read("JournalEntry", sent.external_id)["Line"]
    for line in lines:
        line["Amount"] = Decimal(cents) / 100
    typed: dict[str, Any] = {"DocNumber": "ADJ-7", "TxnDate": "2026-01-20", "Line": lines}
    return str(qbo.outsider("create", "JournalEntry", None, typed)["Id"])


def broken(mill: Factory) -> list[str]:
    results = verify.check(mill.company, replay=True, waits=QUICK)
    return [str(finding) for one in results for finding in one.findings]


def test_what_outsiders_did_is_found_decided_and_everything_holds_again(mill: Factory, qbo: Books) -> None:
    edited, deleted = entry(mill, of="RCV"), entry(mill, of="SHD")
    edit(qbo, edited, cents=4_500)
    qbo.outsider("delete", "JournalEntry", deleted.external_id)
    typed = foreign(qbo, edited, cents=33)
    changes.sweep(mill.company, waits=QUICK)

    found = compare(mill)
    assert (3, 0) == (found.undecided, found.rest)
    documents = subjects(mill)
    assert "Jane Doe" == documents[f"Journal Entry {typed}"].difference.by
    assert documents[f"journal {deleted.journal_id}"].difference.changed

    for sent in (edited, deleted):
        remedy_actions.repost_entry(mill.controller, subject=f"journal {sent.journal_id}", reason="Not by us.")
    remedy_actions.adopt_entry(mill.controller, subject=f"Journal Entry {typed}", reason="A rebate.")
    replacing.carry_out(mill.company, waits=QUICK)
    settle(mill.company, waits=QUICK, seconds=20)
    changes.sweep(mill.company, waits=QUICK)

    assert compare(mill).is_settled
    assert [] == broken(mill)


def test_the_books_are_right_and_a_lot_is_brought_to_what_they_say(mill: Factory, qbo: Books) -> None:
    sent = entry(mill, of="RCV")
    edit(qbo, sent, cents=4_500)
    compare(mill)
    lot = value(mill, "H-9")

    remedy_actions.adjust_cost(
        mill.controller, subject=f"journal {sent.journal_id}", lot=lot[0], reason="The price was 4.50."
    )
    mill.seal()

    assert (5_000, 4_500) == (lot[1], value(mill, "H-9")[1])
    assert compare(mill).is_settled
    assert [] == broken(mill)


def test_a_lot_that_has_moved_on_cannot_be_brought_to_what_the_books_say(mill: Factory, qbo: Books) -> None:
    sent = entry(mill, of="RCV")
    edit(qbo, sent, cents=4_500)
    compare(mill)

    with pytest.raises(NotThatWay, match="have moved on"):
        remedy_actions.adjust_cost(
            mill.controller, subject=f"journal {sent.journal_id}", lot=value(mill, "H-1")[0], reason="The price."
        )
    assert 5_000 == value(mill, "H-9")[1]


def test_an_adjustment_whose_document_goes_is_a_difference_again(mill: Factory, qbo: Books) -> None:
    now = reconciliation.today(mill.company)
    typed = foreign(qbo, entry(mill, of="RCV"), cents=33)
    compare(mill, on=now)
    lot = value(mill, "H-9")[0]
    adjust = partial(remedy_actions.adjust_cost, mill.controller, lot=lot)
    adjust(subject=f"Journal Entry {typed}", reason="The books are right.")
    assert compare(mill, on=now).is_settled

    qbo.outsider("delete", "JournalEntry", typed)
    found = compare(mill, on=now)
    (subject,) = subjects(mill)
    assert (1, 0) == (found.undecided, found.rest)
    assert [finding for finding in broken(mill) if "CAD-" in finding]
    with pytest.raises(NotThatWay, match="was never sent"):
        remedy_actions.repost_entry(mill.controller, subject=subject, reason="As it was.")
    adjust(subject=subject, reason="They took it back.")

    assert compare(mill, on=now).is_settled
    assert 5_000 == value(mill, "H-9")[1]
    assert [] == broken(mill)


def test_a_lot_that_no_receipt_is_for_cannot_be_brought_to_what_the_books_say(mill: Factory, qbo: Books) -> None:
    """What it cost more would stand on the accrual, and nobody would be owed it."""
    sent = entry(mill, of="RCV")
    edit(qbo, sent, cents=4_500)
    compare(mill)
    record_found(mill.warehouse, sku="HONEY", quantity=Decimal(9), place="MILL", at=mill.at(), lot="F-1")

    with pytest.raises(NotThatWay, match="No receipt is for that lot"):
        remedy_actions.adjust_cost(
            mill.controller, subject=f"journal {sent.journal_id}", lot=value(mill, "F-1")[0], reason="The price."
        )


def test_an_accepted_difference_is_listed_by_the_proof_and_breaks_nothing(mill: Factory, qbo: Books) -> None:
    sent = entry(mill, of="RCV")
    edit(qbo, sent, cents=4_500)
    compare(mill)
    assert broken(mill)

    remedy_actions.accept_difference(mill.controller, subject=f"journal {sent.journal_id}", reason="Agreed by mail.")

    assert [] == broken(mill)


def test_what_costs_no_cent_has_its_ways_out_too(mill: Factory, qbo: Books) -> None:
    sent = entry(mill, of="RCV")
    qbo.outsider("edit", "JournalEntry", sent.external_id, {"DocNumber": "RENAMED"})
    changes.sweep(mill.company, waits=QUICK)
    assert compare(mill).is_settled
    assert any("The number is RENAMED" in one for one in broken(mill))

    remedy_actions.repost_entry(mill.controller, subject=f"journal {sent.journal_id}", reason="Undo it.")
    replacing.carry_out(mill.company, waits=QUICK)
    settle(mill.company, waits=QUICK, seconds=20)

    assert compare(mill).is_settled
    assert [] == broken(mill)


def test_finance_asks_the_floor_and_the_floor_answers(mill: Factory) -> None:
    event = entry(mill, of="RCV").number.rpartition("-")[0]

    owner = ledger.request_correction(mill.controller, event=event, reason="Ten came, not twelve.")
    with pytest.raises(AskedAlready):
        ledger.request_correction(mill.controller, event=event, reason="Ten came, not twelve.")

    with companies.scope(mill.company):
        (asked,) = corrections.waiting()
    assert ("warehouse", event, "Ten came, not twelve.") == (owner, asked.event, asked.reason)
    ledger.answer_request(mill.warehouse, request=asked.id, answer="Counted again: ten.")
    with companies.scope(mill.company):
        assert [] == corrections.waiting()


def value(mill: Factory, code: str) -> tuple[int, int]:
    """A lot's id and what it is worth on hand."""
    with companies.scope(mill.company):
        found = Balance.objects.filter(lot__code=code, pool=None)
        return found[0].lot_id, sum(one.value for one in found)  # type: ignore[return-value]
