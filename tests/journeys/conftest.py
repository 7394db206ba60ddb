"""The demo as people start it: a process of its own, in a folder of its own, with its own database and emulator."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tieout.database.reset import reset

DAYS = "2"


@dataclass(frozen=True)
class Home:
    """A data folder, and the command with it as its own."""

    path: Path

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TIEOUT_")}
        return {**kept, "TIEOUT_HOME": str(self.path), "PYTHONUNBUFFERED": "1"}

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "tieout", *arguments],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, seconds: float = 180) -> subprocess.CompletedProcess[str]:
        with self.start(*arguments) as child:
            try:
                out, err = child.communicate(timeout=seconds)
            except subprocess.TimeoutExpired:
                child.terminate()
                raise
        return subprocess.CompletedProcess(child.args, child.returncode, out, err)


@pytest.fixture(scope="module")
def new_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Home]]:
    """Data folders, removed in the end with their servers, wherever those lie."""
    made: list[Path] = []

    def make(name: str) -> Home:
        folder = tmp_path_factory.mktemp(name) / "home"
        made.append(folder)
        return Home(folder)

    yield make
    for folder in made:
        if folder.exists():
            reset(folder)
