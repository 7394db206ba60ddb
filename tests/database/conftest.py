"""Clusters that a test may treat roughly, apart from the one that the test run itself stands on."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.database.clusters import cluster_in

from tieout.database.cluster import Cluster


@pytest.fixture
def home() -> Iterator[Path]:
    """A data folder that the server's user can come to, removed with its cluster.

    Not pytest's `tmp_path`: as root that lies under a private folder, which is a case of its own.
    """
    folder = Path(tempfile.mkdtemp(prefix="tieout-home-"))
    folder.chmod(0o711)
    yield folder
    cluster = cluster_in(folder)
    cluster.stop()
    shutil.rmtree(cluster.place, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def cluster(home: Path) -> Cluster:
    """A cluster in `home`, started."""
    return cluster_in(home).start()
