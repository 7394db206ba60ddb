"""A live company connected to an emulated QuickBooks, and transmissions as sealing makes them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from qbo_emulator.testing import Books, qbo, qbo_server
from tieout.access import actors
from tieout.access import company as companies
from tieout.access.acting import Acting
from tieout.access.models import Company, CompanyState
from tieout.access.permissions import ActorRole
from tieout.ledger.models import (
    Account,
    Answer,
    Attempt,
    Event,
    JournalEvent,
    JournalLine,
    JournalState,
    Transmission,
)
from tieout.ledger.sealing import digest
from tieout.quickbooks import actions
from tieout.quickbooks.models import Finding
from tieout.quickbooks.waits import USUAL, Waits

__all__ = ["qbo", "qbo_server"]

_numbers = itertools.count(1)

QUICK = USUAL.scaled(1 / 1000)
"""150 seconds become 0.15; a lease of 0.18 is over before a killed worker's successor has started."""


@dataclass(frozen=True)
class Factory:
    """A company of ours with its QuickBooks beside it."""

    company: int
    controller: Acting
    books: Books
    raw: str
    accrued: str

    def transmission(
        self, *, number: str | None = None, on: date = date(2026, 1, 15), cents: int = 102_500, **line: Any
    ) -> Transmission:
        """A receipt that sealing has just made ready to be sent."""
        number = number or f"RCV-{next(_numbers):06}-7"
        side = {
            "class": None,
            "department": None,
            "party": None,
            "description": "steel rod",
            "document": "",
            **line,
        }
        body = {
            "number": number,
            "date": on.isoformat(),
            "memo": f"Receipt {number}.",
            "currency": "USD",
            "lines": [
                {
                    **side,
                    "role": "RAW",
                    "account": self.raw,
                    "account_name": "Raw",
                    "debit": cents,
                    "credit": 0,
                },
                {
                    **side,
                    "role": "GRNI",
                    "account": self.accrued,
                    "account_name": "GRNI",
                    "debit": 0,
                    "credit": cents,
                },
            ],
        }
        with companies.scope(self.company):
            journal = self.journal(number=number, on=on, cents=cents)
            JournalEvent.objects.filter(pk=journal.pk).update(state=JournalState.SEALED, number=number)
            return Transmission.objects.create(
                company_id=self.company,
                journal=journal,
                number=number,
                accounting_date=on,
                body=body,
                hash=digest(body),
            )

    def journal(self, *, number: str, on: date, cents: int) -> JournalEvent:
        """A receipt's event with its lines, in an open journal event."""
        with companies.scope(self.company):
            journal = JournalEvent.objects.create(
                company_id=self.company, kind="receipt", key=number, document=number[:17], accounting_date=on
            )
            event = Event.objects.create(
                company_id=self.company,
                kind="receipt",
                number=number,
                actor_id=self.controller.actor,
                occurred_at=timezone.now(),
                local_date=on,
                accounting_date=on,
                payload={},
                mapping_version=1,
                journal=journal,
            )
            sides = (("RAW", self.raw, cents, 0), ("GRNI", self.accrued, 0, cents))
            JournalLine.objects.bulk_create(
                JournalLine(
                    company_id=self.company,
                    event=event,
                    number=place,
                    role=role,
                    debit=debit,
                    credit=credit,
                    account=Account.objects.get(external_id=account),
                    accounting_date=on,
                )
                for place, (role, account, debit, credit) in enumerate(sides, 1)
            )
            return journal

    def now(self, one: Transmission) -> Transmission:
        with companies.scope(self.company):
            return Transmission.objects.get(pk=one.pk)

    def attempts(self, one: Transmission) -> list[str]:
        """Purpose and outcome of each try, in order; a try without an answer ends in a question mark."""
        with companies.scope(self.company):
            tries = Attempt.objects.filter(transmission=one).order_by("number")
            answers = {answer.attempt_id: answer.outcome for answer in Answer.objects.all()}
            return [f"{one.purpose}: {answers.get(one.pk, '?')}" for one in tries]

    def findings(self) -> list[Finding]:
        with companies.scope(self.company):
            return list(Finding.objects.filter(closed_at=None).order_by("id"))

    def entries(self) -> list[dict[str, Any]]:
        """All journal entries that QuickBooks has from us."""
        found = self.books.query("select * from JournalEntry orderby Id maxresults 1000")
        return [entry for entry in found if "RCV-" in entry.get("DocNumber", "") or "[" in entry.get("PrivateNote", "")]

    def sent(self) -> list[dict[str, Any]]:
        """The requests that tried to create a journal entry."""
        return [
            one
            for one in self.books.requests()
            if one["method"] == "POST" and (one["entity"] or "").lower() == "journalentry"
        ]


@pytest.fixture
def company(transactional_db: None) -> Company:
    founded = actors.found("Hearth and Hand Mills")
    actors.set_state(founded.pk, CompanyState.LIVE)
    return founded


@pytest.fixture
def controller(company: Company) -> Acting:
    return actors.engage(company.pk, "Carla", ActorRole.CONTROLLER)


@pytest.fixture
def factory(company: Company, controller: Acting, qbo: Books) -> Factory:
    return connected(company, controller, qbo)


def connected(company: Company, controller: Acting, books: Books) -> Factory:
    actions.connect(
        controller,
        base_url=books.url,
        realm=books.realm_id,
        client_id=books.client_id,
        client_secret=books.client_secret,
        access_token=books.access_token,
        refresh_token=books.refresh_token,
    )
    actions.set_pace(controller, per_minute=500, per_second=10)
    raw = books.create("Account", {"Name": "Raw material", "AccountType": "Other Current Asset"})
    accrued = books.create("Account", {"Name": "Goods received", "AccountType": "Other Current Liability"})
    with companies.scope(company.pk):
        for found in (raw, accrued):
            Account.objects.create(
                company_id=company.pk,
                external_id=found["Id"],
                name=found["Name"],
                type=found["AccountType"],
            )
    return Factory(company.pk, controller, books, raw["Id"], accrued["Id"])


@pytest.fixture
def waits() -> Waits:
    return QUICK


@pytest.fixture
def second_company(transactional_db: None) -> Callable[[Books], Factory]:
    def make(books: Books) -> Factory:
        founded = actors.found(f"Second company {next(_numbers)}")
        actors.set_state(founded.pk, CompanyState.LIVE)
        return connected(founded, actors.engage(founded.pk, "Carlo", ActorRole.CONTROLLER), books)

    return make
