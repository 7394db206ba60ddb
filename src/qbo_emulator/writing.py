"""Creating, changing and deleting: the checks in the order QuickBooks makes them, then one commit.

Unknown properties, then all problems of single fields together, then existence, SyncToken, closed period,
references, and at last the business rules, of which only the first broken one is told.
"""

from collections.abc import Mapping
from typing import Any

from qbo_emulator import faults, settling, shape
from qbo_emulator.company import Company
from qbo_emulator.entities import BY_NAME, Act, Entity
from qbo_emulator.record import Record
from qbo_emulator.shape import Body

LESSER = frozenset({"QuickBooks Online Simple Start", "QuickBooks Online Essentials"})


def save(company: Company, entity: Entity, raw: Any, act: Act) -> Record:
    """Create, or update when the document carries an Id."""
    identity = document_id(raw)
    operation = "create" if identity is None else "update"
    if operation not in entity.operations:
        raise faults.unsupported(f"{operation} of {entity.name}")
    errors: list[faults.Error] = []
    sent = shape.read(entity.shape, raw, errors)
    if identity is None:
        return _create(company, entity, sent, errors, act)
    return _update(company, entity, identity, raw, sent, errors, act)


def document_id(raw: Any) -> str | None:
    if not isinstance(raw, dict) or raw.get("Id") in (None, ""):
        return None
    identity = str(raw["Id"])
    if not identity.isdecimal():
        raise faults.invalid_id(identity)
    return identity


def _create(company: Company, entity: Entity, sent: Body, errors: list[faults.Error], act: Act) -> Record:
    body = _without_empties(sent)
    if company.options.enforce_sku and company.options.offering_sku in LESSER and entity.needs_plus(body):
        raise faults.feature_missing(entity.name)
    _refuse([*errors, *entity.required_at_first(body)], entity, body)
    complete = _checked(company, entity, body, None, act)
    now = company.clock.now()
    record = Record(entity.name, company.new_id(entity.sequence), 0, complete, now, now)
    created = _commit(company, entity, record, {}, act, "create")
    _follow_up(company, entity, created, body, None, act)
    return created


def _update(
    company: Company,
    entity: Entity,
    identity: str,
    raw: Mapping[str, Any],
    sent: Body,
    errors: list[faults.Error],
    act: Act,
) -> Record:
    sparse = raw.get("sparse") in (True, "true")
    stored = company.find(entity.name, identity)
    body = _without_empties({**stored.body, **sent} if sparse and stored else sent)
    if raw.get("SyncToken") in (None, ""):
        errors.append(faults.missing("SyncToken"))
    if entity.sparse_only and not sparse:
        errors.append(faults.missing("sparse"))
    _refuse(errors, entity, body if stored or not sparse else None)
    if stored is None:
        raise faults.transaction_gone() if entity.posts else faults.object_gone()
    check_token(company, stored, raw)
    complete = _checked(company, entity, body, stored, act)
    saved = stored
    if not sparse or complete != stored.body:
        record = Record(entity.name, identity, stored.token + 1, complete, stored.created, company.clock.now())
        saved = _commit(company, entity, record, stored.body, act, "update")
    _follow_up(company, entity, saved, body, stored, act)
    return saved


def _follow_up(company: Company, entity: Entity, saved: Record, sent: Body, before: Record | None, act: Act) -> None:
    for kind, document in entity.follow_ups(company, saved, sent, before):
        _create(company, BY_NAME[kind], document, [], act)


def delete(company: Company, entity: Entity, raw: Any, act: Act) -> Record:
    if "delete" not in entity.operations:
        raise faults.unsupported(f"delete of {entity.name}")
    stored = _named(company, entity, raw)
    entity.check_period(company, stored.body, stored)
    entity.check_removal(company, stored)
    links = company.links.of((stored.kind, stored.id))
    company.remove(entity, stored)
    company.note(act.actor, "delete", stored)
    settling.settle(company, links, (), act)
    settling.revalue(company, [link.target for link in links])
    return stored


def void(company: Company, entity: Entity, raw: Any, act: Act) -> Record:
    """It stays, with its number, date and lines, and every amount zero."""
    if "void" not in entity.operations:
        raise faults.unsupported(f"void of {entity.name}")
    stored = _named(company, entity, raw)
    entity.check_period(company, stored.body, stored)
    body = entity.voided(company, stored)
    settling.let_go(company, stored, act)
    record = Record(entity.name, stored.id, stored.token + 1, body, stored.created, company.clock.now())
    return _commit(company, entity, record, stored.body, act, "void")


def _named(company: Company, entity: Entity, raw: Any) -> Record:
    """The object a document of little more than Id and SyncToken is about."""
    if not isinstance(raw, dict):
        raise faults.unreadable(f"Can not read the {entity.name}")
    shape.read(entity.shape, raw, [])
    identity = document_id(raw)
    needed = ("Id", "SyncToken") if entity.guarded else ("Id",)
    absent = [faults.missing(name) for name in needed if raw.get(name) in (None, "")]
    if absent or identity is None:
        raise faults.Fault(*absent, timed=False)
    stored = company.find(entity.name, identity)
    if stored is None:
        raise faults.object_gone()
    if entity.guarded:
        check_token(company, stored, raw)
    return stored


def check_token(company: Company, stored: Record, raw: Mapping[str, Any]) -> None:
    if str(raw["SyncToken"]) != str(stored.token):
        raise faults.stale(company.last_editor(stored.kind, stored.id))


def _refuse(errors: list[faults.Error], entity: Entity, body: Body | None) -> None:
    problems = [*errors, *(entity.required(body) if body is not None else ())]
    if problems:
        raise faults.Fault(*problems, timed=False)


def _checked(company: Company, entity: Entity, body: Body, stored: Record | None, act: Act) -> Body:
    entity.check_period(company, body, stored)
    prepared = entity.prepared(company, body, stored)
    entity.check_references(company, prepared)
    complete = entity.completed(company, prepared, stored, act)
    now = company.clock.now()
    entity.check_record(company, Record(entity.name, stored.id if stored else "0", 0, complete, now, now))
    return complete


def _commit(company: Company, entity: Entity, record: Record, before: Body, act: Act, what: str) -> Record:
    own = (record.kind, record.id)
    links = company.links.of(own)
    company.put(entity, record)
    entity.changed(company, record, before)
    company.note(act.actor, what, record)
    settling.settle(company, links, company.links.of(own), act)
    settling.revalue(company, [own, *(link.target for link in (*links, *company.links.of(own)))])
    return company.of(record.kind)[record.id]


def _without_empties(body: Body) -> Body:
    return {name: value for name, value in body.items() if value != ""}
