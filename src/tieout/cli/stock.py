"""`tieout stock`: what is where and what it is worth, now or as of any moment."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tieout.stock.positions import Position


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--company")
    parser.add_argument("--site", default="", help="only this site")
    parser.add_argument("--item", default="", metavar="SKU", help="only this item")
    parser.add_argument("--at", metavar="MOMENT", help="as of 2026-01-31 (its end) or 2026-01-31T14:00, company time")
    parser.add_argument("--known", type=int, metavar="N", help="as known when event N of the company was recorded")
    parser.add_argument("--value", action=argparse.BooleanOptionalAction, default=True, help="with what it is worth")
    parser.add_argument("--json", action="store_true", help="one object with positions, amounts in cents")


def run(options: argparse.Namespace) -> int:
    from tieout.access import actors
    from tieout.access import company as companies
    from tieout.stock import positions

    company = actors.company(options.company)
    at = _moment(options.at, company.time_zone) if options.at else None
    with companies.scope(company.pk):
        found = positions.positions(
            company.pk, site=options.site, sku=options.item, at=at, known=options.known, valued=options.value
        )
    if options.json:
        print(_as_json(company.name, at, options.known, found))
    elif found:
        print("\n".join(_as_text(found)))
    else:
        print(_nothing(company.name, options))
    return 0


def _moment(said: str, time_zone: str) -> datetime:
    """A day means its end; a time without a zone is the company's."""
    from datetime import date, time
    from zoneinfo import ZoneInfo

    from tieout.core.refusals import Refusal

    class NoMoment(Refusal):
        """A text that names no moment."""

        code = "bad_date"

    zone = ZoneInfo(time_zone)
    try:
        if len(said) == len("2026-01-31"):
            return datetime.combine(date.fromisoformat(said), time.max, zone)
        moment = datetime.fromisoformat(said)
    except ValueError as error:
        raise NoMoment(f"“{said}” is no moment. Write 2026-01-31, or 2026-01-31T14:00.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _as_json(company: str, at: datetime | None, known: int | None, found: Sequence[Position]) -> str:
    import msgspec

    told: dict[str, Any] = {"company": company, "at": at, "known": known, "positions": list(found)}
    if all(one.cents is not None for one in found):
        told["cents"] = sum(one.cents or 0 for one in found)
    return msgspec.json.format(msgspec.json.encode(told), indent=2).decode()


_HEAD = ("item", "where", "lot or run", "expires", "quantity", "", "worth")
_RIGHT = frozenset({4, 6})


def _as_text(found: Sequence[Position]) -> Iterator[str]:
    rows = [_HEAD, *(_row(one) for one in found)]
    if found[0].cents is not None:
        rows.append(("", "", "", "", "", "", _money(sum(one.cents or 0 for one in found))))
    widths = [max(len(row[n]) for row in rows) for n in range(len(_HEAD))]
    for row in rows:
        cells = [
            cell.rjust(width) if n in _RIGHT else cell.ljust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()


def _row(one: Position) -> tuple[str, ...]:
    return (
        one.sku,
        f"{one.site}/{one.place}",
        one.code,
        one.expires_on.isoformat() if one.expires_on else "",
        f"{one.quantity.normalize():f}" if one.lot is not None else "in process",
        one.unit if one.lot is not None else "",
        _money(one.cents) if one.cents is not None else "",
    )


def _money(cents: int) -> str:
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100:,}.{abs(cents) % 100:02}"


def _nothing(company: str, options: argparse.Namespace) -> str:
    if options.item or options.site or options.at or options.known is not None:
        return "Nothing of that is there. Leave out --site, --item, --at or --known to see more."
    return f"{company} has no stock yet. Receive goods, or import opening balances: tieout import --help"
