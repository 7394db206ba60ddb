"""Tables of the connection: where the company's QuickBooks is, its locked tokens, its pace, and what was
found there.
"""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from tieout.database.company_tables import CompanyForeignKey, CompanyTable
from tieout.ledger.models import Transmission

PER_MINUTE_MOST = 500
PER_SECOND_MOST = 10


class ConnectionState(models.TextChoices):
    CONNECTED = "connected"
    RECONNECT = "reconnect needed"
    DISCONNECTED = "disconnected"


class Connection(CompanyTable):
    """The company file this company posts to, how fast, and whether QuickBooks answers at present."""

    base_url = models.URLField(max_length=200)
    token_url = models.URLField(max_length=200)
    realm = models.CharField(max_length=40)
    client_id = models.CharField(max_length=200)
    company_name = models.CharField(max_length=200, blank=True)
    fiscal_month = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=16, choices=ConnectionState, default=ConnectionState.CONNECTED)
    reason = models.TextField(blank=True)
    connected_at = models.DateTimeField(db_default=Now())

    per_minute = models.PositiveSmallIntegerField(default=400)
    per_second = models.PositiveSmallIntegerField(default=8)
    slot_at = models.DateTimeField(db_default=Now())
    """When the next request may leave: one row for all workers, so that together they keep the pace."""
    paused_until = models.DateTimeField(null=True)
    unknowns = models.PositiveIntegerField(default=0)
    """Requests in a row without a clear answer; at five the circuit opens."""
    probe_at = models.DateTimeField(null=True)
    watched_until = models.DateTimeField(null=True)
    """By QuickBooks' clock: changes up to here were looked at."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["company"], name="connection_once"),
            # Without the company on purpose: two companies posting into one set of books is what to stop.
            models.UniqueConstraint(
                fields=["base_url", "realm"],
                condition=~models.Q(state="disconnected"),
                name="connection_realm_once",
            ),
            models.CheckConstraint(
                condition=models.Q(per_minute__range=(1, PER_MINUTE_MOST), per_second__range=(1, PER_SECOND_MOST)),
                name="connection_pace_allowed",
            ),
        )


class Credential(CompanyTable):
    """The locked secrets of a connection. Its row lock is what makes one refresher of many workers."""

    connection = CompanyForeignKey(Connection)
    client_secret = models.BinaryField()
    access_token = models.BinaryField()
    access_expires_at = models.DateTimeField()
    refresh_token = models.BinaryField()
    refresh_expires_at = models.DateTimeField()
    previous_refresh_token = models.BinaryField(null=True)
    """Kept until its successor has worked once: an answer lost on the way costs no connection."""
    refreshed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company"], name="credential_once"),)


class FindingKind(models.TextChoices):
    """What can be wrong in QuickBooks with what is ours. Each is for a person to decide."""

    DUPLICATE = "duplicate"
    TAMPERED = "tampered"
    GONE = "gone"
    NUMBER_REUSED = "number reused"
    INVENTORY_ITEM = "inventory item"
    INACTIVE = "inactive"
    REFRESH = "reconnect soon"


class Finding(CompanyTable):
    """Something found in QuickBooks that nobody at Tieout did; open until it is no longer so, or was
    accepted.
    """

    kind = models.CharField(max_length=16, choices=FindingKind)
    subject = models.CharField(max_length=80)
    transmission = CompanyForeignKey(Transmission, null=True)
    message = models.TextField()
    facts = models.JSONField(default=dict)
    opened_at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["company", "kind", "subject"],
                condition=models.Q(closed_at__isnull=True),
                name="finding_open_once",
            ),
        )
