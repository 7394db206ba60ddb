"""The worker: it finds its work in the tables, stops when told to, and needs no queue that remembers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from tieout.access import audit
from tieout.access import company as companies
from tieout.ledger import sealing
from tieout.ledger.models import Books
from tieout.quickbooks import jobs, pace, rounds
from tieout.quickbooks.models import Credential
from tieout.quickbooks.waits import Waits

JOURNAL = {"entity": "JournalEntry", "method": "POST"}

PROGRAM = "import django; django.setup(); from tieout.quickbooks.worker import run_worker; run_worker()"


def worker() -> subprocess.Popen[bytes]:
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "tieout.settings"}
    return subprocess.Popen([sys.executable, "-c", PROGRAM], env=env, stderr=subprocess.DEVNULL)


def test_a_worker_posts_what_is_pending_and_stops_when_told_to(factory) -> None:
    sealed = factory.transmission()
    at_work = worker()
    try:
        _until(lambda: factory.now(sealed).state == "confirmed", seconds=40)
    finally:
        at_work.send_signal(signal.SIGTERM)
    code = at_work.wait(30)

    assert 0 == code
    assert "confirmed" == factory.now(sealed).state
    assert 1 == len(factory.entries())


def test_a_lost_queue_loses_nothing(factory) -> None:
    """A worker is killed with jobs at work and the queue is emptied; the next one posts all the same."""
    first = worker()
    time.sleep(4)
    first.kill()
    first.wait()
    with connection.cursor() as cursor:
        cursor.execute("delete from procrastinate_jobs")
    sealed = factory.transmission()
    second = worker()
    try:
        _until(lambda: factory.now(sealed).state == "confirmed", seconds=40)
    finally:
        second.send_signal(signal.SIGTERM)
        second.wait(30)

    assert "confirmed" == factory.now(sealed).state


def test_a_tick_defers_one_round_for_each_company_and_not_a_second(factory) -> None:
    jobs.tick(0)
    jobs.tick(0)

    with connection.cursor() as cursor:
        cursor.execute("select task_name, args, lock from procrastinate_jobs")
        assert [("often", {"company": factory.company}, None)] == [
            (name, _json(args), lock) for name, args, lock in cursor.fetchall()
        ]


def test_a_round_seals_posts_and_chains(factory, waits: Waits, monkeypatch: pytest.MonkeyPatch) -> None:
    sealed = factory.transmission()
    asked: list[int] = []
    monkeypatch.setattr(sealing, "seal_due", lambda company, now: asked.append(company))

    rounds.often(factory.company, waits=waits)

    assert [factory.company] == asked
    assert "confirmed" == factory.now(sealed).state
    with companies.scope(factory.company), connection.cursor() as cursor:
        cursor.execute("select count(*) from access_auditlink")
        assert cursor.fetchone()[0] > 0
    assert audit.broken(factory.company) is None


def test_a_step_that_fails_keeps_no_other_from_its_turn(factory, waits: Waits, monkeypatch) -> None:
    def fail(company: int, now: object) -> int:
        raise RuntimeError("no account is mapped")

    sealed = factory.transmission()
    monkeypatch.setattr(sealing, "seal_due", fail)

    with pytest.raises(ExceptionGroup, match="did not do everything"):
        rounds.often(factory.company, waits=waits)

    assert "confirmed" == factory.now(sealed).state


def test_the_closing_date_is_read_at_least_hourly(factory, waits: Waits) -> None:
    factory.books.close_books("2025-12-31")

    rounds.sometimes(factory.company, waits=waits)

    with companies.scope(factory.company):
        assert "2025-12-31" == str(Books.objects.get().closed_through)


def test_a_consent_that_ends_soon_is_a_finding(factory, waits: Waits) -> None:
    with companies.scope(factory.company):
        Credential.objects.update(refresh_expires_at=timezone.now() + timedelta(days=29))
    rounds.sometimes(factory.company, waits=waits)
    assert ["reconnect soon"] == [finding.kind for finding in factory.findings()]
    with companies.scope(factory.company):
        Credential.objects.update(refresh_expires_at=timezone.now() + timedelta(days=31))

    rounds.sometimes(factory.company, waits=waits)

    assert [] == factory.findings()


def test_a_company_without_a_connection_has_quiet_rounds(company, waits: Waits) -> None:
    rounds.often(company.pk, waits=waits)
    rounds.sometimes(company.pk, waits=waits)
    rounds.nightly(company.pk, waits=waits)

    assert not pace.is_connected(company.pk)


def test_reading_is_not_repeated_while_quickbooks_is_silent(factory, waits: Waits) -> None:
    factory.books.fault("status", status=503, match={"times": 0})

    for _ in range(12):
        rounds.sometimes(factory.company, waits=Waits())

    assert len([one for one in factory.books.requests() if one["status"] == 503]) <= 6


def _until(condition, *, seconds: float) -> None:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends and not condition():
        time.sleep(0.2)


def _json(args):
    return json.loads(args) if isinstance(args, str) else args
