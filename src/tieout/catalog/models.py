"""Tables of what things are: units, items, conversions, BOM versions, rates."""

from __future__ import annotations

from django.db import models

from tieout.core.roles import ItemKind
from tieout.database.company_tables import CompanyForeignKey, CompanyTable


class Unit(CompanyTable):
    """A unit of measure; `decimals` is how finely it can be counted or weighed."""

    code = models.CharField(max_length=12)
    name = models.CharField(max_length=60)
    decimals = models.PositiveSmallIntegerField(default=6)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company", "code"], name="unit_code_once"),)


class Category(CompanyTable):
    """A family of items, for the account mapping and for reports."""

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company", "code"], name="category_code_once"),)


class Item(CompanyTable):
    """Something stocked, made or sold, counted in its base unit."""

    sku = models.CharField(max_length=60)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=[(kind.value, kind.value) for kind in ItemKind])
    unit = CompanyForeignKey(Unit)
    category = CompanyForeignKey(Category, null=True)
    shelf_life_days = models.PositiveIntegerField(null=True)
    tracks_lots = models.BooleanField(default=True)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company", "sku"], name="item_sku_once"),)


class Conversion(CompanyTable):
    """One `unit` is numerator/denominator of the item's base unit (no item: of `base`, for every item)."""

    item = CompanyForeignKey(Item, null=True)
    unit = CompanyForeignKey(Unit)
    base = CompanyForeignKey(Unit)
    numerator = models.BigIntegerField()
    denominator = models.BigIntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["company", "item", "unit", "base"], nulls_distinct=False, name="conversion_once"
            ),
            models.CheckConstraint(
                condition=models.Q(numerator__gt=0, denominator__gt=0), name="conversion_is_positive"
            ),
        )


class Bom(CompanyTable):
    """One version of how an item is made: from when to when, at which site, for how much output."""

    item = CompanyForeignKey(Item)
    version = models.CharField(max_length=20)
    site_code = models.CharField(max_length=20, blank=True)
    output_quantity = models.DecimalField(max_digits=18, decimal_places=6)
    expected_yield = models.DecimalField(max_digits=9, decimal_places=6, default=1)
    labour_hours = models.DecimalField(max_digits=12, decimal_places=4, default=0)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True)
    approved = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["company", "item", "version"], name="bom_version_once"),
            models.CheckConstraint(condition=models.Q(output_quantity__gt=0), name="bom_makes_something"),
            models.CheckConstraint(condition=models.Q(expected_yield__gt=0), name="bom_yields_something"),
        )
        indexes = (models.Index(fields=["company", "item", "effective_from"], name="bom_in_effect"),)


class BomLine(CompanyTable):
    """What goes in (quantity per output_quantity, in base units), or a by-product that comes out."""

    bom = CompanyForeignKey(Bom, db_index=True)
    number = models.PositiveSmallIntegerField()
    component = CompanyForeignKey(Item, db_index=True)
    quantity = models.DecimalField(max_digits=18, decimal_places=6)
    is_output = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["company", "bom", "number"], name="bom_line_once"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="bom_line_is_positive"),
        )


class Rate(CompanyTable):
    """What an hour of labour or overhead is taken for, in cents, from a date on (empty site: everywhere)."""

    kind = models.CharField(max_length=8, choices=[("labour", "labour"), ("overhead", "overhead")])
    site_code = models.CharField(max_length=20, blank=True)
    cents_per_hour = models.BigIntegerField()
    effective_from = models.DateField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["company", "kind", "site_code", "effective_from"], name="rate_once"),
        )
