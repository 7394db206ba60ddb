"""`tieout worker`: seals, posts, reads back and watches until it is told to stop. Any number may run."""

from __future__ import annotations

import argparse


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--companies", type=int, default=4, help="how many companies are served at a time (4)")


def run(options: argparse.Namespace) -> int:
    from tieout.quickbooks.worker import run_worker

    run_worker(at_a_time=options.companies)
    return 0
