"""`tieout trace WHAT`: whence the dollars came and where they went, as a tree or as JSON."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tieout.costing.trace import Section, Side, Trace, TraceHop

NARROWEST, WIDEST = 60, 160
AMOUNT, QUANTITY = 14, 16
SHOWN = 3
"""Decimals of a quantity on paper; JSON has all six."""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "what", help="a journal entry (RCV-000012-7), a lot (its code, or #id), a shipment, a run or an event"
    )
    parser.add_argument("--company")
    parser.add_argument(
        "--json", action="store_true", help="one object: sections with nodes and hops, amounts in cents"
    )


def run(options: argparse.Namespace) -> int:
    import msgspec

    from tieout.access import actors
    from tieout.costing import trace

    found = trace.of(actors.company(options.company).pk, options.what)
    if options.json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(found), indent=2).decode() + "\n")
    else:
        width = shutil.get_terminal_size((110, 24)).columns
        print("\n".join(as_text(found, width=min(max(width, NARROWEST), WIDEST))))
    return 0


def as_text(trace: Trace, *, width: int) -> Iterator[str]:
    """Every section with its two trees; a node met again is named again, and not unfolded twice."""
    yield f"{trace.kind} {trace.what}"
    for section in trace.sections:
        yield ""
        yield _row(section.title, "", section.cents, width)
        yield from _half("came from", section, section.back, width, backward=True)
        yield from _half("went to", section, section.forward, width, backward=False)


def _half(title: str, section: Section, side: Side, width: int, *, backward: bool) -> Iterator[str]:
    hops: dict[str, list[TraceHop]] = {}
    for hop in side.hops:
        hops.setdefault(hop.target if backward else hop.origin, []).append(hop)
    if section.root in hops:
        yield f"  {title}"
        yield from _branches(section.root, "  ", side, hops, set(), width, backward=backward)


def _branches(
    root: str,
    indent: str,
    side: Side,
    hops: Mapping[str, list[TraceHop]],
    shown: set[str],
    width: int,
    *,
    backward: bool,
) -> Iterator[str]:
    here = hops.get(root, [])
    for n, hop in enumerate(here, 1):
        is_last = n == len(here)
        node = side.nodes[hop.origin if backward else hop.target]
        again = node.id in shown and node.id in hops
        title = node.title
        if node.id in hops and node.cents != hop.cents:
            title += f"  ({_money(node.cents)} in all{', above' if again else ''})"
        elif again:
            title += "  (above)"
        quantity = f"{round(hop.quantity, SHOWN).normalize():f} {hop.unit}" if hop.quantity else ""
        yield _row(f"{indent}{'└─ ' if is_last else '├─ '}{title}", quantity, hop.cents, width)
        if not again:
            shown.add(node.id)
            below = indent + ("   " if is_last else "│  ")
            yield from _branches(node.id, below, side, hops, shown, width, backward=backward)


def _row(text: str, quantity: str, cents: int, width: int) -> str:
    left = width - AMOUNT - QUANTITY
    if len(text) > left:
        text = text[: left - 1] + "…"
    return f"{text:<{left}}{quantity:>{QUANTITY}}{_money(cents):>{AMOUNT}}".rstrip()


def _money(cents: int) -> str:
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100:,}.{abs(cents) % 100:02}"
