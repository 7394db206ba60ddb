"""`tieout demo`: database, emulator, worker, pages and a food maker's three months, under one parent.

The pages come first, and the history fills in behind them. A demo that is there already is served as it is; one
whose making was interrupted is made anew. It shares the data folder with nothing else: a folder that holds a
company of yours is left alone.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import IO, TYPE_CHECKING

from django.db import DatabaseError

from tieout.cli import ports
from tieout.cli.children import Children, Stopped, python, stop_on_signals, wait_until
from tieout.cli.progress import Progress
from tieout.core.refusals import Refusal
from tieout.database import home

if TYPE_CHECKING:
    from tieout.demo.summary import Summary

OWN_DATABASE = True

EMULATOR_PORT = 8766
NEEDED_MB, LEAST_FREE_MB = 400, 50
SEED = 7
"""Makes the emulator's ids and tokens the same each time."""


class CannotDemo(Refusal):
    """Something in the way of the demo."""

    code = "cannot_demo"


def arguments(parser: argparse.ArgumentParser) -> None:
    from tieout.cli.serve import PORT

    parser.add_argument("--no-serve", action="store_true", help="end after the summary")
    parser.add_argument("--fresh", action="store_true", help="make it anew, whatever is there")
    parser.add_argument("--port", type=int, default=PORT, help=f"of the pages: {PORT}, or another if that is taken")
    parser.add_argument("--days", type=int, help="only the first working days of the three months")


def run(options: argparse.Namespace) -> int:
    stop_on_signals()
    folder = home.path() / "demo"
    try:
        home.ensure(home.path())
        _refuse_full_disk(home.path())
        folder.mkdir(mode=0o700, exist_ok=True)
        with _alone(folder) as note:
            return Demo(options, folder, note).run()
    except Stopped as stopped:
        print("Stopped.", file=sys.stderr)
        return stopped.exit_code
    except OSError as error:
        raise _cannot_use(str(error.filename or folder), error.strerror or str(error)) from error
    except DatabaseError as error:
        raise _cannot_use(str(folder.parent), f"PostgreSQL says “{str(error).strip()}”") from error


def _cannot_use(where: str, why: str) -> CannotDemo:
    with suppress(OSError):
        free = shutil.disk_usage(home.path()).free >> 20
        if free < LEAST_FREE_MB:
            why = f"{free} MB are free on that disk, and what does not fit ends in: {why}"
    return CannotDemo(
        f"The demo cannot use {where}: {why}. Make room or give permission there, or choose another folder: "
        "TIEOUT_HOME=… tieout demo"
    )


def _refuse_full_disk(folder: Path) -> None:
    """Rather before than in the middle: a database on a full disk stops."""
    free = shutil.disk_usage(folder).free >> 20
    if free < NEEDED_MB and not (folder / "demo" / "made.json").exists():
        raise CannotDemo(
            f"The demo takes up to {NEEDED_MB} MB, and {free} MB are free where {folder} is. Make room, or choose "
            "another folder: TIEOUT_HOME=… tieout demo"
        )


@contextmanager
def _alone(folder: Path) -> Iterator[IO[str]]:
    """One demo in a folder at a time; the file says where it serves."""
    descriptor = os.open(folder / "running", os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+") as note:
        try:
            fcntl.flock(note, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            where = note.read().strip() or "and has no address yet"
            raise CannotDemo(
                f"The demo is running already: {where}. Stop that one first, or use another folder: "
                "TIEOUT_HOME=… tieout demo"
            ) from None
        note.truncate(0)
        yield note


class Demo:
    """One run of the command."""

    def __init__(self, options: argparse.Namespace, folder: Path, note: IO[str]) -> None:
        self.options = options
        self.folder = folder
        self.note = note
        self.made = folder / "made.json"
        self._pages = f"http://{ports.HOST}:{options.port}/"
        """Where they are, or would be."""

    def run(self) -> int:
        from tieout.cli.main import database

        with ExitStack() as stack:
            stack.enter_context(database())
            company, is_new = self._company()
            children = stack.enter_context(Children(self.folder / "logs"))
            emulator = self._start_emulator(children)
            if not self.options.no_serve:
                self._start_pages(children, emulator)
            if is_new:
                self._make(children, company, emulator)
            else:
                self._connect(company, emulator)
            found = self._summarise(company)
            if self.options.no_serve:
                return 0 if found.is_right and not self._refused() else 1
            self._refused()
            self._hear(emulator)
            children.start("worker", python("-m", "tieout", "worker"))
            if found.traced:
                print(f"That COGS, drawn:      {self._pages}trace/{found.traced.shipment}")
            print(f"{self._where}\nCtrl-C stops everything.", flush=True)
            while True:
                children.check()
                time.sleep(0.5)

    # --- What is there ------------------------------------------------------------------------------------------

    def _company(self) -> tuple[int, bool]:
        """The demo's company, and whether it has yet to be made."""
        from tieout.access.models import Company
        from tieout.demo import founding

        every = list(Company.objects.order_by("id"))
        others = [one.name for one in every if not one.is_demo]
        if every and not others and not self.options.fresh and self._is_made(every[0].pk):
            return every[0].pk, False
        if others:
            raise CannotDemo(
                f"This data folder holds {', '.join(others)}, and the demo wants one of its own. Use another: "
                "TIEOUT_HOME=… tieout demo"
            )
        if every:
            self._clear()
        for left in (self.made, self._store):
            left.unlink(missing_ok=True)
        return founding.found().pk, True

    def _is_made(self, company: int) -> bool:
        try:
            said = json.loads(self.made.read_text())
        except (OSError, ValueError):
            return False
        wanted = self.options.days
        return bool(said["company"] == company and wanted in (None, said["days"]))

    def _clear(self) -> None:
        """An empty database in the place of one that holds nothing but a demo."""
        from django.db import connections

        from tieout.database import memory, roles, urls
        from tieout.database.cluster import Cluster
        from tieout.database.migrate import migrate

        if not urls.embedded():
            raise CannotDemo(
                "The database that TIEOUT_DATABASE_URL names holds a demo already. Empty it, or unset the variable."
            )
        print("Making the demo anew.", file=sys.stderr)
        connections.close_all()
        cluster = Cluster(home.path())
        cluster.drop_database(roles.DATABASE)
        cluster.sql(roles.server_sql(roles.DATABASE))
        memory.forget()
        migrate()

    # --- Processes ----------------------------------------------------------------------------------------------

    @property
    def _store(self) -> Path:
        return self.folder / "quickbooks.jsonl"

    def _start_emulator(self, children: Children) -> dict[str, str]:
        """On its usual port, or on any: also when somebody took that one a moment ago."""
        serve = ("-m", "qbo_emulator", "serve", "--company", "empty", "--store", str(self._store), "--seed", str(SEED))
        for port in (ports.free(EMULATOR_PORT, what="the emulator is"), 0):
            child = children.start("emulator", python(*serve, "--port", str(port)), speaks=True)
            assert child.stdout is not None
            if said := child.stdout.readline():
                introduction: dict[str, str] = json.loads(said)
                return introduction
            child.wait()
            if port:
                children.stop("emulator")
        children.check()
        raise AssertionError("an emulator that says nothing has ended")

    def _start_pages(self, children: Children, emulator: dict[str, str]) -> None:
        port = ports.free(self.options.port, what="the pages are")
        verifier = {"TIEOUT_QUICKBOOKS_VERIFIER": emulator["webhook_verifier"]}
        children.start("pages", python("-m", "tieout", "serve", "--port", str(port)), knows=verifier)
        wait_until(lambda: ports.answers(port), children=children, seconds=60, what="pages")
        books = f"{emulator['url']}/books"
        self._pages = f"http://{ports.HOST}:{port}/"
        self._where = f"Tieout:                {self._pages}\nQuickBooks (emulator): {books}"
        print(self._where, flush=True)
        self.note.seek(0)
        self.note.write(self._pages)
        self.note.flush()

    # --- Making and showing it ----------------------------------------------------------------------------------

    def _make(self, children: Children, company: int, emulator: dict[str, str]) -> None:
        from tieout.demo import making, reconciling
        from tieout.demo.office import END
        from tieout.ledger.tally import tally

        extent = making.Extent(self.options.days)
        with Progress(extent.count) as progress:
            crew, history = making.begin(company, emulator)
            desk = making.desk(crew, emulator)
            office = children.start("office", python("-m", "tieout.demo.office", str(company)))
            assert office.stdin is not None
            say = office.stdin

            def tell(word: str) -> None:
                children.check()
                say.write(f"{word}\n".encode())
                say.flush()

            def evening(on: date) -> None:
                desk.evening(on)
                tell(on.isoformat())

            def show(on: object, done: int, count: int) -> None:
                progress.history(str(on), done)
                progress.posting(tally(company))

            refused = making.live_through(crew, history, extent, evening=evening, show=show)
            progress.step("Freight billed a month late")
            desk.freight(extent.last)
            tell(END)
            while office.poll() is None:
                progress.posting(tally(company))
                time.sleep(0.5)
            progress.posting(tally(company))
            if office.returncode != 0:
                children.check()
            children.stop("office")
            progress.step("Both systems compared, twice")
            reconciling.meddle(company, emulator, extent.last.replace(day=1))
            reconciling.compare(desk.finance, extent.settled)
        said = [str(one) for one in (*refused, *desk.refused)]
        self.made.write_text(json.dumps({"company": company, "days": self.options.days, "refused": said}))

    def _connect(self, company: int, emulator: dict[str, str]) -> None:
        """The emulator may answer elsewhere than last time."""
        from tieout.demo import books
        from tieout.demo.doing import Crew

        books.connect(Crew.of(company), emulator)

    def _hear(self, emulator: dict[str, str]) -> None:
        """Only now: while the history is made, every entry of ours would be told of, and read again."""
        from tieout.demo import books

        books.announce(emulator, f"{self._pages}webhooks/quickbooks")

    def _summarise(self, company: int) -> Summary:
        from rich.console import Console

        from tieout.demo import making, summary
        from tieout.demo.company import NAME

        print("Reading QuickBooks' books, and proving the ledger.", file=sys.stderr, flush=True)
        days = json.loads(self.made.read_text())["days"]
        found = summary.gather(company, NAME, making.Extent(days))
        console = Console(width=None if sys.stdout.isatty() else 100, soft_wrap=True, highlight=False)
        summary.show(found, console, pages=self._pages)
        sys.stdout.flush()
        return found

    def _refused(self) -> int:
        """Say what of the plan was refused. It happens where people work on the pages while the history is made."""
        said = json.loads(self.made.read_text())["refused"]
        if said:
            print(f"{len(said)} acts of the planned history were refused; the first: {said[0]}", file=sys.stderr)
        return len(said)
