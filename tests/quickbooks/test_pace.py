"""All workers of a company together keep one pace."""

from __future__ import annotations

import itertools
import threading
import time
from dataclasses import replace

import pytest
from django.db import connection

from tieout.quickbooks import actions, pace
from tieout.quickbooks.poster import settle
from tieout.quickbooks.waits import Waits


def test_a_pace_above_what_quickbooks_allows_is_refused(factory) -> None:
    for per_minute, per_second in ((501, 8), (400, 11), (0, 8)):
        with pytest.raises(actions.TooFast, match="500 requests a minute and 10 a second"):
            actions.set_pace(factory.controller, per_minute=per_minute, per_second=per_second)


def test_several_workers_share_the_pace(factory) -> None:
    actions.set_pace(factory.controller, per_minute=500, per_second=10)
    moments: list[float] = []

    def ask() -> None:
        try:
            for _ in range(8):
                pace.take_turn(factory.company)
                moments.append(time.monotonic())
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    moments.sort()
    in_a_second = max(sum(1 for at in moments if start <= at < start + 1) for start in moments)
    assert 24 == len(moments)
    assert in_a_second <= 11  # the eleventh may slip in by the wake-up of a thread
    assert moments[-1] - moments[0] > 2


def test_a_slow_pace_holds_from_second_to_second(factory) -> None:
    actions.set_pace(factory.controller, per_minute=400, per_second=2)
    moments = []
    for _ in range(4):
        pace.take_turn(factory.company)
        moments.append(time.monotonic())

    assert all(later - earlier > 0.4 for earlier, later in itertools.pairwise(moments))


def test_a_turn_far_away_is_not_waited_for(factory) -> None:
    actions.set_pace(factory.controller, per_minute=2, per_second=1)
    pace.take_turn(factory.company)

    with pytest.raises(pace.Throttled, match="using up this company's pace"):
        pace.take_turn(factory.company)


def test_the_usual_pace_stays_under_a_throttle_that_counts(factory, waits: Waits) -> None:
    factory.books.options(throttle=True)
    actions.set_pace(factory.controller, per_minute=400, per_second=8)
    for _ in range(15):
        factory.transmission()

    settle(factory.company, waits=waits, seconds=30)

    assert [200] * 15 == [one["status"] for one in factory.sent()]


def test_beyond_a_throttle_there_is_no_storm(factory, waits: Waits) -> None:
    """Another app uses up the company's share: seven requests a second are left of ten."""
    factory.books.fault("throttle", per_second=7)
    for _ in range(20):
        factory.transmission()

    settle(factory.company, waits=replace(waits, throttled=1.0), seconds=60)

    assert 20 == len(factory.entries())
    assert len(factory.sent()) <= 24
