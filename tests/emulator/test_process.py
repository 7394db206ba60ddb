"""The command: its first line, its stop, its memory on disk, what it refuses."""

import json
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from qbo_emulator import guard
from qbo_emulator.cli import main
from qbo_emulator.emulator import Emulator
from qbo_emulator.testing import Books, bill, expense_line, invoice, journal_entry, running, settling, started

BODY = journal_entry("Dr 81 10.00", "Cr 35 10.00", DocNumber="RCV-1")


def test_the_first_line_says_all_a_client_needs() -> None:
    began = time.monotonic()
    with started() as process:
        took = time.monotonic() - began
        books = process.books
        expected = {
            "url",
            "realm_id",
            "client_id",
            "client_secret",
            "access_token",
            "refresh_token",
            "webhook_verifier",
        }

        assert expected == set(books.introduction)
        assert books.url.startswith("http://127.0.0.1:")
        assert 200 == books.call("GET", "preferences").status
        assert 200 == books.refresh().status
        assert took < 2, "half a second where the machine is idle"


def test_it_stops_within_a_second_even_when_a_client_hangs() -> None:
    with started() as process:
        process.books.fault("timeout", match={"operation": "read"})
        hanging = socket.create_connection(("127.0.0.1", int(process.books.url.rsplit(":", 1)[1])))
        head = f"GET /v3/company/{process.books.realm_id}/preferences HTTP/1.1\r\nHost: x\r\n\r\n"
        hanging.sendall(head.encode())
        time.sleep(0.2)
        began = time.monotonic()

        assert 0 == process.stop()
        assert time.monotonic() - began < 1
        hanging.close()


def test_it_listens_to_this_machine_only() -> None:
    with started() as process:
        port = int(process.books.url.rsplit(":", 1)[1])
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(("198.51.100.1", 9))
            address = probe.getsockname()[0]
        if address.startswith("127."):
            pytest.skip("this machine has no address but its own loopback")
        with pytest.raises(OSError, match="refused"):
            socket.create_connection((address, port), timeout=2)


def test_a_seed_makes_ids_and_tokens_repeatable() -> None:
    found = []
    for _ in range(2):
        with started("--seed", "7", "--clock", "2026-01-05T12:00:00-08:00") as process:
            introduction = {**process.books.introduction, "url": ""}
            found.append(introduction)
            assert process.books.clock()["at"].startswith("2026-01-05T20:00:")

    assert found[0] == found[1]


def test_171_a_killed_emulator_remembers_what_it_acknowledged(tmp_path: Path) -> None:
    path = str(tmp_path / "books")
    with started("--store", path) as process:
        books = process.books
        kept = [books.create("JournalEntry", {**BODY, "DocNumber": f"N{n}"}, requestid=f"r{n}") for n in range(3)]
        books.delete("JournalEntry", kept[1])
        books.outsider("edit", "JournalEntry", kept[2]["Id"], {"PrivateNote": "by hand"})
        books.close_books("2026-01-31")
        books.options(requestid_ttl=864000.5)
        books.clock(advance=2 * 86400)
        books.refresh()
        books.another("empty").create("Vendor", {"DisplayName": "Elsewhere"})
        trial, changes = books.trial_balance(), books.query("select * from JournalEntry")
        process.kill()
    with Path(path).open("a", encoding="utf-8") as torn:
        torn.write('{"realm":"1","pu')
    with started("--store", path) as process:
        again = process.books
        assert (books.realm_id, books.client_id) == (again.realm_id, again.client_id)
        again.access_token = books.access_token
        assert (trial, changes) == (again.trial_balance(), again.query("select * from JournalEntry"))
        replayed = again.call("POST", "journalentry", BODY, requestid="r0").document["JournalEntry"]
        assert kept[0] == replayed
        assert ["610"] == again.call("GET", f"journalentry/{kept[1]['Id']}").codes
        assert ["6210"] == again.call("POST", "journalentry", {**BODY, "TxnDate": "2026-01-01"}).codes
        assert int(again.create("JournalEntry", BODY)["Id"]) == int(kept[2]["Id"]) + 1
        assert 200 == again.refresh(books.refresh_token).status


def test_171_every_kind_of_transaction_survives_a_crash(tmp_path: Path) -> None:
    path = str(tmp_path / "books")
    kinds = ("Bill", "BillPayment", "Invoice", "Payment", "PurchaseOrder", "InventoryAdjustment", "Attachable", "Item")
    with started("--store", path) as process:
        books = process.books
        order = books.create("PurchaseOrder", bill("46", "#11 4 @ 10.00"))
        line = expense_line("#11 4 @ 10.00")
        line["LinkedTxn"] = [{"TxnId": order["Id"], "TxnType": "PurchaseOrder", "TxnLineId": "1"}]
        owed = books.create("Bill", {**bill("46"), "Line": [line]})
        way = {"PayType": "Check", "CheckPayment": {"BankAccountRef": {"value": "35"}}, "TotalAmt": 15}
        books.create("BillPayment", {**bill("46"), **way, "Line": [settling("Bill", owed["Id"], "15")]})
        sold = books.create("Invoice", invoice("1", "#11 1 @ 30.00"))
        received = books.create(
            "Payment", {"CustomerRef": {"value": "1"}, "TotalAmt": 30, "Line": [settling("Invoice", sold["Id"], "30")]}
        )
        items = {
            f"{name}AccountRef": {"value": value}
            for name, value in (("Income", "79"), ("Expense", "80"), ("Asset", "81"))
        }
        tracked = {
            "Type": "Inventory",
            "TrackQtyOnHand": True,
            "QtyOnHand": 3,
            "InvStartDate": "2026-01-01",
            "PurchaseCost": 2,
        }
        made = books.create("Item", {"Name": "Nozzle", **tracked, **items})
        books.update("Item", {**made, "QtyOnHand": 5})
        books.create(
            "Attachable", {"Note": "x", "AttachableRef": [{"EntityRef": {"type": "Bill", "value": owed["Id"]}}]}
        )
        books.batch(
            {"bId": "1", "operation": "create", "Account": {"Name": "GRNI", "AccountType": "Other Current Liability"}},
            {"bId": "2", "operation": "create", "JournalEntry": journal_entry("Dr 81 1", "Cr 91 1")},
            requestid="b1",
        )
        before = {kind: books.query(f"select * from {kind}") for kind in kinds}
        trial = books.trial_balance(start_date="2026-01-01", end_date="2026-12-31")
        process.kill()
    with started("--store", path) as process:
        again = process.books
        again.access_token = books.access_token
        assert before == {kind: again.query(f"select * from {kind}") for kind in kinds}
        assert trial == again.trial_balance(start_date="2026-01-01", end_date="2026-12-31")
        assert "Closed" == again.read("PurchaseOrder", order["Id"])["POStatus"]
        again.void("Payment", received)
        assert 30 == again.read("Invoice", sold["Id"])["Balance"], "links live on"
        assert ["610"] == again.call("POST", "bill", {"Id": "1", "SyncToken": "0"}, operation="delete").codes
        again.create("Invoice", invoice("1", "#11 1 @ 30.00"))
        assert 2 == again.read("Item", "11")["QtyOnHand"]


def test_171_nothing_is_kept_unless_asked(tmp_path: Path) -> None:
    with started() as process:
        process.books.create("JournalEntry", BODY)
        process.stop()

    assert [] == list(tmp_path.iterdir())


def test_a_saved_state_can_be_started_from(qbo: Books, tmp_path: Path) -> None:
    qbo.create("JournalEntry", BODY)
    answer = qbo.send("GET", "/_emulator/state")
    path = tmp_path / "saved.json"
    path.write_bytes(answer.body)
    with running(str(path)) as books:
        assert qbo.trial_balance() == books.trial_balance()
        books.create("JournalEntry", BODY)
        books.reset()
        assert qbo.trial_balance() == books.trial_balance(), "as started"


@pytest.mark.parametrize("name", ["https://quickbooks.api.intuit.com", "sandbox-quickbooks.api.intuit.com", "nowhere"])
def test_172_it_does_not_start_under_a_name_of_the_real_service(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert 2 == main(["serve", "--company", name])
    assert name in capsys.readouterr().err


def test_172_it_does_not_take_over_a_real_client(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "store"
    first = {"format": "qbo-emulator store 1", "client_id": "ABAbCdEfGh0123456789", "client_secret": "x"}
    path.write_text(json.dumps({**first, "webhook_verifier": "y"}) + "\n", encoding="utf-8")

    assert 2 == main(["serve", "--store", str(path)])
    assert "not a client id of the emulator" in capsys.readouterr().err
    assert Emulator().client_id.startswith(guard.OWN_CLIENT)


def test_172_it_does_not_answer_under_a_name_of_the_real_service(qbo: Books) -> None:
    for host in ("quickbooks.api.intuit.com", "oauth.platform.intuit.com:443"):
        assert 421 == qbo.call("GET", "preferences", headers={"Host": host}).status


def test_a_file_that_is_no_store_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "store"
    path.write_text('{"format":"mine"}\n', encoding="utf-8")

    assert 2 == main(["serve", "--store", str(path)])
    assert "is not a store" in capsys.readouterr().err


def test_the_clock_and_the_command_are_checked(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["serve", "--clock", "teatime"], ["dance"], []):
        with pytest.raises(SystemExit):
            main(arguments)
    assert "teatime" in capsys.readouterr().err


def test_the_module_runs_as_a_command() -> None:
    found = subprocess.run([sys.executable, "-m", "qbo_emulator", "--help"], capture_output=True, text=True, check=True)

    assert "qbo-emulator" in found.stdout
