"""Tables of buying: suppliers and their prices, orders and their lines, receipt lines (each an accrual), and the
bills that AP types into QuickBooks, mirrored, with what they clear."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Now

from tieout.access.models import Actor
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


class AccrualState(CompanyTable):
    """Whether anything of a receipt line may still be owed: where a look at what is open begins.

    A row comes with its receipt line, and is open again from the moment a movement touches the accrual (triggers see
    to both); what is owed is always read from the movements. Only `accruals.settle` says that nothing is."""

    receipt_line = CompanyForeignKey(ReceiptLine)
    lot = CompanyForeignKey(Lot)
    supplier = CompanyForeignKey(Supplier)
    settled_on = models.DateField(null=True)
    """From that day on nothing was open; empty: something may be."""

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company", "receipt_line"], name="accrual_state_once"),)
        indexes = (
            models.Index(fields=["company", "lot"], name="accrual_state_by_lot"),
            models.Index(
                fields=["company", "supplier"],
                condition=models.Q(settled_on__isnull=True),
                name="accrual_state_open",
            ),
            models.Index(fields=["company", "supplier", "settled_on"], name="accrual_state_by_supplier"),
            models.Index(fields=["company", "settled_on"], name="accrual_state_by_day"),
        )


class Product(CompanyTable):
    """A product or service of QuickBooks that documents may name, mirrored; the item that it is here, if any."""

    external_id = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    sku = models.CharField(max_length=100, blank=True)
    type = models.CharField(max_length=20, blank=True)
    active = models.BooleanField(default=True)
    item = CompanyForeignKey(Item, null=True)
    account_external_id = models.CharField(max_length=40, blank=True)
    """Where QuickBooks books a purchase of it."""

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company", "external_id"], name="product_once"),)


class BillKind(models.TextChoices):
    """The documents of QuickBooks by which a vendor charges us or gives back."""

    BILL = "Bill", "bill"
    CREDIT = "VendorCredit", "vendor credit"
    PURCHASE = "Purchase", "expense"


class Bill(CompanyTable):
    """A bill, vendor credit or expense of QuickBooks, mirrored as it stands there now."""

    kind = models.CharField(max_length=12, choices=BillKind)
    external_id = models.CharField(max_length=40)
    sync_token = models.PositiveIntegerField()
    version = models.PositiveIntegerField(default=1)
    """How often its lines were written anew."""
    number = models.CharField(max_length=40, blank=True)
    vendor = CompanyForeignKey(Party, null=True)
    billed_on = models.DateField()
    currency = models.CharField(max_length=3, blank=True)
    rate = models.DecimalField(max_digits=24, decimal_places=12, default=1)
    """Home currency per unit of its currency."""
    total = models.BigIntegerField(default=0)
    note = models.CharField(max_length=1000, blank=True)
    deleted = models.BooleanField(default=False)
    mirrored_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company", "kind", "external_id"], name="bill_once"),)
        indexes = (
            models.Index(fields=["company", "vendor", "billed_on"], name="bill_by_vendor"),
            models.Index(fields=["company", "billed_on"], name="bill_by_day"),
            models.Index(fields=["company", "number"], name="bill_by_number"),
        )


class Progress(models.TextChoices):
    """How much of a bill line is dealt with, whatever it is coded to."""

    NEW = "new"
    """Nothing of it is matched."""
    BEGUN = "begun"
    """Matched in part, or moved to the accrual."""
    DONE = "done"
    """Matched whole; or said no more, and nothing of it stands."""
    STALE = "stale"
    """Said no more, and something of it is to be taken back."""


class BillLine(CompanyTable):
    """A line as it was once. An edit in QuickBooks adds a row and ends this one, which clearings go on naming.
    A credit's quantities and amounts are negative."""

    bill = CompanyForeignKey(Bill)
    version = models.PositiveIntegerField()
    ended = models.PositiveIntegerField(null=True)
    """The version that this line is no longer part of."""
    external_id = models.CharField(max_length=40)
    number = models.PositiveIntegerField()
    account_external_id = models.CharField(max_length=40, blank=True)
    product_external_id = models.CharField(max_length=40, blank=True)
    """Which of the two it has: booked straight on an account, or through a product."""
    description = models.CharField(max_length=4000, blank=True)
    quantity = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    unit_price = models.DecimalField(max_digits=24, decimal_places=10, null=True)
    amount = models.BigIntegerField()
    foreign_amount = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    order_external_id = models.CharField(max_length=40, blank=True)
    order_line_external_id = models.CharField(max_length=40, blank=True)
    order_line = CompanyForeignKey(PurchaseOrderLine, null=True)
    progress = models.CharField(max_length=5, choices=Progress, default=Progress.NEW)
    """Kept, so that a round finds what is not done without looking at what is (`progress.py`)."""

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company", "bill", "version", "number"], name="bill_line_once"),)
        indexes = (
            models.Index(fields=["company", "bill"], condition=models.Q(ended__isnull=True), name="bill_line_in_force"),
            models.Index(
                fields=["company", "progress", "account_external_id", "product_external_id"],
                condition=~models.Q(progress="done"),
                name="bill_line_not_done",
            ),
        )


class Clearing(CompanyTable):
    """What of a receipt line's accrual a bill line pays, and by how much its price and rate were off.
    Taken back by a row of opposite sign that names it."""

    APPEND_ONLY = True

    bill_line = CompanyForeignKey(BillLine, db_index=True)
    receipt_line = CompanyForeignKey(ReceiptLine, db_index=True)
    quantity = models.DecimalField(max_digits=18, decimal_places=6)
    accrued = models.BigIntegerField()
    price_difference = models.BigIntegerField(default=0)
    exchange_difference = models.BigIntegerField(default=0)
    expensed = models.BooleanField(default=False)
    """Whether the price difference went to PPV instead of after the goods."""
    billed_quantity = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    """In the bill's own unit, where it says a quantity."""
    foreign_amount = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    event = CompanyForeignKey(Event, null=True)
    """Empty where nothing was off: the bill itself clears the accrual."""
    actor = CompanyForeignKey(Actor)
    at = models.DateTimeField(db_default=Now())
    reason = models.CharField(max_length=500, blank=True)
    reverses = CompanyForeignKey("self", null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["company", "reverses"],
                condition=models.Q(reverses__isnull=False),
                name="clearing_reversed_once",
            ),
        )


class Verdict(models.TextChoices):
    """What was decided of a bill line that clears no goods, or not by itself."""

    OUTSIDE = "outside", "not for goods"
    RECLASSIFIED = "reclassified", "moved to the accrual by an entry"
    OPEN = "open", "to be matched again"


class BillLineVerdict(CompanyTable):
    """A decision on a bill line; the latest counts."""

    APPEND_ONLY = True

    bill_line = CompanyForeignKey(BillLine, db_index=True)
    verdict = models.CharField(max_length=14, choices=Verdict)
    what = models.CharField(max_length=20, blank=True)
    """Service, charge, deposit, non-stock …"""
    reason = models.CharField(max_length=500, blank=True)
    event = CompanyForeignKey(Event, null=True)
    actor = CompanyForeignKey(Actor)
    at = models.DateTimeField(db_default=Now())


class OrderLineLink(CompanyTable):
    """An order line and the line that stands for it in QuickBooks' purchase order."""

    order_line = CompanyForeignKey(PurchaseOrderLine)
    order_external_id = models.CharField(max_length=40)
    line_external_id = models.CharField(max_length=40)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["company", "order_line"], name="order_line_linked_once"),
            models.UniqueConstraint(
                fields=["company", "order_external_id", "line_external_id"], name="order_line_link_once"
            ),
        )


class SendingState(models.TextChoices):
    """How far an order's document has got."""

    PENDING = "pending"
    IN_DOUBT = "in doubt"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"


class OrderSending(CompanyTable):
    """A purchase order's state as it is to stand in QuickBooks. The id is QuickBooks' `requestid`; the body never
    changes: another state is another row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    order = CompanyForeignKey(PurchaseOrder)
    version = models.PositiveIntegerField()
    number = models.CharField(max_length=21)
    body = models.JSONField()
    hash = models.CharField(max_length=64)
    made_at = models.DateTimeField(db_default=Now())
    state = models.CharField(max_length=12, choices=SendingState, default=SendingState.PENDING)
    tries = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(db_default=Now())
    reason = models.TextField(blank=True)
    external_id = models.CharField(max_length=40, blank=True)
    external_version = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company", "order", "version"], name="order_sending_once"),)
        indexes = (
            models.Index(
                fields=["company", "next_at"],
                condition=models.Q(state__in=["pending", "in doubt"]),
                name="order_sending_due",
            ),
        )


class ReturnLine(CompanyTable):
    """Goods of a receipt line that went back to the supplier, at what he owes for them; a loss is beside it."""

    APPEND_ONLY = True

    event = CompanyForeignKey(Event)
    receipt_line = CompanyForeignKey(ReceiptLine)
    lot = CompanyForeignKey(Lot)
    quantity = QuantityField()
    price = models.BigIntegerField()
    value = models.BigIntegerField()
    """What the goods cost, freight and all."""
    claimed = models.BooleanField()
    """Whether they had been billed, so that the supplier owes a credit."""
    movement_number = models.PositiveIntegerField()

    class Meta:
        indexes = (
            models.Index(fields=["company", "receipt_line"], name="return_by_receipt_line"),
            models.Index(fields=["company", "event"], name="return_by_event"),
        )


class Settlement(CompanyTable):
    """What a supplier gave back for goods that went back to him; the rest of the claim is a loss or a gain."""

    APPEND_ONLY = True

    returned = CompanyForeignKey(Event)
    event = CompanyForeignKey(Event)
    claimed = models.BigIntegerField()
    credited = models.BigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company", "event"], name="settlement_once"),)
        indexes = (models.Index(fields=["company", "returned"], name="settlement_by_return"),)
