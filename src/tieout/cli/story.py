"""`tieout story run FILE…`: tell stories to the real product, in a database and a QuickBooks of their own."""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from pathlib import Path

OWN_DATABASE = True
"""A throw-away one: a story never touches a company's ledger."""


def arguments(parser: argparse.ArgumentParser) -> None:
    parts = parser.add_subparsers(dest="part", required=True)
    tell = parts.add_parser("run", help="tell stories and compare the books with what they expect")
    tell.add_argument("--json", action="store_true", help="one JSON object for each file, one a line, and nothing else")
    tell.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a story, in JSON or TOML")


def run(options: argparse.Namespace) -> int:
    """0 if everything is as expected, 1 if not."""
    from tieout.stories import emulator, ground

    all_well = True
    with ExitStack() as stack:
        folder = stack.enter_context(ground.prepared())
        books = stack.enter_context(emulator.started(folder))
        from tieout.stories import many, report  # they read the tables' definitions: not before there is a database

        for path, told in zip(options.files, many.told(options.files, books), strict=True):
            all_well = all_well and not told.failures
            show = report.as_json if options.json else report.as_text
            print(show(str(path), told), flush=True)
    return 0 if all_well else 1
