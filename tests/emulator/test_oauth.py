"""Section A: tokens."""

import base64
import json
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from qbo_emulator.testing import Answer, Books, Refused

TOKENS = "/oauth2/v1/tokens/bearer"
FORM = "application/x-www-form-urlencoded"


CONSENT = "/connect/oauth2"
BACK = "http://localhost:8000/callback?tenant=7"
BOOKS = "com.intuit.quickbooks.accounting"


def asking(qbo: Books, **changes: str | None) -> str:
    """Where an application sends the browser of its user."""
    query = {
        "client_id": qbo.client_id,
        "response_type": "code",
        "scope": BOOKS,
        "redirect_uri": BACK,
        "state": "s/1 &",
    }
    return f"{CONSENT}?{urlencode({key: value for key, value in {**query, **changes}.items() if value is not None})}"


def decided(
    qbo: Books, decision: str = "connect", *, realm: str | None = None, **changes: str | None
) -> dict[str, str]:
    """What comes back on the query of the redirect."""
    form = urlencode({"decision": decision, "realm": realm or qbo.realm_id})
    answer = qbo.send("POST", asking(qbo, **changes), form, {"Content-Type": FORM})
    assert 302 == answer.status
    assert answer.headers["Location"].startswith(BACK + "&")
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))


def exchange(qbo: Books, code: str, uri: str = BACK) -> Answer:
    body = urlencode({"grant_type": "authorization_code", "code": code, "redirect_uri": uri})
    return qbo.send("POST", TOKENS, body, basic(qbo))


def test_001_the_user_is_asked_and_sent_back_with_code_and_company(qbo: Books) -> None:
    page = qbo.send("GET", asking(qbo))
    assert (200, True) == (page.status, "Sandbox Company_US_1" in page.text)
    found = decided(qbo)

    assert {"tenant", "code", "state", "realmId"} == set(found)
    assert qbo.realm_id == found["realmId"]
    assert len(found["code"]) <= 512


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": "ABcd"},
        {"client_id": None},
        {"response_type": "token"},
        {"redirect_uri": "https://example.com/"},
        {"redirect_uri": None},
        {"state": None},
    ],
)
def test_001_a_request_that_cannot_be_trusted_is_not_redirected(qbo: Books, change: dict[str, str | None]) -> None:
    for method in ("GET", "POST"):
        answer = qbo.send(method, asking(qbo, **change))

        assert 400 == answer.status
        assert "Location" not in answer.headers


def test_001_addresses_can_be_registered(qbo: Books) -> None:
    qbo.control("PUT", "redirect-uris", {"redirect_uris": ["https://app.example.com/cb"]})
    try:
        assert 200 == qbo.send("GET", asking(qbo, redirect_uri="https://app.example.com/cb")).status
        for near in ("https://app.example.com/cb/", BACK):
            assert 400 == qbo.send("GET", asking(qbo, redirect_uri=near)).status
        with pytest.raises(Refused, match="HTTP 400"):
            qbo.control("PUT", "redirect-uris", {"redirect_uris": "x"})
    finally:
        qbo.control("PUT", "redirect-uris", {"redirect_uris": []})


def test_002_a_refusal_and_a_strange_scope_are_told(qbo: Books) -> None:
    assert {"tenant": "7", "error": "access_denied", "state": "s/1 &"} == decided(qbo, "refuse")
    assert {"tenant": "7", "error": "invalid_scope", "state": "s/1 &"} == decided(qbo, scope="payroll.everything")


def test_003_the_state_comes_back_as_it_went(qbo: Books) -> None:
    for state in ("s/1 &", "é=?#%", "x" * 200):
        assert state == decided(qbo, state=state)["state"]


def test_007_a_code_works_once(qbo: Books, recorded) -> None:
    code = decided(qbo)["code"]
    first, second = exchange(qbo, code), exchange(qbo, code)

    assert set(recorded("dotnet_sdk/oauth_success_token_response.json")) - {"id_token"} == set(first.document)
    assert (200, 400, "invalid_grant") == (first.status, second.status, second.document["error"])
    qbo.access_token, qbo.refresh_token = first.document["access_token"], first.document["refresh_token"]
    assert 200 == qbo.call("GET", "preferences").status
    assert 200 == qbo.refresh().status


def test_007_a_code_dies_after_minutes_and_is_for_one_address(qbo: Books) -> None:
    for late, uri in ((301, BACK), (0, "http://localhost:8000/other")):
        code = decided(qbo)["code"]
        qbo.clock(advance=late)

        assert "invalid_grant" == exchange(qbo, code, uri).document["error"]
    assert "invalid_grant" == exchange(qbo, "made-up").document["error"]


def test_007_a_user_chooses_the_company(qbo: Books) -> None:
    other = qbo.another("empty")
    found = decided(qbo, realm=other.realm_id)
    assert other.realm_id == found["realmId"]
    other.access_token = exchange(qbo, found["code"]).document["access_token"]

    assert 200 == other.call("GET", "preferences").status
    answer = qbo.send("POST", asking(qbo), urlencode({"decision": "connect", "realm": "1"}), {"Content-Type": FORM})
    assert 400 == answer.status


def test_014_both_discovery_documents_have_the_recorded_keys(qbo: Books, recorded) -> None:
    expected = recorded("dotnet_sdk/oauth_discovery.json")
    for name in ("openid_configuration", "openid_sandbox_configuration"):
        found = qbo.send("GET", f"/.well-known/{name}").document

        assert list(expected) == list(found)
        for key, value in expected.items():
            if isinstance(value, list):
                assert value == found[key]
            elif key != "userinfo_endpoint":
                path = urlsplit(value).path.replace("/app/connect", "/connect")
                assert qbo.url + path == found[key]
        assert "intuit.com" not in str(found)


def test_006_an_identity_comes_with_openid_and_can_be_verified(qbo: Books, recorded) -> None:
    tokens = exchange(qbo, decided(qbo, scope=f"{BOOKS} openid profile")["code"]).document
    assert set(recorded("dotnet_sdk/oauth_success_token_response.json")) == set(tokens)
    head, claims, signature = tokens["id_token"].split(".")
    [key] = qbo.send("GET", "/op/v1/jwks").document["keys"]
    e, n = (int.from_bytes(decoded(key[name]), "big") for name in ("e", "n"))
    public = rsa.RSAPublicNumbers(e, n).public_key()
    public.verify(decoded(signature), f"{head}.{claims}".encode(), padding.PKCS1v15(), hashes.SHA256())

    assert (key["kid"], "RS256") == (json.loads(decoded(head))["kid"], key["alg"])
    assert (qbo.realm_id, [qbo.client_id]) == tuple(json.loads(decoded(claims))[name] for name in ("realmid", "aud"))
    who = {"Authorization": f"Bearer {tokens['access_token']}"}
    user = qbo.send("GET", "/v1/openid_connect/userinfo", headers=who).document
    assert set(recorded("dotnet_sdk/oauth_success_userinfo_response.json")) == set(user)
    assert user["sub"] == json.loads(decoded(claims))["sub"]
    assert "id_token" in qbo.refresh(tokens["refresh_token"]).document
    assert "id_token" not in qbo.refresh(qbo.introduction["refresh_token"]).document


def test_a_token_can_only_do_what_was_asked_for(qbo: Books) -> None:
    found = decided(qbo, scope="openid")
    assert "realmId" not in found
    only_identity = exchange(qbo, found["code"]).document["access_token"]
    who = {"Authorization": f"Bearer {qbo.access_token}"}

    assert 403 == qbo.send("GET", "/v1/openid_connect/userinfo", headers=who).status
    assert 401 == qbo.send("GET", "/v1/openid_connect/userinfo").status
    qbo.access_token = only_identity
    assert (403, ["3100"]) == ((answer := qbo.call("GET", "preferences")).status, answer.codes)


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def basic(qbo: Books, *, secret: str | None = None) -> dict[str, str]:
    pair = f"{qbo.client_id}:{secret or qbo.client_secret}"
    return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode(), "Content-Type": FORM}


def form(qbo: Books, **fields: str) -> str:
    return urlencode({"grant_type": "refresh_token", "refresh_token": qbo.refresh_token, **fields})


def test_004_the_token_endpoint_demands_a_form_with_a_grant(qbo: Books) -> None:
    as_json = {**basic(qbo), "Content-Type": "application/json"}
    for body, headers in (('{"grant_type":"refresh_token"}', as_json), ("refresh_token=x", basic(qbo))):
        answer = qbo.send("POST", TOKENS, body, headers)

        assert (400, {"error": "invalid_request"}) == (answer.status, answer.document)


def test_004_a_refresh_without_its_token_is_an_invalid_request(qbo: Books) -> None:
    answer = qbo.send("POST", TOKENS, "grant_type=refresh_token", basic(qbo))

    assert (400, {"error": "invalid_request"}) == (answer.status, answer.document)


@pytest.mark.parametrize("authorization", [None, "Basic !!!", "Bearer x"])
def test_005_the_wrong_client_is_refused(qbo: Books, authorization: str | None) -> None:
    headers = basic(qbo, secret="wrong")
    if authorization:
        headers["Authorization"] = authorization
    answer = qbo.send("POST", TOKENS, form(qbo), headers)

    assert (401, {"error": "invalid_client"}) == (answer.status, answer.document)


def test_006_a_refresh_answers_with_exactly_the_documented_keys(qbo: Books, recorded) -> None:
    document = qbo.refresh().document

    assert ("bearer", 3600, 8726400) == (
        document["token_type"],
        document["expires_in"],
        document["x_refresh_token_expires_in"],
    )
    assert set(recorded("dotnet_sdk/oauth_success_token_response.json")) - {"id_token"} == set(document)


def test_008_an_access_token_dies_after_an_hour(qbo: Books) -> None:
    qbo.clock(freeze=True)
    qbo.refresh()
    qbo.clock(advance=3599)
    assert qbo.call("GET", "preferences").status == 200
    qbo.clock(advance=2)
    answer = qbo.call("GET", "preferences")

    assert (401, ["3200"]) == (answer.status, answer.codes)
    assert qbo.refresh().status == 200
    assert qbo.call("GET", "preferences").status == 200


def test_009_the_refresh_value_changes_after_a_day(qbo: Books) -> None:
    first = qbo.refresh_token
    qbo.clock(advance=23 * 3600)
    assert first == qbo.refresh().document["refresh_token"]
    qbo.clock(advance=2 * 3600)
    second = qbo.refresh().document["refresh_token"]

    assert first != second
    assert qbo.refresh(second).status == 200


def test_010_the_replaced_value_works_for_the_overlap_and_no_longer(qbo: Books) -> None:
    qbo.options(refresh_overlap_hours=6)
    old = qbo.refresh_token
    qbo.clock(advance=25 * 3600)
    new = qbo.refresh().document["refresh_token"]
    qbo.clock(advance=5 * 3600)
    assert new == qbo.refresh(old).document["refresh_token"]
    qbo.clock(advance=2 * 3600)
    answer = qbo.refresh(old)

    assert (400, "invalid_grant") == (answer.status, answer.document["error"])


def test_011_a_hundred_unused_days_end_a_connection(qbo: Books) -> None:
    qbo.clock(advance=100 * 86400)
    assert qbo.refresh().status == 200, "each use pushes the end away"
    qbo.clock(advance=102 * 86400)
    answer = qbo.refresh()

    assert (400, "invalid_grant") == (answer.status, answer.document["error"])


@pytest.mark.parametrize(("cap", "status"), [(150, 400), (None, 200)])
def test_012_a_connection_has_a_hard_end(qbo: Books, cap: int | None, status: int) -> None:
    qbo.options(refresh_cap_days=cap)
    for _ in range(2):
        qbo.clock(advance=80 * 86400)
        answer = qbo.refresh()

    assert status == answer.status


def test_013_a_revoked_connection_is_dead_in_both_tokens(qbo: Books) -> None:
    headers = {**basic(qbo), "Content-Type": "application/json"}
    answer = qbo.send("POST", "/v2/oauth2/tokens/revoke", {"token": qbo.refresh_token}, headers)

    assert (200, b"") == (answer.status, answer.body)
    assert qbo.call("GET", "preferences").errors[0]["detail"].startswith("Token revoked")
    assert qbo.refresh().document["error"] == "invalid_grant"
    assert qbo.send("POST", "/v2/oauth2/tokens/revoke", {"token": "x"}, headers).status == 400


def test_015_the_user_may_have_lost_the_company(qbo: Books) -> None:
    qbo.options(user_not_in_realm=True)
    answer = qbo.refresh()

    assert (400, "user_not_in_realm") == (answer.status, answer.document["x_error_reason"])


def test_016_a_token_of_another_company_is_forbidden(qbo: Books) -> None:
    other = qbo.another("empty")
    other.access_token = qbo.access_token
    answer = other.call("GET", "preferences")

    assert (403, ["3100"]) == (answer.status, answer.codes)


def test_017_an_expired_token_looks_as_recorded(qbo: Books, recorded) -> None:
    qbo.clock(advance=3700)
    answer = qbo.call("GET", "preferences")
    expected = recorded("qbo_api/fault_3200_token_expired.json")
    found = answer.document

    assert 'Bearer realm="Intuit", error="invalid_token"' == answer.headers["WWW-Authenticate"]
    assert list(expected) == list(found)
    assert expected["fault"]["error"][0]["message"] == found["fault"]["error"][0]["message"]
    assert found["fault"]["error"][0]["detail"].startswith("Token expired: ")
    assert {**expected, "fault": 0, "time": 0} == {**found, "fault": 0, "time": 0}


@pytest.mark.parametrize("authorization", ["", "Basic abc", "Bearer", "Bearer nonsense"])
def test_017_no_or_a_garbled_token_is_refused_by_the_gateway(qbo: Books, authorization: str) -> None:
    answer = qbo.call("GET", "preferences", headers={"Authorization": authorization})

    assert (401, ["3200"]) == (answer.status, answer.codes)
    assert "WWW-Authenticate" in answer.headers
