"""Section I: batches."""

from decimal import Decimal
from typing import Any

import pytest

from qbo_emulator.testing import Books, bill, invoice, journal_entry, sales_line

AMY = "1"


def creating(identity: str, kind: str, body: dict[str, Any]) -> dict[str, Any]:
    return {"bId": identity, "operation": "create", kind: body}


def entry(number: str) -> dict[str, Any]:
    return journal_entry("Dr 81 10.00", "Cr 35 10.00", DocNumber=number)


def test_142_a_mixed_batch_answers_as_recorded(qbo: Books, recorded) -> None:
    expected = recorded("qbo_api/batch_mixed.json")
    first = qbo.create("SalesReceipt", {"Line": [sales_line("#4 4.5 @ 75 Custom Design")]})
    older = qbo.create("SalesReceipt", invoice("6", "#4 4.5 @ 75", CustomerMemo={"value": "Thank you"}))
    qbo.outsider("edit", "SalesReceipt", older["Id"], {"PrivateNote": "by hand"})
    items = [
        creating("bid1", "Vendor", {"DisplayName": "Boraski Family Store"}),
        {"bId": "bid2", "operation": "delete", "Invoice": {"Id": "129", "SyncToken": "0"}},
        {
            "bId": "bid3",
            "operation": "update",
            "SalesReceipt": {"domain": "QBO", "sparse": True, "Id": older["Id"], "SyncToken": "0", "PrivateNote": "x"},
        },
        {"bId": "bid4", "Query": "select * from SalesReceipt where TotalAmt > '300.00'"},
    ]
    answer = qbo.call("POST", "batch", {"BatchItemRequest": items})
    found = answer.document

    assert (200, list(expected)) == (answer.status, list(found))
    for recorded_item, item in zip(expected["BatchItemResponse"], found["BatchItemResponse"], strict=True):
        assert list(recorded_item) == list(item)
        assert recorded_item["bId"] == item["bId"]
    vendor, gone, stale, rows = found["BatchItemResponse"]
    assert list(expected["BatchItemResponse"][0]["Vendor"]) == list(vendor["Vendor"])
    assert expected["BatchItemResponse"][1]["Fault"] == gone["Fault"]
    words = expected["BatchItemResponse"][2]["Fault"]["Error"][0]["Detail"].replace("Redacted User", "Jane Doe")
    assert words == stale["Fault"]["Error"][0]["Detail"]
    assert {older["Id"], first["Id"]} == {row["Id"] for row in rows["QueryResponse"]["SalesReceipt"]}
    assert ("SalesReceipt", "startPosition", "maxResults") == tuple(rows["QueryResponse"])


@pytest.mark.parametrize(("count", "status"), [(30, 200), (31, 400)])
def test_143_thirty_items_are_the_most(qbo: Books, count: int, status: int) -> None:
    items = [creating(str(n), "JournalEntry", entry(str(n))) for n in range(count)]
    answer = qbo.call("POST", "batch", {"BatchItemRequest": items})

    assert status == answer.status
    assert (count if status == 200 else 0) == qbo.count("select count(*) from JournalEntry")
    assert status == 200 or ["1040"] == answer.codes


def test_144_one_bad_item_spoils_no_other_and_they_run_in_order(qbo: Books) -> None:
    found = qbo.batch(
        creating("1", "Account", {"Name": "GRNI", "AccountType": "Other Current Liability"}),
        creating("2", "JournalEntry", journal_entry("Dr 81 1", "Cr 35 2")),
        creating("3", "JournalEntry", journal_entry("Dr 81 1", "Cr 91 1")),
        {"bId": "4", "Query": "select count(*) from JournalEntry"},
    )

    assert ["91", "6000", "GRNI", 1] == [
        found[0]["Account"]["Id"],
        found[1]["Fault"]["Error"][0]["code"],
        found[2]["JournalEntry"]["Line"][1]["JournalEntryLineDetail"]["AccountRef"]["name"],
        found[3]["QueryResponse"]["totalCount"],
    ]


def test_145_a_batch_updates_deletes_queries_and_voids(qbo: Books) -> None:
    made = qbo.create("JournalEntry", entry("A"))
    gone = qbo.create("Bill", bill("46", "57 1"))
    sold = qbo.create("Invoice", invoice(AMY, "#1 10.00"))
    found = qbo.batch(
        {
            "bId": "u",
            "operation": "update",
            "JournalEntry": {"Id": made["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "x"},
        },
        {"bId": "d", "operation": "delete", "Bill": {"Id": gone["Id"], "SyncToken": "0"}},
        {
            "bId": "v",
            "operation": "update",
            "optionsData": "void",
            "Invoice": {"Id": sold["Id"], "SyncToken": "0", "sparse": True},
        },
        {"bId": "q", "Query": "select * from Invoice"},
        {"bId": "bad", "Query": "select * from Unicorn"},
    )

    assert ["u", "d", "v", "q", "bad"] == [item["bId"] for item in found]
    assert ("x", Decimal(10)) == (
        found[0]["JournalEntry"]["PrivateNote"],
        found[0]["JournalEntry"]["Line"][0]["Amount"],
    )
    assert {"domain": "QBO", "status": "Deleted", "Id": gone["Id"]} == found[1]["Bill"]
    assert (0, "Voided") == (found[2]["Invoice"]["TotalAmt"], found[2]["Invoice"]["PrivateNote"])
    assert 0 == found[3]["QueryResponse"]["Invoice"][0]["Balance"]
    assert "4001" == found[4]["Fault"]["Error"][0]["code"]


def test_145_a_create_option_holds_for_its_item(qbo: Books) -> None:
    found = qbo.batch(
        {**creating("1", "JournalEntry", journal_entry("Dr 81 1", "Cr 35 1")), "optionsData": "allowautodocnum"}
    )

    assert "1" == found[0]["JournalEntry"]["DocNumber"]


@pytest.mark.parametrize(
    ("items", "codes"),
    [
        ([{"operation": "create", "Vendor": {"DisplayName": "A"}}], ["2020"]),
        ([creating("1", "Vendor", {"DisplayName": "A"}), creating("1", "Vendor", {"DisplayName": "B"})], ["2020"]),
        ([creating("x" * 51, "Vendor", {"DisplayName": "A"})], ["2050"]),
        (["x"], ["2020"]),
        (None, ["2020"]),
    ],
)
def test_a_batch_that_makes_no_sense_is_refused_as_a_whole(qbo: Books, items: object, codes: list[str]) -> None:
    answer = qbo.call("POST", "batch", {"BatchItemRequest": items})

    assert (400, codes) == (answer.status, answer.codes)
    assert 0 == qbo.count("select count(*) from Vendor where DisplayName in ('A', 'B')")


@pytest.mark.parametrize(
    ("item", "code"),
    [
        ({"bId": "1", "operation": "create", "Unicorn": {}}, "2010"),
        ({"bId": "1", "operation": "read", "Vendor": {"Id": "46"}}, "500"),
        ({"bId": "1", "Vendor": {"DisplayName": "A"}}, "500"),
        ({"bId": "1", "operation": "create", "Vendor": {}}, "6080"),
        ({"bId": "1", "operation": "create", "Vendor": []}, "2010"),
        ({"bId": "1", "operation": "update", "optionsData": "void", "JournalEntry": {"Id": "1"}}, "500"),
        ({"bId": "1", "operation": "create", "InventoryStartingValue": {}}, "2010"),
    ],
)
def test_an_item_that_makes_no_sense_is_refused_alone(qbo: Books, item: dict[str, Any], code: str) -> None:
    first, second = qbo.batch(item, creating("2", "Vendor", {"DisplayName": "B"}))

    assert (code, "B") == (first["Fault"]["Error"][0]["code"], second["Vendor"]["DisplayName"])


def test_047_a_batch_is_replayed_item_by_item(qbo: Books) -> None:
    items = [creating(str(n), "JournalEntry", entry(f"N{n}")) for n in range(3)]
    first = qbo.batch(*items, requestid="r" * 36)
    again = qbo.batch(*items, requestid="r" * 36)

    assert first == again
    assert 3 == qbo.count("select count(*) from JournalEntry")
    qbo.batch({**items[0], "bId": "other"}, requestid="r" * 36)
    assert 4 == qbo.count("select count(*) from JournalEntry"), "another bId is another operation"


def test_047_an_item_that_failed_is_tried_again(qbo: Books) -> None:
    items = [creating("1", "JournalEntry", entry("A")), creating("2", "Vendor", {"DisplayName": "Cool Cars"})]
    first = qbo.batch(*items, requestid="r1")
    qbo.outsider("rename", "Customer", "3", {"DisplayName": "Hot Cars"})
    second = qbo.batch(*items, requestid="r1")

    assert ("6240", "Cool Cars") == (first[1]["Fault"]["Error"][0]["code"], second[1]["Vendor"]["DisplayName"])
    assert first[0] == second[0]


@pytest.mark.parametrize(
    ("requestid", "identity", "codes"), [("r" * 37, "1", ["2130"]), ("r" * 36, "x" * 11, ["2050"])]
)
def test_044_047_ids_of_a_batch_are_short(qbo: Books, requestid: str, identity: str, codes: list[str]) -> None:
    body = {"BatchItemRequest": [creating(identity, "Vendor", {"DisplayName": "A"})]}
    answer = qbo.call("POST", "batch", body, requestid=requestid)

    assert (400, codes) == (answer.status, answer.codes)


def test_a_lost_answer_to_a_batch_can_be_asked_for_again(qbo: Books) -> None:
    qbo.fault("reset", match={"operation": "batch"}, commit=True)
    items = [creating("1", "JournalEntry", entry("A"))]
    with pytest.raises(ConnectionError):
        qbo.batch(*items, requestid="r1")

    assert "A" == qbo.batch(*items, requestid="r1")[0]["JournalEntry"]["DocNumber"]
    assert 1 == qbo.count("select count(*) from JournalEntry")
    assert [("batch", True), ("batch", False)] == [
        (each["operation"], each["committed"]) for each in qbo.requests() if each["operation"] == "batch"
    ]


def test_126_a_lapsed_company_refuses_each_item(qbo: Books) -> None:
    qbo.options(subscription_status="EXPIRED")
    found = qbo.batch(creating("1", "Vendor", {"DisplayName": "A"}), {"bId": "2", "Query": "select * from Vendor"})

    assert "6190" == found[0]["Fault"]["Error"][0]["code"]
    assert found[1]["QueryResponse"]["Vendor"]


def test_164_batches_are_counted_by_themselves(qbo: Books) -> None:
    qbo.options(throttle=True, throttle_per_second=100, throttle_batches_per_minute=3)
    body = {"BatchItemRequest": [{"bId": "1", "Query": "select count(*) from Vendor"}]}
    statuses = [qbo.call("POST", "batch", body).status for _ in range(4)]

    assert [200, 200, 200, 429] == statuses
    assert 200 == qbo.call("GET", "preferences").status
    assert 40 == qbo.another("empty").control("GET", "options")["throttle_batches_per_minute"]
