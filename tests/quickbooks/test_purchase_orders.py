"""Purchase orders in QuickBooks: kept in step line by line, exactly once; taken over where a company begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from qbo_emulator.testing import Books
from tests import factory as factories
from tests.factory import START, Factory
from tieout.access import actors
from tieout.access import company as companies
from tieout.access.acting import Acting
from tieout.access.models import CompanyState
from tieout.access.permissions import ActorRole
from tieout.core.posting import Rule, Target
from tieout.ledger import actions as finance
from tieout.purchasing import actions, bill_actions, bills, matching, order_actions, suppliers
from tieout.purchasing.actions import OrderLine
from tieout.purchasing.models import OrderLineLink, OrderSending, SendingState
from tieout.quickbooks import actions as quickbooks
from tieout.quickbooks import masters, purchase_orders, set_up
from tieout.quickbooks.waits import Waits

pytestmark = pytest.mark.django_db(transaction=True)

WAITS = Waits(paced=False)
TODAY = date(2026, 1, 20)


@dataclass
class Office:
    """A factory with QuickBooks beside it, where purchase orders are switched on."""

    factory: Factory
    books: Books
    accrual: str
    vendor: str

    def order(self, quantity: str = "10", price: str = "5") -> str:
        line = OrderLine("HONEY", Decimal(quantity), Decimal(price))
        buyer = self.factory.buyer
        return actions.place_order(buyer, supplier="APIARY", site="MILL", lines=[line], ordered_on=START.date()).number

    def product(self, name: str = "HONEY") -> str:
        """Bought on the accrual account."""
        fields = {"Name": name, "Type": "NonInventory", "ExpenseAccountRef": {"value": self.accrual}}
        return str(self.books.create("Item", fields)["Id"])

    def send(self) -> purchase_orders.Sent:
        return purchase_orders.send_due(self.factory.company, TODAY, waits=WAITS)

    def there(self) -> list[dict[str, Any]]:
        every = self.books.query("select * from PurchaseOrder")
        return [one for one in every if one["VendorRef"]["value"] == self.vendor]

    def hurry(self) -> None:
        with companies.scope(self.factory.company):
            OrderSending.objects.update(next_at=timezone.now() - timedelta(seconds=1))


@pytest.fixture
def office(transactional_db: None, qbo: Books) -> Office:
    factory = factories.small(state=CompanyState.LIVE)
    administrator: Acting = actors.engage(factory.company, "Ada", ActorRole.ADMINISTRATOR)
    quickbooks.connect(
        administrator,
        base_url=qbo.url,
        realm=qbo.realm_id,
        client_id=qbo.client_id,
        client_secret=qbo.client_secret,
        access_token=qbo.access_token,
        refresh_token=qbo.refresh_token,
    )
    accounts = set_up.set_up(factory.company, waits=WAITS)
    finance.set_mapping(factory.controller, rules=[Rule(role, Target(one.pk)) for role, one in accounts.items()])
    masters.request_parties(factory.company, waits=WAITS)
    finance.set_policy(
        factory.controller, name="purchase orders", value="kept there too", effective_from=date(2026, 1, 1)
    )
    with companies.scope(factory.company):
        vendor = suppliers.one("APIARY").party.external_id
    grni = next(one.external_id for role, one in accounts.items() if role == "GRNI")
    return Office(factory, qbo, grni, vendor)


def test_an_order_stands_in_quickbooks_once_and_stays_in_step(office: Office) -> None:
    number = office.order()

    first, again = office.send(), office.send()

    (there,) = office.there()
    assert (1, 0) == (first.confirmed, again.confirmed)
    assert (number, "Open", 50.0) == (there["DocNumber"], there["POStatus"], there["TotalAmt"])
    actions.close_order(office.factory.buyer, order=number)
    assert 1 == office.send().confirmed
    assert ["Closed"] == [one["POStatus"] for one in office.there()]


def test_an_order_says_its_currency_and_a_vendor_paid_in_another_refuses_it(office: Office) -> None:
    office.books.prefer("CurrencyPrefs", MultiCurrencyEnabled=True)
    actions.add_supplier(office.factory.buyer, code="TEEHAUS", name="Teehaus", currency="EUR")
    masters.request_parties(office.factory.company, waits=WAITS)
    with companies.scope(office.factory.company):
        office.vendor = suppliers.one("TEEHAUS").party.external_id

    def order(currency: str) -> str:
        lines = [OrderLine("HONEY", Decimal(10), Decimal(5))]
        return actions.place_order(
            office.factory.buyer,
            supplier="TEEHAUS",
            site="MILL",
            lines=lines,
            ordered_on=START.date(),
            currency=currency,
        ).number

    agreed, other = order("EUR"), order("USD")
    sent = office.send()

    (there,) = office.there()
    assert (agreed, "EUR") == (there["DocNumber"], there["CurrencyRef"]["value"])
    assert "in the same currency" in sent.rejected[other]


def test_nothing_is_sent_where_orders_are_kept_here(office: Office) -> None:
    finance.set_policy(
        office.factory.controller, name="purchase orders", value="kept here", effective_from=date(2026, 1, 2)
    )
    office.order()

    assert 0 == office.send().confirmed
    assert [] == office.there()


def test_an_order_whose_answer_is_lost_is_looked_for_and_not_sent_again(office: Office) -> None:
    office.order()
    office.books.fault("reset", match={"entity": "PurchaseOrder", "method": "POST"}, commit=True)
    lost = office.send()
    office.hurry()

    found = office.send()

    assert (1, 1) == (lost.in_doubt, found.confirmed)
    assert 1 == len(office.there())


def test_a_bill_linked_to_the_order_needs_no_name_to_be_matched(office: Office) -> None:
    product = office.product()
    purchase_orders.mirror_products(office.factory.company, waits=WAITS)
    number = office.order()
    office.send()
    (order,) = office.there()
    receive(office.factory, number)
    line = {
        "Amount": 50,
        "DetailType": "ItemBasedExpenseLineDetail",
        "ItemBasedExpenseLineDetail": {"ItemRef": {"value": product}, "Qty": 10, "UnitPrice": 5},
        "LinkedTxn": [{"TxnId": order["Id"], "TxnType": "PurchaseOrder", "TxnLineId": order["Line"][0]["Id"]}],
    }
    document = office.books.create(
        "Bill", {"VendorRef": {"value": office.vendor}, "TxnDate": "2026-01-16", "Line": [line]}
    )

    company = office.factory.company
    with companies.scope(company):
        bills.mirror(company, document, kind="Bill")
        (waiting,) = matching.waiting(company)
    matched = bill_actions.match_bill(office.factory.system, bill=waiting, at=office.factory.at())

    assert 1 == matched.cleared
    office.send()
    assert ["Closed"] == [one["POStatus"] for one in office.there()]


def test_open_orders_of_quickbooks_are_taken_over_and_stale_ones_left_with_a_reason(office: Office) -> None:
    product = office.product()
    for number, on, item in (
        ("PO-1", "2026-01-10", product),
        ("PO-2", "2025-03-01", product),
        ("PO-3", "2026-01-11", ""),
    ):
        detail = (
            {"ItemRef": {"value": item}, "Qty": 4, "UnitPrice": 5}
            if item
            else {"AccountRef": {"value": office.accrual}}
        )
        kind = "ItemBasedExpenseLineDetail" if item else "AccountBasedExpenseLineDetail"
        line = {"Amount": 20, "DetailType": kind, kind: detail, "Description": "honey"}
        office.books.create(
            "PurchaseOrder",
            {"VendorRef": {"value": office.vendor}, "DocNumber": number, "TxnDate": on, "Line": [line]},
        )
    every = purchase_orders.offered(office.factory.company, TODAY, waits=WAITS)
    offered = [one for one in every if one.number.startswith("PO-")]

    taken = order_actions.take_over_orders(office.factory.buyer, site="MILL", offered=offered)
    again = purchase_orders.offered(office.factory.company, TODAY, waits=WAITS)

    assert ["PO-1"] == taken.placed
    assert {
        "PO-2": "nothing came since 2025-03-01: close it in QuickBooks",
        "PO-3": "honey: no item here",
    } == taken.left
    assert {"PO-2", "PO-3"} == {one.number for one in again if one.number.startswith("PO-")}
    with companies.scope(office.factory.company):
        assert 1 == OrderLineLink.objects.count()
    assert 0 == office.send().confirmed


def test_an_order_that_quickbooks_refuses_says_why_and_is_sent_again(office: Office) -> None:
    number = office.order()
    switched_off = {"code": "5030", "detail": "Purchase orders are switched off."}
    office.books.fault("fault", match={"entity": "PurchaseOrder", "method": "POST"}, commit=False, **switched_off)

    sent = office.send()

    assert 1 == len(sent.rejected)
    assert 0 == office.send().confirmed
    with companies.scope(office.factory.company):
        assert SendingState.REJECTED == OrderSending.objects.get().state
    order_actions.send_order_again(office.factory.buyer, order=number)
    assert 1 == office.send().confirmed


def receive(factory: Factory, order: str) -> None:
    came = actions.Came("HONEY", Decimal(10), lot="H-1")
    actions.receive(factory.warehouse, order=order, lines=[came], at=factory.at())
