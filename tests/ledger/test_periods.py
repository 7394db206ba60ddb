"""Finance closes a month, opens it again, and gives a blocked entry another day."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests import factory as factories
from tests.factory import Factory
from tieout.access import actors
from tieout.access import company as companies
from tieout.access.models import CompanyState
from tieout.core.posting import Rule, Target
from tieout.core.roles import Role
from tieout.ledger import actions
from tieout.ledger.models import Books, Event, JournalEvent, Redating, Transmission, TransmissionState
from tieout.ledger.queries import periods

JANUARY = {"starts": date(2026, 1, 1), "ends": date(2026, 1, 31)}
LATE = datetime(2026, 1, 20, 14, tzinfo=UTC)


@pytest.fixture
def factory(db: None) -> Factory:
    """In shadow: everything runs, nothing is sent."""
    made = factories.small()
    factories.local_books(made)
    return made


def dates(factory: Factory) -> list[date]:
    with companies.scope(factory.company):
        return list(Event.objects.order_by("id").values_list("accounting_date", flat=True))


def test_closing_seals_what_is_open(factory: Factory) -> None:
    factory.buy("HONEY", "10", "4.00", lot="H")
    factory.ship(("H", "1"))

    actions.close_period(factory.controller, **JANUARY)

    with companies.scope(factory.company):
        assert {"sealed"} == set(JournalEvent.objects.values_list("state", flat=True))


def test_a_month_opened_again_takes_its_own_facts_again(factory: Factory) -> None:
    factory.buy("HONEY", "10", "4.00", lot="H")
    actions.close_period(factory.controller, **JANUARY)
    factory.ship(("H", "1"), at=LATE)
    actions.reopen_period(factory.controller, **JANUARY, reason="a pallet was forgotten")
    factory.ship(("H", "1"), at=LATE)

    assert [date(2026, 1, 15), date(2026, 2, 1), date(2026, 1, 20)] == dates(factory)

    actions.close_period(factory.controller, **JANUARY)
    with pytest.raises(actions.PeriodClosed, match="2026-01-01 to 2026-01-31 is closed already"):
        actions.close_period(factory.controller, starts=date(2026, 1, 31), ends=date(2026, 2, 27))


def test_only_what_is_closed_is_opened(factory: Factory) -> None:
    with pytest.raises(actions.PeriodOpen, match="is not closed"):
        actions.reopen_period(factory.controller, **JANUARY, reason="to see")
    with pytest.raises(actions.BadPeriod, match="before it starts"):
        actions.close_period(factory.controller, starts=date(2026, 2, 1), ends=date(2026, 1, 1))


def test_a_month_with_an_entry_that_is_not_in_quickbooks_is_not_closed(factory: Factory) -> None:
    actors.set_state(factory.company, CompanyState.LIVE)
    factory.buy("HONEY", "10", "4.00", lot="H")

    with pytest.raises(
        actions.NotReadyToClose, match=r"1 entry of 2026-01-01 to 2026-01-31 is not in QuickBooks: RCV-"
    ):
        actions.close_period(factory.controller, **JANUARY)

    actions.close_period(factory.controller, starts=date(2026, 2, 1), ends=date(2026, 2, 28))


def test_a_month_with_an_entry_that_cannot_be_sealed_is_not_closed(factory: Factory) -> None:
    actions.set_mapping(factory.controller, rules=[Rule(Role.GRNI, Target())])
    factory.buy("HONEY", "10", "4.00", lot="H")

    with pytest.raises(actions.NotReadyToClose, match=r"No account is mapped for RAW"):
        actions.close_period(factory.controller, **JANUARY)
    with pytest.raises(actions.EmptyMapping):
        actions.set_mapping(factory.controller, rules=[])


def test_a_blocked_entry_goes_to_the_books_on_another_day(factory: Factory) -> None:
    factory.buy("HONEY", "10", "4.00", lot="H")
    factory.seal()
    with companies.scope(factory.company):
        blocked = Transmission.objects.get()
        Transmission.objects.update(state=TransmissionState.BLOCKED)

    redated = actions.redate_journal(
        factory.controller, number=blocked.number, on=date(2026, 2, 1), reason="January is closed in QuickBooks"
    )

    with companies.scope(factory.company):
        old, new = Transmission.objects.order_by("version")
        assert ("superseded", date(2026, 1, 15)) == (old.state, old.accounting_date)
        assert ("pending", date(2026, 2, 1), "2026-02-01") == (new.state, new.accounting_date, new.body["date"])
        assert redated.transmission == new.pk
        assert old.hash != new.hash
        assert "January is closed in QuickBooks" == Redating.objects.get().reason


def test_an_entry_is_not_given_a_day_that_is_closed_nor_one_that_waits_for_none(factory: Factory) -> None:
    factory.buy("HONEY", "10", "4.00", lot="H")
    factory.seal()
    with companies.scope(factory.company):
        number = Transmission.objects.get().number

    with pytest.raises(actions.NothingToRedate, match=f"{number} is not blocked or rejected"):
        actions.redate_journal(factory.controller, number=number, on=date(2026, 2, 1), reason="to see")

    actions.close_period(factory.controller, starts=date(2026, 2, 1), ends=date(2026, 2, 28))
    with companies.scope(factory.company):
        Transmission.objects.update(state=TransmissionState.REJECTED)
    with pytest.raises(actions.PeriodClosed, match="2026-02-14 is in a closed period"):
        actions.redate_journal(factory.controller, number=number, on=date(2026, 2, 14), reason="to see")


def test_a_policy_holds_from_its_day_on(factory: Factory) -> None:
    actions.set_policy(factory.controller, name="shipment grouping", value="shipment", effective_from=date(2026, 1, 16))
    factory.buy("HONEY", "10", "4.00", lot="H")
    for _ in range(2):
        factory.ship(("H", "1"))
    for _ in range(2):
        factory.ship(("H", "1"), at=LATE)

    with companies.scope(factory.company):
        assert 3 == JournalEvent.objects.filter(kind="shipment").count()


def test_months_say_how_far_their_entries_are_and_what_is_closed_where(factory: Factory) -> None:
    factory.buy("HONEY", "10", "4.00", lot="H")
    actions.close_period(factory.controller, starts=date(2026, 2, 1), ends=date(2026, 2, 14))
    actions.close_period(factory.controller, starts=date(2026, 2, 15), ends=date(2026, 2, 28))
    actions.close_period(factory.controller, starts=date(2026, 3, 1), ends=date(2026, 3, 14))

    with companies.scope(factory.company):
        Books.objects.create(company_id=factory.company, closed_through=date(2026, 1, 31))
        found = periods.months(date(2026, 3, 20))

    assert ["2026-03", "2026-02", "2026-01"] == [f"{one.starts:%Y-%m}" for one in found]
    assert ["partly", "yes", ""] == [one.closed_here for one in found]
    assert [False, False, True] == [one.closed_there for one in found]
    assert [0, 0, 1] == [one.every for one in found]
