"""Ports of this machine: the one asked for if nobody has it, else a free one, and a sentence about it."""

from __future__ import annotations

import socket
import sys

HOST = "127.0.0.1"


def free(wanted: int, *, what: str) -> int:
    """The wanted port, or another one that is free."""
    for port in (wanted, 0):
        with socket.socket() as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind((HOST, port))
            except OSError:
                continue
            found = int(tried.getsockname()[1])
            if found != wanted:
                print(f"Port {wanted} is taken; {what} on {found}.", file=sys.stderr)
            return found
    raise AssertionError("this machine has no free port")


def answers(port: int) -> bool:
    """Whether somebody listens there."""
    try:
        with socket.create_connection((HOST, port), timeout=1):
            return True
    except OSError:
        return False
