"""`tieout story run FILE…`: tell stories to the real product, in a database and a QuickBooks of their own."""

from __future__ import annotations

import argparse
import sys
import traceback
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tieout.stories.emulator import Emulator
    from tieout.stories.telling import Told

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
        from tieout.stories import report  # reads the tables' definitions, so not before there is a database

        books = stack.enter_context(emulator.started(folder))
        for path in options.files:
            told = _told(path, books)
            all_well = all_well and not told.failures
            show = report.as_json if options.json else report.as_text
            print(show(str(path), told), flush=True)
    return 0 if all_well else 1


def _told(path: Path, books: Emulator) -> Told:
    """What became of one file. A defect of the product ends its story, not the others."""
    from tieout.core.refusals import Refusal
    from tieout.stories import files, telling
    from tieout.stories.telling import Refused, Told

    try:
        story = files.read(path)
    except Refusal as refusal:
        return Told(path.stem, errors=[Refused(None, refusal.code, str(refusal))], failures=[str(refusal)])
    try:
        return telling.tell(story, books)
    except Exception as error:
        traceback.print_exc(file=sys.stderr)
        return Told(story.title, failures=[f"The product broke: {type(error).__name__}: {error}"])
