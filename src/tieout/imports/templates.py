"""A template: the columns of one kind of file. One definition reads files, prints an empty one and documents it."""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tieout.access.permissions import Permission
from tieout.core.refusals import Refusal
from tieout.imports.columns import Column, Form


class BadHeader(Refusal):
    """A first row that does not name the columns."""

    code = "bad_header"


class UnknownKind(Refusal):
    """A kind of file that cannot be imported."""

    code = "unknown_kind"


@dataclass(frozen=True, slots=True)
class Template:
    """One kind of file: what its rows are, who may import it, its columns and a few rows to begin with."""

    kind: str
    says: str
    permission: Permission
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    """What tells its rows apart."""
    updates: str = ""
    """What `--update` changes of a row that is there already; empty: nothing, such a row is refused."""
    examples: tuple[tuple[str, ...], ...] = ()

    @property
    def table(self) -> str:
        return f"staged_{self.kind}"

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def match(self, header: Sequence[str]) -> tuple[list[Column | None], list[str]]:
        """Which column each cell of the header names (none: left out), and what is wrong with it."""
        known = {column.name: column for column in self.columns}
        found: list[Column | None] = []
        wrong: list[str] = []
        for place, cell in enumerate(header, start=1):
            name = normal(cell)
            column = known.get(name)
            if column is None and name and not name.startswith("#"):
                wrong.append(self._unknown(name, place))
            elif column is not None and column in found:
                wrong.append(f"The column {name} is there twice. Remove or rename one of them.")
            found.append(column)
        missing = [column.name for column in self.columns if column.needed and column not in found]
        if missing and not wrong:
            wrong.append(f"There is no column {' and no column '.join(missing)}. Add it.")
        return found, wrong

    def likeness(self, header: Sequence[str]) -> float:
        """How much a header looks like this template's: 1 if all its names are known and none is missing."""
        names = {normal(cell) for cell in header} - {""}
        own = {column.name for column in self.columns}
        needed = {column.name for column in self.columns if column.needed}
        return len(names & own) / max(len(names), 1) if needed <= names else 0.0

    def as_csv(self) -> str:
        """The header and the example rows."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow([column.name for column in self.columns])
        writer.writerows(self.examples)
        return text.getvalue()

    def as_markdown(self) -> str:
        """The template as a section of the documentation."""
        update = f"With `--update`, {self.updates}" if self.updates else "A row that is there already is refused."
        lines = [
            f"### {self.kind}",
            "",
            f"{self.says} Told apart by {' and '.join(f'`{name}`' for name in self.key)}. {update}",
            "",
            "| column | holds | needed | meaning | example |",
            "|---|---|---|---|---|",
        ]
        for column in self.columns:
            needed = "yes" if column.needed else ""
            example = f"`{column.example}`" if column.example else ""
            lines.append(f"| `{column.name}` | {_holds(column)} | {needed} | {column.says} | {example} |")
        return "\n".join(lines)

    def _unknown(self, name: str, place: int) -> str:
        names = [column.name for column in self.columns]
        near = difflib.get_close_matches(name, names, n=1)
        shown = name if len(name) <= 40 and name.isprintable() else ascii(name[:40])
        hint = f"Did you mean {near[0]}?" if near else f"There are {', '.join(names)}."
        return f"There is no column {shown} (column {place}). {hint} To leave it out, begin its name with #."


def normal(cell: str) -> str:
    """A header's cell as a column's name: `Unit cost` is `unit_cost`."""
    return "_".join(cell.replace("-", " ").replace("_", " ").split()).casefold()


def as_markdown(templates: Iterable[Template]) -> str:
    return "\n\n".join(template.as_markdown() for template in templates) + "\n"


def _holds(column: Column) -> str:
    if column.form is Form.CHOICE:
        return "one of " + ", ".join(column.choices)
    if column.form in (Form.CODE, Form.TEXT):
        return f"{column.form}, at most {column.most} characters"
    return f"{column.form} above 0" if column.form is Form.NUMBER and not column.zero else column.form.value
