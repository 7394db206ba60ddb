"""Taking an event back: its movements mirrored, the last first, with every correction since, at the same cents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connection
from msgspec import Struct

from tieout.access import company as companies
from tieout.access.acting import Act
from tieout.core.acts.corrections import Moved, Reverse
from tieout.core.book import Place
from tieout.core.posting import Paper
from tieout.core.refusals import Refusal
from tieout.core.roles import MoveKind, Role
from tieout.ledger import events, grouping
from tieout.ledger.models import Event, EventKind
from tieout.stock import lots, movements, places
from tieout.stock.models import Pool, Site
from tieout.stock.movements import Doing


class UnknownEvent(Refusal):
    """No event of that number."""

    code = "unknown_event"


class AlreadyReversed(Refusal):
    """What was taken back once cannot be taken back again."""

    code = "already_reversed"


class NotReversible(Refusal):
    """What is undone in another way than by its mirror image."""

    code = "not_reversible"


UNDONE_OTHERWISE = {
    EventKind.LATE_COST: "A late cost is undone by a late cost of the opposite sign: its goods may have moved on.",
    EventKind.VENDOR_CREDIT: "A settled claim is corrected by the next credit or bill of the supplier.",
}


class Reversed(Struct, frozen=True):
    number: str
    event: int
    reversed_event: int


def reverse(act: Act, *, number: str, at: datetime, reason: str) -> Reversed:
    """Mirror everything an event moved."""
    event = one(number)
    return mirror(act, event=event, moved=moved_by([event.pk]), at=at, reason=reason)


def one(number: str) -> Event:
    """The event of that number."""
    event = Event.objects.filter(number=number).order_by("id").last()
    if event is None:
        raise UnknownEvent(f"There is no event {number}. Look it up in the journal or on its paper.")
    return event


def refuse_undone_otherwise(event: Event) -> None:
    if event.kind == EventKind.REVERSAL:
        raise AlreadyReversed(f"{event.number} is itself a reversal. Do again what it took back.")
    if (instead := UNDONE_OTHERWISE.get(EventKind(event.kind))) is not None:
        raise NotReversible(f"{event.number} cannot be taken back. {instead}")


def mirror(
    act: Act, *, event: Event, moved: Sequence[Moved], at: datetime, reason: str, pool: int | None = None
) -> Reversed:
    """Mirror these movements of `event` (of a run: of all its events) as one new event."""
    refuse_undone_otherwise(event)
    if pool is not None:
        list(Pool.objects.select_for_update().filter(pk=pool))
    held = lots.lock(act.company, {one.lot for one in moved if one.lot is not None})
    if Event.objects.filter(reverses=event).exists():
        raise AlreadyReversed(f"{event.number} was taken back already.")
    site = Site.objects.filter(pk=event.site_id).first() if event.site_id else None
    zone = ZoneInfo(site.time_zone) if site else act.time_zone
    when, desk = events.moment(act, at=max(at, event.occurred_at), zone=zone)
    book = movements.load(act.company, held, pool=pool)
    facts = Reverse(moved)
    facts.apply(book)
    number, _ = events.number(act, "REV")
    doing = Doing(
        EventKind.REVERSAL,
        number,
        when,
        desk,
        grouping.reversal(when, number=number, site=event.site_id),
        _paper(event),
        site=event.site_id,
        subject=event.subject or event.number,
        note=f"Reversal {number} of {event.number}: {reason or 'entered by mistake'}, by {act.by.name}.",
        reverses=event.pk,
    )
    made = movements.record(act, doing, book=book, facts=facts, goods=movements.goods_of(held.values()))
    return Reversed(number, made, event.pk)


def _paper(event: Event) -> Paper:
    """The mirror's lines say whom and what the original's said."""
    paper = event.payload["paper"]
    return Paper(
        EventKind.REVERSAL.value,
        vendor=paper.get("vendor"),
        customer=paper.get("customer"),
        document=paper.get("document", ""),
        channel=paper.get("channel", ""),
        reason=paper.get("reason", ""),
        by_lot=paper.get("by_lot", False),
        role_at={int(place): role for place, role in paper.get("role_at", {}).items()},
        account_at={int(place): account for place, account in paper.get("account_at", {}).items()},
    )


_MOVED = """
with own as (
    select m.*, m.id as along from stock_movement m where m.company_id = %(company)s and {which}
), later as (
    select c.*, c.corrects_id as along from stock_movement c join own o on c.corrects_id = o.id
    where c.company_id = %(company)s and not exists (select 1 from own x where x.id = c.id)
)
select e.id, e.kind, item_id, lot_id, pool_id, origin_id, target_id, quantity, value,
    case when value > 0 then d.role else c.role end, case when value > 0 then c.role else d.role end
from (select * from own union all select * from later) e
left join ledger_journalline d
    on d.company_id = e.company_id and d.event_id = e.event_id and d.number = e.debit_line
left join ledger_journalline c
    on c.company_id = e.company_id and c.event_id = e.event_id and c.number = e.credit_line
order by e.id desc
"""
"""Movements with the roles that their targets and origins were booked under."""


def moved_by(event_ids: Sequence[int]) -> list[Moved]:
    """What these events moved, and every correction of it since, the last first."""
    return _moved("m.event_id = any(%(ids)s)", list(event_ids))


def moved_in(pool: int) -> list[Moved]:
    """What a run took and made, and every correction of it, the last first."""
    return _moved("m.pool_id = any(%(ids)s)", [pool])


def _moved(which: str, ids: list[int]) -> list[Moved]:
    company = companies.at_work()
    with connection.cursor() as cursor:
        cursor.execute(_MOVED.format(which=which), {"company": company, "ids": ids})
        known = places.of(company)
        return [
            Moved(
                id,
                MoveKind(kind),
                item,
                lot,
                pool,
                origin,
                target,
                quantity,
                value,
                _other_role(known[target], to),
                _other_role(known[origin], out),
            )
            for id, kind, item, lot, pool, origin, target, quantity, value, to, out in cursor
        ]


def _other_role(place: Place, booked: str | None) -> Role | None:
    """The role that an end was booked under, if it is not what its place stands for."""
    return Role(booked) if booked and place.role is not None and booked != place.role else None
