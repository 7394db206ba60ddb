"""Several writers at once, each a process of its own, on the same lots or on lots of their own."""

from __future__ import annotations

import multiprocessing
import time
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.plant import Plant

LONGEST_START = 120.0
"""Seconds for the slowest writer to be ready; then something is broken, and waiting longer would hide it."""

WARM = 6
"""Runs before the clock starts: a process at work has its plans, and keeps them."""


@dataclass(frozen=True, slots=True)
class Rate:
    """What a crowd did."""

    per_second: float
    failed: int


def complete_runs(plant: Plant, *, writers: int, each: int, same: bool) -> Rate:
    """Every writer reports its own runs of ten components, as fast as it can."""
    from benchmarks import plant as plants

    context = multiprocessing.get_context("spawn")
    by = plant.by
    lists = [
        plants.planned(plant, size=10, count=each + WARM, writer=0 if same else writer) for writer in range(writers)
    ]
    barrier, answers = context.Barrier(writers + 1), context.Queue()
    crowd = [
        context.Process(
            target=_write,
            args=((by.company, by.actor, by.name, by.role.value), runs, 0 if same else writer, barrier, answers),
        )
        for writer, runs in enumerate(lists)
    ]
    for one in crowd:
        one.start()
    barrier.wait(LONGEST_START)
    began = time.perf_counter()
    failed = sum(answers.get(timeout=600) for _ in crowd)
    took = time.perf_counter() - began
    for one in crowd:
        one.join()
    return Rate(writers * each / took, failed)


def _write(who: tuple[int, int, str, str], runs: list[str], writer: int, barrier: Barrier, answers: Queue[int]) -> None:
    """A writer's whole life. Arguments are plain, because Django is only set up in here."""
    import django

    django.setup()
    from benchmarks import plant as plants
    from tieout.access.acting import Acting
    from tieout.access.permissions import ActorRole
    from tieout.core.refusals import Refusal

    company, actor, name, role = who
    plant = plants.Plant(Acting(company, actor, name, ActorRole(role)), sets=writer + 1)
    for run in runs[:WARM]:
        with suppress(Refusal):
            plants.complete(plant, run, size=10, writer=writer)
    barrier.wait(LONGEST_START)
    failed = 0
    for run in runs[WARM:]:
        try:
            plants.complete(plant, run, size=10, writer=writer)
        except Refusal:
            failed += 1
    answers.put(failed)
