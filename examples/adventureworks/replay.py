"""AdventureWorks, the whole way: imported, grouped per day, posted to a QuickBooks emulator, tied out.

`python -m examples.adventureworks.replay DATA` does it in a database and books of its own, which are gone
afterwards, and prints how long each step took.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from tieout.access.acting import Acting

FIRST, LAST = date(2011, 1, 1), date(2015, 1, 1)


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of it: entries in QuickBooks, and what nothing explains between the two, in cents."""

    receipt_lines: int
    entries: int
    waiting: int
    difference: int


def replay(controller: Acting, loader: Acting, data: Path, emulator: Mapping[str, str], *, out: TextIO) -> Replayed:
    """Connect the company to the emulator, import everything, post it, and compare."""
    from examples.adventureworks import load
    from tieout.access import actors
    from tieout.access.models import CompanyState
    from tieout.core.posting import Rule, Target
    from tieout.ledger import actions as ledger
    from tieout.ledger import sealing
    from tieout.quickbooks import actions, books, masters, poster, set_up
    from tieout.quickbooks.waits import Waits

    unpaced = Waits(paced=False)  # the emulator does not throttle
    company = controller.company
    keys = ("client_id", "client_secret", "access_token", "refresh_token")
    actions.connect(
        controller, base_url=emulator["url"], realm=emulator["realm_id"], **{key: emulator[key] for key in keys}
    )
    roles = set_up.set_up(company)
    ledger.set_mapping(controller, rules=[Rule(role, Target(account.pk)) for role, account in roles.items()])
    ledger.set_policy(controller, name="receipt grouping", value="day", effective_from=FIRST)
    report = load.load(loader, data, out=out)
    assert report.ok, str(report)
    lines = next(one.rows for one in report.loaded if one.kind == "receipts")
    actors.set_state(company, CompanyState.LIVE)
    with _timed("vendors made in QuickBooks", out):
        masters.request_parties(company, waits=unpaced)
    with _timed("journal events sealed", out):
        sealing.seal_due(company, datetime.now(UTC))
    with _timed("entries posted", out):
        sent = poster.settle(company, waits=unpaced, seconds=1800)
    with _timed("books compared", out):
        ties = books.tie_out(company, LAST)
    done = Replayed(
        lines, sent.confirmed, sent.blocked + sent.rejected + sent.in_doubt, sum(abs(tie.rest) for tie in ties)
    )
    unexplained = [term for tie in ties for term in (*tie.unposted, *tie.foreign, *tie.tampered)]
    print(f"{done.receipt_lines:,} order lines received, {done.entries:,} journal entries confirmed", file=out)
    print(f"difference books to sub-ledger: {done.difference / 100:.2f}, terms: {len(unexplained)}", file=out)
    return done


@contextmanager
def _timed(what: str, out: TextIO) -> Iterator[None]:
    """Say how long a step took."""
    began = time.perf_counter()
    yield
    print(f"{what}: {time.perf_counter() - began:.1f} s", file=out)


def main(arguments: list[str]) -> int:
    """A throw-away database and emulator around `replay`."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="tieout-aw-") as folder:
        os.environ["TIEOUT_HOME"] = folder
        from qbo_emulator.testing import started
        from tieout.cli.main import database

        with database(), started(company="empty") as emulator:
            from tieout.access import actors
            from tieout.access.permissions import ActorRole

            company = actors.found("AdventureWorks").pk
            controller = actors.engage(company, "Cora", ActorRole.CONTROLLER)
            loader = actors.engage(company, "Ada", ActorRole.ADMINISTRATOR)
            books = emulator.books
            introduction = {
                name: getattr(books, name)
                for name in ("url", "realm_id", "client_id", "client_secret", "access_token", "refresh_token")
            }
            done = replay(controller, loader, Path(arguments[0]), introduction, out=sys.stdout)
    return 0 if not (done.difference or done.waiting) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
