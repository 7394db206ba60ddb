"""The buyer's pages: orders, suppliers, what goes back to them, goods without papers; and finance's landed costs."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from tests.factory import START, Factory
from tests.purchasing.paper import Desk
from tests.web.conftest import SignIn, fill, text
from tieout.access import company as companies
from tieout.access.permissions import ActorRole
from tieout.catalog import actions as catalog
from tieout.core.roles import Role
from tieout.costing import actions as costing
from tieout.ledger.models import Account
from tieout.purchasing import actions as purchasing
from tieout.purchasing.actions import OrderLine
from tieout.purchasing.models import OrderSending, PurchaseOrder, PurchaseOrderLine, SendingState
from tieout.stock.models import Lot


@pytest.fixture
def buyer(sign_in: SignIn) -> Client:
    return sign_in(ActorRole.BUYER)


@pytest.fixture
def desk(mill: Factory) -> Desk:
    with companies.scope(mill.company):
        named = {one.name: one for one in Account.objects.all()}
    return Desk(mill, {role: named[f"Account of {role}"] for role in Role})


def order(mill: Factory, quantity: str = "10", price: str = "4") -> str:
    lines = [OrderLine("HONEY", Decimal(quantity), Decimal(price))]
    return purchasing.place_order(
        mill.buyer, supplier="APIARY", site="MILL", lines=lines, ordered_on=START.date(), due_on=START.date()
    ).number


# --- Orders -----------------------------------------------------------------------------------------------------


def test_an_order_is_placed_at_the_suppliers_price_and_stands_in_the_list(mill: Factory, buyer: Client) -> None:
    fill(buyer, "/suppliers/APIARY", {"act": "price", "sku": "HONEY", "price": "4.25", "effective_from": "2026-01-01"})
    typed = {"supplier": "APIARY", "site": "MILL", "ordered_on": "2026-01-15", "sku-1": "HONEY", "quantity-1": "10"}

    done = fill(buyer, "/orders/new", typed)
    page, listed = text(buyer.get(done.headers["Location"])), text(buyer.get("/orders?q=honey"))

    assert 303 == done.status_code
    assert "10 kg 4.25 USD/kg" in page
    assert "$42.50" in listed
    assert "not sent" in listed


def test_an_order_without_any_price_is_refused_and_everything_stays_typed(mill: Factory, buyer: Client) -> None:
    done = fill(buyer, "/orders/new", {"supplier": "APIARY", "site": "MILL", "sku-1": "OIL", "quantity-1": "3"})

    assert 422 == done.status_code
    assert "APIARY has no price for OIL" in text(done)
    assert 'value="OIL"' in done.content.decode()


def test_an_order_says_what_came_what_is_rejected_and_what_is_outstanding(mill: Factory, buyer: Client) -> None:
    number = order(mill)
    came = purchasing.Came("HONEY", Decimal(6), rejected=Decimal(1), lot="H-1")
    receipt = purchasing.receive(mill.warehouse, order=number, lines=[came], at=mill.at())

    page = text(buyer.get(f"/orders/at/{number}"))

    assert "6 kg 1 kg 0 kg 3 kg" in page
    assert receipt.number in page


def test_an_overdue_order_is_closed_short_with_a_reason(mill: Factory, buyer: Client) -> None:
    number = order(mill)
    path = f"/orders/at/{number}"

    overdue, without = text(buyer.get("/orders?show=overdue")), fill(buyer, path, {"act": "close"})
    done = fill(buyer, path, {"act": "close", "reason": "sold out"})

    assert number in overdue
    assert [422, 303] == [without.status_code, done.status_code]
    assert "Closed: sold out" in text(buyer.get(path))
    assert number in text(buyer.get("/orders?show=closed"))
    assert number not in text(buyer.get("/orders"))


def test_what_quickbooks_refused_says_why_and_is_sent_again(mill: Factory, buyer: Client) -> None:
    number = order(mill)
    with companies.scope(mill.company):
        OrderSending.objects.create(
            company_id=mill.company,
            order=PurchaseOrder.objects.get(number=number),
            version=1,
            number=number,
            body={},
            hash="",
            state=SendingState.REJECTED,
            reason="Purchase orders are switched off.",
        )

    listed = text(buyer.get("/orders?books=refused"))
    done = fill(buyer, f"/orders/at/{number}", {"act": "again"})

    assert "Purchase orders are switched off." in listed
    assert 303 == done.status_code
    assert "on its way" in text(buyer.get(f"/orders/at/{number}"))


def test_the_dock_sees_orders_and_no_price(mill: Factory, warehouse: Client) -> None:
    number = order(mill, price="4.13")

    pages = text(warehouse.get("/orders")) + text(warehouse.get(f"/orders/at/{number}"))

    assert number in pages
    assert "4.13" not in pages
    assert "41.3" not in pages


def test_goods_priced_in_foreign_currency_are_received_at_the_days_rate(
    mill: Factory, buyer: Client, warehouse: Client
) -> None:
    typed = {"supplier": "APIARY", "site": "MILL", "currency": "EUR", "sku-1": "HONEY", "quantity-1": "10"}
    number = fill(buyer, "/orders/new", {**typed, "price-1": "4"}).headers["Location"].rpartition("/")[2]
    came = {"line-1": "1", "quantity-1": "10", "at": "2026-01-15T10:00"}

    without = fill(warehouse, f"/receipts/new/{number}", came)
    fill(warehouse, f"/receipts/new/{number}", {**came, "rate": "1.1"})

    assert 422 == without.status_code
    assert "€40.00" in text(buyer.get("/orders?show=all"))
    assert "$44.00" in text(buyer.get(f"/orders/at/{number}"))


# --- Suppliers --------------------------------------------------------------------------------------------------


def test_a_supplier_is_added_and_requested_until_quickbooks_knows_him(mill: Factory, buyer: Client) -> None:
    done = fill(buyer, "/suppliers", {"act": "add", "code": "OILCO", "name": "Oil & Co", "lead_time_days": "9"})
    page = text(buyer.get("/suppliers/OILCO"))

    assert "/suppliers/OILCO" == done.headers["Location"]
    assert "requested" in page
    assert "Finance links or creates it with one click." in page
    assert "9 days from order to dock" in page


def test_a_price_in_another_unit_is_the_same_price(mill: Factory, buyer: Client) -> None:
    catalog.add_unit(mill.planner, code="drum", name="drum", decimals=0)
    catalog.set_conversion(mill.planner, unit="drum", base="kg", numerator=Decimal(300), sku="HONEY")
    fill(buyer, "/suppliers/APIARY", {"act": "price", "sku": "HONEY", "price": "900", "unit": "drum"})
    typed = {"supplier": "APIARY", "site": "MILL", "sku-1": "HONEY", "quantity-1": "10"}

    fill(buyer, "/orders/new", typed)

    with companies.scope(mill.company):
        assert Decimal(3) == PurchaseOrderLine.objects.get().price


def test_a_supplier_shows_what_came_and_is_not_billed(mill: Factory, buyer: Client) -> None:
    mill.buy("HONEY", "10", "5", lot="H-1")

    page = text(buyer.get("/suppliers/APIARY"))

    assert "Owed, not billed $50.00" in page
    assert "HONEY lot H-1" in page


# --- Goods back -------------------------------------------------------------------------------------------------


def test_a_lot_is_sent_back_from_its_receipt(mill: Factory, warehouse: Client, controller: Client) -> None:
    receipt = mill.buy("HONEY", "10", "5", lot="H-1")
    (lot,) = receipt.lots
    typed = {"from": f"{lot.lot}@MILL", "quantity": "4", "reason": "damaged", "at": "2026-01-15T10:00"}

    done = fill(warehouse, f"/returns/new?receipt={receipt.number}", typed)
    page = text(controller.get(done.headers["Location"]))

    assert 303 == done.status_code
    assert "nothing of it had been billed, so less is owed for the receipt" in page
    assert "His price $20.00" in page
    assert done.headers["Location"].rpartition("/")[2] in text(controller.get("/returns"))


def test_a_claim_is_settled_by_what_the_supplier_gives_back(desk: Desk, controller: Client) -> None:
    mill = desk.factory
    mill.buy("HONEY", "10", "5", lot="H-1")
    desk.type(desk.line("50.00", "H-1"))
    desk.match()
    back = purchasing.return_to_supplier(mill.warehouse, lot="H-1", quantity=Decimal(4), at=mill.at())
    path = f"/returns/{back.number}"

    owed = text(controller.get("/returns?show=open"))
    fill(controller, path, {"act": "settle", "credited": "12", "document": "CN-7", "final": "no"})
    rest = text(controller.get(path))
    fill(controller, path, {"act": "settle", "credited": "5"})

    assert f"{back.number} Jan 15" in owed
    assert "$20.00, $8.00 still owed" in rest
    assert "3.00 less than claimed is a loss" in text(controller.get(path))
    assert "None of these" in text(controller.get("/returns?show=open"))


def test_a_return_that_never_left_is_taken_back(mill: Factory, warehouse: Client) -> None:
    mill.buy("HONEY", "10", "5", lot="H-1")
    back = purchasing.return_to_supplier(mill.warehouse, lot="H-1", quantity=Decimal(4), at=mill.at())

    done = fill(warehouse, f"/returns/{back.number}", {"act": "reverse", "reason": "the truck was full"})

    assert 303 == done.status_code
    assert "taken back" in text(warehouse.get("/returns"))


# --- Goods without papers ---------------------------------------------------------------------------------------


def test_found_goods_get_their_papers(mill: Factory, warehouse: Client) -> None:
    purchasing.record_found(mill.warehouse, sku="HONEY", quantity=Decimal(10), place="MILL", lot="F-1", at=mill.at())
    number = order(mill)
    with companies.scope(mill.company):
        lot = Lot.objects.get(code="F-1").pk

    waiting = text(warehouse.get("/found/papers"))
    done = fill(warehouse, "/found/papers", {"act": "match", "lot": str(lot), "order_line": f"{number}:1"})

    assert f"{number} of Sunny Hive Apiary, 10 kg still to come" in waiting
    assert 303 == done.status_code
    assert "All goods have their papers" in text(warehouse.get("/found/papers"))


# --- Landed costs -----------------------------------------------------------------------------------------------


def lot(mill: Factory, code: str) -> int:
    with companies.scope(mill.company):
        return Lot.objects.get(code=code).pk


def test_a_freight_bill_waits_until_it_is_shared_over_the_receipts_it_names(desk: Desk, controller: Client) -> None:
    mill = desk.factory
    mill.buy("HONEY", "3", "10", lot="H-1")
    mill.buy("OIL", "1", "30", lot="O-1")
    desk.type(desk.line("8.00", "DHL for RCV-000001, RCV-000002", role=Role.FREIGHT))
    new = f"/landed-costs/new?bill={desk.bill()}"

    waiting, page = text(controller.get("/landed-costs")), text(controller.get(new))
    typed = {"receipt-1": "RCV-000001", "receipt-2": "RCV-000002", "basis": "qty", "amount": "8"}
    done = fill(controller, new, {**typed, "vendor": "Sunny Hive Apiary", "document": "INV-146"})
    booked, after = text(controller.get(done.headers["Location"])), text(controller.get("/landed-costs"))

    assert "DHL for RCV-000001, RCV-000002 $8.00 $8.00 Share" in waiting
    assert "$6.00" in page
    assert "$2.00" in page
    assert 303 == done.status_code
    assert "H-1 Honey HONEY $6.00" in booked
    assert "No bill waits" in after


def test_an_edited_bill_waits_again_with_the_difference(desk: Desk, controller: Client) -> None:
    mill = desk.factory
    mill.buy("HONEY", "3", "10", lot="H-1")
    desk.type(desk.line("8.00", role=Role.FREIGHT))
    costing.apportion_landed_cost(
        mill.controller, amount=Decimal(8), of=["H-1"], vendor="Sunny Hive Apiary", document="INV-146", at=mill.at()
    )
    settled = text(controller.get("/landed-costs"))
    desk.type(desk.line("9.50", role=Role.FREIGHT))

    assert "No bill waits" in settled
    assert "$9.50 $1.50" in text(controller.get("/landed-costs"))


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"basis": "qty"}, "$6.00"),
        ({"basis": "value"}, "$4.00"),
        ({"basis": "weight", "given-1": "1", "given-2": "3"}, "$2.00"),
        ({"basis": "manual", "given-1": "7", "given-2": "2"}, "The shares add up to 9.00, not to 8.00."),
    ],
)
def test_each_lots_share_is_shown_before_anything_is_booked(
    mill: Factory, controller: Client, asked: dict[str, str], says: str
) -> None:
    receipts = [mill.buy("HONEY", "3", "10", lot="H-1").number, mill.buy("OIL", "1", "30", lot="O-1").number]
    chosen = {f"receipt-{n}": number for n, number in enumerate(receipts, 1)}
    lots = {f"lot-{n}": str(lot(mill, code)) for n, code in enumerate(("H-1", "O-1"), 1)}

    page = text(controller.get("/landed-costs/new", {"chosen": "yes", "amount": "8", **chosen, **lots, **asked}))

    assert says in page


def test_a_browser_without_scripts_is_shown_the_shares_too(mill: Factory, controller: Client) -> None:
    receipt = mill.buy("HONEY", "3", "10", lot="H-1").number
    typed = {"act": "show", "amount": "8.05", "receipt-1": receipt, "basis": "value"}

    shown = fill(controller, "/landed-costs/new", typed).headers["Location"]

    assert "key=" not in shown
    assert "In all $8.05" in text(controller.get(shown))


def test_a_figure_that_is_no_number_is_said_beside_the_shares(mill: Factory, controller: Client) -> None:
    receipt = mill.buy("HONEY", "3", "10", lot="H-1").number
    asked = {"chosen": "yes", "amount": "8", "receipt-1": receipt, "basis": "weight"}

    page = controller.get("/landed-costs/new", {**asked, "lot-1": str(lot(mill, "H-1")), "given-1": "heavy"})

    assert 200 == page.status_code
    assert "heavy" in text(page)


def test_a_landed_cost_is_shared_anew_and_taken_back(mill: Factory, controller: Client) -> None:
    mill.buy("HONEY", "3", "10", lot="H-1")
    mill.buy("OIL", "1", "30", lot="O-1")
    first = costing.apportion_landed_cost(mill.controller, amount=Decimal(8), of=["H-1"], at=mill.at()).number

    again = fill(controller, f"/landed-costs/new?again={first}", {"basis": "qty", "receipt-1": "RCV-000002"})
    path = again.headers["Location"]
    without = fill(controller, path, {"act": "reverse"})
    done = fill(controller, path, {"act": "reverse", "reason": "for none"})
    said, page = text(controller.get(path)), text(controller.get("/landed-costs"))

    assert 303 == again.status_code
    assert [422, 303] == [without.status_code, done.status_code]
    assert "is taken back from wherever it went" in said
    assert 2 == page.count("taken back")


def test_a_rate_is_set_and_its_estimate_stands_by_age_until_the_bill(mill: Factory, controller: Client) -> None:
    typed = {"sku": "HONEY", "per_unit": "0.2", "effective_from": "2026-01-01"}
    done = fill(controller, "/landed-costs/rates", typed)
    mill.buy("HONEY", "100", "1", lot="H-1")

    assert 303 == done.status_code
    assert "0.2 USD/kg" in text(controller.get("/landed-costs/rates"))
    assert "H-1 Honey HONEY RCV-000001" in text(controller.get("/landed-costs/estimates"))


def test_the_buyer_sees_landed_costs_and_books_none(mill: Factory, buyer: Client) -> None:
    assert 200 == buyer.get("/landed-costs").status_code
    assert 403 == buyer.get("/landed-costs/new").status_code


def test_found_goods_of_a_foreign_order_take_the_days_rate(mill: Factory, warehouse: Client, buyer: Client) -> None:
    purchasing.record_found(mill.warehouse, sku="HONEY", quantity=Decimal(10), place="MILL", lot="F-1", at=mill.at())
    typed = {"supplier": "APIARY", "site": "MILL", "currency": "EUR", "sku-1": "HONEY", "quantity-1": "10"}
    number = fill(buyer, "/orders/new", {**typed, "price-1": "4"}).headers["Location"].rpartition("/")[2]
    match = {"act": "match", "lot": str(lot(mill, "F-1")), "order_line": f"{number}:1"}

    offered = text(warehouse.get("/found/papers"))
    without = fill(warehouse, "/found/papers", match)
    done = fill(warehouse, "/found/papers", {**match, "rate": "1.25"})

    assert "priced in EUR" in offered
    assert [422, 303] == [without.status_code, done.status_code]
    assert "$50.00" in text(buyer.get(done.headers["Location"]))
