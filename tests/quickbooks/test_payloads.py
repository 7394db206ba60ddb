"""What is sent, byte for byte, and what counts as different in what was stored."""

from __future__ import annotations

import copy
import uuid
from typing import Any

import msgspec
import pytest

from tieout.quickbooks import payloads, query
from tieout.quickbooks.shapes import JournalEntry

ID = uuid.UUID("0b9a7f0e-6a55-4d0e-9f0a-7f4f1f0c1a01")
BODY: dict[str, Any] = {
    "number": "RCV-004512-7",
    "date": "2026-01-15",
    "memo": "Receipt RCV-004512.",
    "currency": "USD",
    "lines": [
        {
            "role": "RAW",
            "account": "151",
            "account_name": "Raw",
            "class": "5000000000000085682",
            "department": "3",
            "party": None,
            "debit": 102_500,
            "credit": 0,
            "description": "steel rod",
            "document": "",
        },
        {
            "role": "GRNI",
            "account": "152",
            "account_name": "GRNI",
            "class": None,
            "department": None,
            "party": {"kind": "vendor", "id": "46", "name": "Norton"},
            "debit": 0,
            "credit": 102_500,
            "description": "",
            "document": "",
        },
    ],
}


def test_the_document_is_these_bytes() -> None:
    assert (
        b'{"DocNumber":"RCV-004512-7","TxnDate":"2026-01-15",'
        b'"PrivateNote":"Receipt RCV-004512. [0b9a7f0e-6a55-4d0e-9f0a-7f4f1f0c1a01]",'
        b'"CurrencyRef":{"value":"USD"},"Line":['
        b'{"Description":"steel rod","Amount":1025.00,"DetailType":"JournalEntryLineDetail",'
        b'"JournalEntryLineDetail":{"PostingType":"Debit","AccountRef":{"value":"151"},'
        b'"ClassRef":{"value":"5000000000000085682"},"DepartmentRef":{"value":"3"}}},'
        b'{"Description":"","Amount":1025.00,"DetailType":"JournalEntryLineDetail",'
        b'"JournalEntryLineDetail":{"PostingType":"Credit","AccountRef":{"value":"152"},'
        b'"Entity":{"Type":"Vendor","EntityRef":{"value":"46"}}}}]}'
    ) == payloads.journal_entry(BODY, transmission=ID)


@pytest.mark.parametrize(
    ("cents", "amount"),
    [(1, b"0.01"), (10, b"0.10"), (100, b"1.00"), (29, b"0.29"), (899_999_999_999_999, b"8999999999999.99")],
)
def test_cents_become_amounts_with_two_decimals(cents: int, amount: bytes) -> None:
    body = copy.deepcopy(BODY)
    body["lines"][0]["debit"] = cents

    assert b'"Amount":%b,' % amount in payloads.journal_entry(body, transmission=ID)


@pytest.mark.parametrize(
    ("memo", "sent"),
    [
        ("two\r\nlines\tand a tab", "two  lines and a tab"),
        ("bell \x07 and nothing\x00", "bell  and nothing"),
        ("e\u0301tude", "\u00e9tude"),
        ("  blanks  ", "blanks"),
        ("x" * 5000, "x" * 3961),
    ],
)
def test_a_memo_is_sent_as_quickbooks_keeps_it(memo: str, sent: str) -> None:
    assert f"{sent} [{ID}]" == payloads.note(memo, transmission=ID)


def stored(**changes: Any) -> JournalEntry:
    """The entry as QuickBooks gives it back, with something changed."""
    document = msgspec.json.decode(payloads.journal_entry(BODY, transmission=ID)) | {"Id": "1451"} | changes
    return msgspec.json.decode(msgspec.json.encode(document), type=JournalEntry)


def line(number: int, **detail: Any) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(payloads.journal_entry(BODY, transmission=ID))["Line"][number]
    for name in ("Amount", "Description"):
        if name in detail:
            found[name] = detail.pop(name)
    found["JournalEntryLineDetail"] |= detail
    return found


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"PrivateNote": "changed by hand"},
        {"Line": [line(1), line(0)]},
        {"Line": [line(0, Description="else"), line(1)]},
        {"DocNumber": "rcv-004512-7"},
        {"Line": [line(0), line(1), {"DetailType": "DescriptionOnly", "Description": "a remark"}]},
        {"TxnTaxDetail": {}},
    ],
)
def test_what_leaves_the_books_as_they_are_is_no_difference(changes: dict[str, Any]) -> None:
    assert [] == payloads.differences(BODY, stored(**changes))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"TxnDate": "2026-01-16"}, "The date is 2026-01-16, not 2026-01-15."),
        ({"DocNumber": "RCV-1"}, "The number is RCV-1, not RCV-004512-7."),
        ({"Line": [line(0, Amount=1025.01), line(1)]}, "Missing: debit 1025.00 on account 151"),
        ({"Line": [line(0, AccountRef={"value": "9"}), line(1)]}, "Not ours: debit 1025.00 on account 9"),
        ({"Line": [line(0, PostingType="Credit"), line(1)]}, "Not ours: credit 1025.00 on account 151"),
        ({"Line": [line(0, ClassRef={"value": "1"}), line(1)]}, "Not ours: debit 1025.00 on account 151, class 1"),
        ({"Line": [line(0, DepartmentRef={"value": "9"}), line(1)]}, "department 9"),
        ({"Line": [line(0), line(1, Entity={"Type": "Vendor", "EntityRef": {"value": "7"}})]}, "vendor 7"),
        ({"Line": [line(0), line(0), line(1)]}, "Not ours: debit 1025"),
        ({"Line": [line(1)]}, "Missing: debit 1025"),
        ({"CurrencyRef": {"value": "EUR"}}, "The currency is EUR, not USD."),
        ({"ExchangeRate": 1.1}, "The exchange rate is 1.1, not 1."),
        ({"TxnTaxDetail": {"TotalTax": 0.01}}, "QuickBooks added tax: 0.01."),
    ],
)
def test_what_changes_the_books_is_said_in_a_sentence(changes: dict[str, Any], said: str) -> None:
    assert said in " ".join(payloads.differences(BODY, stored(**changes)))


@pytest.mark.parametrize(
    ("value", "quoted"),
    [("RCV-1", "'RCV-1'"), ("O'Malley", "'O\\'Malley'"), ("' or DocNumber like '%", "'\\' or DocNumber like \\'%'")],
)
def test_a_literal_in_a_query_cannot_end_early(value: str, quoted: str) -> None:
    assert f"DocNumber = {quoted}" == query.is_("DocNumber", value).text
