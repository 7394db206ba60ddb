"""Tables of what is where: sites, locations, lots, pools, movements, balances.

A movement is never changed; a balance is written only by `stock_record`, the function in the database that
writes both and refuses if they disagree (stock/migrations).
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.functions import Now

from tieout.catalog.models import Item
from tieout.core.roles import MoveKind, PlaceKind, Role
from tieout.database.company_tables import CompanyForeignKey, CompanyTable
from tieout.ledger.models import Event, Party


class QuantityField(models.DecimalField):  # type: ignore[type-arg]  # Django's own descriptor types are kept
    """A quantity in the item's base unit: six decimals, exact."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_digits", 18)
        options.setdefault("decimal_places", 6)
        super().__init__(**options)


class Site(CompanyTable):
    """A plant or warehouse, with its time zone."""

    code = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=64)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company", "code"], name="site_code_once"),)


class Location(CompanyTable):
    """Where a lot can be, or (counterpart kinds, without a site) what an end of a movement stands for."""

    site = CompanyForeignKey(Site, null=True)
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=24, choices=[(kind.value, kind.value) for kind in PlaceKind])
    role = models.CharField(max_length=20, choices=[(role.value, role.value) for role in Role], blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["company", "site", "code"], nulls_distinct=False, name="location_code_once"
            ),
        )


class Pool(CompanyTable):
    """The account of one production run: what it holds is work in process. Its row is the run's lock."""

    item = CompanyForeignKey(Item)
    site = CompanyForeignKey(Site)
    number = models.CharField(max_length=40)
    opened_at = models.DateTimeField(db_default=Now())
    closed = models.BooleanField(default=False)
    """Whether what comes late goes on to what the run made, or waits in it."""

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company", "number"], name="pool_number_once"),)


class Lot(CompanyTable):
    """The cost object: a quantity of one item with one origin, one owner and one cost history."""

    item = CompanyForeignKey(Item)
    code = models.CharField(max_length=60)
    owner = CompanyForeignKey(Party, null=True)
    """The party whose goods we hold: quantity, no value. Empty: ours."""
    origin_event = CompanyForeignKey(Event, db_index=True)
    origin_line = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    expires_on = models.DateField(null=True)
    unverified = models.BooleanField(default=False)
    supplier = CompanyForeignKey(Party, null=True)
    supplier_lot = models.CharField(max_length=60, blank=True)
    pool = CompanyForeignKey(Pool, null=True)
    """The run that made it."""
    returned_from = CompanyForeignKey("self", null=True)
    """The lot that a customer sent back as this one."""
    returned_movement = CompanyForeignKey("stock.Movement", null=True)
    """The movement of that lot that had taken it to the customer."""

    class Meta:
        indexes = (
            models.Index(fields=["company", "code"], name="lot_by_code"),
            models.Index(fields=["company", "item", "made_at"], name="lot_by_item"),
            models.Index(
                fields=["company", "supplier_lot"], condition=~models.Q(supplier_lot=""), name="lot_by_supplier_lot"
            ),
            models.Index(fields=["company", "pool"], condition=models.Q(pool__isnull=False), name="lot_by_pool"),
            models.Index(
                fields=["company", "returned_from"],
                condition=models.Q(returned_from__isnull=False),
                name="lot_by_returned_from",
            ),
        )


class Movement(CompanyTable):
    """Quantity and its cents of one lot leaving one place for another. Written once, never changed."""

    APPEND_ONLY = True

    event = CompanyForeignKey(Event)
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in MoveKind])
    item = CompanyForeignKey(Item, null=True)
    lot = CompanyForeignKey(Lot, null=True)
    pool = CompanyForeignKey(Pool, null=True)
    origin = CompanyForeignKey(Location)
    target = CompanyForeignKey(Location)
    quantity = QuantityField()
    value = models.BigIntegerField()
    corrects = CompanyForeignKey("self", null=True)
    debit_line = models.PositiveSmallIntegerField(null=True)
    credit_line = models.PositiveSmallIntegerField(null=True)
    occurred_at = models.DateTimeField()
    accounting_date = models.DateField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["company", "event", "number"], name="movement_once"),
            models.CheckConstraint(condition=models.Q(quantity__gte=0), name="movement_is_not_negative"),
        )
        indexes = (
            models.Index(fields=["company", "lot"], name="movement_by_lot"),
            models.Index(fields=["company", "pool"], condition=models.Q(pool__isnull=False), name="movement_by_pool"),
            models.Index(
                fields=["company", "corrects"],
                condition=models.Q(corrects__isnull=False),
                name="movement_by_corrects",
            ),
            models.Index(fields=["company", "item", "occurred_at"], name="movement_by_item"),
            models.Index(
                fields=["company", "lot"],
                condition=models.Q(lot__isnull=False, kind__in=[MoveKind.RECEIVE.value, MoveKind.LOSS.value]),
                name="movement_by_lot_priced",
            ),
        )


class Balance(CompanyTable):
    """What a lot is and is worth in a place; what a run holds of a lot; or (no lot) what is in a run's pool."""

    location = CompanyForeignKey(Location)
    lot = CompanyForeignKey(Lot, null=True)
    pool = CompanyForeignKey(Pool, null=True)
    item = CompanyForeignKey(Item, null=True)
    quantity = QuantityField()
    value = models.BigIntegerField()
    base_quantity = QuantityField()
    base_value = models.DecimalField(max_digits=32, decimal_places=12)
    last_event = CompanyForeignKey(Event)
    on_hand = models.GeneratedField(
        expression=models.Q(quantity__gt=0, pool__isnull=True),  # type: ignore[arg-type]  # a condition is one too
        output_field=models.BooleanField(),
        db_persist=True,
    )
    """Goods in a place. What an index is asked about must not be `quantity` itself: a balance that stays on hand is
    then written over within its page and enters no index again, however many acts take from it."""
    expires_on = models.DateField(null=True)
    """The lot's, which never changes; with `made_at` the order in which goods are picked."""
    made_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["company", "lot", "pool", "location"], nulls_distinct=False, name="balance_once"
            ),
            models.CheckConstraint(
                condition=models.Q(lot__isnull=True) | models.Q(quantity__gte=0, value__gte=0),
                name="balance_is_never_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(lot__isnull=True) | models.Q(quantity__gt=0) | models.Q(value=0),
                name="balance_empty_is_worth_nothing",
            ),
        )
        indexes = (
            models.Index(fields=["company", "pool"], condition=models.Q(pool__isnull=False), name="balance_by_pool"),
            models.Index(
                fields=["company", "item", "expires_on", "made_at", "lot", "location"],
                condition=models.Q(on_hand=True),
                name="balance_to_pick",
            ),
        )


class Transfer(CompanyTable):
    """Goods sent from one site and not yet all received at another."""

    number = models.CharField(max_length=40)
    origin = CompanyForeignKey(Location)
    target = CompanyForeignKey(Location)
    via = CompanyForeignKey(Location)
    sent = CompanyForeignKey(Event)
    received = CompanyForeignKey(Event, null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company", "number"], name="transfer_number_once"),)
