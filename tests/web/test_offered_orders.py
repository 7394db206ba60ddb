"""Orders that QuickBooks holds open, on their page; and the vendor that only the floor knows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from qbo_emulator.testing import Books, qbo, qbo_server
from tests import factory as factories
from tests.factory import Factory
from tests.web.conftest import fill, text
from tieout.access import actors
from tieout.access import company as companies
from tieout.access.models import Company
from tieout.access.permissions import ActorRole
from tieout.purchasing import suppliers
from tieout.purchasing.models import PurchaseOrderLine
from tieout.quickbooks import actions as quickbooks
from tieout.quickbooks import masters

__all__ = ["qbo", "qbo_server"]

PAGE = "/orders/quickbooks"
TODAY = datetime.now(UTC).date()


@pytest.fixture
def factory(transactional_db: None, qbo: Books) -> Factory:
    """A demo company that is connected."""
    made = factories.small()
    Company.objects.filter(pk=made.company).update(is_demo=True)
    quickbooks.connect(
        actors.engage(made.company, "Ada", ActorRole.ADMINISTRATOR),
        base_url=qbo.url,
        realm=qbo.realm_id,
        client_id=qbo.client_id,
        client_secret=qbo.client_secret,
        access_token=qbo.access_token,
        refresh_token=qbo.refresh_token,
    )
    return made


def sign_in(factory: Factory, name: str) -> Client:
    client = Client()
    client.post(f"/sign-in/{factory.company}", {"name": name})
    return client


def order_there(books: Books, factory: Factory, number: str, *, days_ago: int = 5) -> None:
    """A line straight on an account, so that QuickBooks names no item of ours for it."""
    with companies.scope(factory.company):
        vendor = suppliers.one("APIARY").party.external_id
    (account, *_) = books.query("select * from Account where AccountType = 'Other Current Liability'")
    detail = {"AccountRef": {"value": account["Id"]}}
    line = {
        "Amount": 20,
        "Description": "raw honey",
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": detail,
    }
    on = (TODAY - timedelta(days=days_ago)).isoformat()
    books.create("PurchaseOrder", {"VendorRef": {"value": vendor}, "DocNumber": number, "TxnDate": on, "Line": [line]})


def test_an_order_of_quickbooks_is_taken_over_once_somebody_says_what_its_lines_are(
    factory: Factory, qbo: Books
) -> None:
    masters.request_parties(factory.company)
    order_there(qbo, factory, "QB-7")
    order_there(qbo, factory, "QB-OLD", days_ago=400)
    buyer = sign_in(factory, "Buyer")

    asked = buyer.get(f"{PAGE}?ask=yes")
    page = asked.content.decode()
    n = page.partition('aria-label="Item of raw honey on QB-7"')[0].rpartition('name="item-')[2].partition('"')[0]
    order = page.partition("<b>QB-7</b>")[0].rpartition('value="')[2].partition('"')[0]
    typed = {"act": "take over", "site": "MILL", "order-1": order}
    without = text(buyer.get(fill(buyer, f"{PAGE}?ask=yes", typed).headers["Location"]))
    done = fill(buyer, f"{PAGE}?ask=yes", {**typed, f"item-{n}": "HONEY"})

    assert "Stale: close them in QuickBooks" in text(asked)
    assert "QB-7 stays there: raw honey: no item here" in without
    assert "/orders" == done.headers["Location"]
    assert "theirs" in text(buyer.get("/orders?q=QB-7"))
    with companies.scope(factory.company):
        assert "HONEY" == PurchaseOrderLine.objects.get().item.sku


def test_a_quickbooks_that_does_not_answer_is_said_and_nothing_is_lost(factory: Factory, qbo: Books) -> None:
    buyer = sign_in(factory, "Buyer")
    qbo.fault("fault", code="3100", detail="No.", status=403, times=9)

    answer = buyer.get(f"{PAGE}?ask=yes")

    assert 422 == answer.status_code
    assert "Ask QuickBooks" in text(answer)


def test_finance_creates_a_requested_vendor_with_one_click(factory: Factory, qbo: Books) -> None:
    controller = sign_in(factory, "Controller")

    before = text(controller.get("/suppliers/APIARY"))
    done = fill(controller, "/suppliers/APIARY", {"act": "request"})
    after = text(controller.get("/suppliers/APIARY"))

    assert "Link it, or create it there" in before
    assert 303 == done.status_code
    assert "Sunny Hive Apiary is created in QuickBooks." in after
    assert ["Sunny Hive Apiary"] == [
        one["DisplayName"] for one in qbo.query("select * from Vendor where DisplayName = 'Sunny Hive Apiary'")
    ]
