"""What stands between us and QuickBooks, beside an emulator in a process of its own: posting, comparing, listening.

The emulator answers as fast as it can; QuickBooks allows ten requests a second, and our pace keeps to that. So the
posting rate says how near we come to what is allowed, and of a comparison what counts is how often it asks.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from benchmarks.plant import AT
from qbo_emulator.testing import Books, started
from tieout.access import actors, company
from tieout.access.acting import Acting
from tieout.access.models import CompanyState
from tieout.access.permissions import ActorRole
from tieout.catalog.actions import add_item, add_unit
from tieout.cli import ports
from tieout.core.posting import Rule, Target
from tieout.core.roles import Role
from tieout.ledger import sealing
from tieout.ledger.actions import set_mapping
from tieout.ledger.models import Account, Party
from tieout.purchasing.actions import Came, OrderLine, add_supplier, place_order, receive
from tieout.quickbooks import actions, poster, reconciliation
from tieout.quickbooks.models import Document
from tieout.stock.actions import add_site

VERIFIER = "bench-verifier"
PORT = 8799
ALLOWED = (500, 10)
"""Requests a minute and a second: all that QuickBooks allows."""
DAYS = 31


@dataclass(frozen=True, slots=True)
class Office:
    """A live company and its QuickBooks."""

    by: Acting
    books: Books


@contextmanager
def connected() -> Iterator[Office]:
    """A company whose accounts and one vendor are in QuickBooks, with a receipt's mapping."""
    with started() as process:
        books = process.books
        founded = actors.found("Bench with books")
        actors.set_state(founded.pk, CompanyState.LIVE)
        by = actors.engage(founded.pk, "Ada", ActorRole.ADMINISTRATOR)
        actions.connect(
            by,
            base_url=books.url,
            realm=books.realm_id,
            client_id=books.client_id,
            client_secret=books.client_secret,
            access_token=books.access_token,
            refresh_token=books.refresh_token,
        )
        per_minute, per_second = ALLOWED
        actions.set_pace(by, per_minute=per_minute, per_second=per_second)
        _furnish(by, books)
        yield Office(by, books)


def _furnish(by: Acting, books: Books) -> None:
    add_site(by, code="EAST", name="East")
    add_unit(by, code="kg", name="Kilogram")
    add_item(by, sku="RAW", name="RAW", kind="raw", unit="kg")
    add_supplier(by, code="SUP", name="Supplier of the bench")
    vendor = books.create("Vendor", {"DisplayName": "Supplier of the bench"})
    types = {Role.RAW: "Other Current Asset", Role.GRNI: "Other Current Liability"}
    with company.scope(by.company):
        Party.objects.filter(kind="vendor").update(external_id=vendor["Id"])
        accounts = {}
        for role, kind in types.items():
            made = books.create("Account", {"Name": f"Bench {role.value}", "AccountType": kind})
            accounts[role] = Account.objects.create(
                company_id=by.company, external_id=made["Id"], name=made["Name"], type=kind
            )
    set_mapping(by, rules=[Rule(role, Target(account.pk)) for role, account in accounts.items()])


def work(office: Office, entries: int) -> None:
    """A month of receipts, each an entry of its own, sealed and ready to be sent."""
    by = office.by
    for n in range(entries):
        at = AT.replace(day=1) + timedelta(days=n % DAYS)
        line = OrderLine("RAW", Decimal(10), Decimal("5.25"))
        order = place_order(by, supplier="SUP", site="EAST", lines=[line], ordered_on=at.date()).number
        receive(by, order=order, lines=[Came(1, Decimal(10), lot=f"LOT-{n}")], at=at)
    assert sealing.seal_due(by.company, datetime.now(UTC), everything=True) == entries


def post(office: Office, entries: int) -> float:
    """Entries a second, each sent, answered and read back, at the pace that is allowed."""
    began = time.perf_counter()
    done = poster.settle(office.by.company)
    took = time.perf_counter() - began
    assert done.confirmed == entries, done
    return entries / took


@dataclass(frozen=True, slots=True)
class Compared:
    seconds: float
    reads: int


def compare(office: Office) -> Compared:
    """The month in both systems: every account, every entry, nothing left over."""
    asked = len(office.books.requests())
    began = time.perf_counter()
    done = reconciliation.reconcile(office.by.company, date(AT.year, AT.month, DAYS))
    took = time.perf_counter() - began
    assert done.accounts == 2, done
    assert not done.rest, done
    assert not done.undecided, done
    return Compared(took, len(office.books.requests()) - asked)


@contextmanager
def listening() -> Iterator[int]:
    """The pages' own server process; its port."""
    port = ports.free(PORT, what="the bench listens")
    command = [sys.executable, "-m", "tieout", "serve", "--port", str(port)]
    server = subprocess.Popen(command, env={**os.environ, "TIEOUT_QUICKBOOKS_VERIFIER": VERIFIER})
    try:
        _wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait(30)


def _wait_for(port: int) -> None:
    give_up = time.monotonic() + 60
    while True:
        asked = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            asked.request("GET", "/")
            asked.getresponse().read()
            return
        except OSError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.1)
        finally:
            asked.close()


def tell(office: Office, port: int, *, changes: int, times: int) -> list[float]:
    """So many notifications of so many changes each, one after the other: seconds until each is answered. What they
    tell of is written down and nothing more: no object of QuickBooks is asked for meanwhile."""
    asked, heard = len(office.books.requests()), _waiting(office)
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    took = []
    for n in range(times):
        first = 1_000_000 * changes + n * changes
        body = _notification(office.books.realm_id, range(first, first + changes))
        signed = base64.b64encode(hmac.new(VERIFIER.encode(), body, hashlib.sha256).digest()).decode()
        began = time.perf_counter()
        line.request(
            "POST",
            "/webhooks/quickbooks",
            body,
            {"Content-Type": "application/json", "intuit-signature": signed},
        )
        answer = line.getresponse()
        answer.read()
        took.append(time.perf_counter() - began)
        assert answer.status == 200, answer.status
    line.close()
    assert _waiting(office) == heard + changes * times
    assert len(office.books.requests()) == asked
    return took


def p95(took: Sequence[float]) -> float:
    return statistics.quantiles(took, n=20)[-1]


def _notification(realm: str, ids: Sequence[int]) -> bytes:
    at = datetime.now(UTC).isoformat()
    entities = [{"name": "Bill", "id": str(id), "operation": "Update", "lastUpdated": at} for id in ids]
    return json.dumps({"eventNotifications": [{"realmId": realm, "dataChangeEvent": {"entities": entities}}]}).encode()


def _waiting(office: Office) -> int:
    with company.scope(office.by.company):
        return Document.objects.filter(entity="Bill").count()
