"""What is sealed arrives in QuickBooks once, as it was sent."""

from __future__ import annotations

from tieout.access import actors
from tieout.access.models import CompanyState
from tieout.quickbooks.poster import post_due
from tieout.quickbooks.waits import Waits


def test_a_pending_transmission_becomes_one_entry_and_is_confirmed(factory, waits: Waits) -> None:
    sealed = factory.transmission()

    summary = post_due(factory.company, waits=waits)

    (entry,) = factory.entries()
    assert (1, "") == (summary.confirmed, summary.stopped)
    assert "confirmed" == factory.now(sealed).state
    assert entry["Id"] == factory.now(sealed).external_id
    assert ["send: accepted"] == factory.attempts(sealed)


def test_the_id_of_the_transmission_is_the_requestid_on_the_wire(factory, waits: Waits) -> None:
    sealed = factory.transmission()

    post_due(factory.company, waits=waits)

    assert [str(sealed.pk)] == [request["requestid"] for request in factory.sent()]


def test_a_company_that_is_not_live_sends_nothing(factory, waits: Waits) -> None:
    sealed = factory.transmission()
    actors.set_state(factory.company, CompanyState.SHADOW)

    summary = post_due(factory.company, waits=waits)

    assert "The company is not live: nothing is sent." == summary.stopped
    assert [] == factory.attempts(sealed)


def test_amounts_arrive_to_the_cent(factory, waits: Waits) -> None:
    for cents in (1, 99, 100, 123_456_789_01):
        factory.transmission(cents=cents)

    post_due(factory.company, waits=waits)

    amounts = sorted(entry["Line"][0]["Amount"] for entry in factory.entries())
    assert ["0.01", "0.99", "1.00", "123456789.01"] == [f"{amount:.2f}" for amount in amounts]
