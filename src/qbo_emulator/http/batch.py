"""`POST /batch`: up to thirty operations, one after another, each with its own outcome.

HTTP says 200 whatever they did. A requestid is remembered for each item together with its bId.
"""

from typing import Any

from qbo_emulator import faults, requestids, wire, writing
from qbo_emulator.entities import BY_NAME, Act, Entity
from qbo_emulator.http.messages import Request, Response
from qbo_emulator.query import run
from qbo_emulator.realm import Realm

MOST = 30
LONGEST_REQUESTID = 36
LONGEST_ID, LONGEST_ID_WITH_REQUESTID = 50, 10
OPERATIONS = ("create", "update", "delete")


def respond(realm: Realm, request: Request, actor: str, time: str) -> Response:
    requestid = request.query.get("requestid", "")
    requestids.check_length(requestid, LONGEST_REQUESTID)
    items = _items(request, requestid)
    parts, committed = [], False
    for item in items:
        text, changed = _outcome(realm, item, requestid, actor)
        committed = committed or changed
        parts.append(f'{{{text},"bId":{wire.quoted(item["bId"])}}}')
    realm.keep()
    body = f'{{"BatchItemResponse":[{",".join(parts)}],"time":"{time}"}}'
    return Response(200, body.encode(), committed=committed)


def _items(request: Request, requestid: str) -> list[dict[str, Any]]:
    try:
        document = request.document
    except wire.NotJson as problem:
        raise faults.unreadable(f"Malformed JSON: {problem}") from None
    items = document.get("BatchItemRequest") if isinstance(document, dict) else None
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise faults.Fault(faults.missing("BatchItemRequest"))
    if len(items) > MOST:
        raise faults.batch_too_big(len(items), MOST)
    longest = LONGEST_ID_WITH_REQUESTID if requestid else LONGEST_ID
    known: set[str] = set()
    for item in items:
        identity = str(item.get("bId") or "")
        if not identity or identity in known:
            raise faults.Fault(faults.missing("bId"))
        if len(identity) > longest:
            raise faults.Fault(faults.bad_length("bId", len(identity), longest))
        known.add(identity)
        item["bId"] = identity
    return items


def _outcome(realm: Realm, item: dict[str, Any], requestid: str, actor: str) -> tuple[str, bool]:
    """The inside of one item's answer, and whether it changed the books."""
    company = realm.company
    if "Query" in item:
        return _answered(lambda: f'"QueryResponse":{run.answer(company, str(item["Query"]))}'), False
    key = f"{requestid}{item['bId']}" if requestid else ""
    content = wire.dump(item).encode()
    try:
        known = requestids.remembered(company, key, content)
        if known is not None:
            return known.body.decode(), False
        text = _written(realm, item, actor)
    except faults.Fault as fault:
        return _faulted(fault), False
    requestids.remember(company, key, content, 200, text.encode())
    return text, True


def _answered(ask: Any) -> str:
    try:
        return str(ask())
    except faults.Fault as fault:
        return _faulted(fault)


def _faulted(fault: faults.Fault) -> str:
    return f'"Fault":{wire.dump(fault.inside())}'


def _written(realm: Realm, item: dict[str, Any], actor: str) -> str:
    company, (entity, raw) = realm.company, _subject(item)
    options = frozenset(word.strip().lower() for word in str(item.get("optionsData", "")).split(",") if word.strip())
    act = Act(actor, options)
    operation = str(item.get("operation", "")).lower()
    if operation not in OPERATIONS:
        raise faults.unsupported(f"{operation or 'without a name'} of {entity.name}")
    if realm.lapsed:
        raise faults.subscription_lapsed()
    if operation == "delete":
        record = writing.delete(company, entity, raw, act)
        return f'"{entity.name}":{wire.dump({"domain": "QBO", "status": "Deleted", "Id": record.id})}'
    if "void" in options:
        record = writing.void(company, entity, raw, act)
    else:
        if operation == "create" and isinstance(raw, dict):
            raw = {name: value for name, value in raw.items() if name != "Id"}
        record = writing.save(company, entity, raw, act)
    return f'"{entity.name}":{company.printed(entity, record)}'


def _subject(item: dict[str, Any]) -> tuple[Entity, Any]:
    for name, raw in item.items():
        entity = BY_NAME.get(name)
        if entity is not None and entity.operations:
            return entity, raw
    raise faults.unreadable("No known entity in the batch item")
