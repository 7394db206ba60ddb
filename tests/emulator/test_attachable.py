"""Files and notes on other objects."""

from typing import Any

import pytest

from qbo_emulator import wire
from qbo_emulator.testing import Answer, Books, invoice, journal_entry

BOUNDARY = "----boundary7MA4YWxk"
ODD = bytes(range(256)) + b"\r\n--not-the-boundary\r\n\n\r"


def part(name: str, content: bytes, kind: str, filename: str | None = None) -> bytes:
    file = f'; filename="{filename}"' if filename else ""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{file}\r\nContent-Type: {kind}\r\n\r\n'
    return head.encode() + content + b"\r\n"


def metadata(kind: str, identity: str, **fields: Any) -> bytes:
    ref = {"EntityRef": {"type": kind, "value": identity}}
    return wire.dump({"AttachableRef": [ref], **fields}).encode()


def upload(qbo: Books, *parts: bytes) -> Answer:
    body = b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()
    return qbo.call("POST", "upload", body, headers={"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"})


def one_file(qbo: Books, content: bytes = b"<x/>", **fields: Any) -> dict[str, Any]:
    made = qbo.create("Invoice", invoice("1", "#1 1"))
    about = metadata("Invoice", made["Id"], FileName="no_detail.xml", ContentType="text/xml", **fields)
    answer = upload(
        qbo,
        part("file_metadata_01", about, "application/json"),
        part("file_content_01", content, "text/xml", "no_detail.xml"),
    )
    [found] = answer.document["AttachableResponse"]
    return dict(found["Attachable"])


def test_an_uploaded_file_comes_back_as_recorded(qbo: Books, recorded) -> None:
    expected = recorded("qbo_api/upload_attachable.json")["AttachableResponse"][0]["Attachable"]
    found = one_file(qbo)

    assert list(expected) == list(found)
    assert list(expected["AttachableRef"][0]) == list(found["AttachableRef"][0])
    ref = {**expected["AttachableRef"][0]["EntityRef"], "value": found["AttachableRef"][0]["EntityRef"]["value"]}
    assert ref == found["AttachableRef"][0]["EntityRef"]
    assert ("text/xml", 4, f"/v3/company/{qbo.realm_id}/download/{found['Id']}") == (
        found["ContentType"],
        found["Size"],
        found["FileAccessUri"],
    )
    assert len(expected["Id"]) == len(found["Id"])
    read = qbo.read("Attachable", found["Id"])
    assert list(recorded("qbo_api/read_attachable.json")["Attachable"]) == list(read)


def test_a_file_is_fetched_by_its_link_for_a_quarter_of_an_hour(qbo: Books) -> None:
    found = one_file(qbo, ODD)
    link = found["TempDownloadUri"].removeprefix(qbo.url)

    assert (len(ODD), ODD) == (found["Size"], qbo.send("GET", link).body)
    answer = qbo.call("GET", f"download/{found['Id']}", headers={"Accept": "*/*"})
    assert ODD == qbo.send("GET", answer.text.removeprefix(qbo.url)).body
    assert 403 == qbo.send("GET", link.replace("proof=", "proof=0")).status
    qbo.clock(advance=901)
    assert 403 == qbo.send("GET", link).status
    qbo.refresh()
    assert ["610"] == qbo.call("GET", "download/1").codes


def test_one_bad_file_is_told_with_200_as_recorded(qbo: Books, recorded) -> None:
    expected = recorded("qbo_api/upload_attachable_item_fault.json")
    made = qbo.create("JournalEntry", journal_entry("Dr 81 1", "Cr 35 1"))
    answer = upload(
        qbo,
        part("file_metadata_01", metadata("Estimate", "75"), "application/json"),
        part("file_content_01", b"x", "text/plain", "a.txt"),
        part("file_metadata_02", metadata("JournalEntry", made["Id"]), "application/json"),
        part("file_content_02", b"yy", "text/plain", "b.txt"),
    )
    first, second = answer.document["AttachableResponse"]

    assert (200, list(expected)) == (answer.status, list(answer.document))
    assert expected["AttachableResponse"][0] == first
    assert ("b.txt", "text/plain", 2) == tuple(
        second["Attachable"][name] for name in ("FileName", "ContentType", "Size")
    )


def test_a_deleted_file_leaves_a_stub_and_needs_no_token_as_recorded(qbo: Books, recorded) -> None:
    found = one_file(qbo)
    answer = qbo.call("POST", "attachable", {"Id": found["Id"]}, operation="delete")

    expected = {**recorded("qbo_api/delete_attachable.json")["Attachable"], "Id": found["Id"]}
    assert expected == answer.document["Attachable"]
    assert ["610"] == qbo.call("GET", f"attachable/{found['Id']}").codes


def test_a_note_is_attached_found_and_changed(qbo: Books) -> None:
    made = qbo.create("JournalEntry", journal_entry("Dr 81 1", "Cr 35 1"))
    ref = {"EntityRef": {"type": "JournalEntry", "value": made["Id"]}}
    found = qbo.create("Attachable", {"Note": "see the receipt", "AttachableRef": [ref]})
    where = f"AttachableRef.EntityRef.Type = 'journalentry' and AttachableRef.EntityRef.value = '{made['Id']}'"

    assert [found] == qbo.query(f"select * from Attachable where {where}")
    assert [] == qbo.query("select * from Attachable where AttachableRef.EntityRef.Type = 'Bill'")
    changed = qbo.update("Attachable", {**found, "Note": "seen"})
    assert ("seen", "1") == (changed["Note"], changed["SyncToken"])
    assert {"TempDownloadUri", "Size"}.isdisjoint(changed)
    kept = one_file(qbo)
    assert 4 == qbo.update("Attachable", {**kept, "Note": "with a note"})["Size"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "2020"),
        ({"Note": "x" * 2001}, "2050"),
        ({"Note": "x", "AttachableRef": [{"EntityRef": {"type": "Bill", "value": "9999"}}]}, "6000"),
        ({"Note": "x", "AttachableRef": [{}]}, "2020"),
    ],
)
def test_a_note_that_makes_no_sense_is_refused(qbo: Books, body: dict[str, Any], code: str) -> None:
    assert [code] == qbo.call("POST", "attachable", body).codes


def test_an_upload_that_makes_no_sense_is_refused(qbo: Books) -> None:
    about = part("file_metadata_01", b"{", "application/json")
    assert "2010" == upload(qbo, about).document["AttachableResponse"][0]["Fault"]["Error"][0]["code"]
    alone = part("file_metadata_01", b"{}", "application/json")
    assert "2020" == upload(qbo, alone).document["AttachableResponse"][0]["Fault"]["Error"][0]["code"]
    assert ["2020"] == upload(qbo, part("other", b"x", "text/plain")).codes
    assert 415 == qbo.call("POST", "upload", {}).status
    qbo.options(subscription_status="EXPIRED")
    assert ["6190"] == upload(qbo, alone).codes


def test_files_survive_in_a_saved_state(qbo: Books) -> None:
    found = one_file(qbo, ODD)
    other = qbo.another("empty")
    other.control("PUT", "state", qbo.control("GET", "state"))
    link = other.read("Attachable", found["Id"])["TempDownloadUri"]

    assert ODD == other.send("GET", link.removeprefix(other.url)).body
    assert 404 == qbo.send("GET", f"/_emulator/files/1/{found['Id']}?until=1&proof=x").status
