"""The staging ground: a temporary table a kind, filled by COPY, checked and emptied into the real ones in whole sets.

Cells are read on their way in, so the table has the columns' own types and a cell that could not be read is null
with its finding noted. A row with a finding is marked `bad`: it stays, so that rows elsewhere which name it are
not called wrong too, but it goes no further.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.db import connection, transaction

from tieout.access.acting import Act
from tieout.core.refusals import Refusal
from tieout.imports import columns
from tieout.imports.columns import SQL_TYPE, Cell, Column, Marks, Value
from tieout.imports.problems import MOST_SHOWN, Findings, Progress, Unreadable
from tieout.imports.tables import Table
from tieout.imports.templates import Template

STEP = 20_000
"""Rows between two words of progress."""


@dataclass(slots=True)
class Stage:
    """What is staged of one import, and what was found wrong with it."""

    act: Act
    update: bool
    findings: Findings
    progress: Progress
    names: list[str] = field(default_factory=list)
    """Of the tables read, as findings call them."""
    rows: dict[str, int] = field(default_factory=dict)
    """By kind."""
    unread: set[str] = field(default_factory=set)
    """Kinds of which a file could not be read: what names their rows cannot be checked."""
    notices: list[str] = field(default_factory=list)

    @property
    def company(self) -> int:
        return self.act.company

    def prepare(self, template: Template) -> None:
        """An empty table for a kind."""
        own = ", ".join(f"{column.name} {SQL_TYPE[column.form]}" for column in template.columns)
        with connection.cursor() as cursor:
            cursor.execute(f"drop table if exists pg_temp.{template.table}")  # two imports in one transaction
            cursor.execute(
                f"create temporary table {template.table} (n bigint, source smallint, at_row integer, bad boolean,"
                f" {own}) on commit drop"
            )

    def fill(self, template: Template, table: Table) -> None:
        """A file's rows into the table of its kind."""
        self.names.append(table.name)
        if table.notice:
            self.notices.append(table.notice)
        try:
            found, wrong = template.match(table.header())
            for one in wrong:
                self.findings.add(table.name, 1, "", "bad_header", one)
            if wrong:
                self.unread.add(template.kind)
                return
            with transaction.atomic():
                self._copy(template, table, found)
        except Unreadable as refusal:
            self.unread.add(template.kind)
            self.findings.refused("", None, "", refusal)

    def _copy(self, template: Template, table: Table, found: Sequence[Column | None]) -> None:
        marks = Marks()
        named = [column.name for column in found if column is not None]
        before = self.rows.get(template.kind, 0)
        with connection.cursor() as cursor:
            target = f"{template.table} (n, source, at_row, bad{''.join(', ' + name for name in named)})"
            with cursor.copy(f"copy {target} from stdin") as copy:
                for number, row in enumerate(self._rows(template, table, found, marks), start=before + 1):
                    copy.write_row((number, *row))
                    self.rows[template.kind] = number
            cursor.execute(f"create index on {template.table} (n)")
            cursor.execute(f"analyze {template.table}")
        self._compare(table.name, marks)

    def _rows(
        self, template: Template, table: Table, found: Sequence[Column | None], marks: Marks
    ) -> Iterator[tuple[Value, ...]]:
        source = len(self.names) - 1
        readers = [(column, columns.reader(column) if column else None) for column in found]
        for count, (number, cells) in enumerate(table.rows(), start=1):
            if count % STEP == 0:
                self.progress(f"reading {table.name}", count)
            values: list[Value] = []
            bad = self._surplus(table.name, number, cells[len(readers) :])
            padded = cells if len(cells) >= len(readers) else [*cells, *[None] * (len(readers) - len(cells))]
            for (column, read), cell in zip(readers, padded, strict=False):
                if column is None or read is None:
                    continue
                try:
                    values.append(read(cell, number, marks))
                except Refusal as refusal:
                    self.findings.refused(table.name, number, column.name, refusal)
                    values.append(None)
                    bad = True
            yield (source, number, bad, *values)

    def _surplus(self, name: str, number: int, cells: Sequence[Cell]) -> bool:
        """Cells to the right of the last column: most often a comma that belongs in quotation marks."""
        if not any(cell not in (None, "") for cell in cells):
            return False
        self.findings.add(
            name,
            number,
            "",
            "too_many_cells",
            "The row has more cells than the first row has columns. Put a cell with a comma in quotation marks.",
        )
        return True

    def _compare(self, name: str, marks: Marks) -> None:
        """Numbers that may mean a thousand, because the same file writes its decimals with a comma."""
        if marks.comma is None or not marks.either:
            return
        row, text = marks.comma
        for number, column, written in marks.either:
            self.findings.add(
                name,
                number,
                column,
                "bad_number",
                f"{written} can mean {written.replace('.', '')} or {written}: row {row} of this file writes {text},"
                " with a decimal comma. Write all numbers with a decimal point.",
            )
        self.findings.count += marks.either_count - len(marks.either)

    def refuse(
        self, template: Template, *, column: str, code: str, wrong: str, parameters: Sequence[object] = ()
    ) -> int:
        """Rows that a statement selects (`n`, `message`) are findings in a column; how many."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"with wrong as materialized ({wrong}), marked as ("
                f"update {template.table} s set bad = true from wrong w where s.n = w.n and not s.bad)"
                f" select s.source, s.at_row, w.message, (select count(*) from wrong)"
                f" from wrong w join {template.table} s on s.n = w.n order by s.n limit {MOST_SHOWN}",
                list(parameters),  # type: ignore[arg-type]  # what a statement may take
            )
            rows = cursor.fetchall()
        for source, row, message, _ in rows:
            self.findings.add(self.names[source], row, column, code, message)
        count = int(rows[0][3]) if rows else 0
        self.findings.count += count - len(rows)
        return count
