"""`tieout import FILE …`: masters, stock, orders and receipts from CSV or Excel, all of it or nothing."""

from __future__ import annotations

import argparse
import os
import sys

OWN_DATABASE = True
"""A template is printed without one."""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="*", metavar="FILE", help="CSV, .xlsx, or a folder of them")
    parser.add_argument("--template", metavar="KIND", help="print an empty file of a kind, with example rows")
    parser.add_argument("--kind", default="", help="what is in the files, where their names do not say")
    parser.add_argument("--dry-run", action="store_true", help="say what is wrong and change nothing")
    parser.add_argument("--update", action="store_true", help="change masters that are there already")
    parser.add_argument("--by", metavar="NAME", help="the person who imports")
    parser.add_argument("--company", help="its name or number, where there are several")


def run(options: argparse.Namespace) -> int:
    if options.template:
        return _print_template(options.template)
    if not options.files or not options.by:
        print("tieout import: name the files, and who imports them with --by NAME", file=sys.stderr)
        return 2
    from tieout.cli.main import database

    with database():
        return _import(options)


def _print_template(kind: str) -> int:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tieout.settings")
    django.setup()
    from tieout import imports

    print(imports.template(kind).as_csv(), end="")
    return 0


def _import(options: argparse.Namespace) -> int:
    from tieout import imports
    from tieout.access import actors

    by = actors.named(actors.company(options.company).pk, options.by)
    report = imports.run(
        by,
        [imports.Given(path, options.kind) for path in options.files],
        dry_run=options.dry_run,
        update=options.update,
        progress=_say if sys.stderr.isatty() else imports.silent,
    )
    for line in (*report.problems, *report.notices):
        print(line, file=sys.stderr)
    if report.found > len(report.problems):
        print(f"… and {report.found - len(report.problems):,} more", file=sys.stderr)
    print(report.headline)
    return 0 if report.ok else 1


def _say(what: str, rows: int) -> None:
    """One line that is written over, so that a long import is seen to be alive."""
    print(f"\r\x1b[K{what}: {rows:,} rows", end="\r", file=sys.stderr, flush=True)
