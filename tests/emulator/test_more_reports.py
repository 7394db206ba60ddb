"""Reports beside the ledger's own: who owes what, stock, the chart; and that all of them tie out."""

import random
from decimal import Decimal
from typing import Any

import pytest

from qbo_emulator.testing import Books, bill, invoice, journal_entry, settling

YEAR = {"start_date": "2026-01-01", "end_date": "2026-12-31"}


def table(document: dict[str, Any]) -> dict[str, list[str]]:
    """Each row's name with its cells."""
    rows = document["Rows"].get("Row", [])
    cells = [(row.get("ColData") or row["Summary"]["ColData"]) for row in rows]
    return {each[0]["value"]: [cell["value"] for cell in each[1:]] for each in cells}


def paid(qbo: Books, vendor: str, total: str, *lines: dict[str, Any], **fields: Any) -> dict[str, Any]:
    way = {"PayType": "Check", "CheckPayment": {"BankAccountRef": {"value": "35"}}}
    body = {"VendorRef": {"value": vendor}, "TotalAmt": Decimal(total), "Line": list(lines), **way, **fields}
    return qbo.create("BillPayment", body)


def test_payables_are_aged_by_their_due_dates(qbo: Books) -> None:
    for due, amount in (("2026-03-31", "10"), ("2026-03-15", "20"), ("2026-02-14", "40"), ("2025-12-31", "80")):
        qbo.create("Bill", bill("46", f"57 {amount}.00", TxnDate="2025-12-01", DueDate=due))
    qbo.create("VendorCredit", bill("43", "57 7.00", TxnDate="2026-03-31"))
    report = qbo.report("AgedPayables", report_date="2026-03-31")

    assert ["", "Current", "1 - 30", "31 - 60", "61 - 90", "91 and over", "Total"] == [
        column["ColTitle"] for column in report["Columns"]["Column"]
    ]
    found = table(report)
    assert ["10.00", "20.00", "40.00", "80.00", "", "150.00"] == found["Norton Lumber and Building Materials"]
    assert ["-7.00", "", "", "", "", "-7.00"] == found["Mahoney Mugs"]
    assert "143.00" == found["TOTAL"][-1]
    assert "" == table(qbo.report("AgedPayables", report_date="2026-06-30"))["Mahoney Mugs"][0]


def test_balances_are_those_of_the_day(qbo: Books) -> None:
    owed = qbo.create("Bill", bill("46", "57 100.00", TxnDate="2026-01-10"))
    paid(qbo, "46", "70.00", settling("Bill", owed["Id"], "60.00"), TxnDate="2026-02-10")
    found = {
        day: table(qbo.report("VendorBalance", report_date=day)).get("Norton Lumber and Building Materials")
        for day in ("2026-01-09", "2026-01-31", "2026-02-28")
    }

    assert {"2026-01-09": None, "2026-01-31": ["100.00"], "2026-02-28": ["30.00"]} == found
    aged = table(qbo.report("AgedPayables", report_date="2026-02-28"))
    assert "30.00" == aged["TOTAL"][-1]


def test_receivables_have_the_same_reports(qbo: Books) -> None:
    sold = qbo.create("Invoice", invoice("1", "#1 100.00", TxnDate="2026-01-10"))
    qbo.create("CreditMemo", invoice("3", "#1 5.00", TxnDate="2026-01-10"))
    line = settling("Invoice", sold["Id"], "40.00")
    qbo.create("Payment", {"CustomerRef": {"value": "1"}, "TotalAmt": 45, "Line": [line], "TxnDate": "2026-01-20"})
    found = table(qbo.report("CustomerBalance", report_date="2026-03-31"))

    assert {"Amy's Bird Sanctuary": ["55.00"], "Cool Cars": ["-5.00"], "TOTAL": ["50.00"]} == found
    aged = table(qbo.report("AgedReceivables", report_date="2026-03-31"))
    assert ["", "", "60.00", "-5.00", "", "55.00"] == aged["Amy's Bird Sanctuary"]


def test_nothing_open_is_no_data(qbo: Books) -> None:
    report = qbo.report("AgedPayables")

    assert ({}, "true") == (report["Rows"], report["Header"]["Option"][-1]["Value"])


def test_stock_is_valued_by_its_own_moves(qbo: Books) -> None:
    qbo.create("Bill", bill("46", "#11 4 @ 10.00", "#5 2 @ 125", TxnDate="2026-01-05"))
    qbo.create("Invoice", invoice("1", "#11 1.5 @ 20", TxnDate="2026-02-05"))
    qbo.create("JournalEntry", journal_entry("Dr 81 999", "Cr 80 999", TxnDate="2026-01-05"))
    found = table(qbo.report("InventoryValuationSummary", report_date="2026-12-31"))

    assert {
        "Pump": ["", "2.5", "25.00", "10.00"],
        "Rock Fountain": ["", "2", "250.00", "125.00"],
        "TOTAL": ["", "", "275.00", ""],
    } == found
    assert 275 + 999 == qbo.trial_balance(**YEAR)["Inventory Asset"], "an entry by hand makes them drift"
    assert ["", "4", "40.00", "10.00"] == table(qbo.report("InventoryValuationSummary", report_date="2026-01-31"))[
        "Pump"
    ]


def test_the_chart_is_a_report_too(qbo: Books) -> None:
    qbo.create("Bill", bill("46", "57 100.00"))
    found = table(qbo.report("AccountList"))

    assert ["Accounts Payable", "AccountsPayable", "", "100.00"] == found["Accounts Payable (A/P)"]
    assert ["Expense", "Insurance", "", ""] == found["Insurance:Workers Compensation"]


def test_158_a_list_of_transactions_has_the_recorded_columns(qbo: Books, recording) -> None:
    made = qbo.create("Invoice", invoice("1", "#1 100.00", "#4 200.00", DocNumber="10"))
    report = qbo.report("TransactionList")
    text = recording("quickbooks_ruby/transaction_list_report.xml")
    keys = [column["MetaData"][0]["Value"] for column in report["Columns"]["Column"]]
    kinds = [column["ColType"] for column in report["Columns"]["Column"]]

    assert keys == [line.split(">")[1].split("<")[0] for line in text.splitlines() if "<Value>" in line][1:]
    assert kinds == [line.split(">")[1].split("<")[0] for line in text.splitlines() if "<ColType>" in line]
    [row] = report["Rows"]["Row"]
    values = [cell["value"] for cell in row["ColData"]]
    assert [
        "Invoice",
        "10",
        "Yes",
        "Amy's Bird Sanctuary",
        "",
        "Accounts Receivable (A/R)",
        "-Split-",
        "300.00",
    ] == values[1:]
    assert (made["Id"], "1", "84") == tuple(row["ColData"][n]["id"] for n in (1, 4, 6))


@pytest.mark.parametrize(
    ("parameters", "numbers"),
    [
        ({"transaction_type": "Bill"}, ["B"]),
        ({"docnum": "A"}, ["A"]),
        ({"start_createdate": "2026-02-01", "end_createdate": "2026-02-28"}, ["A"]),
        ({"start_moddate": "2026-03-01"}, ["A", "B"]),
        ({"vendor": "46"}, ["B"]),
    ],
)
def test_a_list_of_transactions_can_be_narrowed(qbo: Books, parameters: dict[str, str], numbers: list[str]) -> None:
    qbo.clock(at="2026-02-10T12:00:00Z")
    qbo.refresh()
    made = qbo.create("Invoice", invoice("1", "#1 1", DocNumber="A"))
    qbo.clock(at="2026-03-10T12:00:00Z")
    qbo.refresh()
    qbo.create("Bill", bill("46", "57 1", DocNumber="B"))
    qbo.update("Invoice", {"Id": made["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "x"})
    rows = qbo.report("TransactionList", **YEAR, **parameters)["Rows"].get("Row", [])

    assert numbers == [row["ColData"][2]["value"] for row in rows]


def test_159_every_kind_of_transaction_ties_out(qbo: Books) -> None:
    """A hundred and twenty at random, some changed, voided or deleted; then every report must agree."""
    luck = random.Random(7)
    for n in range(120):
        one_more(qbo, luck, f"2026-{luck.randint(1, 12):02d}-{luck.randint(1, 28):02d}", n)
    trial = qbo.trial_balance(**YEAR)
    assert 0 == sum(trial.values())
    sheet = qbo.report("BalanceSheet", end_date="2026-12-31", start_date="2026-01-01")["Rows"]["Row"]
    assert sheet[0]["Summary"]["ColData"][1]["value"] == sheet[1]["Summary"]["ColData"][1]["value"]
    for name, reports, side in (
        ("Accounts Payable (A/P)", ("AgedPayables", "VendorBalance"), -1),
        ("Accounts Receivable (A/R)", ("AgedReceivables", "CustomerBalance"), 1),
    ):
        for report in reports:
            total = Decimal(table(qbo.report(report, report_date="2026-12-31"))["TOTAL"][-1])
            assert side * trial[name] == total
    stock = table(qbo.report("InventoryValuationSummary", report_date="2026-12-31"))
    assert trial["Inventory Asset"] == Decimal(stock["TOTAL"][2])
    for kind, account in (("Vendor", "Accounts Payable (A/P)"), ("Customer", "Accounts Receivable (A/R)")):
        balances = sum(row["Balance"] for row in qbo.query(f"select * from {kind} maxresults 1000"))
        assert balances == trial[account] * (-1 if kind == "Vendor" else 1)
    profit = qbo.report("ProfitAndLoss", **YEAR)["Rows"]["Row"][-1]["Summary"]["ColData"][1]["value"]
    [equity] = [row for row in sheet[1]["Rows"]["Row"] if row["group"] == "Equity"]
    assert profit == equity["Rows"]["Row"][-1]["ColData"][1]["value"]


def one_more(qbo: Books, luck: random.Random, on: str, n: int) -> None:
    amount, dated = f"{luck.randint(100, 99999) / 100:.2f}", {"TxnDate": on}
    vendor, customer = luck.choice(["43", "46"]), luck.choice(["1", "3"])
    what = n % 8
    if what == 0:
        made = qbo.create("Bill", bill(vendor, f"57 {amount}", f"#11 {luck.randint(1, 9)} @ 10.00", **dated))
        if luck.random() < 0.6:
            half = f"{made['TotalAmt'] / 2:.2f}"
            paid(qbo, vendor, half, settling("Bill", made["Id"], half), **dated)
    elif what == 1:
        made = qbo.create("Invoice", invoice(customer, f"#1 {amount}", f"#11 {luck.randint(1, 3)} @ 15.00", **dated))
        if luck.random() < 0.3:
            qbo.void("Invoice", made)
        elif luck.random() < 0.7:
            line = settling("Invoice", made["Id"], amount)
            more = Decimal(amount) + 5
            qbo.create("Payment", {"CustomerRef": {"value": customer}, "TotalAmt": more, "Line": [line], **dated})
    elif what == 2:
        qbo.create("VendorCredit", bill(vendor, f"57 {amount}", **dated))
    elif what == 3:
        qbo.create("CreditMemo", invoice(customer, f"#1 {amount}", "#11 1 @ 15.00", **dated))
    elif what == 4:
        made = qbo.create("SalesReceipt", invoice(customer, f"#11 2 @ {amount}", **dated))
        if luck.random() < 0.5:
            line = {"Amount": made["TotalAmt"], "LinkedTxn": [{"TxnId": made["Id"], "TxnType": "SalesReceipt"}]}
            qbo.create("Deposit", {"DepositToAccountRef": {"value": "35"}, "Line": [line], **dated})
    elif what == 5:
        paying = {"PaymentType": "CreditCard", "AccountRef": {"value": "42"}, "Credit": luck.random() < 0.3}
        lines = bill(vendor, f"57 {amount}")["Line"]
        made = qbo.create("Purchase", {"Line": lines, **paying, **dated})
        if luck.random() < 0.4:
            qbo.delete("Purchase", made)
    elif what == 6:
        line = {
            "DetailType": "ItemAdjustmentLineDetail",
            "ItemAdjustmentLineDetail": {"ItemRef": {"value": "11"}, "QtyDiff": luck.choice([-1, 2])},
        }
        qbo.create("InventoryAdjustment", {"AdjustAccountRef": {"value": "80"}, "Line": [line], **dated})
    else:
        made = qbo.create(
            "RefundReceipt", invoice(customer, f"#1 {amount}", DepositToAccountRef={"value": "35"}, **dated)
        )
        qbo.update("RefundReceipt", {**made, "PrivateNote": "changed", "TxnDate": "2026-06-15"})
