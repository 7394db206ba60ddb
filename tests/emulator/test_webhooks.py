"""Section I: webhooks, told to a small receiver in this process."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from qbo_emulator.testing import Books, Refused, bill, invoice, journal_entry, settling

QUICK = {"delay": 0.05}


@dataclass
class Receiver:
    """What came in, and how it answers."""

    url: str = ""
    status: int = 200
    hangs: bool = False
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def documents(self) -> list[Any]:
        return [json.loads(body) for _, body in self.got]

    @property
    def events(self) -> list[tuple[str, str, str]]:
        """Entity, id and operation, of both formats."""
        found = []
        for document in self.documents:
            if isinstance(document, dict):
                entities = document["eventNotifications"][0]["dataChangeEvent"]["entities"]
                found += [(each["name"], each["id"], each["operation"]) for each in entities]
            else:
                for each in document:
                    _, kind, act, _ = each["type"].split(".")
                    found.append((kind, each["intuitentityid"], act))
        return found


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()
    free = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            if found.hangs:
                free.wait(10)
            self.send_response(found.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    found.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield found
    free.set()
    server.shutdown()
    server.server_close()


def until(condition: Callable[[], bool], seconds: float = 5) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


def made(qbo: Books, number: str = "A") -> str:
    return str(qbo.create("JournalEntry", journal_entry("Dr 81 1", "Cr 35 1", DocNumber=number))["Id"])


def test_150_the_old_format_is_as_recorded_and_signed(qbo: Books, receiver: Receiver, recorded) -> None:
    expected = recorded("dotnet_sdk/webhook_legacy_eventNotifications.json")
    qbo.webhooks(receiver.url, format="legacy", **QUICK)
    identity = made(qbo)
    until(lambda: bool(receiver.got))
    headers, body = receiver.got[0]
    found = json.loads(body)
    entity = found["eventNotifications"][0]["dataChangeEvent"]["entities"][0]

    recorded_entity = expected["eventNotifications"][0]["dataChangeEvent"]["entities"][0]
    assert list(expected["eventNotifications"][0]) == list(found["eventNotifications"][0])
    assert list(recorded_entity) == list(entity)
    assert len(recorded_entity["lastUpdated"]) == len(entity["lastUpdated"])
    assert ("JournalEntry", identity, "Create") == (entity["name"], entity["id"], entity["operation"])
    assert qbo.realm_id == found["eventNotifications"][0]["realmId"]
    digest = hmac.new(qbo.introduction["webhook_verifier"].encode(), body, hashlib.sha256).digest()
    assert base64.b64encode(digest).decode() == headers["intuit-signature"]
    assert {"intuit-created-time", "intuit-t-id", "intuit-notification-schema-version"} <= set(headers)
    assert ("application/json; charset=utf-8", "intuit_notification_server/0.1") == (
        headers["content-type"],
        headers["user-agent"],
    )


def test_151_the_new_format_is_as_recorded(qbo: Books, receiver: Receiver, recorded) -> None:
    [expected] = recorded("dotnet_sdk/webhook_cloudevents_class_created.json")
    qbo.webhooks(receiver.url, format="cloudevents", **QUICK)
    identity = qbo.create("Class", {"Name": "Plant A"})["Id"]
    until(lambda: bool(receiver.got))
    [[found]] = receiver.documents

    assert set(expected) <= set(found)
    assert {"datacontenttype"} == set(found) - set(expected)
    assert (expected["specversion"], expected["type"]) == (found["specversion"], found["type"])
    assert (identity, qbo.realm_id) == (found["intuitentityid"], found["intuitaccountid"])
    assert len(expected["time"]) == len(found["time"])
    assert [len(expected[name]) for name in ("id", "source")] == [len(found[name]) for name in ("id", "source")]


@pytest.mark.parametrize(("at", "usual"), [("2026-07-31T12:00:00Z", "legacy"), ("2026-08-01T12:00:00Z", "cloudevents")])
def test_151_the_new_format_is_usual_after_the_cut_over(qbo: Books, receiver: Receiver, at: str, usual: str) -> None:
    qbo.clock(at=at)

    assert usual == qbo.webhooks(receiver.url)["format"]


def test_152_events_are_gathered(qbo: Books, receiver: Receiver) -> None:
    qbo.webhooks(receiver.url, format="legacy", delay=0.6)
    ids = [made(qbo, str(n)) for n in range(3)]
    until(lambda: bool(receiver.got))

    assert [("JournalEntry", identity, "Create") for identity in ids] == receiver.events
    assert 1 == len(receiver.got)


def test_152_notifications_can_come_twice(qbo: Books, receiver: Receiver) -> None:
    qbo.webhooks(receiver.url, duplicate=True, **QUICK)
    made(qbo)
    until(lambda: len(receiver.got) == 2)

    assert receiver.got[0][1] == receiver.got[1][1], "the very same, so that it can be known as a duplicate"


def test_152_notifications_can_come_out_of_order(qbo: Books, receiver: Receiver) -> None:
    qbo.webhooks(receiver.url, format="legacy", reorder=True, delay=0.5)
    ids = [made(qbo, str(n)) for n in range(3)]
    until(lambda: len(receiver.got) == 3)

    assert ids[::-1] == [identity for _, identity, _ in receiver.events]


def test_152_notifications_can_be_lost(qbo: Books, receiver: Receiver) -> None:
    qbo.webhooks(receiver.url, drop=True, **QUICK)
    made(qbo, "lost")
    until(lambda: qbo.control("GET", "webhooks")["pending"] == 0)
    qbo.webhooks(receiver.url, drop=0, format="legacy", **QUICK)
    identity = made(qbo, "told")
    until(lambda: bool(receiver.got))

    assert [("JournalEntry", identity, "Create")] == receiver.events


def test_152_a_failed_one_comes_again_after_20_30_and_50_minutes_and_then_no_more(
    qbo: Books, receiver: Receiver
) -> None:
    receiver.status = 503
    qbo.clock(freeze=True)
    qbo.webhooks(receiver.url, format="legacy", **QUICK)
    made(qbo)
    until(lambda: len(receiver.got) == 1)
    for n, minutes in enumerate((20, 30, 50), 2):
        until(lambda: qbo.control("GET", "webhooks")["pending"] == 1)
        qbo.clock(advance=minutes * 60 - 1)
        time.sleep(0.1)
        assert n - 1 == len(receiver.got), "not yet"
        qbo.clock(advance=1)
        until(lambda n=n: len(receiver.got) == n)  # type: ignore[misc]
    until(lambda: len(qbo.control("GET", "webhooks")["deliveries"]) == 4)
    status = qbo.control("GET", "webhooks")

    assert [(0, 503), (1, 503), (2, 503), (3, 503)] == [
        (each["attempt"], each["status"]) for each in status["deliveries"]
    ]
    assert (0, True) == (status["pending"], status["active"])
    assert 1 == len({body for _, body in receiver.got})


def test_152_an_endpoint_that_failed_for_a_day_is_left_alone(qbo: Books, receiver: Receiver) -> None:
    receiver.status = 500
    qbo.webhooks(receiver.url, **QUICK)
    made(qbo, "A")
    until(lambda: len(qbo.control("GET", "webhooks")["deliveries"]) == 1)
    qbo.clock(advance=86400)
    until(lambda: qbo.control("GET", "webhooks")["active"] is False)
    qbo.refresh()
    receiver.status = 200
    before = len(receiver.got)
    made(qbo, "B")
    time.sleep(0.2)

    assert before == len(receiver.got)
    qbo.webhooks(receiver.url, **QUICK)
    made(qbo, "C")
    until(lambda: len(receiver.got) > before)


def test_152_a_receiver_has_three_seconds(qbo: Books, receiver: Receiver) -> None:
    receiver.hangs = True
    began = time.monotonic()
    qbo.webhooks(receiver.url, **QUICK)
    made(qbo)
    until(lambda: bool(qbo.control("GET", "webhooks")["deliveries"]), seconds=8)

    assert 3 <= time.monotonic() - began < 6
    assert [None] == [each["status"] for each in qbo.control("GET", "webhooks")["deliveries"]]
    assert 1 == qbo.control("GET", "webhooks")["pending"], "it will come again"


@pytest.mark.parametrize("status", [302, 404])
def test_152_a_plain_no_is_no_reason_to_try_again(qbo: Books, receiver: Receiver, status: int) -> None:
    receiver.status = status
    qbo.webhooks(receiver.url, **QUICK)
    made(qbo)
    until(lambda: bool(qbo.control("GET", "webhooks")["deliveries"]))

    assert 0 == qbo.control("GET", "webhooks")["pending"]


def test_153_own_writes_and_those_of_others_are_told(qbo: Books, receiver: Receiver) -> None:
    qbo.webhooks(receiver.url, format="legacy", delay=0.8)
    owed = qbo.create("Bill", bill("46", "57 10.00"))
    way = {"PayType": "Check", "CheckPayment": {"BankAccountRef": {"value": "35"}}, "TotalAmt": 10}
    paid = qbo.create(
        "BillPayment", {**way, "VendorRef": {"value": "46"}, "Line": [settling("Bill", owed["Id"], "10")]}
    )
    sold = qbo.create("Invoice", invoice("1", "#1 1"))
    qbo.void("Invoice", sold)
    qbo.outsider("deactivate", "Vendor", "41")
    qbo.outsider("merge", "Vendor", "30", {"into": "31"})
    qbo.outsider("merge", "Account", "36", {"into": "35"})
    qbo.delete("BillPayment", paid)
    qbo.prefer("AccountingInfoPrefs", BookCloseDate="2020-01-31")
    qbo.batch({"bId": "1", "operation": "create", "Class": {"Name": "Z"}})
    until(lambda: bool(receiver.got))

    assert [
        ("Bill", owed["Id"], "Create"),
        ("BillPayment", paid["Id"], "Create"),
        ("Bill", owed["Id"], "Update"),
        ("Invoice", sold["Id"], "Create"),
        ("Invoice", sold["Id"], "Void"),
        ("Vendor", "41", "Update"),
        ("Vendor", "31", "Merge"),
        ("Account", "35", "Update"),
        ("BillPayment", paid["Id"], "Delete"),
        ("Bill", owed["Id"], "Update"),
        ("Preferences", "1", "Update"),
    ] == receiver.events[:-1]
    assert ("Class", "Create") == (receiver.events[-1][0], receiver.events[-1][2])
    merged = receiver.documents[0]["eventNotifications"][0]["dataChangeEvent"]["entities"][6]
    assert "30" == merged["deletedId"]


def test_153_the_quantity_of_an_item_is_no_event(qbo: Books, receiver: Receiver) -> None:
    qbo.webhooks(receiver.url, format="legacy", **QUICK)
    qbo.create("Bill", bill("46", "#11 8 @ 10.00"))
    until(lambda: bool(receiver.got))

    assert [("Bill", "Create")] == [(name, act) for name, _, act in receiver.events]


def test_153_a_replay_and_a_refusal_are_no_events(qbo: Books, receiver: Receiver) -> None:
    qbo.webhooks(receiver.url, format="legacy", delay=0.4)
    body = journal_entry("Dr 81 1", "Cr 35 1")
    for _ in range(2):
        qbo.call("POST", "journalentry", body, requestid="r1")
    qbo.call("POST", "journalentry", journal_entry("Dr 81 1", "Cr 35 2"))
    until(lambda: bool(receiver.got))

    assert 1 == len(receiver.events)


def test_a_reset_and_no_address_end_it(qbo: Books, receiver: Receiver) -> None:
    assert qbo.webhooks(receiver.url, **QUICK)["active"] is True
    assert qbo.webhooks(None)["active"] is False
    made(qbo)
    qbo.webhooks(receiver.url, **QUICK)
    qbo.reset()
    made(qbo)
    time.sleep(0.2)

    assert ([], None) == (receiver.got, qbo.control("GET", "webhooks")["url"])


@pytest.mark.parametrize(
    "wanted",
    [
        {"url": "https://quickbooks.api.intuit.com/hook"},
        {"url": "file:///etc/passwd"},
        {"format": "xml"},
        {"drop": 2},
        {"duplicate": "often"},
        {"delay": "long"},
        {"delay": -1},
    ],
)
def test_a_webhook_that_makes_no_sense_is_refused(qbo: Books, wanted: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="HTTP 400"):
        qbo.control("POST", "webhooks", {"url": "http://127.0.0.1:1/", **wanted})
