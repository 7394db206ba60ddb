"""Stopped clusters with a migrated database, kept by what they were made from, so that a second run starts at
once.

A wrong hit would test yesterday's tables. So the key takes in every migration, every module of ours that a
migration imports (and what those import), every SQL file, the settings, the lock and PostgreSQL's version.
"""

from __future__ import annotations

import ast
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import tieout
from tieout.database.cluster import Cluster

KEPT = 4
PARTS = ("data", "roles")


def key(cluster: Cluster) -> str:
    digest = hashlib.sha256()
    said = subprocess.run([cluster.tool("postgres"), "--version"], capture_output=True, check=True).stdout
    digest.update(said)
    for file in _sources():
        digest.update(str(file).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:24]


def load(key: str, cluster: Cluster) -> bool:
    """Put the kept cluster in place of one not yet made; says whether there was one."""
    kept = _folder() / key
    if not kept.is_dir():
        return False
    cluster.prepare()
    for part in PARTS:
        copied = subprocess.run(["cp", "-a", kept / part, cluster.place / part], capture_output=True, check=False)
        if copied.returncode != 0:  # removed meanwhile by another run
            shutil.rmtree(cluster.data, ignore_errors=True)
            return False
    os.utime(kept)
    return True


def save(key: str, cluster: Cluster) -> None:
    """Keep a copy of the stopped cluster. A cache that cannot be written is only slow."""
    with suppress(OSError, subprocess.CalledProcessError):
        _folder().mkdir(parents=True, exist_ok=True, mode=0o700)
        partial = _folder() / f"{key}.{os.getpid()}"
        partial.mkdir(mode=0o700)
        for part in PARTS:
            subprocess.run(["cp", "-a", cluster.place / part, partial / part], capture_output=True, check=True)
        with suppress(OSError):  # another run was faster
            partial.rename(_folder() / key)
        shutil.rmtree(partial, ignore_errors=True)
        _prune()


def _prune() -> None:
    by_use = sorted(_folder().iterdir(), key=lambda kept: kept.stat().st_mtime, reverse=True)
    for old in by_use[KEPT:]:
        shutil.rmtree(old, ignore_errors=True)


def _folder() -> Path:
    if os.geteuid() == 0:
        return Path("/var/cache/tieout/test-templates")
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path.home() / ".cache") / "tieout" / "test-templates"


def _sources() -> list[Path]:
    package = Path(tieout.__file__).parent
    migrations = [file for file in sorted(package.rglob("*.py")) if file.parent.name == "migrations"]
    made_from = [*migrations, *sorted(_ours_behind(migrations)), package / "settings.py"]
    lock = package.parents[1] / "requirements.txt"
    ground = sorted((package / "database").glob("*.py"))
    return [*made_from, *ground, *sorted(package.rglob("*.sql")), *([lock] if lock.exists() else [])]


def _ours_behind(files: list[Path]) -> set[Path]:
    """The modules of the product that these files import, and what those import."""
    found: set[Path] = set()
    unread = list(files)
    while unread:
        new = {module for name in _imported(unread.pop()) for module in _files(name)} - found
        found |= new
        unread.extend(new)
    return found


def _imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _files(module: str) -> list[Path]:
    """The file of a module of ours; none for another's, or for a name that is no module."""
    source = Path(tieout.__file__).parents[1]
    place = source.joinpath(*module.split("."))
    return [
        file
        for file in (place.with_suffix(".py"), place / "__init__.py")
        if module.startswith("tieout.") and file.is_file()
    ]
