"""What the warehouse may ask for: places, moves, transfers, counts, scrap, opening balances, found goods' undoing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import available_timezones

from msgspec import Struct

from tieout.access.acting import Act
from tieout.access.actions import action
from tieout.access.models import CompanyState
from tieout.access.permissions import Permission
from tieout.catalog import items
from tieout.core import codes, quantities
from tieout.core.acts.goods import Count, Counted, Departure, Leave
from tieout.core.posting import Goods, Paper
from tieout.core.refusals import Refusal
from tieout.core.roles import MoveKind, PlaceKind
from tieout.ledger import events, grouping
from tieout.ledger.models import EventKind
from tieout.stock import lots, movements, openings, picking, places, reversals, writedowns
from tieout.stock.lots import LotFacts, NewLot, UnknownLot
from tieout.stock.models import Location, Movement, Site, Transfer
from tieout.stock.movements import Doing, Recorded
from tieout.stock.openings import OpeningLine
from tieout.stock.picking import Wanted
from tieout.stock.reversals import Reversed
from tieout.stock.writedowns import Worth


class PlaceExists(Refusal):
    """A site or location code that is taken."""

    code = "place_exists"


class UnknownZone(Refusal):
    """A time zone that no clock knows."""

    code = "unknown_zone"


class OtherSite(Refusal):
    """A move inside a site that would leave it."""

    code = "other_site"


class UnknownTransfer(Refusal):
    """No transfer of that number on its way."""

    code = "unknown_transfer"


class Opened(Struct, frozen=True):
    code: str


@action(Permission.KEEP_PLACES)
def add_site(act: Act, *, code: str, name: str, time_zone: str = "") -> Opened:
    """A plant or warehouse, with a main store, quarantine, production and goods on their way to it."""
    if "/" in code or not code.strip() or len(code) > 20:
        raise PlaceExists(f"“{code}” cannot be a site's code: up to 20 letters, without a slash.")
    if Site.objects.filter(code=code).exists():
        raise PlaceExists(f"Site {code} exists already.")
    name = codes.text(name, most=120, what=f"The name of site {code}", needed=True)
    zone = time_zone or str(act.time_zone)
    if zone not in available_timezones():
        raise UnknownZone(f"There is no time zone {zone}. Choose one by its city, such as America/Chicago.")
    places.open_site(act.company, code=code, name=name, time_zone=zone)
    act.subject = code
    return Opened(code)


@action(Permission.KEEP_PLACES)
def add_location(act: Act, *, site: str, code: str, name: str, kind: PlaceKind = PlaceKind.STORAGE) -> Opened:
    """A place at a site that holds goods."""
    if not kind.holds_stock:
        raise PlaceExists(f"{kind} stands for an account and is there already; a new place holds goods.")
    code = codes.code(code, most=40, what="The place's code")
    name = codes.text(name, most=120, what=f"The name of place {code}", needed=True)
    at = places.of(act.company).site(site)
    if Location.objects.filter(site_id=at.id, code=code).exists():
        raise PlaceExists(f"{site} has a location {code} already.")
    Location.objects.create(company_id=act.company, site_id=at.id, code=code, name=name, kind=kind.value)
    act.subject = f"{site}/{code}"
    return Opened(act.subject)


@action(Permission.MOVE)
def move(act: Act, *, site: str, lines: Sequence[Wanted], to: str, at: datetime, note: str = "") -> Recorded:
    """Goods to another place of the same site."""
    known = places.of(act.company)
    target = known.at(to)
    if known[target].site != known.site(site).id:
        raise OtherSite(
            f"{to} is not at {site}. Send the goods there, so that they are on their way until they arrive."
        )
    return _leave(act, EventKind.MOVE, "MOV", MoveKind.TRANSFER, site, lines, target, at, note=note)


@action(Permission.MOVE)
def send(act: Act, *, site: str, lines: Sequence[Wanted], to: str, at: datetime, note: str = "") -> Recorded:
    """Goods leave for another site: on their way until they are received there."""
    known = places.of(act.company)
    target = known.at(to)
    there = known.site_of(target)
    assert there is not None
    via = known.counterpart(PlaceKind.IN_TRANSIT, site=there.code)
    sent = _leave(act, EventKind.TRANSFER_OUT, "TRO", MoveKind.TRANSFER, site, lines, via, at, note=note)
    Transfer.objects.create(
        company_id=act.company,
        number=sent.number,
        origin_id=known.at(site),
        target_id=target,
        via_id=via,
        sent_id=sent.event,
    )
    return sent


@action(Permission.MOVE)
def arrive(act: Act, *, transfer: str, at: datetime) -> Recorded:
    """What was sent is here, all of it; what is short is counted where it is missed."""
    found = Transfer.objects.select_for_update().filter(number=transfer).first()
    if found is None or found.received_id is not None:
        raise UnknownTransfer(f"No transfer {transfer} is on its way. Look under goods in transit.")
    known = places.of(act.company)
    here, there = known.site_of(found.origin_id), known.site_of(found.target_id)
    assert here is not None
    assert there is not None
    sent = Movement.objects.filter(event_id=found.sent_id).order_by("number")
    held = lots.lock(act.company, [one.lot_id for one in sent if one.lot_id])
    when, desk = events.moment(act, at=at, zone=there.zone)
    facts = Leave(
        MoveKind.TRANSFER,
        [
            Departure(one.item_id, one.lot_id, found.via_id, found.target_id, one.quantity)
            for one in sent
            if one.lot_id and one.item_id
        ],
    )
    book = movements.load(act.company, held)
    facts.apply(book)
    number, _ = events.number(act, "TRI")
    doing = Doing(
        EventKind.TRANSFER_IN,
        number,
        when,
        desk,
        grouping.transfer(when, site=here.id, site_code=here.code, to=there.id),
        Paper(EventKind.TRANSFER_IN.value, document=number),
        site=there.id,
        subject=transfer,
        note=f"Transfer {transfer} received at {there.code} ({number}), by {act.by.name}.",
    )
    event = movements.record(act, doing, book=book, facts=facts, goods=movements.goods_of(held.values()))
    found.received_id = event
    found.save(update_fields=["received"])
    return Recorded(number, event, sum(moved.value for moved in book.movements))


@action(Permission.SCRAP)
def scrap(
    act: Act, *, site: str, lines: Sequence[Wanted], reason: str, at: datetime, kind: PlaceKind = PlaceKind.SCRAP
) -> Recorded:
    """Goods out to an expense: scrap, abnormal loss, samples or own use, with the reason."""
    if kind not in (PlaceKind.SCRAP, PlaceKind.ABNORMAL, PlaceKind.SAMPLES):
        raise PlaceExists(f"Goods are not scrapped to {kind}. Choose scrap, abnormal or samples.")
    target = places.of(act.company).counterpart(kind)
    return _leave(act, EventKind.SCRAP, "SCR", MoveKind.SCRAP, site, lines, target, at, note=reason, reason=reason)


def _leave(
    act: Act,
    kind: EventKind,
    series: str,
    moves: MoveKind,
    site: str,
    lines: Sequence[Wanted],
    target: int,
    at: datetime,
    *,
    note: str = "",
    reason: str = "",
) -> Recorded:
    """Goods leave their places for one other, value with them."""
    known = places.of(act.company)
    here = known.site(site)
    when, desk = events.moment(act, at=at, zone=here.zone)
    taken = picking.take(act, lines, site=site)
    facts = Leave(moves, [Departure(one.item, one.lot, one.place, target, one.quantity) for one in taken.picks])
    book = movements.load(act.company, taken.held)
    taken.refuse_overtaken(book)
    facts.apply(book)
    number, _ = events.number(act, series)
    if kind is EventKind.SCRAP:
        group = grouping.adjustment(desk, when, number=number, site=here.id, site_code=site)
    else:
        there = known.site_of(target)
        group = grouping.transfer(when, site=here.id, site_code=site, to=there.id if there else here.id)
    doing = Doing(
        kind,
        number,
        when,
        desk,
        group,
        Paper(kind.value, document=number, reason=reason[:40]),
        site=here.id,
        subject=number,
        note=f"{kind.value.capitalize()} {number} at {site}{': ' + note if note else ''}, by {act.by.name}.",
    )
    event = movements.record(act, doing, book=book, facts=facts, goods=movements.goods_of(taken.held.values()))
    return Recorded(number, event, sum(moved.value for moved in book.movements))


@dataclass(frozen=True, slots=True)
class CountLine:
    """A lot as it was counted. A lot the ledger does not know needs its item and what a unit is worth."""

    lot: str
    counted: Decimal
    place: str = ""
    sku: str = ""
    unit_cost: Decimal | None = None


@action(Permission.COUNT)
def count(act: Act, *, site: str, lines: Sequence[CountLine], at: datetime, sheet: str = "") -> Recorded:
    """A physical count: the ledger's difference to what is there leaves or comes, at the lot's cost on hand."""
    known = places.of(act.company)
    here = known.site(site)
    when, desk = events.moment(act, at=at, zone=here.zone)
    ids, unknown = _counted_lots(act, lines)
    held = lots.lock(act.company, ids.values())
    book = movements.load(act.company, held)
    number, new_ids = events.number(act, "CNT", lots=len(unknown))
    new, goods = _new_lots(unknown, new_ids, at)
    by_code = {**ids, **{lot.code: lot.id for lot in new}}
    origins = _origins(act.company, list(held))
    counted = [_counted(one, by_code[one.lot], held, goods, known.at(one.place or site), origins) for one in lines]
    facts = Count(known.counterpart(PlaceKind.COUNT), counted)
    facts.apply(book)
    doing = Doing(
        EventKind.COUNT,
        number,
        when,
        desk,
        grouping.adjustment(desk, when, number=number, site=here.id, site_code=site),
        Paper(EventKind.COUNT.value, document=number),
        site=here.id,
        subject=sheet or number,
        note=f"Count {number} at {site}{', sheet ' + sheet if sheet else ''}, by {act.by.name}.",
    )
    every = {**movements.goods_of(held.values()), **goods}
    event = movements.record(act, doing, book=book, facts=facts, goods=every, new=new)
    lost = known.counterpart(PlaceKind.COUNT)
    return Recorded(number, event, sum(-one.value if one.target == lost else one.value for one in book.movements))


def _counted_lots(act: Act, lines: Sequence[CountLine]) -> tuple[dict[str, int], list[CountLine]]:
    """Lots the ledger knows, and lines of lots it does not know but that say what they are and are worth."""
    known: dict[str, int] = {}
    unknown = []
    for one in lines:
        try:
            known.update(lots.by_code(act.company, [one.lot], sku=one.sku or None))
        except UnknownLot:
            if one.sku and one.unit_cost is not None:
                unknown.append(one)
            else:
                raise
    return known, unknown


def _new_lots(unknown: Sequence[CountLine], ids: Sequence[int], at: datetime) -> tuple[list[NewLot], dict[int, Goods]]:
    found = items.by_sku([one.sku for one in unknown]) if unknown else {}
    new, goods = [], {}
    for n, (one, id) in enumerate(zip(unknown, ids, strict=True), 1):
        item = found[one.sku]
        new.append(NewLot(id=id, item=item.id, code=one.lot, line=n, made_at=at, unverified=True))
        goods[id] = Goods(item.id, item.kind, item.category, f"{item.sku} lot {one.lot}", item.unit)
    return new, goods


def _counted(
    one: CountLine,
    lot: int,
    held: dict[int, LotFacts],
    goods: dict[int, Goods],
    place: int,
    origins: dict[int, tuple[int, Decimal]],
) -> Counted:
    item = held[lot].item if lot in held else goods[lot].item
    fact = held.get(lot)
    quantities.quantity(
        one.counted,
        decimals=fact.decimals if fact else 6,
        unit=fact.unit if fact else "",
        what=f"The count of lot {one.lot}",
        zero=True,
    )
    if lot in origins:  # what it cost is known better than what somebody thinks it is worth
        value, quantity = origins[lot]
        return Counted(item, lot, place, one.counted, value, quantity)
    unit = quantities.price(one.unit_cost or Decimal(0), what=f"The unit cost of lot {one.lot}")
    return Counted(item, lot, place, one.counted, int(unit * 1_000_000), Decimal(10_000))


def _origins(company: int, ids: Sequence[int]) -> dict[int, tuple[int, Decimal]]:
    """What each lot was worth when it began: the price of a gain on a lot that is used up."""
    rows = (
        Movement.objects.filter(lot_id__in=ids, quantity__gt=0)
        .order_by("lot_id", "id")
        .distinct("lot_id")
        .values_list("lot_id", "value", "quantity")
    )
    return {lot: (value, quantity) for lot, value, quantity in rows}


@action(Permission.VALUE)
def write_down(act: Act, *, site: str, worth: Sequence[Worth], at: datetime, evidence: str = "") -> Recorded:
    """Goods on hand that bring less than they cost are worth what they bring, and never more again."""
    return writedowns.record(act, site=site, worth=worth, at=at, evidence=evidence)


class NotPreparing(Refusal):
    """Openings after the start."""

    code = "not_preparing"


@action(Permission.OPEN_BALANCES)
def open_balances(act: Act, *, lines: Sequence[OpeningLine], site: str, at: datetime) -> Recorded:
    """Goods on hand at the start, lot by lot, against OPENING."""
    if act.state != CompanyState.PREPARING:
        raise NotPreparing("Opening balances are entered while the company is preparing. Count the goods instead.")
    return openings.record(act, lines=lines, site=site, at=at)


OF_THE_WAREHOUSE = frozenset(
    {
        EventKind.MOVE, EventKind.TRANSFER_OUT, EventKind.TRANSFER_IN, EventKind.COUNT, EventKind.SCRAP,
        EventKind.FOUND, EventKind.OPENING, EventKind.WRITE_DOWN,
    }
)  # fmt: skip


@action(Permission.REVERSE)
def reverse(act: Act, *, event: str, at: datetime, reason: str) -> Reversed:
    """Take back a move, a count, scrap, a write-down, an opening, or goods sent that are on their way still.

    Other events are taken back where they belong.
    """
    found = reversals.one(event)
    if found.kind not in OF_THE_WAREHOUSE:
        reversals.refuse_undone_otherwise(found)
        raise reversals.NotReversible(f"{event} is a {found.kind}. Take it back where receipts, runs or sales are.")
    if found.kind == EventKind.WRITE_DOWN:
        writedowns.refuse_moved_on(act.company, found)
    taken = reversals.reverse(act, number=event, at=at, reason=reason)
    Transfer.objects.filter(sent_id=taken.reversed_event, received=None).update(received_id=taken.event)
    return taken
