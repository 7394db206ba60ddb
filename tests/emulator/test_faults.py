"""Section J: faults on demand, limits, the clock, the other users of the books."""

import gzip
import http.client
import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from qbo_emulator.testing import Answer, Books, Refused, bill, invoice, journal_entry

BODY = journal_entry("Dr 81 10.00 steel", "Cr 35 10.00", DocNumber="RCV-1", PrivateNote="note")
CREATE = {"entity": "JournalEntry", "operation": "create"}


def post(qbo: Books, body: object = BODY, **query: object) -> Answer:
    return qbo.call("POST", "journalentry", body, **query)


def entries(qbo: Books) -> int:
    return qbo.count("select count(*) from JournalEntry")


def timed(act: Any) -> float:
    started = time.monotonic()
    act()
    return time.monotonic() - started


def test_161_a_system_failure_is_worded_as_recorded(qbo: Books, recording) -> None:
    qbo.fault("fault", code="10000", detail="Could not find resource for relative : some more info here")
    answer = post(qbo)
    error, text = answer.errors[0], recording("quickbooks_ruby/generic_error.xml")

    assert f'<Fault type="{answer.document["Fault"]["type"]}">' in text
    assert f"<Message>{error['Message']}</Message>" in text
    assert f"<Detail>{error['Detail']}</Detail>" in text


def test_162_several_errors_come_in_one_fault(qbo: Books) -> None:
    body = journal_entry("Dr 81 -1", "Cr 35 -1", DocNumber="x" * 22, TxnDate="soon")

    assert ["2050", "2060", "2290", "2290"] == post(qbo, body).codes


def test_163_too_many_requests_are_refused_and_not_executed(qbo: Books, recording) -> None:
    qbo.options(throttle=True, throttle_per_second=3, throttle_per_minute=500)
    answers = [post(qbo) for _ in range(6)]
    refused = [answer for answer in answers if answer.status != 200]
    qbo.options(throttle=False)

    assert [200, 200, 200, 429, 429, 429] == [answer.status for answer in answers]
    assert 3 == entries(qbo)
    fault, text = refused[0].document["fault"], recording("quickbooks_ruby/too_many_requests_error.xml")
    assert f'<Fault type="{fault["type"]}">' in text
    assert f"<Message>{fault['error'][0]['message']}</Message>" in text
    assert f"<Detail>{fault['error'][0]['detail']}</Detail>" in text
    assert f'<Error code="{fault["error"][0]["code"]}">' in text


def test_163_the_minute_counts_too_and_the_case_of_the_body_is_an_option(qbo: Books) -> None:
    qbo.options(throttle=True, throttle_per_second=100, throttle_per_minute=4, throttle_upper_case=True)
    answers = [post(qbo) for _ in range(5)]

    assert [200] * 4 + [429] == [answer.status for answer in answers]
    assert ["Fault", "time"] == list(answers[-1].document)


def test_163_a_throttle_can_be_injected(qbo: Books) -> None:
    qbo.fault("throttle", per_minute=2)
    assert [200, 200, 429] == [post(qbo).status for _ in range(3)]
    qbo.clear_faults()

    assert 200 == post(qbo).status


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ({"do": "fault", "code": "3200"}, 401),
        ({"do": "fault", "code": "3100"}, 403),
        ({"do": "fault", "code": "3001"}, 429),
        ({"do": "fault", "code": "10000"}, 500),
        ({"do": "status", "status": 503, "body": "busy"}, 503),
        ({"do": "html"}, 502),
        ({"do": "html", "status": 504}, 504),
        ({"do": "status", "status": 408}, 408),
    ],
)
def test_165_each_bad_answer_can_be_had(qbo: Books, fault: dict[str, Any], status: int) -> None:
    qbo.control("POST", "faults", {**fault, "match": CREATE})
    answer = post(qbo)

    assert status == answer.status
    if fault["do"] == "html":
        assert answer.headers["Content-Type"].startswith("text/html")
        assert answer.text.startswith("<html>")
    if status in (401, 403, 429):
        assert "fault" in answer.document
    assert 0 == entries(qbo)
    assert 200 == post(qbo).status, "once only"


def test_165_a_gateway_gives_up_after_a_while(qbo: Books) -> None:
    qbo.fault("timeout", match=CREATE, s=0.3)

    assert 0.3 <= timed(lambda: post(qbo)) < 2


def test_165_a_client_that_gives_up_first_frees_the_emulator(qbo: Books) -> None:
    qbo.fault("timeout", match=CREATE, commit=True)
    impatient = http.client.HTTPConnection("127.0.0.1", int(qbo.url.rsplit(":", 1)[1]), timeout=0.3)
    headers = {"Authorization": f"Bearer {qbo.access_token}", "Accept": "*/*", "Content-Type": "application/json"}
    body = json.dumps(journal_entry("Dr 81 1", "Cr 35 1"), default=str)
    impatient.request("POST", f"/v3/company/{qbo.realm_id}/journalentry", body, headers)
    with pytest.raises(TimeoutError):
        impatient.getresponse()
    impatient.close()

    assert 1 == entries(qbo)
    assert [None] == [each["status"] for each in qbo.requests() if each["method"] == "POST"]


@pytest.mark.parametrize("committed", [True, False])
def test_165_a_reset_can_come_before_or_after_the_commit(qbo: Books, committed: bool) -> None:
    qbo.fault("reset", match=CREATE, commit=committed)
    with pytest.raises(ConnectionError):
        post(qbo)

    assert int(committed) == entries(qbo)


@pytest.mark.parametrize("committed", [True, False])
def test_165_an_answer_can_break_off(qbo: Books, committed: bool) -> None:
    qbo.fault("truncate", match=CREATE, commit=committed)
    with pytest.raises(http.client.IncompleteRead) as broken:
        post(qbo)

    assert broken.value.partial.startswith(b'{"')
    assert int(committed) == entries(qbo)


def test_165_a_length_can_lie(qbo: Books) -> None:
    qbo.fault("wrong_length", match=CREATE)
    answer = post(qbo)

    assert 200 == answer.status
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.body)
    assert 1 == entries(qbo)


def test_165_an_answer_can_drip(qbo: Books) -> None:
    qbo.fault("slow_drip", match=CREATE, s=0.4)

    assert 0.3 <= timed(lambda: post(qbo)) < 3
    assert 1 == entries(qbo)


def test_165_an_answer_can_be_a_bomb(qbo: Books) -> None:
    qbo.fault("gzip_bomb", match={"operation": "query"}, mb=8)
    answer = qbo.call("GET", "query", query="select * from Vendor", headers={"Accept-Encoding": "gzip"})

    assert len(answer.body) < 50_000
    assert 8 * 1_048_576 == len(gzip.decompress(answer.body))


@pytest.mark.parametrize("after", [True, False])
def test_165_a_delay_can_come_before_or_after_the_commit(qbo: Books, after: bool) -> None:
    qbo.fault("delay", match=CREATE, s=0.5, commit=after)
    with ThreadPoolExecutor(1) as pool:
        pending = pool.submit(post, qbo)
        time.sleep(0.2)
        during = entries(qbo)
        assert 200 == pending.result().status

    assert (int(after), 1) == (during, entries(qbo))


@pytest.mark.parametrize(
    ("how", "difference"),
    [
        ({"round": True}, "amount"),
        ({"reorder": True}, "order"),
        ({"memo": "edited"}, "memo"),
        ({"add_line": True}, "lines"),
    ],
)
def test_an_echo_can_differ_from_what_was_saved(qbo: Books, how: dict[str, Any], difference: str) -> None:
    qbo.fault("alter_echo", match=CREATE, **how)
    echo = post(qbo).document["JournalEntry"]
    saved = qbo.read("JournalEntry", echo["Id"])

    differs = {
        "amount": echo["Line"][0]["Amount"] != saved["Line"][0]["Amount"],
        "order": [line["Id"] for line in echo["Line"]] == ["1", "0"],
        "memo": echo["PrivateNote"] != saved["PrivateNote"],
        "lines": len(echo["Line"]) != len(saved["Line"]),
    }
    assert [difference] == [name for name, found in differs.items() if found]


def test_a_commit_can_hide_from_queries_for_a_while(qbo: Books) -> None:
    qbo.clock(freeze=True)
    qbo.fault("hide", match=CREATE, s=5)
    made = post(qbo).document["JournalEntry"]

    assert 0 == entries(qbo)
    assert made == qbo.read("JournalEntry", made["Id"]), "reading by id is never behind"
    qbo.clock(advance=5)
    assert 1 == entries(qbo)


def test_a_hidden_commit_can_go_with_a_lost_answer(qbo: Books) -> None:
    qbo.clock(freeze=True)
    qbo.fault("hide", match=CREATE, s=5)
    qbo.fault("status", match=CREATE, status=504, commit=True)

    assert 504 == post(qbo).status
    assert 0 == entries(qbo)
    qbo.clock(advance=6)
    assert 1 == entries(qbo)


def test_a_fault_meets_what_it_matches_from_the_nth_for_so_many_times(qbo: Books) -> None:
    qbo.fault("status", match={**CREATE, "nth": 2, "times": 2}, status=503)
    found = []
    for _ in range(4):
        qbo.call("GET", "preferences")
        found.append(post(qbo).status)

    assert [200, 503, 503, 200] == found


def test_a_fault_can_be_a_matter_of_chance(qbo: Books) -> None:
    qbo.fault("status", match={"operation": "read", "probability": 0.5}, status=503)
    found = [qbo.call("GET", "preferences").status for _ in range(60)]

    assert {200, 503} == set(found)


@pytest.mark.parametrize("match", [{"method": "GET"}, {"entity": "Vendor"}, {"operation": "query"}])
def test_a_fault_lets_pass_what_it_does_not_match(qbo: Books, match: dict[str, Any]) -> None:
    qbo.fault("status", match=match, status=503)

    assert 200 == post(qbo).status
    assert 503 == qbo.call("GET", "query", query="select * from Vendor").status


def test_the_token_endpoint_can_fail_too(qbo: Books) -> None:
    qbo.fault("status", match={"operation": "token"}, status=503)

    assert [503, 200] == [qbo.refresh().status, qbo.refresh().status]


@pytest.mark.parametrize(
    "rule",
    [{"do": "explode"}, {"do": "reset", "match": {"colour": "red"}}, {"do": "reset", "commit": "maybe"}, {}],
)
def test_a_fault_that_makes_no_sense_is_refused(qbo: Books, rule: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="HTTP 400"):
        qbo.control("POST", "faults", rule)


def test_166_a_system_fault_has_status_500(qbo: Books) -> None:
    qbo.fault("fault", code="10000", match=CREATE)
    answer = post(qbo)

    assert (500, "SystemFault") == (answer.status, answer.document["Fault"]["type"])


def test_167_each_request_has_its_own_tid_and_is_logged_with_it(qbo: Books) -> None:
    answers = [post(qbo, requestid=f"r{n}") for n in range(3)]
    log = qbo.requests()

    assert [answer.headers["Intuit-Tid"] for answer in answers] == [each["intuit_tid"] for each in log]
    assert 3 == len({each["intuit_tid"] for each in log})
    assert ["r0", "r1", "r2"] == [each["requestid"] for each in log]
    first = log[0]
    expected = {"n", "time", "method", "path", "query", "entity", "requestid", "status", "committed", "intuit_tid"}
    assert expected <= set(first)
    assert (1, "POST", "JournalEntry", "create", 200, True) == (
        *(first[name] for name in ("n", "method", "entity", "operation", "status", "committed")),
    )
    assert [3] == [each["n"] for each in qbo.requests(since=2)]


def test_167_the_log_tells_what_was_done(qbo: Books) -> None:
    made = qbo.create("JournalEntry", BODY)
    qbo.read("JournalEntry", made["Id"])
    qbo.query("select * from JournalEntry")
    qbo.report("TrialBalance")
    qbo.call("GET", "cdc", entities="Vendor", changedSince="2026-11-20")
    changed = qbo.update("JournalEntry", {"Id": made["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "x"})
    qbo.delete("JournalEntry", changed)
    qbo.call("POST", "journalentry", {"Id": "1", "SyncToken": "0"}, operation="void")
    qbo.refresh()

    assert ["create", "read", "query", "report", "cdc", "update", "delete", "void", "token"] == [
        each["operation"] for each in qbo.requests()
    ]


def test_168_books_can_be_closed_from_both_sides(qbo: Books) -> None:
    qbo.prefer("AccountingInfoPrefs", BookCloseDate="2026-01-31")
    assert ["6210"] == post(qbo, {**BODY, "TxnDate": "2026-01-31"}).codes
    qbo.close_books(None)
    assert 200 == post(qbo, {**BODY, "TxnDate": "2026-01-31"}).status
    qbo.close_books("2026-02-28")
    found = qbo.call("GET", "preferences").document["Preferences"]
    assert "2026-02-28" == found["AccountingInfoPrefs"]["BookCloseDate"]
    qbo.prefer("AccountingInfoPrefs", BookCloseDate="")

    assert 200 == post(qbo, {**BODY, "TxnDate": "2026-02-01"}).status


def test_169_the_clock_can_be_set_advanced_and_frozen(qbo: Books) -> None:
    assert qbo.clock(at="2027-01-01T00:00:00Z")["at"].startswith("2027-01-01T00:00:0")
    frozen = qbo.clock(freeze=True)["at"]
    time.sleep(0.05)
    assert frozen == qbo.clock()["at"]
    assert qbo.clock(advance=86400)["at"].startswith("2027-01-02T00:00:0")
    running = qbo.clock(freeze=False)["at"]
    time.sleep(0.05)
    assert running < qbo.clock()["at"]


@pytest.mark.parametrize("wanted", [{"at": "teatime"}, {"advance": "long"}, {"advance": None}])
def test_169_a_time_that_is_none_is_refused(qbo: Books, wanted: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="HTTP 400"):
        qbo.clock(**wanted)


def test_170_another_user_creates_edits_and_deletes(qbo: Books) -> None:
    made = qbo.outsider("create", "JournalEntry", changes=BODY)
    edited = qbo.outsider("edit", "JournalEntry", made["Id"], {"PrivateNote": "by hand"})

    assert ("1", "by hand") == (edited["SyncToken"], qbo.read("JournalEntry", made["Id"])["PrivateNote"])
    assert "Deleted" == qbo.outsider("delete", "JournalEntry", made["Id"])["status"]
    with pytest.raises(Refused, match="Another user has deleted this transaction"):
        qbo.outsider("edit", "JournalEntry", made["Id"], {"PrivateNote": "x"})
    assert [] == qbo.requests()[3:], "not a request of the integration"


def test_170_another_user_renames_and_deactivates(qbo: Books) -> None:
    made = qbo.create("JournalEntry", BODY)
    qbo.outsider("rename", "Account", "81", {"Name": "Stock"})
    qbo.outsider("deactivate", "Vendor", "46")

    line = qbo.read("JournalEntry", made["Id"])["Line"][0]["JournalEntryLineDetail"]
    assert {"value": "81", "name": "Stock"} == line["AccountRef"]
    assert qbo.read("Vendor", "46")["DisplayName"].endswith(" (deleted)")


def test_170_two_people_work_in_these_books(qbo: Books) -> None:
    made = qbo.create("JournalEntry", BODY)
    qbo.outsider("edit", "JournalEntry", made["Id"], {"PrivateNote": "first"}, user="Luis Ortega")
    mine = {"Id": made["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "mine"}
    assert "You and Luis Ortega were working on this" in post(qbo, mine).errors[0]["Detail"]
    qbo.outsider("edit", "JournalEntry", made["Id"], {"PrivateNote": "second"})
    assert "You and Jane Doe were working on this" in post(qbo, mine).errors[0]["Detail"]
    with pytest.raises(Refused, match="there is no user 'Nobody'"):
        qbo.outsider("delete", "JournalEntry", made["Id"], user="Nobody")


def test_170_another_user_deletes_a_bill_and_voids_an_invoice(qbo: Books) -> None:
    since = (datetime.fromisoformat(qbo.clock()["at"]) - timedelta(hours=1)).isoformat()
    owed, sold = qbo.create("Bill", bill("46", "57 10.00")), qbo.create("Invoice", invoice("1", "#1 10.00"))
    qbo.outsider("delete", "Bill", owed["Id"], user="Luis Ortega")
    voided = qbo.outsider("void", "Invoice", sold["Id"])

    assert ["610"] == qbo.call("GET", f"bill/{owed['Id']}").codes
    assert (0, "Voided") == (voided["TotalAmt"], voided["PrivateNote"])
    assert voided == qbo.read("Invoice", sold["Id"]), "nothing shows that the API would not show"
    groups = qbo.call("GET", "cdc", entities="Bill,Invoice", changedSince=since).document
    [bills, invoices] = groups["CDCResponse"][0]["QueryResponse"]
    assert ("Deleted", sold["Id"]) == (bills["Bill"][0]["status"], invoices["Invoice"][0]["Id"])


def test_170_a_merged_vendor_keeps_its_bills(qbo: Books) -> None:
    owed = qbo.create("Bill", bill("46", "57 10.00"))
    qbo.outsider("merge", "Vendor", "46", {"into": "41"})

    assert "Hicks Hardware" == qbo.read("Bill", owed["Id"])["VendorRef"]["name"]
    assert 10 == qbo.read("Vendor", "41")["Balance"]


def test_170_a_merge_moves_everything_to_the_survivor(qbo: Books) -> None:
    vendor = {"Type": "Vendor", "EntityRef": {"value": "46"}}
    body = journal_entry("Dr 81 10", "Cr 33 10")
    body["Line"][1]["JournalEntryLineDetail"]["Entity"] = vendor
    made = qbo.create("JournalEntry", body)
    qbo.outsider("merge", "Vendor", "46", {"into": "41"})
    qbo.outsider("merge", "Account", "81", {"into": "3"})
    found = qbo.read("JournalEntry", made["Id"])

    assert ["610"] == qbo.call("GET", "vendor/46").codes
    assert "Hicks Hardware" == found["Line"][1]["JournalEntryLineDetail"]["Entity"]["EntityRef"]["name"]
    assert ("0", "3") == (found["SyncToken"], found["Line"][0]["JournalEntryLineDetail"]["AccountRef"]["value"])
    assert {"Prepaid Expenses": 10, "Accounts Payable (A/P)": -10} == qbo.trial_balance()
    assert Decimal(10) == qbo.read("Vendor", "41")["Balance"]


@pytest.mark.parametrize(
    ("act", "entity", "identity", "changes", "status"),
    [
        ("void", "JournalEntry", None, {}, 400),
        ("dance", "JournalEntry", None, {}, 400),
        ("edit", "Unicorn", "1", {}, 400),
        ("merge", "Vendor", "46", {"into": "9999"}, 400),
        ("merge", "Account", "81", {"into": "35"}, 400),
        ("edit", "Vendor", "9999", {}, 400),
    ],
)
def test_170_what_even_a_person_cannot_do(
    qbo: Books, act: str, entity: str, identity: str | None, changes: dict[str, Any], status: int
) -> None:
    made = qbo.create("JournalEntry", BODY)
    with pytest.raises(Refused, match=f"HTTP {status}"):
        qbo.outsider(act, entity, identity or made["Id"], changes)


def test_options_are_checked(qbo: Books) -> None:
    assert qbo.options(requestid_ttl=12.5)["requestid_ttl"] == Decimal("12.5")
    for wrong in ({"nonsense": 1}, {"throttle": "yes"}, {"je_unbalanced_code": 6000}, {"requestid_ttl": -1}):
        with pytest.raises(Refused, match="HTTP 400"):
            qbo.options(**wrong)


def test_the_whole_state_goes_out_and_in(qbo: Books) -> None:
    made = post(qbo, requestid="r1").document["JournalEntry"]
    saved = qbo.control("GET", "state")
    qbo.delete("JournalEntry", made)
    qbo.create("Vendor", {"DisplayName": "Later"})
    qbo.control("PUT", "state", saved)

    assert made == qbo.read("JournalEntry", made["Id"])
    assert {"Inventory Asset": 10, "Checking": -10} == qbo.trial_balance()
    assert [] == qbo.query("select * from Vendor where DisplayName = 'Later'")
    assert made == post(qbo, requestid="r1").document["JournalEntry"]
    assert ["RCV-1"] == [row["DocNumber"] for row in qbo.query("select * from JournalEntry where DocNumber = 'rcv-1'")]


def test_a_state_moves_to_another_company(qbo: Books) -> None:
    post(qbo)
    other = qbo.another("empty")
    other.control("PUT", "state", qbo.control("GET", "state"))

    assert qbo.trial_balance() == other.trial_balance()
    with pytest.raises(Refused, match="not a saved company"):
        other.control("PUT", "state", {"format": "mine"})


def test_a_reset_starts_over(qbo: Books) -> None:
    token = qbo.access_token
    post(qbo)
    qbo.fault("reset", match={"operation": "read", "times": 0})
    qbo.options(strict_requestid=True)
    qbo.clock(advance=86400 * 400)
    qbo.reset()

    assert ([], 0) == (qbo.requests(), entries(qbo))
    assert token == qbo.access_token
    assert qbo.control("GET", "options")["strict_requestid"] is False
    assert 200 == qbo.call("GET", "preferences").status


def test_companies_are_apart(qbo: Books) -> None:
    other = qbo.another("empty")
    other.fault("status", status=503)
    post(qbo)

    assert 200 == qbo.call("GET", "preferences").status
    assert 503 == other.call("GET", "preferences").status
    assert {} == other.trial_balance()
    assert 1 == len(other.requests()) - 1
    with pytest.raises(Refused, match="HTTP 404"):
        other.control("GET", "requests", realm="1")


@pytest.mark.parametrize("path", ["/", "/v3", "/v4/company/1/vendor/1", "/_emulator/nonsense"])
def test_an_unknown_address_is_not_found(qbo: Books, path: str) -> None:
    assert 404 == qbo.send("GET", path).status
