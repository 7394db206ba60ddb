"""What only a browser can say: scripts run under the policy, pictures are drawn, nothing is wider than the screen."""

from __future__ import annotations

import re
from decimal import Decimal

from playwright.sync_api import Page, expect

from tests.factory import Factory
from tieout.access import company as companies
from tieout.purchasing import actions as purchasing
from tieout.purchasing.actions import OrderLine
from tieout.stock import queries as stock


def enter(page: Page, who: str) -> None:
    page.goto("/")
    page.get_by_role("button", name=re.compile(rf"^{who}\b")).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Good day")


def overflow(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def test_a_controller_signs_in_and_follows_cost_of_goods_sold_to_its_receipts(page: Page) -> None:
    enter(page, "Controller")
    page.goto("/trace/SHP-000001")

    expect(page.locator("[data-sankey] canvas")).to_be_visible()
    drawn = page.evaluate(
        "() => { const c = document.querySelector('[data-sankey] canvas'); const d = c.getContext('2d')"
        ".getImageData(0, 0, c.width, c.height).data; return d.some((v) => v > 0); }"
    )
    assert drawn
    expect(page.locator("a", has_text="receipt RCV-000001").first).to_be_attached()
    assert 0 == overflow(page)


def test_a_receipt_is_typed_with_the_keyboard_alone_and_tapped_twice(page: Page, mill: Factory) -> None:
    line = OrderLine("HONEY", Decimal(25), Decimal(4))
    order = purchasing.place_order(
        mill.buyer, supplier="APIARY", site="MILL", lines=[line], ordered_on=mill.now.date()
    ).number
    enter(page, "Warehouse")

    page.locator("#scan").fill(order)
    page.locator("#scan").press("Enter")
    expect(page.get_by_label("Came, kg")).to_be_focused()
    page.keyboard.type("25")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Supplier's lot")).to_be_focused()
    page.keyboard.type("LABEL-7")
    page.get_by_role("button", name="Record the receipt").dblclick()

    expect(page.get_by_role("status")).to_contain_text("is recorded")
    with companies.scope(mill.company):
        assert 1 == sum(one.quantity == 25 for one in stock.item("HONEY").lots)


def test_a_refusal_stands_over_the_form_and_is_read_first(page: Page) -> None:
    enter(page, "Operator")
    page.goto("/scrap")
    page.get_by_label("Why").fill("dropped")
    page.get_by_label("Lot, or item to be picked").first.fill("P-1")
    page.get_by_label("Quantity").first.fill("99999")
    page.get_by_role("button", name="Scrap").click()

    expect(page.get_by_role("alert")).to_be_focused()
    assert "99999" == page.get_by_label("Quantity").first.input_value()
    assert "dropped" == page.get_by_label("Why").input_value()


def test_the_stock_is_searched_as_one_types(page: Page) -> None:
    enter(page, "Controller")
    page.goto("/stock")
    page.get_by_label("Search the stock").press_sequentially("hon")

    expect(page.locator("#results tbody tr")).to_have_count(1)
    expect(page.locator("#results")).to_contain_text("Honey")
    assert page.url.endswith("?q=hon&site=&kind=")


def test_a_line_is_added_to_a_form_and_a_site_changes_what_it_offers(page: Page) -> None:
    enter(page, "Warehouse")
    page.goto("/shipments/new")
    page.get_by_role("button", name="Another line").click()

    assert 4 == page.get_by_label("Quantity").count()
    expect(page.locator("[name=what-4]")).to_be_focused()
    page.get_by_label("From").select_option("DEPOT")
    expect(page.locator("#goods option")).to_have_count(1)


def test_no_page_is_wider_than_its_screen(page: Page) -> None:
    enter(page, "Controller")
    wide = {}
    for path in (
        "/",
        "/stock",
        "/journal",
        "/runs/RUN-000003",
        "/shipments/SHP-000001",
        "/shipments/under-way",
        "/customers/GROCER",
        "/invoices?month=2026-01",
        "/invoices/ready",
        "/invoices/items",
        "/mapping",
        "/audit",
        "/trace",
        "/mapping/rule?role=RAW&look=1",
        "/settings",
        "/settings/policies",
        "/settings/periods",
        "/settings/items/of/HONEY",
        "/settings/boms/of/POT",
        "/settings/rates",
        "/settings/people",
    ):
        page.goto(path)
        wide[path] = overflow(page)

    assert dict.fromkeys(wide, 0) == wide


def test_the_smallest_phone_still_fits(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    enter(page, "Operator")
    for path in ("/", "/stock", "/runs/RUN-000003", "/receipts", "/count", "/transfers/new", "/trace/SHP-000001"):
        page.goto(path)

        assert 0 == overflow(page), path
