"""The composition of lots: by element and source item, in whole cents (design: the model, section 10)."""

from __future__ import annotations

from django.db import models

from tieout.catalog.models import Item
from tieout.database.company_tables import CompanyForeignKey, CompanyTable
from tieout.ledger.models import Event
from tieout.stock.models import Lot


class Element(models.TextChoices):
    """What a cent of cost was paid for."""

    MATERIAL = "material"
    FREIGHT = "freight"
    LABOUR = "labour"
    OVERHEAD = "overhead"
    BYPRODUCT = "by-product"
    LATE = "late cost"


class Composition(CompanyTable):
    """Cents that entered a lot by one event, of one element and source item. What leaves takes its part."""

    APPEND_ONLY = True

    lot = CompanyForeignKey(Lot)
    event = CompanyForeignKey(Event)
    element = models.CharField(max_length=12, choices=Element)
    item = CompanyForeignKey(Item, null=True)
    value = models.BigIntegerField()

    class Meta:
        indexes = (models.Index(fields=["company", "lot"], name="composition_by_lot"),)
