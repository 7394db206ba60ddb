"""`python3 dev.py reset`: stop the embedded database and remove the data folder."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from tieout.database import home
from tieout.database.cluster import Cluster


class NotOurs(Exception):
    """A folder without Tieout's mark is not removed."""


def reset(folder: Path) -> None:
    """Remove the folder and its cluster, wherever that lies."""
    if not (folder / home.MARK).exists():
        raise NotOurs(f"{folder} was not made by Tieout ({home.MARK} is missing); nothing was removed")
    cluster = Cluster(folder)
    cluster.stop()
    shutil.rmtree(cluster.place, ignore_errors=True)
    shutil.rmtree(folder)


def main(arguments: Sequence[str]) -> int:
    folder = home.path()
    if not folder.exists():
        print(f"{folder} does not exist; nothing to remove", file=sys.stderr)
        return 0
    if "--yes" not in arguments and not _agreed(folder):
        print("nothing was removed", file=sys.stderr)
        return 1
    try:
        reset(folder)
    except NotOurs as refusal:
        print(refusal, file=sys.stderr)
        return 1
    print(f"{folder} removed", file=sys.stderr)
    return 0


def _agreed(folder: Path) -> bool:
    print(f"Remove {folder} with its database and everything in it? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
