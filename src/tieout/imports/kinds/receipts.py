"""Receipts of purchase orders: one event a receipt, its lots at the order's price, owed until the bill comes."""

from __future__ import annotations

from tieout.access.permissions import Permission
from tieout.imports import checks, days, deliveries, receiving
from tieout.imports.columns import Column, Form
from tieout.imports.staging import Stage
from tieout.imports.templates import Template

TEMPLATE = Template(
    kind="receipts",
    says=(
        "Goods that came on purchase orders, a line a row. The rows of one receipt number are one receipt:"
        " of one supplier, at one site, on one day. Quantities are in the ordered unit."
    ),
    permission=Permission.RECEIVE,
    key=("receipt", "order_number", "line", "lot"),
    columns=(
        Column("receipt", Form.CODE, "Your number of the receipt.", "R-5001", needed=True, most=19),
        Column("received_on", Form.DATE, "When it came.", "2024-02-14", needed=True),
        Column("order_number", Form.CODE, "On which order.", "PO-1001", needed=True, most=40),
        Column("line", Form.WHOLE, "Of which line of it.", "1", needed=True),
        Column("quantity", Form.NUMBER, "How much was taken into stock; 0 if nothing.", "7", needed=True, zero=True),
        Column("rejected", Form.NUMBER, "How much was sent away: noted, without value.", "1", zero=True),
        Column("location", Form.CODE, "Where it was put; empty: the main store.", "RACK-A", most=40),
        Column("lot", Form.CODE, "Your lot; empty: one is made.", "L-311"),
        Column("supplier_lot", Form.CODE, "The supplier's lot.", "77-A"),
        Column("expires_on", Form.DATE, "Until when it keeps; empty: by the item's shelf life.", "2025-02-01"),
        Column("rate", Form.NUMBER, "Your currency for one of the order's, if they differ.", "1.0832"),
        Column("reason", Form.TEXT, "Why some was sent away.", "torn bags"),
    ),
    examples=(
        ("R-5001", "2024-02-14", "PO-1001", "1", "7", "1", "RACK-A", "L-311", "77-A", "2025-02-01", "", "torn bags"),
        ("R-5001", "2024-02-14", "PO-1001", "2", "2000", "", "", "", "", "", "", ""),
    ),
)

_FOUND = "select 1 from ledger_event t where t.company_id = %s and t.kind = 'receipt' and t.number = s.receipt"
_ORDER = (
    "left join purchasing_purchaseorder o on o.company_id = {company} and o.number = s.order_number"
    " left join stock_site w on w.company_id = o.company_id and w.id = o.site_id"
)


def check(stage: Stage) -> None:
    checks.existing(stage, TEMPLATE, _FOUND, document=("receipt",))
    checks.unknown(stage, TEMPLATE, "order_number", checks.ORDER)
    checks.unknown_location(stage, TEMPLATE, "w.code", _ORDER.format(company=stage.company))
    checks.differs(stage, TEMPLATE, key="receipt", columns=["received_on"], called="Receipt")
    days.not_to_come(stage, TEMPLATE, "received_on")
    for column, wrong, message in (
        ("quantity", "quantity = 0 and coalesce(rejected, 0) = 0", "Nothing came and nothing was sent away."),
        ("receipt", "receipt ~ '^RCV-[0-9]+$'", "Numbers RCV-… are given by Tieout itself. Use your own."),
        ("rate", "rate > 1000000", "That is no rate of exchange. Check it."),
    ):
        stage.refuse(
            TEMPLATE,
            column=column,
            code="bad_receipt",
            wrong=f"select n, '{message}' as message from staged_receipts where {wrong}",
        )
    deliveries.resolve(stage)
    deliveries.check(stage, TEMPLATE)


def load(stage: Stage) -> tuple[int, int]:
    """Nothing in the import needs receipts, so they are only made when all is in order."""
    return (0, 0) if stage.findings.count else (receiving.load(stage), 0)
