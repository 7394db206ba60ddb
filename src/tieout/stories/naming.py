"""What a story's names stand for: lots and the parts of them at other sites, items, units, sites, runs, shipments.

What a story mentions for the first time, where it may be new, is made by the action that a person would use.
The hard case is a lot that was sent elsewhere under another name: it is one lot to the ledger, and two to the
story. So a name is a lot and, where a transfer gave it, the place whose part of the lot it means.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from tieout.access import company as companies
from tieout.access.acting import Acting
from tieout.catalog import actions as catalog
from tieout.catalog import items, units
from tieout.core.refusals import Refusal
from tieout.core.roles import ItemKind
from tieout.core.units import UnknownUnit
from tieout.stock import actions as stock
from tieout.stock.lots import UnknownLot
from tieout.stories import measures
from tieout.stories.vocabulary import UnknownField
from tieout.stories.world import MAIN


class LotExists(Refusal):
    """A name that a lot of the story has already."""

    code = "lot_exists"


EVERYWHERE = (MAIN, "QUARANTINE")
"""Locations that a site has from the start."""


@dataclass(frozen=True, slots=True)
class Part:
    """A lot, or (with a place) what of it a transfer gave another name."""

    lot: int
    sku: str
    place: str = ""
    stands: str = ""
    """Where events take it from unless they say: quarantine, for what a customer sent back."""


@dataclass(slots=True)
class Names:
    """Everything that has been named so far."""

    by: Acting
    lots: dict[str, Part] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    """Outputs of a run that was taken back: their names may be given again."""
    runs: dict[str, str] = field(default_factory=dict)
    """Run → its number; only those that something was put into."""
    shipments: dict[str, str] = field(default_factory=dict)
    returns: dict[str, str] = field(default_factory=dict)
    """Returns to suppliers → their numbers."""
    invoices: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Shipment → id and version, in QuickBooks, of the invoice that was entered for it last."""
    sold: str = ""
    """What is agreed with the customer now."""
    _places: set[str] = field(default_factory=lambda: {MAIN})
    _items: set[str] = field(default_factory=set)
    _units: set[str] = field(default_factory=set)

    # --- Lots -----------------------------------------------------------------------------------------------

    def lot(self, name: str) -> str:
        """How an action is told which lot is meant; a name nobody gave goes as it is, to be refused there."""
        found = self.lots.get(name)
        return f"#{found.lot}" if found else name

    def keep(self, name: str, lot: int, sku: str, place: str = "", *, stands: str = "") -> None:
        self.lots[name] = Part(lot, sku, place, stands)
        self.gone.discard(name)

    def refuse_taken(self, *names: str) -> None:
        for n, name in enumerate(names):
            if (name in self.lots and name not in self.gone) or name in names[:n]:
                raise LotExists(f"There is a lot {name} already. Give the new one another name.")

    def name_of(self, lot: int, place: str, site: str) -> str | None:
        """What the story calls a lot's part at a place; none for a lot it has no name for."""
        named = [(name, part) for name, part in self.lots.items() if part.lot == lot]
        for name, part in named:
            if part.place and part.place in (place, site):
                return name
        return next((name for name, part in named if not part.place), None)

    # --- Items and quantities -------------------------------------------------------------------------------

    def item(self, name: str, *, lot: str, uom: str, kind: ItemKind) -> str:
        """The item of a lot that comes into being: the one named, or one of the lot's own."""
        sku = name or lot
        if sku not in self._items:
            catalog.add_item(self.by, sku=sku, name=sku, kind=kind.value, unit=self.unit(uom or measures.DEFAULT))
            self._items.add(sku)
        return sku

    def unit(self, code: str) -> str:
        """A unit that may be mentioned; one that stories do not know goes as it is, to be refused where it is used."""
        measure = measures.MEASURES.get(code)
        if measure is None or code in self._units:
            return code
        catalog.add_unit(self.by, code=code, name=code, decimals=measure.decimals)
        self._units.add(code)
        if measure.of:
            catalog.set_conversion(self.by, unit=code, base=self.unit(measure.of), numerator=measure.is_worth)
        return code

    def base(self, quantity: Decimal, uom: str, sku: str) -> Decimal:
        """A quantity in the item's base unit."""
        if not uom:
            return quantity
        self.unit(uom)
        with companies.scope(self.by.company):
            item = items.one(sku)
            try:
                return units.to_base(item, quantity, uom)
            except UnknownUnit:
                units.one(uom)
                raise

    def in_lot(self, quantity: Decimal, *, lot: str, uom: str, item: str) -> Decimal:
        """A quantity of a lot that is there; its item, where it is named too, must be the lot's own."""
        found = self.lots.get(lot)
        if item:
            with companies.scope(self.by.company):
                items.one(item)
            if found is not None and found.sku != item:
                raise UnknownLot(f"There is no lot {lot} of {item}; it is one of {found.sku}.")
        return self.base(quantity, uom, found.sku) if found and uom else quantity

    # --- Places ---------------------------------------------------------------------------------------------

    def place(self, at: str) -> str:
        """`SITE` or `SITE/LOCATION`, made when it is mentioned first."""
        where = at or MAIN
        site, slash, location = where.partition("/")
        if not site or (slash and not location):
            raise UnknownField(f"“{where}” is no place. Write SITE or SITE/LOCATION.")
        if site not in self._places:
            stock.add_site(self.by, code=site, name=site)
            self._places.add(site)
        if location and location not in EVERYWHERE and where not in self._places:
            stock.add_location(self.by, site=site, code=location, name=location)
            self._places.add(where)
        return where

    def place_of(self, lot: str, at: str) -> str:
        """Where an event takes a lot from: where it says; else where the lot's name points to; else the main store."""
        found = self.lots.get(lot)
        return self.place(at or (found.place or found.stands if found else ""))

    def site(self, place: str) -> str:
        return place.partition("/")[0]
