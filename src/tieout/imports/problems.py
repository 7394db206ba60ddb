"""What is wrong with files: every finding with its file, row and column, many at once, and a count of the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tieout.core.refusals import Refusal

MOST_SHOWN = 200
"""Findings kept with their place; of more, only how many. A column filled wrongly is wrong a million times."""


class Unreadable(Refusal):
    """A file that cannot be read at all."""

    code = "unreadable_file"


class ImportRefused(Refusal):
    """Files with findings: nothing of them was kept."""

    code = "import_refused"

    def __init__(self, report: Report) -> None:
        super().__init__(report.headline)
        self.report = report


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding: where, what, and what to do."""

    file: str
    row: int | None
    column: str
    code: str
    message: str

    def __str__(self) -> str:
        where = self.file + (f", row {self.row}" if self.row else "")
        where += f", column {self.column}" if self.column else ""
        return f"{where}: {self.message}" if where else self.message


@dataclass(frozen=True, slots=True)
class Loaded:
    """What one kind came to."""

    kind: str
    rows: int
    added: int
    updated: int
    seconds: float

    @property
    def rows_per_second(self) -> float:
        return self.rows / self.seconds if self.seconds else 0.0


@dataclass(frozen=True, slots=True)
class Report:
    """What became of an import, or would."""

    done: bool
    dry_run: bool
    loaded: tuple[Loaded, ...]
    problems: tuple[Problem, ...]
    found: int
    """How many findings there are; `problems` holds the first of them."""
    notices: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return self.found == 0

    @property
    def headline(self) -> str:
        rows = sum(one.rows for one in self.loaded)
        if self.found:
            return f"{self.found:,} finding{'s' if self.found > 1 else ''}; nothing was imported."
        if self.dry_run:
            return f"{rows:,} rows are in order. This was a dry run; nothing was imported."
        return f"{rows:,} rows imported."

    def __str__(self) -> str:
        lines = [str(problem) for problem in self.problems]
        if self.found > len(self.problems):
            lines.append(f"… and {self.found - len(self.problems):,} more")
        return "\n".join([*lines, *self.notices, self.headline])


@dataclass(slots=True)
class Findings:
    """Problems as they are found, at most so many kept."""

    kept: list[Problem] = field(default_factory=list)
    count: int = 0

    def add(self, file: str, row: int | None, column: str, code: str, message: str) -> None:
        self.count += 1
        if len(self.kept) < MOST_SHOWN:
            self.kept.append(Problem(file, row, column, code, message))

    def refused(self, file: str, row: int | None, column: str, refusal: Refusal) -> None:
        self.add(file, row, column, refusal.code, str(refusal))


Progress = Callable[[str, int], None]
"""Told what is being done and how many rows are through; called often, should be quick."""


def silent(what: str, rows: int) -> None:
    """Nobody watches."""
