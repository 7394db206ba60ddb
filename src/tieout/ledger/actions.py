"""What finance may ask for: the mapping, the policies, closing and opening periods, another date for an entry."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from django.db import connection
from msgspec import Struct

from tieout.access.acting import Act
from tieout.access.actions import action
from tieout.access.permissions import Permission
from tieout.core.posting import Rule
from tieout.core.refusals import Refusal
from tieout.ledger import closing, corrections, desk, mapping, policies, reclassification, sealing, transmissions
from tieout.ledger.models import (
    JournalEvent,
    JournalState,
    Period,
    PeriodState,
    Redating,
    Transmission,
    TransmissionState,
)
from tieout.ledger.reclassification import Moved


class EmptyMapping(Refusal):
    """A version of the mapping that says nothing."""

    code = "empty_mapping"


class MappingChanged(Refusal):
    """Rules made from a version that is not in force any more."""

    code = "mapping_changed"


class BadPeriod(Refusal):
    """A range of dates that cannot be a period."""

    code = "bad_period"


class PeriodClosed(Refusal):
    """A period, or a date in one, that finance has closed."""

    code = "period_closed"


class PeriodOpen(Refusal):
    """A period that nobody has closed."""

    code = "period_open"


class NotReadyToClose(Refusal):
    """Something dated in the period is not in the books yet."""

    code = "not_ready_to_close"


class NothingToRedate(Refusal):
    """An entry that does not wait for another date."""

    code = "nothing_to_redate"


class PeriodFacts(Struct, frozen=True):
    """A period as an act left it."""

    starts: date
    ends: date
    state: str


class Redated(Struct, frozen=True):
    """The entry under its new date: a transmission of its own."""

    number: str
    transmission: uuid.UUID
    accounting_date: date


@action(Permission.SET_POLICY)
def set_policy(act: Act, *, name: str, value: str, effective_from: date) -> str:
    """How the books are kept from that date on; what was in force before stays on record."""
    act.subject = name
    return policies.set_policy(act, name=name, value=value, effective_from=effective_from).value


@action(Permission.MAP_ACCOUNTS)
def set_mapping(act: Act, *, rules: Sequence[Rule], after: int | None = None) -> int:
    """A new version of the contract between floor and books, whole; its number. `after` is the version that the rules
    were made from: one that somebody put in force meanwhile is not overwritten unread.
    """
    if not rules:
        raise EmptyMapping("A mapping without a rule would change nothing. Name an account for at least one role.")
    _wait_for_acts(act)
    now = mapping.newest()
    if after is not None and after != now:
        raise MappingChanged(
            f"Version {now} of the mapping was put in force meanwhile; this was made from version {after}. "
            "Look at what it says now, then decide again."
        )
    number = mapping.write(act, rules)
    act.subject = f"mapping {number}"
    return number


@action(Permission.CLOSE_PERIOD)
def close_period(act: Act, *, starts: date, ends: date) -> PeriodFacts:
    """Nothing is dated in there any more. Acts under way are waited for; what is open is sealed first."""
    if ends < starts:
        raise BadPeriod(f"A period cannot end on {ends}, before it starts on {starts}.")
    _wait_for_acts(act)
    overlapping = Period.objects.filter(state=PeriodState.CLOSED, starts__lte=ends, ends__gte=starts).first()
    if overlapping is not None:
        raise PeriodClosed(
            f"{overlapping.starts} to {overlapping.ends} is closed already. Open it again first, or choose another."
        )
    _seal(act.company, starts, ends)
    _refuse_unfinished(act, starts, ends)
    Period.objects.update_or_create(
        company_id=act.company, starts=starts, ends=ends, defaults={"state": PeriodState.CLOSED}
    )
    act.subject = f"{starts} to {ends}"
    return PeriodFacts(starts, ends, PeriodState.CLOSED)


@action(Permission.CLOSE_PERIOD)
def reopen_period(act: Act, *, starts: date, ends: date, reason: str) -> PeriodFacts:
    """Events may be dated in there again. What was dated after it because it was closed stays where it is."""
    _wait_for_acts(act)
    found = Period.objects.filter(state=PeriodState.CLOSED, starts=starts, ends=ends).first()
    if found is None:
        raise PeriodOpen(f"{starts} to {ends} is not closed. Look up which periods are.")
    found.state = PeriodState.OPEN
    found.save(update_fields=["state"])
    act.subject = f"{starts} to {ends}: {reason}"
    return PeriodFacts(starts, ends, PeriodState.OPEN)


@action(Permission.POST)
def redate_journal(act: Act, *, number: str, on: date, reason: str) -> Redated:
    """A blocked or rejected entry goes to the books on another day, as a transmission of its own."""
    waits_for_it = [TransmissionState.BLOCKED, TransmissionState.REJECTED]
    waiting = Transmission.objects.filter(number=number, state__in=waits_for_it).order_by("-version").first()
    if waiting is None or waiting.journal_id is None:
        raise NothingToRedate(f"{number} is not blocked or rejected. Only such an entry is given another date.")
    if not desk.read(act, local=on).is_open(on):
        raise PeriodClosed(f"{on} is in a closed period. Choose a day that is open here and in QuickBooks.")
    Redating.objects.create(
        company_id=act.company,
        journal_id=waiting.journal_id,
        accounting_date=on,
        reason=reason[:500],
        actor_id=act.by.actor,
    )
    body = {**waiting.body, "date": on.isoformat()}
    new = transmissions.replace(waiting, body=body, hash=sealing.digest(body), accounting_date=on)
    act.subject = number
    return Redated(number, new.pk, on)


@action(Permission.MAP_ACCOUNTS)
def reclassify(act: Act, *, rule: Rule, since: date, until: date, reason: str, each: bool = False) -> list[Moved]:
    """Lines under the rule's conditions go to the accounts that the mapping in force names: one entry for each open
    period, or for each event that booked them.
    """
    _wait_for_acts(act)
    moved = reclassification.record(act, rule=rule, since=since, until=until, each=each, reason=reason)
    act.subject = f"{rule.role}, {since} to {until}"
    return moved


@action(Permission.POST)
def request_correction(act: Act, *, event: str, reason: str) -> str:
    """Ask the owner of an event to correct it; the role that is asked."""
    act.subject = event
    return corrections.ask(act, event=event, reason=reason).owner


@action(Permission.REVERSE)
def answer_request(act: Act, *, request: int, answer: str) -> str:
    """What was done about it, or why nothing is."""
    act.subject = corrections.answer(act, request=request, said=answer)
    return act.subject


def _wait_for_acts(act: Act) -> None:
    """Every act holds this lock, shared, from before it dates itself until it commits."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [desk.CLOSING_LOCK, act.company])


def _seal(company: int, starts: date, ends: date) -> None:
    waiting = JournalEvent.objects.filter(state=JournalState.OPEN, accounting_date__range=(starts, ends))
    for journal in list(waiting.order_by("id").values_list("id", flat=True)):
        sealing.seal(company, journal)


def _refuse_unfinished(act: Act, starts: date, ends: date) -> None:
    """A refusal of QuickBooks never blocks the floor, and always blocks the close."""
    reasons = [str(one) for one in closing.unfinished(act.state, starts, ends)]
    if reasons:
        more = f" And {len(reasons) - 5} more." if len(reasons) > 5 else ""
        raise NotReadyToClose(
            f"{len(reasons)} {'entry' if len(reasons) == 1 else 'entries'} of {starts} to {ends} "
            f"{'is' if len(reasons) == 1 else 'are'} not in QuickBooks: {' '.join(reasons[:5])}{more} "
            "Post them or mend what stands in the way, then close."
        )
