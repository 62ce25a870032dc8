"""One HTTP server on a free port of 127.0.0.1 whose threads end when it is closed."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

__all__ = [
    "MALFORMED",
    "NOT_FOUND",
    "HttpAnswer",
    "HttpQuestion",
    "LoopbackServer",
    "LoopbackService",
]

_MAX_BODY = 4 << 20
_READ_TIMEOUT_S = 5


@dataclass(frozen=True, slots=True)
class HttpQuestion:
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What to send back; `location` only for redirects."""

    status: int
    content_type: str
    body: bytes
    location: str = ""


NOT_FOUND = HttpAnswer(404, "application/json", b'{"error":"SANDBOX: nothing here"}')
MALFORMED = HttpAnswer(400, "application/json", b'{"error":"SANDBOX: malformed"}')


class LoopbackServer:
    """Answers with what `answer` returns; None closes the connection without a word."""

    def __init__(self, answer: Callable[[HttpQuestion], HttpAnswer | None], name: str) -> None:
        self._answer = answer
        self._name = name
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Base address without a trailing slash; only between start and close."""
        if self._server is None:
            raise RuntimeError("not_started")
        return f"http://127.0.0.1:{self._server.server_port}"

    def start(self) -> None:
        """Listen and answer in threads of its own."""
        server = _Server(("127.0.0.1", 0), _handler(self._answer))
        self._server = server
        self._thread = threading.Thread(
            target=server.serve_forever, args=(0.05,), name=self._name, daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Stop listening and join every thread; may be called again."""
        server, thread = self._server, self._thread
        self._server = self._thread = None
        if server is not None and thread is not None:
            server.shutdown()
            thread.join()
            server.server_close()


class LoopbackService(ABC):
    """A service of the sandbox on a server of its own, which may be late or silent until closed."""

    def __init__(self, name: str) -> None:
        self._closing = threading.Event()
        self._server = LoopbackServer(self._answer, name)

    @property
    def url(self) -> str:
        """Base address."""
        return self._server.url

    def start(self) -> None:
        """Listen on a free port of 127.0.0.1."""
        self._closing.clear()
        self._server.start()

    def close(self) -> None:
        """Let silent answers go, stop and join."""
        self._closing.set()
        self._server.close()

    @abstractmethod
    def _answer(self, question: HttpQuestion) -> HttpAnswer | None:
        """Answer a question; None hangs up."""


class _Server(ThreadingHTTPServer):
    # Threads that are no daemons are joined by server_close.
    daemon_threads = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep quiet about clients that hang up."""


def _handler(
    answer: Callable[[HttpQuestion], HttpAnswer | None],
) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = _READ_TIMEOUT_S
        server_version = "SANDBOX"
        sys_version = ""

        def do_GET(self) -> None:
            self._respond(b"")

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            if not length.isascii() or not length.isdigit() or int(length) > _MAX_BODY:
                self.send_error(400)
                return
            self._respond(self.rfile.read(int(length)))

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
            """Write nothing: requests hold ИИН."""

        def _respond(self, body: bytes) -> None:
            question = HttpQuestion(self.command, self.path, dict(self.headers.items()), body)
            given = answer(question)
            if given is None:
                return
            self.send_response(given.status)
            self.send_header("Content-Type", given.content_type)
            self.send_header("Content-Length", str(len(given.body)))
            if given.location:
                self.send_header("Location", given.location)
            self.end_headers()
            self.wfile.write(given.body)

    return Handler
