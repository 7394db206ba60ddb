"""What lots are made of, by element and source item in whole cents; by what weights runs were shared out; and landed
costs, estimated and billed."""

from __future__ import annotations

from django.db import models

from tieout.catalog.models import Item
from tieout.database.company_tables import CompanyForeignKey, CompanyTable
from tieout.ledger.models import Event, Party
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


class Basis(models.TextChoices):
    """By what a landed cost is shared over lots."""

    QUANTITY = "qty", "quantity"
    VALUE = "value", "value"
    WEIGHT = "weight", "weight"
    MANUAL = "manual", "as given"


class FreightRate(CompanyTable):
    """What getting an item here is expected to cost, from a date on: taken at receipt until the bill comes."""

    APPEND_ONLY = True

    item = CompanyForeignKey(Item)
    per_unit = models.DecimalField(max_digits=18, decimal_places=6, default=0)
    """Home currency per base unit."""
    percent = models.DecimalField(max_digits=9, decimal_places=4, default=0)
    """Of the price."""
    effective_from = models.DateField()

    class Meta:
        indexes = (models.Index(fields=["company", "item", "effective_from"], name="freight_rate_in_force"),)


class LandedEstimate(CompanyTable):
    """Freight that a lot was received with, before anybody had billed it."""

    APPEND_ONLY = True

    event = CompanyForeignKey(Event)
    lot = CompanyForeignKey(Lot)
    value = models.BigIntegerField()

    class Meta:
        indexes = (models.Index(fields=["company", "lot"], name="landed_estimate_by_lot"),)


class LandedCost(CompanyTable):
    """A bill for freight, duty or a broker, shared over lots by one event. Shared anew, it is mirrored first."""

    APPEND_ONLY = True

    event = CompanyForeignKey(Event)
    number = models.CharField(max_length=40)
    vendor = CompanyForeignKey(Party, null=True)
    document = models.CharField(max_length=60, blank=True)
    amount = models.BigIntegerField()
    basis = models.CharField(max_length=8, choices=Basis)
    mirrors = CompanyForeignKey("self", null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["company", "number"], name="landed_number_once"),
            models.UniqueConstraint(
                fields=["company", "mirrors"], condition=models.Q(mirrors__isnull=False), name="landed_mirrored_once"
            ),
        )


class LandedShare(CompanyTable):
    """A lot's part of a landed cost, and how much of its estimate that takes the place of."""

    APPEND_ONLY = True

    landed = CompanyForeignKey(LandedCost)
    lot = CompanyForeignKey(Lot)
    amount = models.BigIntegerField()
    estimated = models.BigIntegerField(default=0)

    class Meta:
        indexes = (
            models.Index(fields=["company", "landed"], name="landed_share_by_cost"),
            models.Index(fields=["company", "lot"], name="landed_share_by_lot"),
        )
