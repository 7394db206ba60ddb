"""Workers die, sleep and race; there is one entry each in the end. The deaths are real: SIGKILL at a named
point.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import connection

from tieout.ledger import transmissions
from tieout.ledger.transmissions import Change, Heard
from tieout.quickbooks import faults
from tieout.quickbooks.poster import post_due, settle
from tieout.quickbooks.waits import Waits

JOURNAL = {"entity": "JournalEntry", "method": "POST"}
SCALE = "0.001"

GOT_IT = None
DID_NOT = {"do": "status", "status": 503, "commit": False}
GOT_IT_AND_SAID_NOTHING = {"do": "status", "status": 503, "commit": True}
ANSWERED_LATE = {"do": "delay", "s": 0.5}


def worker(company: int, *, dying_at: str = "") -> subprocess.Popen[bytes]:
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "tieout.settings", faults.VARIABLE: dying_at}
    program = Path(__file__).with_name("worker.py")
    return subprocess.Popen([sys.executable, str(program), str(company), SCALE], env=env)


@pytest.mark.parametrize(
    ("point", "fault", "tries"),
    [
        ("before T3", GOT_IT, ["send: accepted"]),
        ("T3 committed", GOT_IT, ["send: ?", "look: absent", "look: absent", "send: accepted"]),
        ("half of the request written", GOT_IT, ["send: ?", "look: absent", "look: absent", "send: accepted"]),
        ("request written", ANSWERED_LATE, ["send: ?", "look: found"]),
        ("request written", DID_NOT, ["send: ?", "look: absent", "look: absent", "send: accepted"]),
        ("response read", GOT_IT, ["send: ?", "look: found"]),
        ("response read", DID_NOT, ["send: ?", "look: absent", "look: absent", "send: accepted"]),
        ("response read", GOT_IT_AND_SAID_NOTHING, ["send: ?", "look: found"]),
        ("before T4", GOT_IT, ["send: ?", "look: found"]),
        ("before T4", DID_NOT, ["send: ?", "look: absent", "look: absent", "send: accepted"]),
        ("before T4", GOT_IT_AND_SAID_NOTHING, ["send: ?", "look: found"]),
        ("T4 committed", GOT_IT, ["send: accepted"]),
        ("T4 committed", DID_NOT, ["send: unknown", "look: absent", "look: absent", "send: accepted"]),
        ("T4 committed", GOT_IT_AND_SAID_NOTHING, ["send: unknown", "look: found"]),
        ("look committed", GOT_IT_AND_SAID_NOTHING, ["send: unknown", "look: ?", "look: found"]),
        ("looked", GOT_IT_AND_SAID_NOTHING, ["send: unknown", "look: ?", "look: found"]),
        ("looked", DID_NOT, ["send: unknown", "look: ?", "look: absent", "look: absent", "send: accepted"]),
    ],
)
def test_a_worker_killed_at_any_step_leaves_one_entry_after_the_next(
    factory, waits: Waits, point: str, fault, tries: list[str]
) -> None:
    sealed = factory.transmission()
    if fault:
        factory.books.fault(**fault, match=JOURNAL)
    dead = worker(factory.company, dying_at=point)
    assert -signal.SIGKILL == dead.wait(60)
    time.sleep(0.6)

    settle(factory.company, waits=waits, seconds=20)

    (entry,) = factory.entries()
    assert ("confirmed", entry["Id"]) == (factory.now(sealed).state, factory.now(sealed).external_id)
    assert tries == factory.attempts(sealed)


def test_two_workers_at_once_send_each_entry_once(factory) -> None:
    sealed = [factory.transmission() for _ in range(12)]
    workers = [worker(factory.company) for _ in range(2)]
    assert [0, 0] == [one.wait(60) for one in workers]

    assert {"confirmed"} == {factory.now(one).state for one in sealed}
    assert (12, 12) == (len(factory.entries()), len(factory.sent()))


def test_while_one_worker_waits_for_an_answer_no_other_touches_it(factory, waits: Waits) -> None:
    sealed = factory.transmission()
    factory.books.fault("delay", match=JOURNAL, s=1)
    patient = replace(waits, lease=30)
    first = threading.Thread(target=_post_and_hang_up, args=(factory.company, patient))
    first.start()
    time.sleep(0.4)

    second = post_due(factory.company, waits=patient)

    first.join(10)
    assert 0 == second.requests
    assert ["send: accepted"] == factory.attempts(sealed)


def test_an_answer_to_a_stale_fence_is_kept_and_changes_nothing(factory, waits: Waits) -> None:
    sealed = factory.transmission()
    zombie = transmissions.claim(factory.company, worker="zombie", lease=0, look_after=0)
    assert zombie is not None
    settle(factory.company, waits=waits, seconds=20)
    confirmed = factory.now(sealed)

    counted = transmissions.answered(
        zombie, Heard(outcome="rejected", status=400), Change(state="rejected", reason="too late")
    )

    assert not counted
    assert ("confirmed", confirmed.fence) == (factory.now(sealed).state, factory.now(sealed).fence)
    assert ["send: rejected", "look: absent", "look: absent", "send: accepted"] == factory.attempts(sealed)


def test_a_zombie_that_wakes_up_with_a_second_copy_opens_a_duplicate_case(factory, waits: Waits) -> None:
    """Two guards off at once: the requestid is forgotten, and the first sender is slower than two looks."""
    sealed = factory.transmission()
    factory.books.options(requestid_ttl=0)
    factory.books.fault("delay", match=JOURNAL, s=2)
    zombie = threading.Thread(target=_post_and_hang_up, args=(factory.company, waits))
    zombie.start()
    time.sleep(0.7)
    settle(factory.company, waits=waits, seconds=20)
    zombie.join(10)

    (finding,) = factory.findings()
    assert 2 == len(factory.entries())
    assert ("duplicate", factory.now(sealed).external_id) == (finding.kind, finding.facts["kept"])


def test_the_attempt_is_committed_before_the_first_byte_leaves(factory) -> None:
    sealed = factory.transmission()

    worker(factory.company, dying_at="half of the request written").wait(60)

    assert "sending" == factory.now(sealed).state
    assert ["send: ?"] == factory.attempts(sealed)
    assert [] == factory.entries()


def _post_and_hang_up(company: int, waits: Waits) -> None:
    try:
        post_due(company, waits=waits)
    finally:
        connection.close()
