"""The emulator's own tests. Each names the line of the fidelity checklist it holds to, as `test_053_…`.

Lines that were recorded from the real service are compared with the recording. The recordings are other people's and
not part of this project: they lie beside it, and where they are absent those tests are skipped and say so.
"""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from qbo_emulator.testing import qbo, qbo_server
from tests.emulator import checklist

__all__ = ["qbo", "qbo_server"]

RECORDINGS = Path(__file__).parents[2].parent / "shared" / "qbo-fixtures"


OUTCOMES: dict[int, set[str]] = {}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember how each line of the checklist did."""
    if "tests/emulator/" in report.nodeid and (report.when == "call" or report.outcome != "passed"):
        for n in checklist.numbers(report.nodeid.rpartition("::")[2]):
            OUTCOMES.setdefault(n, set()).add(report.outcome)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if OUTCOMES:
        terminalreporter.write_line(checklist.verdict(OUTCOMES))


@pytest.fixture
def recording() -> Callable[[str], str]:
    def read(name: str) -> str:
        path = RECORDINGS / name
        if not path.exists():
            pytest.skip(f"NOT COMPARED with the real service: the recording {path} is absent")
        return path.read_text(encoding="utf-8")

    return read


@pytest.fixture
def recorded(recording: Callable[[str], str]) -> Callable[[str], Any]:
    return lambda name: json.loads(recording(name), parse_float=Decimal)
