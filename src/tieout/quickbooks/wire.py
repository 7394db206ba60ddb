"""Bytes to QuickBooks and back, bounded: by time as a whole, by size after unpacking, to one host, no
redirects.

An HTTP client's time-outs count from byte to byte, so an answer that drips one byte a second never ends.
Here every read and write of the socket gets what is left of the request's whole deadline. And a kilobyte
of gzip can unpack to a gigabyte, so bodies are unpacked here, as far as the limit.
"""

from __future__ import annotations

import ssl
import time
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpcore2
import httpx2

from tieout.quickbooks import faults
from tieout.quickbooks.waits import Waits

MEGABYTE = 1 << 20


class TooMuch(Exception):
    """An answer longer than any answer to this question can be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    status: int
    headers: httpx2.Headers
    body: bytes


class Wire:
    """One connection pool to one host, used by one thread."""

    def __init__(self, *, base_url: str, waits: Waits) -> None:
        self._waits = waits
        self._clock = _Clock()
        self._client = httpx2.Client(
            base_url=base_url,
            transport=_Transport(self._clock),
            timeout=httpx2.Timeout(waits.read, connect=waits.connect),
            follow_redirects=False,
            trust_env=False,
            headers={"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": "Tieout"},
        )

    def exchange(
        self,
        method: str,
        path: str,
        *,
        params: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        content: bytes | None = None,
        most: int = MEGABYTE,
        again: bool = False,
    ) -> Response:
        """One request and its whole answer; raises httpx2.HTTPError or TooMuch.

        `again` is the same request repeated: it gets what its predecessor left of the deadline.
        """
        if not again:
            self._clock.start(self._waits.deadline)
        with self._client.stream(method, path, params=params, headers=headers, content=content) as response:
            body = _read(response, most=most)
        if content:
            faults.point("response read")
        return Response(status=response.status_code, headers=response.headers, body=body)

    def close(self) -> None:
        self._client.close()


def _read(response: httpx2.Response, *, most: int) -> bytes:
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 32) if "content-encoding" in response.headers else None
    body = bytearray()
    for chunk in response.iter_raw():
        try:
            body += unpack.decompress(chunk, most + 1 - len(body)) if unpack else chunk
        except zlib.error as error:
            raise httpx2.DecodingError(str(error)) from error
        if len(body) > most or (unpack and unpack.unconsumed_tail):
            raise TooMuch(f"more than {most} bytes")
    if unpack and not unpack.eof:
        raise httpx2.DecodingError("the packed answer ends too early")
    return bytes(body)


class _Clock:
    """The moment at which the request under way must be over, on a clock that nobody sets."""

    def __init__(self) -> None:
        self._ends = float("inf")

    def start(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    def left(self, timeout: float | None, late: type[Exception]) -> float:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise late("the request took too long as a whole")
        return left if timeout is None else min(left, timeout)


@cache
def _tls() -> ssl.SSLContext:
    """The roots of trust, read once a process: reading them takes 25 ms, longer than many a request."""
    return httpx2.create_ssl_context(trust_env=False)


class _Transport(httpx2.HTTPTransport):
    """httpx2's own transport on a network that knows the deadline: httpcore2 has that seam, httpx2 hides
    it.
    """

    def __init__(self, clock: _Clock) -> None:
        super().__init__(verify=_tls(), trust_env=False)
        self._pool = httpcore2.ConnectionPool(
            ssl_context=_tls(),
            max_connections=2,
            keepalive_expiry=20,
            network_backend=_Network(clock),
        )


class _Network(httpcore2.NetworkBackend):
    def __init__(self, clock: _Clock) -> None:
        self._clock = clock
        self._sockets = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        left = self._clock.left(timeout, httpcore2.ConnectTimeout)
        stream = self._sockets.connect_tcp(host, port, left, local_address, socket_options)
        return _Stream(stream, self._clock)


class _Stream(httpcore2.NetworkStream):
    def __init__(self, stream: httpcore2.NetworkStream, clock: _Clock) -> None:
        self._stream = stream
        self._clock = clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._clock.left(timeout, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        left = self._clock.left(timeout, httpcore2.WriteTimeout)
        if faults.armed("half of the request written") and b"{" in buffer:
            self._stream.write(buffer[: len(buffer) // 2], left)
            faults.point("half of the request written")
        self._stream.write(buffer, left)
        if b"{" in buffer:
            faults.point("request written")

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        left = self._clock.left(timeout, httpcore2.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left), self._clock)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
