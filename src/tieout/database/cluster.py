"""Our own PostgreSQL: started where there is none, shared by all who need it, stopped by the last.

Three things make this hard, and each has decided something below. A process number proves nothing: after
`kill -9` it may name a zombie, after a restart of the machine another program, so the only proof of life is
an answer from the server (`pg_isready`), and a lock file naming anything but *this* cluster's postmaster is
removed. Several processes begin at once: everything that starts or stops happens under one file lock. And
nobody may be left to clean up: who uses the cluster holds a shared lock that the kernel drops when he dies,
so the last one out can tell that he is the last (`with Cluster(home):`).

Use it in one of two ways. `with Cluster(home) as cluster:` joins the users of the cluster and, if it was the
last to leave, stops the server; long-lived parents (demo, serve, the test run) and short commands both do
this. `start()` and `stop()` are for those who know better: `start` leaves the server running, `stop` stops it
whoever uses it.

Standard library only: the cluster starts before anything else can be relied on.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import quote, urlencode

from tieout.database import binaries, home, roles

#: A socket's whole path must fit into 107 bytes; PostgreSQL appends its name to the folder.
SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_LIMIT = 107

#: Where clusters of root live whose data folder the server's own user cannot come to.
ELSEWHERE = Path("/var/lib/tieout-elsewhere")

RETRY_SECONDS = 30.0
RECOVERY_SECONDS = 600.0
STOP_SECONDS = 60.0
LOG_BYTES_KEPT = 20_000_000

SETTINGS = {
    "listen_addresses": "''",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    # Tables that begin empty grow while plans made for a handful of rows are kept, those of foreign keys too; they
    # are made anew when a table has been counted again. Once a minute is too seldom for a young database.
    "autovacuum_naptime": "5s",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "log_line_prefix": "'%m [%p] %u@%d '",
    "logging_collector": "off",
}
DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
#: For tests only: the cluster is thrown away before the machine could lose it.
THROW_AWAY = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
}


class CannotStart(Exception):
    """PostgreSQL did not start; the message ends with what its log says."""


class Cluster:
    """The PostgreSQL in one data folder. Making this object touches nothing; its addresses are known."""

    def __init__(self, folder: Path, *, programs: Path | None = None, durable: bool = True) -> None:
        self.home = folder.absolute()
        self.durable = durable
        self._preferred_programs = programs
        self._joined: int | None = None

    # --- What callers do ------------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Make the folders, and nothing in them. `start` does this too."""
        home.ensure(self.home)
        private_mode = 0o700 if self.account.is_ours else 0o711
        self.place.mkdir(parents=True, exist_ok=True, mode=private_mode)
        if self.place.parent == ELSEWHERE:
            with suppress(FileExistsError):
                (self.home / "pg").symlink_to(self.place)

    def start(self) -> Self:
        """Answer queries when this returns, whoever started the server. It stays until it is stopped."""
        self.prepare()
        with self._lock():
            self._ensure_running()
        return self

    def stop(self) -> None:
        """Stop the server, whoever uses it; a cluster that is not running is already stopped."""
        if self.place.is_dir():
            with self._lock():
                self._stop()

    def __enter__(self) -> Self:
        self.prepare()
        with self._lock():
            self._joined = os.open(self.place / "users", os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._joined, fcntl.LOCK_SH)
            self._ensure_running()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._joined is not None
        with self._lock():
            with suppress(BlockingIOError):  # somebody else still uses it
                fcntl.flock(self._joined, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._stop()
            os.close(self._joined)
            self._joined = None

    def url(self, role: str = roles.APP, database: str = roles.DATABASE) -> str:
        """The address for one of `roles.OWNER`, `roles.APP` and `roles.SUPERUSER`.

        No password: who may enter the socket's folder is who may connect. The superuser is for CREATE
        DATABASE and for tests of tampering; the product never uses it.
        """
        where = urlencode({"host": str(self.socket_folder)})
        return f"postgresql://{quote(role)}@/{quote(database)}?{where}"

    def is_running(self) -> bool:
        """Whether the server answers; asks it, and believes nothing else."""
        if not (self.data / "PG_VERSION").exists():
            return False
        asked = [self.tool("pg_isready"), "-q", *self._address, "-t", "3"]
        return self._run(asked).returncode == 0

    def tool(self, name: str) -> Path:
        """One of PostgreSQL's own programs of the server's version, such as pg_dump."""
        return self._programs / name

    def sql(self, script: str, *, database: str = "postgres") -> None:
        """Run a script as superuser, through psql; the first error raises."""
        quiet = [self.tool("psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", *self._address]
        done = self._run([*quiet, "-U", roles.SUPERUSER, "-d", database, "-f", "-"], script)
        if done.returncode != 0:
            raise RuntimeError(f"{done.stderr.strip()}\nin: {script}")

    def copy_database(self, template: str, name: str) -> None:
        """A new database like `template`, which nobody may be using, with the roles' rights on it."""
        create = f'CREATE DATABASE "{name}" TEMPLATE "{template}" OWNER {roles.OWNER};'
        self.sql(f"{create}\n{roles.database_sql(name)}")

    def drop_database(self, name: str) -> None:
        """Drop it with its connections; dropping what is not there is no fault."""
        self.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE);')

    # --- Where things are -----------------------------------------------------------------------------------

    @cached_property
    def account(self) -> binaries.Account:
        return binaries.server_account(self.home / "pg" / "data")

    @cached_property
    def place(self) -> Path:
        """`pg` in the data folder, unless the server's own user cannot come there.

        That happens only as root, with a data folder under a private one. The private one stays private; the
        cluster goes to a public place under a name derived from the folder's, and `pg` becomes a link to it.
        """
        if self.account.is_ours or binaries.passable(self.home, self.account):
            return self.home / "pg"
        return ELSEWHERE / _short_hash(self.home)

    @property
    def data(self) -> Path:
        return self.place / "data"

    @property
    def log(self) -> Path:
        return self.place / "server.log"

    @cached_property
    def socket_folder(self) -> Path:
        """`run` beside the data if its path is short enough, else a private folder in /tmp."""
        beside = self.place / "run"
        if len(os.fsencode(beside / SOCKET_NAME)) <= SOCKET_PATH_LIMIT:
            return beside
        return Path("/tmp") / f"tieout-{os.geteuid()}-{_short_hash(self.place)}"

    @cached_property
    def _programs(self) -> Path:
        return binaries.readable(binaries.find(self._preferred_programs), self.account)

    @cached_property
    def _environment(self) -> dict[str, str]:
        """What PostgreSQL's programs need of ours; nothing that redirects them (PGHOST, PGOPTIONS …)."""
        return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC", "HOME": "/"}

    # --- Starting -------------------------------------------------------------------------------------------

    @contextmanager
    def _lock(self) -> Iterator[None]:
        descriptor = os.open(self.place / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _ensure_running(self) -> None:
        if not self.is_running():
            self._initialise()
            self._configure()
            self._private_folder(self.socket_folder)
            self._run_server()
        self._create_roles()

    def _initialise(self) -> None:
        """Make the cluster aside and move it into place whole: a killed `initdb` leaves no half of one."""
        if (self.data / "PG_VERSION").exists():
            return
        unfinished = self.place / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        self._private_folder(unfinished)
        collation = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if binaries.version(self._programs) < 17:
            collation = ["--locale=C.UTF-8"]
        options = ["-U", roles.SUPERUSER, "-A", "trust", "-E", "UTF8", "-k", "--no-instructions", *collation]
        if not self.durable:
            options.append("--no-sync")
        done = self._run_as_server([self.tool("initdb"), "-D", unfinished, *options])
        if done.returncode != 0:
            raise CannotStart(f"initdb failed: {done.stderr.strip() or done.stdout.strip()}")
        # Written as the server's user: root writes nothing in a folder that another user may rearrange.
        append = ["/bin/sh", "-c", 'echo "$1" >> "$2"', "sh", "include_dir = '../conf.d'"]
        self._run_as_server([*append, unfinished / "postgresql.conf"]).check_returncode()
        unfinished.rename(self.data)

    def _configure(self) -> None:
        """Our settings, in `conf.d`, written at each start because the folder may have been moved."""
        settings = {**SETTINGS, **(DURABLE if self.durable else THROW_AWAY)}
        settings["unix_socket_directories"] = _quoted(str(self.socket_folder))
        folder = self.place / "conf.d"
        folder.mkdir(exist_ok=True, mode=0o755)
        text = "".join(f"{name} = {value}\n" for name, value in settings.items())
        (folder / "tieout.conf").write_text(text)

    def _run_server(self) -> None:
        """Launch it until it answers: an old one that is still dying may make the first try end."""
        give_up = time.monotonic() + RETRY_SECONDS
        while True:
            process = self._postmaster() or self._launch()
            if self._answers(process):
                return
            if time.monotonic() > give_up:
                tail = self.log.read_text(errors="replace").splitlines()[-12:]
                raise CannotStart("\n".join([f"PostgreSQL in {self.data} did not start:", *tail]))
            time.sleep(0.2)

    def _answers(self, process: int) -> bool:
        """Wait while that process lives; recovery after a crash takes what it takes."""
        give_up = time.monotonic() + RECOVERY_SECONDS
        while time.monotonic() < give_up and _is_alive(process):
            if self.is_running():
                return True
            time.sleep(0.02)
        return False

    def _launch(self) -> int:
        """Start the postmaster as nobody's child, so that it outlives us and leaves no zombie to us."""
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES_KEPT:
            self.log.rename(self.log.with_suffix(".log.old"))
        for lock in (self.data / "postmaster.pid", self.socket_folder / f"{SOCKET_NAME}.lock"):
            self._forget_dead(lock)
        in_background = ["/bin/sh", "-c", '"$@" >&2 & echo $!', "sh"]
        with self.log.open("ab") as log:
            launched = self._run_as_server([*in_background, self.tool("postgres"), "-D", self.data], log)
        launched.check_returncode()
        return int(launched.stdout)

    def _forget_dead(self, lock: Path) -> None:
        """Remove a lock file whose process is not this cluster's postmaster.

        Should backends of a dead postmaster still be at work, PostgreSQL itself refuses to start over them:
        it finds their shared memory by the data folder, not by this file. We then try again until they are
        gone.
        """
        process = _first_number(lock)
        if process is not None and not self._is_our_postmaster(process):
            lock.unlink(missing_ok=True)

    def _postmaster(self) -> int | None:
        process = _first_number(self.data / "postmaster.pid")
        return process if process is not None and self._is_our_postmaster(process) else None

    def _is_our_postmaster(self, process: int) -> bool:
        """A living `postgres` whose working folder is our data: only ours has that."""
        if not _is_alive(process) or "postgres" not in _command(process):
            return False
        try:
            return Path(f"/proc/{process}/cwd").samefile(self.data)
        except PermissionError:
            return False  # another user's, so not ours
        except OSError:
            return not Path("/proc/self").exists()  # no /proc on macOS: the name must do

    def _create_roles(self) -> None:
        """Once for each version of the SQL; the note beside the data says which."""
        script = roles.server_sql(roles.DATABASE)
        note = self.place / "roles"
        if not note.exists() or note.read_text() != script:
            self.sql(script)
            note.write_text(script)

    # --- Stopping -------------------------------------------------------------------------------------------

    def _stop(self) -> None:
        """Fast shutdown: sessions end, everything is written. A server that hangs is stopped at once."""
        process = self._postmaster()
        if process is None:
            return
        for how in (signal.SIGINT, signal.SIGQUIT):
            with suppress(ProcessLookupError):
                os.kill(process, how)
            give_up = time.monotonic() + STOP_SECONDS
            while _is_alive(process) and time.monotonic() < give_up:
                time.sleep(0.01)
        with suppress(OSError):
            self.socket_folder.rmdir()

    # --- Programs, and files of the server's user -----------------------------------------------------------

    @property
    def _address(self) -> list[str | Path]:
        return ["-h", self.socket_folder, "-p", "5432"]

    def _run(self, command: Sequence[str | Path], script: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, input=script, text=True, capture_output=True, check=False, cwd="/", env=self._environment
        )

    def _run_as_server(
        self, command: Sequence[str | Path], errors: IO[bytes] | int = subprocess.PIPE
    ) -> subprocess.CompletedProcess[str]:
        """Run a program as the server's user, without root's groups, in a session of its own."""
        ours = self.account.is_ours
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            check=False,
            cwd="/",
            env=self._environment,
            start_new_session=True,
            user=None if ours else self.account.uid,
            group=None if ours else self.account.gid,
            extra_groups=None if ours else [],
        )

    def _give(self, path: Path) -> None:
        if not self.account.is_ours:
            os.chown(path, self.account.uid, self.account.gid)

    def _private_folder(self, path: Path) -> None:
        """A folder for the server's user and nobody else. One that is there must already be exactly that."""
        try:
            path.mkdir(mode=0o700)
            self._give(path)
        except FileExistsError:
            found = path.lstat()
            if not path.is_dir() or path.is_symlink() or found.st_uid != self.account.uid or found.st_mode & 0o077:
                raise CannotStart(f"{path} is not a private folder of uid {self.account.uid}") from None


def _short_hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def _quoted(text: str) -> str:
    doubled = text.replace("'", "''")
    return f"'{doubled}'"


def _first_number(path: Path) -> int | None:
    """The process number on a lock file's first line."""
    try:
        return abs(int(path.read_text().splitlines()[0]))
    except (OSError, ValueError, IndexError):
        return None


def _is_alive(process: int) -> bool:
    """Running, and not a zombie that nobody has reaped yet."""
    try:
        status = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return not Path("/proc/self").exists() and bool(_ps(process, "stat")) and "Z" not in _ps(process, "stat")
    return status.rpartition(")")[2].split()[0] not in ("Z", "X")


def _command(process: int) -> str:
    try:
        return Path(f"/proc/{process}/comm").read_text().strip()
    except OSError:
        return "" if Path("/proc/self").exists() else _ps(process, "comm")


def _ps(process: int, column: str) -> str:
    """What `ps` knows, for systems without /proc."""
    asked = ["ps", "-o", f"{column}=", "-p", str(process)]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
