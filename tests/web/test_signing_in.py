"""Coming in: one tap in a demo, a password elsewhere, and out again; and what ends a session."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.factory import Factory
from tests.web.conftest import SignIn, text
from tieout.access import actors
from tieout.access import company as companies
from tieout.access.models import Actor, Company
from tieout.access.permissions import ActorRole


@pytest.fixture
def plant(db: None) -> Company:
    """A company that is no demo, with one person in it."""
    company = actors.found("Real Foods")
    actors.engage(company.pk, "Rosa", ActorRole.WAREHOUSE, password="correct horse")
    return company


def test_a_demo_shows_its_people_by_role_and_lets_one_in_with_a_tap(mill: Factory) -> None:
    client = Client()

    page = text(client.get("/sign-in", follow=True))

    assert "Operator" in page
    assert "Sees no costs" in page
    assert "Tieout" not in page.partition("Operator")[2], "the system is no person"
    assert 303 == client.post(f"/sign-in/{mill.company}", {"name": "Operator"}).status_code
    assert "Good day, Operator" in text(client.get("/"))


def test_nobody_of_that_name_is_let_into_a_demo(mill: Factory) -> None:
    client = Client()
    for name in ("Mallory", "", actors.SYSTEM):
        assert 422 == client.post(f"/sign-in/{mill.company}", {"name": name}).status_code


def test_a_real_company_asks_for_a_password_and_says_the_same_whatever_was_wrong(plant: Company) -> None:
    client = Client()
    path = f"/sign-in/{plant.pk}"

    assert "Rosa" not in text(client.get(path))
    wrong = client.post(path, {"name": "Rosa", "password": "horse"})
    nobody = client.post(path, {"name": "Nobody", "password": "horse"})
    tapped = client.post(path, {"name": "Rosa"})

    assert [422] * 3 == [wrong.status_code, nobody.status_code, tapped.status_code]
    assert text(wrong) == text(nobody)
    assert 303 == client.post(path, {"name": "Rosa", "password": "correct horse"}).status_code
    assert "Real Foods" in text(client.get("/"))


def test_several_companies_are_chosen_from_and_none_is_explained(db: None) -> None:
    assert "tieout company add" in text(Client().get("/sign-in"))
    actors.found("Bakery")
    actors.found("Apiary")

    page = text(Client().get("/sign-in"))

    assert page.index("Apiary") < page.index("Bakery")


def test_signing_in_leads_back_to_the_page_asked_for_but_never_elsewhere(mill: Factory) -> None:
    client = Client()
    asked = client.get("/stock?q=honey")
    assert "/sign-in?next=%2Fstock%3Fq%3Dhoney" == asked.headers["Location"]

    for onward, lands in (
        ("/stock?q=honey", "/stock?q=honey"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/\\elsewhere.example", "/"),
    ):
        answer = Client().post(f"/sign-in/{mill.company}", {"name": "Operator", "next": onward})

        assert lands == answer.headers["Location"]


def test_signing_out_ends_it(operator: Client) -> None:
    assert 405 == operator.get("/sign-out").status_code
    assert 303 == operator.post("/sign-out").status_code
    assert 302 == operator.get("/stock").status_code


def test_somebody_who_left_or_changed_roles_is_so_at_once(mill: Factory, sign_in: SignIn) -> None:
    planner, operator = sign_in(ActorRole.PLANNER), sign_in(ActorRole.OPERATOR)
    with companies.scope(mill.company):
        Actor.objects.filter(name="Planner").update(role=ActorRole.WAREHOUSE)
        Actor.objects.filter(name="Operator").update(active=False)

    assert 403 == planner.get("/runs/new").status_code
    assert 302 == operator.get("/").status_code


def test_a_session_of_another_making_is_no_session(mill: Factory) -> None:
    client = Client()
    client.cookies["tieout_session"] = "eyJhY3RvciI6MSwiY29tcGFueSI6MX0:1aaaaa:forged"

    assert 302 == client.get("/").status_code
