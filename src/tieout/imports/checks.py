"""Checks that every kind of file needs, each one statement over a whole file: repeated, existing, unknown rows."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from tieout.imports.staging import Stage
from tieout.imports.templates import Template


@dataclass(frozen=True, slots=True)
class Known:
    """Where a code must be known: the table and its column, and the kind of file that brings new ones."""

    table: str
    column: str
    kind: str
    called: str
    code: str

    def advice(self) -> str:
        return f"Check it, or give it in {self.kind} first."


ITEM = Known("catalog_item", "sku", "items", "item", "unknown_item")
UNIT = Known("catalog_unit", "code", "units", "unit", "unknown_unit")
SITE = Known("stock_site", "code", "locations", "site", "unknown_place")
SUPPLIER = Known("purchasing_supplier", "code", "suppliers", "supplier", "unknown_supplier")
ORDER = Known("purchasing_purchaseorder", "number", "orders", "order", "unknown_order")

STAGED_COLUMN = {
    "items": "sku",
    "units": "unit",
    "locations": "site",
    "suppliers": "supplier",
    "orders": "order_number",
}


def unknown(stage: Stage, template: Template, column: str, where: Known) -> None:
    """Codes that neither the company knows nor the same import brings."""
    if where.kind in stage.unread:
        return
    brought = ""
    if where.kind in stage.rows and where.kind != template.kind:
        brought = (
            f" and not exists (select 1 from staged_{where.kind} b where b.{STAGED_COLUMN[where.kind]} = s.{column})"
        )
    stage.refuse(
        template,
        column=column,
        code=where.code,
        wrong=f"select s.n, 'There is no {where.called} ' || s.{column} || %s as message from {template.table} s"
        f" where s.{column} is not null and not exists (select 1 from {where.table} t"
        f" where t.company_id = %s and t.{where.column} = s.{column}){brought}",
        parameters=[". " + where.advice(), stage.company],
    )


def repeated(stage: Stage, template: Template) -> None:
    """Rows with a key that an earlier row has."""
    names = ", ".join(template.key)
    shown = " || ' ' || ".join(f"coalesce({name}::text, '')" for name in template.key)
    stage.refuse(
        template,
        column=template.key[0],
        code="repeated_row",
        wrong=f"select n, trim({shown}) || ' is in row ' || first || ' already. Keep one of the two.' as message"
        f" from (select *, row_number() over k as nth, first_value(at_row) over k as first from {template.table}"
        f" where {template.key[0]} is not null window k as (partition by {names} order by n)) r where nth > 1",
    )


def existing(
    stage: Stage, template: Template, found: str, *, column: str | None = None, document: tuple[str, ...] = ()
) -> int:
    """Rows that are there already: refused, unless they may be updated.

    `found` tells for a staged row `s`; `document` names what it is a row of, where that is what is there.
    """
    if stage.update and template.updates:
        return 0
    way = "Import with --update to change it, or leave the row out." if template.updates else "Leave the row out."
    shown = " || ' ' || ".join(f"coalesce(s.{name}::text, '')" for name in document or template.key)
    return stage.refuse(
        template,
        column=column or template.key[0],
        code="exists_already",
        wrong=f"select s.n, trim({shown}) || ' is there already. {way}' as message from {template.table} s"
        f" where exists ({found})",
        parameters=[stage.company],
    )


def differs(stage: Stage, template: Template, *, key: str, columns: list[str], called: str) -> None:
    """Rows of one document that contradict each other in what is said of the document as a whole."""
    for column in columns:
        stage.refuse(
            template,
            column=column,
            code="contradiction",
            wrong=f"select n, '{called} ' || {key} || ' has another {column} in row ' || first"
            f" || '. Give the same in all its rows.' as message"
            f" from (select *, first_value({column}) over k as one, first_value(at_row) over k as first"
            f" from {template.table} where {key} is not null window k as (partition by {key} order by n)) r"
            f" where {column} is distinct from one",
        )


def count(sql: str, parameters: list[object]) -> int:
    """How many rows a statement changed."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)  # type: ignore[arg-type]  # what a statement may take
        return int(cursor.rowcount)


def unknown_location(stage: Stage, template: Template, site: str, joins: str = "") -> None:
    """Locations that are not at the row's site; `site` is its code in SQL."""
    if "locations" in stage.unread:
        return
    brought = ""
    if "locations" in stage.rows:
        brought = (
            f" and not exists (select 1 from staged_locations b where b.site = {site} and b.location = s.location)"
        )
    stage.refuse(
        template,
        column="location",
        code=SITE.code,
        wrong=f"select s.n, 'There is no place ' || s.location || ' at ' || {site}"
        f" || '. Check it, or give it in locations first.' as message from {template.table} s {joins}"
        f" where s.location is not null and {site} is not null and not exists (select 1 from stock_location l"
        " join stock_site t on t.company_id = l.company_id and t.id = l.site_id"
        f" where l.company_id = %s and t.code = {site} and l.code = s.location){brought}",
        parameters=[stage.company],
    )
