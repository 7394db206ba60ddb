"""Suppliers and what they ask: found and added."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tieout.catalog.items import ItemFacts
from tieout.core.refusals import Refusal
from tieout.ledger.models import Party
from tieout.purchasing.models import Supplier, SupplierPrice


class UnknownSupplier(Refusal):
    """A supplier code that the company does not know."""

    code = "unknown_supplier"


class SupplierExists(Refusal):
    """A supplier code that is taken."""

    code = "supplier_exists"


def one(code: str) -> Supplier:
    found = Supplier.objects.select_related("party").filter(code=code).first()
    if found is None:
        raise UnknownSupplier(f"There is no supplier {code}. Add it, or check the code.")
    return found


def add(company: int, *, code: str, name: str, currency: str = "", lead_time_days: int | None = None) -> Supplier:
    """A supplier, and the vendor of that name as a party: requested, until QuickBooks has it."""
    if Supplier.objects.filter(code=code).exists():
        raise SupplierExists(f"Supplier {code} exists already.")
    party, _ = Party.objects.get_or_create(company_id=company, kind="vendor", name=name)
    return Supplier.objects.create(
        company_id=company, code=code, name=name, party=party, currency=currency, lead_time_days=lead_time_days
    )


def set_price(
    company: int,
    *,
    supplier: Supplier,
    item: ItemFacts,
    unit: int,
    price: Decimal,
    effective_from: date,
    minimum_quantity: Decimal = Decimal(0),
    lead_time_days: int | None = None,
) -> SupplierPrice:
    """From that day on; an earlier price stays on record."""
    row, _ = SupplierPrice.objects.update_or_create(
        company_id=company,
        supplier=supplier,
        item_id=item.id,
        unit_id=unit,
        effective_from=effective_from,
        defaults={"price": price, "minimum_quantity": minimum_quantity, "lead_time_days": lead_time_days},
    )
    return row


def price_in_force(supplier: Supplier, item: int, on: date) -> SupplierPrice | None:
    return (
        SupplierPrice.objects.select_related("unit")
        .filter(supplier=supplier, item_id=item, effective_from__lte=on)
        .order_by("-effective_from")
        .first()
    )
