"""What must not get through: costs to the floor, other companies' rows, foreign scripts, forged forms, tracebacks."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from tests import factory as factories
from tests.factory import Factory
from tests.web.conftest import SignIn, text
from tieout.access import company as companies
from tieout.access.permissions import ActorRole
from tieout.ledger.queries import journals
from tieout.stock import queries as stock
from tieout.web import home

MONEY = re.compile(r"[$€£]\s?\d|\b\d[\d,]*\.\d{2}\b")


@pytest.mark.parametrize("role", [ActorRole.OPERATOR, ActorRole.WAREHOUSE, ActorRole.PLANNER])
def test_the_floor_sees_no_cost_and_no_account_anywhere(role: ActorRole, worked: Factory, sign_in: SignIn) -> None:
    client = sign_in(role)
    with companies.scope(worked.company):
        lots = [one.lot for sku in ("HONEY", "MIX", "POT") for one in stock.item(sku).lots]
    pages = [
        "/",
        "/stock",
        "/receipts",
        "/runs?show=over",
        "/shipments",
        "/transfers",
        "/trace",
        *(f"/stock/items/{sku}" for sku in ("HONEY", "MIX", "POT")),
        *(f"/stock/lots/{lot}" for lot in lots),
        *(f"/runs/RUN-00000{n}" for n in (1, 2, 3)),
        *(f"/runs/at/RUN-000003/{work}" for work in ("issue", "report", "hours", "return")),
        *(f"/events/{number}" for number in ("RCV-000001", "RPT-000003", "SHP-000001", "CNT-000001", "SCR-000001")),
        *(f"/trace/{name}" for name in ("SHP-000001", "RUN-000003", "P-1", "H-1")),
        "/receipts/RCV-000001",
        "/shipments/SHP-000001",
    ]
    for path in pages:
        page = client.get(path).content.decode()

        assert not re.search(r"[$€£]\s?\d", page), path
        assert "Account of" not in page, path
        assert "cents" not in page, path
        assert "/journal" not in page, path


def test_who_may_see_cost_does(worked: Factory, controller: Client) -> None:
    for path in ("/", "/stock", "/runs/RUN-000003", "/shipments/SHP-000001", "/trace/SHP-000001", "/events/RPT-000003"):
        assert MONEY.search(text(controller.get(path))), path


def test_another_companys_rows_are_not_there(worked: Factory, sign_in: SignIn) -> None:
    other = factories.small("Other Mills")
    factories.local_books(other)
    other.buy("HONEY", "7", "9.99", lot="SECRET-LOT")
    run = other.plan("MIX", "5", number="RUN-SECRET")
    other.seal()
    with companies.scope(other.company):
        lot = stock.item("HONEY").lots[0].lot
        journal = journals.journals()[0].id
        order = "PO-SECRET"
    client = sign_in(ActorRole.ADMINISTRATOR)

    for path in (
        f"/stock/lots/{lot}",
        f"/journal/{journal}",
        f"/runs/{run}",
        f"/runs/at/{run}/issue",
        f"/receipts/new/{order}",
        f"/trace/%23{lot}",
        "/trace/SECRET-LOT",
        "/events/NOTHING-1",
        "/shipments/SHP-999999",
        "/stock/items/NOTHING",
    ):
        assert 404 == client.get(path).status_code, path
    assert 404 == client.post(f"/runs/at/{run}/issue", {"quantity-1": "1", "sku-1": "HONEY"}).status_code
    for path in ("/stock?q=SECRET", "/receipts?q=SECRET", "/runs?q=SECRET", "/audit?q=SECRET", "/journal?q=SECRET"):
        assert "SECRET-LOT" not in text(client.get(path)).replace("q=SECRET", "")


def test_every_answer_carries_the_policy_and_is_kept_by_no_cache(operator: Client) -> None:
    for answer in (operator.get("/"), operator.get("/nowhere"), Client().get("/sign-in")):
        policy = answer.headers["Content-Security-Policy"]

        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "no-store" == answer.headers["Cache-Control"]
        assert "nosniff" == answer.headers["X-Content-Type-Options"]
        assert "DENY" == answer.headers["X-Frame-Options"]


def test_no_page_needs_what_the_policy_forbids(worked: Factory, controller: Client, operator: Client) -> None:
    for client, path in (
        (controller, "/"),
        (controller, "/trace/SHP-000001"),
        (controller, "/mapping/contract"),
        (operator, "/runs/RUN-000003"),
        (operator, "/count"),
    ):
        page = client.get(path).content.decode()

        assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:", page), path
        assert not re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", page), path
        assert not re.findall(r'(?:src|href)="(?:https?:)?//', page), path


def test_a_form_without_its_token_does_nothing(worked: Factory, sign_in: SignIn) -> None:
    client = sign_in(ActorRole.OPERATOR, csrf=True)

    answer = client.post("/scrap", {"site": "MILL", "what-1": "P-1", "quantity-1": "1", "reason": "x"})

    assert 403 == answer.status_code
    assert "This page is out of date" in text(answer)


def test_cookies_are_for_the_server_alone(mill: Factory) -> None:
    client = Client()
    client.post(f"/sign-in/{mill.company}", {"name": "Operator"})

    session = client.cookies["tieout_session"]
    assert session["httponly"]
    assert "Lax" == session["samesite"]


def test_trouble_is_told_in_sentences(
    mill: Factory, controller: Client, operator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = operator.get("/runs/RUN-77")
    assert "There is no run RUN-77" in text(missing)
    forbidden = operator.get("/audit")
    assert "“see audit” is not part of that role" in text(forbidden)
    assert 404 == operator.get("/stock/lots/99999999999999999999999").status_code

    def break_down(today: object) -> dict[str, object]:
        raise RuntimeError("the secret of the code")

    monkeypatch.setattr(home, "_figures", break_down)
    controller.raise_request_exception = False
    broken = controller.get(reverse("home"))
    assert 500 == broken.status_code
    assert "Our mistake" in text(broken)
    assert "secret" not in text(broken)


def test_a_page_answers_only_what_it_is_for(mill: Factory, operator: Client) -> None:
    assert 405 == operator.post("/stock", {"act": "delete"}).status_code
    assert 405 == operator.put("/stock").status_code
    assert 405 == operator.post("/transfers", {"act": "nothing"}).status_code


def test_finance_cannot_act_on_the_floor_whatever_it_posts(worked: Factory, controller: Client) -> None:
    for path, form in (
        ("/transfers", {"act": "arrive", "transfer": "TRO-000001"}),
        ("/runs/RUN-000003", {"act": "confirm"}),
        ("/shipments/SHP-000001", {"act": "reverse", "reason": "x", "event": "SHP-000001"}),
        ("/receipts/RCV-000001", {"act": "reverse", "reason": "x"}),
    ):
        assert 403 == controller.post(path, form).status_code, path


def test_strange_words_in_addresses_and_searches_do_no_harm(worked: Factory, sign_in: SignIn) -> None:
    client = sign_in(ActorRole.ADMINISTRATOR)
    for word in ("%", "_", "\\", "'", '"><script>alert(1)</script>', "\x00", "%s", "{}", "ß" * 300):
        for path in ("/stock", "/journal", "/receipts", "/runs", "/shipments", "/audit"):
            answer = client.get(path, {"q": word})

            assert 200 == answer.status_code, (path, word)
            assert "<script>alert" not in answer.content.decode()
    for path, query in (
        ("/journal", {"month": "2026-13", "skip": "-1", "state": "?", "kind": "?"}),
        ("/audit", {"before": "x", "outcome": "?"}),
        ("/receipts", {"before": "9" * 40}),
        ("/count", {"site": "NOWHERE"}),
    ):
        assert 200 == client.get(path, query).status_code, path
    for path in ("/stock/items/HONEY?on=never", "/shipments?on=never", "/audit?on=never"):
        assert client.get(path).status_code in (200, 404), path
