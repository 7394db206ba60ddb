"""Quantities in a unit of choice: each item and unit once through the exact arithmetic, then joined in sets."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from tieout.catalog import units as catalog
from tieout.core import units
from tieout.imports.staging import Stage
from tieout.imports.templates import Template


def resolve(stage: Stage, template: Template, *, item: str, unit: str = "unit") -> None:
    """A table `factors_KIND` of (sku, unit, numerator, denominator) for every pair that a file uses.

    A pair without a conversion is a finding in the unit's column. The base unit itself may be left empty.
    """
    table = f"factors_{template.kind}"
    with connection.cursor() as cursor:
        cursor.execute(f"drop table if exists pg_temp.{table}")
        cursor.execute(
            f"create temporary table {table} (sku text, unit text, unit_id bigint, numerator numeric,"
            " denominator numeric, message text) on commit drop"
        )
        cursor.execute(
            f"select i.sku, coalesce(s.{unit}, b.code), i.id, u.id, b.code from {template.table} s"
            f" join catalog_item i on i.company_id = %s and i.sku = s.{item}"
            " join catalog_unit b on b.company_id = i.company_id and b.id = i.unit_id"
            f" join catalog_unit u on u.company_id = i.company_id and u.code = coalesce(s.{unit}, b.code)"
            " group by 1, 2, 3, 4, 5",
            [stage.company],
        )
        rows = list(_rows(cursor.fetchall()))
        with cursor.copy(f"copy {table} from stdin") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(f"create index on {table} (sku, unit)")
        cursor.execute(f"analyze {table}")
    stage.refuse(
        template,
        column=unit,
        code=units.UnknownUnit.code,
        wrong=f"select s.n, f.message from {template.table} s join {table} f on f.sku = s.{item} and f.unit = s.{unit}"
        " where f.numerator is null",
    )


def _rows(pairs: list[tuple[str, str, int, int, str]]) -> Iterator[tuple[object, ...]]:
    foreign = {item for _, unit, item, _, base in pairs if unit != base}
    known = catalog.conversions(foreign)
    for sku, unit, item, unit_id, base in pairs:
        factor = units.factor(unit, base, known[item]) if unit != base else units.ONE
        if factor is None:
            message = catalog.not_of(sku, unit, units.reachable(base, known[item]))
            yield sku, unit, unit_id, None, None, message
        else:
            yield sku, unit, unit_id, factor.numerator, factor.denominator, None


def exact(stage: Stage, template: Template, *, item: str, quantity: str, unit: str = "unit") -> None:
    """Quantities that do not come out even in the base unit are findings."""
    stage.refuse(
        template,
        column=quantity,
        code="too_many_decimals",
        wrong=f"select s.n, trim_scale(s.{quantity}) || ' ' || coalesce(s.{unit}, u.code) || ' of ' || i.sku ||"
        " ' is not a quantity that ' || u.code || ' can express: ' || case u.decimals when 0 then"
        " 'it is counted in whole numbers' else 'it is measured to ' || u.decimals || ' decimals' end ||"
        f" '. Round it, or give the item a finer unit.' as message from {template.table} s"
        f" join catalog_item i on i.company_id = %s and i.sku = s.{item}"
        " join catalog_unit u on u.company_id = i.company_id and u.id = i.unit_id"
        f" join factors_{template.kind} f on f.sku = i.sku and f.unit = coalesce(s.{unit}, u.code)"
        f" where mod(s.{quantity} * f.numerator * power(10::numeric, u.decimals), f.denominator) <> 0"
        f" or s.{quantity} * f.numerator / f.denominator >= 1e12",
        parameters=[stage.company],
    )
