"""`python3 dev.py bench [--quick]`: every figure beside the floor of the same minute.

The machine's speed drifts within an hour, so nothing is compared with yesterday: each repetition measures the
floor and every workload in turn, and what counts is the ratio of medians. The work is asserted.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

MUST_OF_FLOOR = 0.15
AIM_OF_FLOOR = 0.25
MOST_STATEMENTS = 25
KEPT = 0.90
"""Of the rate of a run, after a history of other goods, and after so many runs with the same."""
MOST_SECONDS_A_THOUSAND = 0.4
"""Of a late bill, by the movements that its difference follows."""
MOST_SECONDS_A_BILL = 0.25
MOST_GROWN = 1.3
"""How much longer a bill, or the pages of what is owed, may take after many years than after one."""

MOST_SECONDS_TO_ANSWER = 0.05
"""A webhook: the 95th of a hundred."""
MOST_SECONDS_TO_COMPARE = 30.0


def main() -> int:
    """Measure in a database of its own, with default durability, and print a table; 1 if a bound is missed."""
    parser = argparse.ArgumentParser(prog="benchmarks")
    parser.add_argument("--quick", action="store_true", help="fewer repetitions and a smaller history")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tieout-bench-") as folder:
        os.environ["TIEOUT_HOME"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "tieout.settings"
        from tieout.database import home
        from tieout.database.cluster import Cluster

        with Cluster(home.path()) as cluster:
            import django

            django.setup()
            from benchmarks import floor
            from tieout.database.migrate import migrate

            migrate()
            cluster.sql(floor.SCHEMA, database="tieout")
            return _measure(quick=options.quick)


def _measure(*, quick: bool) -> int:
    from benchmarks import floor
    from benchmarks import plant as plants

    repetitions, count, history, worked = (3, 40, 10_000, 400) if quick else (5, 100, 100_000, 3_000)
    writers = (1, 2, 4, 8)
    small = plants.build("Bench", sets=max(writers))
    large = plants.build("Bench with history")
    _say(f"{history} movements of history …")
    plants.add_history(large, history)
    busy = plants.build("Bench at work")
    _say(f"{worked} runs …")
    plants.work(busy, worked)
    dice = random.Random(7)
    missed: list[str] = []

    workloads: dict[str, Callable[[int], Sequence[Callable[[], None]]]] = {
        "floor": lambda n: [lambda: floor.run(dice)] * n,
        "run-10": lambda n: _runs(small, 10, n),
        "run-3": lambda n: _runs(small, 3, n),
        "run-30": lambda n: _runs(small, 30, n // 2),
        "run-100": lambda n: _runs(small, 100, n // 5),
        f"run-10 after {history} movements": lambda n: _runs(large, 10, n),
        f"run-10 after {worked} runs": lambda n: _runs(busy, 10, n),
        "receive-10": lambda n: [_bound(plants.take_in, small, order) for order in plants.ordered(small, n)],
        "ship-1": lambda n: [_bound(plants.send_out, small, f"{time.time_ns()} {i}") for i in range(n)],
    }
    rates: dict[str, list[float]] = {name: [] for name in workloads}
    for repetition in range(repetitions + 1):
        _say(f"repetition {repetition} of {repetitions}" + (" (not counted)" if not repetition else ""))
        for name, prepare in workloads.items():
            rate = _rate(prepare(count))
            if repetition:
                rates[name].append(rate)
    statements = {size: _statements(small, size) for size in plants.SIZES}
    _table(rates, statements, missed, (f"{history} movements", f"{worked} runs"))
    _as_of(large, history, repetitions)
    _crowd(small, writers, 20 if quick else 60, repetitions, missed)
    _corrections((1_000,) if quick else (1_000, 10_000), repetitions, missed)
    _books(150 if quick else 430, 60 if quick else 300, repetitions, missed)
    _payables((1_000, 10_000 if quick else 50_000), 3 * repetitions, missed)
    _say("")
    for miss in missed:
        print(f"MISSED  {miss}")
    print("All bounds hold." if not missed else f"{len(missed)} bounds missed.")
    return 1 if missed else 0


def _runs(plant: object, size: int, count: int) -> list[Callable[[], None]]:
    from benchmarks import plant as plants
    from benchmarks.plant import Plant

    assert isinstance(plant, Plant)
    return [
        (lambda run=run: plants.complete(plant, run, size=size))  # type: ignore[misc]
        for run in plants.planned(plant, size=size, count=count)
    ]


def _bound(what: Callable[..., None], *arguments: object) -> Callable[[], None]:
    return lambda: what(*arguments)


def _rate(work: Sequence[Callable[[], None]]) -> float:
    began = time.perf_counter()
    for one in work:
        one()
    return len(work) / (time.perf_counter() - began)


def _statements(plant: object, size: int) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    (work,) = _runs(plant, size, 1)
    with CaptureQueriesContext(connection) as captured:
        work()
    return len(captured)


def _table(rates: dict[str, list[float]], statements: dict[int, int], missed: list[str], after: Sequence[str]) -> None:
    medians = {name: statistics.median(found) for name, found in rates.items()}
    print(f"{'workload':<32}{'per second':>12}{'min':>9}{'max':>9}{'of floor':>10}{'ms':>9}")
    for name, found in rates.items():
        median = medians[name]
        of_floor = median / medians["floor"]
        print(f"{name:<32}{median:>12.1f}{min(found):>9.1f}{max(found):>9.1f}{of_floor:>10.1%}{1000 / median:>9.2f}")
    of_floor = medians["run-10"] / medians["floor"]
    print(f"\nrun-10 is {of_floor:.1%} of the floor (must {MUST_OF_FLOOR:.0%}, aim {AIM_OF_FLOOR:.0%})")
    for behind in after:
        kept = medians[f"run-10 after {behind}"] / medians["run-10"]
        print(f"after {behind} run-10 keeps {kept:.1%} of its rate (must {KEPT:.0%})")
        if kept < KEPT:
            missed.append(f"run-10 keeps {kept:.1%} after {behind}")
    listed = ", ".join(f"run-{size}: {count}" for size, count in statements.items())
    print(f"statements, BEGIN and COMMIT counted: {listed} (must ≤ {MOST_STATEMENTS}, and equal)")
    if of_floor < MUST_OF_FLOOR:
        missed.append(f"run-10 at {of_floor:.1%} of the floor")
    if max(statements.values()) > MOST_STATEMENTS or len(set(statements.values())) > 1:
        missed.append(f"statements {statements}")


def _crowd(plant: object, writers: Sequence[int], each: int, repetitions: int, missed: list[str]) -> None:
    from benchmarks import crowd
    from benchmarks.plant import Plant

    assert isinstance(plant, Plant)
    print(f"\n{'writers':<10}{'disjoint lots':>16}{'same lots':>12}{'failed':>9}   (runs of ten per second)")
    alone: dict[bool, float] = {}
    for count in writers:
        found: dict[bool, list[crowd.Rate]] = {False: [], True: []}
        for _ in range(max(2, repetitions - 2)):
            for same in (False, True):
                found[same].append(crowd.complete_runs(plant, writers=count, each=each, same=same))
        medians = {same: statistics.median(rate.per_second for rate in rates) for same, rates in found.items()}
        failed = sum(rate.failed for rates in found.values() for rate in rates)
        print(f"{count:<10}{medians[False]:>16.1f}{medians[True]:>12.1f}{failed:>9}")
        alone = alone or medians
        if failed:
            missed.append(f"{failed} acts failed with {count} writers")
        if count == max(writers) and medians[True] < alone[True]:
            missed.append(f"{count} writers on the same lots do {medians[True]:.1f}/s, one does {alone[True]:.1f}/s")


def _corrections(sizes: Sequence[int], repetitions: int, missed: list[str]) -> None:
    """A late bill whose lot has so many movements behind it: the time grows with them and not with the ways through."""
    from benchmarks import corrections

    print(f"\n{'late bill':<24}{'seconds':>9}{'min':>9}{'max':>9}{'ms a movement':>16}")
    for size in sizes:
        _say(f"{size} movements behind one lot …")
        sold = corrections.build(size)
        found = []
        for n in range(repetitions + 1):
            line = corrections.billed(sold, f"{size}-{n}")
            began = time.perf_counter()
            corrections.correct(sold, line)
            found.append(time.perf_counter() - began)
        median = statistics.median(found[1:])
        shown = f"{median:>9.2f}{min(found[1:]):>9.2f}{max(found[1:]):>9.2f}{1000 * median / size:>16.2f}"
        print(f"{f'bill-correct-{size}':<24}{shown}")
        if median > MOST_SECONDS_A_THOUSAND * size / 1000:
            missed.append(f"a late bill with {size} movements behind it takes {median:.2f} s")


def _as_of(plant: object, history: int, repetitions: int) -> None:
    """What everything was worth on a day: it costs what has moved since."""
    from benchmarks import plant as plants
    from benchmarks.plant import Plant

    assert isinstance(plant, Plant)
    print(f"\n{f'value after {history} movements':<34}{'ms':>9}{'min':>9}{'max':>9}")
    moments = (
        ("today", plants.AT),
        ("half a year ago", datetime(2025, 7, 1, tzinfo=UTC)),
        ("before all", plants.BEGAN),
    )
    for name, at in moments:
        found = []
        for _ in range(repetitions):
            began = time.perf_counter()
            plants.value_as_of(plant, at)
            found.append(1000 * (time.perf_counter() - began))
        print(f"{name:<34}{statistics.median(found):>9.1f}{min(found):>9.1f}{max(found):>9.1f}")


def _books(entries: int, times: int, repetitions: int, missed: list[str]) -> None:
    """A month posted, compared again and again, and told of by webhooks, over HTTP and in processes of their own."""
    from benchmarks import books

    with books.connected() as office:
        _say(f"{entries} entries …")
        books.work(office, entries)
        per_minute, per_second = books.ALLOWED
        rate = books.post(office, entries)
        print(f"\n{entries} entries posted at {rate:.1f}/s (QuickBooks allows {per_second}/s, {per_minute}/min)")
        found = [books.compare(office) for _ in range(repetitions + 1)]
        print(f"\n{'comparing both systems':<34}{'seconds':>9}{'reads':>9}")
        for name, one in (("first", found[0]), ("slowest of the others", max(found[1:], key=lambda one: one.seconds))):
            print(f"{f'{entries} entries, {name}':<34}{one.seconds:>9.2f}{one.reads:>9}")
            if one.seconds > MOST_SECONDS_TO_COMPARE:
                missed.append(f"comparing {entries} entries takes {one.seconds:.1f} s")
        print(f"\n{'webhook answered':<34}{'ms':>9}{'p95':>9}{'max':>9}")
        with books.listening() as port:
            for changes in (1, 10, 100):
                took = books.tell(office, port, changes=changes, times=times)
                shown = (statistics.median(took), books.p95(took), max(took))
                print(f"{f'{changes} changes':<34}" + "".join(f"{1000 * one:>9.1f}" for one in shown))
                if books.p95(took) > MOST_SECONDS_TO_ANSWER:
                    missed.append(f"a webhook of {changes} changes is answered in {1000 * books.p95(took):.0f} ms")


def _payables(sizes: Sequence[int], repetitions: int, missed: list[str]) -> None:
    """A bill of today, and what is owed today, after so many receipt lines: neither grows with them."""
    from benchmarks import payables

    buyers = {}
    for size in sizes:
        _say(f"{size} receipt lines, billed …")
        buyers[size] = payables.build(size)
    found: dict[tuple[str, int], list[float]] = {}
    for n in range(repetitions + 1):
        for size, buyer in buyers.items():
            payables.came(buyer, f"B-{n}")
            for name, what in (("bill-match", payables.match), ("what-is-owed", payables.look)):
                began = time.perf_counter()
                what(buyer)
                if n:
                    found.setdefault((name, size), []).append(time.perf_counter() - began)
    print(f"\n{'after receipt lines':<34}{'ms':>9}{'min':>9}{'max':>9}{'grown':>9}")
    for name in ("bill-match", "what-is-owed"):
        medians = [statistics.median(found[name, size]) for size in sizes]
        for size, median in zip(sizes, medians, strict=True):
            times = [1000 * one for one in (median, min(found[name, size]), max(found[name, size]))]
            shown = "".join(f"{one:>9.1f}" for one in times)
            print(f"{f'{name} after {size} receipts':<34}{shown}{median / medians[0]:>9.2f}")
            if median > MOST_GROWN * medians[0]:
                missed.append(f"{name} takes {median / medians[0]:.2f} times as long after {size} receipt lines")
        if max(medians) > MOST_SECONDS_A_BILL:
            missed.append(f"{name} takes {max(medians):.2f} s")


def _say(text: str) -> None:
    print(text, file=sys.stderr)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    raise SystemExit(main())
