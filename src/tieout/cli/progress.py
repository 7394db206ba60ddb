"""How far the demo's making has got: two bars on a terminal, a line now and then elsewhere. On standard error."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

if TYPE_CHECKING:
    from tieout.ledger.tally import Tally

LINES = 10
"""So many lines where there is no terminal."""


class Progress:
    """Days done, and journal entries confirmed of those there are by now."""

    def __init__(self, days: int) -> None:
        self.days = days
        self.said = 0
        self.posted = ""
        self.bars: Bars | None = None
        console = Console(stderr=True)
        if console.is_terminal:
            bar = (BarColumn(), TaskProgressColumn(), MofNCompleteColumn(), TimeElapsedColumn())
            self.bars = Bars(TextColumn("{task.description:<34}"), *bar, console=console)
            self.history_bar = self.bars.add_task("Founding the company", total=days)
            self.posting_bar = self.bars.add_task("Posted to QuickBooks", total=None)

    def __enter__(self) -> Self:
        if self.bars:
            self.bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.bars:
            self.bars.stop()

    def history(self, on: str, done: int) -> None:
        if self.bars:
            self.bars.update(self.history_bar, description=f"History {on}", completed=done)
        elif done * LINES // self.days > self.said:
            self.said = done * LINES // self.days
            print(f"History {on}: {done} of {self.days} days. {self.posted}", file=sys.stderr, flush=True)

    def step(self, what: str) -> None:
        """Something that has no parts to count."""
        if self.bars:
            self.bars.update(self.history_bar, description=what)
        else:
            print(f"{what}. {self.posted}", file=sys.stderr, flush=True)

    def posting(self, at: Tally) -> None:
        total = sum(at.by_state.values())
        self.posted = f"{at.confirmed} of {total} journal entries posted."
        if self.bars:
            self.bars.update(self.posting_bar, completed=at.confirmed, total=total or None)
