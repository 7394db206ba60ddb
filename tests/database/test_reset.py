"""`reset` removes what Tieout made, and nothing else."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from tieout.database import reset
from tieout.database.cluster import Cluster


def test_reset_stops_the_server_and_removes_the_folder(
    cluster: Cluster, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIEOUT_HOME", str(home))

    assert reset.main(["--yes"]) == 0
    assert not home.exists()
    assert not cluster.is_running()


def test_a_folder_without_our_mark_is_left_alone(home: Path) -> None:
    (home / "thesis.txt").touch()
    with pytest.raises(reset.NotOurs, match="was not made by Tieout"):
        reset.reset(home)

    assert (home / "thesis.txt").exists()


@pytest.mark.parametrize("answer", ["", "n\n", "\n", "maybe\n"])
def test_without_a_yes_nothing_is_removed(
    answer: str, cluster: Cluster, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIEOUT_HOME", str(home))
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))

    assert reset.main([]) == 1
    assert cluster.is_running()
