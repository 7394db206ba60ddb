"""The emulated QuickBooks of a run of stories: one process, one company for each story, stopped with the run."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx2

from tieout.core.refusals import Refusal

STOP_SECONDS = 10.0


class NoEmulator(Refusal):
    """The emulator did not start, or did not do what it was asked for."""

    code = "no_emulator"


@dataclass(frozen=True, slots=True)
class Books:
    """How one emulated company is reached."""

    url: str
    realm: str
    client_id: str
    client_secret: str
    access_token: str
    refresh_token: str


@dataclass(slots=True)
class Emulator:
    """The running process, and the company that further ones are copied from."""

    client: httpx2.Client
    introduction: dict[str, str]
    folder: Path
    template: str = "empty"

    @property
    def has_template(self) -> bool:
        return self.template != "empty"

    def apart(self) -> Emulator:
        """The same emulator over a connection of its own, for a process of its own."""
        return replace(self, client=_client(self.introduction["url"]))

    @property
    def first(self) -> Books:
        return self._books(self.introduction)

    def another(self) -> Books:
        """A new company, as `keep_as_template` left the first one, or empty."""
        added = self._ask("POST", "companies", {"company": self.template})
        return self._books({**self.introduction, **added})

    def keep_as_template(self) -> None:
        """Companies made from now on begin with what the first one holds: a chart of accounts that is set up."""
        state = self._ask("GET", "state")
        kept = self.folder / "books.json"
        kept.write_text(json.dumps(state))
        self.template = str(kept)

    def set_option(self, realm: str, **wanted: str) -> None:
        """How QuickBooks keeps one company."""
        self._ask("PUT", f"options?realm={realm}", wanted)

    def can(self, entity: str) -> bool:
        """Whether it knows this kind of document yet."""
        query = {"query": f"select count(*) from {entity}"}
        where = f"/v3/company/{self.introduction['realm_id']}/query"
        token = {"Authorization": f"Bearer {self.introduction['access_token']}", "Accept": "application/json"}
        return self.client.get(where, params=query, headers=token).status_code == 200

    def _books(self, said: dict[str, str]) -> Books:
        return Books(
            self.introduction["url"],
            said["realm_id"],
            said["client_id"],
            said["client_secret"],
            said["access_token"],
            said["refresh_token"],
        )

    def _ask(self, method: str, name: str, body: Any = None) -> dict[str, Any]:
        answer = self.client.request(method, f"/_emulator/{name}", json=body)
        if answer.status_code != 200:
            raise NoEmulator(f"The emulator did not answer {method} {name}: {answer.status_code} {answer.text[:200]}")
        found: dict[str, Any] = answer.json()
        return found


@contextmanager
def started(folder: Path) -> Iterator[Emulator]:
    """An emulator on a free port, in a session of its own: Ctrl-C reaches us, and we stop it."""
    command = [sys.executable, "-m", "qbo_emulator", "serve", "--port", "0", "--company", "empty"]
    with (folder / "emulator.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, start_new_session=True)
    try:
        assert process.stdout is not None
        first = process.stdout.readline()
        if not first:
            said = (folder / "emulator.log").read_text(errors="replace").strip()
            raise NoEmulator(f"The QuickBooks emulator did not start: {said[-500:] or 'it said nothing'}")
        introduction = json.loads(first)
        with _client(introduction["url"]) as client:
            yield Emulator(client, introduction, folder)
    finally:
        _stop(process)


def _client(url: str) -> httpx2.Client:
    return httpx2.Client(base_url=url, trust_env=False, timeout=60)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()
