"""Purchases, receipts and deposits: where money moves at once."""

from decimal import Decimal
from typing import Any

import pytest

from qbo_emulator.testing import Answer, Books, bill, expense_line, invoice, sales_line

AMY = "1"
CHECKING, SAVINGS, MASTERCARD, VISA, UNDEPOSITED = "35", "36", "41", "42", "4"


def post(qbo: Books, body: object, entity: str, **query: object) -> Answer:
    return qbo.call("POST", entity, body, **query)


def purchase(way: str, account: str, *lines: str, **fields: Any) -> dict[str, Any]:
    found = {"PaymentType": way, "AccountRef": {"value": account}, "Line": [expense_line(line) for line in lines]}
    return {**found, **fields}


@pytest.mark.parametrize("name", ["Purchase_147", "Purchase_1970"])
def test_a_card_purchase_comes_back_as_recorded(qbo: Books, recorded, name: str) -> None:
    expected = recorded(f"fyle_qbo_api/{name}.json")["Purchase"]
    if name == "Purchase_147":
        qbo.create("Vendor", {"DisplayName": "Credit Card Misc"})
    line = expected["Line"][0]
    who = {key: value for key, value in expected["EntityRef"].items() if key != "name"}
    sent = {key: expected[key] for key in ("DocNumber", "TxnDate", "PrivateNote") if key in expected}
    kind = "AccountBasedExpenseLineDetail"
    account = line[kind]["AccountRef"]["value"]
    text = " ".join([account, str(line["Amount"]), *line["Description"].split()])
    found = qbo.create("Purchase", purchase("CreditCard", expected["AccountRef"]["value"], text, EntityRef=who, **sent))
    line["Description"] = " ".join(line["Description"].split())
    apart = {"Id", "MetaData", "EntityRef"}

    assert {key: value for key, value in expected.items() if key not in apart} == {
        key: value for key, value in found.items() if key not in apart
    }
    assert who == {key: value for key, value in found["EntityRef"].items() if key != "name"}


def test_a_cheque_has_the_recorded_keys_in_their_order(qbo: Books, recorded) -> None:
    expected = recorded("qbo_sdk_py/purchases.json")[0]
    department = qbo.create("Department", {"Name": "Mill"})["Id"]
    body = purchase("Check", CHECKING, "57 1 a", EntityRef={"value": "54"}, DepartmentRef={"value": department})
    found = qbo.create("Purchase", body)

    assert [key for key in expected if key not in ("ExchangeRate",)] == [
        key for key in found if key not in ("CustomField", "DepartmentRef")
    ]
    assert (expected["PurchaseEx"], "Employee") == (found["PurchaseEx"], found["EntityRef"]["type"])


@pytest.mark.parametrize(
    ("way", "account", "credit", "title", "cents"),
    [
        ("Cash", CHECKING, None, "Expense", -50),
        ("Check", CHECKING, None, "Check", -50),
        ("CreditCard", VISA, None, "Credit Card Expense", -50),
        ("CreditCard", VISA, True, "Credit Card Credit", 50),
    ],
)
def test_each_way_to_pay_posts_under_its_own_name(
    qbo: Books, way: str, account: str, credit: bool | None, title: str, cents: int
) -> None:
    made = qbo.create("Purchase", purchase(way, account, "57 50.00", Credit=credit))
    name = {CHECKING: "Checking", VISA: "Visa"}[account]
    [row] = qbo.report("TransactionList")["Rows"]["Row"]

    assert {name: cents, "Insurance:Workers Compensation": -cents} == qbo.trial_balance()
    assert title == row["ColData"][1]["value"]
    qbo.delete("Purchase", made)
    assert {} == qbo.trial_balance()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (purchase("Check", VISA, "57 1"), "6430"),
        (purchase("CreditCard", CHECKING, "57 1"), "6430"),
        (purchase("Check", CHECKING, "57 1", Credit=True), "6000"),
        (purchase("Check", CHECKING, "57 1", EntityRef={"value": "9999"}), "2500"),
        (purchase("Barter", CHECKING, "57 1"), "2170"),
        (purchase("Check", CHECKING), "2020"),
        ({"Line": [expense_line("57 1")]}, "2020"),
    ],
)
def test_a_purchase_that_makes_no_sense_is_refused(qbo: Books, body: dict[str, Any], code: str) -> None:
    answer = post(qbo, body, "purchase")

    assert 400 == answer.status
    assert code in answer.codes


def test_the_number_of_a_cheque_is_used_once(qbo: Books) -> None:
    first = qbo.create("Purchase", purchase("Check", CHECKING, "57 1", DocNumber="101"))
    again = post(qbo, purchase("Check", CHECKING, "57 1", DocNumber="101"), "purchase")

    assert ["6140"] == again.codes
    assert f"TxnType=Check with TxnId={first['Id']}" in again.errors[0]["Detail"]
    for other in (
        purchase("Check", SAVINGS, "57 1", DocNumber="101"),
        purchase("Cash", CHECKING, "57 1", DocNumber="101"),
    ):
        assert 200 == post(qbo, other, "purchase").status


def test_stock_can_be_bought_with_cash(qbo: Books) -> None:
    qbo.create("Purchase", purchase("Cash", CHECKING, "#11 4 @ 10.00"))

    assert (4, 40) == (qbo.read("Item", "11")["QtyOnHand"], qbo.trial_balance()["Inventory Asset"])


def test_a_sales_receipt_has_the_recorded_keys_and_line_ids(qbo: Books, recorded) -> None:
    expected = recorded("qbo_api/update_salesreceipt_lines_without_ids.json")["SalesReceipt"]
    made = qbo.create("SalesReceipt", {"Line": [sales_line("#4 4.5 @ 75 Custom Design")], "DocNumber": "1008"})
    body = {**made, "Line": [sales_line("#4 4.5 @ 75 Custom Design")], "TxnDate": expected["TxnDate"]}
    found = qbo.update("SalesReceipt", body)
    apart = {"Id", "MetaData", "SyncToken", "CustomField", "Line"}

    assert list(expected) == list(found)
    assert {key: value for key, value in expected.items() if key not in apart} == {
        key: value for key, value in found.items() if key not in apart
    }
    assert {**expected["Line"][0], "Id": "2"} == found["Line"][0], "a line without its id is a new one"
    assert expected["Line"][1] == found["Line"][1]
    assert ("1", ["1"]) == (found["SyncToken"], [line["Id"] for line in made["Line"] if "Id" in line])


def test_sales_receipts_are_found_by_amount_as_recorded(qbo: Books, recorded) -> None:
    expected = recorded("qbo_api/query_salesreceipts.json")["QueryResponse"]
    qbo.create("SalesReceipt", invoice(AMY, "#4 4.5 @ 75", PaymentRefNum="10264"))
    qbo.create("SalesReceipt", invoice(AMY, "#4 1 @ 75"))
    response = qbo.call("GET", "query", query="select * from SalesReceipt where TotalAmt > '300.00'").document
    found = response["QueryResponse"]

    assert next(iter(expected)) == next(iter(found))
    assert [Decimal("337.50")] == [row["TotalAmt"] for row in found["SalesReceipt"]]
    known = {key for row in expected["SalesReceipt"] for key in row}
    assert set(found["SalesReceipt"][0]) - known <= {"ShipAddr"}


def test_a_sales_receipt_posts_voids_and_gives_stock_back(qbo: Books) -> None:
    qbo.create("Bill", bill("46", "#11 4 @ 10.00"))
    made = qbo.create("SalesReceipt", invoice(AMY, "#11 1 @ 15.00", DepositToAccountRef={"value": CHECKING}))
    assert (15, 10) == (qbo.trial_balance()["Checking"], qbo.trial_balance()["Cost of Goods Sold"])
    voided = qbo.void("SalesReceipt", made)

    assert (0, "Voided", 0) == (
        voided["TotalAmt"],
        voided["PrivateNote"],
        voided["Line"][0]["SalesItemLineDetail"]["Qty"],
    )
    assert {"Inventory Asset": 40, "Accounts Payable (A/P)": -40} == qbo.trial_balance()


def test_a_refund_receipt_posts_the_other_way(qbo: Books) -> None:
    assert ["2020"] == post(qbo, invoice(AMY, "#1 20.00"), "refundreceipt").codes
    found = qbo.create("RefundReceipt", invoice(AMY, "#1 20.00", DepositToAccountRef={"value": CHECKING}))

    assert {"Checking": -20, "Services": 20} == qbo.trial_balance()
    assert (20, 0) == (found["TotalAmt"], found["Balance"])
    assert ["500"] == post(qbo, {"Id": found["Id"], "SyncToken": "0"}, "refundreceipt", operation="void").codes


def deposit(*lines: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"DepositToAccountRef": {"value": CHECKING}, "Line": list(lines), **fields}


def waiting(kind: str, found: dict[str, Any]) -> dict[str, Any]:
    return {"Amount": found["TotalAmt"], "LinkedTxn": [{"TxnId": found["Id"], "TxnType": kind, "TxnLineId": "0"}]}


def other(account: str, amount: str, **detail: Any) -> dict[str, Any]:
    found = {"AccountRef": {"value": account}, **detail}
    return {"Amount": Decimal(amount), "DetailType": "DepositLineDetail", "DepositLineDetail": found}


def test_106_what_was_deposited_cannot_change(qbo: Books) -> None:
    payment = qbo.create("Payment", {"CustomerRef": {"value": AMY}, "TotalAmt": 75})
    receipt = qbo.create("SalesReceipt", invoice(AMY, "#1 25.00"))
    made = qbo.create("Deposit", deposit(waiting("Payment", payment), waiting("SalesReceipt", receipt)))

    assert {"Checking": 100, "Services": -25, "Accounts Receivable (A/R)": -75} == qbo.trial_balance()
    for kind, was in (("Payment", payment), ("SalesReceipt", receipt)):
        found = qbo.read(kind, was["Id"])
        assert [{"TxnId": made["Id"], "TxnType": "Deposit"}] == found["LinkedTxn"]
        for operation in ("delete", "void", None):
            answer = post(qbo, {**found, "PrivateNote": "x"}, kind.lower(), operation=operation)
            assert (400, ["6540"]) == (answer.status, answer.codes)
            assert answer.errors[0]["Detail"].startswith("This transaction has been deposited.")
    qbo.delete("Deposit", made)
    assert "Deleted" == qbo.delete("Payment", {**payment, "SyncToken": "2"})["status"]


def test_a_deposit_takes_other_money_and_gives_cash_back(qbo: Books) -> None:
    who = {"Entity": {"value": AMY, "type": "CUSTOMER"}}
    back = {"AccountRef": {"value": "36"}, "Amount": 30, "Memo": "till"}
    found = qbo.create("Deposit", deposit(other("25", "100.00", **who), CashBack=back))

    assert {"Checking": 70, "Savings": 30, "Interest Earned": -100} == qbo.trial_balance()
    assert (70, "Customer") == (found["TotalAmt"], found["Line"][0]["DepositLineDetail"]["Entity"]["type"])
    assert "Amy's Bird Sanctuary" == found["Line"][0]["DepositLineDetail"]["Entity"]["name"]


def test_a_deposit_that_makes_no_sense_is_refused(qbo: Books) -> None:
    payment = qbo.create("Payment", {"CustomerRef": {"value": AMY}, "TotalAmt": 75})
    banked = qbo.create(
        "Payment", {"CustomerRef": {"value": AMY}, "TotalAmt": 5, "DepositToAccountRef": {"value": "35"}}
    )
    part = {**waiting("Payment", payment), "Amount": 5}
    strange = {"Amount": 5, "LinkedTxn": [{"TxnId": "1", "TxnType": "Bill"}]}
    gone = {"Amount": 5, "LinkedTxn": [{"TxnId": "9999", "TxnType": "Payment"}]}
    for body, code in (
        (deposit(part), "6000"),
        (deposit(waiting("Payment", banked)), "6000"),
        (deposit(strange), "620"),
        (deposit(gone), "6000"),
        (deposit(), "2020"),
        (deposit({"Amount": 5}), "2020"),
        (deposit(other("25", "1"), DepositToAccountRef={"value": "57"}), "6430"),
    ):
        assert [code] == post(qbo, body, "deposit").codes
    qbo.create("Deposit", deposit(waiting("Payment", payment)))
    assert ["6540"] == post(qbo, deposit(waiting("Payment", payment)), "deposit").codes
