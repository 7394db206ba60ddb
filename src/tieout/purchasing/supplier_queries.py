"""Questions about suppliers, asked inside a scope: who there is, what each asks, and what of his is unfinished."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from tieout.database.search import containing
from tieout.purchasing import suppliers


@dataclass(frozen=True, slots=True)
class SupplierRow:
    """A supplier in a list. `vendor` is his id in QuickBooks; none: he is requested there."""

    id: int
    code: str
    name: str
    currency: str
    lead_time_days: int | None
    active: bool
    vendor: str
    vendor_active: bool
    open_orders: int


@dataclass(frozen=True, slots=True)
class PriceRow:
    """What he asks for one unit of an item, from a day on; the one in force today is marked."""

    sku: str
    name: str
    unit: str
    price: Decimal
    minimum: Decimal
    effective_from: date
    in_force: bool


_SUPPLIERS = """
select s.id, s.code, s.name, s.currency, s.lead_time_days, s.active, p.external_id, p.active,
    (select count(*) from purchasing_purchaseorder o
        where o.company_id = s.company_id and o.supplier_id = s.id and o.state = 'open')
from purchasing_supplier s
join ledger_party p on p.company_id = s.company_id and p.id = s.party_id
where {which} order by s.name, s.id limit %(most)s
"""


def rows(*, text: str = "", most: int = 500) -> list[SupplierRow]:
    like = containing(text)
    return _rows("s.name ilike %(like)s or s.code ilike %(like)s", like=like, most=most)


def supplier(code: str) -> SupplierRow:
    """The supplier, or a refusal."""
    found = _rows("s.code = %(code)s", code=code, most=1)
    if not found:
        raise suppliers.UnknownSupplier(f"There is no supplier {code}. Look for it in the list of suppliers.")
    return found[0]


def _rows(which: str, **asked: str | int) -> list[SupplierRow]:
    with connection.cursor() as cursor:
        cursor.execute(_SUPPLIERS.format(which=which), asked)
        return [SupplierRow(*row) for row in cursor.fetchall()]


_PRICES = """
select i.sku, i.name, u.code, p.price, p.minimum_quantity, p.effective_from,
    coalesce(p.effective_from = max(p.effective_from) filter (where p.effective_from <= %(on)s)
        over (partition by p.item_id), false)
from purchasing_supplierprice p
join catalog_item i on i.company_id = p.company_id and i.id = p.item_id
join catalog_unit u on u.company_id = p.company_id and u.id = p.unit_id
where p.supplier_id = %(supplier)s order by i.sku, p.effective_from desc, u.code limit 500
"""


def prices(supplier: int, on: date) -> list[PriceRow]:
    """Every price he ever asked, by item, the latest first."""
    with connection.cursor() as cursor:
        cursor.execute(_PRICES, {"supplier": supplier, "on": on})
        return [PriceRow(*row) for row in cursor.fetchall()]


def units() -> list[str]:
    """What things can be bought in."""
    with connection.cursor() as cursor:
        cursor.execute("select code from catalog_unit order by code")
        return [row[0] for row in cursor.fetchall()]
