"""A parent's processes: started in order, stopped in reverse, missed when they end, never left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tieout.cli.children import ChildEnded, Children, python

WRITES_ITS_NAME_WHEN_STOPPED = """
import signal, sys, time
def stop(*_):
    with open(sys.argv[2], "a") as ledger:
        ledger.write(sys.argv[1] + "\\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
print("ready", flush=True)
time.sleep(60)
"""

PARENT = """
import os, sys
from pathlib import Path
from tieout.cli.children import Children, python
with Children(Path(sys.argv[1])) as children:
    child = children.start("sleeper", python("-c", "import time; print('up', flush=True); time.sleep(60)"), speaks=True)
    child.stdout.readline()
    print(child.pid, flush=True)
    sys.stdin.read()
"""


def test_children_stop_in_reverse_order(tmp_path: Path) -> None:
    ledger = tmp_path / "stopped"
    with Children(tmp_path / "logs") as children:
        for name in ("first", "second", "third"):
            command = python("-c", WRITES_ITS_NAME_WHEN_STOPPED, name, str(ledger))
            child = children.start(name, command, speaks=True)
            assert child.stdout is not None
            child.stdout.readline()

    assert ["third", "second", "first"] == ledger.read_text().split()


def test_one_that_ended_is_named_with_its_last_words(tmp_path: Path) -> None:
    with Children(tmp_path) as children:
        children.start("grumbler", python("-c", "import sys; sys.exit('no room')")).wait()

        with pytest.raises(ChildEnded, match=r"(?s)The grumbler has ended \(exit code 1\)\..*no room"):
            children.check()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux ends the children of a killed parent")
def test_a_killed_parent_takes_its_children_along(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())

    parent.send_signal(signal.SIGKILL)
    parent.communicate()

    ends = time.monotonic() + 10
    while time.monotonic() < ends and _runs(child):
        time.sleep(0.05)
    assert not _runs(child)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
