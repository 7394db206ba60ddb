"""One month of a small food maker and its QuickBooks, both ways: what AP types there, what outsiders do there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from qbo_emulator.testing import Books, qbo, qbo_server
from tests import factory as factories
from tests.journeys.awkward import CASES, usual
from tests.journeys.month import QUICK, Month, connected
from tieout.access import company as companies
from tieout.access.models import CompanyState
from tieout.close import verify
from tieout.core.roles import Role
from tieout.ledger.models import Transmission
from tieout.purchasing import accruals, progress
from tieout.purchasing.accruals import Accrual
from tieout.purchasing.models import ReceiptLine
from tieout.quickbooks import books as quickbooks
from tieout.quickbooks import poster, reconciled, reconciliation, remedy_actions, replacing
from tieout.quickbooks.reconciled import Compared
from tieout.stock.models import Lot

__all__ = ["qbo", "qbo_server"]

FEBRUARY = datetime(2026, 2, 10, 15, tzinfo=UTC)


@pytest.mark.parametrize("receipts", [40, pytest.param(140, marks=pytest.mark.soak)])
def test_a_month_of_both_ways_ends_at_nothing(transactional_db: None, qbo: Books, receipts: int) -> None:
    month = connected(factories.small(state=CompanyState.LIVE), qbo, receipts=receipts)

    play(month, receipts)
    assert receipts <= len(set(month.lots.values()))
    assert opened(month) == month.left
    assert (-accrued(month), 0) == (balance(month, Role.GRNI), balance(month, Role.FREIGHT))
    assert [] == findings(month)
    assert [] == waiting(compare(month))

    edited, deleted, stranger = tamper(month)
    found = compare(month)
    assert sorted([edited, deleted, stranger]) == waiting(found)
    assert 0 == found.rest

    for subject in (edited, deleted):
        remedy_actions.repost_entry(month.factory.controller, subject=subject, reason="An intern was here.")
    remedy_actions.adjust_cost(
        month.factory.controller, subject=stranger, lot=on_hand(month), reason="The supplier was paid for the drum."
    )
    replacing.carry_out(month.factory.company, waits=QUICK)
    poster.settle(month.factory.company, waits=QUICK, seconds=60)

    settled = compare(month)
    assert (0, 0) == (settled.rest, settled.undecided)
    assert [] == apart(month, settled)
    assert -accrued(month) == balance(month, Role.GRNI)
    assert [] == findings(month)


# --- The month ----------------------------------------------------------------------------------------------------


def play(month: Month, receipts: int) -> None:
    """Goods come and move on through two levels; AP types; somebody looks; next month freight is billed."""
    cases = [case(month) for case in CASES]
    step(cases)
    while len(set(month.lots.values())) < receipts:
        cases.append(usual(len(cases))(month))
        step(cases[-1:])
    make_and_ship(month)
    month.factory.at(datetime(2026, 1, 30, 15, tzinfo=UTC))
    step(cases)
    month.look()
    step(cases)
    month.look()
    month.factory.at(FEBRUARY)
    brought = sorted(set(month.lots.values()))
    month.type(month.line("431.17", "trucking in January", role=Role.FREIGHT), on=FEBRUARY.date())
    month.freight("431.17", brought)
    month.look()
    month.post()


def step(cases: list[Iterator[None]]) -> None:
    for one in cases:
        next(one, None)


def make_and_ship(month: Month) -> None:
    """Half of what came is in mixes, most of these in pots, half of the pots with the grocer."""
    honey, oil, jars = (bought(month, sku) for sku in ("HONEY", "OIL", "JAR"))
    factory = month.factory
    mixes = [f"M-{lot}" for lot in honey[::2]]
    for n, (lot, mix) in enumerate(zip(honey[::2], mixes, strict=True)):
        factory.make("MIX", "10", (lot, "9"), (oil[n % len(oil)], "0.4"), lot=mix, labour="7.31")
    for mix, jar in zip(mixes, jars, strict=False):
        factory.make("POT", "16", (mix, "8"), (jar, "16"), lot=f"P-{mix}", labour="5.17")
        factory.ship((f"P-{mix}", "9"))


def bought(month: Month, sku: str) -> list[str]:
    return [lot for lot in month.lots if lot.startswith(sku[0])]


# --- What is left -------------------------------------------------------------------------------------------------


def opened(month: Month) -> dict[str, str]:
    """Lot → what is accrued and not billed, where that is not nothing."""
    with companies.scope(month.factory.company):
        codes = dict(ReceiptLine.objects.values_list("id", "lot__code"))
    return {
        codes[one.id]: f"{one.open_quantity.normalize():f} for {one.open / 100:.2f}"
        for one in accrual_rows(month)
        if one.open or one.open_quantity
    }


def accrued(month: Month) -> int:
    """What we say that the accrual should owe: what is not billed, less what was billed for nothing that came."""
    with companies.scope(month.factory.company):
        rest = progress.billed_not_here(month.factory.company, [month.accounts[Role.GRNI].external_id])
    # What was set aside stands on the accrual in QuickBooks until AP codes it elsewhere.
    assert month.not_here == sum(one.cents for one in rest)
    return sum(one.open for one in accrual_rows(month)) - month.not_here


def accrual_rows(month: Month) -> list[Accrual]:
    with companies.scope(month.factory.company):
        return list(accruals.of(month.factory.company).values())


def balance(month: Month, role: Role) -> int:
    """QuickBooks' balance of its account, debits positive."""
    found = quickbooks.trial_balance(month.factory.company, date(2026, 12, 31), waits=QUICK)
    return found.get(month.accounts[role].external_id, 0)


def apart(month: Month, found: Compared) -> list[str]:
    """Accounts where the two sides do not say the same, but for what vendors charge there."""
    return [one.name for one in found.accounts if one.quickbooks != one.sub_ledger + one.billed]


def findings(month: Month) -> list[str]:
    """Whatever breaks an invariant, the events told again and QuickBooks read."""
    results = verify.check(month.factory.company, replay=True, waits=QUICK)
    return [str(one) for result in results for one in result.findings]


def compare(month: Month) -> Compared:
    on = max(reconciliation.today(month.factory.company), date(2026, 2, 28))
    run = reconciliation.reconcile(month.factory.company, on, waits=QUICK).run
    with companies.scope(month.factory.company):
        found = reconciled.run(run)
    assert found is not None
    return found


def waiting(found: Compared) -> list[str]:
    """The documents that a person has to decide about."""
    return sorted(one.difference.subject for one in reconciled.to_decide(found))


# --- An outsider --------------------------------------------------------------------------------------------------


def tamper(month: Month) -> list[str]:
    """An entry of ours edited, one deleted, and one typed by hand on an inventory account."""
    books, sent = month.books, posted(month)
    edited, deleted = sent["receipt"], sent["shipment"]
    lines = books.read("JournalEntry", edited.external_id)["Line"]
    for line in lines:
        line["Amount"] = Decimal("1.23")
    books.outsider("edit", "JournalEntry", edited.external_id, {"Line": lines})
    books.outsider("delete", "JournalEntry", deleted.external_id)
    stranger = books.outsider("create", "JournalEntry", None, by_hand(month))["Id"]
    return [f"journal {edited.journal_id}", f"journal {deleted.journal_id}", f"Journal Entry {stranger}"]


def posted(month: Month) -> dict[str, Transmission]:
    """The first entry of each kind."""
    with companies.scope(month.factory.company):
        every = Transmission.objects.select_related("journal").order_by("-journal_id")
        return {one.journal.kind: one for one in every}


def by_hand(month: Month) -> dict[str, Any]:
    def side(posting: str, role: Role) -> dict[str, Any]:
        detail = {"PostingType": posting, "AccountRef": {"value": month.accounts[role].external_id}}
        return {"Amount": Decimal("3.33"), "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": detail}

    return {"DocNumber": "ADJ-1", "TxnDate": "2026-01-20", "Line": [side("Debit", Role.RAW), side("Credit", Role.GRNI)]}


def on_hand(month: Month) -> int:
    """A lot that nothing was taken from."""
    with companies.scope(month.factory.company):
        return Lot.objects.get(code=bought(month, "HONEY")[1]).pk
