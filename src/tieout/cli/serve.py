"""`tieout serve`: the pages, on this machine."""

from __future__ import annotations

import argparse
import sys

PORT = 8765
THREADS = 4
"""Requests at a time in one process; each keeps one connection to the database."""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=PORT, help=f"{PORT}, or another one if that is taken")
    parser.add_argument(
        "--host", default="127.0.0.1", help="where to listen; a proxy with TLS goes before other addresses"
    )
    parser.add_argument("--processes", type=int, default=1, help="how many processes answer (1)")


def run(options: argparse.Namespace) -> int:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    from tieout.cli import ports

    port = ports.free(options.port, what="the pages are")
    print(f"http://{options.host}:{port}/  (Ctrl-C stops)", file=sys.stderr)
    Granian(
        "tieout.wsgi:application",
        address=options.host,
        port=port,
        interface=Interfaces.WSGI,
        workers=options.processes,
        blocking_threads=THREADS,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
    ).serve()
    return 0
