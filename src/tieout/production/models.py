"""Tables of making: runs with the plan as it was at confirmation, their hours."""

from __future__ import annotations

from django.db import models

from tieout.catalog.models import Bom, Item
from tieout.database.company_tables import CompanyForeignKey, CompanyTable
from tieout.ledger.models import Event
from tieout.stock.models import Location, Pool, QuantityField, Site


class RunState(models.TextChoices):
    PLANNED = "planned"
    RUNNING = "running"
    CLOSED = "closed"
    REVERSED = "reversed"
    CANCELLED = "cancelled"


class Run(CompanyTable):
    """A production order being executed. `plan` is the BOM, yield and rates as they were at confirmation."""

    number = models.CharField(max_length=40)
    item = CompanyForeignKey(Item)
    site = CompanyForeignKey(Site)
    bom = CompanyForeignKey(Bom, null=True)
    pool = CompanyForeignKey(Pool)
    quantity = QuantityField()
    state = models.CharField(max_length=10, choices=RunState, default=RunState.PLANNED)
    due_on = models.DateField(null=True)
    plan = models.JSONField(null=True)
    source = CompanyForeignKey(Location, null=True)
    target = CompanyForeignKey(Location, null=True)
    confirmed_at = models.DateTimeField(null=True)
    closed_event = CompanyForeignKey(Event, null=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["company", "number"], name="run_number_once"),
            models.UniqueConstraint(fields=["company", "pool"], name="run_pool_once"),
        )
        indexes = (models.Index(fields=["company", "state", "due_on"], name="run_by_state"),)


class HoursLogged(CompanyTable):
    """Hours put into a run, at the rate of that day."""

    APPEND_ONLY = True

    run = CompanyForeignKey(Run, db_index=True)
    event = CompanyForeignKey(Event)
    kind = models.CharField(max_length=8)
    hours = models.DecimalField(max_digits=12, decimal_places=4)
    value = models.BigIntegerField()
    assumed = models.BooleanField(default=False)
