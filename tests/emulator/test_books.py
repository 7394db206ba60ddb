"""The pages at /books: looking at the company, and changing it as the second user."""

from urllib.parse import urlencode

import pytest

from qbo_emulator.testing import Books, journal_entry

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def entry(qbo: Books) -> dict[str, object]:
    body = journal_entry("Dr 81 1234.50 steel <b>", "Cr 35 1234.50", DocNumber="RCV-1", PrivateNote="by the emulator")
    return qbo.create("JournalEntry", body)


def page(qbo: Books, path: str = "", status: int = 200) -> str:
    answer = qbo.send("GET", f"/books{path}")
    assert status == answer.status
    assert answer.headers["Content-Type"].startswith("text/html")
    return answer.text


def typed(**fields: str) -> str:
    lines = {"id-0": "0", "account-0": "81", "debit-0": "5.00", "id-1": "1", "account-1": "35", "credit-1": "5.00"}
    return urlencode({"on": "2026-02-02", "number": "H1", "memo": "typed", **lines, **fields})


@pytest.mark.parametrize(
    ("path", "texts"),
    [
        ("", ["Chart of accounts", "Inventory Asset", "1,234.50", "Original Cost"]),
        ("/account/81", ["Inventory Asset", "RCV-1", "steel &lt;b&gt;", "1,234.50"]),
        ("/account/36", ["Nothing has been posted"]),
        ("/entries", ["RCV-1", "by the emulator"]),
        ("/trial-balance", ["Inventory Asset", "1234.50", "TOTAL"]),
        ("/balance-sheet", ["TOTAL ASSETS", "Net Income"]),
        ("/profit-and-loss", ["Gross Profit"]),
        ("/vendors", ["Norton Lumber and Building Materials"]),
        ("/changes", ["Integration (API)", "create", "RCV-1"]),
        ("/entry/new", ["New journal entry"]),
    ],
)
def test_each_page_shows_the_company(qbo: Books, entry: dict[str, object], path: str, texts: list[str]) -> None:
    text = page(qbo, path)

    for each in (*texts, "Sandbox Company_US_1", 'name="viewport"'):
        assert each in text


def test_an_entry_shows_its_lines_and_who_changed_it(qbo: Books, entry: dict[str, object]) -> None:
    qbo.outsider("edit", "JournalEntry", str(entry["Id"]), {"PrivateNote": "x"})
    text = page(qbo, f"/entry/{entry['Id']}")

    for each in ("RCV-1", "steel &lt;b&gt;", "1234.50", "Integration (API)", "Jane Doe", "SyncToken 1"):
        assert each in text
    raw = qbo.send("GET", f"/books/entry/{entry['Id']}.json")
    assert qbo.read("JournalEntry", str(entry["Id"])) == raw.document


def test_a_person_edits_an_entry_by_hand(qbo: Books, entry: dict[str, object]) -> None:
    assert 'value="1234.50"' in page(qbo, f"/entry/{entry['Id']}/edit")
    answer = qbo.send("POST", f"/books/entry/{entry['Id']}/edit", typed(), FORM)
    found = qbo.read("JournalEntry", str(entry["Id"]))

    assert (303, f"/books/entry/{entry['Id']}") == (answer.status, answer.headers["Location"])
    assert ("1", "2026-02-02", "H1", "typed") == tuple(
        found[name] for name in ("SyncToken", "TxnDate", "DocNumber", "PrivateNote")
    )
    assert ["0", "1"] == [line["Id"] for line in found["Line"]]
    assert {"Inventory Asset": 5, "Checking": -5} == qbo.trial_balance()
    stale = {"Id": entry["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "mine"}
    assert "Jane Doe" in qbo.call("POST", "journalentry", stale).errors[0]["Detail"]


def test_a_name_and_marks_survive_an_edit_by_hand(qbo: Books) -> None:
    body = journal_entry("Dr 81 5", "Cr 35 5")
    body["Line"][0]["JournalEntryLineDetail"]["Entity"] = {"Type": "Vendor", "EntityRef": {"value": "46"}}
    made = qbo.create("JournalEntry", body)
    assert 'value="Vendor:46"' in page(qbo, f"/entry/{made['Id']}/edit")
    qbo.send("POST", f"/books/entry/{made['Id']}/edit", typed(**{"entity-0": "Vendor:46"}), FORM)

    assert made["Line"][0] == qbo.read("JournalEntry", made["Id"])["Line"][0]


def test_a_person_types_a_new_entry(qbo: Books) -> None:
    answer = qbo.send("POST", "/books/entry/new", typed(), FORM)

    assert 303 == answer.status
    assert [("H1", "0")] == [(row["DocNumber"], row["SyncToken"]) for row in qbo.query("select * from JournalEntry")]


def test_a_refusal_comes_back_on_the_form(qbo: Books, entry: dict[str, object]) -> None:
    answer = qbo.send("POST", f"/books/entry/{entry['Id']}/edit", typed(**{"credit-1": "6.00"}), FORM)

    assert 400 == answer.status
    assert "Please balance debits and credits." in answer.text
    assert 'value="6.00"' in answer.text
    assert "0" == qbo.read("JournalEntry", str(entry["Id"]))["SyncToken"]


def test_a_person_deletes_an_entry(qbo: Books, entry: dict[str, object]) -> None:
    answer = qbo.send("POST", f"/books/entry/{entry['Id']}/delete", "", FORM)

    assert 303 == answer.status
    assert {} == qbo.trial_balance()
    assert "Jane Doe" in page(qbo, f"/entry/{entry['Id']}", status=404)


def test_closed_books_bind_a_person_too(qbo: Books, entry: dict[str, object]) -> None:
    qbo.close_books("2099-12-31")
    answer = qbo.send("POST", f"/books/entry/{entry['Id']}/delete", "", FORM)

    assert 400 == answer.status
    assert "The account period has closed" in answer.text
    assert "books closed through 2099-12-31" in page(qbo)


def test_another_company_has_its_own_pages(qbo: Books) -> None:
    other = qbo.another("empty")
    text = page(qbo, f"?realm={other.realm_id}")

    assert "New Company" in text
    assert f"/books/entries?realm={other.realm_id}" in text
    page(qbo, "?realm=1", status=404)


@pytest.mark.parametrize("path", ["/account/9999", "/entry/9999", "/entry/9999/edit", "/nonsense"])
def test_a_page_that_is_not_there(qbo: Books, path: str) -> None:
    page(qbo, path, status=404)
