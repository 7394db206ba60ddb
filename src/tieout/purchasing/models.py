"""Tables of buying: suppliers and their prices, orders and their lines, receipt lines (each an accrual)."""

from __future__ import annotations

from django.db import models

from tieout.catalog.models import Item, Unit
from tieout.database.company_tables import CompanyForeignKey, CompanyTable
from tieout.ledger.models import Event, Party
from tieout.stock.models import Lot, QuantityField, Site


class Supplier(CompanyTable):
    """Somebody we buy from; QuickBooks' vendor is the party."""

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    party = CompanyForeignKey(Party)
    currency = models.CharField(max_length=3, blank=True)
    lead_time_days = models.PositiveIntegerField(null=True)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company", "code"], name="supplier_code_once"),)


class SupplierPrice(CompanyTable):
    """What a supplier asks for one unit of an item, from a date on."""

    supplier = CompanyForeignKey(Supplier)
    item = CompanyForeignKey(Item)
    unit = CompanyForeignKey(Unit)
    price = models.DecimalField(max_digits=18, decimal_places=6)
    minimum_quantity = QuantityField(default=0)
    lead_time_days = models.PositiveIntegerField(null=True)
    effective_from = models.DateField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["company", "item", "supplier", "unit", "effective_from"], name="supplier_price_once"
            ),
        )


class OrderState(models.TextChoices):
    OPEN = "open"
    RECEIVED = "received"
    CLOSED = "closed"


class PurchaseOrder(CompanyTable):
    """What was asked of a supplier. Moves no stock and owes nothing."""

    number = models.CharField(max_length=40)
    supplier = CompanyForeignKey(Supplier)
    site = CompanyForeignKey(Site)
    ordered_on = models.DateField()
    due_on = models.DateField(null=True)
    state = models.CharField(max_length=10, choices=OrderState, default=OrderState.OPEN)
    currency = models.CharField(max_length=3, blank=True)
    """Of the prices; empty: the company's own."""
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company", "number"], name="order_number_once"),)


class PurchaseOrderLine(CompanyTable):
    """One item of an order: quantity and price in the ordered unit; received and rejected in the base unit."""

    order = CompanyForeignKey(PurchaseOrder, db_index=True)
    number = models.PositiveIntegerField()
    item = CompanyForeignKey(Item)
    unit = CompanyForeignKey(Unit)
    quantity = QuantityField()
    price = models.DecimalField(max_digits=18, decimal_places=6)
    factor_numerator = models.BigIntegerField(default=1)
    factor_denominator = models.BigIntegerField(default=1)
    amount = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    """The line's total, where the order says one: shared over what comes, it cannot lose a cent to a unit price."""
    due_on = models.DateField(null=True)
    received = QuantityField(default=0)
    rejected = QuantityField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["company", "order", "number"], name="order_line_once"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="order_line_is_positive"),
        )


class ReceiptLine(CompanyTable):
    """Goods of one order line that came (or were rejected) by one event: what is accrued until the bill comes."""

    APPEND_ONLY = True

    event = CompanyForeignKey(Event, db_index=True)
    number = models.PositiveIntegerField()
    order_line = CompanyForeignKey(PurchaseOrderLine, db_index=True)
    lot = CompanyForeignKey(Lot, null=True, db_index=True)
    quantity = QuantityField()
    rejected = QuantityField(default=0)
    value = models.BigIntegerField()
    foreign_amount = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    rate = models.DecimalField(max_digits=24, decimal_places=12, null=True)
    """Home currency per unit of foreign, as it was on that day."""
    reason = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company", "event", "number"], name="receipt_line_once"),)
