"""Excel workbooks: looked into before they are opened, then each sheet a table.

A workbook is a zip of XML. A few kilobytes of it can unfold to gigabytes, and two cells in opposite corners of
a sheet take as much memory as the whole sheet; so sizes are counted and the corners looked for first. Macros are
never run, and a file that has some is refused all the same: it is not what a list of items looks like.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from tieout.imports.problems import Unreadable
from tieout.imports.tables import MOST_COLUMNS, Row, Table

MOST_BYTES = 100 * 10**6
MOST_UNPACKED = 10**9
MOST_ENTRIES = 2000
MOST_CELLS = 10_000_000

_BLOCK = 1 << 20
_OVERLAP = 512
_PLACE = re.compile(rb"<(?:\w+:)?(?:c|row)\s[^>]{0,400}?\br\s*=\s*[\"']([A-Za-z]{0,8})([0-9]{1,12})")


@dataclass(slots=True)
class Sheet(Table):
    """One sheet of a workbook."""

    name: str
    title: str
    sheet: CalamineSheet
    notice: str = ""

    def header(self) -> list[str]:
        for _, cells in self._records():
            return ["" if cell is None else str(cell) for cell in cells]
        raise Unreadable(f"{self.name} is empty. Its first row names the columns.")

    def rows(self) -> Iterator[Row]:
        records = self._records()
        next(records, None)
        yield from records

    def _records(self) -> Iterator[Row]:
        width = self.sheet.end[1] + 1 if self.sheet.end else 0
        if width > MOST_COLUMNS:
            raise Unreadable(
                f"{self.name} has {width:,} columns; at most {MOST_COLUMNS} are read."
                " Delete the empty ones at its right."
            )
        for number, cells in enumerate(self.sheet.iter_rows(), start=1):
            if any(cell not in ("", None) for cell in cells):
                yield number, cells


def open_workbook(path: Path) -> list[Sheet]:
    """The sheets that can be seen and have something in them."""
    _look_inside(path)
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        seen = [one.name for one in workbook.sheets_metadata if one.visible == SheetVisibleEnum.Visible]
        sheets = [workbook.get_sheet_by_name(name) for name in seen]
    except (CalamineError, OSError, ValueError) as error:
        raise Unreadable(f"{path.name} cannot be opened as a workbook: {error}. Save it again as .xlsx.") from None
    filled = [sheet for sheet in sheets if sheet.end is not None]
    if not filled:
        raise Unreadable(f"{path.name} has no sheet with anything in it.")
    return [Sheet(f"{path.name} [{sheet.name}]", sheet.name, sheet) for sheet in filled]


def _look_inside(path: Path) -> None:
    name = path.name
    if path.stat().st_size > MOST_BYTES:
        raise Unreadable(f"{name} has more than {MOST_BYTES // 10**6} MB. Save its sheets as CSV.")
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(f"{name} is an old or an encrypted workbook. Save it as .xlsx without a password.")
    try:
        with zipfile.ZipFile(path) as archive:
            _look_at_entries(archive, name)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError, OSError, ValueError) as error:
        raise Unreadable(f"{name} is not a sound workbook ({error}). Save it again as .xlsx.") from None


def _look_at_entries(archive: zipfile.ZipFile, name: str) -> None:
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        raise Unreadable(f"{name} has {len(entries):,} parts, which no list needs. Save it again as .xlsx.")
    if any(entry.filename.lower().endswith("vbaproject.bin") for entry in entries):
        raise Unreadable(f"{name} contains macros. Save it as .xlsx, which has none.")
    if "[Content_Types].xml" not in archive.namelist():
        raise Unreadable(f"{name} is no workbook, whatever its name says. Save it as .xlsx or CSV.")
    unpacked = 0
    for entry in entries:
        is_sheet = entry.filename.lower().startswith("xl/worksheets/")
        bottom, right, tail = 0, 0, b""
        with archive.open(entry) as part:
            while block := part.read(_BLOCK):
                unpacked += len(block)
                if unpacked > MOST_UNPACKED:
                    raise Unreadable(f"{name} unpacks to more than {MOST_UNPACKED // 10**9} GB. Save it as CSV.")
                if is_sheet:
                    bottom, right = _corner(tail + block, bottom, right)
                    tail = block[-_OVERLAP:]
        if bottom * right > MOST_CELLS:
            raise Unreadable(
                f"{name} has a sheet of {bottom:,} rows and {right:,} columns. Delete what lies outside the list,"
                " or save it as CSV."
            )


def _corner(block: bytes, bottom: int, right: int) -> tuple[int, int]:
    """The lowest row and the rightmost column that a cell of the sheet names."""
    columns = set()
    for letters, digits in _PLACE.findall(block):
        columns.add(letters)
        bottom = max(bottom, int(digits))
    return bottom, max(right, *(_column(letters) for letters in columns), 0)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
