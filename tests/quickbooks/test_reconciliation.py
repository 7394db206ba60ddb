"""Reconciliation: kept as it came out, read no more than needed, and each difference is decided about once."""

from __future__ import annotations

import json
from argparse import Namespace
from datetime import date

from qbo_emulator.testing import bill
from tests.quickbooks.test_books import outsider
from tieout.access import company as companies
from tieout.cli import reconcile
from tieout.core.posting import Rule, Target
from tieout.core.roles import Role
from tieout.ledger import actions as ledger
from tieout.ledger.models import Account
from tieout.quickbooks import reconciliation
from tieout.quickbooks.models import ReconciledAccount, ReconciledTerm, Reconciliation
from tieout.quickbooks.poster import post_due
from tieout.quickbooks.waits import Waits

ON = date(2026, 1, 31)
FEBRUARY = date(2026, 2, 28)
NOVEMBER = date(2026, 11, 24)


def test_a_comparison_is_kept_with_both_sides_and_every_term(factory, waits: Waits) -> None:
    factory.transmission(cents=500)
    post_due(factory.company, waits=waits)
    factory.transmission(cents=700)
    stranger = outsider(factory, cents=33, number="ADJ-1")

    done = reconciliation.reconcile(factory.company, ON, waits=waits)

    assert (2, 2, 1, 0) == (done.accounts, done.terms, done.undecided, done.rest)
    raw = kept(factory, done.run, "Raw material")
    assert (1_200, 533, 0) == (raw.sub_ledger, raw.quickbooks, raw.rest)
    assert [("unposted", 700), ("foreign", 33)] == [(one.kind, one.cents) for one in terms(factory, raw)]
    foreign = terms(factory, raw)[1]
    assert (f"Journal Entry {stranger}", "Jane Doe") == (foreign.subject, foreign.by)
    assert foreign.changed


def test_a_comparison_never_changes(factory, waits: Waits) -> None:
    factory.transmission(cents=500)
    done = reconciliation.reconcile(factory.company, ON, waits=waits)
    post_due(factory.company, waits=waits)
    again = reconciliation.reconcile(factory.company, ON, waits=waits)

    assert [0, 500] == [kept(factory, run.run, "Raw material").quickbooks for run in (done, again)]


def test_closed_months_are_not_read_again(factory, waits: Waits) -> None:
    closed_january(factory, waits)

    done = reconciliation.reconcile(factory.company, FEBRUARY, waits=waits)

    with companies.scope(factory.company):
        assert ON == Reconciliation.objects.get(pk=done.run).carried
    assert "2026-02-01" in last_ledger(factory)
    raw = kept(factory, done.run, "Raw material")
    assert (900, 933, 0) == (raw.sub_ledger, raw.quickbooks, raw.rest)
    assert [33] == [one.cents for one in terms(factory, raw)]


def test_a_change_in_a_closed_month_is_noticed_and_the_month_read_again(factory, waits: Waits) -> None:
    sealed = closed_january(factory, waits)
    factory.books.outsider("delete", "JournalEntry", factory.now(sealed).external_id)

    done = reconciliation.reconcile(factory.company, FEBRUARY, waits=waits)

    assert "2026-01-01" in last_ledger(factory)
    raw = kept(factory, done.run, "Raw material")
    assert (900, 433, 0) == (raw.sub_ledger, raw.quickbooks, raw.rest)
    assert [("foreign", 33), ("tampered", -500)] == [(one.kind, one.cents) for one in terms(factory, raw)]


def test_every_night_compares_today_and_once_the_closed_stretch(factory, waits: Waits) -> None:
    factory.transmission(cents=500)
    post_due(factory.company, waits=waits)
    ledger.close_period(factory.controller, starts=date(2026, 1, 1), ends=ON)

    first = reconciliation.nightly(factory.company, waits=waits)
    second = reconciliation.nightly(factory.company, waits=waits)

    today = reconciliation.today(factory.company)
    assert (today, today) == (first.on, second.on)
    with companies.scope(factory.company):
        runs = Reconciliation.objects.order_by("id").values_list("on", "carried")
        assert [(ON, None), (today, ON), (today, ON)] == list(runs)


def test_a_comparison_costs_three_requests_however_many_entries_there_are(factory, waits: Waits) -> None:
    for cents in range(1, 11):
        factory.transmission(cents=cents)
    post_due(factory.company, waits=waits)
    before = len(factory.books.requests())

    reconciliation.reconcile(factory.company, ON, waits=waits)

    asked = [one["path"].rpartition("/")[2] for one in factory.books.requests()[before:]]
    assert 3 == len(asked)
    assert ["TrialBalance", "GeneralLedger"] == asked[1:]


def test_what_is_waiting_says_who_recorded_it(factory, waits: Waits) -> None:
    factory.transmission(cents=700)

    done = reconciliation.reconcile(factory.company, ON, waits=waits)

    (term,) = terms(factory, kept(factory, done.run, "Raw material"))
    assert ("unposted", "Carla") == (term.kind, term.by)
    assert term.changed


def test_a_comparison_by_command_names_everything_and_ends_with_one_where_somebody_has_to_decide(
    factory, waits: Waits, capsys
) -> None:
    factory.transmission(cents=500)
    post_due(factory.company, waits=waits)
    outsider(factory, cents=33, number="ADJ-1")

    code = command(on=ON)

    said = capsys.readouterr().out
    assert 1 == code
    assert "Raw material: floor 5.00, QuickBooks 5.33, left 0.00" in said
    assert "ADJ-1" in said
    assert "1 document waits for a decision" in said


def test_a_comparison_by_command_without_anything_to_decide_says_so(factory, waits: Waits, capsys) -> None:
    factory.transmission(cents=500)
    post_due(factory.company, waits=waits)

    assert 0 == command(on=ON)
    assert "0.00 left over, and nothing to decide" in capsys.readouterr().out
    assert 0 == command(on=ON, json=True)
    assert 0 == json.loads(capsys.readouterr().out)["rest"]


def command(*, on: date, json: bool = False) -> int:
    return reconcile.run(Namespace(company=None, on=on, whole=False, json=json))


def test_bills_on_the_accrual_wait_for_nobody_while_they_are_as_mirrored(factory, waits: Waits) -> None:
    mapped(factory)
    factory.transmission(cents=500)
    typed = factory.books.outsider(
        "create", "Bill", None, bill("46", f"{factory.accrued} 5.00", f"{factory.raw} 2.00", TxnDate="2026-01-20")
    )

    done = reconciliation.asked(factory.company, ON, waits=waits)
    kinds = {one.kind for one in terms(factory, kept(factory, done.run, "Goods received"))}
    stray = [(one.kind, one.cents) for one in terms(factory, kept(factory, done.run, "Raw material"))]
    factory.books.outsider("edit", "Bill", typed["Id"], bill("46", f"{factory.accrued} 5.01"))
    unread = reconciliation.reconcile(factory.company, ON, waits=waits)

    assert {"unposted", "billed"} == kinds
    assert [("unposted", 500), ("foreign", 200)] == stray
    assert [("foreign", 501)] == [
        (one.kind, one.cents)
        for one in terms(factory, kept(factory, unread.run, "Goods received"))
        if one.kind != "unposted"
    ]
    assert 0 == done.rest == unread.rest


def test_bills_of_closed_months_are_carried(factory, waits: Waits) -> None:
    mapped(factory)
    factory.books.outsider("create", "Bill", None, bill("46", f"{factory.accrued} 5.00", TxnDate="2026-01-20"))
    closed_january(factory, waits)

    done = reconciliation.asked(factory.company, FEBRUARY, waits=waits)

    with companies.scope(factory.company):
        assert ON == Reconciliation.objects.get(pk=done.run).carried
    accrued = kept(factory, done.run, "Goods received")
    assert [("billed", 500), ("foreign", -33)] == [(one.kind, one.cents) for one in terms(factory, accrued)]
    assert 0 == done.rest


def mapped(factory) -> None:  # type: ignore[no-untyped-def]
    """The accrual is where goods received belong."""
    with companies.scope(factory.company):
        accrual = Account.objects.get(external_id=factory.accrued)
    ledger.set_mapping(factory.controller, rules=[Rule(Role.GRNI, Target(accrual.pk))])


def closed_january(factory, waits: Waits):  # type: ignore[no-untyped-def]
    """500 of ours and 33 of a stranger's in January, closed and compared; 400 in February."""
    sealed = factory.transmission(cents=500)
    outsider(factory, cents=33, number="ADJ-1")
    post_due(factory.company, waits=waits)
    ledger.close_period(factory.controller, starts=date(2026, 1, 1), ends=ON)
    reconciliation.reconcile(factory.company, ON, waits=waits)
    factory.transmission(cents=400, on=date(2026, 2, 10))
    post_due(factory.company, waits=waits)
    return sealed


def last_ledger(factory) -> str:  # type: ignore[no-untyped-def]
    """The last request for a general ledger, as it was asked."""
    return [str(one) for one in factory.books.requests() if "GeneralLedger" in str(one)][-1]


def kept(factory, run: int, name: str) -> ReconciledAccount:  # type: ignore[no-untyped-def]
    with companies.scope(factory.company):
        return ReconciledAccount.objects.get(run=run, account__name=name)


def terms(factory, line: ReconciledAccount) -> list[ReconciledTerm]:  # type: ignore[no-untyped-def]
    with companies.scope(factory.company):
        return list(ReconciledTerm.objects.filter(line=line).order_by("id"))
