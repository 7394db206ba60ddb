"""The endpoint that QuickBooks tells changes to: quick, deaf to strangers, and believing nothing but "look"."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client, override_settings

from tieout.access import company as companies
from tieout.quickbooks import actions, documents, webhooks
from tieout.quickbooks.models import Document

VERIFIER = "5f2b-the-verifier"
AT = datetime(2026, 1, 9, 10, 45, 34, tzinfo=UTC)


@pytest.fixture(autouse=True)
def verifier():
    with override_settings(QUICKBOOKS_VERIFIERS=["an-older-one", VERIFIER]):
        yield


def legacy(realm: str, *changes: tuple[str, str, str], at: datetime = AT, **more: str) -> bytes:
    entities = [
        {"name": name, "id": id, "operation": operation, "lastUpdated": at.isoformat(), **more}
        for name, id, operation in changes
    ]
    return json.dumps({"eventNotifications": [{"realmId": realm, "dataChangeEvent": {"entities": entities}}]}).encode()


def cloud(realm: str, kind: str, id: str, time: str = "2026-01-09T10:45:34.034359333Z", **data: str) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": "d1a3aedd",
        "source": "intuit.dsnBgbse",
        "type": f"qbo.{kind}.v1",
        "datacontenttype": "application/json",
        "time": time,
        "intuitentityid": id,
        "intuitaccountid": realm,
        "data": data,
    }


def tell(body: bytes, *, key: str = VERIFIER, signature: str | None = None) -> int:
    signed = base64.b64encode(hmac.new(key.encode(), body, hashlib.sha256).digest()).decode()
    given = signed if signature is None else signature
    return (
        Client()
        .post("/webhooks/quickbooks", body, content_type="application/json", headers={"intuit-signature": given})
        .status_code
    )


def heard(company: int) -> list[tuple[str, str, int, bool]]:
    with companies.scope(company):
        return [
            (one.entity, one.external_id, one.heard, one.told_gone)
            for one in Document.objects.order_by("entity", "external_id")
        ]


def test_a_notification_in_the_old_format_is_one_row_an_object(factory) -> None:
    realm = factory.books.realm_id
    body = legacy(realm, ("Bill", "146", "Create"), ("Vendor", "99", "Update"), ("Bill", "146", "Update"))

    assert 200 == tell(body)
    assert [("Bill", "146", 1, False), ("Vendor", "99", 1, False)] == heard(factory.company)


def test_a_notification_of_cloud_events_says_the_same(factory) -> None:
    realm = factory.books.realm_id
    events = [
        cloud(realm, "bill.created", "146"),
        cloud(realm, "invoice.voided", "7"),
        cloud(realm, "salesreceipt.deleted", "8"),
        cloud(realm, "vendor.merged", "99", deletedid="98"),
    ]

    assert 200 == tell(json.dumps(events).encode())
    assert [
        ("Bill", "146", 1, False),
        ("Invoice", "7", 1, False),
        ("SalesReceipt", "8", 1, True),
        ("Vendor", "98", 1, True),
        ("Vendor", "99", 1, False),
    ] == heard(factory.company)


@pytest.mark.parametrize(
    "forge",
    [
        lambda body: tell(body, key="not-the-verifier"),
        lambda body: tell(body, signature=""),
        lambda body: tell(body, signature="ÿ"),
        lambda body: tell(body.replace(b"146", b"147"), signature=_signature(body)),
    ],
    ids=["another key", "no signature", "no base64", "a changed body"],
)
def test_a_forged_notification_is_refused_and_writes_nothing(factory, forge) -> None:
    assert 401 == forge(legacy(factory.books.realm_id, ("Bill", "146", "Create")))
    assert [] == heard(factory.company)


def test_without_a_verifier_nobody_is_believed(factory) -> None:
    body = legacy(factory.books.realm_id, ("Bill", "146", "Create"))
    with override_settings(QUICKBOOKS_VERIFIERS=[]):
        assert 401 == tell(body, key="")


def test_the_former_verifier_holds_while_it_is_being_changed(factory) -> None:
    assert 200 == tell(legacy(factory.books.realm_id, ("Bill", "146", "Create")), key="an-older-one")


def test_a_notification_told_again_says_nothing_new(factory) -> None:
    body = legacy(factory.books.realm_id, ("Bill", "146", "Update"))
    for _ in range(50):
        tell(body)
    tell(legacy(factory.books.realm_id, ("Bill", "146", "Create"), at=AT - timedelta(hours=1)))

    assert [("Bill", "146", 1, False)] == heard(factory.company)


def test_another_realm_is_nobodys_business(factory) -> None:
    assert 200 == tell(legacy("9341450000009999", ("Bill", "146", "Create")))
    assert [] == heard(factory.company)


def test_each_company_hears_of_its_own_realm(factory, second_company) -> None:
    other = second_company(factory.books.another())
    told = [cloud(factory.books.realm_id, "bill.created", "1"), cloud(other.books.realm_id, "bill.created", "2")]

    assert 200 == tell(json.dumps(told).encode())
    assert [("Bill", "1", 1, False)] == heard(factory.company)
    assert [("Bill", "2", 1, False)] == heard(other.company)


def test_a_disconnected_company_hears_nothing(factory) -> None:
    actions.disconnect(factory.controller, reason="leaving")

    assert 200 == tell(legacy(factory.books.realm_id, ("Bill", "146", "Create")))
    assert [] == heard(factory.company)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"eventNotifications": 1}',
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"\xff\xfe",
        legacy("REALM", ("Employee", "1", "Create"), ("Nonsense", "2", "Create"), ("Bill", "1' or '1'='1", "Create")),
        legacy("REALM", ("Bill", "", "Create"), ("Bill", "9" * 41, "Create"), ("Bill", "\uff11", "Create")),
        json.dumps([cloud("REALM", "", "1"), cloud("REALM", "qbo.bill", "1"), cloud("REALM", "..", "1")]).encode(),
    ],
)
def test_what_makes_no_sense_is_heard_and_writes_nothing(factory, body: bytes) -> None:
    assert 200 == tell(body.replace(b"REALM", factory.books.realm_id.encode()))
    assert [] == heard(factory.company)


def test_ten_megabytes_are_not_even_read(factory) -> None:
    assert 413 == tell(b" " * (10 << 20))


def test_nothing_but_a_post_is_answered(factory) -> None:
    assert 405 == Client().get("/webhooks/quickbooks").status_code


def test_a_notification_is_answered_in_well_under_the_three_seconds(factory) -> None:
    many = [("Bill", str(n), "Create") for n in range(500)]
    tell(legacy(factory.books.realm_id, ("Bill", "1", "Create")))
    began = time.perf_counter()
    status = tell(legacy(factory.books.realm_id, *many, at=AT + timedelta(seconds=1)))

    assert 200 == status
    assert time.perf_counter() - began < 0.5  # some 10 ms on an idle machine
    assert 500 == len(heard(factory.company))


def test_nothing_is_read_from_quickbooks_while_it_waits(factory) -> None:
    before = len(factory.books.requests())

    tell(legacy(factory.books.realm_id, ("Bill", "146", "Create")))

    assert before == len(factory.books.requests())


def test_a_moment_with_nanoseconds_is_a_moment() -> None:
    assert datetime(2026, 8, 9, 19, 59, 7, 34359, UTC) == documents.moment("2026-08-09T19:59:07.034359333Z")
    assert documents.moment("yesterday") is None
    assert documents.moment("2026-08-09T19:59:07") is None


def test_a_merge_in_the_old_format_names_the_one_that_is_gone() -> None:
    told = webhooks.read(legacy("1", ("Vendor", "99", "Merge"), deletedId="98"))

    assert [("99", False), ("98", True)] == [(notice.id, notice.gone) for _, notice in told]


def _signature(body: bytes) -> str:
    return base64.b64encode(hmac.new(VERIFIER.encode(), body, hashlib.sha256).digest()).decode()
