"""Receipts in bulk: decided one by one as a receipt by hand is, written some hundreds at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection

from tieout.access.acting import Act
from tieout.core.acts.goods import Arrival, Receive
from tieout.core.balances import ZERO
from tieout.core.book import Book
from tieout.core.posting import Goods, Paper
from tieout.core.roles import ItemKind, MoveKind, PlaceKind
from tieout.costing.models import Element
from tieout.imports import days, events
from tieout.imports.events import Decided
from tieout.imports.staging import Stage
from tieout.ledger import desk, grouping
from tieout.ledger.desk import Desk
from tieout.ledger.events import Moment
from tieout.ledger.models import EventKind
from tieout.purchasing import orders
from tieout.purchasing.orders import LineFacts
from tieout.stock import places
from tieout.stock.lots import NewLot
from tieout.stock.movements import Doing
from tieout.stock.places import Places

BATCH = 500


class Row(NamedTuple):
    """One line of a receipt, resolved."""

    receipt: str
    received_on: date
    order: int
    order_number: str
    site: int
    vendor: int
    supplier: str
    place: int
    line: LineFacts
    quantity: Decimal
    rejected: Decimal
    lot: str
    supplier_lot: str
    expires_on: date | None
    rate: Decimal | None
    reason: str


_ROWS = """
select r.receipt, r.received_on, r.order_id, r.order_number, r.site_id, s.party_id, s.name,
    p.id, r.line_id, r.line, i.id, i.sku, i.kind, i.category_id, u.code, u.decimals, i.shelf_life_days, r.ordered,
    r.price, r.amount, r.factor_numerator, r.factor_denominator, r.received, r.rejected_before,
    r.quantity::numeric(18, 6), r.rejected::numeric(18, 6), coalesce(r.lot, ''), coalesce(r.supplier_lot, ''),
    r.expires_on, r.rate, coalesce(r.reason, '')
from resolved_receipts r
join purchasing_supplier s on s.company_id = %s and s.id = r.supplier_id
join catalog_item i on i.company_id = s.company_id and i.id = r.item_id
join catalog_unit u on u.company_id = i.company_id and u.id = i.unit_id
join stock_location p on p.company_id = s.company_id and p.site_id = r.site_id
    and p.code = coalesce(r.location, %s)
order by r.received_on, min(r.n) over (partition by r.receipt), r.receipt, r.n
"""


def _rows(company: int) -> Iterator[Row]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(_ROWS, [company, places.MAIN])
        for row in cursor:
            line = LineFacts._make([*row[8:12], ItemKind(row[12]), *row[13:24]])
            yield Row._make([*row[:8], line, *row[24:]])


@dataclass(slots=True)
class Loading:
    """What a load knows while it goes on: places, the desk of each day, what has come of each line."""

    act: Act
    places: Places
    zones: dict[int, tuple[str, ZoneInfo]]
    desks: dict[date, Desk] = field(default_factory=dict)
    came: dict[int, Decimal] = field(default_factory=dict)

    def desk(self, local: date) -> Desk:
        if local not in self.desks:
            self.desks[local] = desk.read(self.act, local=local)
        return self.desks[local]


class Accepted(NamedTuple):
    """A line with what it is worth; no lot where all of it was sent away."""

    row: Row
    lot: int | None
    value: int
    foreign: Decimal | None


def load(stage: Stage) -> int:
    """Every receipt, oldest first; how many."""
    loading = Loading(stage.act, places.of(stage.company), _zones())
    batch: list[list[Row]] = []
    done = lines = 0
    for _, rows in groupby(_rows(stage.company), key=lambda row: row.receipt):
        batch.append(list(rows))
        if len(batch) == BATCH:
            lines += _write(loading, batch)
            if not done:
                events.know_sizes()
            done += len(batch)
            stage.progress("receiving", lines)
            batch = []
    _write(loading, batch)
    return done + len(batch)


def _zones() -> dict[int, tuple[str, ZoneInfo]]:
    with connection.cursor() as cursor:
        cursor.execute("select id, code, time_zone from stock_site")
        return {site: (code, ZoneInfo(zone)) for site, code, zone in cursor.fetchall()}


def _write(loading: Loading, receipts: Sequence[list[Row]]) -> int:
    if not receipts:
        return 0
    ids = iter(_lot_ids(sum(bool(row.quantity) for rows in receipts for row in rows)))
    accepted = [[_accept(loading, row, ids) for row in rows] for rows in receipts]
    sequence = events.record(loading.act, [_decide(loading, lines) for lines in accepted])
    _record_lines(loading.act.company, sequence, accepted)
    _record_compositions(loading.act.company, sequence, accepted)
    _add_received(loading.act.company, accepted)
    return sum(map(len, receipts))


def _lot_ids(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("select nextval(pg_get_serial_sequence('stock_lot', 'id')) from generate_series(1, %s)", [count])
        return [lot for (lot,) in cursor.fetchall()]


def _accept(loading: Loading, row: Row, ids: Iterator[int]) -> Accepted:
    """What the line is worth, by the same rule as one that is received by hand."""
    if not row.quantity:
        return Accepted(row, None, 0, None)
    before = loading.came.get(row.line.id, row.line.received)
    loading.came[row.line.id] = before + row.quantity
    rate = Fraction(row.rate) if row.rate is not None else Fraction(1)
    value = row.line.cents(row.quantity, after=before, rate=rate)
    foreign = Decimal(row.line.cents(row.quantity, after=before)) / 100 if row.rate is not None else None
    return Accepted(row, next(ids), value, foreign)


def _decide(loading: Loading, lines: Sequence[Accepted]) -> Decided:
    """One receipt as an event: the movements it makes, and what is said of it."""
    first = lines[0].row
    number = first.receipt
    site_code, zone = loading.zones[first.site]
    at = days.moment(first.received_on, zone, loading.act.now)
    known = loading.desk(first.received_on)
    moment = Moment(at, first.received_on, known.accounting_date(first.received_on))
    stocked = [line for line in lines if line.lot is not None]
    supplier = loading.places.counterpart(PlaceKind.SUPPLIER)
    new = [_lot(line, n, number=number, moment=moment) for n, line in enumerate(stocked, start=1)]
    facts = Receive(MoveKind.RECEIVE, [_arrival(line, supplier) for line in stocked])
    book = Book(loading.places, names={lot.id: lot.code for lot in new})
    facts.apply(book)
    of = ", ".join(dict.fromkeys(line.row.order_number for line in lines))
    doing = Doing(
        EventKind.RECEIPT,
        number,
        moment,
        known,
        grouping.receipt(known, moment, number=number, site=first.site, site_code=site_code),
        Paper(EventKind.RECEIPT.value, vendor=first.vendor, document=number, by_lot=True),
        site=first.site,
        subject=of[:80],
        note=f"Receipt {number} from {first.supplier} on {of}, imported by {loading.act.by.name}.",
    )
    goods = {lot.id: _goods(line, lot.code) for line, lot in zip(stocked, new, strict=True)}
    return Decided(doing, book, facts, goods, new)


def _arrival(line: Accepted, supplier: int) -> Arrival:
    assert line.lot is not None, "only what was stocked arrives"
    return Arrival(line.row.line.item, line.lot, supplier, line.row.place, line.row.quantity, line.value)


def _lot(line: Accepted, n: int, *, number: str, moment: Moment) -> NewLot:
    assert line.lot is not None, "only what was stocked is a lot"
    life = line.row.line.shelf_life_days
    return NewLot(
        id=line.lot,
        item=line.row.line.item,
        code=line.row.lot or f"{number}-{n}",
        line=n,
        made_at=moment.at,
        expires_on=line.row.expires_on or (moment.local + timedelta(days=life) if life else None),
        supplier=line.row.vendor,
        supplier_lot=line.row.supplier_lot,
    )


def _goods(line: Accepted, code: str) -> Goods:
    facts = line.row.line
    return Goods(facts.item, facts.kind, facts.category, f"{facts.sku} lot {code}", facts.unit)


_LINES = """
insert into purchasing_receiptline (company_id, event_id, number, order_line_id, lot_id, quantity, rejected, value,
    foreign_amount, rate, reason)
select %s, r.* from unnest(%s::bigint[], %s::int[], %s::bigint[], %s::bigint[], %s::numeric[], %s::numeric[],
    %s::bigint[], %s::numeric[], %s::numeric[], %s::text[]) as r
"""


def _record_lines(company: int, sequence: Sequence[int], accepted: Sequence[Sequence[Accepted]]) -> None:
    rows = [
        (
            *(event, n, line.row.line.id, line.lot, line.row.quantity, line.row.rejected, line.value),
            *(line.foreign, line.row.rate, line.row.reason),
        )
        for event, lines in zip(sequence, accepted, strict=True)
        for n, line in enumerate(lines, start=1)
    ]
    with connection.cursor() as cursor:
        cursor.execute(_LINES, [company, *map(list, zip(*rows, strict=True))])


_COMPOSITIONS = """
insert into costing_composition (company_id, event_id, lot_id, element, item_id, value)
select %s, c.event, c.lot, %s, c.item, c.value
from unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) as c(event, lot, item, value)
"""


def _record_compositions(company: int, sequence: Sequence[int], accepted: Sequence[Sequence[Accepted]]) -> None:
    rows = [
        (event, line.lot, line.row.line.item, line.value)
        for event, lines in zip(sequence, accepted, strict=True)
        for line in lines
        if line.lot is not None and line.value
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_COMPOSITIONS, [company, Element.MATERIAL.value, *map(list, zip(*rows, strict=True))])


def _add_received(company: int, accepted: Sequence[Sequence[Accepted]]) -> None:
    """An order line may come in several receipts of a batch: one sum each."""
    totals: dict[int, tuple[Decimal, Decimal]] = {}
    of = set()
    for lines in accepted:
        for one in lines:
            received, rejected = totals.get(one.row.line.id, (ZERO, ZERO))
            totals[one.row.line.id] = (received + one.row.quantity, rejected + one.row.rejected)
            of.add(one.row.order)
    orders.add_received(company, of, [(line, *total) for line, total in totals.items()])
