"""The `qbo-emulator` command: says on one line how to reach it, then serves until it is told to stop."""

import argparse
import json
import logging
import signal
import sys
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from qbo_emulator.emulator import Emulator
from qbo_emulator.guard import ProductionRefused
from qbo_emulator.http.server import Server
from qbo_emulator.realm import NoSuchCompany
from qbo_emulator.state import UnknownState
from qbo_emulator.store import Store


def main(argv: Sequence[str] | None = None) -> int:
    arguments = _parser().parse_args(argv)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(message)s")
    try:
        return serve(arguments)
    except (NoSuchCompany, ProductionRefused, UnknownState, OSError) as refusal:
        print(f"qbo-emulator: {refusal}", file=sys.stderr)
        return 2


def serve(arguments: argparse.Namespace) -> int:
    emulator = Emulator(arguments.company, start=arguments.clock, seed=arguments.seed)
    store = Store(arguments.store) if arguments.store else None
    if store is not None:
        store.attach(emulator)
    server = Server(emulator, arguments.port)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    print(json.dumps(emulator.introduction()), flush=True)
    stop.wait()
    server.stop()
    if store is not None:
        store.close()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="qbo-emulator", description="A stand-in QuickBooks Online.")
    commands = parser.add_subparsers(required=True)
    serve = commands.add_parser("serve", help="serve the API on 127.0.0.1")
    serve.add_argument("--port", type=int, default=0, help="0 (the default) picks a free one")
    serve.add_argument("--company", default="empty", metavar="empty|sandbox|FILE")
    serve.add_argument("--store", type=Path, metavar="PATH", help="keep the books in this file over restarts")
    serve.add_argument("--clock", type=_clock, default=None, metavar="real|ISO", help="start the clock here")
    serve.add_argument("--seed", type=int, default=None, metavar="N", help="make ids, tokens and chance repeatable")
    return parser


def _clock(text: str) -> datetime | None:
    if text == "real":
        return None
    try:
        at = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is neither real nor an ISO date-time") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
