"""A job of tables, staged, checked and loaded kind by kind inside one act; all of it or nothing.

Kinds are taken in the order in which they need each other, whatever order the files come in. After a finding
the kinds that follow are still checked, so that one try shows all that is wrong.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import ModuleType

from django.db import DatabaseError, connection, transaction

from tieout.access.acting import Act
from tieout.access.permissions import Permission
from tieout.imports.kinds import (
    boms,
    conversions,
    items,
    locations,
    orders,
    prices,
    receipts,
    stock,
    suppliers,
    units,
)
from tieout.imports.problems import Findings, ImportRefused, Loaded, Progress, Report, silent
from tieout.imports.staging import Stage
from tieout.imports.tables import Table
from tieout.imports.templates import Template

IN_ORDER: tuple[ModuleType, ...] = (
    units,
    items,
    conversions,
    locations,
    boms,
    suppliers,
    prices,
    stock,
    orders,
    receipts,
)
TEMPLATES: dict[str, Template] = {module.TEMPLATE.kind: module.TEMPLATE for module in IN_ORDER}


class DryRun(Exception):
    """The end of a dry run: what would have been done is taken back. No refusal, so no trail is left."""

    def __init__(self, report: Report) -> None:
        super().__init__(report.headline)
        self.report = report


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be imported, and how."""

    tables: Sequence[tuple[str, Table]]
    """Each with its kind."""
    update: bool = False
    dry_run: bool = False
    progress: Progress = silent
    findings: Findings = field(default_factory=Findings)
    """What was wrong before anything was staged: files that could not be opened."""
    reports: list[Report] = field(default_factory=list)
    """Of what was done; the act's own answer is only the counts."""

    @property
    def permissions(self) -> list[Permission]:
        return list(dict.fromkeys(TEMPLATES[kind].permission for kind, _ in self.tables))

    @property
    def subject(self) -> str:
        return ", ".join(table.name for _, table in self.tables)[:200]


def load(act: Act, job: Job) -> dict[str, int]:
    """Load the job; by kind, how many rows. Raises with the report where there are findings, or to end a dry run."""
    findings = Findings(list(job.findings.kept), job.findings.count)
    stage = Stage(act, job.update, findings, job.progress)
    loaded = [_kind(stage, module, job) for module in IN_ORDER if _of(job, module)]
    report = Report(
        done=not findings.count and not job.dry_run,
        dry_run=job.dry_run,
        loaded=tuple(loaded),
        problems=tuple(findings.kept),
        found=findings.count,
        notices=tuple(stage.notices),
    )
    if job.dry_run:
        raise DryRun(report)
    if findings.count:
        raise ImportRefused(report)
    job.reports.append(report)
    return {one.kind: one.rows for one in loaded}


def _of(job: Job, module: ModuleType) -> list[Table]:
    return [table for kind, table in job.tables if kind == module.TEMPLATE.kind]


def _kind(stage: Stage, module: ModuleType, job: Job) -> Loaded:
    """One kind: all its tables in, checked together, then made real."""
    template: Template = module.TEMPLATE
    began = time.perf_counter()
    stage.prepare(template)
    stage.rows[template.kind] = 0
    for table in _of(job, module):
        stage.fill(template, table)
    added = updated = 0
    if template.kind not in stage.unread:
        stage.progress(f"checking {template.kind}", stage.rows[template.kind])
        with _whole_sets():
            module.check(stage)
        stage.progress(f"loading {template.kind}", stage.rows[template.kind])
        added, updated = _make_real(stage, module)
    seconds = time.perf_counter() - began
    return Loaded(template.kind, stage.rows[template.kind], added, updated, seconds)


@contextmanager
def _whole_sets() -> Iterator[None]:
    """Tables that this very transaction fills have not been counted, and a nested loop over what looks like one
    row and is ten thousand never ends: whole sets are hashed."""
    with connection.cursor() as cursor:
        cursor.execute("set local enable_nestloop = off")
        yield
        cursor.execute("set local enable_nestloop = on")


def _make_real(stage: Stage, module: ModuleType) -> tuple[int, int]:
    """Where something is wrong already, the sound rows are made real all the same, for what names them.

    All of it will be taken back; should the database refuse what remains of a broken file, nothing is lost.
    """
    if not stage.findings.count:
        return _load(stage, module)
    try:
        with transaction.atomic():
            return _load(stage, module)
    except DatabaseError:
        stage.unread.add(module.TEMPLATE.kind)
        return 0, 0


def _load(stage: Stage, module: ModuleType) -> tuple[int, int]:
    if module in (stock, receipts):  # events touch few rows each, by index
        return _counts(module.load(stage))
    with _whole_sets():
        return _counts(module.load(stage))


def _counts(added_and_updated: tuple[int, int]) -> tuple[int, int]:
    """What a kind's `load` says, with its type: modules in a table have none."""
    return added_and_updated
