"""What became of a story, for programs as one JSON object and for an accountant as a page of text."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from tieout.stories.files import SUMS
from tieout.stories.telling import Told
from tieout.stories.witness import Journal, Seen, money, quantity


def as_json(file: str, told: Told) -> str:
    """One line, as documented: all accounts and lots, expected or not."""
    return json.dumps(
        {
            "file": file,
            "title": told.title,
            "ok": not told.failures,
            **_seen(told.seen),
            "journals": [_journal(one) for one in told.seen.journals] if told.seen else [],
            "errors": [{"event": one.event, "code": one.code, "message": one.message} for one in told.errors],
            "checkpoints": {
                id: {**_seen(seen), "journals": len(seen.journals)} for id, seen in told.checkpoints.items()
            },
            "failures": told.failures,
        },
        ensure_ascii=False,
    )


def _seen(seen: Seen | None) -> dict[str, Any]:
    if seen is None:
        return {"accounts": {}, "lots": {}, "ships": {}}
    return {
        "accounts": {name: money(balance) for name, balance in seen.accounts.items()},
        "lots": {name: [quantity(on_hand), money(value)] for name, (on_hand, value) in _lots(seen).items()},
        "ships": {id: money(cost) for id, cost in seen.ships.items()},
    }


def _journal(one: Journal) -> dict[str, Any]:
    lines = [
        {
            "account": line.account,
            "debit": money(line.debit),
            "credit": money(line.credit),
            "lot": line.lot,
            "source": line.source,
        }
        for line in one.lines
    ]
    return {"id": one.id, "on": one.on.isoformat(), "kind": one.kind, "lines": lines}


def as_text(file: str, told: Told) -> str:
    """The title and how it went first; then the books, the goods and the entries; last what is not as expected."""
    lines = [f"{told.title}", f"  {file}: {'as expected' if not told.failures else 'NOT AS EXPECTED'}"]
    if told.seen is not None:
        lines += [*_balances(told.seen), *_goods(told.seen), *_entries(told.seen)]
    if told.errors:
        lines += ["", "  Refused"]
        lines += [f"    event {one.event}: {one.code}: {one.message}" for one in told.errors]
    for id, seen in told.checkpoints.items():
        lines += ["", f"  At checkpoint {id}", *_balances(seen, indent="  ")]
    if told.failures:
        lines += ["", "  Not as expected"]
        lines += [f"    {sentence}" for sentence in told.failures]
    return "\n".join(lines) + "\n"


def _balances(seen: Seen, indent: str = "") -> Iterator[str]:
    """Accounts that are not at zero; sums of several accounts are left to programs."""
    shown = {name: balance for name, balance in seen.accounts.items() if balance and name not in SUMS}
    if "COGS" in seen.accounts and (own := seen.accounts["COGS"] - seen.accounts["COGS_LATE"]):
        shown["COGS"] = own
    rows = [(name, *_sides(balance)) for name, balance in shown.items()]
    yield ""
    yield from (f"{indent}{line}" for line in _table("  Account", ("debit", "credit"), rows))


def _sides(balance: Decimal) -> tuple[str, str]:
    return (money(balance), "") if balance > 0 else ("", money(-balance))


def _lots(seen: Seen) -> dict[str, tuple[Decimal, Decimal]]:
    """Every lot, and its parts by site where it is, or was, at more than one."""
    sites = Counter(name.rpartition("@")[0] for name in seen.lots if "@" in name)
    return {name: part for name, part in seen.lots.items() if "@" not in name or sites[name.rpartition("@")[0]] > 1}


def _goods(seen: Seen) -> Iterator[str]:
    lots = [(name, quantity(on_hand), money(value)) for name, (on_hand, value) in _lots(seen).items()]
    if lots:
        yield ""
        yield from _table("  Lot", ("on hand", "worth"), lots)
    if seen.ships:
        yield ""
        yield from _table("  Shipment", ("cost",), [(id, money(cost)) for id, cost in seen.ships.items()])


def _entries(seen: Seen) -> Iterator[str]:
    for journal in seen.journals:
        rows = [
            (f"{line.account}{f' {line.lot}' if line.lot else ''} ({line.source})", *_both(line.debit, line.credit))
            for line in journal.lines
        ]
        yield ""
        yield from _table(f"  {journal.on} {journal.kind} {journal.id}", ("debit", "credit"), rows)


def _both(debit: Decimal, credit: Decimal) -> tuple[str, str]:
    return money(debit) if debit else "", money(credit) if credit else ""


def _table(title: str, columns: Sequence[str], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Names to the left, figures to the right."""
    width = max((len(title) - 4, *(len(row[0]) for row in rows)), default=0)
    widths = [
        max(len(column), *(len(row[n + 1]) for row in rows)) if rows else len(column)
        for n, column in enumerate(columns)
    ]
    heads = "  ".join(f"{column:>{wide}}" for column, wide in zip(columns, widths, strict=True))
    yield f"{title:<{width + 4}}  {heads}".rstrip()
    for name, *figures in rows:
        shown = "  ".join(f"{figure:>{wide}}" for figure, wide in zip(figures, widths, strict=True))
        yield f"    {name:<{width}}  {shown}".rstrip()
