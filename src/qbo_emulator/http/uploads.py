"""`POST /upload` and `GET /download/{id}`: files in a multipart body, each with its own outcome."""

import base64
from email.message import Message
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

from qbo_emulator import faults, wire, writing
from qbo_emulator.company import Company
from qbo_emulator.entities import BY_NAME, Act
from qbo_emulator.entities.attachable import CONTENT
from qbo_emulator.http.messages import Request, Response
from qbo_emulator.realm import Realm

MOST = 100 * 1024 * 1024
METADATA, FILE = "file_metadata_", "file_content_"
ATTACHABLE = BY_NAME["Attachable"]


def upload(realm: Realm, request: Request, act: Act, time: str) -> Response:
    """Pairs of parts: `file_metadata_01` says what `file_content_01` is."""
    if len(request.body) > MOST:
        raise faults.Fault(faults.bad_length("upload", len(request.body), MOST), status=413)
    if realm.lapsed:
        raise faults.subscription_lapsed()
    parts = _parts(request)
    numbers = sorted({name.removeprefix(METADATA).removeprefix(FILE) for name in parts})
    if not numbers:
        raise faults.Fault(faults.missing("file_content_01"))
    found = [_attached(realm.company, parts, number, act) for number in numbers]
    realm.keep()
    body = f'{{"AttachableResponse":[{",".join(found)}],"time":"{time}"}}'
    return Response(200, body.encode(), committed=any(each.startswith('{"Attachable"') for each in found))


def download(realm: Realm, identity: str) -> Response:
    """Where the file can be fetched, as plain text."""
    record = realm.company.find("Attachable", identity)
    if record is None or CONTENT not in record.body:
        raise faults.object_gone()
    return Response(200, realm.company.link_to_file(identity).encode(), "text/plain")


def fetched(realm: Realm, request: Request, identity: str) -> Response:
    """The file itself, for a link that is still good."""
    good = realm.files.is_good(
        identity, request.query.get("until", ""), request.query.get("proof", ""), realm.clock.now()
    )
    record = realm.company.find("Attachable", identity)
    if not good or record is None:
        return Response(403, b"Request has expired", "text/plain")
    return Response(200, base64.b64decode(record.body[CONTENT]), record.body["ContentType"])


def _parts(request: Request) -> dict[str, Message]:
    kind = request.headers.get("Content-Type", "")
    if not kind.lower().startswith("multipart/form-data"):
        raise faults.Fault(faults.Error("500", "Unsupported Operation", "Send multipart/form-data"), status=415)
    message = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + request.body)
    found: dict[str, Message] = {}
    for part in message.walk():
        name = part.get_param("name", header="content-disposition")
        if isinstance(name, str) and name.startswith((METADATA, FILE)):
            found[name] = part
    return found


def _attached(company: Company, parts: dict[str, Message], number: str, act: Act) -> str:
    try:
        raw = _metadata(parts.get(METADATA + number))
        file = parts.get(FILE + number)
        if file is None:
            raise faults.Fault(faults.missing(FILE + number))
        content = file.get_payload(decode=True)
        assert isinstance(content, bytes), "a part that is no container has bytes"
        raw.setdefault("FileName", file.get_filename() or "file")
        raw.setdefault("ContentType", file.get_content_type())
        record = writing.save(company, ATTACHABLE, {key: value for key, value in raw.items() if key != "Id"}, act)
        company.refill(ATTACHABLE, record, {CONTENT: base64.b64encode(content).decode(), "Size": len(content)})
        return f'{{"Attachable":{company.printed(ATTACHABLE, company.of("Attachable")[record.id])}}}'
    except faults.Fault as fault:
        return f'{{"Fault":{wire.dump(fault.inside())}}}'


def _metadata(part: Message | None) -> dict[str, Any]:
    if part is None:
        return {}
    payload = part.get_payload(decode=True)
    try:
        found = wire.load(payload if isinstance(payload, bytes) else b"")
    except wire.NotJson as problem:
        raise faults.unreadable(f"Malformed JSON: {problem}") from None
    if not isinstance(found, dict):
        raise faults.unreadable("Can not read the metadata of the file")
    return found
