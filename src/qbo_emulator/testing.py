"""For tests of anything that talks to QuickBooks: an emulator on a free port and a small client for it.

In a `conftest.py`: `from qbo_emulator.testing import qbo, qbo_server` (both names: the second serves the
first).

* `qbo` is a `Books` on the sample company, set back to its start before every test; one server a session.
* `running(company=…)` is a context manager for a server of your own inside this process.
* `started(company=…, store=…)` is one in a process of its own, which can be killed.
"""

import base64
import http.client
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast
from urllib.parse import quote, urlencode, urlsplit

import pytest

from qbo_emulator import state, wire
from qbo_emulator.drafts import (
    Document,
    bill,
    expense_line,
    invoice,
    journal_entry,
    journal_line,
    sales_line,
    settling,
)
from qbo_emulator.emulator import Emulator
from qbo_emulator.http.server import Server

__all__ = [
    "Answer",
    "Books",
    "Document",
    "Process",
    "Refused",
    "bill",
    "expense_line",
    "invoice",
    "journal_entry",
    "journal_line",
    "qbo",
    "qbo_server",
    "running",
    "sales_line",
    "settling",
    "started",
]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        return json.loads(self.body, parse_float=Decimal)

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def errors(self) -> list[Document]:
        """The errors of a Fault, in either envelope."""
        document = self.document
        fault = document.get("Fault") or document["fault"]
        return list(fault.get("Error") or fault["error"])

    @property
    def codes(self) -> list[str]:
        return [error["code"] for error in self.errors]


class Refused(AssertionError):
    """A call that had to succeed did not."""


class Connections:
    """One kept-alive connection for each thread, all closed together."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        self._host, self._port = address.hostname or "", address.port
        self._own = threading.local()
        self._all: list[http.client.HTTPConnection] = []

    def own(self) -> http.client.HTTPConnection:
        if not hasattr(self._own, "connection"):
            self._own.connection = http.client.HTTPConnection(self._host, self._port, timeout=150)
            self._all.append(self._own.connection)
        return cast(http.client.HTTPConnection, self._own.connection)

    def close(self) -> None:
        for each in self._all:
            each.close()


class Books:
    """One emulated company, seen from outside: the API with its tokens, and the controls."""

    def __init__(self, introduction: dict[str, str], connections: Connections | None = None) -> None:
        self.url = introduction["url"]
        self.realm_id = introduction["realm_id"]
        self.client_id = introduction["client_id"]
        self.client_secret = introduction["client_secret"]
        self.access_token = introduction["access_token"]
        self.refresh_token = introduction["refresh_token"]
        self.introduction = introduction
        self.connections = connections or Connections(self.url)

    # The API

    def call(
        self, method: str, path: str, body: Any = None, *, headers: dict[str, str] | None = None, **query: Any
    ) -> Answer:
        """Any request below `/v3/company/{realm}`, with the usual headers."""
        usual = {"Authorization": f"Bearer {self.access_token}", "Accept": "application/json"}
        if body is not None:
            usual["Content-Type"] = "application/json"
        where = f"/v3/company/{self.realm_id}/{path}"
        return self.send(method, _with_query(where, query), body, {**usual, **(headers or {})})

    def send(self, method: str, target: str, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
        """Any request at all. A document is sent as JSON, text and bytes as they are."""
        connection = self.connections.own()
        payload = body.encode() if isinstance(body, str) else body
        if payload is not None and not isinstance(payload, bytes):
            payload = wire.dump(state.exact(payload)).encode()
        try:
            connection.request(method, target, payload, headers or {})
            answer = connection.getresponse()
            return Answer(answer.status, dict(answer.getheaders()), answer.read())
        except (OSError, http.client.HTTPException):
            connection.close()
            raise

    def create(self, entity: str, body: Document, **query: Any) -> Document:
        return self._entity(entity, self.call("POST", entity.lower(), body, **query))

    update = create

    def read(self, entity: str, identity: str) -> Document:
        return self._entity(entity, self.call("GET", f"{entity.lower()}/{identity}"))

    def delete(self, entity: str, found: Document, **query: Any) -> Document:
        body = {"Id": found["Id"], "SyncToken": found["SyncToken"]}
        return self._entity(entity, self.call("POST", entity.lower(), body, operation="delete", **query))

    def void(self, entity: str, found: Document, **query: Any) -> Document:
        body = {"Id": found["Id"], "SyncToken": found["SyncToken"]}
        return self._entity(entity, self.call("POST", entity.lower(), body, operation="void", **query))

    def query(self, statement: str) -> list[Document]:
        """The rows found."""
        response = self._ok(self.call("GET", "query", query=statement)).document["QueryResponse"]
        return next((value for value in response.values() if isinstance(value, list)), [])

    def count(self, statement: str) -> int:
        return int(self._ok(self.call("GET", "query", query=statement)).document["QueryResponse"]["totalCount"])

    def report(self, name: str, **parameters: Any) -> Document:
        return cast(Document, self._ok(self.call("GET", f"reports/{name}", **parameters)).document)

    def trial_balance(self, **parameters: Any) -> dict[str, Decimal]:
        """Each account's full name with its balance, debits positive."""
        rows = self.report("TrialBalance", **parameters)["Rows"]["Row"]
        cells = [[each["value"] for each in row["ColData"]] for row in rows if "ColData" in row]
        return {name: Decimal(debit or 0) - Decimal(credit or 0) for name, debit, credit in cells}

    def refresh(self, token: str | None = None) -> Answer:
        """Refresh, and go on with the new access token if there is one."""
        form = urlencode({"grant_type": "refresh_token", "refresh_token": token or self.refresh_token})
        answer = self.send("POST", "/oauth2/v1/tokens/bearer", form, self._client_headers())
        if answer.status == 200:
            self.access_token = answer.document["access_token"]
            self.refresh_token = answer.document["refresh_token"]
        return answer

    def _client_headers(self) -> dict[str, str]:
        pair = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        return {"Authorization": f"Basic {pair}", "Content-Type": "application/x-www-form-urlencoded"}

    # The controls

    def control(self, method: str, name: str, body: Any = None, **query: Any) -> Any:
        target = _with_query(f"/_emulator/{name}", {"realm": self.realm_id, **query})
        return self._ok(self.send(method, target, body, {"Content-Type": "application/json"})).document

    def requests(self, since: int = 0) -> list[Document]:
        return cast(list[Document], self.control("GET", "requests", since=since))

    def fault(self, do: str, *, match: Document | None = None, **details: Any) -> None:
        """`fault("reset", match={"entity": "JournalEntry"}, commit=True)`: the next match meets it once."""
        self.control("POST", "faults", {"match": match or {}, "do": do, **details})

    def clear_faults(self) -> None:
        self.control("DELETE", "faults")

    def options(self, **wanted: Any) -> Document:
        return cast(Document, self.control("PUT", "options", wanted))

    def clock(self, **wanted: Any) -> Document:
        return cast(Document, self.control("POST", "clock", wanted))

    def outsider(
        self,
        act: str,
        entity: str,
        identity: str | None = None,
        changes: Document | None = None,
        *,
        user: str | None = None,
    ) -> Document:
        wanted = {"act": act, "entity": entity, "id": identity, "changes": changes or {}, "user": user}
        return cast(Document, self.control("POST", "outsider", wanted))

    def webhooks(self, url: str | None, **wanted: Any) -> Document:
        """Have changes announced to this address."""
        return cast(Document, self.control("POST", "webhooks", {"url": url, **wanted}))

    def batch(self, *items: Document, **query: Any) -> list[Document]:
        answer = self._ok(self.call("POST", "batch", {"BatchItemRequest": list(items)}, **query))
        return cast(list[Document], answer.document["BatchItemResponse"])

    def close_books(self, date: str | None) -> None:
        self.control("POST", "close-books", {"date": date})

    def reset(self) -> None:
        """As started, tokens included."""
        self.control("POST", "reset")
        self.access_token = self.introduction["access_token"]
        self.refresh_token = self.introduction["refresh_token"]

    def another(self, company: str = "empty") -> "Books":
        """A further company in the same server."""
        added = self.control("POST", "companies", {"company": company})
        return Books({**self.introduction, **added}, self.connections)

    def prefer(self, section: str, **wanted: Any) -> None:
        """Change preferences, as `prefer("AccountingInfoPrefs", ClassTrackingPerTxnLine=False)`."""
        found = self._ok(self.call("GET", "preferences")).document["Preferences"]
        changed = {"Id": "1", "SyncToken": found["SyncToken"], "sparse": True, section: wanted}
        self._ok(self.call("POST", "preferences", changed))

    def account(self, name: str) -> str:
        """The id of an account by its full name."""
        escaped = name.replace("'", "\\'")
        return str(self.query(f"select * from Account where FullyQualifiedName = '{escaped}'")[0]["Id"])

    def _entity(self, entity: str, answer: Answer) -> Document:
        document = self._ok(answer).document
        return next(value for key, value in document.items() if key.lower() == entity.lower())

    def _ok(self, answer: Answer) -> Answer:
        if answer.status != 200:
            raise Refused(f"HTTP {answer.status}: {answer.body.decode('utf-8', 'replace')}")
        return answer


def _with_query(target: str, query: dict[str, Any]) -> str:
    pairs = {key: value for key, value in query.items() if value is not None}
    return f"{target}?{urlencode(pairs, quote_via=quote)}" if pairs else target


@contextmanager
def running(company: str = "sandbox", **settings: Any) -> Iterator[Books]:
    """An emulator in this process."""
    emulator = Emulator(company, **settings)
    server = Server(emulator)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    books = Books(emulator.introduction())
    try:
        yield books
    finally:
        books.connections.close()
        server.stop()
        thread.join(5)


@dataclass
class Process:
    """An emulator in a process of its own."""

    books: Books
    popen: subprocess.Popen[bytes]

    def kill(self) -> None:
        """As a crash would: nothing is said goodbye to."""
        self.popen.kill()
        self.popen.wait()

    def stop(self) -> int:
        self.popen.send_signal(signal.SIGTERM)
        return self.popen.wait(5)


@contextmanager
def started(*arguments: str, company: str = "sandbox") -> Iterator[Process]:
    command: Sequence[str] = (sys.executable, "-m", "qbo_emulator", "serve", "--company", company, *arguments)
    path = os.pathsep.join(each for each in sys.path if each)
    popen = subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": path})
    assert popen.stdout is not None
    with popen.stdout:
        first = popen.stdout.readline()
        if not first:
            raise Refused(f"the emulator did not start: exit code {popen.wait()}")
        process = Process(Books(json.loads(first)), popen)
        try:
            yield process
        finally:
            process.books.connections.close()
            if popen.poll() is None:
                process.kill()


@pytest.fixture(scope="session")
def qbo_server() -> Iterator[Books]:
    with running() as books:
        yield books


@pytest.fixture
def qbo(qbo_server: Books) -> Books:
    qbo_server.reset()
    return qbo_server
