"""What lots are made of, by element and source item in whole cents, and by what weights runs were shared out."""

from __future__ import annotations

from django.db import models

from tieout.catalog.models import Item
from tieout.database.company_tables import CompanyForeignKey, CompanyTable
from tieout.ledger.models import Event
from tieout.stock.models import Lot, Pool, QuantityField


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


class PoolShare(CompanyTable):
    """What a run gave of its pool, and by which weight (0: a by-product or recovery, at its own value, which
    takes no late cost; no lot: a loss). Late cost follows these weights."""

    APPEND_ONLY = True

    pool = CompanyForeignKey(Pool)
    event = CompanyForeignKey(Event)
    lot = CompanyForeignKey(Lot, null=True)
    movement_number = models.PositiveIntegerField()
    quantity = QuantityField()
    weight = models.DecimalField(max_digits=30, decimal_places=12)

    class Meta:
        indexes = (models.Index(fields=["company", "pool"], name="share_by_pool"),)
