"""`tieout verify`: every invariant of the ledger and the books, proved or named row by row. Exit 1 if one is broken."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tieout.close.findings import Result


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--company")
    parser.add_argument("--only", type=int, nargs="+", metavar="N", help="these invariants, by their numbers, 1 to 10")
    parser.add_argument("--replay", action="store_true", help="also tell all events again to an empty company (10)")
    parser.add_argument("--json", action="store_true", help="one object: {ok, invariants: [{number, title, ok, …}]}")


def run(options: argparse.Namespace) -> int:
    from rich.console import Console

    from tieout.access import actors
    from tieout.close import verify

    company = actors.company(options.company)
    progress = Console(stderr=True)
    with progress.status("Looking") as status:
        results = verify.check(
            company.pk,
            options.only,
            options.replay,
            lambda number, title: status.update(f"{number}  {title}" if number else title),
        )
    print(_as_json(results) if options.json else "\n".join(_as_text(company.name, results)))
    return 0 if all(one.ok for one in results) else 1


def _as_json(results: Sequence[Result]) -> str:
    import msgspec

    told = {"ok": all(one.ok for one in results), "invariants": results}
    return msgspec.json.format(msgspec.json.encode(told), indent=2).decode()


def _as_text(company: str, results: Sequence[Result]) -> list[str]:
    lines = []
    for one in results:
        lines.append(f"{'ok    ' if one.ok else 'BROKEN'}  {one.number:>2}  {one.title} ({one.checked:,} looked at)")
        lines += [f"            {finding}" for finding in one.findings]
        lines += [f"            · {listed}" for listed in one.listed]
    broken = sum(not one.ok for one in results)
    found = sum(len(one.findings) for one in results)
    if broken:
        lines.append(f"{company}: {broken} of {len(results)} are broken, {found} rows named.")
    else:
        lines.append(f"{company}: all {len(results)} hold.")
    return lines
