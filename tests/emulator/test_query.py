"""Section H: the query language."""

from typing import Any

import pytest

from qbo_emulator.testing import Answer, Books, journal_entry


def ask(qbo: Books, statement: str) -> Answer:
    return qbo.call("GET", "query", query=statement)


def enter(qbo: Books, *numbers: str, **fields: Any) -> list[dict[str, Any]]:
    return [qbo.create("JournalEntry", journal_entry("Dr 81 1", "Cr 35 1", DocNumber=n, **fields)) for n in numbers]


@pytest.mark.parametrize(
    "statement",
    [
        "select * from Vendor where DisplayName = 'Mahoney Mugs'",
        "SELECT * FROM vendor WHERE displayname = 'MAHONEY mugs'",
        "Select Id, DisplayName From VENDOR Where DisplayName Like 'Mahoney%'",
        "select * from Vendor where DisplayName like '%mugs' and Active = true order by DisplayName desc",
        "select * from Vendor where Id in ('43') ORDERBY Id MAXRESULTS 1 STARTPOSITION 1",
        "select * from Vendor where DisplayName >= 'mahoney mugs' and DisplayName < 'mahoney mugt'",
        "select * from Vendor where DisplayName in ('Mahoney Mugs', 'Nobody') STARTPOSITION 1 MAXRESULTS 5",
        "select*from Vendor where Id='43'",
        "SELECT *, DisplayName FROM Vendor WHERE Id = '43'",
    ],
)
def test_127_the_grammar_is_read_without_regard_to_case(qbo: Books, statement: str) -> None:
    assert ["43"] == [row["Id"] for row in qbo.query(statement)]


def test_128_an_apostrophe_is_escaped_as_recorded(qbo: Books, recorded) -> None:
    expected = recorded("qbo_api/query_customer_escaped_apostrophe.json")["QueryResponse"]["Customer"]
    found = qbo.query(r"select * from Customer where DisplayName = 'Amy\'s Bird Sanctuary'")

    assert [row["Id"] for row in expected] == [row["Id"] for row in found] == ["1"]


def test_128_an_ampersand_is_part_of_a_name_as_recorded(qbo: Books, recorded) -> None:
    expected = recorded("qbo_api/query_vendor_ampersand.json")["QueryResponse"]["Vendor"]
    found = qbo.query("select * from Vendor where DisplayName = 'Robertson & Associates'")

    assert [row["Id"] for row in expected] == [row["Id"] for row in found] == ["49"]


def test_129_pages_are_of_100_by_default_and_1000_at_most(qbo: Books) -> None:
    enter(qbo, *map(str, range(105)))

    assert 100 == len(qbo.query("select * from JournalEntry"))
    assert 105 == len(qbo.query("select * from JournalEntry maxresults 5000"))
    assert 5 == len(qbo.query("select * from JournalEntry startposition 101"))
    last = ask(qbo, "select * from JournalEntry MAXRESULTS 2 STARTPOSITION 105").document["QueryResponse"]
    assert (105, 1) == (last["startPosition"], last["maxResults"])


@pytest.mark.parametrize("clause", ["MAXRESULTS 0", "STARTPOSITION 0"])
def test_130_nothing_below_one_is_allowed_as_recorded(qbo: Books, recording, clause: str) -> None:
    answer = ask(qbo, f"select * from Customer {clause}")
    text = recording("quickbooks_ruby/query_validation_error.xml")
    error = answer.errors[0]

    assert (400, "4001") == (answer.status, error["code"])
    assert f"<Message>{error['Message']}</Message>" in text
    assert f"<Detail>{error['Detail']}</Detail>" in text


def test_131_a_count_is_only_a_count_as_recorded(qbo: Books, recorded) -> None:
    statement = "SELECT count(*) FROM Customer WHERE Id IN ('5', '6', '7', '8', '9', '10')"

    assert (
        recorded("qbo_api/query_count_customer.json")["QueryResponse"] == ask(qbo, statement).document["QueryResponse"]
    )


def test_132_nothing_found_is_an_empty_object_as_recorded(qbo: Books, recorded) -> None:
    answer = ask(qbo, "select * from Customer where Id = '9999'")

    assert recorded("qbo_api/query_empty.json")["QueryResponse"] == answer.document["QueryResponse"]
    assert {} == ask(qbo, "select * from Customer startposition 500").document["QueryResponse"]


def test_133_rows_come_before_the_counters_as_recorded(qbo: Books, recorded) -> None:
    statement = "select * from Vendor MAXRESULTS 5 STARTPOSITION 1"
    expected = recorded("qbo_api/query_vendor_p1.json")["QueryResponse"]
    found = ask(qbo, statement).document["QueryResponse"]

    assert list(expected) == list(found) == ["Vendor", "startPosition", "maxResults"]
    assert len(found["Vendor"]) == found["maxResults"] == 5


def test_134_the_inactive_are_hidden_unless_asked_for(qbo: Books) -> None:
    qbo.outsider("deactivate", "Vendor", "43")
    by_id = "select * from Vendor where Id = '43'"

    assert [] == qbo.query(by_id)
    for active in ("Active = false", "Active in (true, false)", "Active IN ('true','false')"):
        assert ["43"] == [row["Id"] for row in qbo.query(f"{by_id} and {active}")]


def test_135_an_unknown_entity_is_refused_as_recorded(qbo: Books, recorded) -> None:
    answer = ask(qbo, "select * from Custmoer")

    assert 400 == answer.status
    assert recorded("qbo_api/fault_4001_bad_entity.json")["Fault"] == answer.document["Fault"]


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        ("PrivateNote = 'x'", "property 'PrivateNote' is not queryable"),
        ("Line.Amount > '5'", "property 'Line.Amount' is not queryable"),
        ("Colour = 'red'", "Property Colour not found for Entity JournalEntry"),
    ],
)
def test_136_what_cannot_be_filtered_is_refused(qbo: Books, condition: str, text: str) -> None:
    answer = ask(qbo, f"select * from JournalEntry where {condition}")

    assert ["4001"] == answer.codes
    assert f"QueryValidationError: {text}" == answer.errors[0]["Detail"]


def test_136_an_account_is_not_found_by_its_number(qbo: Books) -> None:
    assert ["4001"] == ask(qbo, "select * from Account where AcctNum = '1000'").codes


@pytest.mark.parametrize(
    "condition", ["Id > '5'", "Id like '5%'", "TxnDate = 'yesterday'", "MetaData.CreateTime > 'x'"]
)
def test_136_nor_is_a_comparison_that_makes_no_sense(qbo: Books, condition: str) -> None:
    assert ["4001"] == ask(qbo, f"select * from JournalEntry where {condition}").codes


@pytest.mark.parametrize(
    "statement",
    [
        "select * from Vendor where Id = '1' or Id = '2'",
        "select * from Vendor where not Active = true",
        "select * from Vendor where Id != '1'",
        "select * from Vendor where Id = 1 and",
        "select * from Vendor group by Id",
        "select * Vendor",
        "select * from Vendor where DisplayName = 'open",
        "delete from Vendor",
        "select * from",
        "",
    ],
)
def test_137_a_syntax_error_is_told_with_its_place(qbo: Books, statement: str) -> None:
    answer = ask(qbo, statement)

    assert (400, ["4000"], "Error parsing query") == (answer.status, answer.codes, answer.errors[0]["Message"])
    assert answer.errors[0]["Detail"].startswith('QueryParserError: Encountered "')
    assert "at line 1, column" in answer.errors[0]["Detail"]


def test_138_names_come_by_name_as_recorded(qbo: Books, recorded) -> None:
    rows = recorded("qbo_api/query_vendor_active_in.json")["QueryResponse"]["Vendor"]
    expected = [row["Id"] for row in rows if int(row["Id"]) < 58]
    assert expected == [row["Id"] for row in qbo.query("select * from Vendor")]
    rows = recorded("qbo_api/query_all_customers.json")["QueryResponse"]["Customer"]
    expected = [row["Id"] for row in rows if int(row["Id"]) < 30]

    assert expected == [row["Id"] for row in qbo.query("select * from Customer")]


def test_138_accounts_come_by_name_in_any_case_as_recorded(qbo: Books, recorded) -> None:
    for rows in (recorded("qbo_sdk_py/accounts.json"), qbo.query("select * from Account")):
        found = [row["FullyQualifiedName"].casefold() for row in rows]
        assert sorted(found) == found


def test_138_transactions_come_newest_first_as_recorded(qbo: Books, recorded) -> None:
    enter(qbo, "1", "2", "3")
    for rows in (recorded("qbo_sdk_py/journal_entries.json"), qbo.query("select * from JournalEntry")):
        found = [int(row["Id"]) for row in rows]
        assert sorted(found, reverse=True) == found


def test_138_an_order_can_be_asked_for(qbo: Books) -> None:
    made = [
        enter(qbo, number, TxnDate=on)[0]
        for number, on in (("b", "2026-01-02"), ("a", "2026-01-02"), ("c", "2026-01-01"))
    ]
    statement = "select * from JournalEntry order by TxnDate desc, DocNumber asc"

    assert ["a", "b", "c"] == [row["DocNumber"] for row in qbo.query(statement)]
    assert [row["Id"] for row in made] == [row["Id"] for row in qbo.query("select * from JournalEntry orderby Id")]


@pytest.mark.parametrize("content_type", ["application/text", "text/plain; charset=utf-8"])
def test_139_a_statement_can_be_posted(qbo: Books, content_type: str) -> None:
    statement = "select * from Vendor where DisplayName = 'PG&E'"
    answer = qbo.call("POST", "query", statement, headers={"Content-Type": content_type})

    assert ["48"] == [row["Id"] for row in answer.document["QueryResponse"]["Vendor"]]
    assert "query" == qbo.requests()[-1]["operation"]


def test_140_a_reference_is_compared_by_id(qbo: Books) -> None:
    assert ["Barnett Design"] == [
        row["DisplayName"] for row in qbo.query("select * from Customer where ParentRef = '22'")
    ]


def test_141_moments_honour_their_offset(qbo: Books) -> None:
    qbo.clock(at="2026-01-05T20:00:00Z", freeze=True)
    qbo.refresh()
    enter(qbo, "A")
    for condition, found in (
        (">= '2026-01-05T20:00:00Z'", 1),
        ("= '2026-01-05T12:00:00-08:00'", 1),
        ("> '2026-01-05T12:00:00-08:00'", 0),
        ("< '2026-01-05T21:30:00+01:00'", 1),
        (">= '2026-01-05T12:00:00'", 1),
        ("> '2026-01-05T12:00:00'", 0),
    ):
        statement = f"select count(*) from JournalEntry where MetaData.LastUpdatedTime {condition}"
        assert found == qbo.count(statement), condition


def test_dates_can_be_compared_with_today(qbo: Books) -> None:
    enter(qbo, "A")
    enter(qbo, "B", TxnDate="2020-01-01")

    assert ["A"] == [row["DocNumber"] for row in qbo.query("select * from JournalEntry where TxnDate = CURRENT_DATE")]
    assert 1 == qbo.count("select count(*) from JournalEntry where TxnDate < '2020-01-02'")


def test_balances_of_accounts_can_be_compared(qbo: Books) -> None:
    enter(qbo, "A")

    assert ["81"] == [row["Id"] for row in qbo.query("select * from Account where CurrentBalance > '0.99'")]


def test_a_number_that_changed_is_found_under_the_new_one_only(qbo: Books) -> None:
    made = enter(qbo, "Old")[0]
    qbo.outsider("edit", "JournalEntry", made["Id"], {"DocNumber": "New"})

    assert [0, 1] == [qbo.count(f"select count(*) from JournalEntry where DocNumber = '{n}'") for n in ("old", "new")]
