"""The wire: bounded in time and size, one host, no redirects, and whatever comes back is understood or
unknown.
"""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
import time
import uuid
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tieout.quickbooks import sessions
from tieout.quickbooks.client import Client
from tieout.quickbooks.outcomes import (
    Accepted,
    AuthExpired,
    NotConnected,
    Rejected,
    Reply,
    Throttled,
    Unknown,
    Why,
    understood,
)
from tieout.quickbooks.waits import USUAL, Waits
from tieout.quickbooks.wire import MEGABYTE, TooMuch, Wire

Speaker = Callable[[socket.socket], None]
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def test_the_waits_are_as_promised() -> None:
    assert (
        Waits(
            connect=5,
            read=125,
            deadline=150,
            lease=180,
            look=150,
            second_look=60,
            throttled=60,
            throttled_jitter=10,
            circuit_after=5,
            circuit_rest=60,
            closing_date=3600,
            read_back=300,
            watch=600,
        )
        == USUAL
    )
    assert USUAL.lease > USUAL.deadline
    assert USUAL.look > 120, "QuickBooks itself works up to 120 seconds on a request"


def test_headers_that_drip_end_at_the_deadline() -> None:
    def drip(talk: socket.socket) -> None:
        for byte in HEAD * 100:
            talk.sendall(bytes([byte]))
            time.sleep(0.05)

    assert _seconds_until_failure(drip, replace(USUAL, deadline=0.6)) < 1.5


def test_a_body_that_drips_ends_at_the_deadline() -> None:
    def drip(talk: socket.socket) -> None:
        talk.sendall(HEAD + b"Content-Length: 1000\r\n\r\n")
        for _ in range(1000):
            talk.sendall(b" ")
            time.sleep(0.05)

    assert _seconds_until_failure(drip, replace(USUAL, deadline=0.6)) < 1.5


def test_silence_ends_at_the_read_time_out() -> None:
    assert _seconds_until_failure(lambda talk: time.sleep(1.5), replace(USUAL, read=0.4)) < 2.5


@pytest.mark.parametrize("megabytes", [2, 512])
def test_a_gzip_bomb_is_unpacked_no_further_than_the_limit(megabytes: int) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(bytes(MEGABYTE)) for _ in range(megabytes)) + packer.flush()

    with _served(_whole(bomb, b"Content-Encoding: gzip\r\n")) as wire, pytest.raises(TooMuch):
        wire.exchange("GET", "/")


def test_a_long_plain_body_is_read_no_further_than_the_limit() -> None:
    with _served(_whole(bytes(3 * MEGABYTE))) as wire, pytest.raises(TooMuch):
        wire.exchange("GET", "/")


def test_a_packed_answer_is_unpacked() -> None:
    with _served(_whole(gzip.compress(b'{"time":1}'), b"Content-Encoding: gzip\r\n")) as wire:
        assert b'{"time":1}' == wire.exchange("GET", "/").body


def test_a_packed_answer_cut_short_is_an_error() -> None:
    packed = gzip.compress(b'{"time":1}' * 50)
    with _served(_whole(packed[:-9], b"Content-Encoding: gzip\r\n")) as wire, pytest.raises(httpx2.DecodingError):
        wire.exchange("GET", "/")


def test_a_redirect_is_not_followed() -> None:
    answer = b"HTTP/1.1 307 Temporary Redirect\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"
    with _served(lambda talk: talk.sendall(answer)) as wire:
        assert 307 == wire.exchange("POST", "/", content=b"{}").status


def test_an_address_that_does_not_exist_is_unknown_and_not_an_error() -> None:
    wire = Wire(base_url="http://quickbooks.invalid", waits=USUAL)
    outcome = Client(wire=wire, realm="1", gate=_OpenGate()).create("JournalEntry", b"{}", requestid=_ID)

    assert isinstance(outcome, Unknown)


def test_a_certificate_that_nobody_vouches_for_is_unknown(tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_expired_certificate(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_shake_hands, args=(listener, context), daemon=True)
        thread.start()
        wire = Wire(base_url=f"https://127.0.0.1:{listener.getsockname()[1]}", waits=USUAL)
        outcome = Client(wire=wire, realm="1", gate=_OpenGate()).create("JournalEntry", b"{}", requestid=_ID)
        wire.close()
        thread.join(5)

    assert isinstance(outcome, Unknown)
    assert "CERTIFICATE_VERIFY_FAILED" in str(outcome)


@pytest.mark.parametrize(
    "address",
    [
        "http://quickbooks.api.intuit.com",
        "https://quickbooks.api.intuit.com.evil.example",
        "https://evil.example/quickbooks.api.intuit.com",
        "http://169.254.169.254",
        "http://2130706433",
        "https://user:word@quickbooks.api.intuit.com",
        "https://quickbooks.api.intuit.com:8443",
        "file:///etc/passwd",
        "https://quickbooks.api.intuit.com/v3",
    ],
)
def test_other_addresses_than_quickbooks_are_refused(address: str) -> None:
    with pytest.raises(sessions.ForbiddenHost, match="is no address of QuickBooks"):
        sessions.allowed(address)


@pytest.mark.parametrize("address", ["https://quickbooks.api.intuit.com", "https://sandbox-quickbooks.api.intuit.com/"])
def test_both_of_intuits_addresses_are_allowed_and_get_their_tokens_from_one_place(address: str) -> None:
    assert sessions.allowed(address) == address.rstrip("/")
    assert "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer" == sessions.token_url(address)


def test_an_emulator_elsewhere_has_to_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIEOUT_QUICKBOOKS_HOSTS", "emulator")

    assert "http://emulator:8090" == sessions.allowed("http://emulator:8090")


def fault(code: str, detail: str = "", message: str = "") -> bytes:
    return b'{"Fault":{"Error":[{"Message":"%b","Detail":"%b","code":"%b"}],"type":"ValidationFault"}}' % (
        message.encode(),
        detail.encode(),
        code.encode(),
    )


GATEWAY = b'{"warnings":null,"fault":{"error":[{"message":"m","detail":"d","code":"%b","element":null}]}}'


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (200, b'{"JournalEntry":{}}', Accepted),
        (200, b"", Unknown),
        (200, b"<html>", Unknown),
        (200, b"[]", Unknown),
        (200, b'{"JournalEntry":', Unknown),
        (200, b"[" * 100_000, Unknown),
        (200, b"\xff\xfe", Unknown),
        (200, fault("2020"), Rejected),
        (200, GATEWAY % b"3001", Throttled),
        (400, b"Bad Request", Unknown),
        (400, b"{}", Unknown),
        (400, fault("2020"), Rejected),
        (400, fault("6560"), Rejected),
        (400, fault("6000", "Business Validation Error: Please balance debits and credits."), Rejected),
        (400, fault("6000", "An unexpected error occurred while accessing or saving your data."), Unknown),
        (400, fault("6140"), Unknown),
        (400, fault("600"), Unknown),
        (400, fault("10000"), Unknown),
        (400, fault("6190"), NotConnected),
        (401, GATEWAY % b"3200", AuthExpired),
        (401, b"", AuthExpired),
        (401, fault("120"), NotConnected),
        (403, GATEWAY % b"3100", NotConnected),
        (403, b"<html>blocked</html>", Unknown),
        (404, b"", Unknown),
        (408, b"", Unknown),
        (413, b"", Rejected),
        (429, b"", Throttled),
        (429, GATEWAY % b"3001", Throttled),
        (429, fault("3001"), Throttled),
        (500, b"", Unknown),
        (500, fault("2020"), Unknown),
        (502, b"<html>", Unknown),
        (503, b"", Unknown),
        (504, b"", Unknown),
        (302, b"", Unknown),
    ],
)
def test_an_answer_means_what_the_table_says(status: int, body: bytes, outcome: type[Any]) -> None:
    assert outcome is type(understood(Reply(status=status, body=body)))


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (fault("610", "Object Not Found : Something you're trying to use has been made inactive."), Why.REFERENCE),
        (fault("2500", "Invalid Reference Id : Accounts element id 7 not found"), Why.REFERENCE),
        (fault("6210"), Why.CLOSED_BOOKS),
        (fault("5010", "The account period has closed. {1}", "Account Period Closed"), Why.CLOSED_BOOKS),
        (fault("5010", "Stale Object Error : You and Jane Doe were working on this"), Why.STALE),
        (fault("6240"), Why.NAME_TAKEN),
        (fault("2050"), Why.VALIDATION),
    ],
)
def test_one_code_can_mean_two_things_and_two_codes_one(body: bytes, why: Why) -> None:
    outcome = understood(Reply(status=400, body=body))

    assert isinstance(outcome, Rejected)
    assert why == outcome.why


@pytest.mark.parametrize(("said", "seconds"), [("", 60), ("5", 60), ("90", 90), ("999999", 3600), ("soon", 60)])
def test_a_throttled_request_waits_at_least_a_minute(said: str, seconds: int) -> None:
    outcome = understood(Reply(status=429, body=b""), retry_after=said)

    assert isinstance(outcome, Throttled)
    assert seconds == outcome.wait


class _OpenGate:
    def pass_one(self) -> None:
        """No pace."""

    def token(self, *, instead_of: str | None = None) -> str:
        return "token"


_ID = uuid.UUID(int=1)


def _expired_certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2021, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / "expired.pem"
    path.write_bytes(private + certificate.public_bytes(pem))
    return path


def _shake_hands(listener: socket.socket, context: ssl.SSLContext) -> None:
    talk, _ = listener.accept()
    with talk, suppress(OSError):
        context.wrap_socket(talk, server_side=True).close()


def _whole(body: bytes, head: bytes = b"") -> Speaker:
    def speak(talk: socket.socket) -> None:
        talk.sendall(HEAD + head + b"Content-Length: %d\r\n\r\n" % len(body) + body)

    return speak


@contextmanager
def _served(speak: Speaker, waits: Waits = USUAL) -> Iterator[Wire]:
    """A wire to a server that says what `speak` says to whoever connects."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_answer, args=(listener, speak), daemon=True)
        thread.start()
        wire = Wire(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}", waits=waits)
        try:
            yield wire
        finally:
            wire.close()
            thread.join(5)


def _answer(listener: socket.socket, speak: Speaker) -> None:
    talk, _ = listener.accept()
    with talk:
        talk.recv(65536)
        try:
            speak(talk)
        except OSError:
            return  # the client had enough


def _seconds_until_failure(speak: Speaker, waits: Waits) -> float:
    began = time.monotonic()
    with _served(speak, waits) as wire, pytest.raises(httpx2.TimeoutException):
        wire.exchange("GET", "/")
    return time.monotonic() - began


def test_a_request_repeated_with_a_fresh_token_gets_what_is_left_of_the_deadline() -> None:
    def slow(talk: socket.socket) -> None:
        time.sleep(0.5)
        talk.sendall(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n")
        talk.recv(65536)
        time.sleep(1.5)

    began = time.monotonic()
    with _served(slow, replace(USUAL, deadline=1.0)) as wire:
        outcome = Client(wire=wire, realm="1", gate=_OpenGate()).create("JournalEntry", b"{}", requestid=_ID)
        took = time.monotonic() - began

    assert isinstance(outcome, Unknown)
    assert took < 1.4
