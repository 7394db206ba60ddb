"""Telling many stories: a few at a time, each whole in one process, in the order in which they were given.

Stories know nothing of each other: each has a company and a QuickBooks company of its own. So they are told side
by side, which is faster, and tries row-level security and locks as a real installation would.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path

from django.db import connections

from tieout.core.refusals import Refusal
from tieout.stories import files, telling, world
from tieout.stories.emulator import Emulator
from tieout.stories.telling import Refused, Told

WORTH_A_PROCESS = 8
"""Stories: for fewer, starting a process takes longer than it saves."""

MOST_PROCESSES = 4

_emulator: Emulator | None = None
"""A helping process's own way to the emulator."""


def told(paths: Sequence[Path], emulator: Emulator) -> Iterator[Told]:
    """What became of each file."""
    helpers = min(os.cpu_count() or 1, MOST_PROCESSES, len(paths) // WORTH_A_PROCESS)
    if helpers < 2:
        yield from (one(path, emulator) for path in paths)
        return
    world.make_template(emulator)
    connections.close_all()  # a connection cannot be shared with a copy of this process
    with multiprocessing.get_context("fork").Pool(helpers, _begin, (emulator,)) as pool:
        yield from pool.imap(_help, paths)


def one(path: Path, emulator: Emulator) -> Told:
    """What became of one file. A defect of the product ends its story, not the others."""
    try:
        story = files.read(path)
    except Refusal as refusal:
        return Told(path.stem, errors=[Refused(None, refusal.code, str(refusal))], failures=[str(refusal)])
    try:
        return telling.tell(story, emulator)
    except Exception as error:
        traceback.print_exc(file=sys.stderr)
        return Told(story.title, failures=[f"The product broke: {type(error).__name__}: {error}"])


def _begin(emulator: Emulator) -> None:
    """Ctrl-C is for the first process, which then ends this one."""
    global _emulator
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _emulator = emulator.apart()


def _help(path: Path) -> Told:
    assert _emulator is not None, "told before the process has begun"
    return one(path, _emulator)
