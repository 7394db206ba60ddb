"""Section E without purchase orders: bills, vendor credits and their payments."""

from decimal import Decimal
from typing import Any

import pytest

from qbo_emulator.testing import Answer, Books, Refused, bill, expense_line, journal_entry, settling

PUMP, FOUNTAIN, SOIL = "11", "5", "15"
MUGS, LUMBER = "43", "46"


def post(qbo: Books, body: object, entity: str = "bill", **query: object) -> Answer:
    return qbo.call("POST", entity, body, **query)


def paid_by_check(*lines: dict[str, Any], total: str, vendor: str = MUGS, **fields: Any) -> dict[str, Any]:
    way = {"PayType": "Check", "CheckPayment": {"BankAccountRef": {"value": "35"}}}
    return {"VendorRef": {"value": vendor}, "TotalAmt": Decimal(total), **way, "Line": list(lines), **fields}


def test_083_a_bill_comes_back_as_recorded(qbo: Books, recorded) -> None:
    expected = recorded("fyle_qbo_api/Bill_146.json")["Bill"]
    line = expected["Line"][0]
    note = expected["PrivateNote"] + " "
    found = qbo.create(
        "Bill", bill(MUGS, f"57 120.00 {line['Description']}", TxnDate=expected["TxnDate"], PrivateNote=note)
    )
    line["Description"] = " ".join(line["Description"].split())

    changed = {"MetaData"}
    assert {key: value for key, value in expected.items() if key not in changed} == {
        key: value for key, value in found.items() if key not in changed
    }


def test_083_keys_come_in_the_recorded_order(qbo: Books, recorded) -> None:
    expected = recorded("transcribed/bill_linked_to_purchaseorder_read_2021.json")["Bill"]
    found = qbo.create("Bill", bill("33", "#15 1 @ 6.5 soil"))

    assert [key for key in expected if key != "LinkedTxn"] == list(found)
    assert list(expected["Line"][0]) == list(found["Line"][0])
    detail = "ItemBasedExpenseLineDetail"
    assert list(expected["Line"][0][detail]) == list(found["Line"][0][detail])


@pytest.mark.parametrize(
    ("sent", "due"),
    [({}, "2026-01-20"), ({"SalesTermRef": {"value": "3"}}, "2026-02-19"), ({"DueDate": "2026-03-01"}, "2026-03-01")],
)
def test_084_the_due_date_follows_the_term(qbo: Books, sent: dict[str, Any], due: str) -> None:
    found = qbo.create("Bill", bill(MUGS, "57 1", TxnDate="2026-01-20", **sent))

    assert due == found["DueDate"]


def test_084_the_vendors_own_term_is_the_default(qbo: Books) -> None:
    vendor = qbo.create("Vendor", {"DisplayName": "Prompt", "TermRef": {"value": "5"}})["Id"]
    found = qbo.create("Bill", bill(vendor, "57 1", TxnDate="2026-01-20"))

    assert ("2026-01-30", "Net 10") == (found["DueDate"], found["SalesTermRef"]["name"])


@pytest.mark.parametrize(
    ("spare", "on", "due"),
    [(0, "2026-01-20", "2026-01-31"), (15, "2026-01-20", "2026-02-28"), (0, "2026-12-31", "2026-12-31")],
)
def test_084_a_term_can_fall_on_a_day_of_the_month(qbo: Books, spare: int, on: str, due: str) -> None:
    term = qbo.create("Term", {"Name": "EOM", "DayOfMonthDue": 31, "DueNextMonthDays": spare})["Id"]
    found = qbo.create("Bill", bill(MUGS, "57 1", TxnDate=on, SalesTermRef={"value": term}))

    assert due == found["DueDate"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"VendorRef": None}, "2020"),
        ({"Line": []}, "2020"),
        ({"Line": None}, "2020"),
        ({"VendorRef": {"value": "9999"}}, "2500"),
        ({"Line": [{"Amount": 1}]}, "2020"),
        ({"Line": [expense_line("9999 1")]}, "2500"),
        ({"Line": [expense_line("57 -1")]}, "6000"),
        ({"Line": [{**expense_line("57 1"), "AccountBasedExpenseLineDetail": {}}]}, "2020"),
        ({"APAccountRef": {"value": "35"}}, "6430"),
        ({"Line": [expense_line("57 1", TaxCodeRef={"value": "7"})]}, "6100"),
        ({"DocNumber": "x" * 22}, "2050"),
        ({"Line": [expense_line("#1 1")]}, "6000"),
    ],
)
def test_085_a_bill_that_makes_no_sense_is_refused(qbo: Books, change: dict[str, Any], code: str) -> None:
    answer = post(qbo, {**bill(MUGS, "57 1"), **change})

    assert (400, [code]) == (answer.status, answer.codes)


def test_085_the_vendor_is_named_as_missing(qbo: Books) -> None:
    error = post(qbo, {"Line": [expense_line("57 1")]}).errors[0]

    assert ("VendorRef", "Required parameter VendorRef is missing in the request") == (
        error["element"],
        error["Detail"],
    )


@pytest.mark.parametrize(("amount", "status"), [("10.01", 200), ("10.00", 400), ("10.02", 400)])
def test_086_an_amount_is_quantity_times_price(qbo: Books, amount: str, status: int) -> None:
    """3 × 3.335 is 10.005, which rounds up."""
    line = expense_line(f"#{SOIL} 3 @ 3.335")
    answer = post(qbo, {**bill(MUGS), "Line": [{**line, "Amount": Decimal(amount)}]})

    assert status == answer.status
    if status == 400:
        assert ["6070"] == answer.codes
        assert f"Supplied value:{amount}" in answer.errors[0]["Detail"]


def test_a_bill_posts_and_owes(qbo: Books) -> None:
    found = qbo.create("Bill", bill(LUMBER, "57 100.00", "3 20.50 prepaid"))

    assert {"Accounts Payable (A/P)": Decimal("-120.50"), "Prepaid Expenses": Decimal("20.50")} == {
        name: value for name, value in qbo.trial_balance().items() if not name.startswith("Insurance")
    }
    assert Decimal("120.50") == qbo.read("Vendor", LUMBER)["Balance"] == found["Balance"]


def test_a_bill_that_changes_posts_anew(qbo: Books) -> None:
    made = qbo.create("Bill", bill(LUMBER, "57 100.00"))
    body = {**bill(LUMBER, "3 70.00"), "Id": made["Id"], "SyncToken": "0"}
    changed = qbo.update("Bill", body)

    assert ("1", Decimal(70), ["2"]) == (
        changed["SyncToken"],
        changed["Balance"],
        [line["Id"] for line in changed["Line"]],
    )
    assert {"Prepaid Expenses": 70, "Accounts Payable (A/P)": -70} == qbo.trial_balance()
    qbo.delete("Bill", changed)
    assert {} == qbo.trial_balance()


def test_094_a_payment_lowers_the_balance_and_shows_on_the_bill(qbo: Books, recording) -> None:
    made = qbo.create("Bill", bill(MUGS, "57 205.00"))
    card = {"PayType": "CreditCard", "CreditCardPayment": {"CCAccountRef": {"value": "41"}}}
    body = {**paid_by_check(settling("Bill", made["Id"], "205.00"), total="205.00"), **card}
    body.pop("CheckPayment")
    payment = qbo.create("BillPayment", body)
    paid = qbo.read("Bill", made["Id"])
    text = recording("quickbooks_ruby/change_data_capture_response.xml")

    assert [{"TxnId": payment["Id"], "TxnType": "BillPaymentCheck"}] == paid["LinkedTxn"]
    assert "<TxnType>BillPaymentCheck</TxnType>" in text
    assert "<PayType>CreditCard</PayType>" in text
    assert (0, "1") == (paid["Balance"], paid["SyncToken"])
    assert "<SyncToken>1</SyncToken>" in text
    assert paid["MetaData"]["LastUpdatedTime"] >= payment["MetaData"]["CreateTime"]
    assert {"Mastercard": -205} == {name: value for name, value in qbo.trial_balance().items() if name == "Mastercard"}
    assert 0 == qbo.read("Vendor", MUGS)["Balance"]


def test_094_an_open_bill_is_found_by_its_balance(qbo: Books) -> None:
    paid, part = (qbo.create("Bill", bill(MUGS, "57 100.00", DocNumber=name)) for name in ("A", "B"))
    lines = settling("Bill", paid["Id"], "100.00"), settling("Bill", part["Id"], "60.00")
    qbo.create("BillPayment", paid_by_check(*lines, total="160.00"))
    rows = qbo.query("select * from Bill where Balance > '0'")

    assert [("B", Decimal("40.00"))] == [(row["DocNumber"], row["Balance"]) for row in rows]


def test_094_a_credit_counts_against_the_money(qbo: Books) -> None:
    owed = qbo.create("Bill", bill(MUGS, "57 100.00"))
    credit = qbo.create("VendorCredit", bill(MUGS, "57 30.00"))
    lines = settling("Bill", owed["Id"], "100.00"), settling("VendorCredit", credit["Id"], "30.00")
    payment = qbo.create("BillPayment", paid_by_check(*lines, total="70.00"))

    assert (0, 0) == (qbo.read("Bill", owed["Id"])["Balance"], qbo.read("VendorCredit", credit["Id"])["Balance"])
    assert {"Insurance:Workers Compensation": 70, "Checking": -70} == qbo.trial_balance()
    assert "NotSet" == payment["CheckPayment"]["PrintStatus"]


def test_094_a_payable_made_by_hand_can_be_paid(qbo: Books) -> None:
    body = journal_entry("Dr 57 50", "Cr 33 50")
    body["Line"][1]["JournalEntryLineDetail"]["Entity"] = {"Type": "Vendor", "EntityRef": {"value": MUGS}}
    made = qbo.create("JournalEntry", body)
    lines = settling("JournalEntry", made["Id"], "50")
    payment = qbo.create("BillPayment", paid_by_check(lines, total="50"))
    found = qbo.read("JournalEntry", made["Id"])

    assert [{"TxnId": payment["Id"], "TxnType": "BillPaymentCheck"}] == found["LinkedTxn"]
    assert ["6000"] == post(qbo, paid_by_check(lines, total="50"), "billpayment").codes
    assert ["6000"] == post(qbo, {"Id": found["Id"], "SyncToken": "1"}, "journalentry", operation="delete").codes


@pytest.mark.parametrize(
    ("line", "change", "code"),
    [
        (("Bill", "own", "100.01"), {"TotalAmt": Decimal("100.01")}, "6000"),
        (("Bill", "own", "100.00"), {"TotalAmt": Decimal("99.99")}, "6000"),
        (("Bill", "own", "-1"), {}, "6000"),
        (("Bill", "9999", "1.00"), {}, "6000"),
        (("Invoice", "own", "1.00"), {}, "620"),
        (("Bill", "own", "1.00"), {"VendorRef": {"value": LUMBER}}, "6000"),
        (("Bill", "own", "1.00"), {"TotalAmt": None}, "6000"),
        (("Bill", "own", "1.00"), {"PayType": None}, "2020"),
        (("Bill", "own", "1.00"), {"PayType": "Cash"}, "2170"),
        (("Bill", "own", "1.00"), {"CheckPayment": {}}, "2020"),
        (("Bill", "own", "1.00"), {"CheckPayment": {"BankAccountRef": {"value": "41"}}}, "6430"),
    ],
)
def test_094_a_payment_that_makes_no_sense_is_refused(
    qbo: Books, line: tuple[str, str, str], change: dict[str, Any], code: str
) -> None:
    made = qbo.create("Bill", bill(MUGS, "57 100.00"))
    kind, identity, amount = line
    settled = settling(kind, made["Id"] if identity == "own" else identity, amount)
    answer = post(qbo, {**paid_by_check(settled, total="100.00"), **change}, "billpayment")

    assert 400 == answer.status
    assert code in answer.codes
    assert "0" == qbo.read("Bill", made["Id"])["SyncToken"]


def test_094_the_missing_amount_is_told_as_documented(qbo: Books) -> None:
    body = {**paid_by_check(total="1"), "TotalAmt": None}

    assert post(qbo, body, "billpayment").errors[0]["Detail"].endswith("You must set a transaction amount.")


def test_095_a_paid_bill_cannot_be_deleted(qbo: Books) -> None:
    made = qbo.create("Bill", bill(MUGS, "57 100.00"))
    qbo.create("BillPayment", paid_by_check(settling("Bill", made["Id"], "1.00"), total="1.00"))
    answer = post(qbo, {"Id": made["Id"], "SyncToken": "1"}, operation="delete")

    assert (400, ["6000"]) == (answer.status, answer.codes)
    assert "linked to BillPaymentCheck" in answer.errors[0]["Detail"]


@pytest.mark.parametrize("change", [{"Line": [expense_line("57 10.00")]}, {"VendorRef": {"value": LUMBER}}])
def test_095_nor_changed_below_or_beside_its_payment(qbo: Books, change: dict[str, Any]) -> None:
    made = qbo.create("Bill", bill(MUGS, "57 100.00"))
    qbo.create("BillPayment", paid_by_check(settling("Bill", made["Id"], "20.00"), total="20.00"))
    body = {**bill(MUGS, "57 100.00"), "Id": made["Id"], "SyncToken": "1", **change}

    assert ["6000"] == post(qbo, body).codes


@pytest.mark.parametrize("how", ["delete", "void", "update"])
def test_096_without_its_payment_a_bill_is_open_again(qbo: Books, how: str) -> None:
    made = qbo.create("Bill", bill(MUGS, "57 100.00"))
    body = paid_by_check(settling("Bill", made["Id"], "100.00"), total="100.00")
    payment = qbo.create("BillPayment", body)
    if how == "update":
        qbo.update("BillPayment", {**body, "Line": [], "Id": payment["Id"], "SyncToken": "0"})
    else:
        {"delete": qbo.delete, "void": qbo.void}[how]("BillPayment", payment)
    found = qbo.read("Bill", made["Id"])

    assert (Decimal(100), "2") == (found["Balance"], found["SyncToken"])
    assert "LinkedTxn" not in found
    assert {"delete": 0, "void": 0, "update": -100}[how] == qbo.trial_balance().get("Checking", 0)


def test_096_a_bill_payment_is_voided_as_documented(qbo: Books) -> None:
    payment = qbo.create("BillPayment", paid_by_check(total="10", PrivateNote="by hand"))
    body = {"Id": payment["Id"], "SyncToken": "0", "sparse": True}
    found = post(qbo, body, "billpayment", operation="update", include="void").document["BillPayment"]

    assert (0, "Voided - by hand", "1") == (found["TotalAmt"], found["PrivateNote"], found["SyncToken"])
    assert {} == qbo.trial_balance()


def test_097_a_vendor_credit_posts_the_other_way(qbo: Books) -> None:
    found = qbo.create("VendorCredit", bill(MUGS, "57 90.00"))

    assert (Decimal(90), Decimal(90)) == (found["Balance"], found["TotalAmt"])
    assert {"Accounts Payable (A/P)": 90, "Insurance:Workers Compensation": -90} == qbo.trial_balance()
    assert -90 == qbo.read("Vendor", MUGS)["Balance"]


def test_098_stock_on_a_bill_is_an_asset_and_counted(qbo: Books) -> None:
    made = qbo.create("Bill", bill(LUMBER, f"#{PUMP} 8 @ 10.00 pumps", f"#{SOIL} 2 @ 6.50 soil"))

    assert (80, 13) == (
        qbo.trial_balance()["Inventory Asset"],
        qbo.trial_balance()["Job Expenses:Job Materials:Plants and Soil"],
    )
    assert 8 == qbo.read("Item", PUMP)["QtyOnHand"]
    assert "QtyOnHand" not in qbo.read("Item", SOIL)
    qbo.create("VendorCredit", bill(LUMBER, f"#{PUMP} 3 @ 10.00"))
    assert (5, 50) == (qbo.read("Item", PUMP)["QtyOnHand"], qbo.trial_balance()["Inventory Asset"])
    qbo.delete("Bill", made)
    assert -3 == qbo.read("Item", PUMP)["QtyOnHand"]


def test_098_stock_needs_its_quantity(qbo: Books) -> None:
    assert ["6520"] == post(qbo, bill(LUMBER, f"#{PUMP} 80.00")).codes
    assert ["6270"] == post(qbo, bill(LUMBER, f"#{PUMP} 1 @ 80.00", TxnDate="2015-09-30")).codes


def test_099_a_used_number_is_accepted_unless_the_company_warns(qbo: Books) -> None:
    first = qbo.create("Bill", bill(MUGS, "57 1", DocNumber="INV-1"))
    qbo.create("Bill", bill(MUGS, "57 1", DocNumber="INV-1"))
    qbo.prefer("OtherPrefs", NameValue=[{"Name": "WarnDuplicateBillNumber", "Value": "true"}])
    answer = post(qbo, bill(MUGS, "57 1", DocNumber="inv-1"))

    assert ["6140"] == answer.codes
    assert f"is assigned to TxnType=Bill with TxnId={first['Id']}" in answer.errors[0]["Detail"]
    assert 200 == post(qbo, bill(MUGS, "57 1", DocNumber="INV-1"), include="allowduplicatedocnum").status


def test_a_bill_is_found_by_its_vendor_and_term(qbo: Books) -> None:
    qbo.create("Bill", bill(MUGS, "57 1", SalesTermRef={"value": "2"}))
    qbo.create("Bill", bill(LUMBER, "57 300.00"))

    assert 1 == qbo.count(f"select count(*) from Bill where VendorRef = '{MUGS}' and SalesTermRef = '2'")
    assert 1 == qbo.count("select count(*) from Bill where TotalAmt >= '300.00'")


def test_closed_books_bind_bills_too(qbo: Books) -> None:
    made = qbo.create("Bill", bill(MUGS, "57 1", TxnDate="2026-01-31"))
    qbo.close_books("2026-01-31")

    assert ["6210"] == post(qbo, bill(MUGS, "57 1", TxnDate="2026-01-15")).codes
    with pytest.raises(Refused, match="6210"):
        qbo.outsider("delete", "Bill", made["Id"])


def test_what_a_bill_names_is_looked_up(qbo: Books) -> None:
    qbo.outsider("deactivate", "Vendor", MUGS)

    assert ["610"] == post(qbo, bill(MUGS, "57 1")).codes
    assert ["2010"] == post(qbo, {**bill(LUMBER, "57 1"), "Cost": 1}).codes


def test_a_first_bill_brings_the_payables_account(qbo: Books) -> None:
    other = qbo.another("empty")
    vendor = other.create("Vendor", {"DisplayName": "First"})["Id"]
    expense = other.account("Insurance")
    made = other.create("Bill", bill(vendor, f"{expense} 5"))

    assert "Accounts Payable (A/P)" == made["APAccountRef"]["name"]
    assert {"Insurance": 5, "Accounts Payable (A/P)": -5} == other.trial_balance()
