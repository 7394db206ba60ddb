"""Receipts in a file against their orders: resolved in sets, and what cannot have come that way."""

from __future__ import annotations

from django.db import connection

from tieout.imports.staging import Stage
from tieout.imports.templates import Template
from tieout.ledger import desk
from tieout.purchasing import orders

_RESOLVED = """
create temporary table resolved_receipts on commit drop as
select s.n, s.receipt, s.received_on, s.location, s.lot, s.supplier_lot, s.expires_on, s.rate, s.reason,
    s.quantity * l.factor_numerator / l.factor_denominator as quantity,
    coalesce(s.rejected, 0) * l.factor_numerator / l.factor_denominator as rejected,
    (s.quantity * l.factor_numerator * power(10::numeric, u.decimals)) %% l.factor_denominator = 0
    and (coalesce(s.rejected, 0) * l.factor_numerator * power(10::numeric, u.decimals)) %% l.factor_denominator = 0
        as is_exact,
    o.id as order_id, o.number as order_number, o.state, o.supplier_id, o.site_id, nullif(o.currency, '') as currency,
    l.id as line_id, l.number as line, l.item_id, l.quantity as ordered, l.price, l.amount,
    l.factor_numerator, l.factor_denominator, l.received, l.rejected as rejected_before
from staged_receipts s
join purchasing_purchaseorder o on o.company_id = %s and o.number = s.order_number
join purchasing_purchaseorderline l on l.company_id = o.company_id and l.order_id = o.id and l.number = s.line
join catalog_item i on i.company_id = l.company_id and i.id = l.item_id
join catalog_unit u on u.company_id = i.company_id and u.id = i.unit_id
"""


def resolve(stage: Stage) -> None:
    """Each row with its order line, held until the import commits, quantities in base units."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select 1 from purchasing_purchaseorderline l join purchasing_purchaseorder o"
            " on o.company_id = l.company_id and o.id = l.order_id where o.company_id = %s"
            " and o.number in (select order_number from staged_receipts) order by l.id for update of l",
            [stage.company],
        )
        cursor.execute("drop table if exists pg_temp.resolved_receipts")
        cursor.execute(_RESOLVED, [stage.company])
        cursor.execute("create index on resolved_receipts (n)")
        cursor.execute("analyze resolved_receipts")


def check(stage: Stage, template: Template) -> None:
    stage.refuse(
        template,
        column="line",
        code=orders.UnknownOrder.code,
        wrong="select s.n, s.order_number || ' has no line ' || s.line || '. Check the order.' as message"
        " from staged_receipts s join purchasing_purchaseorder o on o.company_id = %s"
        " and o.number = s.order_number where s.line is not null and not exists"
        " (select 1 from purchasing_purchaseorderline l where l.company_id = o.company_id"
        " and l.order_id = o.id and l.number = s.line)",
        parameters=[stage.company],
    )
    for column, code, wrong, message in (
        ("order_number", orders.OrderClosed.code, "state = 'closed'", "The order is closed. Place a new one."),
        (
            "quantity",
            "too_many_decimals",
            "not is_exact",
            "In the item''s own unit this does not come out even. Round it, or give the item a finer unit.",
        ),
    ):
        stage.refuse(
            template,
            column=column,
            code=code,
            wrong=f"select n, '{message}' as message from resolved_receipts where {wrong}",
        )
    for column, called in (("supplier_id", "suppliers"), ("site_id", "sites")):
        stage.refuse(
            template,
            column="order_number",
            code="contradiction",
            wrong=f"select n, 'Receipt ' || receipt || ' is of two {called}. Give each its own receipt.' as message"
            f" from (select *, first_value({column}) over (partition by receipt order by n) as one"
            f" from resolved_receipts) r where {column} <> one",
        )
    _check_rate(stage, template)
    _check_tolerance(stage, template)


def _check_rate(stage: Stage, template: Template) -> None:
    stage.refuse(
        template,
        column="rate",
        code="no_rate",
        wrong="select n, case when rate is null then 'The order is in ' || currency || '. Give the rate of the day.'"
        " else 'The order is in your own currency. Leave the rate empty.' end as message"
        " from resolved_receipts where (coalesce(currency, %s) <> %s) = (rate is null)",
        parameters=[stage.act.currency, stage.act.currency],
    )


def _check_tolerance(stage: Stage, template: Template) -> None:
    """Everything that came of an order line so far, in the order of days, against what was ordered."""
    default = desk.read(stage.act, local=stage.act.now.date()).policies["over-receipt"]
    stage.refuse(
        template,
        column="quantity",
        code="over_receipt",
        wrong="select n, 'With this, ' || trim_scale(total * factor_denominator / factor_numerator) || ' of '"
        " || trim_scale(ordered) || ' ordered have come, and ' || tolerance || ' %% over is allowed."
        " Reject the rest, or have the order raised.' as message from ("
        "select *, received + sum(quantity) over (partition by line_id order by received_on, n) as total,"
        " coalesce((select value from ledger_policy p where p.company_id = %s and p.name = 'over-receipt'"
        " and p.effective_from <= received_on order by p.effective_from desc, p.id desc limit 1), %s) as tolerance"
        " from resolved_receipts) r where tolerance <> 'any' and quantity > 0"
        " and total * factor_denominator * 100 > ordered * factor_numerator"
        " * (100 + case tolerance when 'any' then 0 else tolerance::numeric end)",
        parameters=[stage.company, default],
    )
