"""Revenue beside cost of goods sold: what has both, what has one, and totals that add up to the cent."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tests.factory import Factory, local_books
from tests.sales.paper import document, sold, tell
from tests.sales.test_recognition import agree, found_late
from tieout.access import company as companies
from tieout.ledger import actions as ledger
from tieout.quickbooks import item_actions
from tieout.sales import actions, billing, crediting, daily, invoice_actions, monitor, month_end
from tieout.sales.models import InvoiceLine
from tieout.sales.monitor import Monitor

JANUARY, FEBRUARY = (date(2026, 1, 1), date(2026, 1, 31)), (date(2026, 2, 1), date(2026, 2, 28))


def look(factory: Factory, month: tuple[date, date] = JANUARY) -> Monitor:
    with companies.scope(factory.company):
        return monitor.monitor(*month)


def settle(factory: Factory) -> None:
    daily.settle(factory.company, by=factory.controller)


def alone(found: Monitor) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    return [(one.reason, one.cents) for one in found.revenue_only], [(one.reason, one.cents) for one in found.cost_only]


def test_what_is_shipped_and_invoiced_in_one_month_is_a_pair(factory: Factory) -> None:
    factory.ship(("P-1", "10"))
    tell(factory, document(sold("POT", "10", "55")))
    settle(factory)

    found = look(factory)
    assert (5500, 3000, 5500, 3000) == (found.revenue, found.cost, found.matched_revenue, found.matched_cost)
    assert ([], []) == alone(found)


def test_each_side_says_why_it_stands_alone(factory: Factory) -> None:
    factory.ship(("P-2", "5"))
    freight = sold("", None, "9", Description="Freight")
    tell(factory, document(sold("MIX", "10", "55"), freight, sold("Gift card", "1", "20")))
    settle(factory)

    assert (
        [
            ("no shipment", 5500),
            ("a service, a charge or a discount: no goods", 900),
            ("an item that is none of ours", 2000),
        ],
        [("no invoice yet", 2000)],
    ) == alone(look(factory))


def test_goods_that_left_in_january_and_are_invoiced_in_february_are_seen_in_both(factory: Factory) -> None:
    factory.ship(("P-1", "10"), at=datetime(2026, 1, 31, 18, tzinfo=UTC))
    tell(factory, document(sold("POT", "10", "55"), on=date(2026, 2, 1)))
    settle(factory)

    assert ([], [("invoiced 2026-02-01, 1037", 3000)]) == alone(look(factory))
    reason = "cost of goods sold in another period: SHP-000001 of 2026-01-31"
    assert ([(reason, 5500)], []) == alone(look(factory, FEBRUARY))


def test_a_line_that_is_invoiced_in_part_is_a_pair_and_a_rest(factory: Factory) -> None:
    factory.ship(("P-1", "10"))
    tell(factory, document(sold("POT", "4", "22"), CustomerMemo={"value": "SHP-000001"}))
    settle(factory)

    found = look(factory)
    assert [(2200, 1200)] == [(one.revenue, one.cost) for one in found.pairs]
    assert ([], [("no invoice yet", 1800)]) == alone(found)


def test_what_waits_between_the_accounts_is_no_cost_and_its_invoice_says_so(factory: Factory) -> None:
    agree(factory, "delivery")
    factory.ship(("P-1", "10"))
    tell(factory, document(sold("POT", "10", "55")))
    settle(factory)

    assert ([("shipped 2026-01-15 on SHP-000001, not sold yet", 5500)], []) == alone(look(factory))


def test_a_shipment_taken_back_costs_nothing(factory: Factory) -> None:
    shipped = factory.ship(("P-1", "10"))
    actions.reverse_shipment(factory.warehouse, event=shipped.event, at=factory.at(), reason="never left")

    found = look(factory)
    assert (0, []) == (found.cost, [one for one in found.cost_only if one.cents])


@pytest.mark.parametrize("when", ["shipment", "invoice"])
def test_a_cost_that_comes_late_stays_with_its_pair_or_is_listed_when_the_month_is_over(
    factory: Factory, when: str
) -> None:
    local_books(factory)
    agree(factory, when)
    factory.ship(("P-1", "100"))
    tell(factory, document(sold("POT", "100", "550")))
    settle(factory)
    found_late(factory, "P-1", 1000)
    assert [(55000, 31000)] == [(one.revenue, one.cost) for one in look(factory).pairs]

    ledger.close_period(factory.controller, starts=JANUARY[0], ends=JANUARY[1])
    found_late(factory, "P-1", 7)
    assert ([], [("a cost that came later, of goods sold before", 7)]) == alone(look(factory, FEBRUARY))


def test_a_credit_is_sorted_by_a_person(factory: Factory) -> None:
    tell(factory, document(sold("POT", "1", "5"), id="72", number="CM-1"), "CreditMemo")
    assert [("credit, not sorted yet", -500)] == alone(look(factory))[0]
    with companies.scope(factory.company):
        line = InvoiceLine.objects.get().pk
    invoice_actions.sort_credit(factory.controller, line=line, reason="price only")

    assert [("credit: price only", -500)] == alone(look(factory))[0]
    with pytest.raises(crediting.BadSorting, match="received by a return"):
        invoice_actions.sort_credit(factory.controller, line=line, reason="goods back")


def test_month_end_proposes_what_is_shipped_and_not_billed_and_what_is_billed_and_not_shipped(
    factory: Factory,
) -> None:
    item_actions.link_item(factory.controller, external_item="q-POT", sku="POT", price=Decimal("5.50"))
    factory.ship(("P-1", "10"))
    tell(factory, document(sold("MIX", "3", "21")))
    settle(factory)

    with companies.scope(factory.company):
        found = month_end.proposals(JANUARY[1])
    assert [("shipped, not invoiced", "SHP-000001", 5500), ("invoiced, not shipped", "1037", 2100)] == [
        (one.what, one.number, one.cents) for one in found
    ]


def test_goods_that_came_back_are_no_more_cost_and_not_ready_to_be_billed(factory: Factory) -> None:
    shipped = factory.ship(("P-1", "10"))
    actions.return_from_customer(
        factory.warehouse, shipment=shipped.number, quantity=Decimal(4), lot="P-1", at=factory.at()
    )

    assert ([], [("no invoice yet", 1800)]) == alone(look(factory))
    with companies.scope(factory.company):
        assert [[Decimal(6)]] == [[item.quantity for item in one.items] for one in billing.ready()]


def test_goods_that_came_back_in_a_later_month_say_so(factory: Factory) -> None:
    shipped = factory.ship(("P-1", "10"))
    tell(factory, document(sold("POT", "10", "55")))
    settle(factory)
    later = datetime(2026, 2, 3, 18, tzinfo=UTC)
    actions.return_from_customer(
        factory.warehouse, shipment=shipped.number, quantity=Decimal(4), lot="P-1", at=later
    )  # fmt: skip

    assert ([], [("goods that came back", -1200)]) == alone(look(factory, FEBRUARY))
