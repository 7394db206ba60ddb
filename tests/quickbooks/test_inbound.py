"""What comes in from QuickBooks: heard of or swept, read, mirrored once, and never lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from qbo_emulator.testing import bill, invoice
from tieout.access import actors
from tieout.access import company as companies
from tieout.access.permissions import ActorRole
from tieout.catalog import actions as catalog
from tieout.ledger.models import Account, Party
from tieout.ledger.models import Books as Closed
from tieout.purchasing.models import Bill, Product
from tieout.quickbooks import changes, documents, faults, inbound, rounds
from tieout.quickbooks.documents import Notice
from tieout.quickbooks.models import Cursor, Document
from tieout.quickbooks.outcomes import Failure
from tieout.quickbooks.waits import Waits
from tieout.sales.models import Invoice

NORTON, INSURANCE = "46", "57"
"""A vendor and an account of the sample company."""


@pytest.fixture
def swept(factory, waits: Waits):
    """A company whose QuickBooks was looked through once."""
    changes.sweep(factory.company, waits=waits)
    return factory


def test_a_bill_that_ap_types_is_mirrored_by_the_next_sweep(swept, waits: Waits) -> None:
    typed = _bill(swept, "120.00")

    changes.sweep(swept.company, waits=waits)

    with companies.scope(swept.company):
        assert [(typed["Id"], 12_000)] == list(Bill.objects.values_list("external_id", "total"))


def test_an_object_heard_of_is_read_and_mirrored(swept, waits: Waits) -> None:
    typed = _bill(swept, "120.00")
    _hear(swept, "Bill", typed["Id"])

    assert 1 == inbound.work(swept.company, waits=waits)
    assert 0 == inbound.work(swept.company, waits=waits)

    with companies.scope(swept.company):
        assert [12_000] == list(Bill.objects.values_list("total", flat=True))


def test_many_objects_of_many_kinds_are_read_in_one_request(swept, waits: Waits) -> None:
    for n in range(5):
        _hear(swept, "Bill", _bill(swept, f"{n + 1}.00")["Id"])
    _hear(swept, "Invoice", swept.books.outsider("create", "Invoice", changes=invoice("1", "#1 100.00"))["Id"])
    before = len(swept.books.requests())

    assert 6 == inbound.work(swept.company, waits=waits)

    assert ["batch"] == [one["path"].rpartition("/")[2] for one in swept.books.requests(before)]
    with companies.scope(swept.company):
        assert (5, 1) == (Bill.objects.count(), Invoice.objects.count())


def test_an_edited_and_a_deleted_bill_are_followed(swept, waits: Waits) -> None:
    typed, other = _bill(swept, "120.00"), _bill(swept, "7.00")
    changes.sweep(swept.company, waits=waits)
    edited = bill(NORTON, f"{INSURANCE} 99.95 insurance")
    swept.books.outsider("edit", "Bill", typed["Id"], edited)
    swept.books.outsider("delete", "Bill", other["Id"])

    changes.sweep(swept.company, waits=waits)

    assert {typed["Id"]: (9_995, False), other["Id"]: (700, True)} == _bills(swept)


def test_a_deleted_bill_that_was_heard_of_is_not_found_and_so_gone(swept, waits: Waits) -> None:
    typed = _bill(swept, "120.00")
    changes.sweep(swept.company, waits=waits)
    swept.books.outsider("delete", "Bill", typed["Id"])
    _hear(swept, "Bill", typed["Id"], gone=True)

    inbound.work(swept.company, waits=waits)

    assert {typed["Id"]: (12_000, True)} == _bills(swept)


def test_what_was_seen_before_is_not_mirrored_again(swept, waits: Waits, monkeypatch) -> None:
    seen: list[str] = []
    monkeypatch.setitem(inbound.MIRRORS, "Bill", lambda company, one: seen.append(one.id))
    typed = _bill(swept, "120.00")
    for _ in range(3):
        changes.sweep(swept.company, waits=waits)
        _hear(swept, "Bill", typed["Id"])
        inbound.work(swept.company, waits=waits)

    assert [typed["Id"]] == seen


def test_an_older_state_that_comes_late_changes_nothing(swept, waits: Waits) -> None:
    typed = _bill(swept, "120.00")
    swept.books.outsider("edit", "Bill", typed["Id"], bill(NORTON, f"{INSURANCE} 99.95 insurance"))
    changes.sweep(swept.company, waits=waits)
    stale = documents.Found("Bill", typed["Id"], {**typed, "SyncToken": "0"})

    inbound.settle(None, swept.company, swept.books.realm_id, [stale])  # type: ignore[arg-type]  # nothing is asked

    assert {typed["Id"]: (9_995, False)} == _bills(swept)


def test_what_is_told_while_it_is_read_is_read_again(swept, waits: Waits, monkeypatch) -> None:
    typed = _bill(swept, "120.00")
    _hear(swept, "Bill", typed["Id"])
    settle = inbound.settle

    def overtaken(*given: Any) -> list[Exception]:
        monkeypatch.setattr(inbound, "settle", settle)
        swept.books.outsider("edit", "Bill", typed["Id"], bill(NORTON, f"{INSURANCE} 99.95 insurance"))
        _hear(swept, "Bill", typed["Id"])
        return settle(*given)

    monkeypatch.setattr(inbound, "settle", overtaken)
    inbound.work(swept.company, waits=waits)

    assert 1 == inbound.work(swept.company, waits=waits)
    assert {typed["Id"]: (9_995, False)} == _bills(swept)


def test_a_new_object_that_quickbooks_shows_late_is_asked_for_again(swept, waits: Waits) -> None:
    swept.books.fault("hide", match={"entity": "Bill"}, s=600)
    typed = swept.books.create("Bill", bill(NORTON, f"{INSURANCE} 120.00"))
    _hear(swept, "Bill", typed["Id"])
    inbound.work(swept.company, waits=waits)
    assert {} == _bills(swept)
    swept.books.clock(advance=601)
    _now(swept)

    assert 1 == inbound.work(swept.company, waits=waits)
    assert {typed["Id"]: (12_000, False)} == _bills(swept)


def test_an_object_that_never_was_is_given_up(swept, waits: Waits) -> None:
    _hear(swept, "Bill", "99999")
    for _ in range(documents.LOOKS_AGAIN + 1):
        _now(swept)
        assert 1 == inbound.work(swept.company, waits=waits)
    _now(swept)

    assert 0 == inbound.work(swept.company, waits=waits)
    assert [] == swept.findings()


def test_amounts_are_kept_to_the_last_digit(swept, waits: Waits) -> None:
    typed = _bill(swept, "99999999999.93")

    changes.sweep(swept.company, waits=waits)

    assert Decimal("99999999999.93") == _body(swept, "Bill", typed["Id"])["TotalAmt"]


@pytest.mark.parametrize(
    "name", ['O\'Brien: Söhne "GmbH" 🍯', "'; drop table quickbooks_document; --", "a\\' or '1'='1"]
)
def test_names_of_any_kind_are_taken_over_as_they_are(swept, waits: Waits, name: str) -> None:
    vendor = swept.books.outsider("create", "Vendor", changes={"DisplayName": name.replace(":", "")})
    typed = swept.books.outsider("create", "Bill", changes=bill(vendor["Id"], f"{INSURANCE} 1.00", PrivateNote=name))

    changes.sweep(swept.company, waits=waits)

    with companies.scope(swept.company):
        assert 1 == Party.objects.filter(kind="vendor", name=name.replace(":", ""), external_id=vendor["Id"]).count()
    assert name == _body(swept, "Bill", typed["Id"])["PrivateNote"]


def test_a_character_that_postgresql_has_none_of_is_left_out() -> None:
    raw = b'{"Id":"7","PrivateNote":"a\\u0000b","Line":[{"Description":"\\u0000"}]}'

    found = documents.found("Bill", raw)  # type: ignore[arg-type]  # bytes are what a Raw is made of

    assert ("ab", "") == (found.body["PrivateNote"], found.body["Line"][0]["Description"])


@pytest.mark.parametrize(
    ("fault", "details"),
    [
        ("fault", {"code": "610"}),
        ("fault", {"code": "10000"}),
        ("fault", {"code": "3001"}),
        (
            "status",
            {"status": 200, "body": '{"Fault":{"Error":[{"code":"610","Message":"no"}],"type":"ValidationFault"}}'},
        ),
        ("status", {"status": 200, "body": '{"BatchItemResponse":[{"bId":"0","Fault":{"Error":[]}}]}'}),
        ("status", {"status": 200, "body": '{"BatchItemResponse":[]}'}),
        (
            "status",
            {"status": 200, "body": '{"BatchItemResponse":[{"bId":"0","QueryResponse":{"Bill":[{"No":"id"}]}}]}'},
        ),
        ("status", {"status": 200, "body": '{"BatchItemResponse":[{"bId":"0","QueryResponse":{"Bill":' + "[" * 9999}),
        ("status", {"status": 503}),
        ("html", {"status": 200}),
        ("truncate", {}),
        ("wrong_length", {}),
        ("reset", {}),
        ("gzip_bomb", {"mb": 64}),
    ],
)
def test_a_broken_answer_changes_nothing_and_is_made_up_for(swept, waits: Waits, fault: str, details: Any) -> None:
    typed = _bill(swept, "120.00")
    _hear(swept, "Bill", typed["Id"])
    swept.books.fault(fault, match={"method": "POST", "times": 1}, **details)

    with pytest.raises(Failure):
        inbound.work(swept.company, waits=waits)
    assert {} == _bills(swept)
    time.sleep(waits.throttled + waits.throttled_jitter)

    assert 1 == inbound.work(swept.company, waits=waits)
    assert {typed["Id"]: (12_000, False)} == _bills(swept)


@pytest.mark.parametrize(
    ("fault", "details"),
    [("html", {"status": 200}), ("truncate", {}), ("status", {"status": 504}), ("gzip_bomb", {"mb": 64})],
)
def test_a_sweep_with_a_broken_answer_is_made_up_for_by_the_next(swept, waits: Waits, fault: str, details: Any) -> None:
    typed = _bill(swept, "120.00")
    swept.books.fault(fault, match={"operation": "cdc"}, **details)

    with pytest.raises(Failure):
        changes.sweep(swept.company, waits=waits)
    changes.sweep(swept.company, waits=waits)

    assert {typed["Id"]: (12_000, False)} == _bills(swept)


def test_a_document_that_cannot_be_mirrored_is_told_and_keeps_no_other_from_its_turn(swept, waits, monkeypatch) -> None:
    bad, good = _bill(swept, "1.00"), _bill(swept, "2.00")
    real = inbound.MIRRORS["Bill"]

    def mirror(company: int, one: documents.Found) -> object:
        if one.id == bad["Id"]:
            raise RuntimeError("a line without an account")
        return real(company, one)

    monkeypatch.setitem(inbound.MIRRORS, "Bill", mirror)
    with pytest.raises(ExceptionGroup, match="not everything that came from QuickBooks was mirrored"):
        changes.sweep(swept.company, waits=waits)
    assert {good["Id"]: (200, False)} == _bills(swept)
    assert ["not mirrored"] == [one.kind for one in swept.findings()]
    assert "a line without an account" in swept.findings()[0].message
    monkeypatch.setitem(inbound.MIRRORS, "Bill", real)
    _now(swept)

    inbound.work(swept.company, waits=waits)

    assert {bad["Id"]: (100, False), good["Id"]: (200, False)} == _bills(swept)
    assert [] == swept.findings()


@pytest.mark.parametrize("point", ["documents read", "document mirrored"])
def test_a_process_killed_between_inbox_and_mirror_loses_nothing(swept, waits: Waits, point: str) -> None:
    typed = _bill(swept, "120.00")
    _hear(swept, "Bill", typed["Id"])
    program = (
        "import django, sys; django.setup(); from tieout.quickbooks import inbound; inbound.work(int(sys.argv[1]))"
    )
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "tieout.settings", faults.VARIABLE: point}
    died = subprocess.run([sys.executable, "-c", program, str(swept.company)], env=env, check=False, timeout=60)
    assert -signal.SIGKILL == died.returncode
    assert {} == _bills(swept)

    inbound.work(swept.company, waits=waits)

    assert {typed["Id"]: (12_000, False)} == _bills(swept)


def test_lists_are_followed_by_what_changed_and_not_read_whole(swept, waits: Waits) -> None:
    swept.books.outsider("edit", "Account", swept.raw, {"Name": "Grain"})
    department = swept.books.outsider("create", "Department", changes={"Name": "Mill"})
    before = len(swept.books.requests())

    changes.sweep(swept.company, waits=waits)

    assert ["cdc"] == [one["path"].rpartition("/")[2] for one in swept.books.requests(before)]
    with companies.scope(swept.company):
        assert "Grain" == Account.objects.get(external_id=swept.raw).name
        assert 1 == Product.objects.filter(name="Pump").count()
    assert department["Name"] == _body(swept, "Department", department["Id"])["Name"]


def test_a_merged_account_is_not_active_any_more(swept, waits: Waits) -> None:
    other = swept.books.create("Account", {"Name": "Grain", "AccountType": "Other Current Asset"})
    swept.books.outsider("merge", "Account", swept.raw, {"into": other["Id"]})

    changes.sweep(swept.company, waits=waits)

    with companies.scope(swept.company):
        assert not Account.objects.get(external_id=swept.raw).active


def test_more_changes_than_one_answer_holds_are_read_to_the_last(swept, waits: Waits, monkeypatch) -> None:
    monkeypatch.setattr(changes, "MOST", 4)
    typed = [_bill(swept, f"{n + 1}.00") for n in range(6)]
    gone = _bill(swept, "99.00")
    changes.sweep(swept.company, waits=waits)
    swept.books.outsider("delete", "Bill", gone["Id"])
    for one in typed:
        swept.books.outsider("edit", "Bill", one["Id"], {"PrivateNote": "looked at"})

    changes.sweep(swept.company, waits=waits)

    assert {**{one["Id"]: False for one in typed}, gone["Id"]: True} == {
        id: there for id, (_, there) in _bills(swept).items()
    }
    assert "looked at" == _body(swept, "Bill", typed[0]["Id"])["PrivateNote"]


def test_after_a_long_time_without_a_sweep_nothing_is_missing(swept, waits: Waits) -> None:
    typed, gone = _bill(swept, "1.00"), _bill(swept, "2.00")
    changes.sweep(swept.company, waits=waits)
    swept.books.outsider("delete", "Bill", gone["Id"])
    swept.books.outsider("edit", "Bill", typed["Id"], bill(NORTON, f"{INSURANCE} 9.00"))
    with companies.scope(swept.company):
        Cursor.objects.update(until=datetime.now(UTC) - timedelta(days=45))
    before = len(swept.books.requests())

    changes.sweep(swept.company, waits=waits)

    assert {typed["Id"]: (900, False), gone["Id"]: (200, True)} == _bills(swept)
    assert "cdc" not in [one["operation"] for one in swept.books.requests(before)]
    before = len(swept.books.requests())
    changes.sweep(swept.company, waits=waits)
    assert ["cdc"] == [one["operation"] for one in swept.books.requests(before)]


def test_our_own_entries_changed_by_others_are_noticed_when_they_are_told(swept, waits: Waits) -> None:
    sealed = swept.transmission()
    rounds.poster.post_due(swept.company, waits=waits)
    posted = swept.now(sealed).external_id
    swept.books.outsider("edit", "JournalEntry", posted, {"TxnDate": "2026-02-01"})
    _hear(swept, "JournalEntry", posted)

    inbound.work(swept.company, waits=waits)

    assert ["tampered"] == [one.kind for one in swept.findings()]


def test_a_closing_date_that_was_moved_is_read_when_it_is_told(swept, waits: Waits) -> None:
    swept.books.close_books("2025-12-31")
    _hear(swept, "Preferences", "1")

    inbound.work(swept.company, waits=waits)

    with companies.scope(swept.company):
        assert "2025-12-31" == str(Closed.objects.get().closed_through)


@pytest.mark.parametrize("form", ["legacy", "cloudevents"])
def test_a_bill_is_here_seconds_after_ap_typed_it(factory, waits: Waits, form: str, live_pages) -> None:
    """The whole way: QuickBooks tells the endpoint, the worker's round reads and mirrors."""
    changes.sweep(factory.company, waits=waits)
    factory.books.webhooks(f"{live_pages}/webhooks/quickbooks", format=form, duplicate=1, reorder=True, delay=0.01)
    typed = _bill(factory, "120.00")
    _until(lambda: bool(_waiting(factory)))

    rounds.often(factory.company, waits=waits)

    assert {typed["Id"]: (12_000, False)} == _bills(factory)


@pytest.fixture
def live_pages(live_server, factory, settings) -> Iterator[str]:
    settings.QUICKBOOKS_VERIFIERS = [factory.books.introduction["webhook_verifier"]]
    yield live_server.url
    factory.books.webhooks(None)


def _bill(factory, amount: str) -> dict[str, Any]:
    return factory.books.outsider("create", "Bill", changes=bill(NORTON, f"{INSURANCE} {amount} insurance"))


def _bills(factory) -> dict[str, tuple[int, bool]]:
    with companies.scope(factory.company):
        return {one.external_id: (one.total, one.deleted) for one in Bill.objects.all()}


def _body(factory, entity: str, id: str) -> dict[str, Any]:
    with companies.scope(factory.company):
        body = Document.objects.get(entity=entity, external_id=id).body
    assert isinstance(body, dict)
    return body


def _hear(factory, entity: str, id: str, *, gone: bool = False) -> None:
    at = datetime.now(UTC)
    documents.hear(factory.company, factory.books.realm_id, [Notice(entity, id, at, gone)])


def _waiting(factory) -> list[documents.Waiting]:
    return documents.waiting(factory.company, factory.books.realm_id)


def _now(factory) -> None:
    """As if the time until the next look were over."""
    with companies.scope(factory.company), connection.cursor() as cursor:
        cursor.execute("update quickbooks_document set next_at = now() - interval '1 second'")


def _until(condition) -> None:
    ends = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < ends, "it never came"
        time.sleep(0.02)


def test_a_product_of_quickbooks_that_becomes_an_item_here_later_is_known_by_the_night(swept, waits: Waits) -> None:
    planner = actors.engage(swept.company, "Pia", ActorRole.PLANNER)
    catalog.add_unit(planner, code="EA", name="each", decimals=0)
    catalog.add_item(planner, sku="Pump", name="Pump", kind="finished", unit="EA")
    before = len(swept.books.requests())

    inbound.know_items_again(swept.company)

    with companies.scope(swept.company):
        assert "Pump" == Product.objects.get(name="Pump").item.sku
    assert before == len(swept.books.requests())
