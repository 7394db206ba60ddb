"""`tieout verify` tells people and programs, and its exit code tells the shell."""

from __future__ import annotations

import argparse
import json

import pytest

from tests.close.conftest import Tamper
from tests.factory import Factory
from tieout.cli import verify


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    verify.arguments(parser)
    return verify.run(parser.parse_args(arguments))


@pytest.fixture
def worked(factory: Factory) -> Factory:
    factory.work()
    return factory


def test_a_sound_ledger_exits_0_and_names_each_invariant(worked: Factory, capsys: pytest.CaptureFixture[str]) -> None:
    code = run("--replay")

    lines = capsys.readouterr().out.splitlines()
    assert 0 == code
    assert 10 == sum(line.startswith("ok") for line in lines)
    assert "Hearth and Hand Mills: all 10 hold." == lines[-1]


def test_a_broken_one_exits_1_and_json_has_the_row(
    worked: Factory, tamper: Tamper, capsys: pytest.CaptureFixture[str]
) -> None:
    tamper("update stock_balance set value = value + 1 where id = 1")

    code = run("--json", "--only", "2", "3")

    told = json.loads(capsys.readouterr().out)
    second, third = told["invariants"]
    assert (1, False, False, True) == (code, told["ok"], second["ok"], third["ok"])
    assert {"number", "title", "ok", "checked", "findings", "listed"} == second.keys()
    assert [("stock_balance", "1")] == [(one["table"], one["row"]) for one in second["findings"]]
