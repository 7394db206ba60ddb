"""What suppliers ask: a price per unit of an item, from a day on."""

from __future__ import annotations

from django.db import connection

from tieout.access.permissions import Permission
from tieout.imports import checks, factors
from tieout.imports.columns import Column, Form
from tieout.imports.staging import Stage
from tieout.imports.templates import Template

TEMPLATE = Template(
    kind="prices",
    says="Suppliers' prices per unit, each from a day on until its next.",
    permission=Permission.BUY,
    key=("supplier", "sku", "unit", "effective_from"),
    updates="its price, minimum and lead time change.",
    columns=(
        Column("supplier", Form.CODE, "Who sells.", "NUTCO", needed=True, most=40),
        Column("sku", Form.CODE, "What.", "ALM-RAW", needed=True),
        Column("unit", Form.CODE, "In which unit; empty: the item's own.", "drum", most=12),
        Column("price", Form.PRICE, "Of one unit; at most 6 decimals.", "146.25", needed=True),
        Column("minimum_quantity", Form.NUMBER, "The least that is sold, in that unit.", "4", zero=True),
        Column("lead_time_days", Form.WHOLE, "Of this item from this supplier.", "10"),
        Column("effective_from", Form.DATE, "The first day of the price.", "2024-01-01", needed=True),
    ),
    examples=(("NUTCO", "ALM-RAW", "drum", "146.25", "4", "10", "2024-01-01"),),
)

_JOINS = (
    "join purchasing_supplier p on p.company_id = %s and p.code = s.supplier"
    " join catalog_item i on i.company_id = p.company_id and i.sku = s.sku"
    " join catalog_unit b on b.company_id = i.company_id and b.id = i.unit_id"
    " join factors_prices f on f.sku = s.sku and f.unit = coalesce(s.unit, b.code)"
)
_FOUND = (
    "select 1 from purchasing_supplierprice t"
    " join purchasing_supplier p on p.company_id = t.company_id and p.id = t.supplier_id"
    " join catalog_item i on i.company_id = t.company_id and i.id = t.item_id"
    " join catalog_unit u on u.company_id = t.company_id and u.id = t.unit_id"
    " where t.company_id = %s and p.code = s.supplier and i.sku = s.sku and t.effective_from = s.effective_from"
    " and (u.code = s.unit or s.unit is null and u.id = i.unit_id)"
)


def check(stage: Stage) -> None:
    checks.repeated(stage, TEMPLATE)
    checks.existing(stage, TEMPLATE, _FOUND)
    checks.unknown(stage, TEMPLATE, "supplier", checks.SUPPLIER)
    checks.unknown(stage, TEMPLATE, "sku", checks.ITEM)
    checks.unknown(stage, TEMPLATE, "unit", checks.UNIT)
    factors.resolve(stage, TEMPLATE, item="sku")


def load(stage: Stage) -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into purchasing_supplierprice (company_id, supplier_id, item_id, unit_id, price,"
            " minimum_quantity, lead_time_days, effective_from)"
            " select p.company_id, p.id, i.id, f.unit_id, s.price, coalesce(s.minimum_quantity, 0),"
            f" s.lead_time_days, s.effective_from from staged_prices s {_JOINS} where not s.bad order by s.n"
            " on conflict (company_id, item_id, supplier_id, unit_id, effective_from) do update"
            " set price = excluded.price, minimum_quantity = excluded.minimum_quantity,"
            " lead_time_days = excluded.lead_time_days returning xmax = 0",
            [stage.company],
        )
        rows = [new for (new,) in cursor.fetchall()]
    return sum(rows), len(rows) - sum(rows)
