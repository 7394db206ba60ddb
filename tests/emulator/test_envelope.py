"""Section B: HTTP and the envelope around every object."""

import gzip
import re
from decimal import Decimal

import pytest

from qbo_emulator.entities import ENTITIES
from qbo_emulator.testing import Books, Refused, bill, expense_line, invoice, journal_entry, journal_line

NAMES = sorted(
    entity.name.lower() for entity in ENTITIES if {"read", "query"} <= entity.operations and not entity.solitary
)
SAMPLES: dict[str, dict[str, object]] = {
    "attachable": {"Note": "x"},
    "bill": bill("46", "57 1"),
    "billpayment": {
        "VendorRef": {"value": "46"},
        "TotalAmt": 1,
        "PayType": "Check",
        "CheckPayment": {"BankAccountRef": {"value": "35"}},
    },
    "class": {"Name": "A"},
    "creditmemo": invoice("1", "#1 1"),
    "department": {"Name": "A"},
    "deposit": {
        "DepositToAccountRef": {"value": "35"},
        "Line": [
            {"Amount": 1, "DetailType": "DepositLineDetail", "DepositLineDetail": {"AccountRef": {"value": "25"}}}
        ],
    },
    "inventoryadjustment": {
        "AdjustAccountRef": {"value": "80"},
        "TxnDate": "2026-01-02",
        "Line": [
            {
                "DetailType": "ItemAdjustmentLineDetail",
                "ItemAdjustmentLineDetail": {"ItemRef": {"value": "11"}, "QtyDiff": 1},
            }
        ],
    },
    "invoice": invoice("1", "#1 1"),
    "journalentry": journal_entry("Dr 81 10.00", "Cr 35 10.00"),
    "payment": {"CustomerRef": {"value": "1"}, "TotalAmt": 1},
    "purchase": {"PaymentType": "Cash", "AccountRef": {"value": "35"}, "Line": [expense_line("57 1")]},
    "purchaseorder": bill("46", "57 1"),
    "refundreceipt": invoice("1", "#1 1", DepositToAccountRef={"value": "35"}),
    "salesreceipt": invoice("1", "#1 1"),
    "vendorcredit": bill("46", "57 1"),
}


def simple(**fields: object) -> dict[str, object]:
    return journal_entry("Dr 81 10.00", "Cr 35 10.00", **fields)


@pytest.mark.parametrize("entity", NAMES)
def test_018_the_entity_of_a_path_is_taken_without_regard_to_case(qbo: Books, entity: str) -> None:
    rows = qbo.query(f"select * from {entity} maxresults 1")
    if not rows:
        rows = [qbo.create(entity, SAMPLES[entity])]
    for spelling in (entity, entity.upper(), entity.capitalize()):
        assert qbo.call("GET", f"{spelling}/{rows[0]['Id']}").status == 200


def test_019_a_create_answers_200_with_the_object_and_the_time(qbo: Books, recorded) -> None:
    answer = qbo.call("POST", "journalentry", simple())

    assert answer.status == 200
    assert ["JournalEntry", "time"] == list(answer.document)
    pattern = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}-0[78]:00"
    assert re.fullmatch(pattern, answer.document["time"])
    assert re.fullmatch(pattern, recorded("qbo_api/create_invoice.json")["time"])


def test_020_stamps_of_an_object_have_no_milliseconds(qbo: Books) -> None:
    stamps = qbo.create("JournalEntry", simple())["MetaData"]

    assert ["CreateTime", "LastUpdatedTime"] == list(stamps)
    for value in stamps.values():
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-0[78]:00", value)


@pytest.mark.parametrize(("at", "offset"), [("2026-01-15T12:00:00Z", "-08:00"), ("2026-07-15T12:00:00Z", "-07:00")])
def test_021_the_offset_follows_pacific_summer_time(qbo: Books, at: str, offset: str) -> None:
    qbo.clock(at=at)
    qbo.refresh()

    assert qbo.create("JournalEntry", simple())["MetaData"]["CreateTime"].endswith(offset)


def test_021_the_zone_can_be_chosen(qbo: Books) -> None:
    qbo.clock(at="2026-07-15T03:30:00Z")
    qbo.refresh()
    made = qbo.create("JournalEntry", simple())
    qbo.options(zone="America/New_York")
    again = qbo.read("JournalEntry", made["Id"])

    pattern = r"2026-07-14T{}:30:0\d-0{}:00"
    assert re.fullmatch(pattern.format(20, 7), made["MetaData"]["CreateTime"])
    assert re.fullmatch(pattern.format(23, 4), again["MetaData"]["CreateTime"])
    with pytest.raises(Refused, match="no time zone"):
        qbo.options(zone="Mars/Olympus")


def test_022_objects_carry_their_head_and_ids_as_text(qbo: Books) -> None:
    for found in (qbo.create("JournalEntry", simple()), qbo.create("Vendor", {"DisplayName": "Acme"})):
        assert ("QBO", False, "0") == (found["domain"], found["sparse"], found["SyncToken"])
        assert found["Id"].isdecimal()


def test_023_what_has_no_value_is_left_out(qbo: Books) -> None:
    found = qbo.create("JournalEntry", simple())

    assert {"DocNumber", "PrivateNote"}.isdisjoint(found)
    assert {} == found["TxnTaxDetail"]
    assert None not in found.values()


def test_024_money_has_two_decimals_and_zero_none(qbo: Books, recording) -> None:
    text = qbo.call("POST", "journalentry", journal_entry("Dr 81 337.5", "Cr 35 337.5", "Dr 81 0")).text
    item = {"Name": "Bolt", "Type": "NonInventory", "UnitPrice": Decimal("4.10"), "IncomeAccountRef": {"value": "79"}}
    item_text = qbo.call("POST", "item", {**item, "PurchaseCost": 75}).text

    assert '"Amount":337.50,' in text
    assert '"Amount":0,' in text
    assert '"UnitPrice":4.1,' in item_text
    assert '"PurchaseCost":75,' in item_text
    recorded_text = recording("qbo_api/query_salesreceipts.json")
    assert '"TotalAmt":337.50' in recorded_text
    assert '"Balance":0,' in recorded_text


def test_025_keys_come_in_the_recorded_order(qbo: Books, recorded) -> None:
    expected = recorded("qbo_sdk_py/journal_entries.json")[0]
    line = journal_line("Dr 146 1", Entity={"Type": "Employee", "EntityRef": {"value": "54"}})
    line["JournalEntryLineDetail"]["AccountRef"]["value"] = "81"
    line["JournalEntryLineDetail"]["DepartmentRef"] = {"value": qbo.create("Department", {"Name": "FAE"})["Id"]}
    body = {"DocNumber": "309", "PrivateNote": "x", "Line": [{**line, "Description": "y"}, journal_line("Cr 35 1")]}
    found = qbo.create("JournalEntry", body)

    assert [key for key in expected if key != "ExchangeRate"] == list(found)
    assert list(expected["Line"][0]) == list(found["Line"][0])
    assert list(expected["Line"][0]["JournalEntryLineDetail"]) == list(found["Line"][0]["JournalEntryLineDetail"])


def test_026_answers_carry_the_recorded_headers(qbo: Books) -> None:
    headers = qbo.call("GET", "preferences").headers

    assert "application/json;charset=utf-8" == headers["Content-Type"]
    assert re.fullmatch(r"1-[0-9a-f]{8}-[0-9a-f]{24}", headers["Intuit-Tid"])
    assert headers["intuit_tid"] == headers["Intuit-Tid"]
    assert re.fullmatch(r"\d+\.\d+", headers["QBO-Version"])
    assert re.fullmatch(r"total=\d+, db=\d+", headers["Service-Time"])
    assert "no-store" in headers["Cache-Control"]


def test_027_a_long_answer_is_packed_when_asked(qbo: Books) -> None:
    target = {"query": "select * from Account"}
    answer = qbo.call("GET", "query", headers={"Accept-Encoding": "gzip"}, **target)

    assert "gzip" == answer.headers["Content-Encoding"]
    assert b'"Account":[' in gzip.decompress(answer.body)
    assert "Content-Encoding" not in qbo.call("GET", "query", **target).headers


@pytest.mark.parametrize("version", [None, 1, 40, 75, 99])
def test_028_every_minor_version_behaves_as_75(qbo: Books, version: int | None) -> None:
    """Before 54 a journal entry without a number was given one."""
    found = qbo.create("JournalEntry", simple(), minorversion=version)

    assert "DocNumber" not in found


def test_029_only_json_is_spoken(qbo: Books) -> None:
    asked = qbo.call("GET", "preferences", headers={"Accept": "application/xml"})
    sent = qbo.call("POST", "vendor", {"DisplayName": "A"}, headers={"Content-Type": "application/xml"})

    assert [415, 415] == [asked.status, sent.status]
    assert "JSON only" in asked.errors[0]["Detail"]


def test_030_an_unknown_property_is_refused_as_recorded(qbo: Books, recorded) -> None:
    expected = recorded("qbo_api/fault_2010_unknown_property.json")["Fault"]["Error"][0]
    answer = qbo.call("POST", "journalentry", {"BadJson": True})
    found = answer.errors[0]
    head = 'Property Name:Unrecognized field "BadJson" (class com.intuit.schema.finance.v3.'
    tail = "\n specified is unsupported or invalid"

    assert (400, expected["Message"], "2010") == (answer.status, found["Message"], found["code"])
    for detail, entity in ((expected["Detail"], "Invoice"), (found["Detail"], "JournalEntry")):
        assert detail.startswith(f"{head}{entity}), not marked as ignorable (")
        assert detail.endswith(tail)
        assert re.search(r"\(\d+ known properties: \"", detail)
    assert "time" in answer.document


def test_030_so_is_one_deep_inside(qbo: Books) -> None:
    body = simple()
    body["Line"][0]["JournalEntryLineDetail"]["Acct"] = {"value": "1"}  # type: ignore[index]
    answer = qbo.call("POST", "journalentry", body)

    assert ["2010"] == answer.codes
    assert "(class com.intuit.schema.finance.v3.JournalEntryLineDetail)" in answer.errors[0]["Detail"]


@pytest.mark.parametrize("body", ["{", "", "[]", '"x"', '{"Line":5}', b'{"PrivateNote":"\xff"}', '{"Amount":NaN}'])
def test_031_malformed_json_is_refused(qbo: Books, body: str | bytes) -> None:
    answer = qbo.call("POST", "journalentry", body)

    assert (400, ["2010"]) == (answer.status, answer.codes)


def test_032_read_only_fields_are_ignored(qbo: Books) -> None:
    body = simple(TotalAmt=5, MetaData={"CreateTime": "1999-01-01"}, domain="X", sparse=False, status="Deleted")
    found = qbo.create("JournalEntry", body)

    assert "TotalAmt" not in found
    assert "QBO" == found["domain"]
    assert not found["MetaData"]["CreateTime"].startswith("1999")


def test_033_nulls_are_as_good_as_absent(qbo: Books) -> None:
    body = simple(DocNumber=None, CurrencyRef={"value": None})
    body["Line"][0]["JournalEntryLineDetail"]["ClassRef"] = {"value": None}  # type: ignore[index]
    found = qbo.create("JournalEntry", body)

    assert "DocNumber" not in found
    assert "USD" == found["CurrencyRef"]["value"]
    assert "ClassRef" not in found["Line"][0]["JournalEntryLineDetail"]


def test_034_numbers_may_be_sent_as_text(qbo: Books) -> None:
    body = simple()
    body["Line"][0]["Amount"] = "10.00"  # type: ignore[index]

    assert Decimal("10.00") == qbo.create("JournalEntry", body)["Line"][0]["Amount"]


def test_035_texts_are_trimmed(qbo: Books, recorded) -> None:
    found = qbo.create("JournalEntry", simple(PrivateNote=" Reimbursable expense on 2022-01-21 "))

    assert "Reimbursable expense on 2022-01-21" == found["PrivateNote"]
    note = recorded("fyle_qbo_api/Bill_146.json")
    note = note.get("Bill", note)["PrivateNote"]
    assert note == note.strip()


def test_036_an_unknown_path_is_refused_as_recorded(qbo: Books, recorded) -> None:
    expected = recorded("qbo_api/fault_500_unsupported_operation.json")["Fault"]
    answer = qbo.call("GET", "customer/1/5")
    pattern = re.escape(expected["Error"][0]["Detail"]).replace(re.escape("-COMPANY_ID-"), r"\d+")
    pattern = pattern.replace(re.escape("https://c50.sandbox.qbo.intuit.com/qbo50"), r"http://[\d.:]+")

    assert 400 == answer.status
    assert re.fullmatch(pattern, answer.errors[0]["Detail"])
    assert {**expected["Error"][0], "Detail": 0} == {**answer.errors[0], "Detail": 0}


@pytest.mark.parametrize("path", ["unicorn/1", "customer", "customer/1/pdf", "query/1"])
def test_036_so_are_others(qbo: Books, path: str) -> None:
    assert ["500"] == qbo.call("GET", path).codes


def test_037_an_id_that_is_no_number_is_refused_as_recorded(qbo: Books, recorded) -> None:
    answer = qbo.call("GET", "customer/1.5")

    assert 400 == answer.status
    assert recorded("qbo_api/fault_2030_invalid_id.json") == answer.document


@pytest.mark.parametrize(
    ("path", "operation"),
    [("journalentry", "void"), ("vendor", "delete"), ("preferences", None), ("account", "delete"), ("item", "void")],
)
def test_038_what_an_entity_does_not_offer_is_unsupported(qbo: Books, path: str, operation: str | None) -> None:
    body = {"Id": "1", "SyncToken": "0"} if operation else {}
    answer = qbo.call("POST", path, body, operation=operation)

    assert (400, ["500"]) == (answer.status, answer.codes)


def test_039_the_server_names_references_itself(qbo: Books) -> None:
    body = simple()
    body["Line"][0]["JournalEntryLineDetail"]["AccountRef"]["name"] = "Nonsense"  # type: ignore[index]
    found = qbo.create("JournalEntry", body)

    assert "Inventory Asset" == found["Line"][0]["JournalEntryLineDetail"]["AccountRef"]["name"]


def test_040_an_account_is_referred_to_by_its_full_name(qbo: Books) -> None:
    found = qbo.create("JournalEntry", journal_entry("Dr 57 1", "Cr 35 1"))

    ref = found["Line"][0]["JournalEntryLineDetail"]["AccountRef"]
    assert {"value": "57", "name": "Insurance:Workers Compensation"} == ref


@pytest.mark.parametrize(
    ("path", "body", "codes"),
    [
        ("vendor", '{"DisplayName":"\\ud800"}', ["2040"]),
        ("vendor", '{"DisplayName":"a\\u0000b"}', ["2040"]),
        ("vendor", '{"\\ud800":1}', ["2010"]),
        ("vendor", '{"DisplayName":["x"]}', ["2100", "6080"]),
        ("vendor", '{"DisplayName":"x","BillAddr":[]}', ["2010"]),
        ("journalentry", '{"Line":[{"Amount":1e400}]}', None),
        ("journalentry", '{"Line":[null]}', ["2010"]),
        ("journalentry", '{"Line":[{"Amount":"ten"}]}', None),
        ("preferences", '{"Id":"1","SyncToken":"0","OtherPrefs":{"NameValue":[{}]}}', ["2020", "2020"]),
        ("vendor", "[" * 100_000, ["2010"]),
    ],
)
def test_odd_values_are_refused_and_break_nothing(qbo: Books, path: str, body: str, codes: list[str] | None) -> None:
    answer = qbo.call("POST", path, body)

    assert 400 == answer.status
    assert codes is None or set(answer.codes) <= set(codes)


def test_headers_are_found_however_they_are_spelt(qbo: Books) -> None:
    spelt = {"AUTHORIZATION": f"Bearer {qbo.access_token}", "accept": "*/*", "Content-type": "application/json"}

    assert 200 == qbo.send("POST", f"/v3/company/{qbo.realm_id}/vendor", {"DisplayName": "Odd"}, spelt).status


def test_an_answer_says_when_the_connection_ends(qbo: Books) -> None:
    """Otherwise a client would send its next request into a closed connection."""
    assert "close" == qbo.call("GET", "preferences", headers={"Connection": "close"}).headers["Connection"]
    assert "Connection" not in qbo.call("GET", "preferences").headers


def test_a_body_may_come_in_chunks(qbo: Books) -> None:
    connection = qbo.connections.own()
    headers = {"Authorization": f"Bearer {qbo.access_token}", "Accept": "*/*", "Content-Type": "application/json"}
    chunks = [b'{"Display', b'Name":"In pieces"}']
    target = f"/v3/company/{qbo.realm_id}/vendor"
    connection.request("POST", target, iter(chunks), headers, encode_chunked=True)
    answer = connection.getresponse()

    assert b'"DisplayName":"In pieces"' in answer.read()
    assert 200 == qbo.call("GET", "preferences").status, "the connection is good for more"
