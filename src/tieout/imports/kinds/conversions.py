"""Conversions between units: for every item, or for one."""

from __future__ import annotations

from fractions import Fraction

from django.db import connection

from tieout.access.permissions import Permission
from tieout.catalog import units as catalog
from tieout.core import units
from tieout.core.units import Conversion
from tieout.imports import checks
from tieout.imports.columns import Column, Form
from tieout.imports.staging import Stage
from tieout.imports.templates import Template

TEMPLATE = Template(
    kind="conversions",
    says="How many of one unit another is. Exact: a third is `1/3`.",
    permission=Permission.KEEP_CATALOG,
    key=("unit", "base", "sku"),
    updates="the factor changes for documents to come; those there are keep theirs.",
    columns=(
        Column("unit", Form.CODE, "One of this unit …", "drum", needed=True, most=12),
        Column("factor", Form.FACTOR, "… is so many …", "290", needed=True),
        Column("base", Form.CODE, "… of this one.", "kg", needed=True, most=12),
        Column("sku", Form.CODE, "For this item; empty: for every item.", "HONEY"),
    ),
    examples=(("drum", "22.5", "kg", "ALM-RAW"),),
)

_FOUND = (
    "select 1 from catalog_conversion t join catalog_unit u on u.company_id = t.company_id and u.id = t.unit_id"
    " join catalog_unit b on b.company_id = t.company_id and b.id = t.base_id"
    " left join catalog_item i on i.company_id = t.company_id and i.id = t.item_id"
    " where t.company_id = %s and u.code = s.unit and b.code = s.base and i.sku is not distinct from s.sku"
)


def check(stage: Stage) -> None:
    checks.repeated(stage, TEMPLATE)
    checks.existing(stage, TEMPLATE, _FOUND)
    checks.unknown(stage, TEMPLATE, "unit", checks.UNIT)
    checks.unknown(stage, TEMPLATE, "base", checks.UNIT)
    checks.unknown(stage, TEMPLATE, "sku", checks.ITEM)
    stage.refuse(
        TEMPLATE,
        column="base",
        code="bad_conversion",
        wrong="select n, 'One ' || unit || ' is one ' || base || '. Name two units.' as message"
        " from staged_conversions where unit = base",
    )
    _contradictions(stage)


def _contradictions(stage: Stage) -> None:
    """One box cannot be 12 directly and 10 by way of another unit: the answer would depend on the way."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select s.n, s.sku, i.id, s.unit, s.base, s.factor from staged_conversions s left join catalog_item i"
            " on i.company_id = %s and i.sku = s.sku where not s.bad order by s.n",
            [stage.company],
        )
        rows = cursor.fetchall()
    known = catalog.conversions({item for _, _, item, *_ in rows if item is not None} | {0})
    new: dict[str | None, list[tuple[int, Conversion]]] = {}
    ids = {sku: item for _, sku, item, *_ in rows}
    for n, sku, _, unit, base, factor in rows:
        new.setdefault(sku, []).append((n, Conversion(unit, base, Fraction(factor))))
    wrong = []
    for sku, own in new.items():
        said = {(one.unit, one.base) for _, one in own}
        before = [one for one in known.get(ids[sku] or 0, ()) if one.own == (sku is not None)]
        kept = [one for one in before if (one.unit, one.base) not in said]
        at = units.contradiction([*kept, *(one for _, one in own)])
        if at is not None:
            n, one = own[max(at - len(kept), 0)]
            wrong.append((n, f"One {one.unit} is another number of {one.base} by way of other conversions. Mend one."))
    if wrong:
        stage.refuse(
            TEMPLATE,
            column="factor",
            code="bad_conversion",
            wrong="select * from unnest(%s::bigint[], %s::text[]) as w(n, message)",
            parameters=[[n for n, _ in wrong], [message for _, message in wrong]],
        )


def load(stage: Stage) -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into catalog_conversion (company_id, item_id, unit_id, base_id, numerator, denominator)"
            " select u.company_id, i.id, u.id, b.id, split_part(s.factor, '/', 1)::bigint,"
            " split_part(s.factor, '/', 2)::bigint from staged_conversions s"
            " join catalog_unit u on u.company_id = %s and u.code = s.unit"
            " join catalog_unit b on b.company_id = u.company_id and b.code = s.base"
            " left join catalog_item i on i.company_id = u.company_id and i.sku = s.sku"
            " where not s.bad and (s.sku is null or i.id is not null) order by s.n"
            " on conflict (company_id, item_id, unit_id, base_id)"
            " do update set numerator = excluded.numerator, denominator = excluded.denominator"
            " returning xmax = 0",
            [stage.company],
        )
        rows = [new for (new,) in cursor.fetchall()]
    return sum(rows), len(rows) - sum(rows)
