"""Which part of the emulator a path belongs to."""

from typing import TYPE_CHECKING

from qbo_emulator import guard
from qbo_emulator.http import books, connect, control
from qbo_emulator.http.address import address
from qbo_emulator.http.messages import Request, Response, json_response

if TYPE_CHECKING:
    from qbo_emulator.emulator import Emulator


def respond(emulator: "Emulator", request: Request) -> Response:
    try:
        guard.refuse_production(request.headers.get("Host") or "")
    except guard.ProductionRefused as refusal:
        return json_response({"error": str(refusal)}, 421)
    if request.path.startswith("/_emulator/"):
        return control.respond(emulator, request)
    if request.path == "/books" or request.path.startswith("/books/"):
        return books.respond(emulator, request)
    if request.path == connect.TOKENS and request.method == "POST":
        return emulator.token(request)
    page = connect.respond(emulator, request)
    if page is not None:
        return page
    if request.path == connect.REVOCATION and request.method == "POST":
        return emulator.revoke(request)
    where = address(request)
    if where is not None:
        return emulator.accounting(request, where)
    return json_response({"error": f"nothing answers at {request.path}"}, 404)
