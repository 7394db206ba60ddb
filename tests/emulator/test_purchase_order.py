"""Section E: purchase orders, and how bills answer them."""

from decimal import Decimal
from typing import Any

import pytest

from qbo_emulator.testing import Answer, Books, bill, expense_line

CHINS, LUMBER = "33", "46"
SOIL, SOD = "15", "14"


def post(qbo: Books, body: object, entity: str = "purchaseorder", **query: object) -> Answer:
    return qbo.call("POST", entity, body, **query)


def answering(order: dict[str, Any], line: str, text: str) -> dict[str, Any]:
    return {**expense_line(text), "LinkedTxn": [{"TxnId": order["Id"], "TxnType": "PurchaseOrder", "TxnLineId": line}]}


def billed(order: dict[str, Any], *lines: dict[str, Any], vendor: str = CHINS) -> dict[str, Any]:
    return {**bill(vendor), "Line": list(lines)}


@pytest.fixture
def order(qbo: Books) -> dict[str, Any]:
    """Ten bags of soil at 6.50 and four of sod at 2."""
    return qbo.create("PurchaseOrder", bill(CHINS, f"#{SOIL} 10 @ 6.50", f"#{SOD} 4 @ 2", TxnDate="2026-01-02"))


def status(qbo: Books, order: dict[str, Any]) -> str:
    return str(qbo.read("PurchaseOrder", order["Id"])["POStatus"])


def test_087_a_bill_linked_to_an_order_reads_as_recorded(qbo: Books, order: dict[str, Any], recorded) -> None:
    expected = recorded("transcribed/bill_linked_to_purchaseorder_read_2021.json")["Bill"]
    body = billed(
        order, answering(order, "1", f"#{SOIL} 1 @ 6.5 2 cubic ft. bag"), answering(order, "2", f"#{SOD} 1 @ 2 x")
    )
    made = qbo.create("Bill", body)
    found = qbo.read("Bill", made["Id"])

    assert list(expected) == list(found)
    assert [list(line) for line in expected["Line"]] == [list(line) for line in found["Line"]]
    assert [{"TxnId": order["Id"], "TxnType": "PurchaseOrder"}] == found["LinkedTxn"]
    assert [line["LinkedTxn"] for line in expected["Line"]] == [
        [{**link, "TxnId": "167"} for link in line["LinkedTxn"]] for line in found["Line"]
    ]
    seen = qbo.read("PurchaseOrder", order["Id"])
    assert ([{"TxnId": made["Id"], "TxnType": "Bill"}], "1") == (seen["LinkedTxn"], seen["SyncToken"])


@pytest.mark.parametrize(
    ("link", "code"),
    [
        ({"TxnLineId": None}, "2020"),
        ({"TxnLineId": "9"}, "6000"),
        ({"TxnId": "9999"}, "6000"),
        ({"TxnId": None}, "2020"),
        ({"TxnType": "Estimate"}, "620"),
    ],
)
def test_088_a_link_says_which_line_it_answers(
    qbo: Books, order: dict[str, Any], link: dict[str, Any], code: str
) -> None:
    line = answering(order, "1", f"#{SOIL} 1 @ 6.50")
    line["LinkedTxn"][0] |= link
    answer = post(qbo, billed(order, line), "bill")

    assert (400, [code]) == (answer.status, answer.codes)
    if code == "2020" and "TxnLineId" in link:
        assert "TxnLineId" == answer.errors[0]["element"]
    assert ("Open", "0") == (status(qbo, order), qbo.read("PurchaseOrder", order["Id"])["SyncToken"])


def test_088_the_vendor_has_to_be_the_same(qbo: Books, order: dict[str, Any]) -> None:
    body = billed(order, answering(order, "1", f"#{SOIL} 1 @ 6.50"), vendor=LUMBER)

    assert ["6000"] == post(qbo, body, "bill").codes


def test_089_the_last_bill_closes_an_order_and_its_deletion_opens_it(qbo: Books, order: dict[str, Any]) -> None:
    first = qbo.create("Bill", billed(order, answering(order, "1", f"#{SOIL} 6 @ 6.50")))
    assert "Open" == status(qbo, order)
    second = [answering(order, "1", f"#{SOIL} 4 @ 6.50"), answering(order, "2", f"#{SOD} 4 @ 2")]
    last = qbo.create("Bill", billed(order, *second))
    assert "Closed" == status(qbo, order)
    assert [first["Id"], last["Id"]] == [link["TxnId"] for link in qbo.read("PurchaseOrder", order["Id"])["LinkedTxn"]]
    qbo.delete("Bill", first)

    found = qbo.read("PurchaseOrder", order["Id"])
    assert ("Open", "3") == (found["POStatus"], found["SyncToken"])
    assert [{"TxnId": last["Id"], "TxnType": "Bill"}] == found["LinkedTxn"]


def test_089_taking_the_link_off_a_bill_opens_it_too(qbo: Books, order: dict[str, Any]) -> None:
    lines = [answering(order, "1", f"#{SOIL} 10 @ 6.50"), answering(order, "2", f"#{SOD} 4 @ 2")]
    made = qbo.create("Bill", billed(order, *lines))
    assert "Closed" == status(qbo, order)
    unlinked = {**billed(order, expense_line(f"#{SOIL} 10 @ 6.50"), lines[1]), "Id": made["Id"], "SyncToken": "0"}
    qbo.update("Bill", unlinked)

    assert "Open" == status(qbo, order)


def test_089_an_order_by_account_is_filled_by_amount(qbo: Books) -> None:
    order = qbo.create("PurchaseOrder", bill(CHINS, "57 100.00"))
    qbo.create("Bill", billed(order, answering(order, "1", "57 99.99")))
    assert "Open" == status(qbo, order)
    qbo.create("Bill", billed(order, answering(order, "1", "57 0.01")))

    assert "Closed" == status(qbo, order)


def test_089_a_purchase_can_answer_an_order(qbo: Books) -> None:
    order = qbo.create("PurchaseOrder", bill(CHINS, "57 100.00"))
    body = {
        "PaymentType": "Check",
        "AccountRef": {"value": "35"},
        "EntityRef": {"value": CHINS, "type": "Vendor"},
        "Line": [answering(order, "1", "57 100.00")],
    }
    made = qbo.create("Purchase", body)

    assert [{"TxnId": order["Id"], "TxnType": "PurchaseOrder"}] == made["LinkedTxn"]
    assert "Closed" == status(qbo, order)


def test_090_a_person_closes_and_opens_an_order(qbo: Books, order: dict[str, Any]) -> None:
    sparse = {"Id": order["Id"], "sparse": True}
    closed = qbo.update("PurchaseOrder", {**sparse, "SyncToken": "0", "POStatus": "Closed"})
    made = qbo.create("Bill", billed(order, answering(order, "1", f"#{SOIL} 1 @ 6.50")))
    assert ("Closed", "Closed") == (closed["POStatus"], status(qbo, order)), "a partial bill leaves it as it was"
    opened = qbo.update("PurchaseOrder", {**sparse, "SyncToken": "2", "POStatus": "Open"})
    assert ("Open", ["2170"]) == (
        opened["POStatus"],
        post(qbo, {**sparse, "SyncToken": "3", "POStatus": "Draft"}).codes,
    )
    answer = post(qbo, {"Id": order["Id"], "SyncToken": "3"}, operation="delete")
    assert ["6000"] == answer.codes
    qbo.delete("Bill", made)
    assert "Deleted" == qbo.delete("PurchaseOrder", {**order, "SyncToken": "4"})["status"]


def test_091_an_order_is_in_no_statement(qbo: Books, order: dict[str, Any]) -> None:
    assert {} == qbo.trial_balance()
    assert 0 == qbo.read("Vendor", CHINS)["Balance"]
    for name in ("GeneralLedger", "JournalReport"):
        assert {} == qbo.report(name, start_date="2026-01-01", end_date="2026-12-31")["Rows"]
    [row] = qbo.report("TransactionList", start_date="2026-01-01", end_date="2026-12-31")["Rows"]["Row"]
    cells = [cell["value"] for cell in row["ColData"]]
    assert ("Purchase Order", "No", "73.00") == (cells[1], cells[3], cells[-1])


def test_091_closed_books_do_not_matter_to_it(qbo: Books) -> None:
    qbo.close_books("2026-01-31")

    assert 200 == post(qbo, bill(CHINS, f"#{SOIL} 1 @ 6.50", TxnDate="2026-01-15")).status


def test_092_orders_are_numbered_unless_people_do_it(qbo: Books) -> None:
    numbers = [
        qbo.create("PurchaseOrder", bill(CHINS, "57 1", **fields))["DocNumber"]
        for fields in ({}, {"DocNumber": "1021"}, {})
    ]
    qbo.prefer("OtherPrefs", NameValue=[{"Name": "VendorAndPurchasesPrefs.UseCustomTxnNumbers", "Value": "true"}])

    assert ["1001", "1021", "1022"] == numbers
    assert "DocNumber" not in qbo.create("PurchaseOrder", bill(CHINS, "57 1"))


def test_093_an_order_comes_back_as_recorded(qbo: Books, recorded) -> None:
    expected = recorded("transcribed/purchaseorder_read_2021.json")["PurchaseOrder"]
    item = {"Name": "Test Product", "Type": "Service", "ExpenseAccountRef": {"value": "80"}}
    made = qbo.create("Item", item)["Id"]
    address = {key: value for key, value in expected["ShipAddr"].items() if key != "Id"}
    body = bill(
        CHINS, f"#{made} 1 @ 0.5 Purchased from test vendor", DocNumber="1022", TxnDate="2021-09-11", ShipAddr=address
    )
    found = qbo.create("PurchaseOrder", body)
    apart = {"Id", "MetaData", "CustomField", "ShipAddr"}

    assert ("19", list(expected)) == (made, list(found))
    assert {key: value for key, value in expected.items() if key not in apart} == {
        key: value for key, value in found.items() if key not in apart
    }
    assert address == {key: value for key, value in found["ShipAddr"].items() if key != "Id"}
    assert found["ShipAddr"]["Id"].isdecimal()


def test_an_order_needs_its_vendor_its_lines_and_the_feature(qbo: Books) -> None:
    assert ["2020"] == post(qbo, {"Line": [expense_line("57 1")]}).codes
    assert ["2020"] == post(qbo, {"VendorRef": {"value": CHINS}}).codes
    qbo.prefer("OtherPrefs", NameValue=[{"Name": "VendorAndPurchasesPrefs.PurchaseOrderEnabled", "Value": "false"}])
    assert ["5030"] == post(qbo, bill(CHINS, "57 1")).codes


@pytest.mark.parametrize(("statement", "found"), [("DueDate = '2026-05-01'", 1), ("VendorRef = '33'", 2)])
def test_an_order_is_found(qbo: Books, order: dict[str, Any], statement: str, found: int) -> None:
    qbo.create("PurchaseOrder", bill(CHINS, "57 1", DueDate="2026-05-01"))

    assert found == qbo.count(f"select count(*) from PurchaseOrder where {statement}")
    assert ["4001"] == qbo.call("GET", "query", query="select * from PurchaseOrder where POStatus = 'Open'").codes


def test_an_updated_order_keeps_what_was_answered(qbo: Books, order: dict[str, Any]) -> None:
    lines = [answering(order, "1", f"#{SOIL} 10 @ 6.50"), answering(order, "2", f"#{SOD} 4 @ 2")]
    qbo.create("Bill", billed(order, *lines))
    more = [{**line, "Id": str(n)} for n, line in enumerate((expense_line(f"#{SOIL} 12 @ 6.50"), lines[1]), 1)]
    found = qbo.update("PurchaseOrder", {**bill(CHINS), "Line": more, "Id": order["Id"], "SyncToken": "1"})

    assert ("Open", Decimal(86)) == (found["POStatus"], found["TotalAmt"])
