"""Buying in a browser: the shares of a cost follow what is typed, an order grows by lines, nothing is cut."""

from __future__ import annotations

from decimal import Decimal

from playwright.sync_api import Page, expect

from tests.browser.test_pages import enter, overflow
from tests.factory import Factory
from tieout.access import company as companies
from tieout.costing import landed_queries
from tieout.purchasing import actions as purchasing


def test_each_lots_share_stands_there_before_a_freight_bill_is_booked(page: Page, mill: Factory) -> None:
    enter(page, "Controller")
    page.goto("/landed-costs/new")
    page.get_by_label("Amount, USD").fill("12")
    page.get_by_label("Number of the bill").fill("DHL-7")
    page.get_by_label("Over the goods of these receipts").fill("honey")
    expect(page.get_by_role("checkbox")).to_have_count(2)
    for box in (page.get_by_label("RCV-000001"), page.get_by_label("RCV-000002")):
        box.check()
        expect(box).to_be_checked()

    expect(page.locator("#choice tfoot")).to_contain_text("$12.00")
    expect(page.locator("#choice tbody tr").first).to_contain_text("$8.00")
    page.get_by_label("Shared by").select_option("weight")
    page.get_by_label("Weight of lot H-1").fill("1")
    page.get_by_label("Weight of lot H-1").press("Tab")
    expect(page.locator("#choice tbody tr").first).to_contain_text("$12.00")
    page.get_by_role("button", name="Book these shares").click()

    expect(page.get_by_role("status")).to_contain_text("is booked")
    with companies.scope(mill.company):
        (landed,) = landed_queries.rows()
    assert ("DHL-7", 1200, 2) == (landed.document, landed.amount, landed.lots)


def test_an_order_of_four_lines_is_typed(page: Page) -> None:
    enter(page, "Buyer")
    page.goto("/orders/new?supplier=APIARY")
    page.get_by_role("button", name="Another line").click()
    for n in range(4):
        page.get_by_label("Item").nth(n).fill("HONEY")
        page.get_by_label("Quantity").nth(n).fill(str(n + 1))
        page.get_by_label("Price a unit").nth(n).fill("4.10")
    page.get_by_role("button", name="Place the order").click()

    expect(page.get_by_role("status")).to_contain_text("is placed")
    expect(page.locator("main")).to_contain_text("$41.00")


def test_no_page_of_buying_is_wider_than_its_screen(page: Page, mill: Factory) -> None:
    back = purchasing.return_to_supplier(mill.warehouse, lot="H-2", quantity=Decimal(1), at=mill.at()).number
    enter(page, "Buyer")
    wide = {}
    for path in (
        "/orders?show=all",
        "/orders/new",
        "/orders/at/PO-000001",
        "/orders/quickbooks",
        "/suppliers",
        "/suppliers/APIARY",
        "/returns",
        "/returns/new?receipt=RCV-000001",
        f"/returns/{back}",
        "/found/papers",
        "/landed-costs",
        "/landed-costs/estimates",
        "/landed-costs/rates",
    ):
        page.goto(path)
        wide[path] = overflow(page)

    assert dict.fromkeys(wide, 0) == wide
