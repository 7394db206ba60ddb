"""Items as the catalog keeps them, asked inside a scope: a list, one with its units, and what forms choose from."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from django.db import connection

from tieout.catalog import items, units
from tieout.core.units import Conversion
from tieout.core.units import factor as factor_of
from tieout.database.search import containing


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item's master data."""

    id: int
    sku: str
    name: str
    kind: str
    unit: str
    category: str
    category_name: str
    shelf_life_days: int | None
    tracks_lots: bool
    active: bool
    versions: int
    """How many BOM versions it has."""


@dataclass(frozen=True, slots=True)
class UnitRow:
    code: str
    name: str
    decimals: int


@dataclass(frozen=True, slots=True)
class CategoryRow:
    id: int
    code: str
    name: str
    items: int


@dataclass(frozen=True, slots=True)
class Known:
    """A unit that an item may be counted in: so many of its base unit, said for it alone or for every item."""

    unit: str
    factor: Fraction
    own: bool
    said: bool
    """Said outright; otherwise it follows from others."""


_ITEMS = """
select i.id, i.sku, i.name, i.kind, u.code, coalesce(c.code, ''), coalesce(c.name, ''), i.shelf_life_days,
    i.tracks_lots, i.active,
    (select count(*) from catalog_bom b where b.company_id = i.company_id and b.item_id = i.id and b.approved)
from catalog_item i
join catalog_unit u on u.company_id = i.company_id and u.id = i.unit_id
left join catalog_category c on c.company_id = i.company_id and c.id = i.category_id
where (%(sku)s::text is null or i.sku = %(sku)s)
    and (%(text)s = '' or i.sku ilike %(like)s or i.name ilike %(like)s)
    and (%(kind)s = '' or i.kind = %(kind)s) and (%(category)s = '' or c.code = %(category)s)
order by i.active desc, i.sku limit %(most)s
"""


def items_like(*, text: str = "", kind: str = "", category: str = "", most: int) -> list[ItemRow]:
    """By SKU, those that are used no more last."""
    return _items(text=text, kind=kind, category=category, most=most)


def item(sku: str) -> ItemRow:
    """That item's master data, or a refusal."""
    items.one(sku)
    return _items(sku=sku, most=1)[0]


def _items(*, sku: str | None = None, text: str = "", kind: str = "", category: str = "", most: int) -> list[ItemRow]:
    like = containing(text)
    asked = {"sku": sku, "text": text, "like": like, "kind": kind, "category": category, "most": most}
    with connection.cursor() as cursor:
        cursor.execute(_ITEMS, asked)
        return [ItemRow(*row) for row in cursor.fetchall()]


def units_of(sku: str) -> list[Known]:
    """Every unit the item may be counted in, besides its base unit."""
    found = items.one(sku)
    known = units.conversions([found.id])[found.id]
    codes = sorted({code for one in known for code in (one.unit, one.base)} - {found.unit})
    reachable = [(code, factor_of(code, found.unit, known)) for code in codes]
    return [_known(code, by, found.unit, known) for code, by in reachable if by is not None]


def _known(code: str, by: Fraction, base: str, conversions: list[Conversion]) -> Known:
    said = [one for one in conversions if {one.unit, one.base} == {code, base}]
    return Known(code, by, any(one.own for one in said), bool(said))


def every_unit() -> list[UnitRow]:
    with connection.cursor() as cursor:
        cursor.execute("select code, name, decimals from catalog_unit order by code")
        return [UnitRow(*row) for row in cursor.fetchall()]


def common_conversions() -> list[tuple[str, str, Fraction]]:
    """Said for every item: one of this is so many of that."""
    return [(one.unit, one.base, one.factor) for one in units.common()]


def categories() -> list[CategoryRow]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.id, c.code, c.name, (select count(*) from catalog_item i where i.company_id = c.company_id"
            " and i.category_id = c.id) from catalog_category c order by c.code"
        )
        return [CategoryRow(*row) for row in cursor.fetchall()]
