"""Tables of who and did: companies, actors, the audit trail and the chain over it."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from tieout.access.permissions import ActorRole
from tieout.database.company_tables import CompanyForeignKey, CompanyTable


class CompanyState(models.TextChoices):
    """How far a company's events reach: openings only, the ledger only, or QuickBooks too."""

    PREPARING = "preparing"
    SHADOW = "shadow"
    LIVE = "live"
    PAUSED = "paused"


class Company(models.Model):
    """One QuickBooks company file, one home currency; owns every row of every other table."""

    name = models.CharField(max_length=120)
    state = models.CharField(max_length=12, choices=CompanyState, default=CompanyState.PREPARING)
    currency = models.CharField(max_length=3, default="USD")
    time_zone = models.CharField(max_length=64, default="America/New_York")
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class ActorKind(models.TextChoices):
    PERSON = "person"
    DEVICE = "device"
    SYSTEM = "system"


class Actor(CompanyTable):
    """A person, a device or the system itself: whoever an act is done by."""

    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=8, choices=ActorKind, default=ActorKind.PERSON)
    role = models.CharField(max_length=16, choices=[(role.value, role.value) for role in ActorRole])
    password = models.CharField(max_length=128, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company", "name"], name="actor_name_once"),)


class Outcome(models.TextChoices):
    DONE = "done"
    REFUSED = "refused"


class AuditRow(CompanyTable):
    """One act asked for, and what became of it. Also the memory of idempotency keys. Never changed."""

    APPEND_ONLY = True

    actor = CompanyForeignKey(Actor)
    action = models.CharField(max_length=60)
    at = models.DateTimeField(db_default=Now())
    outcome = models.CharField(max_length=8, choices=Outcome)
    key = models.CharField(max_length=200, null=True)
    fingerprint = models.CharField(max_length=64, blank=True)
    result = models.JSONField(null=True)
    code = models.CharField(max_length=40, blank=True)
    message = models.TextField(blank=True)
    subject = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["company", "key"], condition=models.Q(outcome="done"), name="audit_key_done_once"
            ),
        )
        indexes = (models.Index(fields=["company", "at"], name="audit_by_time"),)


class AuditLink(CompanyTable):
    """The hash of an audit row and of all before it: made by a job, so that no act waits for another's."""

    APPEND_ONLY = True

    row = CompanyForeignKey(AuditRow)
    position = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["company", "position"], name="audit_link_position_once"),
            models.UniqueConstraint(fields=["company", "row"], name="audit_link_row_once"),
        )
