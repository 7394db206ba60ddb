"""The small factory after a day's work, sealed into its books, and browsers of the people who work there."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

import pytest
from django.test import Client

from tests import factory as factories
from tests.factory import Factory
from tieout.access import actors
from tieout.access.models import Company
from tieout.access.permissions import ActorRole

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer
else:
    Answer = object

ROLES = [role for role in ActorRole if role is not ActorRole.SYSTEM]


class SignIn(Protocol):
    def __call__(self, role: ActorRole, *, csrf: bool = False) -> Client: ...


@pytest.fixture
def mill(db: None) -> Factory:
    """A demo company (signing in takes one tap) before anything has happened, with its accounts mapped."""
    factory = factories.small()
    actors.engage(factory.company, "Administrator", ActorRole.ADMINISTRATOR)
    Company.objects.filter(pk=factory.company).update(is_demo=True)
    factories.local_books(factory)
    return factory


@pytest.fixture
def worked(mill: Factory) -> Factory:
    """The same after a day with something of everything."""
    mill.work()
    mill.seal()
    return mill


@pytest.fixture
def sign_in(mill: Factory) -> SignIn:
    def enter(role: ActorRole, *, csrf: bool = False) -> Client:
        client = Client()
        answer = client.post(f"/sign-in/{mill.company}", {"name": role.value.capitalize()})
        assert answer.status_code == 303, answer.content.decode()
        client.handler.enforce_csrf_checks = csrf
        return client

    return enter


@pytest.fixture
def operator(sign_in: SignIn) -> Client:
    return sign_in(ActorRole.OPERATOR)


@pytest.fixture
def planner(sign_in: SignIn) -> Client:
    return sign_in(ActorRole.PLANNER)


@pytest.fixture
def warehouse(sign_in: SignIn) -> Client:
    return sign_in(ActorRole.WAREHOUSE)


@pytest.fixture
def controller(sign_in: SignIn) -> Client:
    return sign_in(ActorRole.CONTROLLER)


def text(answer: Answer) -> str:
    """What a person reads: no tags, blanks as one."""
    page = re.sub(r"<(script|style|svg|head)\b.*?</\1>", " ", answer.content.decode(), flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def hidden(answer: Answer) -> dict[str, str]:
    """The hidden fields of a form's page, but for the token, which the test client needs not."""
    fields = re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', answer.content.decode())
    return {name: value for name, value in fields if name not in ("csrfmiddlewaretoken", "act")}


Fill = Callable[[Client, str, dict[str, str]], Answer]


def fill(client: Client, path: str, typed: dict[str, str]) -> Answer:
    """Open the page, fill its form in, send it."""
    return client.post(path, {**hidden(client.get(path)), **typed})
