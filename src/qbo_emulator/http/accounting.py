"""The accounting API itself: what `/v3/company/{realm}/…` answers behind the gateway."""

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from qbo_emulator import cdc, faults, reading, requestids, wire, writing
from qbo_emulator.clock import fine_stamp
from qbo_emulator.entities import BY_NAME, BY_SEGMENT, Act, Entity, exchange_rate
from qbo_emulator.http import batch, uploads
from qbo_emulator.http.address import Address, includes, statement
from qbo_emulator.http.messages import Request, Response, json_response
from qbo_emulator.query import run
from qbo_emulator.realm import Realm
from qbo_emulator.reports import report

APP = "Integration (API)"
COMPACT: dict[str, Any] = {"ensure_ascii": False, "separators": (",", ":")}
"""Reports hold nothing but text, so the fast encoder will do."""


def answer(realm: Realm, request: Request, address: Address, base: str) -> Response:
    _check_formats(request)
    if address.segment == "query" and address.id is None:
        return _query(realm, request)
    if address.segment == "cdc" and request.method == "GET" and address.id is None:
        return _changes(realm, request)
    if address.segment == "reports" and request.method == "GET" and address.id:
        return _report(realm, request, address.id)
    if address.segment == "batch" and request.method == "POST" and address.id is None:
        return _batch(realm, request)
    if address.segment == "upload" and request.method == "POST" and address.id is None:
        return _upload(realm, request)
    if address.segment == "download" and request.method == "GET" and address.id and not address.more:
        return uploads.download(realm, address.id)
    if address.segment == "exchangerate" and request.method == "GET" and address.id is None:
        return _rate(realm, request)
    entity = BY_SEGMENT.get(address.segment)
    if entity is None or address.more or not entity.operations:
        raise faults.no_such_resource(request.path, base)
    if request.method == "GET":
        return _read(realm, entity, address, request, base)
    if request.method == "POST" and address.id is None:
        return _write(realm, entity, address, request)
    raise faults.no_such_resource(request.path, base)


def _check_formats(request: Request) -> None:
    """The emulator speaks JSON only; the real service answers XML to whoever does not ask for JSON."""
    if "/download/" in request.path.lower():
        return
    accepted = request.headers.get("Accept", "")
    if "application/json" not in accepted and "*/*" not in accepted:
        raise _formats_fault(415, "JSON only: send Accept: application/json")
    if request.method != "POST" or request.path.rstrip("/").lower().endswith(("/query", "/upload")):
        return
    if request.headers.get("Content-Type", "").split(";")[0].strip().lower() != "application/json":
        raise _formats_fault(415, "JSON only: send Content-Type: application/json")


def _formats_fault(status: int, detail: str) -> faults.Fault:
    return faults.Fault(faults.Error("500", "Unsupported Operation", detail), status=status)


def _query(realm: Realm, request: Request) -> Response:
    with realm.company.lock:
        found = run.answer(realm.company, statement(request))
        return _enveloped(realm, "QueryResponse", found)


def _changes(realm: Realm, request: Request) -> Response:
    with realm.company.lock:
        query = request.query
        found = cdc.answer(realm.company, query.get("entities", ""), query.get("changedSince", ""))
        return _enveloped(realm, "CDCResponse", found)


def _report(realm: Realm, request: Request, name: str) -> Response:
    with realm.company.lock:
        return Response(200, json.dumps(report(realm.company, name, request.query), **COMPACT).encode())


def _rate(realm: Realm, request: Request) -> Response:
    company = realm.company
    with company.lock:
        found = exchange_rate.asked_for(company, request.query)
        return _enveloped(realm, found.kind, company.printed(BY_NAME[found.kind], found))


def _batch(realm: Realm, request: Request) -> Response:
    with realm.company.lock:
        return batch.respond(realm, request, APP, fine_stamp(realm.clock.now(), realm.company.zone))


def _upload(realm: Realm, request: Request) -> Response:
    with realm.company.lock:
        now = fine_stamp(realm.clock.now(), realm.company.zone)
        return uploads.upload(realm, request, Act(APP, includes(request)), now)


def _read(realm: Realm, entity: Entity, address: Address, request: Request, base: str) -> Response:
    if entity.solitary:
        identity = next(iter(realm.company.of(entity.name)))
    elif address.id is None:
        raise faults.no_such_resource(request.path, base)
    else:
        identity = address.id
    with realm.company.lock:
        record = reading.read(realm.company, entity, identity)
        return _enveloped(realm, entity.name, realm.company.printed(entity, record))


def _write(realm: Realm, entity: Entity, address: Address, request: Request) -> Response:
    requestid = request.query.get("requestid", "")
    requestids.check_length(requestid)
    company = realm.company
    with company.lock:
        known = requestids.remembered(company, requestid, request.body)
        if known is not None:
            return Response(known.status, known.body)
        try:
            response = _written(realm, entity, address, request)
        except faults.Fault as fault:
            if company.options.pin_faults and fault.status == 400:
                body = wire.dump(fault.body(company.clock.now(), company.zone)).encode()
                requestids.remember(company, requestid, request.body, fault.status, body)
            raise
        requestids.remember(company, requestid, request.body, response.status, response.body)
        realm.keep()
        return response


def _written(realm: Realm, entity: Entity, address: Address, request: Request) -> Response:
    company = realm.company
    try:
        raw = request.document
    except wire.NotJson as problem:
        raise faults.unreadable(f"Malformed JSON: {problem}") from None
    if realm.lapsed:
        raise faults.subscription_lapsed()
    act = Act(APP, includes(request))
    if address.operation == "delete":
        record = writing.delete(company, entity, raw, act)
        text = wire.dump({"domain": "QBO", "status": "Deleted", "Id": record.id})
    elif address.operation == "void":
        record = writing.void(company, entity, raw, act)
        text = company.printed(entity, record)
    elif address.operation in entity.operations:
        record = writing.save(company, entity, raw, act)
        text = company.printed(entity, record)
    else:
        raise faults.unsupported(f"{address.operation} of {entity.name}")
    response = _enveloped(realm, entity.name, text)
    response.committed, response.record = True, record
    return response


def _enveloped(realm: Realm, name: str, text: str) -> Response:
    now = fine_stamp(realm.clock.now(), realm.company.zone)
    return Response(200, f'{{"{name}":{text},"time":"{now}"}}'.encode())


def refused(refusal: faults.Refusal, now: datetime, zone: ZoneInfo) -> Response:
    response = json_response(refusal.body(now, zone), refusal.status)
    if isinstance(refusal, faults.GatewayFault):
        response.content_type = "application/json"
    response.headers.update(refusal.headers())
    return response
