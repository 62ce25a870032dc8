"""A witness's service over HTTP: few connections, small bodies, and an end to each of them.

Plain HTTP: what is sent and answered is signed, and holds nothing but sizes, hashes and keys. Who
listens on the line learns how busy a station is; who changes it is refused by the signatures.
"""

import logging
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final, Self

from crypto.net.cut_off import CutOff
from workstation.errors import WitnessUnusable
from workstation.witness.requests import MAX_REQUEST_BYTES
from workstation.witness.witness import WitnessAnswer, WitnessService

__all__ = ["WitnessServer"]

_log = logging.getLogger(__name__)

_MAX_CONNECTIONS: Final = 32
_SILENCE_S: Final = 5.0
_WHOLE_S: Final = 10.0
"""For a request of at most 64 KiB and its answer, however slowly they drip."""


class WitnessServer:
    """Listens at an address; a context manager whose threads end with it.

    whole_s  seconds for one connection from its beginning
    """

    def __init__(
        self, service: WitnessService, host: str, port: int, *, whole_s: float = _WHOLE_S
    ) -> None:
        self._server = _Server((host, port), service, whole_s)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.1,), name="witness", daemon=True
        )

    @property
    def address(self) -> tuple[str, int]:
        """The address that is listened at; the port that was free when 0 was given."""
        host, port = self._server.server_address[:2]
        return str(host), int(port)

    def serve(self) -> None:
        """Answer in this thread until interrupted."""
        self._server.serve_forever(0.5)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self.close()

    def close(self) -> None:
        """Stop listening and wait for the answers that are under way."""
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    # Threads that are no daemons are joined by server_close; each ends by its deadline.
    daemon_threads = False

    def __init__(self, address: tuple[str, int], service: WitnessService, whole_s: float) -> None:
        self.service = service
        self.whole_s = whole_s
        self.free = threading.BoundedSemaphore(_MAX_CONNECTIONS)
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        super().__init__(address, _Handler)

    def process_request(self, request: object, client_address: object) -> None:
        """Answer in a thread of its own; one too many is hung up on."""
        if not self.free.acquire(blocking=False):
            self.shutdown_request(request)  # type: ignore[arg-type]
            return
        try:
            super().process_request(request, client_address)  # type: ignore[arg-type]
        except BaseException:
            self.free.release()
            raise

    def process_request_thread(self, request: object, client_address: object) -> None:
        """Answer one connection, within its seconds."""
        try:
            with CutOff(_as_socket(request), time.monotonic() + self.whole_s):
                super().process_request_thread(request, client_address)  # type: ignore[arg-type]
        finally:
            self.free.release()

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep quiet about clients that hang up."""


def _as_socket(request: object) -> socket.socket:
    if not isinstance(request, socket.socket):
        raise TypeError("request")
    return request


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = _SILENCE_S
    server_version = "tlog-witness"
    sys_version = ""

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit() and len(length) < len("1000000")):
            self._send(411, WitnessAnswer(400))
            return
        if int(length) > MAX_REQUEST_BYTES:
            self._send(413, WitnessAnswer(400))
            return
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            return
        try:
            answer = self.server.service.answer(self.path, body)
        except WitnessUnusable as unusable:
            _log.error("witness state: %s", unusable.detail)
            self._send(503, WitnessAnswer(503))
            return
        self._send(answer.status, answer)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Write nothing: every station asks once a minute."""

    def _send(self, status: int, answer: WitnessAnswer) -> None:
        self.send_response(status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(answer.body)
