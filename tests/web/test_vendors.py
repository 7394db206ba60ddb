"""A supplier and the vendor that QuickBooks has for him under another name: one choice, and what was held goes on."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.factory import Factory
from tests.purchasing.paper import Desk
from tests.web.conftest import SignIn, fill, text
from tieout.access import company as companies
from tieout.access.permissions import ActorRole
from tieout.core.roles import Role
from tieout.ledger.models import Account, Party
from tieout.purchasing.models import Supplier


@pytest.fixture
def desk(mill: Factory) -> Desk:
    with companies.scope(mill.company):
        named = {one.name: one for one in Account.objects.all()}
    return Desk(mill, {role: named[f"Account of {role}"] for role in Role})


@pytest.fixture
def controller(sign_in: SignIn) -> Client:
    return sign_in(ActorRole.CONTROLLER)


def other(mill: Factory, external_id: str) -> int:
    with companies.scope(mill.company):
        return Party.objects.create(
            company_id=mill.company, kind="vendor", name="Sunny Hive LLC", external_id=external_id
        ).pk


def apiary(mill: Factory, **columns: object) -> Party:
    with companies.scope(mill.company):
        party = Supplier.objects.get(code="APIARY").party
        if columns:
            Party.objects.filter(pk=party.pk).update(**columns)
        return Party.objects.get(pk=party.pk)


def test_what_is_held_for_a_vendor_goes_on_under_the_name_that_he_has_there(mill: Factory, controller: Client) -> None:
    apiary(mill, external_id="")
    known = other(mill, "501")
    mill.buy("HONEY", "10", "5", lot="H-1")
    assert 0 == mill.seal()

    assert "Sunny Hive LLC" in text(controller.get("/suppliers/APIARY"))
    nothing = fill(controller, "/suppliers/APIARY", {"act": "link", "known": ""})
    done = fill(controller, "/suppliers/APIARY", {"act": "link", "known": str(known)})

    assert [422, 303] == [nothing.status_code, done.status_code]
    assert ("501", True) == (apiary(mill).external_id, apiary(mill).active)
    assert 1 == mill.seal()


def test_of_a_vendor_that_was_merged_the_one_that_is_left_is_chosen(desk: Desk, controller: Client) -> None:
    """QuickBooks moves his bills to the other one, too."""
    mill = desk.factory
    known = other(mill, "502")
    mill.buy("HONEY", "10", "5", lot="H-1")
    apiary(mill, active=False)
    desk.type(desk.line("50.00", "lot H-1"), VendorRef={"value": "502"})
    assert 0 == desk.match().cleared

    done = fill(controller, "/suppliers/APIARY", {"act": "link", "known": str(known)})

    assert 303 == done.status_code
    assert ("502", True) == (apiary(mill).external_id, apiary(mill).active)
    assert 1 == desk.match().cleared


def test_a_vendor_in_use_that_is_as_it_should_be_is_not_asked_about(mill: Factory, controller: Client) -> None:
    known = other(mill, "503")
    assert "another name there" not in text(controller.get("/suppliers/APIARY"))

    refused = fill(controller, "/suppliers/APIARY", {"act": "link", "known": str(known)})
    assert 422 == refused.status_code
