"""Tables of the connection: where the company's QuickBooks is, its locked tokens, its pace, what was heard of
its documents, and what was found there.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models.functions import Now

from tieout.access.models import Actor
from tieout.database.company_tables import CompanyForeignKey, CompanyTable
from tieout.ledger.models import Account, Event, Transmission

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
    MISSING = "missing name"
    SUBSCRIPTION = "subscription"
    TRACKING = "tracking off"
    UNREADABLE = "not mirrored"
    OTHER_COST = "others' cost"
    CURRENCY = "other currency"


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


class Consent(CompanyTable):
    """A person was sent to QuickBooks to consent; whoever comes back with its state, comes back once."""

    actor = CompanyForeignKey(Actor)
    state_hash = models.CharField(max_length=64)
    base_url = models.URLField(max_length=200)
    client_id = models.CharField(max_length=200)
    return_to = models.CharField(max_length=300)
    secrets = models.BinaryField()
    """Locked: the state, the verifier of its challenge, and the app's secret."""
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company", "state_hash"], name="consent_state_once"),)


class Cursor(CompanyTable):
    """How far the changes of one kind of QuickBooks' objects were read, by QuickBooks' clock."""

    realm = models.CharField(max_length=40)
    entity = models.CharField(max_length=30)
    until = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company", "realm", "entity"], name="cursor_once"),)


class Exact(json.JSONDecoder):
    """JSON whose amounts stay the decimals that were written."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "parse_float": Decimal})


class Document(CompanyTable):
    """An object of QuickBooks: how often a change of it was heard of, how much of that is mirrored, and what it is.

    It is waiting while `heard` is more than `done`; hearing and mirroring may overlap, and neither is lost."""

    realm = models.CharField(max_length=40)
    entity = models.CharField(max_length=30)
    external_id = models.CharField(max_length=40)
    heard = models.PositiveIntegerField(db_default=1)
    done = models.PositiveIntegerField(db_default=0)
    told_at = models.DateTimeField(null=True)
    """By QuickBooks' clock: the newest change that was heard of. An older one, told again, says nothing new."""
    told_gone = models.BooleanField(db_default=False)
    tries = models.PositiveSmallIntegerField(db_default=0)
    next_at = models.DateTimeField(db_default=Now())
    trouble = models.TextField(blank=True, db_default="")
    """Why it could not be mirrored."""

    version = models.PositiveIntegerField(null=True)
    """Its SyncToken; none: nothing of it was read yet."""
    deleted = models.BooleanField(db_default=False)
    number = models.CharField(max_length=40, blank=True, db_default="")
    dated = models.DateField(null=True)
    body = models.JSONField(null=True, decoder=Exact)
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["company", "realm", "entity", "external_id"], name="document_once"),
        )
        indexes = (
            models.Index(
                fields=["company", "next_at"],
                condition=models.Q(heard__gt=models.F("done")),
                name="document_waiting",
            ),
        )


class RemedyKind(models.TextChoices):
    """What was decided about a difference between the two systems."""

    ADOPT = "adopt"
    ACCEPT = "accept"
    REPOST = "repost"
    ADJUST = "adjust"


class Remedy(CompanyTable):
    """A person's decision about one document between the systems. It holds for the cents it names, and no others: what
    is changed again is open again."""

    APPEND_ONLY = True

    kind = models.CharField(max_length=10, choices=RemedyKind)
    subject = models.CharField(max_length=80)
    """The key of the terms that it is about."""
    cents = models.JSONField(default=dict)
    """Account id in QuickBooks → the difference that was looked at."""
    as_of = models.DateField()
    """The date of the comparison that it was looked at in."""
    reason = models.CharField(max_length=500)
    actor = CompanyForeignKey(Actor)
    at = models.DateTimeField(db_default=Now())
    transmission = CompanyForeignKey(Transmission, null=True)
    """What is sent anew."""
    event = CompanyForeignKey(Event, null=True)
    """What brought the floor's ledger to what the books say."""

    class Meta:
        indexes = (models.Index(fields=["company", "subject"], name="remedy_by_subject"),)


class Reconciliation(CompanyTable):
    """One comparison of all accounts as of a date: kept as it came out."""

    APPEND_ONLY = True

    on = models.DateField()
    at = models.DateTimeField(db_default=Now())
    actor = CompanyForeignKey(Actor)
    carried = models.DateField(null=True)
    """Through this day the books are closed: their balances were compared, their rows not read again."""
    rest = models.BigIntegerField()
    """Cents that nothing explains, all accounts."""
    undecided = models.PositiveIntegerField()
    """Documents that somebody has to decide about."""
    seconds = models.FloatField()

    class Meta:
        indexes = (models.Index(fields=["company", "on"], name="reconciliation_by_date"),)


class ReconciledAccount(CompanyTable):
    """An account in such a comparison, both sides, in cents, debits positive."""

    APPEND_ONLY = True

    run = CompanyForeignKey(Reconciliation)
    account = CompanyForeignKey(Account)
    sub_ledger = models.BigIntegerField()
    quickbooks = models.BigIntegerField()
    rest = models.BigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company", "run", "account"], name="reconciled_account_once"),)


class ReconciledTerm(CompanyTable):
    """A document between the two sides of an account."""

    APPEND_ONLY = True

    line = CompanyForeignKey(ReconciledAccount)
    kind = models.CharField(max_length=10)
    """unposted, kept, foreign or tampered."""
    subject = models.CharField(max_length=80)
    number = models.CharField(max_length=200)
    dated = models.DateField(null=True)
    cents = models.BigIntegerField()
    what = models.CharField(max_length=500)
    journal_id = models.BigIntegerField(null=True)
    by = models.CharField(max_length=200, blank=True)
    """Who did it, as QuickBooks or this ledger says."""
    changed = models.CharField(max_length=40, blank=True)
    """When, in the words of whoever says so."""
    remedy = CompanyForeignKey(Remedy, null=True)

    class Meta:
        indexes = (models.Index(fields=["company", "line"], name="reconciled_term_by_line"),)
