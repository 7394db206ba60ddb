"""The demo, its first two days: made by the real actions, posted to a real emulator, tied out."""

from __future__ import annotations

import re
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


def test_a_bill_typed_in_quickbooks_is_heard_of_read_and_shown_soon(two: list[Home]) -> None:
    home = two[0]
    with serving(home) as (child, _, books):
        _until(child.stdout, "Ctrl-C stops everything.")
        form = httpx2.get(f"{books}/bill/new", timeout=SOON).text
        chosen = {
            "party": _choice(form, "Valley Orchard Growers"),
            "account-0": _choice(form, "Goods Received Not Invoiced"),
        }
        typed = {**chosen, "on": "2026-04-01", "number": "BY-HAND-1", "amount-0": "12.34", "user": "Luis Ortega"}
        answer = httpx2.post(f"{books}/bill/new", data=typed, timeout=SOON)
        with psycopg.connect(Cluster(home.path).url(roles.SUPERUSER), autocommit=True) as connection:
            known = _soon(lambda: connection.execute("select total from purchasing_bill where number = 'BY-HAND-1'"))

    assert 303 == answer.status_code, answer.text
    assert (1234,) == known


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


@pytest.mark.soak
def test_the_whole_history_is_billed_and_whatever_was_done_to_the_books_is_put_right(
    new_home: Callable[[str], Home],
) -> None:
    made = new_home("whole").run("demo", "--no-serve", seconds=1200)

    assert 0 == made.returncode, made.stderr
    said = made.stdout
    assert "somebody was at 2 entries of ours" in said
    assert "compared again: 0.00 that nothing explains, 0 documents to decide about" in said
    assert "2 bills wait for you" in said
    assert "Difference books to sub-ledger: 0.00" in said


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


def _choice(form: str, name: str) -> str:
    """The value of the option that a person chooses by its name."""
    found = re.search(rf'<option value="(\d+)"[^>]*>\s*{re.escape(name)}\s*</option>', form)
    assert found is not None, name
    return found[1]


def _soon(ask: Callable[[], Any]) -> Any:
    """The first row, once there is one."""
    ends = time.monotonic() + SOON
    while time.monotonic() < ends:
        if row := ask().fetchone():
            return row
        time.sleep(0.2)
    pytest.fail("nothing came")


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
