"""AdventureWorks into a company: every file in one import, with what came of it and how fast."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import TextIO

from examples.adventureworks import files
from examples.adventureworks.tables import Tables
from tieout import imports
from tieout.access.acting import Acting
from tieout.imports import Given, Report


def load(acting: Acting, data: Path, *, dry_run: bool = False, out: TextIO = sys.stdout) -> Report:
    """Import AdventureWorks' tables into the asker's company, and print rows per second by kind."""
    with tempfile.TemporaryDirectory() as folder:
        files.write(Tables(data), Path(folder))
        began = time.perf_counter()
        report = imports.run(acting, [Given(folder)], dry_run=dry_run)
        seconds = time.perf_counter() - began
    for one in report.loaded:
        print(f"{one.kind:12} {one.rows:7,} rows {one.rows_per_second:10,.0f} a second", file=out)
    rows = sum(one.rows for one in report.loaded)
    print(f"{'in all':12} {rows:7,} rows {rows / seconds:10,.0f} a second", file=out)
    if not report.ok:
        print(report, file=out)
    return report
