"""Three guards stand between an event and a second entry: the lease, the requestid, the look.

Any one may fail and there is still one entry. Where two fail, the second entry is found and told in one
sweep.
"""

from __future__ import annotations

import time

import pytest
from django.db import DatabaseError

from tieout.access import company as companies
from tieout.core.refusals import Refusal
from tieout.ledger import transmissions
from tieout.ledger.models import Cause, Transmission
from tieout.ledger.sealing import digest
from tieout.quickbooks import actions, duplicates, poster, readback, sessions, verdicts
from tieout.quickbooks.poster import post_due, settle
from tieout.quickbooks.waits import Waits

JOURNAL = {"entity": "JournalEntry", "method": "POST"}


@pytest.fixture
def no_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is in doubt is sent again at once."""
    monkeypatch.setattr(transmissions, "LOOKS_BEFORE_RESEND", 0)


@pytest.fixture
def no_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody may take what another is at work on."""
    take = transmissions._take
    monkeypatch.setattr(transmissions, "_take", lambda found, *, worker, lease: take(found, worker=worker, lease=0))


def test_without_the_look_the_requestid_holds(factory, waits: Waits, no_look) -> None:
    sealed = factory.transmission()
    factory.books.fault("reset", match=JOURNAL, commit=True)

    settle(factory.company, waits=waits, seconds=10)

    assert ["send: unknown", "send: accepted"] == factory.attempts(sealed)
    assert 1 == len(factory.entries())


def test_without_the_requestid_the_look_holds(factory, waits: Waits) -> None:
    factory.books.options(requestid_ttl=0)
    factory.transmission()
    factory.books.fault("reset", match=JOURNAL, commit=True)

    settle(factory.company, waits=waits, seconds=10)

    assert 1 == len(factory.entries())


def test_without_the_lease_look_and_requestid_hold(factory, waits: Waits, no_lease) -> None:
    sealed = factory.transmission()
    zombie = transmissions.claim(factory.company, worker="zombie", lease=0, look_after=0)
    assert zombie is not None
    settle(factory.company, waits=waits, seconds=10)

    with sessions.opened(factory.company, waits=waits) as client:
        poster._carry(client, zombie, closed_through=None, summary=poster.Summary(), waits=waits)

    assert 1 == len(factory.entries())
    assert [] == factory.findings()
    assert "confirmed" == factory.now(sealed).state


def test_with_look_and_requestid_gone_the_second_entry_is_told_in_one_sweep(factory, waits: Waits, no_look) -> None:
    factory.books.options(requestid_ttl=0)
    sealed = factory.transmission()
    factory.books.fault("reset", match=JOURNAL, commit=True)
    settle(factory.company, waits=waits, seconds=10)
    time.sleep(waits.read_back + 0.1)

    readback.read_back(factory.company, waits=waits)

    first, second = (entry["Id"] for entry in factory.entries())
    (finding,) = factory.findings()
    assert ("duplicate", sealed.number) == (finding.kind, finding.subject)
    assert {first, second} == {finding.facts["kept"], *finding.facts["delete"]}


def test_an_entry_visible_too_late_and_a_forgotten_requestid_are_told_in_the_next_sweep(factory, waits) -> None:
    """The residual risk of the decision page, made to happen."""
    factory.books.options(requestid_ttl=0)
    sealed = factory.transmission()
    factory.books.fault("hide", match=JOURNAL, s=600)
    factory.books.fault("reset", match=JOURNAL, commit=True)
    settle(factory.company, waits=waits, seconds=10)
    factory.books.clock(advance=601)
    time.sleep(waits.read_back + 0.1)

    readback.read_back(factory.company, waits=waits)

    (finding,) = factory.findings()
    assert ("duplicate", factory.now(sealed).external_id) == (finding.kind, finding.facts["kept"])
    assert 2 == len(factory.entries())


def test_a_copy_is_deleted_on_a_persons_word(factory, waits: Waits, no_look) -> None:
    finding = _duplicate(factory, waits)

    assert 0 == duplicates.delete_approved(factory.company, waits=waits)
    actions.approve_deletion(factory.controller, finding=finding.pk)
    assert 1 == duplicates.delete_approved(factory.company, waits=waits)

    assert [finding.facts["kept"]] == [entry["Id"] for entry in factory.entries()]
    assert [] == factory.findings()


def test_a_copy_that_was_changed_since_is_shown_again(factory, waits: Waits, no_look) -> None:
    finding = _duplicate(factory, waits)
    actions.approve_deletion(factory.controller, finding=finding.pk)
    factory.books.outsider("edit", "JournalEntry", finding.facts["delete"][0], {"TxnDate": "2026-05-05"})

    assert 0 == duplicates.delete_approved(factory.company, waits=waits)

    (again,) = factory.findings()
    assert duplicates.APPROVED not in again.facts
    assert 2 == len(factory.entries())


def test_a_rejected_one_is_sent_again_under_its_own_id(factory, waits: Waits) -> None:
    sealed = factory.transmission()
    factory.books.outsider("edit", "Account", factory.raw, {"Active": False})
    post_due(factory.company, waits=waits)
    factory.books.outsider("edit", "Account", factory.raw, {"Active": True})

    actions.resend(factory.controller, transmission=sealed.pk)
    post_due(factory.company, waits=waits)

    assert "confirmed" == factory.now(sealed).state
    assert [str(sealed.pk)] * 2 == [one["requestid"] for one in factory.sent()]


def test_only_what_waits_for_a_person_is_sent_again(factory, waits: Waits) -> None:
    sealed = factory.transmission()
    post_due(factory.company, waits=waits)

    with pytest.raises(actions.NotWaiting, match="is confirmed; only a blocked or rejected one is sent again"):
        actions.resend(factory.controller, transmission=sealed.pk)


def test_a_new_body_is_a_new_transmission(factory, waits: Waits) -> None:
    sealed = factory.transmission()
    factory.books.outsider("edit", "Account", factory.raw, {"Active": False})
    post_due(factory.company, waits=waits)
    mended = {**sealed.body, "lines": [{**line, "account": factory.accrued} for line in sealed.body["lines"]]}

    with companies.scope(factory.company):
        new = transmissions.replace(
            factory.now(sealed), body=mended, hash=digest(mended), accounting_date=sealed.accounting_date
        )
    post_due(factory.company, waits=waits)

    assert ("superseded", "confirmed") == (factory.now(sealed).state, factory.now(new).state)
    assert (2, sealed.journal_id) == (new.version, new.journal_id)


def test_what_quickbooks_may_hold_gets_no_other_body(factory, waits: Waits) -> None:
    sealed = factory.transmission()
    factory.books.fault("reset", match=JOURNAL, commit=True)
    post_due(factory.company, waits=waits)

    with (
        companies.scope(factory.company),
        pytest.raises(transmissions.NotToBeReplaced, match="QuickBooks may hold it"),
    ):
        transmissions.replace(factory.now(sealed), body={}, hash="", accounting_date=sealed.accounting_date)


def test_a_refusal_after_two_looks_that_found_nothing_may_be_replaced(factory, waits: Waits) -> None:
    sealed = factory.transmission()
    factory.books.fault("reset", match=JOURNAL, commit=False)
    factory.books.fault("fault", code="2050", match=JOURNAL)
    settle(factory.company, waits=waits, seconds=10)

    with companies.scope(factory.company):
        assert "rejected" == factory.now(sealed).state
        assert not transmissions.in_doubt(sealed.pk)


def test_a_paused_company_sends_nothing_until_it_is_resumed(factory, waits: Waits) -> None:
    sealed = factory.transmission()
    actions.pause(factory.controller, reason="month-end")
    post_due(factory.company, waits=waits)
    assert [] == factory.sent()

    actions.resume(factory.controller)
    post_due(factory.company, waits=waits)

    assert "confirmed" == factory.now(sealed).state


def test_a_live_company_that_is_not_stopped_cannot_be_resumed(factory) -> None:
    with pytest.raises(Refusal, match="only one that is paused can become live"):
        actions.resume(factory.controller)


def test_the_body_of_a_transmission_never_changes(factory) -> None:
    sealed = factory.transmission()

    with pytest.raises(DatabaseError, match="a new body is a new transmission"), companies.scope(factory.company):
        Transmission.objects.filter(pk=sealed.pk).update(body={})


def test_every_cause_of_a_standstill_is_one_that_the_screen_knows() -> None:
    known = {"connection", "closed books", "reference", "validation", "tampered", "replaced"}

    assert known == {one.value for one in Cause}
    assert Cause.CLOSED_BOOKS == verdicts.closed("").cause


def _duplicate(factory, waits: Waits):
    """Two copies, by switching two guards off."""
    factory.books.options(requestid_ttl=0)
    factory.transmission()
    factory.books.fault("reset", match=JOURNAL, commit=True)
    settle(factory.company, waits=waits, seconds=10)
    time.sleep(waits.read_back + 0.1)
    readback.read_back(factory.company, waits=waits)
    (finding,) = factory.findings()
    return finding
