"""`tieout post`: seal and send what is due now, wait for the answers, and say what came of it."""

from __future__ import annotations

import argparse


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--company", help="its name or number, where there are several")
    parser.add_argument("--everything", action="store_true", help="seal days that are not over, too")
    parser.add_argument("--seconds", type=float, default=600, help="how long to wait at most (600)")


def run(options: argparse.Namespace) -> int:
    from django.utils import timezone

    from tieout.access import actors
    from tieout.ledger import sealing, tally
    from tieout.quickbooks import poster

    company = actors.company(options.company)
    sealed = sealing.seal_due(company.pk, timezone.now(), everything=options.everything)
    done = poster.settle(company.pk, seconds=options.seconds)
    found = tally.tally(company.pk)
    print(f"{company.name}: {sealed} sealed, {done.confirmed} confirmed now, {found.open} not sealed yet")
    for state, count in sorted(found.by_state.items()):
        print(f"  {state:<12} {count:>6}")
    for one in found.obstacles:
        print(f"  {one.number} {one.state}: {one.reason}")
    if done.stopped and found.on_the_way:
        print(f"  {found.on_the_way} wait: {done.stopped}")
    return 1 if found.is_stuck else 0
