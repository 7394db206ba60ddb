"""The demo's payables in small: every awkward way to type a bill, freight a month late, somebody at our entries."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from qbo_emulator.testing import Books, qbo, qbo_server
from tests import factory as factories
from tests.journeys.month import Month, connected
from tieout.access import company as companies
from tieout.access.models import CompanyState
from tieout.close import verify
from tieout.core.matching import Tolerances
from tieout.demo import awkward, reconciling
from tieout.demo.awkward import AWKWARD
from tieout.demo.clerk import Clerk
from tieout.demo.payables import Delivery, Desk, Week
from tieout.purchasing import actions as purchasing
from tieout.purchasing import matching
from tieout.purchasing.actions import Came
from tieout.purchasing.matching import Standing
from tieout.purchasing.models import Bill
from tieout.quickbooks import poster, reconciliation

__all__ = ["qbo", "qbo_server"]

OPEN = (Standing.PROPOSED, Standing.MISCODED, Standing.WAITING)
FRIDAY = date(2026, 1, 30)


def test_whatever_ap_types_is_matched_or_waits_for_somebody(transactional_db: None, qbo: Books) -> None:
    month = connected(factories.small(state=CompanyState.LIVE), qbo, receipts=100)
    for _ in AWKWARD:
        for skus in (("HONEY", "OIL"), ("HONEY",)):
            come(month, *skus)
    on_the_road = month.order("JAR", price="0.71", quantity="3000")
    desk = at_desk(month, qbo)
    (everything,) = desk.weeks(FRIDAY)
    weeks = [shared(everything, n, 2) for n in range(len(AWKWARD))]

    desk.work(one.how(desk, week) for one, week in zip(AWKWARD, weeks, strict=True))

    assert [] == desk.refused
    left = {awkward.far_too_dear, awkward.miscoded_still, awkward.before_its_goods}
    expected = [week.number for one, week in zip(AWKWARD, weeks, strict=True) if one.how in left]
    assert expected == waiting(month)

    month.receive(on_the_road, "JAR", quantity="3000")
    desk.look()

    assert [expected[1], expected[2]] == waiting(month)
    desk.freight(FRIDAY, of="Sunny Hive Apiary")
    poster_settled(month)
    assert [] == findings(month)
    assert (0, 0) == compared(month)


def test_what_somebody_did_to_our_entries_is_found_and_put_right(transactional_db: None, qbo: Books) -> None:
    month = connected(factories.small(state=CompanyState.LIVE), qbo, receipts=100)
    honey, oil, jar = month.come("HONEY"), month.come("OIL", price="7.77"), month.come("JAR", price="0.33")
    month.factory.make("MIX", "10", (honey, "9"), (oil, "0.4"), lot="M", labour="7.31")
    month.factory.make("POT", "8", ("M", "4"), (jar, "8"), lot="P", labour="5.17")
    month.factory.ship(("P", "3"))
    month.post()
    since = month.factory.now.date().replace(day=1)

    reconciling.meddle(month.factory.company, qbo.introduction, since)
    reconciling.compare(month.factory.controller, FRIDAY)

    told = reconciling.told(month.factory.company)
    assert told is not None
    assert ["changed in QuickBooks", "not there any more, or moved"] == sorted(one.what for one in told.found)
    assert (0, 0) == (told.rest, told.left)


def come(month: Month, *skus: str) -> None:
    """A delivery with the supplier's own lot numbers on it."""
    order = month.order(*skus, quantity="1000")
    named = [f"{sku}-{len(month.lots) + n}" for n, sku in enumerate(skus)]
    lines = [Came(sku, Decimal(1000), lot=lot, supplier_lot=f"S{lot}") for sku, lot in zip(skus, named, strict=True)]
    at = month.factory.at(month.factory.now + month.between)
    receipt = purchasing.receive(month.factory.warehouse, order=order, lines=lines, at=at)
    month.lots |= dict.fromkeys(named, receipt.number)


def at_desk(month: Month, qbo: Books) -> Desk:
    clerk = Clerk(month.factory.company, qbo.introduction, products=dict(month.products))
    desk = Desk(clerk, month.factory.controller, {})
    desk.at = datetime(2026, 1, 30, 18, tzinfo=month.factory.now.tzinfo)
    return desk


def shared(everything: Week, n: int, each: int) -> Week:
    some: tuple[Delivery, ...] = everything.deliveries[n * each : (n + 1) * each]
    return Week(everything.vendor, f"INV-{700 + n}", everything.on, some)


def waiting(month: Month) -> list[str]:
    """Bills with a line that goods may still come for, or that somebody has to look at."""
    with companies.scope(month.factory.company):
        every = Bill.objects.filter(deleted=False).order_by("number")
        return [one.number for one in every if any(line.standing in OPEN for line in matching.look(one, Tolerances()))]


def poster_settled(month: Month) -> None:
    month.factory.at(datetime(2026, 2, 10, 15, tzinfo=month.factory.now.tzinfo))
    month.post()
    poster.settle(month.factory.company, seconds=60)


def findings(month: Month) -> list[str]:
    results = verify.check(month.factory.company, replay=True)
    return [str(one) for result in results for one in result.findings]


def compared(month: Month) -> tuple[int, int]:
    """What is explained by nothing, and what is to decide; and the accrual owes what is not billed."""
    on = date(2026, 2, 28)
    done = reconciliation.reconcile(month.factory.company, on)
    return done.rest, done.undecided
