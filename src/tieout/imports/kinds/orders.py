"""Purchase orders, one line of an order a row."""

from __future__ import annotations

from tieout.access.permissions import Permission
from tieout.imports import checks, factors
from tieout.imports.columns import Column, Form
from tieout.imports.staging import Stage
from tieout.imports.templates import Template

TEMPLATE = Template(
    kind="orders",
    says="Purchase orders: each row a line; supplier, site and dates are the same in all rows of an order.",
    permission=Permission.BUY,
    key=("order_number", "line"),
    columns=(
        Column("order_number", Form.CODE, "The order's number.", "PO-1001", needed=True, most=40),
        Column("supplier", Form.CODE, "Who sells.", "NUTCO", needed=True, most=40),
        Column("site", Form.CODE, "Where the goods go.", "OAK", needed=True, most=20),
        Column("ordered_on", Form.DATE, "When it was ordered.", "2024-02-01", needed=True),
        Column("due_on", Form.DATE, "When the line is due.", "2024-02-15"),
        Column("currency", Form.CODE, "Of the prices; empty: the supplier's, else your own.", "EUR", most=3),
        Column("line", Form.WHOLE, "The line's number, from 1.", "1", needed=True),
        Column("sku", Form.CODE, "What was ordered.", "ALM-RAW", needed=True),
        Column("quantity", Form.NUMBER, "How much of it, in the ordered unit.", "8", needed=True),
        Column("unit", Form.CODE, "The ordered unit; empty: the item's own.", "drum", most=12),
        Column("price", Form.PRICE, "Of one ordered unit; at most 6 decimals.", "146.25", needed=True),
        Column("amount", Form.MONEY, "The line's total, if it is not quantity × price.", "1170.00"),
        Column("note", Form.TEXT, "For people.", "", most=500),
    ),
    examples=(
        (
            "PO-1001",
            "NUTCO",
            "OAK",
            "2024-02-01",
            "2024-02-15",
            "",
            "1",
            "ALM-RAW",
            "8",
            "drum",
            "146.25",
            "1170.00",
            "",
        ),
        ("PO-1001", "NUTCO", "OAK", "2024-02-01", "2024-02-15", "", "2", "JAR-250", "2000", "EA", "0.18", "", ""),
    ),
)

_FOUND = "select 1 from purchasing_purchaseorder t where t.company_id = %s and t.number = s.order_number"


def check(stage: Stage) -> None:
    checks.repeated(stage, TEMPLATE)
    checks.existing(stage, TEMPLATE, _FOUND, document=("order_number",))
    checks.unknown(stage, TEMPLATE, "supplier", checks.SUPPLIER)
    checks.unknown(stage, TEMPLATE, "site", checks.SITE)
    checks.unknown(stage, TEMPLATE, "sku", checks.ITEM)
    checks.unknown(stage, TEMPLATE, "unit", checks.UNIT)
    checks.differs(
        stage,
        TEMPLATE,
        key="order_number",
        columns=["supplier", "site", "ordered_on", "currency"],
        called="Order",
    )
    for column, wrong, message in (
        ("line", "line = 0", "Lines are numbered from 1."),
        ("currency", "currency !~ '^[A-Z]{3}$'", "A currency has three letters, such as EUR."),
    ):
        stage.refuse(
            TEMPLATE,
            column=column,
            code="bad_order",
            wrong=f"select n, '{message}' as message from staged_orders where {wrong}",
        )
    factors.resolve(stage, TEMPLATE, item="sku")
    factors.exact(stage, TEMPLATE, item="sku", quantity="quantity")


_SOUND = "select order_number from staged_orders group by order_number having not bool_or(bad)"


def load(stage: Stage) -> tuple[int, int]:
    added = checks.count(
        "insert into purchasing_purchaseorder (company_id, number, supplier_id, site_id, ordered_on, due_on, state,"
        " currency, note) select p.company_id, o.number, p.id, l.id, o.ordered_on, o.due_on, 'open',"
        " coalesce(o.currency, p.currency), o.note"
        " from (select order_number as number, min(supplier) as supplier, min(site) as site,"
        " min(ordered_on) as ordered_on, min(due_on) as due_on, min(currency) as currency,"
        " coalesce(min(note), '') as note, min(n) as n"
        " from staged_orders group by order_number having not bool_or(bad)) o"
        " join purchasing_supplier p on p.company_id = %s and p.code = o.supplier"
        " join stock_site l on l.company_id = p.company_id and l.code = o.site"
        " order by o.n on conflict (company_id, number) do nothing",
        [stage.company],
    )
    checks.count(
        "insert into purchasing_purchaseorderline (company_id, order_id, number, item_id, unit_id, quantity, price,"
        " factor_numerator, factor_denominator, amount, due_on, received, rejected)"
        " select o.company_id, o.id, s.line, i.id, f.unit_id, s.quantity, s.price, f.numerator, f.denominator,"
        " s.amount / 100.0, s.due_on, 0, 0 from staged_orders s"
        " join purchasing_purchaseorder o on o.company_id = %s and o.number = s.order_number"
        " join catalog_item i on i.company_id = o.company_id and i.sku = s.sku"
        " join catalog_unit b on b.company_id = i.company_id and b.id = i.unit_id"
        " join factors_orders f on f.sku = s.sku and f.unit = coalesce(s.unit, b.code)"
        f" where s.order_number in ({_SOUND}) order by s.n",
        [stage.company],
    )
    return added, 0
