"""BOM versions and hourly rates as people read them, asked inside a scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from tieout.catalog import items
from tieout.core.refusals import Refusal
from tieout.database.search import containing


class UnknownBom(Refusal):
    """A version that the item has not."""

    code = "unknown_bom"


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version in a list."""

    id: int
    sku: str
    name: str
    unit: str
    version: str
    site_code: str
    output_quantity: Decimal
    expected_yield: Decimal
    labour_hours: Decimal
    effective_from: date
    effective_to: date | None
    lines: int

    def is_in_effect(self, on: date) -> bool:
        return self.effective_from <= on and (self.effective_to is None or self.effective_to >= on)

    def seen_on(self, today: date) -> date:
        """A day on which it is in effect: today, or the one nearest to it."""
        last = min(today, self.effective_to) if self.effective_to else today
        return max(last, self.effective_from)


@dataclass(frozen=True, slots=True)
class LineRow:
    """What goes in, or comes out beside the item, for the version's output."""

    number: int
    sku: str
    name: str
    unit: str
    quantity: Decimal
    is_output: bool


@dataclass(frozen=True, slots=True)
class RateRow:
    """What an hour is taken for from a day on; until the next one of its kind and site."""

    kind: str
    site_code: str
    cents_per_hour: int
    effective_from: date
    effective_to: date | None


_VERSIONS = """
select b.id, i.sku, i.name, u.code, b.version, b.site_code, b.output_quantity, b.expected_yield, b.labour_hours,
    b.effective_from, b.effective_to,
    (select count(*) from catalog_bomline l where l.company_id = b.company_id and l.bom_id = b.id)
from catalog_bom b
join catalog_item i on i.company_id = b.company_id and i.id = b.item_id
join catalog_unit u on u.company_id = i.company_id and u.id = i.unit_id
where b.approved and {which}
"""


def versions(sku: str) -> list[VersionRow]:
    """Every version of an item, the latest first."""
    return _versions("b.item_id = %(item)s order by b.effective_from desc, b.id desc", item=items.one(sku).id)


def version(sku: str, name: str) -> VersionRow:
    """That version of an item, or a refusal."""
    found = next((one for one in versions(sku) if one.version == name), None)
    if found is None:
        raise UnknownBom(f"{sku} has no BOM version {name}. Look at the versions it has.")
    return found


def in_effect(on: date, *, text: str = "", most: int) -> list[VersionRow]:
    """The versions in effect on a day, by SKU and site."""
    like = containing(text)
    return _versions(
        "b.effective_from <= %(on)s and (b.effective_to is null or b.effective_to >= %(on)s)"
        " and (%(text)s = '' or i.sku ilike %(like)s or i.name ilike %(like)s)"
        " order by i.sku, b.site_code limit %(most)s",
        on=on,
        text=text,
        like=like,
        most=most,
    )


def _versions(which: str, **asked: int | str | date) -> list[VersionRow]:
    with connection.cursor() as cursor:
        cursor.execute(_VERSIONS.format(which=which), asked)
        return [VersionRow(*row) for row in cursor.fetchall()]


def lines(bom: int) -> list[LineRow]:
    """A version's own lines, in their order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select l.number, i.sku, i.name, u.code, l.quantity, l.is_output from catalog_bomline l"
            " join catalog_item i on i.company_id = l.company_id and i.id = l.component_id"
            " join catalog_unit u on u.company_id = i.company_id and u.id = i.unit_id"
            " where l.bom_id = %s order by l.number",
            [bom],
        )
        return [LineRow(*row) for row in cursor.fetchall()]


_RATES = """
select kind, site_code, cents_per_hour, effective_from,
    (lead(effective_from) over (partition by kind, site_code order by effective_from) - 1)
from catalog_rate order by kind, site_code, effective_from desc
"""


def rates() -> list[RateRow]:
    """By kind and site, the latest first."""
    with connection.cursor() as cursor:
        cursor.execute(_RATES)
        return [RateRow(*row) for row in cursor.fetchall()]
