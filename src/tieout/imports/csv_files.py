"""CSV as it comes: its encoding and its separator found out, quotes and lengths kept to, streamed.

Encodings: what a byte order mark says; else UTF-16 by its pattern of zero bytes; else UTF-8 if all of the file is;
else Windows-1252, which the report then mentions.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tieout.imports.problems import Unreadable
from tieout.imports.tables import MOST_COLUMNS, Row, Table

MOST_BYTES = 2 * 10**9
LONGEST_LINE = 1_000_000
LONGEST_CELL = 100_000
SEPARATORS = (",", ";", "\t")

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_BLOCK = 1 << 20


@dataclass(slots=True)
class CsvTable(Table):
    """One CSV file."""

    path: Path
    name: str
    title: str
    encoding: str
    separator: str = ""
    notice: str = ""
    _header: list[str] = field(default_factory=list)

    def header(self) -> list[str]:
        if not self._header:
            self.separator = self.separator or self._find_separator()
            for _, cells in self._records():
                self._header = cells
                break
            else:
                raise Unreadable(f"{self.name} is empty. Its first row names the columns.")
        return self._header

    def rows(self) -> Iterator[Row]:
        self.header()
        records = self._records()
        next(records)
        yield from records

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        """Records that are not empty, numbered as a spreadsheet numbers its rows."""
        csv.field_size_limit(LONGEST_LINE)
        with self.path.open(encoding=self.encoding, newline="") as lines:
            records = csv.reader(self._lines(lines), delimiter=self.separator, strict=True)
            number = 0
            while True:
                try:
                    cells = next(records, None)
                except csv.Error as error:
                    raise Unreadable(_why(self.name, number + 1, str(error))) from None
                if cells is None:
                    return
                number += 1
                if len(cells) > MOST_COLUMNS:
                    raise Unreadable(
                        f"{self.name}, row {number} has {len(cells):,} cells; at most {MOST_COLUMNS} are read."
                        " Check the separator and the line ends."
                    )
                if any(cell and not cell.isspace() for cell in cells):
                    yield number, cells

    def _lines(self, text: object) -> Iterator[str]:
        """Lines no longer than fits, so that a file without line ends does not fill the memory."""
        number = 0
        while line := text.readline(LONGEST_LINE + 1):  # type: ignore[attr-defined]  # an open text file
            number += 1
            if len(line) > LONGEST_LINE:
                raise Unreadable(
                    f"{self.name}, line {number} is longer than {LONGEST_LINE:,} characters."
                    " Check that the file is a CSV with one record a line."
                )
            yield line

    def _find_separator(self) -> str:
        """The one that makes most cells of the first line; a comma where there is but one cell."""
        with self.path.open(encoding=self.encoding, newline="") as lines:
            first = next((line for line in self._lines(lines) if line.strip()), "")
        unquoted = "".join(first.split('"')[::2])
        return max(SEPARATORS, key=unquoted.count)


def open_csv(path: Path) -> CsvTable:
    """The file as a table, its encoding known."""
    name = path.name
    if path.stat().st_size > MOST_BYTES:
        raise Unreadable(f"{name} has more than {MOST_BYTES // 10**9} GB. Split it.")
    encoding = _encoding(path, name)
    notice = ""
    if encoding == "cp1252":
        notice = f"{name} is not UTF-8; it was read as Windows-1252. Check letters with accents."
    return CsvTable(path, name, path.stem, encoding, notice=notice)


def _encoding(path: Path, name: str) -> str:
    with path.open("rb") as file:
        head = file.read(4096)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            _decode(path, name, encoding)
            return encoding
    zeros = (head[0::2].count(0), head[1::2].count(0))
    if len(head) > 8 and max(zeros) > len(head) // 5:
        encoding = "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
        _decode(path, name, encoding)
        return encoding
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")):
        raise Unreadable(f"{name} is not a CSV file, whatever its name says. Save it as CSV.")
    try:
        _read_through(path, "utf-8")
    except UnicodeDecodeError:
        _decode(path, name, "cp1252")
        return "cp1252"
    return "utf-8"


def _decode(path: Path, name: str, encoding: str) -> None:
    try:
        _read_through(path, encoding)
    except UnicodeError as error:
        raise Unreadable(f"{name} cannot be read as {encoding}: {error}. Save it as CSV UTF-8.") from None


def _read_through(path: Path, encoding: str) -> None:
    """The whole file, so that no half of an import meets a byte that is no letter."""
    with path.open(encoding=encoding, newline="") as text:
        while text.read(_BLOCK):
            pass


def _why(name: str, row: int, error: str) -> str:
    """Python's words for what is wrong with quotes, in ours."""
    if "unexpected end of data" in error or "field larger" in error:
        return f"{name}, row {row}: a quotation mark opens there and none closes it. Write a mark inside a cell twice."
    if "expected after" in error:
        return f"{name}, row {row}: a cell goes on after its closing quotation mark. Write a mark inside a cell twice."
    return f"{name}, row {row} cannot be read as CSV ({error}). Save the file again as CSV UTF-8."
