"""Clusters that a test may treat roughly, apart from the one that the test run itself stands on."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.database.clusters import cluster_in
from tieout.database.cluster import Cluster


@contextmanager
def new_home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="tieout-home-"))
    folder.chmod(0o711)
    yield folder
    cluster = cluster_in(folder)
    cluster.stop()
    shutil.rmtree(cluster.place, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def home() -> Iterator[Path]:
    """A data folder that the server's user can come to, removed with its cluster.

    Not pytest's `tmp_path`: as root that lies under a private folder, which is a case of its own.
    """
    with new_home() as folder:
        yield folder


@pytest.fixture(scope="session")
def original() -> Iterator[Cluster]:
    """A cluster that was started and stopped once; copying it is five times faster than making another."""
    with new_home() as folder:
        cluster = cluster_in(folder).start()
        cluster.stop()
        yield cluster


@pytest.fixture
def cluster(home: Path, original: Cluster) -> Cluster:
    """A durable cluster in `home`, started."""
    cluster = cluster_in(home)
    cluster.prepare()
    for part in ("data", "roles"):
        subprocess.run(["cp", "-a", original.place / part, cluster.place / part], check=True)
    return cluster.start()
