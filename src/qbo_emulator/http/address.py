"""What a request to the accounting API is about: company, entity, operation. Known before anything is
checked, because faults are matched on it.
"""

import re
from dataclasses import dataclass

from qbo_emulator import wire
from qbo_emulator.entities import BY_SEGMENT
from qbo_emulator.http.messages import Request

PATH = re.compile(r"/v3/company/(?P<realm>[^/]+)/(?P<segment>[^/]+)(?:/(?P<id>[^/]+))?(?P<more>/.*)?/?")
FROM = re.compile(r"\bfrom\s+(\w+)", re.IGNORECASE)
QUERY_BODIES = ("application/text", "text/plain")


@dataclass(frozen=True)
class Address:
    realm: str
    segment: str
    id: str | None
    more: str | None
    entity: str | None
    """The entity's name, or the report's."""
    operation: str


def address(request: Request) -> Address | None:
    match = PATH.fullmatch(request.path)
    if match is None:
        return None
    segment = match["segment"].lower()
    known = BY_SEGMENT.get(segment)
    entity = known.name if known else None
    if segment == "upload":
        entity = "Attachable"
    if segment == "query":
        found = FROM.search(statement(request))
        named = BY_SEGMENT.get(found[1].lower()) if found else None
        entity, operation = (named.name if named else found and found[1]), "query"
    elif segment == "reports":
        entity, operation = match["id"], "report"
    elif segment in ("cdc", "batch"):
        operation = segment
    else:
        operation = "read" if request.method == "GET" else _write_operation(request)
    return Address(match["realm"], segment, match["id"], match["more"], entity, operation)


def statement(request: Request) -> str:
    """GET carries the statement in the URL, POST in the body."""
    if request.method == "POST" and request.body:
        return request.body.decode("utf-8", "replace")
    return request.query.get("query", "")


def _write_operation(request: Request) -> str:
    operation = request.query.get("operation", "").lower()
    if "void" in (operation, *includes(request)):
        return "void"
    if operation == "delete":
        return "delete"
    try:
        document = request.document
    except wire.NotJson:
        return "create"
    return "update" if isinstance(document, dict) and document.get("Id") else "create"


def includes(request: Request) -> frozenset[str]:
    return frozenset(word.strip().lower() for word in request.query.get("include", "").split(",") if word.strip())
