"""Processes of one parent: started in order, stopped in reverse, and never left behind.

The hard cases. Ctrl-C in a terminal reaches every process of it at once, so the children are given sessions
of their own and hear only from the parent, in order. A parent that is killed cannot stop anybody: on Linux
the kernel then tells each child to end.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from tieout.core.refusals import Refusal

STOP_SECONDS = 10.0
PR_SET_PDEATHSIG = 1


class ChildEnded(Refusal):
    """A process that should go on has ended."""

    code = "child_ended"


class Stopped(BaseException):
    """A signal as an exception: the stack unwinds, and everything is stopped on the way."""

    def __init__(self, number: int) -> None:
        self.exit_code = 128 + number


@dataclass(slots=True)
class Children:
    """The processes at work. What they say goes to a file each in `logs`."""

    logs: Path
    running: list[tuple[str, subprocess.Popen[bytes]]] = field(default_factory=list)

    def __enter__(self) -> Self:
        self.logs.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name, _ in reversed(self.running[:]):
            self.stop(name)

    def start(
        self, name: str, command: Sequence[str], *, speaks: bool = False, knows: Mapping[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        """Start one; `speaks` if its standard output is read by us, `knows` what its environment says beside ours."""
        with (self.logs / f"{name}.log").open("ab") as log:
            child = subprocess.Popen(
                [*command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE if speaks else log,
                stderr=log,
                env={**os.environ, **(knows or {})},
                start_new_session=True,
                preexec_fn=_end_with_parent(),
            )
        self.running.append((name, child))
        return child

    def stop(self, name: str) -> None:
        """Ask it to stop, wait, and insist."""
        found = next(one for one in self.running if one[0] == name)
        child = found[1]
        with suppress(ProcessLookupError):
            child.terminate()
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        self.running.remove(found)

    def check(self) -> None:
        """Refuse to go on without one that has ended."""
        for name, child in self.running:
            if child.poll() is not None:
                raise ChildEnded(f"The {name} has ended ({_how(child.returncode)}).{self.last_words(name)}")

    def last_words(self, name: str) -> str:
        log = self.logs / f"{name}.log"
        lines = log.read_text(errors="replace").strip().splitlines()[-5:] if log.exists() else []
        return "\n".join([f" Its log is {log}" + (", and ends:" if lines else "."), *lines])


def python(*arguments: str) -> list[str]:
    """A command of this very Python."""
    return [sys.executable, *arguments]


def stop_on_signals() -> None:
    """From now on SIGTERM, Ctrl-C and a closed terminal unwind the main thread, once: a second one changes nothing."""
    signals = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

    def stop(number: int, frame: FrameType | None) -> None:
        for one in signals:
            signal.signal(one, signal.SIG_IGN)
        raise Stopped(number)

    for one in signals:
        signal.signal(one, stop)


def wait_until(ready: Callable[[], bool], *, children: Children, seconds: float, what: str) -> None:
    """Until something answers, as long as everybody lives."""
    ends = time.monotonic() + seconds
    while not ready():
        children.check()
        if time.monotonic() > ends:
            raise ChildEnded(f"{what} did not answer within {seconds:.0f} seconds.{children.last_words(what)}")
        time.sleep(0.05)
    children.check()


def _how(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def _end_with_parent() -> Callable[[], None] | None:
    """What a child does first: ask the kernel for SIGTERM when its parent is gone. Linux alone can do that."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return ask
