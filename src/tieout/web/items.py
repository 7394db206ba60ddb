"""Items: what they are, what they are counted in, and what QuickBooks calls them; units and categories beside them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from django.http import HttpResponse
from django.urls import reverse

from tieout.access.permissions import Permission
from tieout.catalog import actions, bom_queries, item_queries
from tieout.catalog import queries as catalog
from tieout.core.roles import ItemKind
from tieout.purchasing.product_queries import products_of
from tieout.stock import queries as stock
from tieout.web.typed import BadEntry
from tieout.web.visits import Visit, page

MOST = 300


@page()
def items(visit: Visit) -> HttpResponse:
    """By SKU; those used no more last."""
    typed = visit.typed
    found = item_queries.items_like(
        text=typed.text("q"), kind=typed.text("kind"), category=typed.text("category"), most=MOST + 1
    )
    return visit.show(
        "web/items.html",
        here="settings",
        items=found[:MOST],
        too_many=len(found) > MOST,
        kinds=list(ItemKind),
        categories=item_queries.categories(),
        filtered=any(typed.has(name) for name in ("q", "kind", "category")),
    )


@page(Permission.KEEP_CATALOG)
def new_item(visit: Visit) -> HttpResponse:
    return visit.show(
        "web/item_new.html",
        here="settings",
        kinds=list(ItemKind),
        units=item_queries.every_unit(),
        categories=item_queries.categories(),
    )


@new_item.act(Permission.KEEP_CATALOG)
def add_item(visit: Visit) -> str:
    typed = visit.typed
    sku = typed.text("sku")
    actions.add_item(
        visit.once,
        sku=sku,
        name=typed.text("name"),
        kind=typed.text("kind"),
        unit=typed.text("unit"),
        category=typed.text("category"),
        shelf_life_days=_days(visit),
        tracks_lots=typed.has("tracks_lots"),
    )
    visit.say(f"{sku} is an item now.")
    return reverse("item-data", args=[sku])


@page()
def item_data(visit: Visit, sku: str) -> HttpResponse:
    """One item: its data, its units, how it is made, where it is used, and what it is in QuickBooks."""
    found = item_queries.item(sku)
    known = item_queries.units_of(sku)
    return visit.show(
        "web/item_data.html",
        here="settings",
        item=found,
        on_hand=stock.item(sku),
        known=[(one, _factor(one.factor)) for one in known],
        units=[one for one in item_queries.every_unit() if one.code != found.unit],
        categories=item_queries.categories(),
        versions=bom_queries.versions(sku),
        used=catalog.where_used(sku, every_level=False),
        products=products_of(sku),
    )


@item_data.act(Permission.KEEP_CATALOG, "change")
def change_item(visit: Visit, sku: str) -> str:
    typed = visit.typed
    actions.change_item(
        visit.once,
        sku=sku,
        name=typed.text("name"),
        category=typed.text("category"),
        shelf_life_days=_days(visit),
        tracks_lots=typed.has("tracks_lots"),
        active=typed.has("active"),
    )
    visit.say(f"{sku} is changed, from now on; what was recorded stays as it was.")
    return reverse("item-data", args=[sku])


@item_data.act(Permission.KEEP_CATALOG, "convert")
def convert(visit: Visit, sku: str) -> str:
    _convert(visit, sku=sku)
    return reverse("item-data", args=[sku])


@page()
def units(visit: Visit) -> HttpResponse:
    """Units with what is said of them for every item, and categories."""
    return visit.show(
        "web/units.html",
        here="settings",
        units=item_queries.every_unit(),
        conversions=[(unit, base, _factor(by)) for unit, base, by in item_queries.common_conversions()],
        categories=item_queries.categories(),
    )


@units.act(Permission.KEEP_CATALOG, "unit")
def add_unit(visit: Visit) -> str:
    typed = visit.typed
    code, decimals = typed.text("code"), typed.whole_if_any("decimals")
    if decimals is None:
        raise BadEntry("Say to how many decimals it is counted or weighed: 0 for whole pieces.")
    actions.add_unit(visit.once, code=code, name=typed.text("name"), decimals=decimals)
    visit.say(f"{code} is a unit now.")
    return reverse("units")


@units.act(Permission.KEEP_CATALOG, "convert")
def convert_all(visit: Visit) -> str:
    _convert(visit)
    return reverse("units")


@units.act(Permission.KEEP_CATALOG, "category")
def add_category(visit: Visit) -> str:
    code = visit.typed.text("code")
    actions.add_category(visit.once, code=code, name=visit.typed.text("name"))
    visit.say(f"{code} is a category now.")
    return reverse("units")


def _convert(visit: Visit, *, sku: str = "") -> None:
    """So many of one unit are so many of the other, as people say it: 3 ft are 1 yd."""
    typed = visit.typed
    unit, base = typed.text("unit"), typed.text("base")
    these = typed.number_if_any("these", f"How many {unit}") or Decimal(1)
    those = typed.number("those", f"How many {base}")
    actions.set_conversion(visit.once, sku=sku, unit=unit, base=base, numerator=those, denominator=these)
    visit.say(f"{these} {unit} is {those} {base}{f' of {sku}' if sku else ''}. What was recorded keeps its own factor.")


def _days(visit: Visit) -> int | None:
    typed = visit.typed.text("shelf_life_days")
    if not typed:
        return None
    found = visit.typed.whole_if_any("shelf_life_days")
    if found is None:
        raise BadEntry(f"“{typed[:20]}” is no number of days. Type a whole number, or leave it empty.")
    return found


def _factor(by: Fraction) -> str:
    """A factor as people read it: a decimal where it is one, else a fraction."""
    rest = by.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest > 1:
        return f"{by.numerator}/{by.denominator}"
    return f"{Decimal(by.numerator) / by.denominator:f}"
