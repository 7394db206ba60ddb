"""`tieout import` on the command line."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import pytest

from tieout import imports
from tieout.access import company
from tieout.access.acting import Acting
from tieout.catalog.models import Unit
from tieout.cli import main


@pytest.fixture(autouse=True)
def this_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's own database is there already."""
    monkeypatch.setattr(main, "database", nullcontext)


def test_a_template_is_printed_as_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["import", "--template", "units"]) == 0
    assert capsys.readouterr().out == imports.TEMPLATES["units"].as_csv()
    assert main.main(["import", "--template", "invoices"]) == 1
    assert "no kind of file invoices" in capsys.readouterr().err


def test_files_are_imported_by_somebody(
    administrator: Acting, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sound, unsound = tmp_path / "units.csv", tmp_path / "more.csv"
    sound.write_text("unit\nkg\n")
    unsound.write_text("unit,decimals\nEA,many\n")

    assert main.main(["import", str(sound)]) == 2
    assert main.main(["import", "--by", "Ada", "--dry-run", str(sound)]) == 0
    assert main.main(["import", "--by", "Ada", "--kind", "units", str(unsound)]) == 1
    said = capsys.readouterr()
    assert "more.csv, row 2, column decimals: The number many is not a number" in said.err
    assert "1 finding; nothing was imported." in said.out
    assert main.main(["import", "--by", "Ada", str(tmp_path / "units.csv")]) == 0
    with company.scope(administrator.company):
        assert Unit.objects.count() == 1
