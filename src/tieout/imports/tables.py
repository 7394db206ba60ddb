"""Files as tables of cells, whatever they are: CSV of any make, or an Excel workbook with a sheet per kind.

Nothing here knows what the columns mean. A file that lies about what it is, or would not fit, is refused before
it is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tieout.imports.columns import Cell
from tieout.imports.problems import Unreadable

MOST_COLUMNS = 200
SUFFIXES = frozenset({".csv", ".txt", ".tsv", ".xlsx"})

Row = tuple[int, Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Given:
    """A file to import; `kind` where its name does not say."""

    path: str
    kind: str = ""


class Table:
    """A header and rows that can be read more than once; `name` is what findings call it, `title` hints its kind."""

    name: str
    title: str
    notice: str = ""

    def header(self) -> list[str]:
        """The names in the first row that is not empty."""
        raise NotImplementedError

    def rows(self) -> Iterator[Row]:
        """The rows below, each with its number as a spreadsheet shows it."""
        raise NotImplementedError


def inside(files: Sequence[Given]) -> list[Given]:
    """The files, and in place of each folder what is in it, by name."""
    found: list[Given] = []
    for given in files:
        path = Path(given.path)
        if path.is_dir():
            within = sorted(one for one in path.iterdir() if one.suffix.lower() in SUFFIXES)
            if not within:
                raise Unreadable(f"{path} has no CSV or Excel file in it. Name the folder with the files.")
            found += [Given(str(one)) for one in within if not one.name.startswith((".", "~$"))]
        elif path.is_file():
            found.append(given)
        else:
            raise Unreadable(f"There is no file {path}. Check its name.")
    return found
