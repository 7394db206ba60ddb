"""QuickBooks says things that nobody expects, in one object or in a whole answer: no other object suffers for it."""

from __future__ import annotations

import json
from contextlib import suppress
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tieout.access import company as companies
from tieout.ledger.models import Party
from tieout.purchasing.models import Bill
from tieout.quickbooks import changes, documents, inbound, shapes
from tieout.quickbooks.documents import Found
from tieout.quickbooks.models import Document
from tieout.quickbooks.waits import Waits
from tieout.sales.models import Invoice

BILL: dict[str, Any] = {
    "Id": "7001",
    "SyncToken": "1",
    "DocNumber": "INV-1",
    "TxnDate": "2026-01-15",
    "CurrencyRef": {"value": "USD"},
    "ExchangeRate": Decimal(1),
    "VendorRef": {"value": "46", "name": "Norton"},
    "PrivateNote": "as agreed",
    "MetaData": {"LastUpdatedTime": "2026-01-15T10:00:00-08:00"},
    "Line": [
        {
            "Id": "1",
            "Amount": Decimal("50.00"),
            "Description": "honey",
            "DetailType": "AccountBasedExpenseLineDetail",
            "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "57"}},
            "LinkedTxn": [{"TxnId": "3", "TxnType": "PurchaseOrder", "TxnLineId": "1"}],
        }
    ],
}
INVOICE: dict[str, Any] = {
    "Id": "7002",
    "SyncToken": "1",
    "DocNumber": "1037",
    "TxnDate": "2026-01-15",
    "TotalAmt": Decimal("50.00"),
    "Balance": Decimal("50.00"),
    "CustomerRef": {"value": "1", "name": "Amy"},
    "MetaData": {"LastUpdatedTime": "2026-01-15T10:00:00-08:00"},
    "CustomField": [{"StringValue": "SHP-1"}],
    "Line": [
        {
            "Id": "1",
            "Amount": Decimal("50.00"),
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {"ItemRef": {"value": "2", "name": "Honey"}, "Qty": Decimal(2)},
        }
    ],
}
VENDOR: dict[str, Any] = {"Id": "7003", "SyncToken": "1", "DisplayName": 'Quo:te\'s "B" 🍯', "Active": True}
ENTRY: dict[str, Any] = {"Id": "7004", "SyncToken": "1", "DocNumber": "ADJ-1", "TxnDate": "2026-01-15", "Line": []}
KINDS = {"Bill": BILL, "Invoice": INVOICE, "Vendor": VENDOR, "JournalEntry": ENTRY}

GARBAGE = (
    *(None, "", "x" * 5000, "²", "-1", "NaN", "Infinity", "2026-13-45", "\0", "'; drop table x; --", "🍯" * 300),
    *(0, -1, 10**18, Decimal("1e25"), True, [], [None], [[]], {}, {"value": None}),
)


def _places(one: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = one.items() if isinstance(one, dict) else enumerate(one) if isinstance(one, list) else ()
    return [path, *(place for key, value in inner for place in _places(value, (*path, key)))][0 if path else 1 :]


def _with(one: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    if isinstance(one, dict):
        return {key: _with(inner, path[1:], value) if key == path[0] else inner for key, inner in one.items()}
    return [_with(inner, path[1:], value) if n == path[0] else inner for n, inner in enumerate(one)]


@pytest.fixture
def swept(factory, waits: Waits):
    changes.sweep(factory.company, waits=waits)
    return factory


def _told(entity: str, body: dict[str, Any]) -> Found:
    """As it is read from an answer."""
    raw = msgspec.json.Encoder(decimal_format="number").encode(body)
    return documents.found(entity, msgspec.Raw(raw))


def test_whatever_an_object_says_all_others_are_mirrored(swept, qbo, monkeypatch) -> None:
    """Each part of an object in turn is something else; a sound one of each kind comes with it every time."""
    monkeypatch.setattr(inbound.readback, "changed", lambda company, client, every: None)
    realm = documents.realm(swept.company)
    count = 0

    @settings(max_examples=120, suppress_health_check=list(HealthCheck), deadline=None, derandomize=True)
    @given(st.sampled_from(sorted(KINDS)), st.data())
    def check(entity: str, data: st.DataObject) -> None:
        nonlocal count
        count += 1
        places = [place for place in _places(KINDS[entity]) if place != ("Id",)]
        body = _with(KINDS[entity], data.draw(st.sampled_from(places)), data.draw(st.sampled_from(GARBAGE)))
        bad = _told(entity, {**body, "Id": f"8{count:04}"})
        good = [_told(kind, {**sound, "Id": f"9{count:04}"}) for kind, sound in KINDS.items()]
        good[2].body["DisplayName"] = f"Vendor {count}"
        with suppress(ExceptionGroup):
            inbound.give_up(swept.company, inbound.settle(None, swept.company, realm, [bad, *good]))  # type: ignore[arg-type]
        with companies.scope(swept.company):
            id = f"9{count:04}"
            assert Bill.objects.filter(external_id=id, total=5000).exists()
            assert Invoice.objects.filter(external_id=id, revenue=5000).exists()
            assert Party.objects.filter(external_id=id).exists()
            assert 4 == Document.objects.filter(external_id=id, version=1, trouble="").count()

    check()


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (rb'"cut \ud83d"', "cut \ufffd"),
        (rb'"\ude00 cut"', "\ufffd cut"),
        (rb'"\ud83c\udf6f whole"', "🍯 whole"),
        (rb'"\\ud83d is no escape"', r"\ud83d is no escape"),
        (b'"bytes \xed\xa0\xbd of a half"', "bytes \ufffd\ufffd\ufffd of a half"),
        ('"🍯 as it is"'.encode(), "🍯 as it is"),
    ],
)
def test_half_of_a_character_is_replaced_and_the_rest_of_the_answer_holds(said: bytes, kept: str) -> None:
    assert kept == json.loads(shapes.whole_characters(said))


@pytest.mark.parametrize("number", ["1e999999999", "1e99999999999999999999", "-1e-99999"])
def test_a_number_that_would_take_a_day_to_write_out_is_none(number: str) -> None:
    with pytest.raises(msgspec.DecodeError):
        documents.found("Bill", msgspec.Raw(f'{{"Id":"1","TotalAmt":{number}}}'.encode()))
