"""Documents of revenue as QuickBooks sends them, and what a test asks of the ledger."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from tests.factory import Factory
from tieout.access import company as companies
from tieout.ledger.models import Party
from tieout.sales import invoices
from tieout.sales.invoices import Change, Kind

DAY = date(2026, 1, 15)


def sold(item: str, quantity: str | None, amount: str, **more: Any) -> dict[str, Any]:
    detail: dict[str, Any] = {"ItemRef": {"value": f"q-{item}", "name": item}} if item else {}
    if quantity is not None:
        detail |= {"Qty": Decimal(quantity), "UnitPrice": Decimal(amount) / Decimal(quantity)}
    return {"Amount": Decimal(amount), "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail, **more}


def document(
    *lines: dict[str, Any], id: str = "71", number: str = "1037", version: int = 0, on: date = DAY, **more: Any
) -> dict[str, Any]:
    total = sum((line["Amount"] for line in lines), Decimal(0))
    return {
        "Id": id,
        "SyncToken": str(version),
        "DocNumber": number,
        "TxnDate": on.isoformat(),
        "CustomerRef": {"value": "c-1", "name": "Green Grocer"},
        "CurrencyRef": {"value": "USD"},
        "TotalAmt": total,
        "Balance": total,
        "Line": [
            *({"Id": str(n), "LineNum": n, **line} for n, line in enumerate(lines, 1)),
            {"Amount": total, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}},
        ],
        **more,
    }


def tell(factory: Factory, paper: dict[str, Any], kind: Kind = "Invoice", *, deleted: bool = False) -> Change:
    """As the reader of QuickBooks does."""
    with companies.scope(factory.company):
        Party.objects.filter(kind="customer", name="Green Grocer").update(external_id="c-1")
        return invoices.mirror(factory.company, paper, kind=kind, deleted=deleted)


def roles(factory: Factory) -> dict[str, int]:
    """Cents by role, debits positive."""
    with companies.scope(factory.company), connection.cursor() as cursor:
        cursor.execute("select role, sum(debit - credit)::bigint from ledger_journalline group by role")
        return {role: cents for role, cents in cursor if cents}


def linked(factory: Factory) -> list[tuple[str, Decimal, int]]:
    """Lot, quantity and cents of the links that stand."""
    with companies.scope(factory.company), connection.cursor() as cursor:
        cursor.execute(
            "select b.code, k.quantity, k.revenue from sales_invoicelink k"
            " join sales_shipmentline l on l.id = k.shipment_line_id join stock_lot b on b.id = l.lot_id"
            " where k.reverses_id is null and not exists (select 1 from sales_invoicelink x where x.reverses_id = k.id)"
            " order by k.id"
        )
        return [(code, quantity.normalize(), cents) for code, quantity, cents in cursor.fetchall()]


def number(text: str) -> Decimal:
    return Decimal(text).normalize()
