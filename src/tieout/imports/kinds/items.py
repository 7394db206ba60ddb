"""Items. What an item is to the books and the unit it is counted in never change by import: goods may lie there."""

from __future__ import annotations

from django.db import connection

from tieout.access.permissions import Permission
from tieout.core.roles import ItemKind
from tieout.imports import checks
from tieout.imports.columns import Column, Form
from tieout.imports.staging import Stage
from tieout.imports.templates import Template

TEMPLATE = Template(
    kind="items",
    says="What is stocked, made or sold, one a row.",
    permission=Permission.KEEP_CATALOG,
    key=("sku",),
    updates="its name, category, shelf life and whether it is active change; its kind and unit do not.",
    columns=(
        Column("sku", Form.CODE, "What people call it; capitals count.", "ALM-RAW", needed=True),
        Column("name", Form.TEXT, "Its name.", "Almonds, raw", needed=True, most=200),
        Column("kind", Form.CHOICE, "What it is to the books.", "raw", needed=True, choices=tuple(ItemKind)),
        Column("unit", Form.CODE, "The unit it is counted in.", "kg", needed=True, most=12),
        Column("category", Form.CODE, "A family of items; a new one is added.", "NUTS", most=40),
        Column("shelf_life_days", Form.WHOLE, "How long it keeps.", "365"),
        Column("tracks_lots", Form.YES, "Whether the floor names lots; empty: yes.", "yes"),
        Column("active", Form.YES, "Whether it is in use; empty: yes.", "yes"),
    ),
    examples=(
        ("ALM-RAW", "Almonds, raw", "raw", "kg", "NUTS", "365", "yes", "yes"),
        ("JAR-250", "Jar, 250 ml", "packaging", "EA", "", "", "", ""),
        ("ALM-BUTTER-250", "Almond butter, 250 g", "finished", "EA", "SPREADS", "270", "yes", "yes"),
    ),
)

_FOUND = "select 1 from catalog_item t where t.company_id = %s and t.sku = s.sku"


def check(stage: Stage) -> None:
    checks.repeated(stage, TEMPLATE)
    checks.existing(stage, TEMPLATE, _FOUND)
    checks.unknown(stage, TEMPLATE, "unit", checks.UNIT)
    for column, now, called in (("kind", "t.kind", "kind"), ("unit", "u.code", "unit")):
        stage.refuse(
            TEMPLATE,
            column=column,
            code="item_in_use",
            wrong=f"select s.n, s.sku || ' is {called} ' || {now} || '; that does not change by import."
            f" Give ' || {now} || ', or add another item.' as message from staged_items s"
            " join catalog_item t on t.company_id = %s and t.sku = s.sku"
            " join catalog_unit u on u.company_id = t.company_id and u.id = t.unit_id"
            f" where {now} <> s.{column}",
            parameters=[stage.company],
        )


def load(stage: Stage) -> tuple[int, int]:
    _add_categories(stage)
    updated = checks.count(
        "update catalog_item t set name = s.name, active = coalesce(s.active, t.active),"
        " tracks_lots = coalesce(s.tracks_lots, t.tracks_lots),"
        " category_id = coalesce((select c.id from catalog_category c where c.company_id = t.company_id"
        " and c.code = s.category), t.category_id),"
        " shelf_life_days = coalesce(s.shelf_life_days, t.shelf_life_days)"
        " from staged_items s where t.company_id = %s and t.sku = s.sku and not s.bad",
        [stage.company],
    )
    added = checks.count(
        "insert into catalog_item (company_id, sku, name, kind, unit_id, category_id, shelf_life_days,"
        " tracks_lots, active) select u.company_id, s.sku, s.name, s.kind, u.id, c.id, s.shelf_life_days,"
        " coalesce(s.tracks_lots, true), coalesce(s.active, true) from staged_items s"
        " join catalog_unit u on u.company_id = %s and u.code = s.unit"
        " left join catalog_category c on c.company_id = u.company_id and c.code = s.category"
        " where not s.bad order by s.n on conflict (company_id, sku) do nothing",
        [stage.company],
    )
    return added, updated


def _add_categories(stage: Stage) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into catalog_category (company_id, code, name) select %s, category, category"
            " from staged_items where category is not null group by category order by min(n)"
            " on conflict (company_id, code) do nothing returning code",
            [stage.company],
        )
        new = [code for (code,) in cursor.fetchall()]
    if new:
        shown = ", ".join(new[:10]) + (" …" if len(new) > 10 else "")
        stage.notices.append(f"New categories, to check for slips: {shown}.")
