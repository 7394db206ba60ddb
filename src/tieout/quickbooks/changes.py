"""Sweeps of change data: the guarantee behind the webhooks, which may be lost, late or never set up.

One request asks for the changes of all kinds since the last sweep, and some minutes more, because QuickBooks'
copies lag behind each other. Its answer ends at a thousand objects without saying so, and looks back thirty days
at most: then it is asked for fewer kinds, and at last the kind is read page by page, and what is not there any
more is looked for by id.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import msgspec
from django.db import connection
from django.utils import timezone

from tieout.access import company as companies
from tieout.quickbooks import documents, findings, guards, inbound, query, sessions
from tieout.quickbooks.client import Changes, Client
from tieout.quickbooks.documents import Found, Waiting
from tieout.quickbooks.entities import LISTS, SWEPT
from tieout.quickbooks.models import Cursor, FindingKind
from tieout.quickbooks.outcomes import Rejected
from tieout.quickbooks.waits import USUAL, Waits

MOST = 1000
OVERLAP = timedelta(minutes=10)
LOOK_BACK = timedelta(days=29)
"""Change data reaches back thirty days; also how far a new connection looks for documents: what is older belongs
to the opening balances."""
AT_ONCE = 200


def sweep(company: int, *, waits: Waits = USUAL) -> int:
    """Mirror what changed or was deleted since the last sweep; how many objects QuickBooks gave."""
    realm = documents.realm(company)
    if not realm:
        return 0
    with sessions.opened(company, waits=waits) as client:
        at_work = _Sweep(client, company, realm)
        if _cursors(company, realm).keys().isdisjoint(LISTS):
            at_work.read_lists()
        at_work.catch_up()
    guards.check_mapped(company)
    inbound.give_up(company, at_work.failed)
    return at_work.count


def read_lists(company: int, *, waits: Waits = USUAL) -> int:
    """Read every list whole: when a company is connected, and before it is set up; how many entries."""
    with sessions.opened(company, waits=waits) as client:
        at_work = _Sweep(client, company, documents.realm(company))
        at_work.read_lists()
    guards.check(company, waits=waits)
    inbound.give_up(company, at_work.failed)
    return at_work.count


@dataclass(slots=True)
class _Sweep:
    """One sweep under way. What cannot be mirrored stays waiting in its row, so cursors move on all the same."""

    client: Client
    company: int
    realm: str
    count: int = 0
    failed: list[Exception] = field(default_factory=list)

    def read_lists(self) -> None:
        at = self.client.now()
        for entity in LISTS:
            every = inbound.parsed(entity, self.client.every(entity, msgspec.Raw, query.ACTIVE_OR_NOT))
            self._settle(every)
            self._look_for_missing(entity, every)
        self._move_on(LISTS, at)

    def catch_up(self) -> None:
        """Everything since the cursors: together, but for kinds that were not looked at for too long."""
        start = timezone.now() - LOOK_BACK
        cursors = _cursors(self.company, self.realm)
        since = {entity: cursors.get(entity, start) for entity in SWEPT}
        recent = [entity for entity in SWEPT if since[entity] >= start - OVERLAP]
        for entity in SWEPT:
            if entity not in recent:
                self._page_by_page(entity, since[entity])
        if recent:
            self._changes(recent, min(since[entity] for entity in recent))

    def _changes(self, some: Sequence[str], since: datetime) -> None:
        """Of these kinds; where that is too much for one answer, of half of them at a time."""
        changes = self._asked(some, since)
        if changes is not None and len(changes) < MOST:
            self._settle([one for entity in some for one in inbound.parsed(entity, changes.objects[entity])])
            self._move_on(some, changes.at)
        elif len(some) == 1:
            self._page_by_page(some[0], since)
        else:
            half = len(some) // 2
            self._changes(some[:half], since)
            self._changes(some[half:], since)

    def _asked(self, some: Sequence[str], since: datetime) -> Changes | None:
        """None: QuickBooks refuses one of the kinds, or looks back less far by its own clock."""
        try:
            return self.client.changes(some, since=since - OVERLAP)
        except Rejected:
            return None

    def _page_by_page(self, entity: str, since: datetime) -> None:
        """What change data cannot tell: by query, and deletions by what is not found any more."""
        at = self.client.now()
        moment = (since - OVERLAP).astimezone(UTC).isoformat(timespec="seconds")
        changed = (query.since("MetaData.LastUpdatedTime", moment), *inbound.active_or_not(entity))
        subject = f"all of {entity}"
        try:
            every = inbound.parsed(entity, self.client.every(entity, msgspec.Raw, *changed))
        except Rejected as refused:
            _cannot_be_read(self.company, entity, subject, refused)
            return
        findings.close(self.company, FindingKind.UNREADABLE, subject=subject)
        self._settle(every)
        self._look_for_missing(entity, every)
        self._move_on([entity], at)

    def _look_for_missing(self, entity: str, there: Sequence[Found]) -> None:
        """Those known here that were not among what was just read: asked for by id, and perhaps gone."""
        ids = {one.id for one in there}
        unseen = [id for id in documents.known(self.company, self.realm, entity) if id not in ids]
        asked = [Waiting(entity, id, 0, None, False, 0, True) for id in unseen]
        self._settle([one for one in inbound.read(self.client, asked) if one.deleted])

    def _settle(self, every: Sequence[Found]) -> None:
        for some in inbound.chunks(every, AT_ONCE):
            self.failed += inbound.settle(self.client, self.company, self.realm, some)
            self.count += len(some)

    def _move_on(self, some: Sequence[str], until: datetime) -> None:
        """Everything up to there is written down; never backwards."""
        with companies.scope(self.company), connection.cursor() as cursor:
            cursor.execute(
                "insert into quickbooks_cursor as c (company_id, realm, entity, until)"
                " select %s, %s, entity, %s from unnest(%s::text[]) as t (entity)"
                " on conflict (company_id, realm, entity) do update set until = greatest(c.until, excluded.until)",
                [self.company, self.realm, until, list(some)],
            )


def _cannot_be_read(company: int, entity: str, subject: str, refused: Rejected) -> None:
    findings.open_one(
        company,
        FindingKind.UNREADABLE,
        subject=subject,
        message=(
            f"QuickBooks does not let Tieout read {entity}: {refused} Look whether this subscription of QuickBooks "
            "includes it, and whether whoever connected Tieout may see it."
        ),
        facts={"entity": entity},
    )


def _cursors(company: int, realm: str) -> dict[str, datetime]:
    with companies.scope(company):
        return dict(Cursor.objects.filter(realm=realm).values_list("entity", "until"))
