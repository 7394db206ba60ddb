"""The bills' pages: what waits is proposed with its reasons, matched, moved or set aside, and what is open is aged."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from tests.factory import Factory
from tests.purchasing.paper import Desk
from tests.web.conftest import SignIn, fill, text
from tieout.access import company as companies
from tieout.access.permissions import ActorRole
from tieout.core.roles import Role
from tieout.ledger.models import Account


@pytest.fixture
def desk(mill: Factory) -> Desk:
    with companies.scope(mill.company):
        named = {one.name: one for one in Account.objects.all()}
    return Desk(mill, {role: named[f"Account of {role}"] for role in Role})


@pytest.fixture
def controller(sign_in: SignIn) -> Client:
    return sign_in(ActorRole.CONTROLLER)


def test_a_bill_outside_the_tolerances_is_proposed_and_matched_by_a_person(desk: Desk, controller: Client) -> None:
    desk.factory.buy("HONEY", "10", "5", lot="H-1")
    desk.type(desk.line("60.00", "10 kg H-1"))
    path = f"/bills/{desk.bill()}"

    home, queue, page = (text(controller.get(one)) for one in ("/", "/bills", path))
    done = fill(controller, path, {"act": "accept", "bill_line": str(desk.bill_line())})

    assert "1 bill to look at" in home
    assert "INV-146" in queue
    assert "10.00 more than accrued (20.0 %), outside the tolerances" in page
    assert 303 == done.status_code
    assert "0 for 0.00" == desk.open("H-1")
    assert "Nothing waits" in text(controller.get("/bills"))
    assert "Nothing waits for you" in text(controller.get("/"))


def test_a_foreign_bill_says_its_money_and_its_rate(desk: Desk, controller: Client) -> None:
    desk.type(desk.line("44.00", "tea"), CurrencyRef={"value": "EUR"}, ExchangeRate=Decimal("1.25"))

    page = text(controller.get(f"/bills/{desk.bill()}"))

    assert "$55.00, in EUR at 1.25" in page
    assert "$55.00 (44.00 EUR)" in page


def test_a_person_says_which_receipt_a_line_is_for(desk: Desk, controller: Client) -> None:
    desk.factory.buy("HONEY", "10", "5", lot="H-1")
    desk.type(desk.line("20.00", "as agreed"))
    path = f"/bills/{desk.bill()}"
    said = {"act": "clear", "bill_line": str(desk.bill_line()), "quantity": "4"}

    nothing = fill(controller, path, said)
    done = fill(controller, path, {**said, "receipt_line": str(desk.receipt_line("H-1"))})

    assert [422, 303] == [nothing.status_code, done.status_code]
    assert "6 for 30.00" == desk.open("H-1")
    assert "Quantity open" in text(controller.get("/bills/accruals"))


def test_a_miscoded_line_is_moved_and_a_service_set_aside(desk: Desk, controller: Client) -> None:
    desk.factory.buy("HONEY", "10", "5", lot="H-1")
    desk.type(desk.line("50.00", "H-1", role=Role.SAMPLES), desk.line("9.00", "a course"))
    path = f"/bills/{desk.bill()}"

    moved = fill(controller, path, {"act": "move", "bill_line": str(desk.bill_line(1))})
    aside = fill(controller, path, {"act": "aside", "bill_line": str(desk.bill_line(2)), "what": "service"})
    page = text(controller.get(path))

    assert [303, 303] == [moved.status_code, aside.status_code]
    assert "Move it back" in page
    assert "It is for goods" in page


def test_matches_are_taken_back_with_a_reason(desk: Desk, controller: Client) -> None:
    desk.factory.buy("HONEY", "10", "5", lot="H-1")
    desk.type(desk.line("51.00", "H-1"))
    desk.match()
    path = f"/bills/{desk.bill()}"

    without = fill(controller, path, {"act": "unmatch"})
    done = fill(controller, path, {"act": "unmatch", "reason": "the wrong receipt"})

    assert [422, 303] == [without.status_code, done.status_code]
    assert "10 for 50.00" == desk.open("H-1")


def test_what_no_bill_comes_for_is_written_off_with_a_reason(desk: Desk, controller: Client) -> None:
    desk.factory.buy("HONEY", "10", "5", lot="H-1")
    said = {"act": "write off", "receipt_line": str(desk.receipt_line("H-1"))}

    without = fill(controller, "/bills/accruals", said)
    done = fill(controller, "/bills/accruals", {**said, "reason": "a free sample after all"})

    assert [422, 303] == [without.status_code, done.status_code]
    assert "Say why no bill will come" in text(without)
    assert "10 for 0.00" == desk.open("H-1")


def test_a_credit_for_money_alone_is_set_against_what_was_billed_by_a_person(desk: Desk, controller: Client) -> None:
    desk.factory.buy("HONEY", "10", "5", lot="H-1")
    desk.type(desk.line("50.00", "H-1"), id="1")
    desk.match("1")
    desk.type(desk.line("20.00", "a year's bonus"), id="2", kind="VendorCredit")
    path = f"/bills/{desk.bill('2')}"

    offered = text(controller.get(path))
    said = {"act": "clear", "bill_line": str(desk.bill_line(1, "2")), "receipt_line": str(desk.receipt_line("H-1"))}
    done = fill(controller, path, said)

    assert "HONEY, −10 billed" in offered
    assert 303 == done.status_code
    assert {"RAW": "30.00"} == desk.books()
