"""The emulator's memory on disk: a log of what changed, line by line, read back at the next start.

Each committed write is one line, handed to the operating system before the client hears of it, so a killed
emulator has forgotten nothing it acknowledged. A last line cut short by a crash is ignored. Starting rewrites
the file as one full line per company.

    {"format", "client_id", "client_secret", "webhook_verifier"}     first
    {"realm", "template", "state", "tokens", "clock"}                a whole company
    {"realm", "put", "removed", "next_ids", …}                       what one write changed
    {"realm", "tokens", "clock", "options"}                          after a refresh or a control
"""

import threading
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qbo_emulator import guard, state, wire
from qbo_emulator.company import ANSWER
from qbo_emulator.realm import Realm

if TYPE_CHECKING:
    from qbo_emulator.emulator import Emulator

FORMAT = "qbo-emulator store 1"


class Store:
    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._written: dict[str, tuple[int, int]] = {}

    def attach(self, emulator: "Emulator") -> None:
        """Take over what the file holds, or begin it, and write down every change from now on."""
        self.emulator = emulator
        if self.path.exists() and self.path.stat().st_size:
            self._read()
        self._rewrite()
        self._file = self.path.open("ab")
        emulator.store = self
        for realm in emulator.realms.values():
            self._follow(realm)

    def whole(self, realm: Realm) -> None:
        """A company that is new or was replaced as a whole."""
        self._follow(realm)
        self._append(_whole(realm))

    def head(self, realm: Realm) -> None:
        """Tokens, clock and options: what changes beside the books."""
        self._append({"realm": realm.id, **_head(realm), "options": realm.company.options.document()})

    def close(self) -> None:
        with self._lock:
            self._file.close()

    def _follow(self, realm: Realm) -> None:
        company = realm.company
        company.touched = {}
        self._written[realm.id] = (len(company.changes), len(company.gone))
        realm.keep = lambda: self._keep(realm)

    def _keep(self, realm: Realm) -> None:
        """What changed since the last line. Called under the company's lock, before the answer goes out."""
        company = realm.company
        changes, gone = self._written[realm.id]
        touched, company.touched = company.touched or {}, {}
        answers = [key for kind, key in touched if kind == ANSWER]
        objects = [key for key in touched if key[0] != ANSWER]
        found = [company.find(kind, identity) for kind, identity in objects]
        line = {
            "realm": realm.id,
            "put": [state.record_document(each) for each in found if each],
            "removed": [list(key) for key, each in zip(objects, found, strict=True) if each is None],
            "next_ids": company.next_ids,
            "changes": [state.dated(each) for each in company.changes[changes:]],
            "gone": [state.dated(each) for each in company.gone[gone:]],
            "requestids": {key: state.answer_document(company.requestids[key]) for key in answers},
        }
        self._written[realm.id] = (len(company.changes), len(company.gone))
        self._append(line)

    def _append(self, line: dict[str, Any]) -> None:
        text = wire.dump(state.exact(line)).encode() + b"\n"
        with self._lock:
            self._file.write(text)
            self._file.flush()

    def _rewrite(self) -> None:
        emulator = self.emulator
        first = {"format": FORMAT, "client_id": emulator.client_id, "client_secret": emulator.client_secret}
        lines = [
            {**first, "webhook_verifier": emulator.webhook_verifier},
            *map(_whole, emulator.realms.values()),
        ]
        fresh = self.path.with_name(self.path.name + ".new")
        fresh.write_text("".join(wire.dump(state.exact(line)) + "\n" for line in lines), encoding="utf-8")
        fresh.replace(self.path)

    def _read(self) -> None:
        lines = self.path.read_bytes().split(b"\n")
        first, *rest = [wire.load(line) for line in lines[:-1] if line]
        if first.get("format") != FORMAT:
            raise state.UnknownState(f"{self.path} is not a store: its format is not {FORMAT!r}")
        guard.refuse_real_client(first["client_id"])
        self.emulator.client_id, self.emulator.client_secret = first["client_id"], first["client_secret"]
        self.emulator.webhook_verifier = first["webhook_verifier"]
        self.emulator.realms.clear()
        for line in rest:
            self._apply(line)
        for realm in self.emulator.realms.values():
            realm.remember_start()

    def _apply(self, line: dict[str, Any]) -> None:
        realm = self.emulator.realms.get(line["realm"])
        if realm is None:
            realm = Realm(line["realm"], "empty", self.emulator.source, self.emulator.start)
            self.emulator.keep_realm(realm)
        if "state" in line:
            realm.template = line["template"]
            state.restore(realm.company, line["state"])
        if "put" in line:
            state.advance(realm.company, line)
        if "tokens" in line:
            realm.tokens.restore(line["tokens"])
            realm.access_token, realm.refresh_token = realm.tokens.newest()
            _set_clock(realm, line["clock"])
        if "options" in line:
            realm.company.options = realm.company.options.changed(state.ordinary(line["options"]))


def _whole(realm: Realm) -> dict[str, Any]:
    found = {"realm": realm.id, "template": realm.template, "state": state.document(realm.company)}
    return {**found, **_head(realm)}


def _head(realm: Realm) -> dict[str, Any]:
    clock = realm.clock
    frozen = clock.now().isoformat() if clock.frozen else None
    return {
        "tokens": realm.tokens.document(),
        "clock": {"ahead": str(clock.ahead.total_seconds()), "frozen": frozen},
    }


def _set_clock(realm: Realm, saved: dict[str, Any]) -> None:
    realm.clock.run_ahead(float(saved["ahead"]))
    if saved["frozen"]:
        realm.clock.set(datetime.fromisoformat(saved["frozen"]))
        realm.clock.freeze(True)
