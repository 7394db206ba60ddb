"""`/_emulator/…`: what a test may ask of the emulator itself. Each endpoint takes `?realm=`; the default is
the first.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from qbo_emulator import faults, guard, money, outsider, state, webhooks, wire
from qbo_emulator.clock import moment
from qbo_emulator.http import uploads
from qbo_emulator.http.accounting import refused
from qbo_emulator.http.messages import Request, Response, json_response
from qbo_emulator.injection import BadRule
from qbo_emulator.options import UnknownOption
from qbo_emulator.realm import NoSuchCompany, Realm

if TYPE_CHECKING:
    from qbo_emulator.emulator import Emulator


class BadControl(ValueError):
    """The control request itself is wrong."""


WRONG = (
    BadControl,
    outsider.BadAct,
    BadRule,
    UnknownOption,
    NoSuchCompany,
    state.UnknownState,
    webhooks.BadSubscription,
    guard.ProductionRefused,
    wire.NotJson,
)


def respond(emulator: "Emulator", request: Request) -> Response:
    name = request.path.removeprefix("/_emulator/").rstrip("/")
    if name.startswith("files/") and request.method == "GET":
        return _file(emulator, request, name)
    control = _CONTROLS.get((request.method, name))
    if control is None:
        return json_response({"error": f"there is no {request.method} /_emulator/{name}"}, 404)
    try:
        realm = emulator.realm(request.query.get("realm"))
    except LookupError as problem:
        return json_response({"error": str(problem)}, 404)
    try:
        with realm.company.lock:
            response = control(emulator, realm, request)
            _keep(emulator, realm, request.method, name)
            return response
    except WRONG as problem:
        return json_response({"error": str(problem)}, 400)
    except faults.Refusal as refusal:
        return refused(refusal, realm.clock.now(), realm.company.zone)


def _file(emulator: "Emulator", request: Request, name: str) -> Response:
    """An uploaded file, by the link an answer gave."""
    _, _, rest = name.partition("/")
    realm_id, _, identity = rest.partition("/")
    if realm_id not in emulator.realms:
        return json_response({"error": f"there is no company {realm_id}"}, 404)
    return uploads.fetched(emulator.realms[realm_id], request, identity)


def _keep(emulator: "Emulator", realm: Realm, method: str, name: str) -> None:
    """Have the store write down what a control changed."""
    if emulator.store is None or method == "GET":
        return
    if name in ("state", "reset"):
        emulator.store.whole(realm)
    elif name in ("outsider", "close-books"):
        realm.keep()
    elif name in ("options", "clock"):
        emulator.store.head(realm)


def _document(request: Request) -> dict[str, Any]:
    document = request.document if request.body else {}
    if not isinstance(document, dict):
        raise BadControl("send a JSON object")
    return document


def _requests(emulator: "Emulator", realm: Realm, request: Request) -> Response:
    since = request.query.get("since") or "0"
    if not since.isdecimal():
        raise BadControl(f"since={since} is not the n of a request")
    return json_response([seen.document() for seen in realm.log[int(since) :]])


def _add_fault(emulator: "Emulator", realm: Realm, request: Request) -> Response:
    realm.injection.add(_document(request))
    return json_response({"faults": len(realm.injection.rules)})


def _clear_faults(emulator: "Emulator", realm: Realm, request: Request) -> Response:
    realm.injection.clear()
    return json_response({"faults": 0})


def _add_company(emulator: "Emulator", realm: Realm, request: Request) -> Response:
    added = emulator.add(str(_document(request).get("company", "empty")))
    names = ("realm_id", "access_token", "refresh_token")
    return json_response(dict(zip(names, (added.id, added.access_token, added.refresh_token), strict=True)))


def _options(emulator: "Emulator", realm: Realm, request: Request) -> Response:
    return json_response(state.exact(realm.company.options.document()))


def _set_options(emulator: "Emulator", realm: Realm, request: Request) -> Response:
    realm.company.options = realm.company.options.changed(state.ordinary(_document(request)))
    return _options(emulator, realm, request)


def _clock(emulator: "Emulator", realm: Realm, request: Request) -> Response:
    wanted = _document(request)
    if "at" in wanted:
        realm.clock.set(_moment(realm, wanted["at"]))
    if "advance" in wanted:
        realm.clock.advance(_seconds(wanted["advance"]))
    if "freeze" in wanted:
        realm.clock.freeze(bool(wanted["freeze"]))
    return json_response({"at": realm.clock.now().isoformat(), "frozen": realm.clock.frozen})


def _seconds(value: object) -> float:
    try:
        return float(money.decimal(value))
    except money.NotANumber:
        raise BadControl(f"{value!r} is not a number of seconds") from None


def _moment(realm: Realm, text: object) -> datetime:
    try:
        return moment(str(text), realm.company.zone).astimezone(UTC)
    except ValueError:
        raise BadControl(f"{text!r} is not an ISO date-time") from None


def _outsider(emulator: "Emulator", realm: Realm, request: Request) -> Response:
    return json_response(outsider.act(realm.company, _document(request)))


def _close_books(emulator: "Emulator", realm: Realm, request: Request) -> Response:
    outsider.close_books(realm.company, _document(request).get("date"))
    return json_response({"date": realm.company.preference("AccountingInfoPrefs", "BookCloseDate")})


def _redirect_uris(emulator: "Emulator", realm: Realm, request: Request) -> Response:
    """Where users may be sent back to; an empty list: any address of this machine."""
    if request.method == "PUT":
        wanted = _document(request).get("redirect_uris")
        if not isinstance(wanted, list) or not all(isinstance(each, str) for each in wanted):
            raise BadControl("redirect_uris is a list of addresses")
        emulator.consent.redirect_uris = tuple(wanted)
    return json_response({"redirect_uris": list(emulator.consent.redirect_uris)})


def _webhooks(emulator: "Emulator", realm: Realm, request: Request) -> Response:
    return json_response(realm.webhooks.document())


def _subscribe(emulator: "Emulator", realm: Realm, request: Request) -> Response:
    wanted = state.ordinary(_document(request))
    realm.webhooks.subscribe(wanted, emulator.webhook_verifier, emulator.stopping)
    return _webhooks(emulator, realm, request)


def _state(emulator: "Emulator", realm: Realm, request: Request) -> Response:
    return json_response(state.document(realm.company))


def _set_state(emulator: "Emulator", realm: Realm, request: Request) -> Response:
    state.restore(realm.company, _document(request))
    return json_response({"realm_id": realm.id})


def _reset(emulator: "Emulator", realm: Realm, request: Request) -> Response:
    realm.reset()
    return json_response({"realm_id": realm.id})


_CONTROLS: dict[tuple[str, str], Callable[["Emulator", Realm, Request], Response]] = {
    ("GET", "requests"): _requests,
    ("POST", "faults"): _add_fault,
    ("DELETE", "faults"): _clear_faults,
    ("POST", "companies"): _add_company,
    ("GET", "options"): _options,
    ("PUT", "options"): _set_options,
    ("POST", "clock"): _clock,
    ("POST", "outsider"): _outsider,
    ("POST", "close-books"): _close_books,
    ("GET", "redirect-uris"): _redirect_uris,
    ("PUT", "redirect-uris"): _redirect_uris,
    ("GET", "webhooks"): _webhooks,
    ("POST", "webhooks"): _subscribe,
    ("GET", "state"): _state,
    ("PUT", "state"): _set_state,
    ("POST", "reset"): _reset,
}
