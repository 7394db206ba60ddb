"""Which lots goods are taken from: those that were named, and for the rest first-expiring, then oldest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from tieout.access.acting import Act
from tieout.access.actions import Overtaken
from tieout.catalog import items
from tieout.core import quantities
from tieout.core.balances import EMPTY, ZERO
from tieout.core.book import Book, Key
from tieout.stock import lots, places
from tieout.stock.lots import LotFacts, Pick


class Wanted(NamedTuple):
    """Goods asked for: of a lot (code, or #id), or of an item; `place` says where a named lot is."""

    quantity: Decimal
    sku: str = ""
    lot: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """Lots to take goods from, held until the act commits."""

    picks: Sequence[Pick]
    held: dict[int, LotFacts]
    was_picked: bool

    def refuse_overtaken(self, book: Book) -> None:
        """Picking reads without a lock: what somebody else took first is picked anew."""
        if not self.was_picked:
            return
        asked: dict[Key, Decimal] = {}
        for one in self.picks:
            key = Key(one.place, one.lot, None)
            asked[key] = asked.get(key, ZERO) + one.quantity
        if any(quantity > book.balances.get(key, EMPTY).quantity for key, quantity in asked.items()):
            raise Overtaken


def take(
    act: Act,
    wanted: Sequence[Wanted],
    *,
    site: str,
    store: int | None = None,
    also: Sequence[tuple[int, Decimal]] = (),
) -> Taken:
    """Lots for everything wanted (and for `also`: item ids in base units), locked in one statement.

    `store` is where a named lot is taken from when it does not say; else wherever the site holds it. An act that
    was overtaken once holds every lot it could pick from before it picks, so that it is not overtaken for ever.
    """
    company = act.company
    chosen = _chosen(company, [one for one in wanted if one.lot], site, store)
    by_item = _summed([*_by_item([one for one in wanted if not one.lot]), *also])
    here = places.of(company).site(site).id
    if act.attempt > 1:
        lots.lock(company, [one.lot for one in chosen] + lots.pickable(company, by_item, site=here))
    picked = lots.pick(company, by_item, site=here)
    lots.refuse_missing(company, by_item, picked, where=site)
    every = (*chosen, *picked)
    return Taken(every, lots.lock(company, [one.lot for one in every]), bool(picked))


def _chosen(company: int, wanted: Sequence[Wanted], site: str, store: int | None) -> list[Pick]:
    if not wanted:
        return []
    ids = lots.by_code(company, [one.lot for one in wanted])
    found = lots.facts(company, ids.values())
    where = lots.places_of(company, ids.values())
    known = places.of(company)
    main = known.at(site) if store is None else store
    chosen = []
    for one in wanted:
        lot = found[ids[one.lot]]
        quantities.quantity(one.quantity, decimals=lot.decimals, unit=lot.unit, what=f"The quantity of lot {lot.code}")
        here = [place for place in where.get(lot.id, ()) if known[place].site == known[main].site]
        place = known.at(one.place) if one.place else (main if main in here or not here else here[0])
        chosen.append(Pick(lot.item, lot.id, place, one.quantity))
    return chosen


def _by_item(wanted: Sequence[Wanted]) -> list[tuple[int, Decimal]]:
    found = items.by_sku([one.sku for one in wanted]) if wanted else {}
    result = []
    for one in wanted:
        item = found[one.sku]
        quantities.quantity(one.quantity, decimals=item.decimals, unit=item.unit, what=f"The quantity of {one.sku}")
        result.append((item.id, one.quantity))
    return result


def _summed(wanted: Sequence[tuple[int, Decimal]]) -> list[tuple[int, Decimal]]:
    total: dict[int, Decimal] = {}
    for item, quantity in wanted:
        total[item] = total.get(item, ZERO) + quantity
    return list(total.items())
