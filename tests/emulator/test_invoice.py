"""Section F: invoices, credit memos and the payments of customers."""

from decimal import Decimal
from typing import Any

import pytest

from qbo_emulator.testing import Answer, Books, bill, invoice, sales_line, settling

AMY, COOL_CARS = "1", "3"
PUMP, FOUNTAIN = "11", "5"


def post(qbo: Books, body: object, entity: str = "invoice", **query: object) -> Answer:
    return qbo.call("POST", entity, body, **query)


def received(*lines: dict[str, Any], total: str, customer: str = AMY, **fields: Any) -> dict[str, Any]:
    return {"CustomerRef": {"value": customer}, "TotalAmt": Decimal(total), "Line": list(lines), **fields}


def test_100_an_invoice_comes_back_as_recorded(qbo: Books, recorded, recording) -> None:
    """All but the one custom field that company had defined."""
    qbo.clock(at="2020-09-29T12:58:07Z")
    qbo.refresh()
    qbo.create("Invoice", invoice(COOL_CARS, "#1 1", DocNumber="1042"))
    answer = post(qbo, invoice(AMY, "#1 100.00"))
    expected = recorded("qbo_api/create_invoice.json")["Invoice"]
    found = answer.document["Invoice"]
    apart = {"Id", "MetaData", "CustomField"}

    assert list(expected) == list(found)
    assert {key: value for key, value in expected.items() if key not in apart} == {
        key: value for key, value in found.items() if key not in apart
    }
    assert [] == found["CustomField"]
    text = recording("qbo_api/create_invoice.json")
    lines = text[text.index('"Line"') : text.index('"BillAddr"')]
    assert lines in answer.text, "to the byte, money and all"


def test_100_numbers_follow_the_highest_of_all_forms(qbo: Books) -> None:
    first = qbo.create("Invoice", invoice(AMY, "#1 1"))["DocNumber"]
    qbo.create("CreditMemo", invoice(AMY, "#1 1", DocNumber="1200"))
    second = qbo.create("Invoice", invoice(AMY, "#1 1"))["DocNumber"]
    qbo.prefer("SalesFormsPrefs", CustomTxnNumbers=True)
    third = qbo.create("Invoice", invoice(AMY, "#1 1"))

    assert ("1001", "1201") == (first, second)
    assert "DocNumber" not in third


def test_100_a_used_number_is_refused_when_the_company_warns(qbo: Books) -> None:
    first = qbo.create("Invoice", invoice(AMY, "#1 1", DocNumber="A-1"))
    assert 200 == post(qbo, invoice(AMY, "#1 1", DocNumber="A-1")).status
    qbo.prefer("OtherPrefs", NameValue=[{"Name": "WarnDuplicateInvoiceNumber", "Value": "true"}])
    answer = post(qbo, invoice(AMY, "#1 1", DocNumber="A-1"))

    assert ["6140"] == answer.codes
    assert f"TxnType=Invoice with TxnId={first['Id']}" in answer.errors[0]["Detail"]


def test_100_the_customers_term_and_address_are_the_default(qbo: Books) -> None:
    address = {"Line1": "1 Mill Road"}
    customer = qbo.create(
        "Customer",
        {
            "DisplayName": "Prompt",
            "SalesTermRef": {"value": "5"},
            "BillAddr": address,
            "PrimaryEmailAddr": {"Address": "a@example.com"},
        },
    )["Id"]
    found = qbo.create("Invoice", invoice(customer, "#1 1", TxnDate="2026-01-20"))

    assert ("2026-01-30", "Net 10") == (found["DueDate"], found["SalesTermRef"]["name"])
    assert ({"Id": "101", "Line1": "1 Mill Road"}, "a@example.com") == (
        found["BillAddr"],
        found["BillEmail"]["Address"],
    )
    assert "ShipAddr" not in found


def test_101_quantity_and_price_are_returned_only_if_sent(qbo: Books) -> None:
    bare, full = qbo.create("Invoice", invoice(AMY, "#1 100.00", "#4 4.5 @ 75"))["Line"][:2]

    assert {"ItemRef", "TaxCodeRef"} == set(bare["SalesItemLineDetail"])
    assert (Decimal("4.5"), 75) == (full["SalesItemLineDetail"]["Qty"], full["SalesItemLineDetail"]["UnitPrice"])


def test_102_a_voided_invoice_is_as_recorded(qbo: Books, recorded) -> None:
    qbo.clock(at="2020-09-29T12:58:07Z")
    qbo.refresh()
    made = qbo.create("Invoice", invoice(AMY, "#1 100.00", DocNumber="1041"))
    found = qbo.void("Invoice", made)
    expected = recorded("qbo_api/void_invoice.json")["Invoice"]
    apart = {"Id", "MetaData", "CustomField"}

    assert list(expected) == list(found)
    assert {key: value for key, value in expected.items() if key not in apart} == {
        key: value for key, value in found.items() if key not in apart
    }
    assert found == qbo.read("Invoice", made["Id"])
    assert {} == qbo.trial_balance()


def test_102_voiding_lets_payments_go_and_gives_stock_back(qbo: Books) -> None:
    qbo.create("Bill", bill("46", f"#{PUMP} 8 @ 10.00"))
    made = qbo.create("Invoice", invoice(AMY, f"#{PUMP} 2 @ 15.00", PrivateNote="rush"))
    payment = qbo.create("Payment", received(settling("Invoice", made["Id"], "30.00"), total="30.00"))
    found = qbo.void("Invoice", {**made, "SyncToken": "1"})
    freed = qbo.read("Payment", payment["Id"])

    assert ("Voided - rush", [], 0, "2") == tuple(
        found[each] for each in ("PrivateNote", "LinkedTxn", "Balance", "SyncToken")
    )
    assert ([], 30, "1") == (freed["Line"], freed["UnappliedAmt"], freed["SyncToken"])
    assert (8, 80) == (qbo.read("Item", PUMP)["QtyOnHand"], qbo.trial_balance()["Inventory Asset"])
    assert -30 == qbo.read("Customer", AMY)["Balance"]


def test_103_a_deleted_invoice_leaves_a_stub_as_recorded(qbo: Books, recorded) -> None:
    made = qbo.create("Invoice", invoice(AMY, "#1 100.00"))
    found = qbo.delete("Invoice", made)

    assert {**recorded("qbo_api/delete_invoice.json")["Invoice"], "Id": made["Id"]} == found
    assert ["610"] == qbo.call("GET", f"invoice/{made['Id']}").codes


def test_104_stock_is_costed_first_in_first_out(qbo: Books) -> None:
    qbo.create("Bill", bill("46", f"#{PUMP} 2 @ 10.00", TxnDate="2026-01-02"))
    qbo.create("Bill", bill("46", f"#{PUMP} 2 @ 14.00", TxnDate="2026-01-03"))
    qbo.create("Invoice", invoice(AMY, f"#{PUMP} 3 @ 30.00", TxnDate="2026-01-05"))
    found = qbo.trial_balance(start_date="2026-01-01", end_date="2026-12-31")

    assert (34, 14) == (found["Cost of Goods Sold"], found["Inventory Asset"])
    assert (-90, 90) == (found["Sales of Product Income"], found["Accounts Receivable (A/R)"])
    assert 1 == qbo.read("Item", PUMP)["QtyOnHand"]


def test_104_many_small_quantities_lose_no_cent(qbo: Books) -> None:
    qbo.create("Bill", bill("46", f"#{PUMP} 3 @ 3.3333", TxnDate="2026-01-02"))
    for _ in range(6):
        qbo.create("Invoice", invoice(AMY, f"#{PUMP} 0.5 @ 1", TxnDate="2026-01-05"))
    found = qbo.trial_balance(start_date="2026-01-01", end_date="2026-12-31")

    assert ("Inventory Asset" not in found, Decimal(10)) == (True, found["Cost of Goods Sold"])
    assert 0 == qbo.read("Item", PUMP)["QtyOnHand"]


def test_104_what_is_not_there_is_sold_at_the_last_known_cost(qbo: Books) -> None:
    item = qbo.read("Item", FOUNTAIN)
    qbo.update("Item", {"Id": FOUNTAIN, "SyncToken": item["SyncToken"], "sparse": True, "PurchaseCost": 125})
    qbo.create("Invoice", invoice(AMY, f"#{FOUNTAIN} 2 @ 275"))
    qbo.create("Bill", bill("46", f"#{PUMP} 1 @ 10.00"))
    qbo.create("Invoice", invoice(AMY, f"#{PUMP} 2 @ 15"))

    assert 270 == qbo.trial_balance()["Cost of Goods Sold"]
    assert (-2, -1) == (qbo.read("Item", FOUNTAIN)["QtyOnHand"], qbo.read("Item", PUMP)["QtyOnHand"])


def test_104_a_changed_invoice_keeps_the_cost_of_what_it_keeps(qbo: Books) -> None:
    qbo.create("Bill", bill("46", f"#{PUMP} 1 @ 10.00", f"#{PUMP} 9 @ 20.00"))
    made = qbo.create("Invoice", invoice(AMY, f"#{PUMP} 1 @ 15"))
    qbo.create("Invoice", invoice(AMY, f"#{PUMP} 1 @ 15"))
    changed = qbo.update("Invoice", {"Id": made["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "x"})
    assert 30 == qbo.trial_balance()["Cost of Goods Sold"]
    qbo.update("Invoice", {**changed, "sparse": False, "Line": [sales_line(f"#{PUMP} 4 @ 15")]})

    assert 100 == qbo.trial_balance()["Cost of Goods Sold"], "three more at the next layer's 20"
    assert 90 == qbo.trial_balance()["Inventory Asset"]


@pytest.mark.parametrize(
    ("line", "fields", "code"),
    [
        (f"#{PUMP} 30.00", {}, "6520"),
        (f"#{PUMP} 2 @ 15.00", {"TxnDate": "2015-09-30"}, "6270"),
        ("#9999 1", {}, "2500"),
        ("#1 1", {"CustomerRef": None}, "2020"),
        ("#1 1", {"CustomerRef": {"value": "9999"}}, "2500"),
        ("#1 1", {"Line": []}, "2020"),
        ("#1 -1", {}, "6000"),
        ("#1 1", {"Line": [{"Amount": 1, "DetailType": "GroupLineDetail"}]}, "2170"),
        ("#1 1", {"CustomerMemo": {"value": "x" * 1001}}, "2050"),
        ("#1 1", {"Deposit": "much"}, "2080"),
    ],
)
def test_104_an_invoice_that_makes_no_sense_is_refused(
    qbo: Books, line: str, fields: dict[str, Any], code: str
) -> None:
    answer = post(qbo, {**invoice(AMY, line), **fields})

    assert 400 == answer.status
    assert code in answer.codes


def test_a_discount_counts_against_the_rest(qbo: Books) -> None:
    percent = {"DetailType": "DiscountLineDetail", "DiscountLineDetail": {"PercentBased": True, "DiscountPercent": 10}}
    fixed = {"Amount": 5, "DetailType": "DiscountLineDetail", "DiscountLineDetail": {}}
    found = qbo.create("Invoice", {**invoice(AMY, "#1 99.95"), "Line": [sales_line("#1 99.95"), percent, fixed]})

    assert Decimal("84.95") == found["TotalAmt"] == found["Balance"]
    assert ["SalesItemLineDetail", "SubTotalLineDetail", "DiscountLineDetail", "DiscountLineDetail"] == [
        line["DetailType"] for line in found["Line"]
    ]
    assert {"Services": Decimal("-99.95"), "Discounts given": 15, "Accounts Receivable (A/R)": Decimal("84.95")} == (
        qbo.trial_balance()
    )
    again = qbo.update("Invoice", {**found, "PrivateNote": "as it came"})
    assert found["Line"] == again["Line"], "the subtotal of an answer may be sent back"


def test_a_line_of_text_and_one_without_item(qbo: Books) -> None:
    text = {"DetailType": "DescriptionOnly", "Description": "thank you"}
    bare = {"Amount": 7, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {}}
    found = qbo.create("Invoice", {**invoice(AMY), "Line": [text, bare]})

    assert ("thank you", {}) == (found["Line"][0]["Description"], found["Line"][0]["DescriptionLineDetail"])
    assert "Services" == found["Line"][1]["SalesItemLineDetail"]["ItemRef"]["name"]
    assert 7 == found["TotalAmt"]


def test_105_a_payment_lowers_the_balance(qbo: Books) -> None:
    made = qbo.create("Invoice", invoice(AMY, "#1 100.00"))
    payment = qbo.create("Payment", received(settling("Invoice", made["Id"], "60.00"), total="75.00"))
    found = qbo.read("Invoice", made["Id"])

    assert (Decimal(40), "1") == (found["Balance"], found["SyncToken"])
    assert [{"TxnId": payment["Id"], "TxnType": "Payment"}] == found["LinkedTxn"]
    assert (15, "Undeposited Funds") == (payment["UnappliedAmt"], payment["DepositToAccountRef"]["name"])
    assert {"Undeposited Funds": 75, "Accounts Receivable (A/R)": 25, "Services": -100} == qbo.trial_balance()
    assert 25 == qbo.read("Customer", AMY)["Balance"]


@pytest.mark.parametrize(
    ("applied", "total", "customer", "code"),
    [
        ("100.01", "200.00", AMY, "6000"),
        ("50.00", "49.99", AMY, "6000"),
        ("50.00", "50.00", COOL_CARS, "6000"),
    ],
)
def test_105_too_much_is_refused(qbo: Books, applied: str, total: str, customer: str, code: str) -> None:
    made = qbo.create("Invoice", invoice(AMY, "#1 100.00"))
    body = received(settling("Invoice", made["Id"], applied), total=total, customer=customer)
    answer = post(qbo, body, "payment")

    assert (400, [code]) == (answer.status, answer.codes)
    assert "0" == qbo.read("Invoice", made["Id"])["SyncToken"]


def test_105_two_lines_on_one_invoice_count_together(qbo: Books) -> None:
    made = qbo.create("Invoice", invoice(AMY, "#1 100.00"))
    twice = [settling("Invoice", made["Id"], "60.00")] * 2

    assert ["6000"] == post(qbo, received(*twice, total="120.00"), "payment").codes


def test_105_a_changed_payment_gives_back_what_it_no_longer_takes(qbo: Books) -> None:
    made = qbo.create("Invoice", invoice(AMY, "#1 100.00"))
    body = received(settling("Invoice", made["Id"], "100.00"), total="100.00")
    payment = qbo.create("Payment", body)
    less = {**body, "Line": [settling("Invoice", made["Id"], "30.00")], "Id": payment["Id"], "SyncToken": "0"}

    assert 70 == qbo.update("Payment", less)["UnappliedAmt"]
    assert 70 == qbo.read("Invoice", made["Id"])["Balance"]
    qbo.void("Payment", {**payment, "SyncToken": "1"})
    assert 100 == qbo.read("Invoice", made["Id"])["Balance"]
    assert {"Services": -100, "Accounts Receivable (A/R)": 100} == qbo.trial_balance()


def test_105_a_customer_may_pay_for_its_jobs(qbo: Books) -> None:
    made = qbo.create("Invoice", invoice("8", "#1 10"))
    qbo.create("Payment", received(settling("Invoice", made["Id"], "10"), total="10", customer="7"))

    assert 0 == qbo.read("Invoice", made["Id"])["Balance"]
    assert 0 == qbo.read("Customer", "7")["BalanceWithJobs"]


def test_107_a_credit_memo_posts_the_other_way_and_is_used_up(qbo: Books) -> None:
    qbo.create("Bill", bill("46", f"#{PUMP} 4 @ 10.00"))
    sold = qbo.create("Invoice", invoice(AMY, f"#{PUMP} 2 @ 15.00"))
    memo = qbo.create("CreditMemo", invoice(AMY, f"#{PUMP} 1 @ 15.00"))

    assert (15, 15) == (memo["RemainingCredit"], memo["Balance"])
    assert {"Inventory Asset": 30, "Cost of Goods Sold": 10, "Sales of Product Income": -15} == {
        name: value for name, value in qbo.trial_balance().items() if "A/" not in name
    }
    assert 3 == qbo.read("Item", PUMP)["QtyOnHand"]
    lines = settling("Invoice", sold["Id"], "30.00"), settling("CreditMemo", memo["Id"], "15.00")
    payment = qbo.create("Payment", received(*lines, total="15.00"))
    assert (0, 0) == (qbo.read("Invoice", sold["Id"])["Balance"], qbo.read("CreditMemo", memo["Id"])["Balance"])
    assert [{"TxnId": payment["Id"], "TxnType": "Payment"}] == qbo.read("CreditMemo", memo["Id"])["LinkedTxn"]
    assert ["500"] == post(qbo, {"Id": memo["Id"], "SyncToken": "1"}, "creditmemo", operation="void").codes


def test_open_invoices_are_found(qbo: Books) -> None:
    paid, left = (qbo.create("Invoice", invoice(AMY, "#1 100.00", DueDate="2026-03-01")) for _ in range(2))
    qbo.create("Payment", received(settling("Invoice", paid["Id"], "100.00"), total="100.00"))
    rows = qbo.query(f"select * from Invoice where Balance > '0' and CustomerRef = '{AMY}' and DueDate = '2026-03-01'")

    assert [left["Id"]] == [row["Id"] for row in rows]
    assert 1 == qbo.count("select count(*) from Payment where TotalAmt = '100.00'")


def test_120_an_item_created_with_stock_has_a_starting_value(qbo: Books) -> None:
    body = {
        "Name": "Nozzle",
        "Type": "Inventory",
        "TrackQtyOnHand": True,
        "QtyOnHand": 10,
        "InvStartDate": "2026-01-01",
        "PurchaseCost": "2.50",
        **{
            f"{name}AccountRef": {"value": value}
            for name, value in (("Income", "79"), ("Expense", "80"), ("Asset", "81"))
        },
    }
    made = qbo.create("Item", body)

    assert 10 == made["QtyOnHand"]
    assert {"Inventory Asset": 25, "Opening Balance Equity": -25} == qbo.trial_balance(end_date="2026-12-31")
    ledger = qbo.report("GeneralLedger", start_date="2026-01-01", end_date="2026-01-31", account="81")
    cells = ledger["Rows"]["Row"][0]["Rows"]["Row"][0]["ColData"]
    assert ("2026-01-01", "Inventory Starting Value", "START") == tuple(cell["value"] for cell in cells[:3])
    recounted = qbo.update("Item", {**made, "QtyOnHand": 8})
    assert 8 == recounted["QtyOnHand"]
    [adjusted] = qbo.query("select * from InventoryAdjustment")
    assert ("2026-01-01", -2) == (adjusted["TxnDate"], adjusted["Line"][0]["ItemAdjustmentLineDetail"]["QtyDiff"])
    renamed = {"Id": made["Id"], "SyncToken": recounted["SyncToken"], "sparse": True, "Name": "Nozzle 2"}
    assert 8 == qbo.update("Item", renamed)["QtyOnHand"]
    assert 1 == qbo.count("select count(*) from InventoryAdjustment")


def test_120_a_product_can_begin_to_be_tracked(qbo: Books) -> None:
    accounts = {f"{name}AccountRef": {"value": value} for name, value in (("Income", "79"), ("Expense", "80"))}
    made = qbo.create("Item", {"Name": "Valve", "Type": "NonInventory", "PurchaseCost": 3, **accounts})
    tracked = {"TrackQtyOnHand": True, "QtyOnHand": 4, "InvStartDate": "2026-01-01", "AssetAccountRef": {"value": "81"}}
    found = qbo.update("Item", {**made, **tracked, "Type": "Inventory"})

    assert 4 == found["QtyOnHand"]
    assert 12 == qbo.trial_balance(end_date="2026-12-31")["Inventory Asset"]
