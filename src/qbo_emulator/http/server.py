"""HTTP/1.1 by the standard library, because some faults need the bare socket: resets, half answers, slow
drips.
"""

import gzip
import logging
import select
import socket
import struct
import time
import traceback
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import unquote

from qbo_emulator.http.messages import Headers, Request, Response
from qbo_emulator.http.routes import respond

if TYPE_CHECKING:
    from qbo_emulator.emulator import Emulator

WORTH_PACKING = 600
log = logging.getLogger("qbo_emulator")


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    allow_reuse_address = True

    def __init__(self, emulator: "Emulator", port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.emulator = emulator
        emulator.url = f"http://127.0.0.1:{self.server_address[1]}"

    def stop(self) -> None:
        self.emulator.stopping.set()
        self.shutdown()
        self.server_close()

    def server_bind(self) -> None:
        """Without the reverse look-up of the name, which can take seconds."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: Server

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_PUT(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def do_HEAD(self) -> None:
        self._serve()

    def _serve(self) -> None:
        started = time.perf_counter()
        try:
            response = respond(self.server.emulator, self._request())
        except Exception:
            log.error("unexpected: %s", traceback.format_exc())
            response = Response(500, b'{"error":"the emulator itself failed; see its log"}', "application/json")
        response.headers["Service-Time"] = f"total={int((time.perf_counter() - started) * 1000)}, db=0"
        self._send(response)

    def _request(self) -> Request:
        path, _, query = self.path.partition("?")
        return Request(self.command, unquote(path), query, Headers(dict(self.headers)), self._body())

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            return b"".join(self._chunks())
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self.rfile.readline().split(b";")[0], 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():  # trailers
            continue

    # Sending

    def _send(self, response: Response) -> None:
        rule = response.disruption
        what = rule.what if rule else ""
        if what == "reset":
            self._reset()
        elif what == "timeout" and rule:
            self._hang(float(rule.details.get("s", 120)))
        elif what == "truncate":
            self._head(response, len(response.body))
            self._finish(response.body[: len(response.body) // 2])
        elif what == "wrong_length":
            response.headers["Connection"] = "close"
            self._head(response, max(len(response.body) - 10, 0))
            self._finish(response.body)
        elif what == "slow_drip" and rule:
            self._drip(response, float(rule.details.get("s", 5)))
        else:
            self._whole(response)

    def _whole(self, response: Response) -> None:
        body = response.body
        packs = "gzip" in self.headers.get("Accept-Encoding", "") and "Content-Encoding" not in response.headers
        if packs and len(body) >= WORTH_PACKING:
            body = gzip.compress(body, 1)
            response.headers["Content-Encoding"] = "gzip"
        self._head(response, len(body))
        if self.command != "HEAD":
            self.wfile.write(body)

    def _head(self, response: Response, length: int) -> None:
        self.send_response_only(response.status)
        headers = {
            "Date": self.date_time_string(),
            "Content-Type": response.content_type,
            "Content-Length": str(length),
            "QBO-Version": "1996.175",
            "Cache-Control": "max-age=0, no-cache, no-store, must-revalidate, private",
            "Expires": "0",
            "X-Spanid": str(uuid.uuid4()),
            **response.headers,
        }
        if self.close_connection:
            headers.setdefault("Connection", "close")  # or the client would use it again and lose a request
        tid = headers.get("Intuit-Tid")
        if tid:
            headers |= {"intuit_tid": tid, "X-Amzn-Trace-Id": f"Root={tid}"}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _finish(self, body: bytes) -> None:
        self.wfile.write(body)
        self.wfile.flush()
        self.close_connection = True

    def _drip(self, response: Response, seconds: float) -> None:
        """The whole answer, in twenty pieces over so many seconds."""
        self._head(response, len(response.body))
        self.wfile.flush()
        size = max(len(response.body) // 20, 1)
        for start in range(0, len(response.body), size):
            if self.server.emulator.stopping.wait(seconds / 20):
                break
            self.wfile.write(response.body[start : start + size])
            self.wfile.flush()

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def _hang(self, seconds: float) -> None:
        """No answer until the client gives up; after `seconds` the gateway says 504."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self.server.emulator.stopping.is_set():
            readable, _, _ = select.select([self.connection], [], [], 0.1)
            if readable:
                self.close_connection = True
                return
        self._whole(Response(504, b"", "text/html", {"Connection": "close"}))
        self.close_connection = True

    def handle(self) -> None:
        try:
            super().handle()
        except (ConnectionError, TimeoutError, ValueError) as gone:
            log.debug("connection lost: %s", gone)

    def finish(self) -> None:
        try:
            super().finish()
        except (OSError, ValueError) as gone:
            log.debug("connection lost: %s", gone)

    def log_message(self, text: str, *args: object) -> None:
        log.debug(text, *args)
