"""One HTTP exchange with one configured service: bounded, cancellable, never redirected.

A long poll blocks in the socket for minutes, so the wish to stop comes from outside: a guard shuts
the connection down when the teller gives up or the time is over.
"""

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self
from urllib.parse import SplitResult, urlsplit

from crypto.carrier.errors import (
    CarrierCancelled,
    CarrierProtocol,
    CarrierUnreachable,
    RequestRefused,
)
from crypto.carrier.pinned_tls import pinned_context
from crypto.net.connection import ANY_MACHINE, Dialling, ThisMachineRefused, http_over

__all__ = ["ExchangeDropped", "WebAnswer", "WebService"]

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_GUARD_S = 0.1
_CONNECT_S = 10.0
_MAX_ADDRESS = 2048
_JSON = "application/json"
_USER_AGENT = "verification-workstation"


class ExchangeDropped(Exception):
    """The connection was lost or the exchange's own time was over; it may be tried again."""


@dataclass(frozen=True, slots=True)
class WebAnswer:
    """Status and body; the body is whole and within the limit."""

    status: int
    untrusted_body: bytes


class WebService:
    """One origin: scheme, host and port. No other address is ever spoken to.

    url              https://host[:port][/path]; plain http for this machine only
    tls_anchors      DER certificates one of which must have issued the service's chain
    max_reply_bytes  of any answer's body
    dialling         how it is reached, and whether it may be this machine
    """

    def __init__(
        self,
        url: str,
        tls_anchors: tuple[bytes, ...],
        *,
        max_reply_bytes: int,
        dialling: Dialling = ANY_MACHINE,
    ) -> None:
        parts = _plain(url)
        secure = parts is not None and parts.scheme == "https"
        plain = parts is not None and parts.scheme == "http" and parts.hostname in _LOOPBACK
        if parts is None or parts.query or not (secure or plain):
            raise RequestRefused("url")
        self._parts = parts
        self._tls = pinned_context(tls_anchors) if secure else None
        self._max_reply_bytes = max_reply_bytes
        self._dialling = dialling

    @property
    def host(self) -> str:
        """Return the service's host, without the port."""
        return self._parts.hostname or ""

    def below(self, path: str) -> str:
        """Return the address of a path under the configured one."""
        return self._parts._replace(path=self._parts.path.rstrip("/") + path).geturl()

    def admitted(self, untrusted_url: str) -> str:
        """Return the address if it is one of this service; CarrierProtocol(`foreign_url`)."""
        parts = _plain(untrusted_url)
        if parts is None or _origin(parts) != _origin(self._parts):
            raise CarrierProtocol("foreign_url")
        return untrusted_url

    def exchange(
        self,
        method: str,
        url: str,
        body: bytes | None,
        *,
        timeout_s: float,
        cancelled: Callable[[], bool],
    ) -> WebAnswer:
        """Send one request and return its answer.

        Raises ExchangeDropped, CarrierCancelled(`teller`), CarrierUnreachable when the service
        cannot be reached or its TLS is not the pinned one, CarrierProtocol(`oversize`).
        """
        deadline = time.monotonic() + timeout_s
        opened = self._opened(timeout_s)
        with contextlib.closing(opened), _Guard(opened, deadline, cancelled) as guard:
            try:
                answer = self._asked(opened, method, self.admitted(url), body)
            except ssl.SSLCertVerificationError:
                raise CarrierUnreachable("tls_refused") from None
            except (OSError, http.client.HTTPException, ValueError):
                guard.require_quiet()
                raise ExchangeDropped from None
            # What was cut short can look whole when its length was not announced.
            guard.require_quiet()
            return answer

    def _opened(self, timeout_s: float) -> socket.socket:
        deadline = time.monotonic() + min(timeout_s, _CONNECT_S)
        try:
            plain = self._dialling.connect(self.host, self._port, deadline=deadline)
        except ThisMachineRefused:
            raise CarrierUnreachable("this_machine") from None
        except TimeoutError:
            raise CarrierUnreachable("timeout") from None
        except (OSError, UnicodeError):
            raise CarrierUnreachable("not_listening") from None
        plain.settimeout(timeout_s)
        if self._tls is None:
            return plain
        return self._tls.wrap_socket(
            plain, server_hostname=self.host, do_handshake_on_connect=False
        )

    def _asked(self, opened: socket.socket, method: str, url: str, body: bytes | None) -> WebAnswer:
        if isinstance(opened, ssl.SSLSocket):
            opened.do_handshake()
        connection = http_over(opened, self.host, self._port)
        parts = urlsplit(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = {
            "Accept": _JSON,
            "Accept-Encoding": "identity",
            "Connection": "close",
            "User-Agent": _USER_AGENT,
        }
        if body is not None:
            headers["Content-Type"] = _JSON
        connection.request(method, target, body, headers)
        with connection.getresponse() as response:
            taken = response.read(self._max_reply_bytes + 1)
            if len(taken) > self._max_reply_bytes:
                raise CarrierProtocol("oversize")
            if response.length:
                raise ExchangeDropped
            return WebAnswer(response.status, taken)

    @property
    def _port(self) -> int:
        return self._parts.port or (80 if self._tls is None else 443)


class _Guard:
    """Shuts a connection down at its deadline or when the teller calls the wait off."""

    def __init__(
        self, opened: socket.socket, deadline: float, cancelled: Callable[[], bool]
    ) -> None:
        self._called_off = self._late = False
        self._opened = opened
        self._deadline = deadline
        self._cancelled = cancelled
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="carrier-guard", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._over.set()
        self._thread.join()

    def require_quiet(self) -> None:
        """Raise when the guard had to step in: CarrierCancelled(`teller`), ExchangeDropped."""
        if self._called_off:
            raise CarrierCancelled("teller") from None
        if self._late:
            raise ExchangeDropped from None

    def _watch(self) -> None:
        while not self._over.wait(_GUARD_S):
            self._called_off = self._cancelled()
            self._late = time.monotonic() >= self._deadline
            if self._called_off or self._late:
                with contextlib.suppress(OSError):
                    # The plain socket's: that of TLS would take the session from its reader.
                    socket.socket.shutdown(self._opened, socket.SHUT_RDWR)
                return


def _plain(untrusted_url: str) -> SplitResult | None:
    if len(untrusted_url) > _MAX_ADDRESS or not untrusted_url.isascii():
        return None
    if any(letter <= " " or letter in '"<>\\^`{|}\x7f' for letter in untrusted_url):
        return None
    try:
        parts = urlsplit(untrusted_url)
        port = parts.port
    except ValueError:
        return None
    named = parts.hostname and port != 0 and "@" not in parts.netloc
    return parts if named and parts.scheme in {"http", "https"} and not parts.fragment else None


def _origin(parts: SplitResult) -> tuple[str, str, int]:
    default = 443 if parts.scheme == "https" else 80
    return parts.scheme, (parts.hostname or "").lower(), parts.port or default
