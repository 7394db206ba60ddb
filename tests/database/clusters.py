"""Making a cluster that a test may treat roughly."""

from __future__ import annotations

import os
from pathlib import Path

from tieout.database.cluster import Cluster


def cluster_in(home: Path) -> Cluster:
    """A durable cluster on the programs this pass tests (the environment names them in the second pass)."""
    programs = os.environ.get("TIEOUT_TEST_PG_BIN")
    return Cluster(home, programs=Path(programs) if programs else None)
