"""What a run's report is decided on: lots picked and held, hours at their rates, outputs with their weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from django.db import connection

from tieout.access.acting import Act
from tieout.catalog import items
from tieout.catalog.items import ItemFacts
from tieout.core import quantities
from tieout.core.acts.goods import Departure
from tieout.core.acts.runs import Absorbed, Byproduct, Loss, Output
from tieout.core.balances import ZERO
from tieout.core.book import Book, Movement
from tieout.core.posting import Goods
from tieout.core.refusals import BadAmount
from tieout.core.roles import MoveKind, PlaceKind
from tieout.core.rounding import half_away
from tieout.costing import compositions
from tieout.costing.compositions import Entry, Part
from tieout.costing.models import Element
from tieout.production.runs import Locked
from tieout.stock import places
from tieout.stock.lots import NewLot


@dataclass(frozen=True, slots=True)
class Use:
    """Material really used: of a lot (by code or #id), or of an item, oldest or first-expiring first."""

    quantity: Decimal
    sku: str = ""
    lot: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """Goods really made. `share` weighs them against the other outputs; empty: by quantity."""

    quantity: Decimal
    sku: str = ""
    lot: str = ""
    place: str = ""
    share: Decimal | None = None
    nrv: Decimal | None = None
    """A by-product: its net realisable value in all, which leaves the run first."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Time put into a run; an amount where a payroll says so, else the rate of the plan."""

    kind: str
    hours: Decimal = ZERO
    amount: Decimal | None = None
    assumed: bool = False


def absorbed(act: Act, run: Locked, hours: Sequence[Hours]) -> list[tuple[Hours, Absorbed]]:
    """Hours in cents: labour at the labour rate, and overhead with it, each at the rate of the plan."""
    known = places.of(act.company)
    rates = {"labour": run.plan.labour_rate, "overhead": run.plan.overhead_rate}
    costed = []
    for one in hours:
        if one.kind not in rates:
            raise BadAmount(f"There is no {one.kind} to log; there are labour and overhead.")
        if one.amount is not None:
            cents = quantities.cents(one.amount, what=f"The {one.kind}")
        else:
            cents = half_away(Fraction(one.hours) * rates[one.kind])
        if cents < 0 or one.hours < 0:
            raise BadAmount(f"{one.kind} cannot be negative. Take the wrong entry back instead.")
        costed.append((one, Absorbed(known.counterpart(PlaceKind(one.kind)), cents)))
    return costed


@dataclass(frozen=True, slots=True)
class Outputs:
    """What was made, ready to be booked."""

    outputs: list[Output]
    byproducts: list[Byproduct]
    new: list[NewLot]
    goods: dict[int, Goods]


def outputs(act: Act, run: Locked, made: Sequence[Made], ids: Sequence[int], *, at: datetime, number: str) -> Outputs:
    """New lots for what was made, each with its weight."""
    others = {one.sku for one in made if one.sku and one.sku != run.sku}
    found = items.by_sku(others) if others else {}
    weights = [one.share for one in made if one.nrv is None and one.share is not None]
    if weights and len(weights) != sum(one.nrv is None for one in made):
        raise BadAmount("Give a share for every output or for none.")
    if any(weight < 0 for weight in weights):
        raise BadAmount("An output cannot have a share below 0. Give 0 or more.")
    result = Outputs([], [], [], {})
    for n, (one, id) in enumerate(zip(made, ids, strict=True), 1):
        item = found.get(one.sku)
        _book_output(act, run, one, item, id, n, at=at, number=number, result=result)
    return result


def _book_output(
    act: Act,
    run: Locked,
    one: Made,
    item: ItemFacts | None,
    id: int,
    n: int,
    *,
    at: datetime,
    number: str,
    result: Outputs,
) -> None:
    item_id, sku = (item.id, item.sku) if item else (run.item, run.sku)
    unit, decimals = (item.unit, item.decimals) if item else (run.unit, run.decimals)
    kind, category = (item.kind, item.category) if item else (run.kind, run.category)
    life = item.shelf_life_days if item else run.shelf_life_days
    quantities.quantity(one.quantity, decimals=decimals, unit=unit, what=f"The quantity made of {sku}")
    place = places.of(act.company).at(one.place) if one.place else run.target
    code = one.lot or (f"{run.number.removeprefix('RUN-')}-{number.rpartition('-')[2].lstrip('0')}-{n}")
    expires = at.date() + timedelta(days=life) if life else None
    result.new.append(NewLot(id=id, item=item_id, code=code, line=n, made_at=at, expires_on=expires, pool=run.pool))
    result.goods[id] = Goods(item_id, kind, category, f"{sku} lot {code}", unit)
    if one.nrv is None:
        weight = one.quantity if one.share is None else one.share
        result.outputs.append(Output(item_id, id, place, one.quantity, weight))
    else:
        result.byproducts.append(
            Byproduct(item_id, id, place, one.quantity, quantities.cents(one.nrv, what=f"The value of {sku}"))
        )


_HOURS = """
insert into production_hourslogged (company_id, run_id, event_id, kind, hours, value, assumed)
select %s, %s, %s, h.kind, h.hours, h.value, h.assumed
from unnest(%s::text[], %s::numeric[], %s::bigint[], %s::boolean[]) as h(kind, hours, value, assumed)
"""


def record_hours(company: int, run: Locked, event: int, costed: Sequence[tuple[Hours, Absorbed]]) -> None:
    """How long was worked on the run, and at which cents."""
    if not costed:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _HOURS,
            [
                company,
                run.id,
                event,
                [one.kind for one, _ in costed],
                [one.hours for one, _ in costed],
                [cost.value for _, cost in costed],
                [one.assumed for one, _ in costed],
            ],
        )


_POOLED = """
select m.lot_id, m.item_id, m.kind, l.kind, sum(case when m.target_id = p.id then m.value else -m.value end)::bigint
from stock_movement m
join stock_location p on p.company_id = m.company_id and p.kind = 'production' and p.id in (m.origin_id, m.target_id)
join stock_location l on l.company_id = m.company_id
    and l.id = case when m.target_id = p.id then m.origin_id else m.target_id end
where m.company_id = %s and m.pool_id = %s and m.kind in ('issue', 'absorb') group by 1, 2, 3, 4
"""


def composed(company: int, run: Locked, book: Book) -> list[Entry]:
    """What the outputs' cents were paid for: the composition of everything in the pool, taken in proportion."""
    entered = [*_entered_before(company, run), *_entered(book)]
    lots_in = [lot for lot, *_ in entered if lot is not None]
    known = compositions.of(company, lots_in) if lots_in else {}
    pool: dict[Part, int] = {}
    for lot, item, element, value in entered:
        if lot is None:
            compositions.add(pool, {Part(element, None): value})
        elif value > 0:
            compositions.add(pool, compositions.part(known[lot], value, otherwise=Part(Element.MATERIAL, item)))
    made: dict[int, int] = {}
    for moved in book.movements:
        if moved.lot is not None and _enters_a_lot(moved, book):
            made[moved.lot] = made.get(moved.lot, 0) + moved.value
    otherwise = Part(Element.MATERIAL, run.item)
    return [
        Entry(lot, part, cents)
        for lot, value in made.items()
        for part, cents in compositions.part(pool, value, otherwise=otherwise).items()
    ]


def _enters_a_lot(moved: Movement, book: Book) -> bool:
    """As it was made, or, of a difference that follows the goods, as a customer sent it back."""
    came_back = moved.kind is MoveKind.SHIP and book.places[moved.target].kind.holds_stock
    return moved.kind is MoveKind.OUTPUT or came_back


def _entered(book: Book) -> list[tuple[int | None, int | None, Element, int]]:
    """What this act put into the run: it is all in the book."""
    return [
        (moved.lot, moved.item, _element(book.places[moved.origin].kind), moved.value)
        for moved in book.movements
        if moved.kind in (MoveKind.ISSUE, MoveKind.ABSORB)
    ]


def _entered_before(company: int, run: Locked) -> list[tuple[int | None, int | None, Element, int]]:
    """What went in before, from the ledger."""
    if run.is_fresh:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_POOLED, [company, run.pool])
        return [(lot, item, _element(PlaceKind(origin)), value) for lot, item, _, origin, value in cursor]


def _element(origin: PlaceKind) -> Element:
    if origin is PlaceKind.LABOUR:
        return Element.LABOUR
    return Element.OVERHEAD if origin is PlaceKind.OVERHEAD else Element.MATERIAL


def losses(act: Act, *, recovery: Decimal | None, abnormal: Decimal | None) -> tuple[list[Loss], list[Loss]]:
    """Scrap recovery by its value, abnormal loss by its weight beside the outputs."""
    known = places.of(act.company)
    recovered = []
    if recovery:
        cents = quantities.cents(recovery, what="The scrap recovery")
        if cents < 0:
            raise BadAmount("Scrap recovery cannot be negative.")
        recovered.append(Loss(known.counterpart(PlaceKind.SCRAP), value=cents))
    lost = []
    if abnormal:
        if abnormal < 0:
            raise BadAmount("Abnormal loss cannot weigh less than nothing.")
        lost.append(Loss(known.counterpart(PlaceKind.ABNORMAL), weight=abnormal))
    return recovered, lost


def issued_of(uses: Mapping[int, Decimal], lines: Sequence[Departure]) -> dict[int, Decimal]:
    """What a run holds of each item once these lines are in."""
    total = dict(uses)
    for line in lines:
        total[line.item] = total.get(line.item, ZERO) + line.quantity
    return total
