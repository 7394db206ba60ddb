"""Many events of the ledger at once: what `stock.movements.record` writes for one, in a few statements for hundreds.

The decisions are the same functions (`core.acts`, `core.book`, `core.posting`) and so are the rows; a test holds
a receipt imported against the same one received. Only the writing is in sets.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec
from django.db import connection

from tieout.access.acting import Act
from tieout.core import posting
from tieout.core.acts.facts import Facts
from tieout.core.book import Book, Key
from tieout.core.posting import Goods, Posted
from tieout.ledger import journal
from tieout.ledger.journal import Grouping
from tieout.stock.lots import NewLot
from tieout.stock.movements import Doing, Envelope


@dataclass(frozen=True, slots=True)
class Decided:
    """An event about to be written, with everything it moves."""

    doing: Doing
    book: Book
    facts: Facts
    goods: Mapping[int, Goods]
    new: Sequence[NewLot]


_GROWING = [
    "ledger_event", "ledger_journalevent", "ledger_journalline", "stock_balance", "stock_lot", "stock_movement",
]  # fmt: skip


def know_sizes() -> None:
    """Once the first events are in: the planner learns what the tables look like, and keeps to their indexes."""
    with connection.cursor() as cursor:
        cursor.execute("select tieout_know_sizes(%s)", [_GROWING])


def record(act: Act, batch: Sequence[Decided]) -> list[int]:
    """Write these events in their order: events, lots, movements, balances, journal lines. Their sequence numbers."""
    posted = [
        posting.post(
            one.book.movements,
            paper=one.doing.paper,
            places=one.book.places,
            goods=one.goods,
            mapping=one.doing.desk.mapping,
        )
        for one in batch
    ]
    joined = _join(act.company, {one.doing.grouping for one, made in zip(batch, posted, strict=True) if made.lines})
    events = _events(act, batch, [joined.get(one.doing.grouping) for one in batch])
    _lots(act.company, events, batch)
    _movements(act.company, events, batch, posted)
    _lines(act.company, events, batch, posted)
    return events


_OPEN = """
insert into ledger_journalevent (company_id, kind, key, document, accounting_date, site_id, posts, state, due_on,
    memo, held)
select %s, g.kind, g.key, g.document, g.on_day, g.site, g.posts, 'open', g.due, '', ''
from unnest(%s::text[], %s::text[], %s::text[], %s::date[], %s::bigint[], %s::bool[], %s::date[])
    as g(kind, key, document, on_day, site, posts, due)
on conflict do nothing
returning id, kind, key
"""


def _join(company: int, groupings: Iterable[Grouping]) -> dict[Grouping, int]:
    """The open journal event of each grouping; one that is open already is joined as `ledger.journal` does it."""
    wanted = sorted(groupings, key=lambda one: (one.on, one.kind, one.key))
    with connection.cursor() as cursor:
        cursor.execute(
            _OPEN,
            [
                company,
                [one.kind for one in wanted],
                [one.key for one in wanted],
                [one.document for one in wanted],
                [one.on for one in wanted],
                [one.site for one in wanted],
                [one.posts for one in wanted],
                [one.due_on for one in wanted],
            ],
        )
        made = {(kind, key): opened for opened, kind, key in cursor.fetchall()}
    return {one: made.get((one.kind, one.key)) or journal.join(company, one)[0] for one in wanted}


_EVENTS = """
insert into ledger_event (company_id, kind, number, actor_id, occurred_at, local_date, accounting_date, site_id,
    subject, note, payload, schema, mapping_version, journal_id)
select %s, e.kind, e.number, %s, e.at, e.local, e.on_day, e.site, e.subject, left(e.note, 1000), e.payload, 1,
    e.mapping, e.journal
from unnest(%s::text[], %s::text[], %s::timestamptz[], %s::date[], %s::date[], %s::bigint[], %s::text[], %s::text[],
    %s::jsonb[], %s::int[], %s::bigint[]) with ordinality
    as e(kind, number, at, local, on_day, site, subject, note, payload, mapping, journal, place)
order by e.place
returning id, number
"""


def _events(act: Act, batch: Sequence[Decided], journals: Sequence[int | None]) -> list[int]:
    doings = [one.doing for one in batch]
    with connection.cursor() as cursor:
        cursor.execute(
            _EVENTS,
            [
                act.company,
                act.by.actor,
                [one.kind.value for one in doings],
                [one.number for one in doings],
                [one.moment.at for one in doings],
                [one.moment.local for one in doings],
                [one.moment.on for one in doings],
                [one.site for one in doings],
                [one.subject for one in doings],
                [one.note for one in doings],
                [_payload(one) for one in batch],
                [one.desk.mapping.version for one in doings],
                list(journals),
            ],
        )
        made = {number: event for event, number in cursor.fetchall()}
    return [made[one.number] for one in doings]


def _payload(one: Decided) -> str:
    return msgspec.json.encode(Envelope(one.facts, one.doing.paper, dict(one.goods))).decode()


_LOTS = """
insert into stock_lot (id, company_id, item_id, code, origin_event_id, origin_line, made_at, expires_on, unverified,
    supplier_id, supplier_lot)
select l.id, %s, l.item, l.code, l.event, l.line, l.made_at, l.expires_on, false, l.supplier, l.supplier_lot
from unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::int[], %s::timestamptz[], %s::date[],
    %s::bigint[], %s::text[]) as l(event, id, item, code, line, made_at, expires_on, supplier, supplier_lot)
"""


def _lots(company: int, events: Sequence[int], batch: Sequence[Decided]) -> None:
    rows = [
        (event, lot.id, lot.item, lot.code, lot.line, lot.made_at, lot.expires_on, lot.supplier, lot.supplier_lot)
        for event, one in zip(events, batch, strict=True)
        for lot in one.new
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_LOTS, [company, *map(list, zip(*rows, strict=True))])


_MOVEMENTS = """
select count(stock_record(%s, m.event, m.at, m.on_day, m.number, m.kind, m.item, m.lot, m.pool, m.origin, m.target,
    m.quantity, m.value, m.corrects, m.debit, m.credit, b.place, b.lot, b.pool, b.item, b.quantity, b.value,
    b.base_quantity, b.base_value))
from (
    select event, min(at) as at, min(on_day) as on_day, array_agg(number order by number) as number,
        array_agg(kind order by number) as kind, array_agg(item order by number) as item,
        array_agg(lot order by number) as lot, array_agg(null::bigint) as pool,
        array_agg(origin order by number) as origin, array_agg(target order by number) as target,
        array_agg(quantity order by number) as quantity, array_agg(value order by number) as value,
        array_agg(null::bigint) as corrects, array_agg(debit order by number) as debit,
        array_agg(credit order by number) as credit
    from unnest(%s::bigint[], %s::timestamptz[], %s::date[], %s::int[], %s::text[], %s::bigint[], %s::bigint[],
        %s::bigint[], %s::bigint[], %s::numeric[], %s::bigint[], %s::smallint[], %s::smallint[])
        as m(event, at, on_day, number, kind, item, lot, origin, target, quantity, value, debit, credit)
    group by event
) m join (
    select event, array_agg(place) as place, array_agg(lot) as lot, array_agg(null::bigint) as pool,
        array_agg(item) as item, array_agg(quantity) as quantity, array_agg(value) as value,
        array_agg(base_quantity) as base_quantity, array_agg(base_value) as base_value
    from unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::numeric[], %s::bigint[], %s::numeric[],
        %s::numeric[]) as b(event, place, lot, item, quantity, value, base_quantity, base_value)
    group by event
) b on b.event = m.event
"""


def _movements(company: int, events: Sequence[int], batch: Sequence[Decided], posted: Sequence[Posted]) -> None:
    """Through the database's one writer, which still sees one event at a time, but in one statement for all."""
    moved = []
    balances = []
    for event, one, made in zip(events, batch, posted, strict=True):
        moment = one.doing.moment
        for move in one.book.movements:
            assert move.pool is None, "only goods that come in are written in sets"
            assert move.corrects is None, "only goods that come in are written in sets"
            whole = (event, moment.at, moment.on, move.number, move.kind.value, move.item, move.lot)
            ends = (move.origin, move.target, move.quantity, move.value)
            moved.append((*whole, *ends, *made.booked.get(move.number, (None, None))))
        items = {move.lot: move.item for move in one.book.movements}
        for key in sorted(one.book.changed, key=_order):
            held = one.book.balances[key]
            balances.append((event, key.place, key.lot, items[key.lot], *held))
    if moved:
        with connection.cursor() as cursor:
            cursor.execute(
                _MOVEMENTS,
                [company, *map(list, zip(*moved, strict=True)), *map(list, zip(*balances, strict=True))],
            )


def _order(key: Key) -> tuple[int, int]:
    return key.lot or 0, key.place


_LINES = """
insert into ledger_journalline (company_id, event_id, number, role, debit, credit, account_id, klass_id,
    department_id, party_id, document, description, facts, accounting_date)
select %s, l.event, l.number, l.role, l.debit, l.credit, l.account, l.klass, l.department, l.party, l.document,
    l.description, l.facts, l.on_day
from unnest(%s::bigint[], %s::date[], %s::smallint[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[],
    %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::jsonb[])
    as l(event, on_day, number, role, debit, credit, account, klass, department, party, document, description, facts)
"""


def _lines(company: int, events: Sequence[int], batch: Sequence[Decided], posted: Sequence[Posted]) -> None:
    rows = [
        (
            *(event, one.doing.moment.on, line.number, line.facts.role.value, line.debit, line.credit),
            *line.target,
            *(line.document, line.description[:500], json.dumps(line.facts._asdict())),
        )
        for event, one, made in zip(events, batch, posted, strict=True)
        for line in made.lines
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_LINES, [company, *map(list, zip(*rows, strict=True))])
