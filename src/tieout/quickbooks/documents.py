"""What was heard of QuickBooks' objects, and their last state read from there: one row an object.

A change may be told by a webhook, seen in change data, or both, in any order, many times. So nothing that is
told is believed: it raises `heard`, and the object is read. Reading raises `done` to what `heard` was *before*
the question was asked, in the transaction that mirrors it. What is told meanwhile leaves the row waiting, and a
process that dies between the two leaves everything as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from django.db import connection
from django.db.models import F, QuerySet
from django.utils import timezone

from tieout.access import company as companies
from tieout.quickbooks.models import Connection, ConnectionState, Document

AT_ONCE = 1000
LOOKS_AGAIN = 3
"""How often an object is asked for again where QuickBooks' own copies lag behind what it told."""
PATIENCE = timedelta(seconds=60)
LONGEST_PATIENCE = timedelta(days=1)

Body = dict[str, Any]

MOST_DIGITS = 10
"""Of a version: more than any object ever had."""


def _number(said: str) -> Decimal:
    """As it is written; one that no amount or quantity has ever been would take a day to write out."""
    number = Decimal(said)
    if abs(number.adjusted()) > 30:
        raise msgspec.DecodeError(f"{said[:40]} is no amount")
    return number


_DECODER = msgspec.json.Decoder(Body, float_hook=_number)
_ENCODER = msgspec.json.Encoder(decimal_format="number")


@dataclass(frozen=True, slots=True)
class Notice:
    """Somebody changed an object, it is said; `gone`: it was deleted, or merged into another."""

    entity: str
    id: str
    at: datetime
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """An object that was heard of and is to be read."""

    entity: str
    id: str
    heard: int
    told_at: datetime | None
    told_gone: bool
    tries: int
    known: bool
    """Whether a state of it was read before: if it is not there now, it is gone."""


@dataclass(frozen=True, slots=True)
class Found:
    """An object as QuickBooks gave it, or that it is not there (any more)."""

    entity: str
    id: str
    body: Body
    deleted: bool = False
    heard: int = 0
    """What `heard` was before it was asked for; 0: nobody asked, it came by itself."""

    @property
    def version(self) -> int:
        said = str(self.body.get("SyncToken") or 0)
        return int(said) if said.isascii() and said.isdigit() and len(said) < MOST_DIGITS else 0

    @property
    def updated(self) -> datetime | None:
        about = self.body.get("MetaData")
        return moment(about.get("LastUpdatedTime")) if isinstance(about, dict) else None


def found(entity: str, raw: msgspec.Raw, *, heard: int = 0) -> Found:
    """An object from its bytes; raises msgspec.DecodeError where that is none."""
    try:
        body = _clean(_DECODER.decode(raw))
    except ArithmeticError as error:
        raise msgspec.DecodeError(f"{entity} with a number that is none") from error
    id = str(body.get("Id") or "")
    if not is_id(id):
        raise msgspec.DecodeError(f"{entity} without an id")
    return Found(entity, id, body, deleted=body.get("status") == "Deleted", heard=heard)


def gone(entity: str, id: str, *, heard: int = 0) -> Found:
    """What is said of an object that was asked for and is not there."""
    return Found(entity, id, {"Id": id, "status": "Deleted"}, deleted=True, heard=heard)


def is_id(text: str) -> bool:
    return text.isascii() and text.isalnum() and len(text) <= 40


def moment(said: object) -> datetime | None:
    """A moment as QuickBooks writes moments, fractions of any length; none where it is none."""
    try:
        at = datetime.fromisoformat(str(said))
    except ValueError:
        return None
    return at if at.tzinfo else None


_HEAR = """
insert into quickbooks_document as d (company_id, realm, entity, external_id, told_at, told_gone, next_at)
select %(company)s, %(realm)s, t.entity, t.id, t.at, t.gone, statement_timestamp()
from unnest(%(entities)s::text[], %(ids)s::text[], %(ats)s::timestamptz[], %(gones)s::boolean[])
    as t (entity, id, at, gone)
order by t.entity, t.id
on conflict (company_id, realm, entity, external_id) do update
set heard = d.heard + 1, told_at = excluded.told_at, told_gone = excluded.told_gone, tries = 0,
    next_at = excluded.next_at
where d.told_at is null or d.told_at < excluded.told_at
"""


def hear(company: int, realm: str, notices: Iterable[Notice]) -> None:
    """Write down what was told, in one statement: news about an object makes it wait, what is old does not."""
    newest: dict[tuple[str, str], Notice] = {}
    for one in notices:
        before = newest.get((one.entity, one.id))
        if before is None or before.at < one.at:
            newest[one.entity, one.id] = one
    if not newest:
        return
    every = list(newest.values())
    columns: dict[str, list[Any]] = {
        "entities": [one.entity for one in every],
        "ids": [one.id for one in every],
        "ats": [one.at for one in every],
        "gones": [one.gone for one in every],
    }
    with companies.scope(company), connection.cursor() as cursor:
        cursor.execute(_HEAR, {"company": company, "realm": realm, **columns})


def waiting(company: int, realm: str) -> list[Waiting]:
    """What is to be read now, oldest first."""
    with companies.scope(company):
        due = Document.objects.filter(realm=realm, heard__gt=F("done"), next_at__lte=timezone.now())
        return [
            Waiting(
                one.entity, one.external_id, one.heard, one.told_at, one.told_gone, one.tries, one.version is not None
            )
            for one in due.order_by("next_at", "id")[:AT_ONCE]
        ]


def known(company: int, realm: str, entity: str) -> list[str]:
    """The ids of those that were there when they were last read."""
    with companies.scope(company):
        there = Document.objects.filter(realm=realm, entity=entity, deleted=False, version__isnull=False)
        return list(there.order_by("id").values_list("external_id", flat=True))


def realm(company: int) -> str:
    """The QuickBooks company that is connected now; empty if none is."""
    with companies.scope(company):
        open_ones = Connection.objects.exclude(state=ConnectionState.DISCONNECTED)
        return open_ones.filter(company_id=company).values_list("realm", flat=True).first() or ""


def held(company: int, realm: str, entity: str, ids: Iterable[str]) -> dict[str, Document]:
    """Their rows by id, locked in one order, made where they lack. Inside the caller's scope."""
    wanted = sorted(set(ids))
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into quickbooks_document (company_id, realm, entity, external_id, heard)"
            " select %s, %s, %s, id, 0 from unnest(%s::text[]) as t (id)"
            " on conflict (company_id, realm, entity, external_id) do nothing",
            [company, realm, entity, wanted],
        )
    return {one.external_id: one for one in _rows(realm, entity, wanted).select_for_update().order_by("id")}


def seen(company: int, realm: str, entity: str, ids: Iterable[str]) -> dict[str, Document]:
    """The rows that there are, for a look."""
    with companies.scope(company):
        return {one.external_id: one for one in _rows(realm, entity, sorted(set(ids)))}


def _rows(realm: str, entity: str, ids: list[str]) -> QuerySet[Document]:
    return Document.objects.filter(realm=realm, entity=entity, external_id__in=ids)


def is_news(row: Document, one: Found) -> bool:
    """Whether it says more than what is known; a state that was overtaken, or seen before, does not."""
    if one.deleted:
        return not row.deleted and not is_behind(row, one)
    if row.deleted:
        return True
    if row.version is None or one.version != row.version:
        return row.version is None or one.version > row.version
    # What is still owed changes with a payment, and a merged name with its list: neither is a new version.
    return row.body != one.body


def keep(row: Document, one: Found) -> None:
    """Write its state down; `done` says nothing yet of its being mirrored."""
    row.deleted = one.deleted
    if not one.deleted:
        row.version, row.body = one.version, one.body
        row.number = str(one.body.get("DocNumber") or "")[:40]
        row.dated = _day(one.body.get("TxnDate"))
    elif row.version is None:
        row.version = 0
    row.read_at = timezone.now()


def is_behind(row: Document, one: Found) -> bool:
    """Whether what was read is older than what was told: QuickBooks' copies lag, so ask again, but not for ever."""
    if not one.heard or row.tries >= LOOKS_AGAIN or row.told_at is None:
        return False
    if one.deleted:
        return row.version is None and not row.told_gone
    return one.updated is not None and one.updated < row.told_at - timedelta(seconds=1)


def finish(row: Document, one: Found) -> None:
    """It is mirrored as far as it was heard of before it was asked for."""
    row.trouble, row.tries = "", 0
    row.done = max(row.done, one.heard)
    if one.updated is not None and (row.told_at is None or row.told_at <= one.updated):
        row.told_at, row.done = one.updated, max(row.done, row.heard)


def postpone(row: Document, *, trouble: str = "") -> None:
    """It stays waiting, and is looked at again after a while, each time a longer one."""
    row.heard = max(row.heard, row.done + 1)
    row.next_at = timezone.now() + min(PATIENCE * 2 ** min(row.tries, 20), LONGEST_PATIENCE)
    row.tries = min(row.tries + 1, 1000)
    row.trouble = trouble


_SAVE = """
update quickbooks_document set heard = %s, done = %s, told_at = %s, tries = %s, next_at = %s, trouble = %s,
    version = %s, deleted = %s, number = %s, dated = %s, body = %s::jsonb, read_at = %s
where id = %s
"""


def save(rows: Iterable[Document]) -> None:
    """Their columns as they are now: amounts as the numbers they are, which Django would write as text."""
    values = [
        [
            *(one.heard, one.done, one.told_at, one.tries, one.next_at, one.trouble, one.version, one.deleted),
            *(one.number, one.dated, None if one.body is None else _ENCODER.encode(one.body).decode()),
            *(one.read_at, one.pk),
        ]
        for one in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(_SAVE, values)


def _day(said: object) -> date | None:
    try:
        return date.fromisoformat(str(said)[:10])
    except ValueError:
        return None


def _clean(value: Any) -> Any:
    """Without the one character that JSON may hold and PostgreSQL may not."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, Mapping):
        return {_clean(name): _clean(inner) for name, inner in value.items()}
    return [_clean(inner) for inner in value] if isinstance(value, list) else value
