"""Section D: journal entries."""

from decimal import Decimal
from typing import Any

import pytest

from qbo_emulator.testing import Answer, Books, journal_entry, journal_line

VENDOR = {"Type": "Vendor", "EntityRef": {"value": "46"}}
CUSTOMER = {"Type": "Customer", "EntityRef": {"value": "1"}}
FIRST, SECOND = "Dr 81 10.00 steel", "Cr 35 10.00"


def entry(**fields: Any) -> dict[str, Any]:
    return journal_entry(FIRST, SECOND, **fields)


def post(qbo: Books, body: object, **query: object) -> Answer:
    return qbo.call("POST", "journalentry", body, **query)


def test_053_a_balanced_entry_comes_back_as_recorded(qbo: Books, recorded) -> None:
    found = qbo.create("JournalEntry", entry(TxnDate="2026-01-05"))
    expected = recorded("qbo_sdk_py/journal_entries.json")[0]

    assert ["0", "1"] == [line["Id"] for line in found["Line"]]
    assert [str(n) for n in range(len(expected["Line"]))] == [line["Id"] for line in expected["Line"]]
    for each in (found, expected):
        assert (False, {}) == (each["Adjustment"], each["TxnTaxDetail"])
        assert {"value": "USD", "name": "United States Dollar"} == each["CurrencyRef"]


def test_053_line_ids_sent_on_create_are_ignored(qbo: Books) -> None:
    body = entry()
    body["Line"] = [{**line, "Id": str(7 + n)} for n, line in enumerate(body["Line"])]

    assert ["0", "1"] == [line["Id"] for line in qbo.create("JournalEntry", body)["Line"]]


def test_054_a_number_is_given_only_when_asked_for(qbo: Books) -> None:
    qbo.create("JournalEntry", entry(DocNumber="41"))
    qbo.create("JournalEntry", entry(DocNumber="RCV-9000"))

    assert "DocNumber" not in qbo.create("JournalEntry", entry())
    assert "42" == qbo.create("JournalEntry", entry(), include="allowautodocnum")["DocNumber"]


def test_055_a_used_number_is_accepted_unless_the_company_warns(qbo: Books) -> None:
    first = qbo.create("JournalEntry", entry(DocNumber="AA_1"))
    assert 200 == post(qbo, entry(DocNumber="AA_1")).status
    qbo.prefer("OtherPrefs", NameValue=[{"Name": "WarnDuplicateJournalNumber", "Value": "true"}])
    answer = post(qbo, entry(DocNumber="aa_1"))

    assert ["6140"] == answer.codes
    expected = (
        "Duplicate Document Number Error : You must specify a different number. This number has already been used. "
        f"DocNumber=aa_1 is assigned to TxnType=Journal Entry with TxnId={first['Id']}"
    )
    assert expected == answer.errors[0]["Detail"]
    assert 200 == post(qbo, entry(DocNumber="AA_1"), include="allowduplicatedocnum").status


def test_055_an_entry_may_keep_its_own_number(qbo: Books) -> None:
    first = qbo.create("JournalEntry", entry(DocNumber="AA_1"))
    qbo.prefer("OtherPrefs", NameValue=[{"Name": "WarnDuplicateJournalNumber", "Value": "true"}])
    change = {**entry(DocNumber="AA_1", PrivateNote="x"), "Id": first["Id"], "SyncToken": "0"}

    assert 200 == post(qbo, change).status


def test_056_057_length_and_missing_account_come_in_one_fault_as_recorded(qbo: Books, recorded) -> None:
    body = entry(DocNumber="x" * 45)
    del body["Line"][1]["JournalEntryLineDetail"]["AccountRef"]
    answer = post(qbo, body)

    assert 400 == answer.status
    assert recorded("transcribed/fault_2050_2020_journalentry_2025.json") == answer.document


@pytest.mark.parametrize(("length", "status"), [(21, 200), (22, 400)])
def test_056_a_number_has_21_characters_at_most(qbo: Books, length: int, status: int) -> None:
    assert status == post(qbo, entry(DocNumber="x" * length)).status


@pytest.mark.parametrize("ref", [None, {}, {"value": ""}])
def test_057_each_line_without_account_is_told(qbo: Books, ref: object) -> None:
    body = entry()
    for line in body["Line"]:
        line["JournalEntryLineDetail"]["AccountRef"] = ref
    answer = post(qbo, body)

    assert [("2020", "AccountRef")] * 2 == [(error["code"], error["element"]) for error in answer.errors]
    assert "time" not in answer.document


def test_058_one_line_is_not_enough(qbo: Books) -> None:
    answer = post(qbo, journal_entry("Dr 81 0"))

    assert ["6000"] == answer.codes
    assert "Business Validation Error: Fill out at least two detail lines to continue." == answer.errors[0]["Detail"]
    assert "time" in answer.document


def test_058_a_description_is_no_detail_line(qbo: Books) -> None:
    body = journal_entry("Dr 81 0")
    body["Line"].append({"DetailType": "DescriptionOnly", "Description": "why"})

    assert ["6000"] == post(qbo, body).codes


def test_a_description_line_comes_back_and_posts_nothing(qbo: Books) -> None:
    body = entry()
    body["Line"].append({"DetailType": "DescriptionOnly", "Description": "why"})
    found = qbo.create("JournalEntry", body)

    assert {"Id": "2", "Description": "why", "DetailType": "DescriptionOnly"} == found["Line"][2]
    assert Decimal(10) == qbo.trial_balance()["Inventory Asset"]


@pytest.mark.parametrize("line", [{}, {"Line": []}, {"Line": None}])
def test_059_an_entry_needs_lines(qbo: Books, line: dict[str, object]) -> None:
    error = post(qbo, {"TxnDate": "2026-01-05", **line}).errors[0]

    assert ("2020", "Required parameter Line is missing in the request") == (error["code"], error["Detail"])


@pytest.mark.parametrize("code", ["6000", "2300"])
def test_060_debits_must_equal_credits(qbo: Books, code: str) -> None:
    qbo.options(je_unbalanced_code=code)
    answer = post(qbo, journal_entry("Dr 81 10.00", "Cr 35 9.99"))

    assert (400, [code]) == (answer.status, answer.codes)
    assert "Please balance debits and credits." in answer.errors[0]["Detail"]
    assert "ValidationFault" == answer.document["Fault"]["type"]


def test_061_a_negative_amount_is_refused(qbo: Books) -> None:
    assert ["2290", "2290"] == post(qbo, journal_entry("Dr 81 -1", "Cr 35 -1")).codes


@pytest.mark.parametrize(("side", "codes"), [(None, ["2260"]), ("Sideways", ["2170", "2260"])])
def test_062_a_line_needs_a_side(qbo: Books, side: str | None, codes: list[str]) -> None:
    body = entry()
    body["Line"][0]["JournalEntryLineDetail"]["PostingType"] = side

    assert codes == post(qbo, body).codes


@pytest.mark.parametrize(
    ("account", "party", "text"),
    [
        ("84", None, "When you use Accounts Receivable, you must choose a customer in the Name field."),
        ("84", VENDOR, "When you use Accounts Receivable, you must choose a customer in the Name field."),
        ("33", None, "When you use Accounts Payable, you must choose a vendor in the Name field."),
        ("33", CUSTOMER, "When you use Accounts Payable, you must choose a vendor in the Name field."),
        ("84", CUSTOMER, None),
        ("33", VENDOR, None),
    ],
)
def test_063_a_receivable_needs_its_customer_and_a_payable_its_vendor(
    qbo: Books, account: str, party: dict[str, Any] | None, text: str | None
) -> None:
    line = journal_line(f"Dr {account} 5", **({"Entity": party} if party else {}))
    answer = post(qbo, {"Line": [line, journal_line("Cr 35 5")]})

    if text is None:
        assert 200 == answer.status
    else:
        assert [("6000", f"Business Validation Error: {text}")] == [
            (error["code"], error["Detail"]) for error in answer.errors
        ]


def test_064_one_receivable_or_payable_line_at_most(qbo: Books) -> None:
    lines = [journal_line("Dr 84 5", Entity=CUSTOMER), journal_line("Cr 33 5", Entity=VENDOR)]

    assert ["6000"] == post(qbo, {"Line": lines}).codes


def test_065_an_unknown_account_is_told(qbo: Books) -> None:
    answer = post(qbo, journal_entry("Dr 7777 1", "Cr 35 1"))

    assert ["2500"] == answer.codes
    assert "Invalid Reference Id : Accounts element id 7777 not found" == answer.errors[0]["Detail"]


@pytest.mark.parametrize(
    ("detail", "group"),
    [
        ({"Entity": {"Type": "Vendor", "EntityRef": {"value": "1"}}}, "Names"),
        ({"ClassRef": {"value": "5"}}, "Klasses"),
        ({"DepartmentRef": {"value": "5"}}, "Depts"),
    ],
)
def test_065_so_is_any_other_reference(qbo: Books, detail: dict[str, Any], group: str) -> None:
    """Customer 1 is no vendor."""
    answer = post(qbo, {"Line": [journal_line("Dr 81 1", **detail), journal_line("Cr 35 1")]})

    assert ["2500"] == answer.codes
    assert f"{group} element id" in answer.errors[0]["Detail"]


@pytest.mark.parametrize("code", ["610", "2500"])
@pytest.mark.parametrize("kind", ["Account", "Vendor", "Class", "Department"])
def test_066_what_is_inactive_cannot_be_used(qbo: Books, kind: str, code: str) -> None:
    qbo.options(inactive_reference_code=code)
    new = {"Account": {"Name": "Old", "AccountType": "Expense"}, "Vendor": {"DisplayName": "Old"}}
    made = qbo.create(kind, new.get(kind, {"Name": "Old"}))
    qbo.outsider("deactivate", kind, made["Id"])
    ref = {"value": made["Id"]}
    detail = {
        "Account": {"AccountRef": ref},
        "Vendor": {"Entity": {"Type": "Vendor", "EntityRef": ref}},
        "Class": {"ClassRef": ref},
        "Department": {"DepartmentRef": ref},
    }
    answer = post(qbo, {"Line": [journal_line("Dr 81 1", **detail[kind]), journal_line("Cr 35 1")]})

    assert [code] == answer.codes
    assert "Something you're trying to use has been made inactive." in answer.errors[0]["Detail"]


def test_067_notes_and_descriptions_have_their_limit(qbo: Books) -> None:
    body = entry(PrivateNote="x" * 4001)
    body["Line"][0]["Description"] = "y" * 4001

    assert [("2050", "PrivateNote"), ("2050", "Description")] == [
        (error["code"], error["element"]) for error in post(qbo, body).errors
    ]
    assert 200 == post(qbo, entry(PrivateNote="x" * 4000)).status


def test_068_a_name_comes_back_nested_and_named(qbo: Books, recorded) -> None:
    body = {"Line": [journal_line("Dr 81 1", Entity=VENDOR), journal_line("Cr 35 1")]}
    found = qbo.create("JournalEntry", body)["Line"][0]["JournalEntryLineDetail"]["Entity"]
    expected = recorded("qbo_sdk_py/journal_entries.json")[0]["Line"][0]["JournalEntryLineDetail"]["Entity"]

    assert {"value": "46", "name": "Norton Lumber and Building Materials"} == found["EntityRef"]
    assert list(expected) == list(found)
    assert list(expected["EntityRef"]) == list(found["EntityRef"])


def test_069_class_and_location_come_back_named(qbo: Books) -> None:
    plant = qbo.create("Class", {"Name": "Plant A"})
    north = qbo.create("Department", {"Name": "North"})
    marks = {"ClassRef": {"value": plant["Id"]}, "DepartmentRef": {"value": north["Id"]}}
    found = qbo.create("JournalEntry", {"Line": [journal_line("Dr 81 1", **marks), journal_line("Cr 35 1")]})
    detail = found["Line"][0]["JournalEntryLineDetail"]

    assert {"value": plant["Id"], "name": "Plant A"} == detail["ClassRef"]
    assert {"value": north["Id"], "name": "North"} == detail["DepartmentRef"]


def test_070_without_class_tracking_a_class_is_accepted_and_dropped(qbo: Books) -> None:
    plant = qbo.create("Class", {"Name": "Plant A"})
    qbo.prefer("AccountingInfoPrefs", ClassTrackingPerTxnLine=False)
    line = journal_line("Dr 81 1", ClassRef={"value": plant["Id"]})
    found = qbo.create("JournalEntry", {"Line": [line, journal_line("Cr 35 1")]})

    assert "ClassRef" not in found["Line"][0]["JournalEntryLineDetail"]


def test_071_an_id_that_is_not_there_was_deleted_by_someone(qbo: Books) -> None:
    answer = post(qbo, {**entry(), "Id": "99999", "SyncToken": "0"})

    assert ["610"] == answer.codes
    assert "Object Not Found : Another user has deleted this transaction." == answer.errors[0]["Detail"]


def test_072_a_stale_token_is_refused_as_recorded(qbo: Books, recorded) -> None:
    found = qbo.create("JournalEntry", entry())
    qbo.outsider("edit", "JournalEntry", found["Id"], {"PrivateNote": "mine"})
    answer = post(qbo, {"Id": found["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "x"})
    items = recorded("qbo_api/batch_mixed.json")["BatchItemResponse"]
    faults = [item["Fault"]["Error"][0] for item in items if "Fault" in item]
    expected = next(fault for fault in faults if fault["code"] == "5010")

    named = expected["Detail"].replace("Redacted User", "Jane Doe")
    assert {**expected, "Detail": named} == answer.errors[0]


def test_073_a_full_update_replaces_lines_and_resets_what_is_not_sent(qbo: Books) -> None:
    found = qbo.create("JournalEntry", entry(DocNumber="A", PrivateNote="note"))
    kept = {**journal_line("Dr 81 20 steel"), "Id": "0"}
    lines = [kept, journal_line("Cr 43 20")]
    changed = qbo.update("JournalEntry", {"Id": found["Id"], "SyncToken": "0", "Line": lines})

    assert ["0", "2"] == [line["Id"] for line in changed["Line"]]
    assert "1" == changed["SyncToken"]
    assert {"DocNumber", "PrivateNote"}.isdisjoint(changed)
    assert {"Inventory Asset": Decimal(20), "Loan Payable": Decimal(-20)} == qbo.trial_balance()


def test_073_a_sparse_update_keeps_lines_and_clears_with_an_empty_text(qbo: Books) -> None:
    found = qbo.create("JournalEntry", entry(DocNumber="A", PrivateNote="note"))
    change = {"Id": found["Id"], "SyncToken": "0", "sparse": True, "DocNumber": "B", "PrivateNote": ""}
    changed = qbo.update("JournalEntry", change)

    assert found["Line"] == changed["Line"]
    assert ("B", False) == (changed["DocNumber"], changed["sparse"])
    assert "PrivateNote" not in changed
    assert found["TxnDate"] == changed["TxnDate"]


def test_074_a_deleted_entry_is_gone(qbo: Books, recorded) -> None:
    found = qbo.create("JournalEntry", entry())
    answer = post(qbo, {"Id": found["Id"], "SyncToken": "0"}, operation="delete")
    expected = recorded("qbo_api/delete_invoice.json")

    assert ["JournalEntry", "time"] == list(answer.document)
    assert {**expected["Invoice"], "Id": found["Id"]} == answer.document["JournalEntry"]
    assert ["610"] == qbo.call("GET", f"journalentry/{found['Id']}").codes
    assert ["610"] == post(qbo, {"Id": found["Id"], "SyncToken": "0"}, operation="delete").codes
    assert {} == qbo.trial_balance()


def test_074_a_delete_needs_the_current_token(qbo: Books) -> None:
    found = qbo.create("JournalEntry", entry())

    assert ["2020"] == post(qbo, {"Id": found["Id"]}, operation="delete").codes
    assert ["5010"] == post(qbo, {"Id": found["Id"], "SyncToken": "3"}, operation="delete").codes


def test_075_an_entry_cannot_be_voided(qbo: Books) -> None:
    found = qbo.create("JournalEntry", entry())
    for query in ({"operation": "void"}, {"operation": "update", "include": "void"}):
        assert ["500"] == post(qbo, {"Id": found["Id"], "SyncToken": "0"}, **query).codes


@pytest.mark.parametrize(("on", "status"), [("2026-01-31", 400), ("2026-01-01", 400), ("2026-02-01", 200)])
def test_076_nothing_is_created_in_a_closed_period(qbo: Books, on: str, status: int) -> None:
    qbo.close_books("2026-01-31")
    answer = post(qbo, entry(TxnDate=on))

    assert status == answer.status
    if status == 400:
        error = answer.errors[0]
        assert "6210" == error["code"]
        assert "Account Period Closed, Cannot Update Through Services API" == error["Message"]
        assert (
            "The account period has closed and the account books cannot be updated through through the QBO Services "
            "API. Please use the QBO website to make these changes."
        ) == error["Detail"]


def test_076_nor_changed_nor_deleted_nor_moved_into_it(qbo: Books) -> None:
    old = qbo.create("JournalEntry", entry(TxnDate="2026-01-15"))
    new = qbo.create("JournalEntry", entry(TxnDate="2026-02-15"))
    qbo.close_books("2026-01-31")
    head = {"SyncToken": "0", "sparse": True}

    assert ["6210"] == post(qbo, {"Id": old["Id"], **head, "PrivateNote": "x"}).codes
    assert ["6210"] == post(qbo, {"Id": old["Id"], **head, "TxnDate": "2026-03-01"}).codes
    assert ["6210"] == post(qbo, {"Id": old["Id"], "SyncToken": "0"}, operation="delete").codes
    assert ["6210"] == post(qbo, {"Id": new["Id"], **head, "TxnDate": "2026-01-31"}).codes
    qbo.close_books(None)
    assert 200 == post(qbo, {"Id": old["Id"], **head, "PrivateNote": "x"}).status


def test_077_totals_are_not_returned(qbo: Books, recorded) -> None:
    assert {"TotalAmt", "HomeTotalAmt"}.isdisjoint(qbo.create("JournalEntry", entry()))
    assert {"TotalAmt", "HomeTotalAmt"}.isdisjoint(recorded("qbo_sdk_py/journal_entries.json")[0])


def test_078_the_exchange_rate_shows_only_with_many_currencies(qbo: Books, recorded) -> None:
    assert "ExchangeRate" not in qbo.create("JournalEntry", entry(ExchangeRate=1))
    qbo.prefer("CurrencyPrefs", MultiCurrencyEnabled=True)

    expected = recorded("qbo_sdk_py/journal_entries.json")[0]["ExchangeRate"]
    assert expected == qbo.create("JournalEntry", entry())["ExchangeRate"]


@pytest.mark.parametrize(("debit", "shares", "status"), [("10.005", ["10.01"], 200), ("1.00", ["0.333", "0.667"], 200)])
def test_079_a_third_decimal_is_rounded_half_up_before_the_check(
    qbo: Books, debit: str, shares: list[str], status: int
) -> None:
    answer = post(qbo, journal_entry(f"Dr 81 {debit}", *(f"Cr 35 {each}" for each in shares)))

    assert status == answer.status
    assert (
        Decimal(debit).quantize(Decimal("0.01"), "ROUND_HALF_UP")
        == answer.document["JournalEntry"]["Line"][0]["Amount"]
    )


def test_079_rounding_line_by_line_can_unbalance_an_entry(qbo: Books) -> None:
    thirds = ["Cr 35 0.335"] * 3

    assert ["6000"] == post(qbo, journal_entry("Dr 81 1.005", *thirds)).codes


def test_080_an_entry_moves_balances_and_appears_in_every_report(qbo: Books) -> None:
    found = qbo.create("JournalEntry", journal_entry("Dr 81 30", "Dr 80 12", "Cr 43 42", DocNumber="N1"))

    assert Decimal(30) == qbo.read("Account", "81")["CurrentBalance"]
    assert Decimal(-42) == qbo.read("Account", "43")["CurrentBalance"]
    assert 0 == qbo.read("Account", "80")["CurrentBalance"], "income and expense accounts show none"
    assert {"Inventory Asset": 30, "Loan Payable": -42, "Cost of Goods Sold": 12} == qbo.trial_balance()
    for name in ("GeneralLedger", "BalanceSheet", "ProfitAndLoss", "JournalReport", "TransactionList"):
        text = qbo.call("GET", f"reports/{name}").text
        assert "Cost of Goods Sold" in text or "Inventory Asset" in text, name
        if name not in ("BalanceSheet", "ProfitAndLoss"):
            assert f'{{"value":"Journal Entry","id":"{found["Id"]}"}},{{"value":"N1"}}' in text, name


def test_081_an_entry_on_the_inventory_account_moves_no_quantity(qbo: Books) -> None:
    before = qbo.query("select * from Item where Type = 'Inventory'")
    qbo.create("JournalEntry", entry())

    assert before == qbo.query("select * from Item where Type = 'Inventory'")
    assert Decimal(10) == qbo.trial_balance()["Inventory Asset"]


def test_082_the_default_date_is_today_in_the_company(qbo: Books) -> None:
    """At 3:00 UTC it is still the evening before in California."""
    qbo.clock(at="2026-03-10T03:00:00Z")
    qbo.refresh()

    assert "2026-03-09" == qbo.create("JournalEntry", entry())["TxnDate"]


@pytest.mark.parametrize("text", ["2026-01-05Z", "2026-01-05-08:00", "2026-01-05"])
def test_a_zone_behind_a_date_is_tolerated(qbo: Books, text: str) -> None:
    assert "2026-01-05" == qbo.create("JournalEntry", entry(TxnDate=text))["TxnDate"]


def test_a_date_that_is_none_is_refused(qbo: Books) -> None:
    assert ["2060"] == post(qbo, entry(TxnDate="05/01/2026")).codes
