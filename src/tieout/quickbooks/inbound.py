"""From QuickBooks to the mirrors here: what was heard of is read, many objects in one request, and kept.

    webhook ─hear─▶ row waits ─read─▶ state from QuickBooks ─settle─▶ mirror, and the row is done   (one commit)
    sweep of change data ───────────▶ state from QuickBooks ─settle─▶ the same

Reading is metered, so nothing is read alone, and a state that is known already goes no further than here. An
object that cannot be mirrored is put before a person, tried again later, and keeps no other from its turn.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar, cast, get_args

import msgspec
from django.db import transaction

from tieout.access import company as companies
from tieout.catalog.models import Item
from tieout.core.refusals import Refusal
from tieout.purchasing import bills
from tieout.quickbooks import closing_date, documents, faults, findings, masters, query, readback, sessions
from tieout.quickbooks.client import Client, Question
from tieout.quickbooks.documents import Found, Waiting
from tieout.quickbooks.entities import BY_NAME, LISTS, PREFERENCES
from tieout.quickbooks.models import Document, FindingKind
from tieout.quickbooks.outcomes import Unknown
from tieout.quickbooks.shapes import JournalEntry, Listed
from tieout.quickbooks.waits import USUAL, Waits
from tieout.sales import invoices, item_links

IN_A_QUERY = 100
"""Ids in one statement."""
IN_A_BATCH = 30
"""Statements in one request: QuickBooks takes no more."""

ORDER = list(BY_NAME.values())
"""Lists before the documents that name what is in them."""

T = TypeVar("T")

Mirror = Callable[[int, Found], object]


def _bill(company: int, one: Found) -> object:
    assert one.entity in get_args(bills.Kind), one.entity
    return bills.mirror(company, one.body, kind=cast(bills.Kind, one.entity), deleted=one.deleted)


def _invoice(company: int, one: Found) -> object:
    assert one.entity in get_args(invoices.Kind), one.entity
    return invoices.mirror(company, one.body, kind=cast(invoices.Kind, one.entity), deleted=one.deleted)


MIRRORS: dict[str, Mirror] = {
    **dict.fromkeys(get_args(bills.Kind), _bill),
    **dict.fromkeys(get_args(invoices.Kind), _invoice),
}
"""Documents that have a mirror of their own. Of the others the row here is the mirror."""


def work(company: int, *, waits: Waits = USUAL) -> int:
    """Read and mirror what was heard of; how many objects."""
    realm = documents.realm(company)
    due = documents.waiting(company, realm) if realm else []
    if not due:
        return 0
    with sessions.opened(company, waits=waits) as client:
        every = read(client, due)
        faults.point("documents read")
        failed = settle(client, company, realm, every)
    give_up(company, failed)
    return len(every)


def know_items_again(company: int) -> None:
    """Products of QuickBooks that became items here since they were read: their names are known, nobody is asked."""
    realm = documents.realm(company)
    with companies.scope(company):
        there = Document.objects.filter(realm=realm, entity="Item", deleted=False, body__isnull=False)
        _keep_items(company, [one.body for one in there.order_by("id") if one.body is not None])


def read(client: Client, wanted: Iterable[Waiting]) -> list[Found]:
    """Their states now, or that they are not there."""
    by_entity: dict[str, dict[str, Waiting]] = defaultdict(dict)
    for one in wanted:
        by_entity[one.entity][one.id] = one
    only = by_entity.pop(PREFERENCES, {})
    every = [Found(PREFERENCES, one.id, {"Id": one.id}, heard=one.heard) for one in only.values()]
    questions = [
        Question(entity, query.select(entity, query.among("Id", some), *active_or_not(entity)))
        for entity, ones in by_entity.items()
        for some in chunks(list(ones), IN_A_QUERY)
    ]
    there: dict[tuple[str, str], Found] = {}
    for some in chunks(questions, IN_A_BATCH):
        for question, rows in zip(some, client.together(some), strict=True):
            there |= {(one.entity, one.id): one for one in parsed(question.entity, rows)}
    for entity, ones in by_entity.items():
        for id, asked in ones.items():
            seen = there.get((entity, id)) or documents.gone(entity, id)
            every.append(replace(seen, heard=asked.heard))
    return every


def settle(client: Client, company: int, realm: str, every: Iterable[Found]) -> list[Exception]:
    """Mirror them, lists first, and each whatever becomes of the others; defects that were met."""
    by_entity: dict[str, list[Found]] = defaultdict(list)
    for one in every:
        by_entity[one.entity].append(one)
    failed: list[Exception] = []
    for entity in sorted(by_entity, key=ORDER.index):
        some = by_entity[entity]
        if entity in (PREFERENCES, "JournalEntry"):
            _ours(client, company, realm, entity, some)
        elif entity in LISTS:
            failed += _list(company, realm, entity, some)
        else:
            failed += [error for one in some for error in _document(company, realm, one)]
    return failed


def give_up(company: int, failed: list[Exception]) -> None:
    """Defects go up, when everything else is done."""
    if failed:
        raise ExceptionGroup(f"Company {company}: not everything that came from QuickBooks was mirrored", failed)


def active_or_not(entity: str) -> tuple[query.Condition, ...]:
    """Lists leave out what is inactive unless they are asked."""
    return (query.ACTIVE_OR_NOT,) if entity in LISTS else ()


def parsed(entity: str, rows: Iterable[msgspec.Raw]) -> list[Found]:
    """Objects from their bytes; what is none makes the whole answer none."""
    try:
        return [documents.found(entity, one) for one in rows]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unknown(f"QuickBooks' answer cannot be read: {error}.") from error


def chunks(every: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(every), size):
        yield every[start : start + size]


# --- What is settled how ------------------------------------------------------------------------------------------


def _document(company: int, realm: str, one: Found) -> Iterator[Exception]:
    """A document and its mirror, in one transaction; it fails alone."""
    with companies.scope(company):
        row = documents.held(company, realm, one.entity, [one.id])[one.id]
        failure = _mirrored(company, row, one) if documents.is_news(row, one) else None
        _conclude(row, one, failure)
        documents.save([row])
        faults.point("document mirrored")
    yield from _told(company, one, failure)


def _mirrored(company: int, row: Document, one: Found) -> Exception | None:
    mirror = MIRRORS.get(one.entity)
    if mirror is not None:
        try:
            with transaction.atomic():
                mirror(company, one)
        except Exception as error:
            return error
    documents.keep(row, one)
    return None


def _list(company: int, realm: str, entity: str, some: list[Found]) -> Iterator[Exception]:
    """Entries of a list, together: their mirrors look each other's names up."""
    with companies.scope(company):
        rows = documents.held(company, realm, entity, [one.id for one in some])
        news = [one for one in some if documents.is_news(rows[one.id], one)]
        failures = _kept(company, entity, news)
        for one in some:
            if one in news and one.id not in failures:
                documents.keep(rows[one.id], one)
            _conclude(rows[one.id], one, failures.get(one.id))
        documents.save(rows.values())
    for one in news:
        yield from _told(company, one, failures.get(one.id))


def _kept(company: int, entity: str, news: list[Found]) -> dict[str, Exception]:
    """Why what was not kept was not, by its id: where not all of them can be, each is tried alone."""
    try:
        with transaction.atomic():
            _keep_list(company, entity, news)
    except Exception as error:
        if len(news) == 1:
            return {news[0].id: error}
        return {id: why for one in news for id, why in _kept(company, entity, [one]).items()}
    return {}


def _keep_list(company: int, entity: str, news: list[Found]) -> None:
    masters.retire(entity, [one.id for one in news if one.deleted])
    listed = [msgspec.convert(one.body, Listed) for one in news if not one.deleted]
    match entity:
        case "Account":
            masters.keep_accounts(company, listed)
        case "Class" | "Department":
            masters.keep_dimensions(company, entity.lower(), listed)
        case "Vendor" | "Customer":
            masters.keep_parties(company, entity.lower(), listed)
        case "Item":
            _keep_items(company, [one.body for one in news if not one.deleted])


def _keep_items(company: int, bodies: Sequence[documents.Body]) -> None:
    names = {str(body.get(field)) for body in bodies for field in ("Sku", "Name")}
    ours = dict(Item.objects.filter(sku__in=names).values_list("sku", "id"))
    bills.keep_products(company, bodies, items=ours, links=item_links.of())


def _ours(client: Client, company: int, realm: str, entity: str, some: list[Found]) -> None:
    """What is compared with something of ours, by asking QuickBooks again: outside of any transaction."""
    before = documents.seen(company, realm, entity, [one.id for one in some])
    news = [one for one in some if one.id not in before or documents.is_news(before[one.id], one)]
    if entity == PREFERENCES:
        closing_date.read(client, company=company)
    elif news:
        readback.changed(company, client, [_entry(one, before.get(one.id)) for one in news])
    with companies.scope(company):
        rows = documents.held(company, realm, entity, [one.id for one in some])
        for one in some:
            if documents.is_news(rows[one.id], one):
                documents.keep(rows[one.id], one)
            _conclude(rows[one.id], one, None)
        documents.save(rows.values())


def _entry(one: Found, before: Document | None) -> JournalEntry:
    """What it is known by. Of a deleted one only the id is told; the number that it had is known here."""
    number = before.number if one.deleted and before else str(one.body.get("DocNumber") or "")
    return JournalEntry(id=one.id, doc_number=number)


def _conclude(row: Document, one: Found, failure: Exception | None) -> None:
    if failure is not None:
        documents.postpone(row, trouble=str(failure)[:1000])
    elif documents.is_behind(row, one):
        documents.postpone(row)
    else:
        documents.finish(row, one)


def _told(company: int, one: Found, failure: Exception | None) -> Iterator[Exception]:
    """A refusal is for a person and said so; anything else is a defect, and also goes up."""
    subject = f"{one.entity} {one.id}"
    if failure is None:
        findings.close(company, FindingKind.UNREADABLE, subject=subject)
        return
    number = str(one.body.get("DocNumber") or one.id)
    findings.open_one(
        company,
        FindingKind.UNREADABLE,
        subject=subject,
        message=(
            f"{one.entity} {number} of QuickBooks could not be taken over: {failure} It is tried again by itself; "
            "if it stays, correct it in QuickBooks or in what it names here."
        ),
        facts={"entity": one.entity, "id": one.id, "refused": isinstance(failure, Refusal)},
    )
    if not isinstance(failure, Refusal):
        yield failure
