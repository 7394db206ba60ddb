"""What a deciding fault makes of an answer. What only the socket can do, such as a reset, is left to the
transport.
"""

import zlib
from decimal import Decimal
from typing import Any

from qbo_emulator import faults, wire
from qbo_emulator.http.accounting import refused
from qbo_emulator.http.messages import Response, html_response
from qbo_emulator.injection import Rule
from qbo_emulator.realm import Realm

PAGE = "<html><head><title>{status} {title}</title></head><body><h1>{status} {title}</h1><hr>nginx</body></html>"
TITLES = {
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Time-out",
}
UNEXPECTED = (
    "An unexpected error occurred while accessing or saving your data. "
    "Please wait a few minutes and try again. If the problem persists, please contact customer support."
)
LINES = "Line"


def spoiled(response: Response | None, rule: Rule, realm: Realm) -> Response:
    """`response` is what the service answered, or none when it was never asked."""
    committed = response is not None and response.committed
    make = _MAKERS.get(rule.what, _as_it_was)
    made = make(response or _failure(realm), rule, realm)
    made.committed = committed
    made.disruption = rule
    if response is None and rule.what == "truncate":
        made.status = 200
    return made


def _failure(realm: Realm) -> Response:
    return refused(faults.system_failure("Could not process the request"), realm.clock.now(), realm.company.zone)


def _as_it_was(response: Response, rule: Rule, realm: Realm) -> Response:
    return response


def _status(response: Response, rule: Rule, realm: Realm) -> Response:
    status = int(rule.details.get("status", 500))
    body = rule.details.get("body", "")
    if isinstance(body, str):
        return Response(status, body.encode(), "text/plain")
    return Response(status, wire.dump(body).encode())


def _html(response: Response, rule: Rule, realm: Realm) -> Response:
    status = int(rule.details.get("status", 502))
    return html_response(PAGE.format(status=status, title=TITLES.get(status, "Error")), status)


def _fault(response: Response, rule: Rule, realm: Realm) -> Response:
    """A fault by its code; 3200, 3100 and 3001 come from the gateway. 6000 by itself is the ambiguous one."""
    return refused(_refusal(rule.details), realm.clock.now(), realm.company.zone)


def _refusal(details: dict[str, Any]) -> faults.Refusal:
    code = str(details.get("code", "6000"))
    message, detail = details.get("message"), details.get("detail")
    gateway = {"3200": faults.unauthenticated(detail or "Token expired"), "3100": faults.forbidden()}
    gateway["3001"] = faults.throttled()
    if code in gateway:
        return gateway[code]
    if code == "10000":
        return faults.system_failure(detail or "An unexpected error occurred")
    if message is None and detail is None and code == "6000":
        return faults.rule_broken(UNEXPECTED)
    error = faults.Error(code, message or "An error occurred", detail, details.get("element"))
    return faults.Fault(
        error, fault_type=str(details.get("type", "ValidationFault")), status=int(details.get("status", 400))
    )


def _altered(response: Response, rule: Rule, realm: Realm) -> Response:
    """The echo differs from what was saved, as when a middleman or a rounding rule touched it."""
    document = wire.load(response.body)
    for name, value in document.items():
        if isinstance(value, dict) and name != "QueryResponse":
            document[name] = _altered_object(value, rule.details)
    return Response(response.status, wire.dump(document).encode(), committed=response.committed)


def _altered_object(body: dict[str, Any], details: dict[str, Any]) -> dict[str, Any]:
    wanted = {details["how"]} if isinstance(details.get("how"), str) else set(details.get("how") or details)
    altered = dict(body)
    lines = list(altered.get(LINES, []))
    if "round" in wanted:
        lines = [{**line, "Amount": line["Amount"] + Decimal("0.01")} if "Amount" in line else line for line in lines]
    if "reorder" in wanted:
        lines = lines[::-1]
    if "add_line" in wanted and lines:
        lines = [*lines, {**lines[-1], "Id": str(len(lines)), "Amount": 0, "Description": "Rounding"}]
    if lines:
        altered[LINES] = lines
    if "memo" in wanted:
        memo = details.get("memo")
        altered["PrivateNote"] = memo if isinstance(memo, str) else f"{altered.get('PrivateNote', '')} (edited)".strip()
    return altered


def _bomb(response: Response, rule: Rule, realm: Realm) -> Response:
    """Small on the wire, huge once unpacked: `mb` megabytes of blanks."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    megabyte = b" " * 1_048_576
    packed = b"".join(packer.compress(megabyte) for _ in range(int(rule.details.get("mb", 256)))) + packer.flush()
    return Response(200, packed, headers={"Content-Encoding": "gzip"})


_MAKERS = {"status": _status, "html": _html, "fault": _fault, "alter_echo": _altered, "gzip_bomb": _bomb}
