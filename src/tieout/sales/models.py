"""Tables of selling: customers, shipments and their lines."""

from __future__ import annotations

from django.db import models

from tieout.catalog.models import Item
from tieout.database.company_tables import CompanyForeignKey, CompanyTable
from tieout.ledger.models import Event, Party
from tieout.stock.models import Lot, QuantityField, Site


class Customer(CompanyTable):
    """Somebody we ship to; QuickBooks' customer is the party."""

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    party = CompanyForeignKey(Party)
    channel = models.CharField(max_length=40, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company", "code"], name="customer_code_once"),)


class Shipment(CompanyTable):
    """Goods that left for a customer by one event or more."""

    number = models.CharField(max_length=40)
    customer = CompanyForeignKey(Customer)
    site = CompanyForeignKey(Site)
    order_number = models.CharField(max_length=60, blank=True)
    shipped_at = models.DateTimeField()

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
