"""Reconciliation on a page: both sides, what is between them, and a way out of each; and repairing a mapping."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from tests.factory import Factory
from tests.web.conftest import SignIn, fill, text
from tieout.access import company as companies
from tieout.access.permissions import ActorRole
from tieout.ledger.models import Account, JournalEvent, JournalLine, Transmission
from tieout.quickbooks.models import ReconciledAccount, ReconciledTerm, Reconciliation, Remedy

ON = date(2026, 1, 31)


@pytest.fixture
def compared(worked: Factory) -> Factory:
    """A comparison that found an entry of somebody's, and one of ours changed."""
    with companies.scope(worked.company):
        company = worked.company
        run = Reconciliation.objects.create(
            company_id=company, on=ON, actor_id=worked.controller.actor, rest=0, undecided=2, seconds=1.5
        )
        line = ReconciledAccount.objects.create(
            company_id=company,
            run=run,
            account=Account.objects.get(name="Account of RAW"),
            sub_ledger=100_000,
            quickbooks=100_933,
            rest=0,
        )
        ours = JournalEvent.objects.filter(number__startswith="RCV").order_by("id")[0]
        for kind, subject, number, cents, journal in (
            ("foreign", "Journal Entry 77", "ADJ-1", 1_234, None),
            ("tampered", f"journal {ours.pk}", ours.number, -301, ours.pk),
        ):
            ReconciledTerm.objects.create(
                company_id=company,
                line=line,
                kind=kind,
                subject=subject,
                number=number or "",
                dated=ON,
                cents=cents,
                what="somebody did this",
                journal_id=journal,
                by="Jane Doe",
                changed="2026-01-20",
            )
    return worked


def test_before_the_first_comparison_the_page_says_what_will_stand_there(worked: Factory, controller: Client) -> None:
    page = text(controller.get("/reconciliation"))

    assert "Not compared yet" in page


def test_both_sides_and_what_is_between_them_stand_on_one_page(compared: Factory, controller: Client) -> None:
    page = text(controller.get("/reconciliation"))

    assert all(said in page for said in ("$1,000.00", "$1,009.33", "$12.34", "−$3.01", "ADJ-1", "Jane Doe"))
    assert "Adopt it" in page
    assert "Post it again" in page


def test_home_says_that_something_waits_for_a_decision(compared: Factory, controller: Client) -> None:
    page = text(controller.get("/"))

    assert "2 documents in QuickBooks wait for a decision" in page


def test_an_auditor_sees_it_and_decides_nothing(compared: Factory, sign_in: SignIn) -> None:
    page = text(sign_in(ActorRole.AUDITOR).get("/reconciliation"))

    assert "ADJ-1" in page
    assert "Adopt it" not in page
    assert "Compare now" not in page


def test_an_entry_is_adopted_with_a_reason_and_asked_about_no_more(compared: Factory, controller: Client) -> None:
    typed = {"act": "adopt", "subject": "Journal Entry 77", "reason": "The bank's fee."}

    answer = fill(controller, "/reconciliation", typed)

    assert 303 == answer.status_code
    with companies.scope(compared.company):
        decided = Remedy.objects.get()
    assert ("adopt", "The bank's fee.", 1_234) == (decided.kind, decided.reason, sum(decided.cents.values()))
    page = text(controller.get("/reconciliation"))
    assert "ADJ-1 is adopted" in page
    assert "Adopt it" not in page


def test_a_decision_without_a_reason_is_asked_for_it(compared: Factory, controller: Client) -> None:
    answer = fill(controller, "/reconciliation", {"act": "accept", "subject": "Journal Entry 77"})

    assert 422 == answer.status_code
    assert "Say why" in text(answer)


def test_comparing_without_quickbooks_says_what_to_do(worked: Factory, controller: Client) -> None:
    answer = fill(controller, "/reconciliation", {"act": "compare", "on": "2026-01-31"})

    assert 422 == answer.status_code
    assert "onnect" in text(answer), "connect, or connected"


def test_the_floor_is_asked_for_a_correction_and_answers_on_its_home_page(
    compared: Factory, controller: Client, warehouse: Client
) -> None:
    typed = {"act": "ask", "event": "RCV-000001", "reason": "Ten came, not twelve."}
    assert 303 == fill(controller, "/reconciliation", typed).status_code
    assert "Ten came, not twelve." in text(warehouse.get("/"))

    answer = warehouse.post("/", {"act": "answer", "request": "1", "answer": ""})
    assert 422 == answer.status_code
    with companies.scope(compared.company):
        from tieout.ledger.corrections import waiting

        (asked,) = waiting()
    answer = warehouse.post("/", {"act": "answer", "request": str(asked.id), "answer": "Counted: ten."})

    assert 303 == answer.status_code
    assert "Ten came, not twelve." not in text(warehouse.get("/"))


def test_a_wrong_mapping_is_shown_and_repaired(worked: Factory, controller: Client) -> None:
    with companies.scope(worked.company):
        right = Account.objects.create(
            company_id=worked.company, external_id="900", name="Honey and jars", type="Other Current Asset"
        )
        accounts = {line.role: line.account for line in JournalLine.objects.select_related("account")}
    worked.map({**accounts, "RAW": right})  # type: ignore[dict-item]
    path = "/mapping/reclassify?role=RAW&since=2026-01-01&until=2026-01-31"
    page = text(controller.get(path))
    assert "would move" in page
    assert "Honey and jars" in page

    typed = {"role": "RAW", "since": "2026-01-01", "until": "2026-01-31", "reason": "RAW went to the wrong account."}
    answer = fill(controller, path, typed)

    assert 303 == answer.status_code
    assert "Nothing would move" in text(controller.get(path))


def test_a_new_version_that_waits_for_the_old_one_cannot_be_sent_by_hand(worked: Factory, controller: Client) -> None:
    with companies.scope(worked.company):
        one = Transmission.objects.order_by("created_at", "number")[0]
        Transmission.objects.filter(pk=one.pk).update(state="blocked", cause="replaced", reason="It waits.")

    page = text(controller.get(f"/journal/{one.journal_id}"))

    assert "as soon as the entry that it replaces is gone" in page
    assert "Send it again" not in page
