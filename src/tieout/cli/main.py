"""`tieout COMMAND …`: find the command, have a database, run it, and turn a refusal into one sentence.

Errors go to standard error with a non-zero exit: 1 for what cannot be done as asked, 2 for words that are off.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

COMMANDS = {
    "demo": "a food maker with three months of history, posted and tied out, and pages to look at it",
    "serve": "the web pages",
    "worker": "seal, post, read back, sweep: run beside the pages",
    "company": "companies and the people in them",
    "import": "items, BOMs, suppliers, stock, orders and receipts from CSV or Excel",
    "stock": "what is where, as of any moment",
    "trace": "follow dollars and goods from a journal entry, lot, shipment or run",
    "verify": "prove the invariants of the ledger and the books",
    "reconcile": "compare both systems account by account, and name every cent between them",
    "post": "send to QuickBooks what is due, and say what happened",
    "story": "run accounting stories through the real product",
}
"""Command → what it is for. Each is a module of this package."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    parser = argparse.ArgumentParser(prog="tieout", description="Inventory and costs that tie out to QuickBooks.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    wanted = next((word for word in given if not word.startswith("-")), "")
    for name, says in COMMANDS.items():
        command = commands.add_parser(name, help=says, description=says[0].upper() + says[1:] + ".")
        if name == wanted:
            _module(name).arguments(command)
    options = parser.parse_args(given)
    try:
        return _run(options)
    except BrokenPipeError:
        # Whoever read our output has read enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130


def _module(name: str):  # type: ignore[no-untyped-def]  # a module with `arguments` and `run`
    return importlib.import_module(f"tieout.cli.{name if name != 'import' else 'imports'}")


def _run(options: argparse.Namespace) -> int:
    module = _module(options.command)
    from tieout.core.refusals import Refusal
    from tieout.database.cluster import CannotStart

    try:
        if getattr(module, "OWN_DATABASE", False):
            return int(module.run(options))
        with database():
            return int(module.run(options))
    except (Refusal, CannotStart) as refusal:
        print(f"tieout: {refusal}", file=sys.stderr)
        return 1


@contextmanager
def database() -> Iterator[None]:
    """A migrated database: the server that was named, or the embedded one, started if nobody uses it yet."""
    from contextlib import ExitStack

    from tieout.database import home, urls
    from tieout.database.cluster import Cluster

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tieout.settings")
    with ExitStack() as stack:
        if urls.embedded():
            stack.enter_context(Cluster(home.path()))
        import django

        django.setup()
        from tieout.database.migrate import migrate

        migrate()
        yield
