"""Tables of selling: customers, shipments, QuickBooks' invoices as they are mirrored, and what ties the two."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from tieout.access.models import Actor
from tieout.catalog.models import Item
from tieout.database.company_tables import CompanyForeignKey, CompanyTable
from tieout.ledger.models import Event, Party, Transmission
from tieout.stock.models import Lot, QuantityField, Site


class Sold(models.TextChoices):
    """When goods that left are sold: when their cost becomes cost of goods sold."""

    ON_SHIPMENT = "shipment"
    ON_DELIVERY = "delivery"
    ON_INVOICE = "invoice"


class Customer(CompanyTable):
    """Somebody we ship to; QuickBooks' customer is the party."""

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    party = CompanyForeignKey(Party)
    channel = models.CharField(max_length=40, blank=True)
    active = models.BooleanField(default=True)
    bills_channel = models.BooleanField(default=False)
    """Documents of this customer sum up a day of its channel, as a web shop's do."""
    invoiced_by_us = models.BooleanField(default=False)
    """Tieout asks QuickBooks for the invoices of this customer's shipments."""

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company", "code"], name="customer_code_once"),)


class SaleAgreement(CompanyTable):
    """When what leaves for a customer is sold, from a day on; the last word about a day counts."""

    APPEND_ONLY = True

    customer = CompanyForeignKey(Customer, db_index=True)
    sold = models.CharField(max_length=8, choices=Sold, blank=True)
    """Empty: by the company's policy."""
    transit_days = models.PositiveSmallIntegerField(null=True)
    """After so many days goods count as delivered without proof; none: only proof counts."""
    valid_from = models.DateField()
    actor = CompanyForeignKey(Actor)
    at = models.DateTimeField(db_default=Now())


class Shipment(CompanyTable):
    """Goods that left for a customer by one event or more."""

    number = models.CharField(max_length=40)
    customer = CompanyForeignKey(Customer)
    site = CompanyForeignKey(Site)
    order_number = models.CharField(max_length=60, blank=True)
    shipped_at = models.DateTimeField()
    recognition = models.CharField(max_length=8, choices=Sold, default=Sold.ON_SHIPMENT)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company", "number"], name="shipment_number_once"),)


class ShipmentLine(CompanyTable):
    """One lot of a shipment, at the cents it left with."""

    APPEND_ONLY = True

    shipment = CompanyForeignKey(Shipment, db_index=True)
    event = CompanyForeignKey(Event)
    item = CompanyForeignKey(Item)
    lot = CompanyForeignKey(Lot, db_index=True)
    quantity = QuantityField()
    value = models.BigIntegerField()
    movement_number = models.PositiveIntegerField()


class Delivery(CompanyTable):
    """Proof that a shipment arrived: what is sold on delivery is sold then."""

    APPEND_ONLY = True

    shipment = CompanyForeignKey(Shipment, db_index=True)
    delivered_at = models.DateTimeField()
    proof = models.CharField(max_length=200)
    actor = CompanyForeignKey(Actor)
    at = models.DateTimeField(db_default=Now())


class InvoiceKind(models.TextChoices):
    """QuickBooks' documents of revenue, by their names there."""

    INVOICE = "Invoice"
    SALES_RECEIPT = "SalesReceipt"
    CREDIT_MEMO = "CreditMemo"
    REFUND_RECEIPT = "RefundReceipt"


class InvoiceState(models.TextChoices):
    ENTERED = "entered"
    VOIDED = "voided"
    DELETED = "deleted"


class Invoice(CompanyTable):
    """A document of revenue as QuickBooks has it now; its versions keep what it was."""

    kind = models.CharField(max_length=14, choices=InvoiceKind)
    external_id = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    """QuickBooks' SyncToken."""
    state = models.CharField(max_length=8, choices=InvoiceState, default=InvoiceState.ENTERED)
    number = models.CharField(max_length=40, blank=True)
    party = CompanyForeignKey(Party, null=True)
    customer = models.CharField(max_length=200, blank=True)
    """As QuickBooks names it, who may be no customer of ours."""
    on = models.DateField()
    currency = models.CharField(max_length=3)
    revenue = models.BigIntegerField()
    """Cents of the home currency without tax; below zero for what customers get back."""
    balance = models.BigIntegerField()
    """Not yet paid: cents of the home currency, tax included."""
    text = models.TextField(blank=True)
    """Everything written on it that may name an order or a shipment."""

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company", "kind", "external_id"], name="invoice_once"),)
        indexes = (
            models.Index(fields=["company", "on"], name="invoice_by_date"),
            models.Index(fields=["company", "number"], name="invoice_by_number"),
        )


class InvoiceVersion(CompanyTable):
    """A document of revenue as QuickBooks had it, word for word."""

    APPEND_ONLY = True

    invoice = CompanyForeignKey(Invoice)
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=InvoiceState)
    document = models.JSONField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["company", "invoice", "version", "state"], name="invoice_version_once"),
        )


class InvoiceLine(CompanyTable):
    """A line that bears revenue, from one version of its document until another took its place."""

    invoice = CompanyForeignKey(Invoice)
    external_line = models.CharField(max_length=40, blank=True)
    number = models.PositiveIntegerField()
    external_item = models.CharField(max_length=40, blank=True)
    item_name = models.CharField(max_length=200, blank=True)
    description = models.TextField(blank=True)
    quantity = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    revenue = models.BigIntegerField()
    """Cents of the home currency; below zero for discounts, and for what customers get back."""
    since = models.PositiveIntegerField()
    until = models.PositiveIntegerField(null=True)
    """The version that does not have it any more; none: it stands."""

    class Meta:
        indexes = (
            models.Index(fields=["company", "invoice"], name="invoice_line_by_invoice"),
            models.Index(
                fields=["company", "external_item"], condition=models.Q(until__isnull=True), name="invoice_line_by_item"
            ),
        )


class ItemLink(CompanyTable):
    """Which item of ours an item of QuickBooks is, where the names do not say it; and what it is billed at."""

    external_item = models.CharField(max_length=40)
    name = models.CharField(max_length=200, blank=True)
    item = CompanyForeignKey(Item)
    price = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    """Per base unit, in home currency; none: Tieout does not ask QuickBooks for invoices of it."""

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company", "external_item"], name="item_link_once"),)


class InvoiceLink(CompanyTable):
    """So much of a shipment line is billed by an invoice line. Taken back by a row that names it."""

    APPEND_ONLY = True

    shipment_line = CompanyForeignKey(ShipmentLine, db_index=True)
    invoice_line = CompanyForeignKey(InvoiceLine, db_index=True)
    quantity = QuantityField()
    revenue = models.BigIntegerField()
    """Cents of the invoice line that belong to this quantity."""
    score = models.SmallIntegerField()
    reasons = models.CharField(max_length=400)
    reverses = CompanyForeignKey("self", null=True)
    actor = CompanyForeignKey(Actor, null=True)
    """None where a change in QuickBooks took it back."""
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["company", "reverses"], condition=models.Q(reverses__isnull=False), name="link_reversed_once"
            ),
        )


class Recognition(CompanyTable):
    """So much of a shipment line became cost of goods sold after it had left."""

    APPEND_ONLY = True

    shipment_line = CompanyForeignKey(ShipmentLine, db_index=True)
    event = CompanyForeignKey(Event)
    movement_number = models.PositiveIntegerField()
    quantity = QuantityField()
    value = models.BigIntegerField()
    invoice = CompanyForeignKey(Invoice, null=True)


class CreditReason(models.TextChoices):
    """What a credit to a customer is for; says whether goods come back."""

    GOODS_BACK = "goods back"
    DESTROYED = "destroyed there"
    NEVER_SHIPPED = "never shipped"
    PRICE_ONLY = "price only"


class CreditSorting(CompanyTable):
    """What somebody says that a credit line is for; the last word counts."""

    APPEND_ONLY = True

    invoice_line = CompanyForeignKey(InvoiceLine, db_index=True)
    reason = models.CharField(max_length=16, choices=CreditReason)
    shipment_line = CompanyForeignKey(ShipmentLine, null=True)
    event = CompanyForeignKey(Event, null=True)
    """The return that brought the goods back."""
    actor = CompanyForeignKey(Actor)
    at = models.DateTimeField(db_default=Now())


class InvoiceRequest(CompanyTable):
    """A shipment that QuickBooks is asked to make an invoice of; its transmission says how far that has got."""

    shipment = CompanyForeignKey(Shipment)
    transmission = CompanyForeignKey(Transmission)
    actor = CompanyForeignKey(Actor)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["company", "shipment"], name="invoice_requested_once"),
            models.UniqueConstraint(fields=["company", "transmission"], name="invoice_request_sent_once"),
        )


class ReturnLine(CompanyTable):
    """Goods of a shipment line that came back, as a lot of their own."""

    APPEND_ONLY = True

    shipment_line = CompanyForeignKey(ShipmentLine)
    event = CompanyForeignKey(Event)
    lot = CompanyForeignKey(Lot)
    quantity = QuantityField()
    value = models.BigIntegerField()
    movement_number = models.PositiveIntegerField()

    class Meta:
        indexes = (models.Index(fields=["company", "shipment_line"], name="return_by_shipment_line"),)
