"""Every page × every role: who may look, who is told that it is not part of the role, who is sent to sign in."""

from __future__ import annotations

import html
import re
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import get_resolver

from tests.factory import Factory
from tests.sales.paper import document, sold, tell
from tests.web.conftest import ROLES, SignIn
from tieout.access import company as companies
from tieout.access.permissions import ALLOWED, ActorRole, Permission
from tieout.costing import actions as costing
from tieout.ledger import actions as finance
from tieout.ledger import corrections
from tieout.ledger.queries import journals
from tieout.purchasing import actions as purchasing
from tieout.purchasing import bills
from tieout.purchasing.actions import OrderLine
from tieout.sales import actions as sales
from tieout.stock import queries as stock

P = Permission
PAGES: dict[str, tuple[str, Permission | None]] = {
    "home": ("/", None),
    "scan": ("/scan?code=POT", None),
    "stock": ("/stock?q=honey&site=MILL&kind=raw", None),
    "item": ("/stock/items/HONEY?on=2026-01-15", None),
    "lot": ("/stock/lots/{lot}", None),
    "receipts": ("/receipts?q=honey", None),
    "new-receipt": ("/receipts/new", P.RECEIVE),
    "receive": ("/receipts/new/{order}", P.RECEIVE),
    "receipt": ("/receipts/RCV-000001", None),
    "orders": ("/orders?show=all&q=honey", None),
    "new-order": ("/orders/new", P.BUY),
    "offered-orders": ("/orders/quickbooks", P.BUY),
    "order": ("/orders/at/{order}", None),
    "suppliers": ("/suppliers?q=hive", None),
    "supplier": ("/suppliers/APIARY", None),
    "supplier-returns": ("/returns?show=open", None),
    "new-supplier-return": ("/returns/new?lot={lot}", P.RECEIVE),
    "supplier-return": ("/returns/{returned}", None),
    "landed-costs": ("/landed-costs?q=dhl", P.SEE_COST),
    "new-landed-cost": ("/landed-costs/new?again={landed}", P.VALUE),
    "landed-estimates": ("/landed-costs/estimates", P.SEE_COST),
    "freight-rates": ("/landed-costs/rates", P.SEE_COST),
    "landed-cost": ("/landed-costs/at/{landed}", P.SEE_COST),
    "without-papers": ("/found/papers", None),
    "runs": ("/runs?show=over", None),
    "new-run": ("/runs/new", P.PLAN_RUN),
    "run": ("/runs/RUN-000003", None),
    "issue": ("/runs/at/RUN-000003/issue", P.REPORT_RUN),
    "return": ("/runs/at/RUN-000003/return", P.REPORT_RUN),
    "hours": ("/runs/at/RUN-000003/hours", P.REPORT_RUN),
    "report": ("/runs/at/RUN-000003/report", P.REPORT_RUN),
    "take-back-run": ("/runs/at/RUN-000003/take-back", P.REVERSE),
    "shipments": ("/shipments?on=2026-01-15", None),
    "new-shipment": ("/shipments/new?site=DEPOT", P.SHIP),
    "shipment": ("/shipments/SHP-000001", None),
    "invoices": ("/invoices?month=2026-01", P.SEE_COST),
    "invoices-waiting": ("/invoices/waiting", P.SEE_COST),
    "invoice": ("/invoices/{invoice}", P.SEE_COST),
    "ready-to-invoice": ("/invoices/ready", P.SEE_COST),
    "credits": ("/invoices/credits", P.SEE_COST),
    "item-links": ("/invoices/items", P.SEE_COST),
    "under-way": ("/shipments/under-way", None),
    "customers": ("/customers?q=green", None),
    "customer": ("/customers/GROCER", None),
    "customer-returns": ("/customer-returns?q=SHP", None),
    "customer-return": ("/customer-returns/CRT-000001", None),
    "new-customer-return": ("/customer-returns/new/SHP-000001", P.RECEIVE),
    "bills": ("/bills?show=all", P.SEE_COST),
    "bill": ("/bills/{bill}", P.SEE_COST),
    "accruals": ("/bills/accruals", P.SEE_COST),
    "transfers": ("/transfers", None),
    "new-transfer": ("/transfers/new?site=DEPOT", P.MOVE),
    "count": ("/count?site=DEPOT", P.COUNT),
    "found": ("/found?site=DEPOT", P.COUNT),
    "scrap": ("/scrap?site=DEPOT", P.SCRAP),
    "journal": ("/journal?state=on+its+way&kind=run&month=2026-01&q=RUN", P.SEE_COST),
    "entry": ("/journal/{journal}", P.SEE_COST),
    "event": ("/events/RPT-000003", None),
    "trace": ("/trace", None),
    "trace-of": ("/trace/SHP-000001", None),
    "tie-out": ("/tie-out", P.SEE_AUDIT),
    "reconciliation": ("/reconciliation", P.SEE_AUDIT),
    "reclassify": ("/mapping/reclassify?role=RAW&since=2026-01-01&until=2026-01-31", P.SEE_AUDIT),
    "mapping": ("/mapping", P.SEE_AUDIT),
    "contract": ("/mapping/contract", P.SEE_AUDIT),
    "mapping-rule": ("/mapping/rule?role=RAW&look=1&site=1", P.SEE_AUDIT),
    "mapping-version": ("/mapping/versions/1", P.SEE_AUDIT),
    "settings": ("/settings", None),
    "policies": ("/settings/policies", P.SEE_AUDIT),
    "periods": ("/settings/periods", P.SEE_AUDIT),
    "period": ("/settings/periods/one?starts=2026-01-01&ends=2026-01-31", P.SEE_AUDIT),
    "corrections": ("/settings/corrections", None),
    "correction": ("/settings/corrections/{correction}", None),
    "people": ("/settings/people", P.SEE_AUDIT),
    "person": ("/settings/people/{person}", P.SEE_AUDIT),
    "password": ("/settings/password", P.OWN_SIGN_IN),
    "items": ("/settings/items?q=honey&kind=raw", None),
    "new-item": ("/settings/items/new", P.KEEP_CATALOG),
    "item-data": ("/settings/items/of/HONEY", None),
    "units": ("/settings/units", None),
    "boms": ("/settings/boms?q=pot", None),
    "bom": ("/settings/boms/of/POT", None),
    "new-bom": ("/settings/boms/new/POT", P.KEEP_CATALOG),
    "rates": ("/settings/rates", P.SEE_COST),
    "places": ("/settings/places", None),
    "quickbooks": ("/quickbooks", P.SEE_AUDIT),
    "audit": ("/audit?q=report&outcome=done&on=2026-01-15", P.SEE_AUDIT),
}
"""The page's name → an address of it, and who may look."""

BILL = {
    "Id": "146",
    "DocNumber": "INV-88123",
    "TxnDate": "2026-01-15",
    "VendorRef": {"value": "46", "name": "Sunny Hive Apiary"},
    "Line": [
        {
            "Id": "1",
            "Amount": 437,
            "Description": "100 kg HONEY, RCV-000001",
            "DetailType": "AccountBasedExpenseLineDetail",
            "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "5"}},
        }
    ],
}
DOORS = {"sign-in", "door", "sign-out", "webhook", "quickbooks-return"}


@pytest.fixture
def addresses(worked: Factory) -> dict[str, str]:
    lines = [OrderLine("HONEY", Decimal(5), Decimal(4))]
    order = purchasing.place_order(
        worked.buyer, supplier="APIARY", site="MILL", lines=lines, ordered_on=worked.now.date()
    )
    back = purchasing.return_to_supplier(worked.warehouse, lot="H-2", quantity=Decimal(1), at=worked.at())
    shared = costing.apportion_landed_cost(worked.controller, amount=Decimal(8), of=["H-1", "O-1"], at=worked.at())
    sales.return_from_customer(worked.warehouse, shipment="SHP-000001", quantity=Decimal(1), at=worked.at())
    finance.request_correction(worked.controller, event="CNT-000001", reason="a pallet was counted twice")
    with companies.scope(worked.company):
        names = {
            "correction": corrections.waiting()[0].id,
            "person": worked.operator.actor,
            "lot": stock.item("HONEY").lots[0].lot,
            "journal": journals.journals(kind="run")[0].id,
            "order": order.number,
            "returned": back.number,
            "landed": shared.number,
            "bill": bills.mirror(worked.company, BILL, kind="Bill").bill,
            "invoice": tell(worked, document(sold("POT", "31", "186"))).invoice,
        }
    return {name: path.format(**names) for name, (path, _) in PAGES.items()}


def test_every_page_is_in_the_table() -> None:
    ours = {pattern.name for pattern in get_resolver().url_patterns if getattr(pattern, "name", None)}

    assert ours == set(PAGES) | DOORS


@pytest.mark.parametrize("role", ROLES)
def test_a_role_sees_its_pages_and_is_told_about_the_others(
    role: ActorRole, addresses: dict[str, str], sign_in: SignIn
) -> None:
    client = sign_in(role)
    wanted = {
        name: 200 if permission is None or permission in ALLOWED[role] else 403
        for name, (_, permission) in PAGES.items()
    }
    wanted["scan"] = 302

    found = {name: client.get(path).status_code for name, path in addresses.items()}

    assert wanted == found


def test_who_is_not_signed_in_is_sent_to_sign_in_and_back_again(addresses: dict[str, str]) -> None:
    client = Client()
    for name, path in addresses.items():
        answer = client.get(path)

        assert 302 == answer.status_code, name
        assert answer.headers["Location"].startswith("/sign-in"), name


def test_a_post_without_signing_in_does_nothing(addresses: dict[str, str]) -> None:
    client = Client()
    for path in addresses.values():
        answer = client.post(path, {"quantity": "1"})

        assert 302 == answer.status_code


@pytest.mark.parametrize("role", [ActorRole.OPERATOR, ActorRole.CONTROLLER, ActorRole.ADMINISTRATOR])
def test_no_page_has_a_dead_link_for_its_reader(role: ActorRole, addresses: dict[str, str], sign_in: SignIn) -> None:
    """Every address on every page that the role may open can be opened, too."""
    client = sign_in(role)
    found: dict[str, str] = {}
    for path in addresses.values():
        answer = client.get(path)
        if answer.status_code == 200:
            found |= dict.fromkeys(_links(answer.content.decode(), path), path)

    dead = {link: page for link, page in found.items() if _status(client, link) not in (200, 302)}

    assert {} == dead


def _links(page: str, path: str) -> list[str]:
    links = [html.unescape(link) for link in re.findall(r'href="([^"#]+)"', page)]
    here = path.partition("?")[0]
    return [here + link if link.startswith("?") else link for link in links if link.startswith(("/", "?"))]


def _status(client: Client, link: str) -> int:
    answer = client.get(link)
    if answer.streaming:
        list(answer)  # a file is open until it is sent
    return answer.status_code
