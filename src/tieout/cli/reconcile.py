"""`tieout reconcile`: both systems compared as of a date, every cent between them named, and kept. Exit 1 if anything
is left over, or waits for a decision.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tieout.quickbooks.reconciled import Compared


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--company", help="its name or number, where there are several")
    parser.add_argument("--on", type=date.fromisoformat, metavar="DATE", help="as of the end of that day (today)")
    parser.add_argument("--whole", action="store_true", help="read closed months again, too")
    parser.add_argument("--json", action="store_true", help="one object, with every account and term")


def run(options: argparse.Namespace) -> int:
    from tieout.access import actors
    from tieout.access import company as companies
    from tieout.quickbooks import reconciled, reconciliation

    company = actors.company(options.company)
    on = options.on or reconciliation.today(company.pk)
    done = reconciliation.asked(company.pk, on, whole=options.whole)
    with companies.scope(company.pk):
        found = reconciled.run(done.run)
    assert found is not None, "a comparison that was just kept"
    print(_as_json(found) if options.json else "\n".join(_as_text(company.name, found)))
    return 0 if done.is_settled else 1


def _as_json(found: Compared) -> str:
    import msgspec

    return msgspec.json.format(msgspec.json.encode(found), indent=2).decode()


def _as_text(company: str, found: Compared) -> Iterator[str]:
    from tieout.close.findings import money

    for one in found.accounts:
        yield f"{one.name}: floor {money(one.sub_ledger)}, QuickBooks {money(one.quickbooks)}, left {money(one.rest)}"
        for term in one.terms:
            about = f" ({term.decision})" if term.decision else ""
            who = f", {term.by} {term.changed}".rstrip() if term.by else ""
            yield f"    {term.kind:<9} {money(term.cents):>14}  {term.number}  {term.what}{who}{about}"
    if found.rest:
        yield f"{company}: {money(found.rest)} is explained by nothing."
    elif found.undecided:
        several = "document waits" if found.undecided == 1 else "documents wait"
        yield f"{company}: nothing is left over; {found.undecided} {several} for a decision."
    else:
        yield f"{company}: 0.00 left over, and nothing to decide, as of {found.on}."
