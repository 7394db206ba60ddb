"""One test run's PostgreSQL: a cluster in a temporary folder, thrown away at the end.

The folder is chosen by the process that the person started (under xdist, the controller) and handed to the
workers by environment, so all of them know the addresses before anything runs. The first test that needs a
database starts the cluster; a run of pure tests never does. Its template, the migrated database `tieout`, is
kept between runs in a cache, by what it was made from.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from tieout.database import roles
from tieout.database.cluster import Cluster
from tieout.testing import template_cache
from tieout.testing.snapshot import Snapshot

FOLDER = "TIEOUT_TEST_FOLDER"
PROGRAMS = "TIEOUT_TEST_PG_BIN"
PREFIX = "tieout-test-"
TEMPLATE = roles.DATABASE
ABANDONED_SECONDS = 60


@dataclass(frozen=True)
class TestDatabase:
    """A database of the test cluster, as each of the three roles sees it."""

    __test__ = False  # the name begins with Test, and pytest collects such classes

    name: str
    url: str
    owner_url: str
    superuser_url: str


class Run:
    """This process's part in the run. Nothing is started before `use`."""

    def __init__(self, folder: Path, *, is_first: bool) -> None:
        self.folder = folder
        programs = os.environ.get(PROGRAMS)
        self.cluster = Cluster(folder / "home", programs=Path(programs) if programs else None, durable=False)
        self.own = self.database(f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")
        self._is_first = is_first
        self._numbers = count(1)
        self._snapshot: Snapshot | None = None
        self._presence = _hold(folder / "presence", fcntl.LOCK_SH)

    @classmethod
    def begin(cls) -> Run:
        """Join the run of the controller if this is one of its workers, else begin one."""
        if "PYTEST_XDIST_WORKER" in os.environ and FOLDER in os.environ:
            return cls(Path(os.environ[FOLDER]), is_first=False)
        _remove_abandoned()
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        if os.geteuid() == 0:
            folder.chmod(0o711)  # made by us a line ago: PostgreSQL's own user must pass through
        os.environ[FOLDER] = str(folder)
        return cls(folder, is_first=True)

    def set_environment(self) -> None:
        """Point the settings at this process's own database, whatever address was set before."""
        os.environ.update(
            TIEOUT_HOME=str(self.folder / "home"),
            TIEOUT_DATABASE_URL=self.own.url,
            TIEOUT_OWNER_DATABASE_URL=self.own.owner_url,
            TIEOUT_SECRET_KEY="tests sign with this",
        )

    def database(self, name: str) -> TestDatabase:
        url = self.cluster.url
        return TestDatabase(name, url(roles.APP, name), url(roles.OWNER, name), url(roles.SUPERUSER, name))

    def use(self, migrate: Callable[..., object]) -> None:
        """Have the cluster running and this process's own database in it."""
        if self._snapshot is not None:
            return
        with _locked(self.folder / "template.lock"):
            if not (self.folder / "template").exists():
                self._make_template(migrate)
                (self.folder / "template").touch()
        self.cluster.__enter__()
        self.cluster.copy_database(TEMPLATE, self.own.name)
        self._snapshot = Snapshot(self.own.superuser_url)

    def restore(self) -> None:
        """This process's database as the migrations left it, with their rows and fresh sequences."""
        assert self._snapshot is not None, "restored before it was used"
        self._snapshot.restore()

    @contextmanager
    def fresh_database(self) -> Iterator[TestDatabase]:
        """Another copy of the template, dropped afterwards with whoever is still connected to it."""
        database = self.database(f"{self.own.name}_{next(self._numbers)}")
        self.cluster.copy_database(TEMPLATE, database.name)
        try:
            yield database
        finally:
            self.cluster.drop_database(database.name)

    def end(self) -> None:
        if self._snapshot is not None:
            self.cluster.__exit__(None, None, None)
        os.close(self._presence)
        if self._is_first:
            _remove(self.folder)

    def _make_template(self, migrate: Callable[..., object]) -> None:
        key = template_cache.key(self.cluster)
        if template_cache.load(key, self.cluster):
            return
        with self.cluster:
            migrate(owner_url=self.cluster.url(roles.OWNER, TEMPLATE))
        template_cache.save(key, self.cluster)


def _remove(folder: Path) -> None:
    cluster = Cluster(folder / "home", durable=False)
    cluster.stop()
    shutil.rmtree(cluster.place, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


def _remove_abandoned() -> None:
    """Runs that were killed leave a server behind; nobody holds their presence lock any more."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            found = folder.stat()
            if found.st_uid != os.geteuid() or time.time() - found.st_mtime < ABANDONED_SECONDS:
                continue
            presence = _hold(folder / "presence", fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:  # in use, or removed by another run just now
            continue
        _remove(folder)
        os.close(presence)


def _hold(path: Path, how: int) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, how)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    descriptor = _hold(path, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(descriptor)
