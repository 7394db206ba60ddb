"""Invariant 10: the events alone, told again to an empty company, give the ledger that is there.

Events are read in portions, with the movements and lines that they left, and compared row by row; the balances
at the end, to the twelfth decimal of the base that issues are valued from.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from tieout.close.findings import MOST, Finding, Outcome, Row, money, plain, rows
from tieout.core.balances import Balance
from tieout.core.book import Key, Movement
from tieout.core.posting import Line
from tieout.core.refusals import Refusal
from tieout.core.replay import Done, Replay
from tieout.ledger import mapping
from tieout.stock import places
from tieout.stock.movements import Envelope

PORTION = 500

_EVENTS = """
select id, number, payload::text, mapping_version from ledger_event
where company_id = %(company)s and id > %(after)s order by id limit %(portion)s
"""
_MOVEMENTS = """
select event_id, number, id, kind, item_id, lot_id, pool_id, origin_id, target_id, quantity, value, corrects_id,
    debit_line, credit_line
from stock_movement where company_id = %(company)s and event_id between %(first)s and %(last)s order by event_id, number
"""
_LINES = """
select event_id, number, id, role, debit, credit, account_id, klass_id, department_id, party_id, document, description
from ledger_journalline
where company_id = %(company)s and event_id between %(first)s and %(last)s order by event_id, number
"""
_BALANCES = """
select id, location_id, lot_id, pool_id, quantity, value, base_quantity, base_value from stock_balance
where company_id = %(company)s order by id
"""


class _Event(NamedTuple):
    id: int
    number: str
    payload: str
    mapping_version: int


def check(company: int) -> Outcome:
    replay = Replay(places.of(company))
    told = _Told(company, replay)
    found = list(itertools.islice(told.findings(), MOST))
    if not told.stopped and len(found) < MOST:
        found += itertools.islice(_balances(company, replay), MOST - len(found))
    return Outcome(told.events, found)


class _Told:
    """The retelling, as far as it has got."""

    def __init__(self, company: int, replay: Replay) -> None:
        self.company, self.replay = company, replay
        self.events, self.stopped = 0, False

    def findings(self) -> Iterator[Finding]:
        after = 0
        while portion := [_Event(*row) for row in rows(_EVENTS, company=self.company, after=after, portion=PORTION)]:
            after = portion[-1].id
            span = {"company": self.company, "first": portion[0].id, "last": after}
            movements, lines = _by_event(rows(_MOVEMENTS, **span)), _by_event(rows(_LINES, **span))
            for event in portion:
                self.events += 1
                yield from self._compare(event, movements.get(event.id, []), lines.get(event.id, []))
                if self.stopped:
                    return

    def _compare(self, event: _Event, movements: list[Row], lines: list[Row]) -> Iterator[Finding]:
        try:
            done = self._again(event)
        except (Refusal, msgspec.DecodeError, AssertionError) as error:
            self.stopped = True
            what = "an act that can be done on what the events before it left; the replay ends here"
            yield Finding("ledger_event", str(event.id), event.number, f"what cannot be done again: {error}", what)
            return
        yield from _rows_differ("stock_movement", event, movements, _as_movements(done), _MOVEMENT_COLUMNS)
        yield from _rows_differ("ledger_journalline", event, lines, _as_lines(done), _LINE_COLUMNS)

    def _again(self, event: _Event) -> Done:
        told = msgspec.json.decode(event.payload, type=Envelope)
        return self.replay.play(
            told.facts,
            paper=told.paper,
            goods=told.goods,
            mapping=mapping.version(self.company, event.mapping_version),
        )


_MOVEMENT_COLUMNS = (
    "kind", "item", "lot", "pool", "origin", "target", "quantity", "value", "corrects", "debit line", "credit line",
)  # fmt: skip
_LINE_COLUMNS = (
    "role", "debit", "credit", "account", "class", "department", "party", "document", "description",
)  # fmt: skip


def _by_event(found: Sequence[Row]) -> dict[int, list[Row]]:
    return {event: list(group) for event, group in itertools.groupby(found, key=lambda row: int(row[0]))}


def _as_movements(done: Done) -> list[Row]:
    return [_as_movement(one, done.booked.get(one.number, (None, None))) for one in done.movements]


def _as_movement(one: Movement, booked: tuple[int | None, int | None]) -> Row:
    return (
        one.number, one.kind, one.item, one.lot, one.pool, one.origin, one.target, one.quantity, one.value,
        one.corrects, *booked,
    )  # fmt: skip


def _as_lines(done: Done) -> list[Row]:
    return [_as_line(line) for line in done.lines]


def _as_line(line: Line) -> Row:
    target = line.target
    return (
        line.number, line.facts.role, line.debit, line.credit, target.account, target.klass, target.department,
        target.party, line.document, line.description[:500],
    )  # fmt: skip


def _rows_differ(
    table: str, event: _Event, there: list[Row], again: list[Row], columns: Sequence[str]
) -> Iterator[Finding]:
    """Rows of one event by their number; `there` has the event and the row's id before the columns."""
    by_number = {row[1]: row for row in there}
    expected: Mapping[int, Row] = {row[0]: row for row in again}
    for number in sorted(by_number.keys() | expected.keys()):
        row, due = by_number.get(number), expected.get(number)
        what = f"{number} of {event.number}"
        if row is None:
            yield Finding(table, "", what, "nothing: there is no such row", "what the event does when it is told again")
        elif due is None:
            yield Finding(table, str(row[2]), what, "something that the event does not do", "nothing")
        elif row[3:] != due[1:]:
            wrong = [n for n, pair in enumerate(zip(row[3:], due[1:], strict=True)) if pair[0] != pair[1]]
            says = ", ".join(f"{columns[n]} {row[3 + n]}" for n in wrong)
            should = ", ".join(f"{columns[n]} {due[1 + n]}" for n in wrong)
            yield Finding(table, str(row[2]), what, says, f"{should}, when the event is told again")


def _balances(company: int, replay: Replay) -> Iterator[Finding]:
    left: dict[Key, Any] = dict(replay.book.balances)
    for id, place, lot, pool, *rest in rows(_BALANCES, company=company):
        balance, due = Balance(*rest), left.pop(Key(place, lot, pool), None)
        if due is None:
            yield Finding("stock_balance", str(id), "", _said(balance), "nothing: no event made it")
        elif balance != due:
            yield Finding("stock_balance", str(id), "", _said(balance), f"{_said(due)}, when the events are told again")
    for key, due in left.items():
        yield Finding("stock_balance", "", str(key), "nothing: there is no such balance", _said(due))


def _said(balance: Balance) -> str:
    base = f"{plain(balance.base_quantity)} worth {balance.base_value} cents"
    return f"{plain(balance.quantity)} worth {money(balance.value)} (base {base})"
