"""Questions to the catalog, asked inside a scope: an item, what it is made of, where it is used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from tieout.catalog import boms, items
from tieout.catalog.boms import BomInEffect
from tieout.catalog.items import ItemFacts
from tieout.core.roles import ItemKind
from tieout.database.company_tables import THIS_COMPANY

DEEPEST = 60
"""No BOM is that deep; circles are refused when versions are approved, so this only bounds a broken one."""


@dataclass(frozen=True, slots=True)
class Node:
    """A component somewhere in a structure. `quantity` is for what was asked for, to 16 digits or more."""

    level: int
    path: tuple[int, ...]
    parent: int
    component: int
    sku: str
    name: str
    kind: ItemKind
    unit: str
    per_parent: Decimal
    """For one base unit of the parent."""
    quantity: Decimal
    bom: int
    version: str
    is_made: bool


@dataclass(frozen=True, slots=True)
class Usage:
    """A BOM version that uses an item, at some level above it."""

    level: int
    item: int
    sku: str
    name: str
    version: str
    site_code: str
    per_unit: Decimal
    effective_from: date
    effective_to: date | None


def item(sku: str) -> ItemFacts:
    """The item with this SKU."""
    return items.one(sku)


def bom(sku: str, site_code: str, on: date) -> BomInEffect:
    """How an item is made at a site on a day."""
    return boms.in_effect(items.one(sku), site_code, on)


_CHOSEN = f"""
select b.id, b.version, b.output_quantity from catalog_bom b
where b.company_id = {THIS_COMPANY} and b.item_id = {{item}} and b.site_code in (%(site)s, '') and b.approved
  and b.effective_from <= %(on)s and (b.effective_to is null or b.effective_to >= %(on)s)
order by b.site_code = '', b.effective_from desc limit 1
"""

_ON_DAY = "(%(on)s::date is null or b.effective_from <= %(on)s and coalesce(b.effective_to, 'infinity') >= %(on)s)"

_STRUCTURE = f"""
with recursive tree as (
    select 1 as level, array[l.number::int] as path, %(item)s::bigint as parent, l.component_id, c.id as bom,
        c.version, l.quantity / c.output_quantity as per_parent,
        %(quantity)s::numeric * l.quantity / c.output_quantity as quantity
    from ({_CHOSEN.format(item="%(item)s")}) c
    join catalog_bomline l on l.company_id = {THIS_COMPANY} and l.bom_id = c.id and not l.is_output
    union all
    select t.level + 1, t.path || l.number::int, t.component_id, l.component_id, c.id, c.version,
        l.quantity / c.output_quantity, t.quantity * l.quantity / c.output_quantity
    from tree t
    cross join lateral ({_CHOSEN.format(item="t.component_id")}) c
    join catalog_bomline l on l.company_id = {THIS_COMPANY} and l.bom_id = c.id and not l.is_output
    where t.level < {DEEPEST}
)
select t.level, t.path, t.parent, t.component_id, i.sku, i.name, i.kind, u.code, t.per_parent, t.quantity,
    t.bom, t.version, exists (select 1 from tree below where below.parent = t.component_id)
from tree t
join catalog_item i on i.company_id = {THIS_COMPANY} and i.id = t.component_id
join catalog_unit u on u.company_id = i.company_id and u.id = i.unit_id
order by t.path
"""


def structure(sku: str, site_code: str, on: date, *, quantity: Decimal = Decimal(1)) -> list[Node]:
    """Everything that goes into so much of an item, as a tree in reading order, in one statement."""
    top = items.one(sku).id
    with connection.cursor() as cursor:
        cursor.execute(_STRUCTURE, {"item": top, "site": site_code, "on": on, "quantity": quantity})
        rows = cursor.fetchall()
    return [
        Node(level, tuple(path), parent, component, sku, name, ItemKind(kind), *rest)
        for level, path, parent, component, sku, name, kind, *rest in rows
    ]


_WHERE_USED = f"""
with recursive used as (
    select 1 as level, b.id as bom, b.item_id, l.quantity / b.output_quantity as per_unit
    from catalog_bomline l
    join catalog_bom b on b.company_id = l.company_id and b.id = l.bom_id and b.approved
    where l.company_id = {THIS_COMPANY} and l.component_id = %(item)s and not l.is_output
      and {_ON_DAY}
    union all
    select u.level + 1, b.id, b.item_id, u.per_unit * l.quantity / b.output_quantity
    from used u
    join catalog_bomline l on l.company_id = {THIS_COMPANY} and l.component_id = u.item_id and not l.is_output
    join catalog_bom b on b.company_id = l.company_id and b.id = l.bom_id and b.approved
      and {_ON_DAY}
    where u.level < %(depth)s
)
select u.level, b.item_id, i.sku, i.name, b.version, b.site_code, sum(u.per_unit), b.effective_from,
    b.effective_to
from used u
join catalog_bom b on b.company_id = {THIS_COMPANY} and b.id = u.bom
join catalog_item i on i.company_id = b.company_id and i.id = b.item_id
group by u.level, b.id, i.id
order by u.level, i.sku, b.effective_from
"""


def where_used(sku: str, *, on: date | None = None, every_level: bool = True) -> list[Usage]:
    """The BOM versions that use an item, directly or through others; on a day, or (none) ever."""
    used, depth = items.one(sku).id, DEEPEST if every_level else 1
    with connection.cursor() as cursor:
        cursor.execute(_WHERE_USED, {"item": used, "on": on, "depth": depth})
        return [Usage(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class MadeItem:
    """An item that has an approved recipe."""

    sku: str
    name: str
    unit: str


def made_items() -> list[MadeItem]:
    """What a run can be planned for."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select i.sku, i.name, u.code from catalog_item i"
            " join catalog_unit u on u.company_id = i.company_id and u.id = i.unit_id where i.active and exists ("
            " select 1 from catalog_bom b where b.company_id = i.company_id and b.item_id = i.id and b.approved)"
            " order by i.sku"
        )
        return [MadeItem(*row) for row in cursor.fetchall()]
