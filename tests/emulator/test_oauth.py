"""Section A: tokens."""

from urllib.parse import urlencode

import pytest

from qbo_emulator.testing import Books

TOKENS = "/oauth2/v1/tokens/bearer"
FORM = "application/x-www-form-urlencoded"


def basic(qbo: Books, *, secret: str | None = None) -> dict[str, str]:
    import base64

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
    qbo.clock(advance=3599 - 60)
    assert qbo.call("GET", "preferences").status == 200
    qbo.clock(advance=61)
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


def test_a_revoked_connection_is_dead_in_both_tokens(qbo: Books) -> None:
    headers = {**basic(qbo), "Content-Type": "application/json"}
    answer = qbo.send("POST", "/v2/oauth2/tokens/revoke", {"token": qbo.refresh_token}, headers)

    assert (200, b"") == (answer.status, answer.body)
    assert qbo.call("GET", "preferences").errors[0]["detail"].startswith("Token revoked")
    assert qbo.refresh().document["error"] == "invalid_grant"
    assert qbo.send("POST", "/v2/oauth2/tokens/revoke", {"token": "x"}, headers).status == 400


def test_the_user_may_have_lost_the_company(qbo: Books) -> None:
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
