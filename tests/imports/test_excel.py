"""Workbooks: a sheet a kind, and those that are not what they seem."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from tieout import imports
from tieout.access import company
from tieout.access.acting import Acting
from tieout.catalog.models import Bom, BomLine, Item
from tieout.imports import Given, Report

Sheets = dict[str, list[list[object]]]
CATALOG: Sheets = {
    "Items": [
        ["SKU", "Name", "Kind", "Unit"],
        [1001, "=1+1", "raw", "kg"],
        ["POT", "Pot", "finished", "kg"],
    ],
    "boms": [
        ["sku", "version", "effective from", "component", "quantity", "by-product"],
        ["POT", 1, datetime(2024, 1, 31), 1001, 0.1 + 0.2, False],  # noqa: DTZ001 -- as a spreadsheet holds it
    ],
    "Units": [["unit"], ["kg"]],
}


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[..., Path]:
    def write(sheets: Sheets, *, hidden: str = "", name: str = "book.xlsx") -> Path:
        path = tmp_path / name
        with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as book:
            day = book.add_format({"num_format": "dd/mm/yyyy"})
            for title, rows in sheets.items():
                sheet = book.add_worksheet(title)
                if title == hidden:
                    sheet.hide()
                for at, row in enumerate(rows):
                    for column, cell in enumerate(row):
                        sheet.write(at, column, cell, day if isinstance(cell, datetime) else None)
        return path

    return write


def run(by: Acting, path: Path) -> Report:
    return imports.run(by, [Given(str(path))])


def test_a_workbook_brings_a_kind_a_sheet(administrator: Acting, workbook: Callable[..., Path]) -> None:
    report = run(administrator, workbook({**CATALOG, "Notes": [["anything"]]}, hidden="Notes"))

    assert report.ok, str(report)
    with company.scope(administrator.company):
        assert dict(Item.objects.values_list("sku", "name")) == {"1001": "=1+1", "POT": "Pot"}
        assert Bom.objects.get().effective_from == date(2024, 1, 31)
        assert str(BomLine.objects.get().quantity) == "0.300000"


def test_rows_are_those_that_the_spreadsheet_shows(administrator: Acting, workbook: Callable[..., Path]) -> None:
    report = run(administrator, workbook({"units": [[], ["unit", "decimals"], [], ["kg", "many"]]}))

    assert [str(problem)[:40] for problem in report.problems] == ["book.xlsx [units], row 4, column decimal"]


def test_a_sheet_that_is_no_kind_is_asked_about(administrator: Acting, workbook: Callable[..., Path]) -> None:
    report = run(administrator, workbook({"Sheet1": [["price list"]]}))

    assert "What is in book.xlsx [Sheet1]? Name it after its kind: units, items" in str(report)


def test_a_sheet_without_a_name_is_known_by_its_columns(administrator: Acting, workbook: Callable[..., Path]) -> None:
    report = run(administrator, workbook({"Units": [["unit"], ["kg"]], "Sheet1": CATALOG["Items"]}))

    assert report.ok, str(report)


def test_a_cell_in_the_farthest_corner_does_not_fill_the_memory(
    administrator: Acting, workbook: Callable[..., Path]
) -> None:
    path = workbook({"units": [["unit"]]})
    _replace(
        path, "xl/worksheets/sheet1.xml", b"</row>", b'</row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    )

    assert "a sheet of 1,048,576 rows and 16,384 columns" in str(run(administrator, path))


def test_a_bomb_is_refused_before_it_unfolds(tmp_path: Path, administrator: Acting) -> None:
    path = tmp_path / "units.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(1100):
                part.write(b" " * 1_000_000)

    assert path.stat().st_size < 2_000_000
    assert "unpacks to more than 1 GB" in str(run(administrator, path))


def test_an_external_entity_is_not_fetched(administrator: Acting, workbook: Callable[..., Path]) -> None:
    path = workbook({"units": [["unit"], ["kg"]]})
    _replace(
        path,
        "xl/sharedStrings.xml",
        b"<sst ",
        b'<!DOCTYPE sst [<!ENTITY x SYSTEM "file:///etc/hostname">]><sst ',
    )
    _replace(path, "xl/sharedStrings.xml", b"<t>kg</t>", b"<t>&x;</t>")
    hostname = Path("/etc/hostname").read_text().strip() if Path("/etc/hostname").exists() else "-"

    report = run(administrator, path)

    with company.scope(administrator.company):
        assert not Item.objects.exists()
    assert hostname not in str(report)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "old or an encrypted workbook"),
        (b"unit\nkg\n", "not a sound workbook"),
        (b"", "not a sound workbook"),
    ],
)
def test_a_file_that_is_no_workbook_is_refused(administrator: Acting, tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "units.xlsx"
    path.write_bytes(content)

    assert why in str(run(administrator, path))


def test_a_workbook_with_macros_is_refused(administrator: Acting, workbook: Callable[..., Path]) -> None:
    path = workbook({"units": [["unit"], ["kg"]]})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macro")

    assert "contains macros" in str(run(administrator, path))


def test_another_kind_of_zip_is_refused(administrator: Acting, tmp_path: Path) -> None:
    path = tmp_path / "units.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")

    assert "no workbook, whatever its name says" in str(run(administrator, path))


def _replace(path: Path, part: str, old: bytes, new: bytes) -> None:
    """Change a part of a workbook as nobody's spreadsheet would."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old in parts[part]
    parts[part] = parts[part].replace(old, new, 1)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
