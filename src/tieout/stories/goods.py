"""Events of the warehouse, told to its actions: receipts, shipments, counts, transfers, scrap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from tieout.access import company as companies
from tieout.core.roles import ItemKind, PlaceKind
from tieout.purchasing import actions as purchasing
from tieout.purchasing.actions import Came, OrderLine
from tieout.sales import actions as sales
from tieout.sales.actions import Going
from tieout.stock import actions as stock
from tieout.stock import lots
from tieout.stock.actions import CountLine
from tieout.stock.picking import Wanted
from tieout.stories import bills, invoices, vocabulary
from tieout.stories.rates import rate_of
from tieout.stories.stage import Stage
from tieout.stories.vocabulary import UnknownField, number
from tieout.stories.world import ABROAD, CUSTOMER, FOREIGN, SUPPLIER


def receive(stage: Stage, event: vocabulary.Receive) -> None:
    """An order over exactly these goods, and their receipt."""
    names = stage.names
    if not stage.is_repeated:
        names.refuse_taken(event.lot)
    quantity, price, amount, rate = _bought(event)
    if rate is not None:
        stage.world.open_abroad()
    place = names.place(event.at)
    sku = names.item(event.item, lot=event.lot, uom=event.uom, kind=ItemKind.RAW)
    unit = names.unit(event.uom)
    order = purchasing.place_order(
        stage.by,
        supplier=SUPPLIER if rate is None else ABROAD,
        currency="" if rate is None else FOREIGN,
        site=names.site(place),
        ordered_on=event.on,
        lines=[OrderLine(sku, quantity, price, unit=unit, amount=amount)],
    )
    received = stage.ask(
        purchasing.receive,
        order=order.number,
        lines=[Came(1, quantity, unit=unit, lot=event.lot, amount=amount)],
        at=stage.world.moment(event.on),
        to=place,
        rate=rate,
        credit=event.credit,
    )
    names.keep(event.lot, received.lots[0].lot, sku)
    bills.arrived(stage, event.lot, event.on)


def _bought(event: vocabulary.Receive) -> tuple[Decimal, Decimal, Decimal | None, Fraction | None]:
    """Quantity, price, amount in home currency where one is given, and the rate of a foreign price."""
    said = [name for name in ("unit_cost", "amount", "fc_unit") if getattr(event, name) is not None]
    if len(said) != 1:
        raise UnknownField(
            f"A receive needs one of unit_cost, amount and fc_unit; {' and '.join(said) or 'none'} is here."
        )
    quantity = number(event.qty, f"The quantity of {event.lot}")
    rate = rate_of(event.home_per_fc, event.fc_per_home, is_foreign=event.fc_unit is not None)
    if event.amount is not None:
        return quantity, Decimal(0), number(event.amount, f"The amount of {event.lot}"), None
    price = number(event.unit_cost or event.fc_unit or "", f"The price of {event.lot}")
    return quantity, price, None, rate


def ship(stage: Stage, event: vocabulary.Ship) -> None:
    """A line of a shipment; the first one with an id opens it."""
    names = stage.names
    place = names.place_of(event.lot, event.at)
    quantity = number(event.qty, f"The quantity of {event.lot}")
    revenue = invoices.revenue(event.revenue)
    invoices.agree(stage, event)
    shipped = stage.ask(
        sales.ship,
        customer=CUSTOMER,
        site=names.site(place),
        lines=[
            Going(
                names.in_lot(quantity, lot=event.lot, uom=event.uom, item=event.item),
                lot=names.lot(event.lot),
                place=place,
            )
        ],
        at=stage.world.moment(event.on),
        shipment=names.shipments.get(event.id, ""),
    )
    names.shipments[event.id] = shipped.number
    if revenue is not None:
        invoices.enter(stage, ship=event.id, number=shipped.event, on=event.on, amount=revenue)


def count(stage: Stage, event: vocabulary.Count) -> None:
    """What was counted of a lot; one that nobody knows needs what a unit is worth, and begins with the count."""
    names = stage.names
    place = names.place_of(event.lot, event.at)
    counted = number(event.counted, f"The count of {event.lot}")
    unit_cost = None if event.unit_cost is None else number(event.unit_cost, f"The unit cost of {event.lot}")
    known = names.lots.get(event.lot)
    if known is None and unit_cost is not None:
        sku = names.item(event.item, lot=event.lot, uom=event.uom, kind=ItemKind.RAW)
        counted = names.base(counted, event.uom, sku)
        line = CountLine(event.lot, counted, place, sku, unit_cost)
    else:
        counted = names.in_lot(counted, lot=event.lot, uom=event.uom, item=event.item)
        line = CountLine(names.lot(event.lot), counted, place, unit_cost=unit_cost)
    stage.ask(stock.count, site=names.site(place), lines=[line], at=stage.world.moment(event.on))
    if known is None:
        with companies.scope(stage.company):
            found = lots.by_code(stage.company, [event.lot])
        names.keep(event.lot, found[event.lot], line.sku)


def transfer(stage: Stage, event: vocabulary.Transfer) -> None:
    """To another site, on the way and received there at once; within a site it is a move."""
    names = stage.names
    place = names.place_of(event.lot, event.at)
    target, alias = _target(stage, event)
    lines = _wanted(stage, event.lot, event.qty, event, place)
    at = stage.world.moment(event.on)
    if names.site(target) == names.site(place):
        stage.ask(stock.move, site=names.site(place), lines=lines, to=target, at=at)
    else:
        sent = stage.ask(stock.send, site=names.site(place), lines=lines, to=target, at=at)
        stage.ask(stock.arrive, transfer=sent.number, at=at)
    if not alias and names.lots[event.lot].stands:  # it was in quarantine until now
        names.lots[event.lot] = replace(names.lots[event.lot], stands=target)
    if alias:
        moved = names.lots[event.lot]
        names.keep(alias, moved.lot, moved.sku, target)


def _target(stage: Stage, event: vocabulary.Transfer) -> tuple[str, str]:
    """Where to, and the name that the lot's part there is given, if any. A name alone gets a site of its own."""
    names = stage.names
    if event.to_lot is None:
        if event.to is None:
            raise UnknownField("A transfer needs to (a site) or to_lot (a name for the part at the other site).")
        return names.place(event.to), ""
    there, moving = names.lots.get(event.to_lot), names.lots.get(event.lot)
    if there is not None and moving is not None and there.lot == moving.lot:
        return names.place(event.to or there.place), ""
    if not stage.is_repeated:
        names.refuse_taken(event.to_lot)
    return names.place(event.to or f"AT {event.to_lot}"[:20].replace("/", "-")), event.to_lot


def scrap(stage: Stage, event: vocabulary.Scrap) -> None:
    """Out to an expense: the reason says which."""
    place = stage.names.place_of(event.lot, event.at)
    stage.ask(
        stock.scrap,
        site=stage.names.site(place),
        lines=_wanted(stage, event.lot, event.qty, event, place),
        reason=event.reason,
        at=stage.world.moment(event.on),
        kind=REASONS.get(event.reason.strip().lower(), PlaceKind.SCRAP),
    )


REASONS = {
    "sample": PlaceKind.SAMPLES,
    "samples": PlaceKind.SAMPLES,
    "own use": PlaceKind.SAMPLES,
    "abnormal": PlaceKind.ABNORMAL,
}
"""Reasons that have an account of their own; every other one is scrap."""


def _wanted(
    stage: Stage, lot: str, qty: str, event: vocabulary.Transfer | vocabulary.Scrap, place: str
) -> Sequence[Wanted]:
    quantity = number(qty, f"The quantity of {lot}")
    quantity = stage.names.in_lot(quantity, lot=lot, uom=event.uom, item=event.item)
    return [Wanted(quantity, lot=stage.names.lot(lot), place=place)]
