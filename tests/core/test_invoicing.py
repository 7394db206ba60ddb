"""Which shipped goods an invoice line bills: the clear go by themselves, the rest is asked."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tieout.core.invoicing import InvoicedLine, ShippedLine, match, names, revenue_of

DAY = date(2026, 1, 15)
GROCER, BAKER = 1, 2
POT, MIX = 11, 12


def went(id: int, quantity: str, *, shipment: str = "", after: int = 0, **more: object) -> ShippedLine:
    number = shipment or f"SHP-{id:06}"
    facts: dict[str, object] = {"order": "", "customer": GROCER, "channel": "", "item": POT, **more}
    return ShippedLine(
        id, number, papers=(number,), on=DAY + timedelta(after), quantity=Decimal(quantity), **facts  # type: ignore[arg-type]
    )  # fmt: skip


def billed(id: int, quantity: str | None, *, text: str = "", after: int = 0, **more: object) -> InvoicedLine:
    facts: dict[str, object] = {"customer": GROCER, "item": POT, **more}
    amount = None if quantity is None else Decimal(quantity)
    return InvoicedLine(id, quantity=amount, on=DAY + timedelta(after), text=text, **facts)  # type: ignore[arg-type]


def taken(shipped: list[ShippedLine], invoiced: list[InvoicedLine]) -> dict[int, dict[int, str]]:
    """Invoiced line → shipped line → quantity, of what goes without asking."""
    return {one.line: {id: str(part) for id, part in one.takes} for one in match(shipped, invoiced).sure}


def test_the_only_shipment_of_the_customers_item_is_taken() -> None:
    assert {7: {1: "10"}} == taken([went(1, "10"), went(2, "10", item=MIX)], [billed(7, "10")])


def test_of_two_shipments_the_one_of_the_same_quantity_leads() -> None:
    assert {7: {2: "8"}} == taken([went(1, "10"), went(2, "8")], [billed(7, "8")])


def test_two_shipments_that_fit_equally_well_are_a_question() -> None:
    found = match([went(1, "10"), went(2, "10")], [billed(7, "10")])

    assert [] == found.sure
    assert ["SHP-000001", "SHP-000002"] == [one.shipment for one in found.open[7]]


@pytest.mark.parametrize("text", ["SHP-000002", "as per shp-000002.", "SHP-000002-7"])
def test_a_document_that_names_the_shipment_is_not_in_doubt(text: str) -> None:
    assert {7: {2: "10"}} == taken([went(1, "10"), went(2, "10")], [billed(7, "10", text=text)])


def test_a_document_that_names_the_order_is_not_in_doubt() -> None:
    shipped = [went(1, "10", order="PO 4711"), went(2, "10", order="PO 4712")]

    assert {7: {2: "10"}} == taken(shipped, [billed(7, "10", text="Your PO 4712, thank you")])


def test_a_number_inside_another_number_names_nothing() -> None:
    assert not names("order 14711", "4711")
    assert names("order 4711.", "4711")


def test_a_line_takes_the_lots_of_a_shipment_in_the_order_in_which_they_left() -> None:
    shipped = [went(1, "4", shipment="S"), went(2, "6", shipment="S")]

    assert {7: {1: "4", 2: "3"}} == taken(shipped, [billed(7, "7", text="S")])


def test_a_line_without_item_and_quantity_bills_the_shipment_it_names() -> None:
    shipped = [went(1, "4", shipment="S"), went(2, "6", shipment="S", item=MIX), went(3, "1")]

    assert {7: {1: "4", 2: "6"}} == taken(shipped, [billed(7, None, item=None, text="Shipment S")])


def test_a_quantity_of_no_known_item_does_not_say_which_of_two_items_it_is() -> None:
    shipped = [went(1, "4", shipment="S"), went(2, "6", shipment="S", item=MIX)]

    assert {} == taken(shipped, [billed(7, "4", item=None, text="S")])


def test_another_customers_goods_are_never_taken_without_a_number() -> None:
    found = match([went(1, "10", customer=BAKER)], [billed(7, "10")])

    assert ([], {7: []}) == (found.sure, found.open)


def test_two_lines_that_want_the_same_goods_as_much_are_a_question() -> None:
    assert {} == taken([went(1, "10")], [billed(7, "10"), billed(8, "10")])


def test_two_lines_share_a_shipment_that_is_enough_for_both() -> None:
    assert {7: {1: "4"}, 8: {1: "6"}} == taken([went(1, "10")], [billed(7, "4"), billed(8, "6")])


def test_what_a_sure_line_took_decides_for_the_others() -> None:
    shipped = [went(1, "10"), went(2, "10")]

    assert {7: {1: "10"}, 8: {2: "10"}} == taken(shipped, [billed(8, "10"), billed(7, "10", text="SHP-000001")])


def test_a_shops_document_of_a_day_bills_all_that_its_channel_shipped_that_day() -> None:
    shipped = [
        went(1, "4", channel="web", customer=BAKER),
        went(2, "6", channel="web"),
        went(3, "1", channel="web", after=1),
        went(4, "1"),
    ]

    assert {7: {1: "4", 2: "6"}} == taken(shipped, [billed(7, None, item=None, customer=99, channel="web")])


def test_dates_far_apart_are_a_question() -> None:
    assert {} == taken([went(1, "10")], [billed(7, "10", after=90)])


@pytest.mark.parametrize(
    ("revenue", "whole", "covered", "now", "cents"),
    [
        (1000, "3", "0", ["1", "1", "1"], [333, 334, 333]),
        (1000, "3", "1", ["2"], [667]),
        (1000, "4", "0", ["3"], [750]),
        (-1000, "4", "0", ["3"], [-750]),
        (1000, "4", "0", ["3", "2"], [750, 250]),  # more than was billed has no more revenue
        (1000, None, "0", ["3", "1"], [750, 250]),
        (1000, None, "4", ["3"], [0]),
    ],
)
def test_a_lines_revenue_is_shared_by_what_is_linked_to_the_cent(
    revenue: int, whole: str | None, covered: str, now: list[str], cents: list[int]
) -> None:
    quantity = None if whole is None else Decimal(whole)

    assert cents == revenue_of(revenue, quantity, Decimal(covered), [Decimal(one) for one in now])
