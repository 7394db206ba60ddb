"""A company for one story: founded, connected to its own emulated QuickBooks, and live.

Everything is done by the actions and set-ups that an administrator would use, so that a story also proves them.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from tieout.access import actors
from tieout.access.acting import Acting
from tieout.access.models import CompanyState
from tieout.access.permissions import ActorRole
from tieout.core.posting import Rule, Target
from tieout.core.roles import Role
from tieout.ledger import actions as finance
from tieout.purchasing import actions as purchasing
from tieout.quickbooks import actions as quickbooks
from tieout.quickbooks import assistant, sessions
from tieout.quickbooks.client import Client
from tieout.quickbooks.outcomes import Accepted
from tieout.quickbooks.waits import Waits
from tieout.sales import actions as sales
from tieout.stock import actions as stock
from tieout.stories.emulator import Books, Emulator

ZONE = "America/New_York"
MAIN = "MAIN"
"""The site that an event is at unless it says otherwise; its main store has the same code."""

SUPPLIER, CUSTOMER = "SUPPLIER", "CUSTOMER"
ABROAD, FOREIGN = "ABROAD", "EUR"
"""The supplier of whatever has a foreign price, and what he is paid in: stories name a rate and no currency."""
UNPACED = Waits(paced=False)
"""The emulator does not throttle, and a story has no other worker to share with."""


@dataclass(slots=True)
class World:
    """A company at work, and the accountant's view of its books."""

    company: int
    by: Acting
    books: Client
    emulator: Emulator
    roles: dict[str, Role] = field(default_factory=dict)
    """QuickBooks' account id → the role that it plays."""
    realm: str = ""
    has_abroad: bool = False
    tax_is: str = ""

    def moment(self, on: date) -> datetime:
        """Noon of a day, where the company is."""
        return datetime.combine(on, time(12), ZoneInfo(ZONE))

    def agree_on_tax(self, tax_is: str, on: date) -> None:
        """What becomes of tax that bills have beside their lines, from a day on: in QuickBooks, and here."""
        if tax_is != self.tax_is:
            self.emulator.set_option(self.realm, tax_on_purchases=tax_is)
            finance.set_policy(self.by, name="tax on purchases", value=tax_is, effective_from=on)
            self.tax_is = tax_is

    def open_abroad(self) -> None:
        """With the first foreign price: QuickBooks keeps many currencies from then on, and a supplier is in one."""
        if self.has_abroad:
            return
        (known,) = self.books.every("Preferences", dict[str, Any])
        many = {"Id": known["Id"], "SyncToken": known["SyncToken"], "sparse": True}
        body = msgspec.json.encode({**many, "CurrencyPrefs": {"MultiCurrencyEnabled": True}})
        outcome = self.books.create("Preferences", body, requestid=uuid.uuid4())
        assert isinstance(outcome, Accepted), f"QuickBooks keeps one currency only: {outcome}"
        purchasing.add_supplier(self.by, code=ABROAD, name="The Supplier Abroad", currency=FOREIGN)
        assistant.names(self.by, waits=UNPACED)
        self.has_abroad = True


@contextmanager
def founded(emulator: Emulator, name: str) -> Iterator[World]:
    """A company of that name with its books, its site, a supplier and a customer."""
    make_template(emulator)
    with _at_work(emulator, emulator.another(), name) as world:
        yield world


def make_template(emulator: Emulator) -> None:
    """Accounts and names are made in QuickBooks once; each further company begins with a copy of these books."""
    if not emulator.has_template:
        with _at_work(emulator, emulator.first, "Template"):
            emulator.keep_as_template()


@contextmanager
def _at_work(emulator: Emulator, books: Books, name: str) -> Iterator[World]:
    company = actors.found(name[:120], time_zone=ZONE).pk
    by = actors.engage(company, "Storyteller", ActorRole.ADMINISTRATOR)
    stock.add_site(by, code=MAIN, name="Main")
    purchasing.add_supplier(by, code=SUPPLIER, name="The Supplier")
    sales.add_customer(by, code=CUSTOMER, name="The Customer")
    _connect(by, books)
    with sessions.opened(company, waits=UNPACED) as client:
        roles = _map(by)
        assistant.names(by, waits=UNPACED)
        actors.set_state(company, CompanyState.LIVE)
        yield World(company, by, client, emulator, roles, books.realm)


def _connect(by: Acting, books: Books) -> None:
    quickbooks.connect(
        by,
        base_url=books.url,
        realm=books.realm,
        client_id=books.client_id,
        client_secret=books.client_secret,
        access_token=books.access_token,
        refresh_token=books.refresh_token,
    )


def _map(by: Acting) -> dict[str, Role]:
    accounts = assistant.accounts(by, waits=UNPACED)
    finance.set_mapping(by, rules=[Rule(role, Target(account.pk)) for role, account in accounts.items()])
    return {account.external_id: role for role, account in accounts.items()}
