"""Section I: reports and change data capture."""

import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from qbo_emulator.testing import Books, journal_entry, journal_line

YEAR = {"start_date": "2026-01-01", "end_date": "2026-12-31"}
Row = dict[str, Any]


def enter(qbo: Books, *lines: str, on: str = "2026-03-05", **fields: Any) -> Row:
    return qbo.create("JournalEntry", journal_entry(*lines, TxnDate=on, **fields))


def walk(rows: list[Row]) -> Iterator[Row]:
    for row in rows:
        yield row
        yield from walk(row.get("Rows", {}).get("Row", []))


def sections(report: Row) -> dict[str, Row]:
    found = [row for row in walk(report["Rows"]["Row"]) if "Header" in row]
    return {row["Header"]["ColData"][0]["value"]: row for row in found}


def groups(report: Row) -> dict[str, Row]:
    return {row["group"]: row for row in walk(report["Rows"]["Row"]) if "group" in row}


def total(row: Row) -> str:
    return str(row["Summary"]["ColData"][-1]["value"])


def cells(row: Row) -> list[str]:
    return [cell["value"] for cell in row["ColData"]]


def test_146_changes_come_grouped_with_the_deleted_as_stubs(qbo: Books, recorded) -> None:
    since = qbo.clock()["at"]
    kept, gone = enter(qbo, "Dr 81 1", "Cr 35 1"), enter(qbo, "Dr 81 2", "Cr 35 2")
    qbo.delete("JournalEntry", gone)
    answer = qbo.call("GET", "cdc", entities="Vendor,journalentry,Class", changedSince=since[:19] + "Z")
    vendor, entries, classes = answer.document["CDCResponse"][0]["QueryResponse"]

    assert {} == vendor == classes
    assert kept == entries["JournalEntry"][0]
    stub = entries["JournalEntry"][1]
    assert ["domain", "status", "Id", "MetaData"] == list(stub)
    assert ("Deleted", gone["Id"], ["LastUpdatedTime"]) == (stub["status"], stub["Id"], list(stub["MetaData"]))
    assert (1, 2, 2) == (entries["startPosition"], entries["maxResults"], entries["totalCount"])
    expected = recorded("qbo_api/cdc_estimate.json")
    assert list(expected) == list(answer.document) == ["CDCResponse", "time"]
    assert list(expected["CDCResponse"][0]["QueryResponse"][0])[1:] == ["startPosition", "maxResults"]


def test_146_a_group_with_only_deletions_has_no_start(qbo: Books) -> None:
    since = qbo.clock()["at"]
    qbo.delete("JournalEntry", enter(qbo, "Dr 81 1", "Cr 35 1"))
    answer = qbo.call("GET", "cdc", entities="JournalEntry", changedSince=since[:19] + "Z")

    group = answer.document["CDCResponse"][0]["QueryResponse"][0]
    assert ["JournalEntry", "maxResults", "totalCount"] == list(group)


def test_147_thirty_days_back_is_the_limit(qbo: Books) -> None:
    answer = qbo.call("GET", "cdc", entities="JournalEntry", changedSince="2011-10-10T09:00:00-07:00")
    assert (400, ["2070"]) == (answer.status, answer.codes)
    qbo.options(cdc_days=None)

    answer = qbo.call("GET", "cdc", entities="JournalEntry", changedSince="2011-10-10T09:00:00-07:00")
    assert {"CDCResponse", "time"} == set(answer.document)


def test_148_a_thousand_objects_are_the_most(qbo: Books) -> None:
    since = qbo.clock()["at"][:19] + "Z"
    for _ in range(1003):
        enter(qbo, "Dr 81 1", "Cr 35 1")
    answer = qbo.call("GET", "cdc", entities="JournalEntry", changedSince=since)

    assert 1000 == len(answer.document["CDCResponse"][0]["QueryResponse"][0]["JournalEntry"])


@pytest.mark.parametrize("entities", ["TaxCode", "JournalEntry,Nonsense", ""])
def test_149_what_is_not_captured_is_refused(qbo: Books, entities: str) -> None:
    assert 400 == qbo.call("GET", "cdc", entities=entities, changedSince="2026-11-01").status


def test_154_the_general_ledger_has_the_recorded_shape(qbo: Books, recorded) -> None:
    expected = recorded("qbo_api/report_general_ledger.json")
    qbo.clock(at="2026-03-20T20:00:00Z")
    qbo.refresh()
    enter(qbo, "Dr 35 976", "Cr 34 976", on="2026-02-01")
    enter(qbo, "Dr 35 200", "Cr 1 200", on="2026-03-02")
    found = qbo.report("GeneralLedger")

    assert list(expected) == list(found) == ["Header", "Columns", "Rows"]
    assert list(expected["Header"]) == list(found["Header"])
    assert expected["Header"]["DateMacro"] == found["Header"]["DateMacro"] == "this month-to-date"
    assert ("2026-03-01", "2026-03-20") == (found["Header"]["StartPeriod"], found["Header"]["EndPeriod"])
    assert [column["ColTitle"] for column in expected["Columns"]["Column"]] == [
        column["ColTitle"] for column in found["Columns"]["Column"]
    ]
    keys = [column["MetaData"][0]["Value"] for column in found["Columns"]["Column"]]
    assert [column["ColType"] for column in expected["Columns"]["Column"]] == keys
    theirs, ours = expected["Rows"]["Row"][0], found["Rows"]["Row"][0]
    assert theirs["Header"] == ours["Header"]
    assert theirs["Rows"]["Row"][0] == ours["Rows"]["Row"][0], "Beginning Balance 976.00"
    assert ["Checking", "Opening Balance Equity", "Services"] == list(sections(found))
    assert "200.00" == ours["Summary"]["ColData"][6]["value"]


def test_154_a_section_without_movement_has_an_empty_total_as_recorded(qbo: Books, recorded) -> None:
    enter(qbo, "Dr 35 976", "Cr 34 976", on="2026-02-01")
    found = qbo.report("GeneralLedger", start_date="2026-03-01", end_date="2026-03-31")

    assert recorded("qbo_api/report_general_ledger.json")["Rows"]["Row"][0] == found["Rows"]["Row"][0]


def test_154_amounts_carry_the_natural_sign_and_several_others_are_a_split(qbo: Books) -> None:
    made = enter(qbo, "Dr 81 30 steel", "Dr 80 12 work", "Cr 43 42 owed", DocNumber="N1")
    found = sections(qbo.report("GeneralLedger", **YEAR))
    row = found["Loan Payable"]["Rows"]["Row"][0]

    assert ["2026-03-05", "Journal Entry", "N1", "", "owed", "-Split-", "42.00", "42.00"] == cells(row)
    assert {"value": "Journal Entry", "id": made["Id"]} == row["ColData"][1]
    assert {"value": "-Split-", "id": ""} == row["ColData"][5]
    assert {"value": "", "id": ""} == row["ColData"][3]


def test_154_income_begins_with_the_fiscal_year_and_earlier_profit_is_retained(qbo: Books) -> None:
    enter(qbo, "Dr 35 50", "Cr 1 50", on="2025-06-01")
    enter(qbo, "Dr 35 70", "Cr 1 70", on="2026-02-01")
    found = sections(qbo.report("GeneralLedger", start_date="2026-03-01", end_date="2026-03-31"))

    for name, begin in (("Checking", "120.00"), ("Services", "70.00"), ("Retained Earnings", "50.00")):
        assert begin == cells(found[name]["Rows"]["Row"][0])[7], name


def test_154_sub_accounts_stand_inside_their_parents(qbo: Books) -> None:
    enter(qbo, "Dr 38 5", "Cr 35 5")
    truck = next(row for row in qbo.report("GeneralLedger", **YEAR)["Rows"]["Row"] if "Truck" in str(row["Header"]))

    assert "Original Cost" == truck["Rows"]["Row"][0]["Header"]["ColData"][0]["value"]
    assert "Total for Truck" == truck["Summary"]["ColData"][0]["value"]


def test_154_columns_and_accounts_can_be_chosen(qbo: Books) -> None:
    plant = qbo.create("Class", {"Name": "Plant A"})
    line = journal_line("Dr 81 5 steel", ClassRef={"value": plant["Id"]})
    qbo.create("JournalEntry", {"TxnDate": "2026-03-05", "Line": [line, journal_line("Cr 35 5")]})
    columns = "tx_date,doc_num,klass_name,account_name,debt_amt,credit_amt,subt_nat_amount,last_mod_by"
    found = qbo.report("GeneralLedger", **YEAR, columns=columns, account="81")

    assert ["Inventory Asset"] == list(sections(found))
    row = found["Rows"]["Row"][0]["Rows"]["Row"][0]
    assert ["2026-03-05", "", "Plant A", "Inventory Asset", "5.00", "", "5.00", "Integration (API)"] == cells(row)
    assert ["2170"] == qbo.call("GET", "reports/GeneralLedger", columns="nonsense").codes


def test_155_an_empty_profit_and_loss_is_as_recorded(qbo: Books, recorded) -> None:
    expected = recorded("qbo_api/report_profit_and_loss_empty.json")
    found = qbo.report(
        "ProfitAndLoss",
        customer="1",
        start_date="2015-01-01",
        end_date="2015-07-31",
        summarize_column_by="Customers",
    )

    assert {**expected, "Header": {**expected["Header"], "Time": ""}} == {
        **found,
        "Header": {**found["Header"], "Time": ""},
    }
    assert list(expected["Header"]) == list(found["Header"])


def test_a_profit_and_loss_adds_up(qbo: Books) -> None:
    enter(qbo, "Dr 35 100", "Cr 79 100")
    enter(qbo, "Dr 80 40", "Dr 76 15", "Dr 14 2", "Cr 35 57")
    enter(qbo, "Dr 35 1", "Cr 25 1")
    enter(qbo, "Dr 35 999", "Cr 79 999", on="2025-12-31")
    found = groups(qbo.report("ProfitAndLoss", **YEAR))
    expected = (
        "Income 100 COGS 40 GrossProfit 60 Expenses 15 NetOperatingIncome 45 "
        "OtherIncome 1 OtherExpenses 2 NetOtherIncome -1 NetIncome 44"
    )
    pairs = iter(expected.split())

    assert {name: f"{amount}.00" for name, amount in zip(pairs, pairs, strict=True)} == {
        name: total(row) for name, row in found.items()
    }


def test_a_profit_and_loss_can_be_broken_down(qbo: Books) -> None:
    enter(qbo, "Dr 35 100", "Cr 79 100", on="2026-01-10")
    enter(qbo, "Dr 35 50", "Cr 79 50", on="2026-02-10")
    found = qbo.report("ProfitAndLoss", **YEAR, summarize_column_by="Month")

    assert ["", "2026-01", "2026-02", "TOTAL"] == [column["ColTitle"] for column in found["Columns"]["Column"]]
    assert ["Net Income", "100.00", "50.00", "150.00"] == [
        cell["value"] for cell in groups(found)["NetIncome"]["Summary"]["ColData"]
    ]


def test_156_a_balance_sheet_has_the_recorded_groups_and_the_years_profit(qbo: Books, recording) -> None:
    text = recording("quickbooks_ruby/balancesheet.xml")
    snapshot = ["Dr 35 1201.00", "Dr 36 800.00", "Dr 81 596.25", "Dr 4 2062.52", "Dr 38 13495.00", "Cr 41 157.72"]
    enter(qbo, *snapshot, "Cr 90 370.94", "Cr 43 4000.00", "Cr 44 25000.00", "Dr 34 9337.50", "Dr 11 2036.39")
    for line, name, kind in (("Dr 84 5281.52", "1", "Customer"), ("Cr 33 1602.67", "46", "Vendor")):
        detail = journal_line(line, Entity={"Type": kind, "EntityRef": {"value": name}})
        side = line.replace("Dr 84", "Cr 79").replace("Cr 33", "Dr 11")
        qbo.create("JournalEntry", {"TxnDate": "2026-03-06", "Line": [detail, journal_line(side)]})
    report = qbo.report("BalanceSheet", **YEAR)
    found = groups(report)

    assert list(found) == [part.split('"')[0] for part in text.split('group="')[1:]]
    for name, amount in (("TotalAssets", "23436.29"), ("TotalLiabilitiesAndEquity", "23436.29")):
        assert amount == total(found[name])
        assert f'"{amount}"' in text
    assert ["Net Income", "1642.46"] == cells(found["NetIncome"])
    for name, amount in (
        ("AP", "1602.67"),
        ("CreditCards", "157.72"),
        ("Liabilities", "31131.33"),
        ("Equity", "-7695.04"),
    ):
        assert amount == total(found[name])
        assert f'"{amount}"' in text


def test_157_a_trial_balance_has_rows_without_type_and_a_grand_total(qbo: Books) -> None:
    enter(qbo, "Dr 81 30", "Dr 80 12", "Cr 43 42")
    rows = qbo.report("TrialBalance", **YEAR)["Rows"]["Row"]

    assert [["Inventory Asset", "30.00", ""], ["Loan Payable", "", "42.00"], ["Cost of Goods Sold", "12.00", ""]] == [
        cells(row) for row in rows[:-1]
    ]
    assert all("type" not in row for row in rows[:-1])
    assert {
        "group": "GrandTotal",
        "type": "Section",
        "Summary": {"ColData": [{"value": "TOTAL"}, {"value": "42.00"}, {"value": "42.00"}]},
    } == rows[-1]


def test_159_all_reports_tie_out_over_random_entries(qbo: Books) -> None:
    """Entries over three fiscal years, edited and deleted at random."""
    chance = random.Random(20260105)
    accounts = [row["Id"] for row in qbo.query("select * from Account maxresults 200")]
    accounts = [each for each in accounts if each not in ("33", "84")]
    made = []
    for _ in range(120):
        on = f"{chance.choice((2024, 2025, 2026))}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"
        shares = [chance.randint(1, 99999) for _ in range(chance.randint(1, 5))]
        lines = [f"Dr {chance.choice(accounts)} {Decimal(share) / 100}" for share in shares]
        made.append(enter(qbo, *lines, f"Cr {chance.choice(accounts)} {Decimal(sum(shares)) / 100}", on=on))
    for each in chance.sample(made, 20):
        qbo.delete("JournalEntry", each)
    trial = qbo.trial_balance(end_date="2026-12-31")
    ledger = qbo.report("GeneralLedger", **YEAR)
    sheet, profit = groups(qbo.report("BalanceSheet", **YEAR)), groups(qbo.report("ProfitAndLoss", **YEAR))

    assert 0 == sum(trial.values())
    assert total(sheet["TotalAssets"]) == total(sheet["TotalLiabilitiesAndEquity"])
    assert cells(sheet["NetIncome"])[1] == total(profit["NetIncome"])
    assert trial == _closing_balances(qbo, ledger)


def _closing_balances(qbo: Books, ledger: Row) -> dict[str, Decimal]:
    """What each section of the general ledger ends with, debits positive."""
    found = {}
    for account in qbo.query("select * from Account maxresults 200"):
        own = [row for row in _own_section(ledger["Rows"]["Row"], account["Id"]) if "ColData" in row]
        if own and Decimal(cells(own[-1])[7]):
            debit = account["Classification"] in ("Asset", "Expense")
            found[account["FullyQualifiedName"]] = Decimal(cells(own[-1])[7]) * (1 if debit else -1)
    return found


def _own_section(rows: list[Row], identity: str) -> list[Row]:
    for row in walk(rows):
        if row.get("Header", {}).get("ColData", [{}])[0].get("id") == identity:
            return list(row["Rows"]["Row"])
    return []


def test_160_cash_basis_is_refused_unless_told_otherwise(qbo: Books) -> None:
    assert 400 == qbo.call("GET", "reports/TrialBalance", accounting_method="Cash").status
    qbo.options(cash_basis_as_accrual=True)

    assert 200 == qbo.call("GET", "reports/TrialBalance", accounting_method="Cash").status


@pytest.mark.parametrize(
    ("macro", "start", "end"),
    [
        ("Today", "2026-05-13", "2026-05-13"),
        ("Yesterday", "2026-05-12", "2026-05-12"),
        ("This Month", "2026-05-01", "2026-05-31"),
        ("Last Month", "2026-04-01", "2026-04-30"),
        ("Next Month", "2026-06-01", "2026-06-30"),
        ("Last Month-to-date", "2026-04-01", "2026-04-13"),
        ("This Week", "2026-05-10", "2026-05-16"),
        ("Last Calendar Quarter", "2026-01-01", "2026-03-31"),
        ("This Fiscal Quarter-to-date", "2026-04-01", "2026-05-13"),
        ("Last Fiscal Year", "2025-01-01", "2025-12-31"),
        ("This Calendar Year-to-date", "2026-01-01", "2026-05-13"),
    ],
)
def test_a_period_can_be_named(qbo: Books, macro: str, start: str, end: str) -> None:
    qbo.clock(at="2026-05-13T20:00:00Z")
    qbo.refresh()
    header = qbo.report("TrialBalance", date_macro=macro)["Header"]

    assert (macro.lower(), start, end) == (header["DateMacro"], header["StartPeriod"], header["EndPeriod"])


def test_an_unknown_report_or_period_is_refused(qbo: Books) -> None:
    assert ["500"] == qbo.call("GET", "reports/Horoscope").codes
    assert ["2170"] == qbo.call("GET", "reports/TrialBalance", date_macro="Some Day").codes
