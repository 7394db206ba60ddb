"""The demo, its first two days: made by the real actions, posted to a real emulator, tied out."""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import psycopg
import pytest

from tests.journeys.conftest import DAYS, Home
from tieout.database import roles
from tieout.database.cluster import Cluster
from tieout.demo.history import History
from tieout.demo.making import Extent
from tieout.demo.shelves import Shelves

MADE = ("demo", "--no-serve", "--days", DAYS)
SOON = 30.0


@pytest.fixture(scope="module")
def two(new_home: Callable[[str], Home]) -> list[Home]:
    """The same demo in two folders."""
    homes = [new_home("one"), new_home("another")]
    results: dict[Path, Any] = {}
    threads = [
        threading.Thread(target=lambda home=home: results.update({home.path: home.run(*MADE)})) for home in homes
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for result in results.values():
        assert 0 == result.returncode, result.stderr
        assert "Difference books to sub-ledger: 0.00" in result.stdout
        assert "each in QuickBooks exactly once" in result.stdout
    return homes


def rows(home: Home, sql: str) -> list[tuple[Any, ...]]:
    """What its database holds, seen by the superuser."""
    with (
        Cluster(home.path) as cluster,
        psycopg.connect(cluster.url(roles.SUPERUSER)) as connection,
        connection.cursor() as cursor,
    ):
        return cursor.execute(sql).fetchall()


def test_two_demos_are_the_same_to_the_cent(two: list[Home]) -> None:
    entries = "select number, accounting_date, hash, external_id from ledger_transmission order by number"
    moved = """
        select e.number, m.number, m.kind, l.code, m.quantity, m.value, m.occurred_at from stock_movement m
        join ledger_event e on e.id = m.event_id left join stock_lot l on l.id = m.lot_id order by m.id
    """
    one, another = two

    assert rows(one, moved) == rows(another, moved)
    assert [row[:3] for row in rows(one, entries)] == [row[:3] for row in rows(another, entries)]


def test_the_shelves_hold_what_the_plan_says(two: list[Home]) -> None:
    """The plan picks lots by the same rule as the ledger, bin by bin."""
    history = History()
    for _ in history.days(last=Extent(int(DAYS)).last):
        pass
    planned = {
        (site, part.place, part.lot.code): part.quantity
        for site, shelves in history.world.shelves.items()
        for part in _parts(shelves)
    }
    on_hand = """
        select s.code, p.code, l.code, b.quantity from stock_balance b join stock_lot l on l.id = b.lot_id
        join stock_location p on p.id = b.location_id join stock_site s on s.id = p.site_id
        where b.quantity > 0 and b.pool_id is null and p.kind in ('storage', 'staging')
    """

    assert planned == {row[:3]: row[3] for row in rows(two[0], on_hand)}


def test_nothing_was_refused_on_the_way(two: list[Home]) -> None:
    assert [] == rows(two[0], "select action, message from access_auditrow where outcome = 'refused'")


def test_it_serves_what_is_there_and_stops_everything_in_order(two: list[Home]) -> None:
    home = two[0]
    with serving(home) as (child, pages, books):
        answers = [httpx2.get(address, follow_redirects=True, timeout=SOON) for address in (pages, books)]
        again = home.run("demo", "--no-serve")
        _until(child.stdout, "Ctrl-C stops everything.")
        child.send_signal(signal.SIGTERM)
        child.wait(SOON)

    assert [200, 200] == [answer.status_code for answer in answers]
    assert 1 == again.returncode
    assert f"running already: {pages}" in again.stderr
    assert 143 == child.returncode
    for address in (pages, books):
        with pytest.raises(httpx2.ConnectError):
            httpx2.get(address, timeout=SOON)
    assert not Cluster(home.path).is_running()


def test_a_killed_parent_leaves_nothing_in_the_way(two: list[Home]) -> None:
    home = two[1]
    with serving(home) as (child, pages, books):
        child.kill()
        child.wait(SOON)
    _gone(pages)
    _gone(books)

    again = home.run("demo", "--no-serve")

    assert 0 == again.returncode, again.stderr
    assert "Difference books to sub-ledger: 0.00" in again.stdout


@contextmanager
def serving(home: Home) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    """The demo that is there, served; with the addresses it names."""
    with home.start("demo", "--port", "0") as child:
        assert child.stdout is not None
        assert child.stderr is not None
        lines = [child.stdout.readline() for _ in range(2)]
        try:
            assert all("http" in line for line in lines), child.stderr.read()
            pages, books = (line.split()[-1] for line in lines)
            yield child, pages, books
        finally:
            if child.poll() is None:
                child.terminate()


def _parts(shelves: Shelves) -> Any:
    return shelves.parts()


def _until(lines: Any, words: str) -> None:
    for line in lines:
        if words in line:
            return


def _gone(address: str) -> None:
    """The kernel ends the children of a killed parent."""
    ends = time.monotonic() + SOON
    while time.monotonic() < ends:
        try:
            httpx2.get(address, timeout=SOON)
        except httpx2.HTTPError:
            return
        time.sleep(0.2)
    pytest.fail(f"{address} still answers")
