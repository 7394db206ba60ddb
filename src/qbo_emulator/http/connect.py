"""The pages and documents of OAuth a browser or a client fetches: consent, discovery, keys, who the user is."""

from typing import TYPE_CHECKING, Any

from qbo_emulator import faults
from qbo_emulator.consent import OPENID, BadRequest, Wish
from qbo_emulator.http.messages import Request, Response, html_response, json_response, redirect
from qbo_emulator.http.pages import TEMPLATES

if TYPE_CHECKING:
    from qbo_emulator.emulator import Emulator
    from qbo_emulator.realm import Realm

CONSENT = "/connect/oauth2"
DISCOVERY = ("/.well-known/openid_configuration", "/.well-known/openid_sandbox_configuration")
KEYS = "/op/v1/jwks"
USERINFO = "/v1/openid_connect/userinfo"
TOKENS = "/oauth2/v1/tokens/bearer"
REVOCATION = "/v2/oauth2/tokens/revoke"
SUBJECT = "1182d6ec-0000-4000-8000-bb3b95db45af"
USER = {
    "sub": SUBJECT,
    "email": "jordan@example.com",
    "emailVerified": True,
    "givenName": "Jordan",
    "familyName": "Rivera",
    "phoneNumber": "+1 5555550100",
    "phoneNumberVerified": False,
    "address": {
        "streetAddress": "123 Sierra Way",
        "locality": "San Pablo",
        "region": "CA",
        "postalCode": "87999",
        "country": "US",
    },
}


def respond(emulator: "Emulator", request: Request) -> Response | None:
    """None where the path is not one of these."""
    path, method = request.path, request.method
    if path == CONSENT and method in ("GET", "POST"):
        return _consent(emulator, request)
    if path.rstrip("/") in DISCOVERY and method == "GET":
        return json_response(discovery(emulator.url))
    if path == KEYS and method == "GET":
        return json_response(emulator.signer.keys())
    if path == USERINFO and method == "GET":
        return _user(emulator, request)
    return None


def discovery(url: str) -> dict[str, Any]:
    return {
        "issuer": f"{url}/op/v1",
        "authorization_endpoint": url + CONSENT,
        "token_endpoint": url + TOKENS,
        "userinfo_endpoint": url + USERINFO,
        "revocation_endpoint": url + REVOCATION,
        "jwks_uri": url + KEYS,
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "email", "profile", "address", "phone"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "claims_supported": ["aud", "exp", "iat", "iss", "realmid", "sub"],
    }


def id_token(emulator: "Emulator", realm: "Realm") -> str:
    now = int(realm.clock.now().timestamp())
    claims = {"sub": SUBJECT, "aud": [emulator.client_id], "realmid": realm.id, "auth_time": now}
    return emulator.signer.token({**claims, "iss": f"{emulator.url}/op/v1", "exp": now + 3600, "iat": now})


def _consent(emulator: "Emulator", request: Request) -> Response:
    try:
        wish = emulator.consent.wish(request.query, emulator.client_id)
    except BadRequest as problem:
        return _page("not_connected.html", 400, problem=problem)
    if wish.strange or not wish.scopes:
        return redirect(wish.back(error="invalid_scope"), 302)
    if request.method == "GET":
        return _page("connect.html", 200, wish=wish, companies=_companies(emulator), action=_action(request))
    return _decided(emulator, wish, request.form)


def _decided(emulator: "Emulator", wish: Wish, form: dict[str, str]) -> Response:
    if form.get("decision") != "connect":
        return redirect(wish.back(error="access_denied"), 302)
    try:
        realm = emulator.realm(form.get("realm"))
    except LookupError as problem:
        return _page("not_connected.html", 400, problem=problem)
    return redirect(emulator.consent.granted(wish, realm.id, realm.clock.now()), 302)


def _companies(emulator: "Emulator") -> list[tuple[str, str]]:
    return [(each.id, str(each.company.only("CompanyInfo").body["CompanyName"])) for each in emulator.realms.values()]


def _action(request: Request) -> str:
    return f"{CONSENT}?{request.query_string}"


def _page(template: str, status: int, **values: Any) -> Response:
    return html_response(TEMPLATES.get_template(template).render(**values), status)


def _user(emulator: "Emulator", request: Request) -> Response:
    header = request.headers.get("Authorization")
    owner = next((each for each in emulator.realms.values() if each.tokens.knows(header)), emulator.first)
    try:
        owner.tokens.check(header, owner.clock.now())
    except faults.GatewayFault as refusal:
        found = json_response(refusal.body(owner.clock.now(), owner.company.zone), refusal.status)
        found.headers.update(refusal.headers())
        return found
    if OPENID not in owner.tokens.scopes_of(header):
        return json_response({"error": "insufficient_scope"}, 403)
    return json_response(USER)
