"""BOM versions: which one is in effect, and a new one put among the others.

A version is in effect from its first day through its last one, both included. A version of a site goes before
the one for every site. Of one item at one site no two versions are in effect on the same day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection

from tieout.catalog import items
from tieout.catalog.items import ItemFacts
from tieout.core import boms as graph
from tieout.core.boms import BomCycle, Use
from tieout.core.refusals import Refusal
from tieout.database.company_tables import THIS_COMPANY


class NoBom(Refusal):
    """An item with no BOM version in effect."""

    code = "no_bom"


class BomOverlap(Refusal):
    """Two versions of an item at one site in effect on the same day."""

    code = "bom_overlap"


class BomExists(Refusal):
    """A version name that the item has already."""

    code = "bom_exists"


@dataclass(frozen=True, slots=True)
class BomLine:
    """So much of a component for `output_quantity` of the item, in its base unit; or a by-product."""

    component: int
    sku: str
    quantity: Decimal
    is_output: bool


@dataclass(frozen=True, slots=True)
class BomInEffect:
    """One version of how an item is made."""

    id: int
    item: int
    version: str
    output_quantity: Decimal
    expected_yield: Decimal
    labour_hours: Decimal
    lines: tuple[BomLine, ...]


@dataclass(frozen=True, slots=True)
class NewBom:
    """A version to be: everything in base units already."""

    item: ItemFacts
    version: str
    site_code: str
    output_quantity: Decimal
    expected_yield: Decimal
    labour_hours: Decimal
    effective_from: date
    effective_to: date | None
    lines: Sequence[BomLine]


_IN_EFFECT = """
with chosen as (
    select b.id, b.company_id, b.item_id, b.version, b.output_quantity, b.expected_yield, b.labour_hours
    from catalog_bom b
    where b.item_id = %s and b.site_code in (%s, '') and b.approved
      and b.effective_from <= %s and (b.effective_to is null or b.effective_to >= %s)
    order by b.site_code = '', b.effective_from desc limit 1
)
select c.id, c.item_id, c.version, c.output_quantity, c.expected_yield, c.labour_hours,
    l.component_id, i.sku, l.quantity, l.is_output
from chosen c
join catalog_bomline l on l.company_id = c.company_id and l.bom_id = c.id
join catalog_item i on i.company_id = l.company_id and i.id = l.component_id
order by l.number
"""


def in_effect(item: ItemFacts, site_code: str, on: date) -> BomInEffect:
    """The version to make an item by at a site on a day, or a refusal."""
    found = find(item.id, site_code, on)
    if found is None:
        where = f" at {site_code}" if site_code else ""
        raise NoBom(f"{item.sku} has no BOM in effect on {on}{where}. Approve a version for that day first.")
    return found


def find(item_id: int, site_code: str, on: date) -> BomInEffect | None:
    """The version in effect, or none: the item is bought."""
    with connection.cursor() as cursor:
        cursor.execute(_IN_EFFECT, [item_id, site_code, on, on])
        rows = cursor.fetchall()
    if not rows:
        return None
    bom, item, version, output, share, hours = rows[0][:6]
    return BomInEffect(bom, item, version, output, share, hours, tuple(BomLine(*row[6:]) for row in rows))


def put(company: int, new: NewBom, *, ends_previous: bool) -> int:
    """A version among the others; refused if it overlaps one or closes a circle. The item is locked."""
    if ends_previous:
        _end_previous(new)
    _refuse_taken(new)
    _refuse_overlap(new)
    _refuse_cycle(new)
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into catalog_bom (company_id, item_id, version, site_code, output_quantity,"
            " expected_yield, labour_hours, effective_from, effective_to, approved)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, true) returning id",
            [
                company,
                new.item.id,
                new.version,
                new.site_code,
                new.output_quantity,
                new.expected_yield,
                new.labour_hours,
                new.effective_from,
                new.effective_to,
            ],
        )
        (bom,) = cursor.fetchone()
        cursor.execute(
            "insert into catalog_bomline (company_id, bom_id, number, component_id, quantity, is_output)"
            " select %s, %s, n, c, q, o from unnest(%s::bigint[], %s::numeric[], %s::bool[])"
            " with ordinality as l(c, q, o, n)",
            [
                company,
                bom,
                [line.component for line in new.lines],
                [line.quantity for line in new.lines],
                [line.is_output for line in new.lines],
            ],
        )
    return int(bom)


def _end_previous(new: NewBom) -> None:
    """The open-ended version before this one ends the day before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update catalog_bom set effective_to = %s where item_id = %s and site_code = %s and approved"
            " and effective_to is null and effective_from < %s",
            [new.effective_from - timedelta(days=1), new.item.id, new.site_code, new.effective_from],
        )


def _refuse_taken(new: NewBom) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select 1 from catalog_bom where item_id = %s and version = %s", [new.item.id, new.version])
        if cursor.fetchone():
            raise BomExists(f"{new.item.sku} has a BOM version {new.version} already. Choose another name.")


def _refuse_overlap(new: NewBom) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select version, effective_from, effective_to from catalog_bom"
            " where item_id = %s and site_code = %s and approved"
            " and effective_from <= coalesce(%s::date, 'infinity')"
            " and coalesce(effective_to, 'infinity') >= %s order by effective_from limit 1",
            [new.item.id, new.site_code, new.effective_to, new.effective_from],
        )
        row = cursor.fetchone()
    if row:
        version, since, until = row
        through = f"through {until}" if until else "with no end"
        raise BomOverlap(
            f"BOM version {version} of {new.item.sku} is in effect from {since} {through};"
            f" {new.version} would be too. End that one first, or choose other days."
        )


def _refuse_cycle(new: NewBom) -> None:
    """Only what lies below the components can lead back, so only that is read."""
    own = [
        Use(new.item.id, line.component, new.effective_from, new.effective_to or graph.END_OF_TIME)
        for line in new.lines
        if not line.is_output
    ]
    path = graph.cycle([*own, *below([use.component for use in own])])
    if path:
        known = items.by_id(path)
        raise BomCycle(
            f"{new.item.sku} would be made of itself: {' → '.join(known[item].sku for item in path)}."
            " Take one of these lines out."
        )


_BELOW = f"""
with recursive below (item) as (
    select unnest(%s::bigint[])
    union
    select l.component_id from below w
    join catalog_bom b on b.company_id = {THIS_COMPANY} and b.item_id = w.item and b.approved
    join catalog_bomline l on l.company_id = b.company_id and l.bom_id = b.id and not l.is_output
)
select b.item_id, l.component_id, b.effective_from, b.effective_to
from below w
join catalog_bom b on b.company_id = {THIS_COMPANY} and b.item_id = w.item and b.approved
join catalog_bomline l on l.company_id = b.company_id and l.bom_id = b.id and not l.is_output
"""


def below(components: Sequence[int]) -> list[Use]:
    """Who uses what, at every depth below these items, in versions of any day."""
    with connection.cursor() as cursor:
        cursor.execute(_BELOW, [list(components)])
        rows = cursor.fetchall()
    return [Use(item, component, since, until or graph.END_OF_TIME) for item, component, since, until in rows]
