"""Permission: who may be sent to the consent page and back, and the codes that prove a user said yes."""

import random
import string
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit

ACCOUNTING = "com.intuit.quickbooks.accounting"
OPENID = "openid"
SCOPES = frozenset({ACCOUNTING, "com.intuit.quickbooks.payment", OPENID, "profile", "email", "phone", "address"})
CODE_LIFE = timedelta(minutes=5)
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


class BadRequest(ValueError):
    """Sent to the consent page in a way that cannot be answered with a redirect."""


@dataclass(frozen=True)
class Wish:
    """What an application asks a user for."""

    client_id: str
    redirect_uri: str
    state: str
    scopes: tuple[str, ...]

    @property
    def strange(self) -> list[str]:
        return [scope for scope in self.scopes if scope not in SCOPES]

    def back(self, **values: str) -> str:
        """Where the browser goes now; `state` is returned as it came."""
        joint = "&" if urlsplit(self.redirect_uri).query else "?"
        return f"{self.redirect_uri}{joint}{urlencode({**values, 'state': self.state})}"


@dataclass(frozen=True)
class Code:
    wish: Wish
    realm_id: str
    expires: datetime


class Consent:
    """One application's registration and its unused codes."""

    def __init__(self, source: random.Random) -> None:
        self._source = source
        self.redirect_uris: tuple[str, ...] = ()
        """The registered ones; none: any address of this machine, as development keys allow."""
        self._codes: dict[str, Code] = {}

    def wish(self, query: dict[str, str], client_id: str) -> Wish:
        """What the query asks for, refused where not even a redirect is safe."""
        if query.get("client_id") != client_id:
            raise BadRequest("The client_id is not known.")
        redirect_uri = query.get("redirect_uri", "")
        if not self._is_registered(redirect_uri):
            raise BadRequest("The redirect_uri query parameter value is invalid: it is not registered.")
        if query.get("response_type") != "code":
            raise BadRequest("The response_type has to be code.")
        if not query.get("state"):
            raise BadRequest("The state query parameter is missing.")
        return Wish(client_id, redirect_uri, query["state"], tuple(query.get("scope", "").split()))

    def granted(self, wish: Wish, realm_id: str, now: datetime) -> str:
        """Back to the application with a code, and with the company when its books were asked for."""
        code = "AB11" + "".join(self._source.choices(string.ascii_letters + string.digits, k=60))
        self._codes[code] = Code(wish, realm_id, now + CODE_LIFE)
        company = {"realmId": realm_id} if ACCOUNTING in wish.scopes else {}
        return wish.back(code=code, **company)

    def peek(self, code: str) -> Code | None:
        return self._codes.get(code)

    def redeemed(self, code: str, redirect_uri: str, now: datetime) -> Code | None:
        """A code works once, for five minutes, and for the address it was sent to."""
        found = self._codes.pop(code, None)
        if found is None or now >= found.expires or found.wish.redirect_uri != redirect_uri:
            return None
        return found

    def _is_registered(self, uri: str) -> bool:
        if self.redirect_uris:
            return uri in self.redirect_uris
        parts = urlsplit(uri)
        return parts.scheme in ("http", "https") and parts.hostname in LOCAL
