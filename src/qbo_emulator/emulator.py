"""The whole emulator: its companies, its one client, and the way a request takes from gateway to answer."""

import random
import secrets
import threading
import uuid
from datetime import datetime, timedelta
from typing import Any

from qbo_emulator import faults, guard, oauth
from qbo_emulator.clock import fine_stamp
from qbo_emulator.consent import OPENID, Consent
from qbo_emulator.disruption import spoiled
from qbo_emulator.http import accounting, connect
from qbo_emulator.http.address import Address
from qbo_emulator.http.messages import Request, Response, json_response
from qbo_emulator.injection import DECIDING, Rule
from qbo_emulator.realm import Realm, Seen
from qbo_emulator.signing import Signer
from qbo_emulator.store import Store


class NoSuchRealm(LookupError):
    """No company has this realm id."""


class Emulator:
    def __init__(self, template: str = "empty", *, start: datetime | None = None, seed: int | None = None) -> None:
        self.source = random.Random(secrets.randbits(64) if seed is None else seed)
        self.start = start
        self.client_id = guard.OWN_CLIENT + self._letters(20)
        self.client_secret = self._letters(40)
        self.consent = Consent(self.source)
        self.signer = Signer(self.source)
        self.webhook_verifier = str(uuid.UUID(int=self.source.getrandbits(128), version=4))
        self.realms: dict[str, Realm] = {}
        self.url = ""
        self.store: Store | None = None
        self.stopping = threading.Event()
        self._adding = threading.Lock()
        self.add(template)

    def add(self, template: str) -> Realm:
        with self._adding:
            identity = "934145" + "".join(self.source.choices("0123456789", k=10))
            realm = self.keep_realm(Realm(identity, template, self.source, self.start))
            if self.store is not None:
                self.store.whole(realm)
            return realm

    def keep_realm(self, realm: Realm) -> Realm:
        realm.base_url = lambda: self.url
        self.realms[realm.id] = realm
        return realm

    @property
    def first(self) -> Realm:
        return next(iter(self.realms.values()))

    def realm(self, identity: str | None) -> Realm:
        """The realm named, or the first."""
        if not identity:
            return self.first
        if identity not in self.realms:
            raise NoSuchRealm(f"there is no company {identity}")
        return self.realms[identity]

    def introduction(self) -> dict[str, str]:
        """The first line on standard output: all a client needs."""
        return {
            "url": self.url,
            "realm_id": self.first.id,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "access_token": self.first.access_token,
            "refresh_token": self.first.refresh_token,
            "webhook_verifier": self.webhook_verifier,
        }

    # The accounting API

    def accounting(self, request: Request, where: Address) -> Response:
        realm = self.realms.get(where.realm, self.first)
        seen = self._saw(realm, request, where.entity, where.operation)
        rules = realm.injection.met(request.method, where.entity, where.operation)
        return self._through(realm, request, rules, seen, lambda: self._accounted(realm, request, where))

    def _accounted(self, realm: Realm, request: Request, where: Address) -> Response:
        try:
            self._pass_gateway(request, where)
            return accounting.answer(realm, request, where, self.url)
        except faults.Refusal as refusal:
            return accounting.refused(refusal, realm.clock.now(), realm.company.zone)

    def _pass_gateway(self, request: Request, where: Address) -> None:
        header = request.headers.get("Authorization")
        owner = next((each for each in self.realms.values() if each.tokens.knows(header)), self.first)
        owner.tokens.check(header, owner.clock.now())
        if owner.id != where.realm or not owner.tokens.may_keep_books(header):
            raise faults.forbidden()
        options, injected = owner.company.options, owner.injection
        per_minute = injected.per_minute or (options.throttle_per_minute if options.throttle else None)
        per_second = injected.per_second or (options.throttle_per_second if options.throttle else None)
        if not owner.throttle.admits(per_minute=per_minute, per_second=per_second):
            raise faults.throttled(upper_case=options.throttle_upper_case)
        batches = options.throttle_batches_per_minute if options.throttle else None
        if where.segment == "batch" and not owner.batches.admits(per_minute=batches, per_second=None):
            raise faults.throttled(upper_case=options.throttle_upper_case)

    # Tokens

    def token(self, request: Request) -> Response:
        value = request.form.get("refresh_token", "")
        code = self.consent.peek(request.form.get("code", ""))
        owner = self.realms.get(code.realm_id) if code else None
        realm = owner or next((each for each in self.realms.values() if value in each.tokens.refresh), self.first)
        seen = self._saw(realm, request, None, "token")
        rules = realm.injection.met(request.method, None, "token")
        return self._through(realm, request, rules, seen, lambda: self._renewed(realm, request, value))

    def _renewed(self, realm: Realm, request: Request, value: str) -> Response:
        try:
            oauth.check_client(request.headers.get("Authorization"), self.client_id, self.client_secret)
            grant = oauth.check_form(request.headers.get("Content-Type"), request.form)
            with realm.company.lock:
                if grant == "authorization_code":
                    answer = self._exchanged(realm, request.form)
                else:
                    answer = realm.tokens.renew(value, realm.clock.now(), realm.company.options)
                if OPENID in realm.tokens.scopes_of(f"Bearer {answer['access_token']}"):
                    answer["id_token"] = connect.id_token(self, realm)
                self._keep(realm)
                return json_response(answer)
        except oauth.OAuthRefusal as refusal:
            return json_response(refusal.document, refusal.status)

    def _exchanged(self, realm: Realm, form: dict[str, str]) -> dict[str, Any]:
        """The first tokens of a new connection for a code."""
        now = realm.clock.now()
        code = self.consent.redeemed(form["code"], form.get("redirect_uri", ""), now)
        if code is None:
            raise oauth.invalid_grant("Invalid authorization code")
        realm.tokens.connect(now, code.wish.scopes)
        return realm.tokens.handed_out()

    def revoke(self, request: Request) -> Response:
        realm = self.first
        try:
            oauth.check_client(request.headers.get("Authorization"), self.client_id, self.client_secret)
            value = oauth.revoked_value(request.body, request.form)
            realm = next((each for each in self.realms.values() if each.tokens.revoke(value)), realm)
            if value not in realm.tokens.revoked:
                raise oauth.OAuthRefusal(400, "invalid_request", "The token is invalid or already revoked")
            self._keep(realm)
            response = Response(200)
        except oauth.OAuthRefusal as refusal:
            response = json_response(refusal.document, refusal.status)
        seen = self._saw(realm, request, None, "token")
        seen.status = response.status
        return response

    def _keep(self, realm: Realm) -> None:
        if self.store is not None:
            self.store.head(realm)

    # The way of every request

    def _through(self, realm: Realm, request: Request, rules: list[Rule], seen: Seen, answer: Any) -> Response:
        """Delays, faults and the answer itself, in the order they happen on the wire."""
        deciding = next((rule for rule in rules if rule.what in DECIDING), None)
        self._wait(rules, after=False)
        response: Response | None = None
        if deciding is None or deciding.commit:
            response = answer()
            _follow_up(realm, request, rules, response)
            seen.committed = response.committed
        if deciding is not None:
            response = spoiled(response, deciding, realm)
        assert response is not None
        response.headers.setdefault("Intuit-Tid", seen.intuit_tid)
        self._wait(rules, after=True)
        seen.status = None if deciding and deciding.what in ("timeout", "reset") else response.status
        return response

    def _wait(self, rules: list[Rule], *, after: bool) -> None:
        for rule in rules:
            if rule.what == "delay" and rule.commit == after:
                self.stopping.wait(float(rule.details.get("s", 1)))

    def _saw(self, realm: Realm, request: Request, entity: str | None, operation: str) -> Seen:
        now = realm.clock.now()
        tid = f"1-{int(now.timestamp()):08x}-{self.source.getrandbits(96):024x}"
        return realm.saw(
            lambda n: Seen(
                n=n,
                time=fine_stamp(now, realm.company.zone),
                method=request.method,
                path=request.path,
                query=request.query_string,
                entity=entity,
                operation=operation,
                requestid=request.query.get("requestid") or None,
                intuit_tid=tid,
            )
        )

    def _letters(self, count: int) -> str:
        return "".join(self.source.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=count))


def _follow_up(realm: Realm, request: Request, rules: list[Rule], response: Response) -> None:
    """What a committed write meets later: hidden from queries for a while, its requestid forgotten."""
    now = realm.clock.now()
    for rule in rules:
        later = now + timedelta(seconds=float(rule.details.get("s", 0)))
        if rule.what == "hide" and response.record is not None and response.committed:
            response.record.visible_from = later
        if rule.what == "forget_requestids":
            known = realm.company.requestids.get(request.query.get("requestid", ""))
            if known is not None:
                known.forget_at = later
