"""The one file that must work before anything is installed."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

DEV = Path(__file__).parents[2] / "dev.py"


def test_an_old_python_comes_as_far_as_being_told_that_it_is_too_old() -> None:
    """Its grammar must be that of 3.6, and no annotation may be evaluated that 3.6 does not know."""
    tree = ast.parse(DEV.read_text(), feature_version=(3, 6))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    annotations = [
        annotation
        for function in functions
        for annotation in (function.returns, *(argument.annotation for argument in function.args.args))
    ]

    assert [] == [ast.unparse(found) for found in annotations if isinstance(found, ast.Subscript)]


@pytest.mark.parametrize(
    ("arguments", "code"), [(["no-such-command"], 2), ([], 0), (["--help"], 0), (["check", "this"], 2)]
)
def test_exit_codes_are_real_and_only_help_that_was_asked_for_is_on_standard_output(
    arguments: list[str], code: int
) -> None:
    done = subprocess.run([sys.executable, DEV, *arguments], capture_output=True, text=True, check=False)

    assert code == done.returncode
    assert (code == 0) == bool(done.stdout)
