"""Tokens: an access token lives an hour, a refresh token a hundred days from its last use, a connection five
years.

The refresh value changes about once a day; the one it replaces keeps working for a short overlap and then
does not, which is how two processes that refresh side by side lose a connection.
"""

import base64
import binascii
import random
import string
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from qbo_emulator import faults, wire
from qbo_emulator.consent import ACCOUNTING
from qbo_emulator.options import Options

ACCESS_LIFE = timedelta(seconds=3600)
REFRESH_LIFE = timedelta(seconds=8726400)
TYPES = ("authorization_code", "refresh_token")


class OAuthRefusal(faults.Refusal):
    """The token endpoint says no, in OAuth's own envelope."""

    def __init__(self, status: int, error: str, description: str | None = None, **more: str) -> None:
        super().__init__(f"{error} {description or ''}")
        self.status = status
        found = {"error": error, "error_description": description, **more}
        self.document = {key: value for key, value in found.items() if value is not None}

    def body(self, now: datetime, zone: Any) -> dict[str, Any]:
        return self.document


@dataclass(slots=True)
class RefreshToken:
    value: str
    made: datetime
    connected: datetime
    """When the user gave consent: the five years count from here."""
    expires: datetime
    scopes: tuple[str, ...] = (ACCOUNTING,)
    replaced: datetime | None = None

    @property
    def moments(self) -> tuple[datetime, datetime, datetime, datetime | None]:
        return self.made, self.connected, self.expires, self.replaced


class Tokens:
    """The tokens of one connected company."""

    def __init__(self, source: random.Random) -> None:
        self._random = source
        self.access: dict[str, datetime] = {}
        self.refresh: dict[str, RefreshToken] = {}
        self.narrow: dict[str, tuple[str, ...]] = {}
        """Access tokens that may do other things than keep books, and what."""
        self.revoked: set[str] = set()

    def connect(self, now: datetime, scopes: tuple[str, ...] = (ACCOUNTING,)) -> tuple[str, str]:
        """A new connection: the first access and refresh token."""
        token = self._new_refresh(now, connected=now, scopes=scopes)
        return self._new_access(now, scopes), token.value

    def handed_out(self) -> dict[str, Any]:
        """The newest pair, as the token endpoint says it."""
        access, refresh = self.newest()
        return _answer(access, refresh)

    def scopes_of(self, header: str | None) -> tuple[str, ...]:
        value = (header or "").partition(" ")[2]
        return self.narrow.get(value, (ACCOUNTING,))

    def check(self, header: str | None, now: datetime) -> None:
        """Refuse anything but `Bearer` with a token that is alive."""
        scheme, _, value = (header or "").partition(" ")
        if scheme.lower() != "bearer" or not value:
            raise faults.unauthenticated("Malformed bearer token")
        if value in self.revoked:
            raise faults.unauthenticated(f"Token revoked: {value}")
        if value not in self.access:
            raise faults.unauthenticated("Malformed bearer token")
        if now >= self.access[value]:
            raise faults.unauthenticated(f"Token expired: {value}")

    def may_keep_books(self, header: str | None) -> bool:
        return ACCOUNTING in self.scopes_of(header)

    def knows(self, header: str | None) -> bool:
        value = (header or "").partition(" ")[2]
        return value in self.access

    def renew(self, value: str, now: datetime, options: Options) -> dict[str, Any]:
        token = self.refresh.get(value)
        if token is None or now >= token.expires:
            raise invalid_grant("Incorrect or invalid refresh token")
        if options.refresh_cap_days is not None and now >= token.connected + timedelta(days=options.refresh_cap_days):
            raise invalid_grant("Incorrect or invalid refresh token")
        if token.replaced and now >= token.replaced + timedelta(hours=options.refresh_overlap_hours):
            raise invalid_grant("Incorrect or invalid refresh token")
        if options.user_not_in_realm:
            raise _not_a_member()
        current = self._current(token, now, options)
        current.expires = now + REFRESH_LIFE
        return _answer(self._new_access(now, current.scopes), current.value)

    def revoke(self, value: str) -> bool:
        """Either token ends the whole connection."""
        if value not in self.access and value not in self.refresh:
            return False
        self.revoked |= self.access.keys() | self.refresh.keys()
        self.access.clear()
        self.refresh.clear()
        self.narrow.clear()
        return True

    def newest(self) -> tuple[str, str]:
        """The access and refresh token a client would hold, empty when the connection was revoked."""
        refresh = max(reversed(self.refresh.values()), key=lambda each: each.made, default=None)
        return next(reversed(self.access), ""), refresh.value if refresh else ""

    def document(self) -> dict[str, Any]:
        return {
            "access": {value: expires.isoformat() for value, expires in self.access.items()},
            "refresh": [
                [each.value, *(at.isoformat() if at else None for at in each.moments), list(each.scopes)]
                for each in self.refresh.values()
            ],
            "narrow": {value: list(scopes) for value, scopes in self.narrow.items()},
            "revoked": sorted(self.revoked),
        }

    def restore(self, saved: dict[str, Any]) -> None:
        self.access = {value: datetime.fromisoformat(at) for value, at in saved["access"].items()}
        self.refresh = {}
        self.narrow = {value: tuple(scopes) for value, scopes in saved.get("narrow", {}).items()}
        for value, made, connected, expires, replaced, *scopes in saved["refresh"]:
            born, consent, end = (datetime.fromisoformat(at) for at in (made, connected, expires))
            gone = datetime.fromisoformat(replaced) if replaced else None
            self.refresh[value] = RefreshToken(value, born, consent, end, tuple(*scopes) or (ACCOUNTING,), gone)
        self.revoked = set(saved["revoked"])

    def _current(self, token: RefreshToken, now: datetime, options: Options) -> RefreshToken:
        """The value to hand out: the same within a day, then a new one; an old one leads to its successor."""
        if token.replaced:
            same = (each for each in self.refresh.values() if each.connected == token.connected)
            return max(same, key=lambda each: each.made)
        if now < token.made + timedelta(hours=options.refresh_rotation_hours):
            return token
        token.replaced = now
        return self._new_refresh(now, connected=token.connected, scopes=token.scopes)

    def _new_refresh(self, now: datetime, *, connected: datetime, scopes: tuple[str, ...]) -> RefreshToken:
        value = f"AB11{int((now + REFRESH_LIFE).timestamp()):010d}" + self._letters(34)
        token = RefreshToken(value, made=now, connected=connected, expires=now + REFRESH_LIFE, scopes=scopes)
        self.refresh[value] = token
        return token

    def _new_access(self, now: datetime, scopes: tuple[str, ...]) -> str:
        head = base64.urlsafe_b64encode(b'{"enc":"A128CBC-HS256","alg":"dir"}').decode().rstrip("=")
        value = f"{head}..{self._letters(22)}.{self._letters(180)}.{self._letters(22)}"
        self.access[value] = now + ACCESS_LIFE
        if scopes != (ACCOUNTING,):
            self.narrow[value] = scopes
        return value

    def _letters(self, count: int) -> str:
        return "".join(self._random.choices(string.ascii_letters + string.digits, k=count))


def _answer(access: str, refresh: str) -> dict[str, Any]:
    return {
        "token_type": "bearer",
        "access_token": access,
        "expires_in": int(ACCESS_LIFE.total_seconds()),
        "refresh_token": refresh,
        "x_refresh_token_expires_in": int(REFRESH_LIFE.total_seconds()),
    }


def invalid_grant(description: str) -> OAuthRefusal:
    return OAuthRefusal(400, "invalid_grant", description)


def _not_a_member() -> OAuthRefusal:
    description = "Unauthorized Request: User is not a member of the specified Realm"
    detail = "The user is no longer a member of the company"
    return OAuthRefusal(
        400, "invalid_grant", description, x_error_reason="user_not_in_realm", x_error_reason_detail=detail
    )


def check_client(header: str | None, client_id: str, client_secret: str) -> None:
    scheme, _, value = (header or "").partition(" ")
    try:
        sent = base64.b64decode(value, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        sent = ""
    if scheme.lower() != "basic" or sent != f"{client_id}:{client_secret}":
        raise OAuthRefusal(401, "invalid_client")


def check_form(content_type: str | None, fields: dict[str, str]) -> str:
    """The kind of grant asked for."""
    form = (content_type or "").split(";")[0].strip().lower() == "application/x-www-form-urlencoded"
    grant = fields.get("grant_type")
    if not form or not grant:
        raise OAuthRefusal(400, "invalid_request")
    if grant not in TYPES:
        raise OAuthRefusal(400, "unsupported_grant_type")
    needed = "refresh_token" if grant == "refresh_token" else "code"
    if not fields.get(needed):
        raise OAuthRefusal(400, "invalid_request")
    return grant


def revoked_value(body: bytes, fields: dict[str, str]) -> str:
    """The documents say JSON; clients are about that send a form, and are understood."""
    if fields.get("token"):
        return fields["token"]
    try:
        document = wire.load(body)
    except wire.NotJson:
        raise OAuthRefusal(400, "invalid_request") from None
    if not isinstance(document, dict) or not isinstance(document.get("token"), str):
        raise OAuthRefusal(400, "invalid_request")
    return str(document["token"])
