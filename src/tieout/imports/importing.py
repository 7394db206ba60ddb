"""An import from outside: open the files, find out their kinds, ask for the act, and say what became of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from tieout.access.acting import Acting
from tieout.database import memory
from tieout.imports import actions, csv_files, excel_files, tables
from tieout.imports.loading import TEMPLATES, DryRun, Job
from tieout.imports.problems import Findings, ImportRefused, Progress, Report, Unreadable, silent
from tieout.imports.tables import Given, Table
from tieout.imports.templates import Template, UnknownKind, normal


def run(
    acting: Acting,
    files: Sequence[Given],
    *,
    dry_run: bool = False,
    update: bool = False,
    progress: Progress = silent,
) -> Report:
    """Import files and folders together, all or nothing; with `dry_run`, say what would be and change nothing.

    A file that is not as it should be is a finding in the report. What the asker may not do is refused.
    """
    findings = Findings()
    found = [(kind, table) for given in _inside(files, findings) for kind, table in _open(given, findings)]
    if not found:
        return Report(False, dry_run, (), tuple(findings.kept), findings.count, ())
    job = Job(found, update, dry_run, progress, findings)
    try:
        actions.of(job)(replace(acting, key=None), job)
    except (DryRun, ImportRefused) as ended:
        return ended.report
    finally:
        memory.forget()  # what was read of sites that were then taken back is not so
    return job.reports[-1]


def template(kind: str) -> Template:
    """The template of a kind, or a refusal that names the kinds."""
    found = TEMPLATES.get(normal(kind))
    if found is None:
        raise UnknownKind(f"There is no kind of file {kind}. There are {', '.join(TEMPLATES)}.")
    return found


def _inside(files: Sequence[Given], findings: Findings) -> list[Given]:
    found = []
    for given in files:
        try:
            found += tables.inside([given])
        except Unreadable as refusal:
            findings.refused("", None, "", refusal)
    return found


def _open(given: Given, findings: Findings) -> Iterator[tuple[str, Table]]:
    """The tables in a file, each with its kind."""
    path = Path(given.path)
    try:
        inside: Sequence[Table] = _tables(path)
        for table in inside:
            yield template(given.kind).kind if given.kind else _kind_of(table), table
    except (Unreadable, UnknownKind) as refusal:
        findings.refused("", None, "", refusal)


def _tables(path: Path) -> Sequence[Table]:
    suffix = path.suffix.lower()
    if suffix == ".xlsx":
        return excel_files.open_workbook(path)
    if suffix not in tables.SUFFIXES:
        raise Unreadable(f"{path.name} is neither CSV nor Excel (.xlsx). Save it as one of them.")
    return [csv_files.open_csv(path)]


def _kind_of(table: Table) -> str:
    """By its name (`02-items.csv`, a sheet “Items”), else by its header if that fits one kind only."""
    named = normal(re.sub(r"^[0-9\W_]+", "", table.title))
    if named in TEMPLATES:
        return named
    header = table.header()
    likeness = {kind: one.likeness(header) for kind, one in TEMPLATES.items()}
    best = max(likeness.values())
    like = [kind for kind, found in likeness.items() if found == best and best > 0.5]
    if len(like) == 1:
        return like[0]
    raise UnknownKind(f"What is in {table.name}? Name it after its kind: {', '.join(TEMPLATES)}.")
