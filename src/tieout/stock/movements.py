"""The ledger's writer: balances are loaded into a book, acts are applied to it, and what came of it is recorded.

`record` is the second half of every act that moves goods: journal lines, event, lots, movements and balances,
in a constant number of statements however many lines there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec
from django.db import connection

from tieout.access.acting import Act
from tieout.core import posting
from tieout.core.acts.facts import Facts
from tieout.core.balances import Balance
from tieout.core.book import Book, Key
from tieout.core.posting import Goods, Paper
from tieout.database import pipeline
from tieout.ledger import events, journal
from tieout.ledger.desk import Desk
from tieout.ledger.events import Moment
from tieout.ledger.journal import Grouping
from tieout.ledger.models import EventKind
from tieout.stock import lots, places
from tieout.stock.lots import LotFacts, NewLot

_LOAD = """
select location_id, lot_id, pool_id, quantity, value, base_quantity, base_value from stock_balance
where company_id = %(company)s and lot_id = any(%(lots)s) and pool_id is null
"""
_LOAD_POOLS = """
union all
select location_id, lot_id, pool_id, quantity, value, base_quantity, base_value from stock_balance
where company_id = %(company)s and pool_id = any(%(pools)s)
"""


def load(
    company: int, held: Mapping[int, LotFacts], *, pool: int | None = None, more_pools: Iterable[int] = ()
) -> Book:
    """A book of everything these lots are and are worth, wherever they are, and of runs' pools and holdings."""
    pools = sorted({*more_pools, *([pool] if pool is not None else [])})
    with connection.cursor() as cursor:
        cursor.execute(_LOAD + (_LOAD_POOLS if pools else ""), {"company": company, "lots": list(held), "pools": pools})
        balances = {Key(place, lot, run): Balance(*rest) for place, lot, run, *rest in cursor}
    names = {id: f"{fact.code} ({fact.sku})" for id, fact in held.items()}
    return Book(places.of(company), balances, names=names)


class Envelope(msgspec.Struct, frozen=True):
    """An event's payload as it is stored: the facts, and what its lines say beside their amounts."""

    facts: Facts
    paper: Paper
    goods: dict[int, Goods]


class Recorded(msgspec.Struct, frozen=True):
    """An event and what it was worth, in cents."""

    number: str
    event: int
    value: int = 0


@dataclass(frozen=True, slots=True)
class Doing:
    """Everything about an event but what it moves."""

    kind: EventKind
    number: str
    moment: Moment
    desk: Desk
    grouping: Grouping
    paper: Paper
    site: int | None = None
    subject: str = ""
    note: str = ""
    reverses: int | None = None


_RECORD = """
select stock_record(%s, %s, %s, %s,
    %s::int[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::numeric[],
    %s::bigint[], %s::bigint[], %s::smallint[], %s::smallint[],
    %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::numeric[], %s::bigint[], %s::numeric[], %s::numeric[])
"""


def record(
    act: Act,
    doing: Doing,
    *,
    book: Book,
    facts: Facts,
    goods: Mapping[int, Goods],
    new: Sequence[NewLot] = (),
) -> int:
    """Write what an applied act did: event, lots, movements, balances, journal lines. The event's sequence number."""
    posted = posting.post(
        book.movements, paper=doing.paper, places=book.places, goods=goods, mapping=doing.desk.mapping
    )
    joined, event = journal.join(act.company, doing.grouping) if posted.lines else (None, events.sequence())
    with pipeline.writes():
        events.record(
            act,
            event,
            kind=doing.kind,
            number=doing.number,
            moment=doing.moment,
            payload=Envelope(facts, doing.paper, dict(goods)),
            mapping_version=doing.desk.mapping.version,
            journal=joined,
            site=doing.site,
            subject=doing.subject,
            note=doing.note,
            reverses=doing.reverses,
        )
        lots.make(act.company, event, new)
        if book.movements:
            _write(act.company, event, doing.moment, book, posted.booked)
        journal.record(act.company, event, on=doing.moment.on, lines=posted.lines)
    return event


def _write(company: int, event: int, moment: Moment, book: Book, booked: Mapping[int, tuple[int, int]]) -> None:
    book.settled()
    moved = book.movements
    items = {movement.lot: movement.item for movement in moved}
    keys = sorted(book.changed, key=lambda key: (key.lot or 0, key.place, key.pool or 0))
    balances = [book.balances[key] for key in keys]
    with connection.cursor() as cursor:
        cursor.execute(
            _RECORD,
            [
                company,
                event,
                moment.at,
                moment.on,
                [one.number for one in moved],
                [one.kind.value for one in moved],
                [one.item for one in moved],
                [one.lot for one in moved],
                [one.pool for one in moved],
                [one.origin for one in moved],
                [one.target for one in moved],
                [one.quantity for one in moved],
                [one.value for one in moved],
                [one.corrects for one in moved],
                [booked[one.number][0] if one.number in booked else None for one in moved],
                [booked[one.number][1] if one.number in booked else None for one in moved],
                [key.place for key in keys],
                [key.lot for key in keys],
                [key.pool for key in keys],
                [items.get(key.lot) if key.lot else None for key in keys],
                [balance.quantity for balance in balances],
                [balance.value for balance in balances],
                [balance.base_quantity for balance in balances],
                [balance.base_value for balance in balances],
            ],
        )


def goods_of(held: Iterable[LotFacts]) -> dict[int, Goods]:
    return {fact.id: fact.goods for fact in held}
