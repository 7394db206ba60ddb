"""Ways out of what a reconciliation found: after them nothing is left to decide, and nothing left over."""

from __future__ import annotations

import pytest

from tests.quickbooks.test_books import outsider
from tests.quickbooks.test_reconciliation import ON, kept, terms
from tieout.access import actors
from tieout.access import company as companies
from tieout.access.actions import NotAllowed
from tieout.access.permissions import ActorRole
from tieout.core.refusals import NoReason
from tieout.ledger.models import Transmission
from tieout.quickbooks import actions, reconciliation, remedy_actions, replacing
from tieout.quickbooks.actions import NotWaiting
from tieout.quickbooks.poster import post_due, settle
from tieout.quickbooks.remedies import NotThatWay, UnknownDifference
from tieout.quickbooks.waits import Waits


def test_after_the_ways_out_everything_is_settled(factory, waits: Waits) -> None:
    edited, deleted, _ = (factory.transmission(cents=cents) for cents in (500, 700, 900))
    post_due(factory.company, waits=waits)
    edit(factory, edited, dollars=4)
    factory.books.outsider("delete", "JournalEntry", factory.now(deleted).external_id)
    stranger = outsider(factory, cents=33, number="ADJ-1")

    found = reconciliation.reconcile(factory.company, ON, waits=waits)
    assert (3, 0) == (found.undecided, found.rest)

    for sealed in (edited, deleted):
        remedy_actions.repost_entry(factory.controller, subject=journal(factory, sealed), reason="An intern was here.")
    remedy_actions.adopt_entry(factory.controller, subject=f"Journal Entry {stranger}", reason="The bank's fee.")
    replacing.carry_out(factory.company, waits=waits)
    settle(factory.company, waits=waits, seconds=10)
    done = reconciliation.reconcile(factory.company, ON, waits=waits)

    assert (0, 0, True) == (done.undecided, done.rest, done.is_settled)
    raw = kept(factory, done.run, "Raw material")
    assert (2_100, 2_133) == (raw.sub_ledger, raw.quickbooks)
    assert [("foreign", 33, "adopt")] == [(one.kind, one.cents, decision(factory, one)) for one in terms(factory, raw)]
    assert 3 == len([one for one in factory.entries() if one["DocNumber"].startswith("RCV-")])
    assert [] == factory.findings()


def test_a_repost_is_a_version_of_its_own_and_the_old_one_is_kept(factory, waits: Waits) -> None:
    sealed = posted(factory, waits)
    factory.books.outsider("delete", "JournalEntry", factory.now(sealed).external_id)
    reconciliation.reconcile(factory.company, ON, waits=waits)

    remedy_actions.repost_entry(factory.controller, subject=journal(factory, sealed), reason="Deleted by mistake.")

    with companies.scope(factory.company):
        old, new = Transmission.objects.filter(journal=sealed.journal).order_by("version")
    assert ("superseded", "blocked", 2) == (old.state, new.state, new.version)
    assert (old.number, old.hash) == (new.number, new.hash)
    assert old.pk != new.pk


def test_a_new_version_does_not_go_before_the_old_entry_is_gone(factory, waits: Waits) -> None:
    sealed = posted(factory, waits)
    edit(factory, sealed, dollars=4)
    reconciliation.reconcile(factory.company, ON, waits=waits)
    remedy_actions.repost_entry(factory.controller, subject=journal(factory, sealed), reason="Undo it.")
    with companies.scope(factory.company):
        new = Transmission.objects.get(journal=sealed.journal, version=2)

    with pytest.raises(NotWaiting, match="as soon as the entry that it replaces is gone"):
        actions.resend(factory.controller, transmission=new.pk)
    post_due(factory.company, waits=waits)

    assert "blocked" == factory.now(new).state
    assert 1 == len(factory.entries())


def test_what_was_changed_again_after_the_approval_is_not_deleted(factory, waits: Waits) -> None:
    sealed = posted(factory, waits)
    edit(factory, sealed, dollars=4)
    reconciliation.reconcile(factory.company, ON, waits=waits)
    remedy_actions.repost_entry(factory.controller, subject=journal(factory, sealed), reason="Undo it.")
    edit(factory, sealed, dollars=3)

    assert 0 == replacing.carry_out(factory.company, waits=waits)

    with companies.scope(factory.company):
        new = Transmission.objects.get(journal=sealed.journal, version=2)
    assert "was changed in QuickBooks again" in new.reason
    assert 1 == len(factory.entries())


def test_a_decision_holds_for_the_cents_that_were_looked_at(factory, waits: Waits) -> None:
    stranger = outsider(factory, cents=33, number="ADJ-1")
    posted(factory, waits)
    reconciliation.reconcile(factory.company, ON, waits=waits)
    remedy_actions.adopt_entry(factory.controller, subject=f"Journal Entry {stranger}", reason="The bank's fee.")
    assert 0 == reconciliation.reconcile(factory.company, ON, waits=waits).undecided

    lines = factory.books.read("JournalEntry", stranger)["Line"]
    for line in lines:
        line["Amount"] = 5
    factory.books.outsider("edit", "JournalEntry", stranger, {"Line": lines})

    assert 1 == reconciliation.reconcile(factory.company, ON, waits=waits).undecided


def test_an_accepted_difference_stays_and_waits_for_nobody(factory, waits: Waits) -> None:
    sealed = posted(factory, waits)
    edit(factory, sealed, dollars=4)
    reconciliation.reconcile(factory.company, ON, waits=waits)

    remedy_actions.accept_difference(factory.controller, subject=journal(factory, sealed), reason="Agreed by mail.")

    done = reconciliation.reconcile(factory.company, ON, waits=waits)
    assert (0, 0) == (done.undecided, done.rest)
    (term,) = terms(factory, kept(factory, done.run, "Raw material"))
    assert ("tampered", -100, "accept") == (term.kind, term.cents, decision(factory, term))


def test_ours_is_not_adopted_and_others_are_not_posted_again(factory, waits: Waits) -> None:
    stranger = outsider(factory, cents=33, number="ADJ-1")
    sealed = posted(factory, waits)
    edit(factory, sealed, dollars=4)
    reconciliation.reconcile(factory.company, ON, waits=waits)

    with pytest.raises(NotThatWay, match="is an entry of ours"):
        remedy_actions.adopt_entry(factory.controller, subject=journal(factory, sealed), reason="So be it.")
    with pytest.raises(NotThatWay, match="is not ours to post"):
        remedy_actions.repost_entry(factory.controller, subject=f"Journal Entry {stranger}", reason="So be it.")


def test_a_decision_needs_a_reason_a_difference_and_somebody_in_finance(factory, waits: Waits) -> None:
    stranger = outsider(factory, cents=33, number="ADJ-1")
    posted(factory, waits)
    reconciliation.reconcile(factory.company, ON, waits=waits)
    subject = f"Journal Entry {stranger}"
    operator = actors.engage(factory.company, "Otto", ActorRole.OPERATOR)

    with pytest.raises(NoReason):
        remedy_actions.adopt_entry(factory.controller, subject=subject, reason=" ")
    with pytest.raises(UnknownDifference):
        remedy_actions.adopt_entry(factory.controller, subject="Journal Entry 0", reason="So be it.")
    with pytest.raises(NotAllowed):
        remedy_actions.adopt_entry(operator, subject=subject, reason="So be it.")


def posted(factory, waits: Waits) -> Transmission:  # type: ignore[no-untyped-def]
    sealed = factory.transmission(cents=500)
    post_due(factory.company, waits=waits)
    return sealed  # type: ignore[no-any-return]


def edit(factory, sealed: Transmission, *, dollars: int) -> None:  # type: ignore[no-untyped-def]
    entry = factory.now(sealed).external_id
    lines = factory.books.read("JournalEntry", entry)["Line"]
    for line in lines:
        line["Amount"] = dollars
    factory.books.outsider("edit", "JournalEntry", entry, {"Line": lines})


def journal(factory, sealed: Transmission) -> str:  # type: ignore[no-untyped-def]
    return f"journal {sealed.journal_id}"


def decision(factory, term) -> str:  # type: ignore[no-untyped-def]
    with companies.scope(factory.company):
        return str(term.remedy.kind)
