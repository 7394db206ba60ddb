"""A mapping that was wrong for weeks is repaired: shown first, then moved, and everything still holds."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests import factory as factories
from tests.factory import Factory
from tieout.access import company as companies
from tieout.close import verify
from tieout.core.posting import Rule, Target
from tieout.core.roles import Role
from tieout.ledger import actions, reclassification
from tieout.ledger.models import Account, Event, JournalEvent, JournalLine, Reclassified
from tieout.ledger.reclassification import NothingToReclassify, Preview

RAW = Rule(Role.RAW, Target())
JANUARY, MARCH = date(2026, 1, 1), date(2026, 3, 31)
FEBRUARY = datetime(2026, 2, 3, 14, tzinfo=UTC)


@pytest.fixture
def factory(db: None) -> Factory:
    """Two weeks of raw material on the wrong account, and the right one known since."""
    made = factories.small()
    accounts = factories.local_books(made)
    made.work()
    made.buy("HONEY", "10", "5.00", lot="H-9", at=FEBRUARY)
    made.seal()
    with companies.scope(made.company):
        right = Account.objects.create(
            company_id=made.company, external_id="900", name="Honey and jars", type="Other Current Asset"
        )
    made.map({**accounts, Role.RAW: right})
    return made


def look(factory: Factory, rule: Rule = RAW) -> Preview:
    with companies.scope(factory.company):
        return reclassification.preview(
            factory.company, rule=rule, since=JANUARY, until=MARCH, today=date(2026, 11, 24)
        )


def balance(factory: Factory, name: str) -> int:
    with companies.scope(factory.company):
        lines = JournalLine.objects.filter(account__name=name).values_list("debit", "credit")
        return sum(debit - credit for debit, credit in lines)


def repair(factory: Factory, *, rule: Rule = RAW, each: bool = False) -> list[reclassification.Moved]:
    return actions.reclassify(
        factory.controller, rule=rule, since=JANUARY, until=MARCH, reason="RAW went to the wrong account.", each=each
    )


def test_the_preview_says_what_would_move_and_moves_nothing(factory: Factory) -> None:
    before = balance(factory, "Account of RAW")

    found = look(factory)

    january, february = found.steps
    assert ("RAW", "Account of RAW", "Honey and jars") == (january.role, january.was, january.target)
    assert (5_000, 0, 1) == (february.debit, february.credit, february.lines)
    assert before == january.debit - january.credit + february.debit - february.credit
    assert before == balance(factory, "Account of RAW")


def test_one_entry_a_period_moves_everything_to_the_right_account(factory: Factory) -> None:
    before = balance(factory, "Account of RAW")

    moved = repair(factory)

    assert [date(2026, 1, 31), date(2026, 2, 28)] == [one.accounting_date for one in moved]
    assert (0, before) == (balance(factory, "Account of RAW"), balance(factory, "Honey and jars"))


def test_every_line_is_linked_to_what_moved_it(factory: Factory) -> None:
    repair(factory)

    with companies.scope(factory.company):
        moved = Reclassified.objects.count()
        lines = JournalLine.objects.filter(role="RAW").exclude(event__kind="reclassification")
        assert lines.count() == moved


def test_what_was_moved_is_not_moved_twice(factory: Factory) -> None:
    repair(factory)

    assert [] == look(factory).steps
    with pytest.raises(NothingToReclassify, match="Nothing of RAW from 2026-01-01 to 2026-03-31"):
        repair(factory)


def test_it_can_go_back_the_same_way(factory: Factory) -> None:
    before = balance(factory, "Account of RAW")
    repair(factory)
    with companies.scope(factory.company):
        accounts = {role: Account.objects.get(name=f"Account of {role}") for role in Role}
    factory.map(accounts)

    repair(factory)

    assert (before, 0) == (balance(factory, "Account of RAW"), balance(factory, "Honey and jars"))


def test_each_event_can_have_an_entry_of_its_own(factory: Factory) -> None:
    moved = repair(factory, each=True)

    with companies.scope(factory.company):
        about = Event.objects.filter(kind="reclassification").values_list("subject", flat=True)
        touched = JournalLine.objects.filter(role="RAW").exclude(event__kind="reclassification")
        assert touched.values("event").distinct().count() == len(moved) == len(set(about))


def test_a_closed_month_moves_in_the_first_open_one(factory: Factory) -> None:
    actions.close_period(factory.controller, starts=JANUARY, ends=date(2026, 1, 31))

    (step,) = look(factory).steps
    (moved,) = repair(factory)

    assert (True, date(2026, 2, 1)) == (step.closed, step.period)
    assert date(2026, 2, 28) == moved.accounting_date


def test_only_what_the_rule_is_about_moves(factory: Factory) -> None:
    repair(factory, rule=Rule(Role.RAW, Target(), event_kind="receipt"))

    with companies.scope(factory.company):
        kinds = Reclassified.objects.values_list("line__event__kind", flat=True).distinct()
        assert ["receipt"] == list(kinds)


def test_every_invariant_holds_and_the_events_tell_it_again(factory: Factory) -> None:
    repair(factory)
    repair_cogs(factory)
    factory.seal()

    results = verify.check(factory.company, replay=True)

    assert [] == [str(finding) for one in results for finding in one.findings]
    with companies.scope(factory.company):
        assert {"sealed"} == set(JournalEvent.objects.filter(kind="reclassification").values_list("state", flat=True))


def repair_cogs(factory: Factory) -> None:
    """Cost of goods sold moves shipment by shipment, so that each can still be told from the others."""
    with companies.scope(factory.company):
        accounts = {role: Account.objects.get(name=f"Account of {role}") for role in Role}
        raw = Account.objects.get(name="Honey and jars")
        accounts = {**accounts, Role.RAW: raw, Role.COGS: Account.objects.get(name="Account of PPV")}
    factory.map(accounts)
    repair(factory, rule=Rule(Role.COGS, Target()))
