"""What goes back to a supplier comes off what is owed for it, or is claimed; what it cost beyond his price is lost."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests import books
from tests import factory as factories
from tests.factory import START, Factory
from tieout.access import company as companies
from tieout.core.balances import NotEnough
from tieout.core.book import GoodsMovedOn
from tieout.core.matching import Part
from tieout.core.roles import PlaceKind
from tieout.ledger.models import Party
from tieout.purchasing import accruals, clearings
from tieout.purchasing.actions import (
    SentBackLot,
    return_to_supplier,
    reverse_receipt,
    reverse_supplier_return,
    settle_claim,
)
from tieout.purchasing.models import Bill, BillLine, PurchaseOrderLine, ReceiptLine
from tieout.purchasing.returns import NotBought, OverReturned, Settled

pytestmark = pytest.mark.django_db


@pytest.fixture
def factory(db: None) -> Factory:
    return factories.small()


def send_back(factory: Factory, lot: str, quantity: str) -> SentBackLot:
    return return_to_supplier(factory.warehouse, lot=lot, quantity=Decimal(quantity), at=factory.at())


def settle(factory: Factory, returned: SentBackLot, credited: str) -> None:
    settle_claim(factory.controller, supplier_return=returned.number, credited=Decimal(credited), at=factory.at())


def bill(factory: Factory, lot: str, quantity: str, cents: int) -> None:
    """A bill of QuickBooks, matched with the lot's receipt."""
    with companies.scope(factory.company):
        line = ReceiptLine.objects.get(lot__code=lot)
        document = Bill.objects.create(
            company_id=factory.company, kind="Bill", external_id=f"{lot} {cents}", sync_token=0,
            vendor=Party.objects.get(kind="vendor"), billed_on=START.date(), total=cents,
        )  # fmt: skip
        row = BillLine.objects.create(
            company_id=factory.company, bill=document, version=1, external_id="1", number=1,
            quantity=Decimal(quantity), amount=cents,
        )  # fmt: skip
        part = Part(line.pk, Decimal(quantity), cents, None)
        clearings.clear(
            books.act(factory.controller, factory), bill=document, wanted=[clearings.Wanted(row, part)],
            at=factory.at(), reason="as billed",
        )  # fmt: skip


def open_accrual(factory: Factory, lot: str) -> tuple[Decimal, int]:
    with companies.scope(factory.company):
        line = ReceiptLine.objects.get(lot__code=lot)
        found = accruals.of(factory.company, ids=[line.pk])[line.pk]
        return found.open_quantity, found.open


def test_what_was_not_billed_comes_off_the_accrual_and_the_order_expects_it_again(factory: Factory) -> None:
    factory.buy("HONEY", "10", "5", lot="H-1")
    back = send_back(factory, "H-1", "4")

    assert (2000, 2000, False) == (back.price, back.value, back.claimed)
    assert {"RAW": 3000, "GRNI": -3000} == books.roles(factory)
    assert (Decimal(6), 3000) == open_accrual(factory, "H-1")
    with companies.scope(factory.company):
        assert Decimal(6) == PurchaseOrderLine.objects.get().received
    books.hold(factory)


def test_freight_on_what_goes_back_is_lost(factory: Factory) -> None:
    factory.buy("HONEY", "10", "5", lot="H-1")
    books.late(factory, [("H-1", 1000)], origin=PlaceKind.FREIGHT)
    send_back(factory, "H-1", "4")

    assert {"RAW": 3600, "GRNI": -3000, "FREIGHT": -1000, "PURCHASE_RETURN_VAR": 400} == books.roles(factory)
    assert (Decimal(6), 3000) == open_accrual(factory, "H-1")
    books.hold(factory)


def test_freight_that_comes_after_the_goods_went_back_stays_with_the_others(factory: Factory) -> None:
    factory.buy("HONEY", "10", "5", lot="H-1")
    send_back(factory, "H-1", "4")
    books.late(factory, [("H-1", 1000)], origin=PlaceKind.FREIGHT)

    assert (Decimal(6), 4000) == books.lot(factory, "H-1")
    books.hold(factory)


def test_freight_of_goods_that_all_went_back_is_a_loss_of_the_return(factory: Factory) -> None:
    factory.buy("HONEY", "10", "5", lot="H-1")
    send_back(factory, "H-1", "10")
    books.late(factory, [("H-1", 1000)], origin=PlaceKind.FREIGHT)

    assert {"PURCHASE_RETURN_VAR": 1000, "FREIGHT": -1000} == books.roles(factory)
    books.hold(factory)


def test_what_was_billed_is_claimed_at_the_billed_price(factory: Factory) -> None:
    factory.buy("HONEY", "10", "5", lot="H-1")
    bill(factory, "H-1", "10", 6000)
    back = send_back(factory, "H-1", "4")

    assert (2400, True) == (back.price, back.claimed)
    assert {"RAW": 3600, "GRNI": -6000, "VCLAIM": 2400} == books.roles(factory)
    assert (Decimal(0), 0) == open_accrual(factory, "H-1")
    books.hold(factory)


def test_what_is_not_billed_goes_back_first(factory: Factory) -> None:
    factory.buy("HONEY", "10", "5", lot="H-1")
    bill(factory, "H-1", "7", 3500)
    send_back(factory, "H-1", "4")

    assert {"RAW": 3000, "GRNI": -3500, "VCLAIM": 500} == books.roles(factory)
    books.hold(factory)


def test_a_later_price_of_claimed_goods_adds_to_the_claim(factory: Factory) -> None:
    factory.buy("HONEY", "10", "5", lot="H-1")
    bill(factory, "H-1", "10", 5000)
    back = send_back(factory, "H-1", "4")
    books.late(factory, [("H-1", -1000)])
    settle(factory, back, "16")

    assert {"RAW": 2400, "GRNI": -4000, "VCLAIM": 1600} == books.roles(factory)
    books.hold(factory)


@pytest.mark.parametrize(("credited", "lost"), [("20", 0), ("18", 200), ("21.50", -150), ("0", 2000)])
def test_what_the_supplier_does_not_give_back_is_a_loss_of_the_return(
    factory: Factory, credited: str, lost: int
) -> None:
    """The credit itself is AP's: it stands on VCLAIM in QuickBooks, and takes there what is left here."""
    factory.buy("HONEY", "10", "5", lot="H-1")
    bill(factory, "H-1", "10", 5000)
    settle(factory, send_back(factory, "H-1", "4"), credited)

    roles = books.roles(factory)
    assert (lost, int(Decimal(credited) * 100)) == (roles.get("PURCHASE_RETURN_VAR", 0), roles.get("VCLAIM", 0))
    books.hold(factory)


def test_a_claim_is_settled_once(factory: Factory) -> None:
    factory.buy("HONEY", "10", "5", lot="H-1")
    bill(factory, "H-1", "10", 5000)
    back = send_back(factory, "H-1", "4")
    settle(factory, back, "18")

    with pytest.raises(Settled, match="is settled"):
        settle(factory, back, "2")
    with pytest.raises(Settled, match="has given a credit"):
        reverse_supplier_return(factory.warehouse, event=back.number, at=factory.at(), reason="")


def test_a_return_that_never_left_is_taken_back_under_the_same_accounts(factory: Factory) -> None:
    factory.buy("HONEY", "10", "5", lot="H-1")
    books.late(factory, [("H-1", 1000)], origin=PlaceKind.FREIGHT)
    bill(factory, "H-1", "10", 5000)
    back = send_back(factory, "H-1", "4")
    books.late(factory, [("H-1", 100)])
    reverse_supplier_return(factory.warehouse, event=back.number, at=factory.at(), reason="the truck was full")

    assert {"RAW": 6100, "GRNI": -5100, "FREIGHT": -1000} == books.roles(factory)
    books.hold(factory)


def test_nobody_sends_back_what_did_not_come(factory: Factory) -> None:
    factory.buy("HONEY", "10", "5", lot="H-1")
    factory.count("H-1", "12")
    factory.buy("OIL", "1", "5", lot="O-1")
    factory.make("MIX", "2", ("O-1", "1"), lot="M-1")

    with pytest.raises(NotBought):
        send_back(factory, "M-1", "1")
    with pytest.raises(NotEnough):
        send_back(factory, "H-1", "13")
    with pytest.raises(OverReturned, match="10 of its receipt"):
        send_back(factory, "H-1", "11")


def test_a_billed_receipt_is_sent_back_and_not_taken_back(factory: Factory) -> None:
    receipt = factory.buy("HONEY", "10", "5", lot="H-1")
    bill(factory, "H-1", "10", 5000)

    with pytest.raises(clearings.ReceiptIsBilled, match="Return the goods"):
        reverse_receipt(factory.warehouse, receipt=receipt.number, at=factory.at(), reason="")


def test_a_receipt_of_which_some_went_back_is_not_taken_back(factory: Factory) -> None:
    receipt = factory.buy("HONEY", "10", "5", lot="H-1")
    send_back(factory, "H-1", "1")

    with pytest.raises(GoodsMovedOn):
        reverse_receipt(factory.warehouse, receipt=receipt.number, at=factory.at(), reason="")
