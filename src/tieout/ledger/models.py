"""Tables of the books: events, journal lines and events, transmissions and their attempts, mapping, periods.

Events, lines, attempts, answers, rules and policies are append-only. A journal event is open, then sealed; a
transmission's body never changes, only how far it has got.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Now

from tieout.access.models import Actor
from tieout.core.roles import Role
from tieout.database.company_tables import CompanyForeignKey, CompanyTable

ROLES = [(role.value, role.value) for role in Role]


class EventKind(models.TextChoices):
    """What was done. Each kind is a line of docs/posting-rules.md."""

    RECEIPT = "receipt"
    ISSUE = "issue"
    ISSUE_RETURN = "issue return"
    HOURS = "hours"
    RUN_REPORT = "run report"
    SHIPMENT = "shipment"
    RECOGNITION = "recognition"
    TRANSFER_OUT = "transfer out"
    TRANSFER_IN = "transfer in"
    MOVE = "move"
    COUNT = "count"
    SCRAP = "scrap"
    FOUND = "found goods"
    OPENING = "opening"
    REVERSAL = "reversal"
    LATE_COST = "late cost"
    SUPPLIER_RETURN = "supplier return"
    VENDOR_CREDIT = "vendor credit"
    CUSTOMER_RETURN = "customer return"
    WRITE_DOWN = "write-down"
    RECLASSIFICATION = "reclassification"
    COST_ADJUSTMENT = "cost adjustment"


class Account(CompanyTable):
    """An account of QuickBooks' chart, mirrored by its id there."""

    external_id = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    number = models.CharField(max_length=40, blank=True)
    type = models.CharField(max_length=60)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company", "external_id"], name="account_once"),)


class Dimension(CompanyTable):
    """A class or a department (location) of QuickBooks, mirrored."""

    kind = models.CharField(max_length=10, choices=[("class", "class"), ("department", "department")])
    external_id = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company", "kind", "external_id"], name="dimension_once"),)


class Party(CompanyTable):
    """A vendor or customer of QuickBooks. Without an id there it is *requested*: work goes on, posting waits."""

    kind = models.CharField(max_length=10, choices=[("vendor", "vendor"), ("customer", "customer")])
    name = models.CharField(max_length=200)
    external_id = models.CharField(max_length=40, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company", "kind", "name"], name="party_name_once"),)


class MappingRule(CompanyTable):
    """Which account (class, department, name) a role means, where every condition named holds. Never changed:
    a new version of the mapping says again what it wants to say otherwise."""

    APPEND_ONLY = True

    version = models.PositiveIntegerField()
    role = models.CharField(max_length=20, choices=ROLES)
    event_kind = models.CharField(max_length=20, blank=True)
    item_id = models.BigIntegerField(null=True)
    category_id = models.BigIntegerField(null=True)
    site_id = models.BigIntegerField(null=True)
    channel = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    account = CompanyForeignKey(Account, null=True)
    klass = CompanyForeignKey(Dimension, null=True)
    department = CompanyForeignKey(Dimension, null=True)
    party = CompanyForeignKey(Party, null=True)

    class Meta:
        indexes = (models.Index(fields=["company", "version"], name="mapping_by_version"),)


class Policy(CompanyTable):
    """A setting of the company's bookkeeping, in force from a date on. The latest row of a date wins."""

    APPEND_ONLY = True

    name = models.CharField(max_length=40)
    value = models.CharField(max_length=200)
    effective_from = models.DateField()
    actor = CompanyForeignKey(Actor)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = (models.Index(fields=["company", "name", "effective_from"], name="policy_in_force"),)


class PeriodState(models.TextChoices):
    OPEN = "open"
    CLOSED = "closed"


class Period(CompanyTable):
    """A range of accounting dates that is closed, or was: a month by default."""

    starts = models.DateField()
    ends = models.DateField()
    state = models.CharField(max_length=8, choices=PeriodState, default=PeriodState.CLOSED)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["company", "starts", "ends"], name="period_once"),
            models.CheckConstraint(condition=models.Q(ends__gte=models.F("starts")), name="period_has_days"),
        )


class Books(CompanyTable):
    """What every event must respect of the company's QuickBooks: the date its books are closed through."""

    closed_through = models.DateField(null=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company"], name="books_once"),)


class JournalState(models.TextChoices):
    OPEN = "open"
    SEALED = "sealed"
    NOTHING = "nothing to post"


class JournalEvent(CompanyTable):
    """The unit of posting: lines of one or more events of one kind and accounting date; open, then sealed."""

    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=80)
    document = models.CharField(max_length=17)
    """The number on the floor's paper that `number` is made of when this is sealed."""
    number = models.CharField(max_length=21, null=True)
    accounting_date = models.DateField()
    site_id = models.BigIntegerField(null=True)
    posts = models.BooleanField(default=True)
    state = models.CharField(max_length=16, choices=JournalState, default=JournalState.OPEN)
    due_on = models.DateField(null=True)
    """Sealed at once where empty, else when that day is over (or on demand)."""
    memo = models.CharField(max_length=1000, blank=True)
    held = models.TextField(blank=True)
    """Why it could not be sealed when it was due: an unmapped account, say."""
    opened_at = models.DateTimeField(db_default=Now())
    sealed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["company", "kind", "key"], condition=models.Q(state="open"), name="journal_open_once"
            ),
            models.UniqueConstraint(fields=["company", "number"], name="journal_number_once"),
        )
        indexes = (
            models.Index(fields=["company", "due_on"], condition=models.Q(state="open"), name="journal_open_by_due"),
            models.Index(fields=["company", "accounting_date"], name="journal_by_date"),
            models.Index(fields=["company", "document"], name="journal_by_document"),
        )


class Redating(CompanyTable):
    """A sealed journal event goes to the books on another date than its own: who said so, and why."""

    APPEND_ONLY = True

    journal = CompanyForeignKey(JournalEvent, db_index=True)
    accounting_date = models.DateField()
    reason = models.CharField(max_length=500)
    actor = CompanyForeignKey(Actor)
    at = models.DateTimeField(db_default=Now())


class Event(CompanyTable):
    """One business act by one actor, with all its input resolved. Its id is the company sequence: taken after
    the act's last lock, so conflicting events replay in the order in which they took effect."""

    APPEND_ONLY = True

    kind = models.CharField(max_length=20, choices=EventKind)
    number = models.CharField(max_length=40)
    actor = CompanyForeignKey(Actor)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    local_date = models.DateField()
    accounting_date = models.DateField()
    site_id = models.BigIntegerField(null=True)
    subject = models.CharField(max_length=80, blank=True)
    note = models.CharField(max_length=1000, blank=True)
    reverses = CompanyForeignKey("self", null=True)
    payload = models.JSONField()
    schema = models.PositiveSmallIntegerField(default=1)
    mapping_version = models.PositiveIntegerField()
    journal = CompanyForeignKey(JournalEvent, null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["company", "kind", "number"], name="event_number_once"),
            models.UniqueConstraint(
                fields=["company", "reverses"],
                condition=models.Q(reverses__isnull=False),
                name="event_reversed_once",
            ),
        )
        indexes = (
            models.Index(fields=["company", "journal"], name="event_by_journal"),
            models.Index(fields=["company", "kind", "subject"], name="event_by_subject"),
        )


class JournalLine(CompanyTable):
    """One side of what an event does to the books, in cents. Movements name the two lines they are booked on."""

    APPEND_ONLY = True

    event = CompanyForeignKey(Event)
    number = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=20, choices=ROLES)
    debit = models.BigIntegerField(default=0)
    credit = models.BigIntegerField(default=0)
    account = CompanyForeignKey(Account, null=True)
    klass = CompanyForeignKey(Dimension, null=True)
    department = CompanyForeignKey(Dimension, null=True)
    party = CompanyForeignKey(Party, null=True)
    document = models.CharField(max_length=40, blank=True)
    description = models.CharField(max_length=500, blank=True)
    facts = models.JSONField(default=dict)
    """What the mapping was asked: kept, so that an unmapped line can be mapped when its journal is sealed."""
    accounting_date = models.DateField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["company", "event", "number"], name="line_once"),
            models.CheckConstraint(
                condition=models.Q(debit__gt=0, credit=0) | models.Q(debit=0, credit__gt=0),
                name="line_has_one_side",
            ),
        )
        indexes = (
            models.Index(
                fields=["company", "role", "accounting_date"],
                include=["debit", "credit"],
                name="line_by_role",
            ),
        )


class Reclassified(CompanyTable):
    """A line that was booked on the wrong account, and what it is booked on since that event."""

    APPEND_ONLY = True

    event = CompanyForeignKey(Event, db_index=True)
    line = CompanyForeignKey(JournalLine)
    account = CompanyForeignKey(Account)
    klass = CompanyForeignKey(Dimension, null=True)
    department = CompanyForeignKey(Dimension, null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company", "line", "event"], name="reclassified_once"),)


class CorrectionRequest(CompanyTable):
    """Finance asks the floor to look at an event: finance changes no stock, so it can only ask."""

    event = CompanyForeignKey(Event)
    owner = models.CharField(max_length=20)
    """The role whose work the event is."""
    reason = models.CharField(max_length=500)
    actor = CompanyForeignKey(Actor)
    at = models.DateTimeField(db_default=Now())
    answer = models.CharField(max_length=500, blank=True)
    answered_by = CompanyForeignKey(Actor, null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["company", "event"],
                condition=models.Q(answered_at__isnull=True),
                name="correction_asked_once",
            ),
        )


class TransmissionState(models.TextChoices):
    """How far a document has got. Only CONFIRMED is final; nothing is ever deleted."""

    PENDING = "pending"
    SENDING = "sending"
    IN_DOUBT = "in doubt"
    CONFIRMED = "confirmed"
    BLOCKED = "blocked"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"


class Cause(models.TextChoices):
    """Why a transmission is blocked or rejected."""

    CONNECTION = "connection"
    CLOSED_BOOKS = "closed books"
    REFERENCE = "reference"
    VALIDATION = "validation"
    TAMPERED = "tampered"
    REPLACED = "replaced"
    """It waits until the entry that it replaces is gone from QuickBooks."""


class Transmission(CompanyTable):
    """One document for one destination. The id is QuickBooks' `requestid`; the body never changes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    journal = CompanyForeignKey(JournalEvent, null=True)
    """None for a document that is no entry of ours in the books, such as an invoice that is asked for."""
    destination = models.CharField(max_length=20, default="quickbooks")
    document = models.CharField(max_length=30, default="JournalEntry")
    number = models.CharField(max_length=21)
    accounting_date = models.DateField()
    version = models.PositiveSmallIntegerField(default=1)
    body = models.JSONField()
    hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now())

    state = models.CharField(max_length=12, choices=TransmissionState, default=TransmissionState.PENDING)
    next_at = models.DateTimeField(db_default=Now())
    lease_until = models.DateTimeField(null=True)
    fence = models.PositiveIntegerField(default=0)
    looks = models.PositiveSmallIntegerField(default=0)
    cause = models.CharField(max_length=16, choices=Cause, blank=True)
    """What kind of thing stands in the way; says which ways out there are."""
    reason = models.TextField(blank=True)
    external_id = models.CharField(max_length=40, blank=True)
    external_version = models.CharField(max_length=20, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    read_back_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["company", "journal", "destination", "version"], name="transmission_once"),
        )
        indexes = (
            models.Index(
                fields=["company", "next_at"],
                condition=models.Q(state__in=["pending", "sending", "in doubt", "blocked"]),
                name="transmission_due",
            ),
            models.Index(fields=["company", "number"], name="transmission_by_number"),
            models.Index(fields=["company", "external_id"], name="transmission_by_external"),
        )


class PaperNote(CompanyTable):
    """What a paper that lines name (a shipment, say) is known by elsewhere, said on its lines when they are sealed."""

    document = models.CharField(max_length=40)
    note = models.CharField(max_length=200)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company", "document"], name="paper_note_once"),)


class Attempt(CompanyTable):
    """One try to deliver or to look, written down and committed before it is made."""

    APPEND_ONLY = True

    transmission = CompanyForeignKey(Transmission)
    number = models.PositiveIntegerField()
    purpose = models.CharField(max_length=10, choices=[("send", "send"), ("look", "look"), ("read back", "read back")])
    fence = models.PositiveIntegerField()
    worker = models.CharField(max_length=80)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company", "transmission", "number"], name="attempt_once"),)


class Answer(CompanyTable):
    """What came back of an attempt, verbatim."""

    APPEND_ONLY = True

    attempt = CompanyForeignKey(Attempt)
    at = models.DateTimeField(db_default=Now())
    outcome = models.CharField(max_length=20)
    status = models.PositiveSmallIntegerField(null=True)
    trace = models.CharField(max_length=80, blank=True)
    body = models.TextField(blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company", "attempt"], name="answer_once"),)
