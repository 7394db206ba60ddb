"""Section C: a requestid makes a write happen once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from qbo_emulator.testing import Answer, Books, invoice, journal_entry

ID = "0b9a7f0e-6a55-4d0e-9f0a-7f4f1f0c1a01"
BODY = journal_entry("Dr 81 10.00", "Cr 35 10.00", DocNumber="RCV-1")


def post(qbo: Books, body: object = BODY, **query: object) -> Answer:
    return qbo.call("POST", "journalentry", body, requestid=ID, **query)


def entries(qbo: Books) -> int:
    return qbo.count("select count(*) from JournalEntry")


def test_041_the_second_time_brings_the_first_answer_and_no_object(qbo: Books) -> None:
    first, second = post(qbo), post(qbo)

    assert 200 == second.status
    assert first.body == second.body
    assert first.headers["Intuit-Tid"] != second.headers["Intuit-Tid"]
    assert 1 == entries(qbo)


def test_042_another_body_makes_no_difference(qbo: Books) -> None:
    first = post(qbo)

    assert first.body == post(qbo, journal_entry("Dr 81 99", "Cr 35 99")).body


def test_042_unless_the_emulator_is_told_to_be_strict(qbo: Books) -> None:
    qbo.options(strict_requestid=True)
    first = post(qbo)

    assert first.body == post(qbo).body
    assert ["600"] == post(qbo, journal_entry("Dr 81 99", "Cr 35 99")).codes


def test_043_companies_do_not_share_requestids(qbo: Books) -> None:
    other = qbo.another("sandbox")
    post(qbo)
    post(other)

    assert [1, 1] == [entries(qbo), entries(other)]


@pytest.mark.parametrize(("length", "codes"), [(50, None), (51, ["2130"])])
def test_044_a_requestid_has_fifty_characters_at_most(qbo: Books, length: int, codes: list[str] | None) -> None:
    answer = qbo.call("POST", "journalentry", BODY, requestid="x" * length)

    assert (codes is None) == (answer.status == 200)
    assert codes is None or codes == answer.codes


def test_045_an_empty_requestid_is_ignored(qbo: Books) -> None:
    for _ in range(2):
        assert 200 == qbo.call("POST", "journalentry", BODY, requestid="").status

    assert 2 == entries(qbo)


def test_046_an_update_and_a_delete_are_replayed_too(qbo: Books) -> None:
    created = qbo.create("JournalEntry", BODY)
    change = {"Id": created["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "changed"}
    updates = [qbo.call("POST", "journalentry", change, requestid="u") for _ in range(2)]
    gone = {"Id": created["Id"], "SyncToken": "1"}
    deletes = [qbo.call("POST", "journalentry", gone, operation="delete", requestid="d") for _ in range(2)]

    assert [200] * 4 == [each.status for each in (*updates, *deletes)]
    assert updates[0].body == updates[1].body
    assert deletes[0].body == deletes[1].body


def test_046_so_is_a_void(qbo: Books) -> None:
    made = qbo.create("Invoice", invoice("1", "#1 10.00"))
    body = {"Id": made["Id"], "SyncToken": "0"}
    first, second = (qbo.call("POST", "invoice", body, operation="void", requestid="v") for _ in range(2))

    assert (200, first.body) == (second.status, second.body)
    assert "1" == qbo.read("Invoice", made["Id"])["SyncToken"]


def test_048_a_refusal_is_not_remembered(qbo: Books) -> None:
    assert 400 == post(qbo, journal_entry("Dr 81 1", "Cr 35 2")).status

    assert 200 == post(qbo).status


def test_048_unless_the_emulator_is_told_to(qbo: Books) -> None:
    qbo.options(pin_faults=True)
    first = post(qbo, journal_entry("Dr 81 1", "Cr 35 2"))

    assert first.body == post(qbo).body


@pytest.mark.parametrize(("code", "status"), [("3200", 401), ("3100", 403), ("3001", 429), ("10000", 500)])
def test_049_nothing_from_before_the_service_is_remembered(qbo: Books, code: str, status: int) -> None:
    qbo.options(pin_faults=True)
    qbo.fault("fault", code=code)
    assert status == post(qbo).status

    assert 200 == post(qbo).status


def test_050_of_many_at_once_exactly_one_makes_an_object(qbo: Books) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: post(qbo), range(24)))

    assert 1 == entries(qbo)
    assert {answers[0].body} == {each.body for each in answers}
    committed = [each["committed"] for each in qbo.requests() if each["requestid"]]
    assert (24, 1) == (len(committed), sum(committed))


def test_051_it_is_replayed_after_the_object_changed_or_went(qbo: Books) -> None:
    first = post(qbo)
    identity = first.document["JournalEntry"]["Id"]
    qbo.outsider("edit", "JournalEntry", identity, {"PrivateNote": "edited"})
    assert first.body == post(qbo).body
    qbo.outsider("delete", "JournalEntry", identity)

    assert first.body == post(qbo).body
    assert 0 == entries(qbo)


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ({"do": "status", "status": 500}, 500),
        ({"do": "html", "status": 504}, 504),
        ({"do": "fault", "code": "6000"}, 400),
        ({"do": "fault", "code": "10000"}, 500),
    ],
)
@pytest.mark.parametrize("committed", [True, False])
def test_052_after_any_bad_answer_the_retry_finds_or_makes_the_one_object(
    qbo: Books, fault: dict[str, object], status: int, committed: bool
) -> None:
    qbo.control("POST", "faults", {**fault, "match": {"operation": "create"}, "commit": committed})
    assert status == post(qbo).status
    assert int(committed) == entries(qbo)
    assert committed == qbo.requests()[0]["committed"]
    retried = post(qbo)

    assert 200 == retried.status
    assert 1 == entries(qbo)
    assert retried.document["JournalEntry"] == qbo.read("JournalEntry", retried.document["JournalEntry"]["Id"])


@pytest.mark.parametrize("kind", ["reset", "timeout"])
@pytest.mark.parametrize("committed", [True, False])
def test_052_so_after_no_answer_at_all(qbo: Books, kind: str, committed: bool) -> None:
    qbo.fault(kind, match={"operation": "create"}, commit=committed, s=0.2)
    if kind == "reset":
        with pytest.raises(ConnectionError):
            post(qbo)
    else:
        assert 504 == post(qbo).status
    assert int(committed) == entries(qbo)

    assert 200 == post(qbo).status
    assert 1 == entries(qbo)


def test_052_the_ambiguous_fault_is_worded_as_reported(qbo: Books) -> None:
    qbo.fault("fault", code="6000", commit=True)
    detail = post(qbo).errors[0]["Detail"]

    assert "An unexpected error occurred while accessing or saving your data. Please wait a few minutes" in detail


def test_a_requestid_can_be_forgotten_after_a_while(qbo: Books) -> None:
    qbo.options(requestid_ttl=60)
    post(qbo)
    qbo.clock(advance=61)
    post(qbo)

    assert 2 == entries(qbo)


def test_a_fault_makes_the_service_forget_one_requestid(qbo: Books) -> None:
    qbo.fault("forget_requestids", s=30)
    post(qbo)
    post(qbo)
    assert 1 == entries(qbo)
    qbo.clock(advance=31)
    post(qbo)

    assert 2 == entries(qbo)
