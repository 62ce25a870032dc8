"""One HTTP/1.1 exchange (RFC 9112): one request out, one bounded answer in, no redirect followed.

Everything has an end: the name, the connection, TLS, the request, the head, the body, each wait for
the peer, and the octets of the answer. What an answer means is the caller's to say: its status, its
type, and whether a redirect is a fault.
"""

import http.client
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Self

from crypto.net.connection import Dialling, ThisMachineRefused
from crypto.net.cut_off import CutOff
from crypto.net.tls import TlsContext
from crypto.net.url import HttpUrl

__all__ = [
    "ExchangeFailed",
    "ExchangeLimits",
    "Failure",
    "Request",
    "Response",
    "exchange",
]

_USER_AGENT: Final = "verification-workstation"
_CHUNK: Final = 64 * 1024
_LAPSED: Final = frozenset({9, 10})
"""X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED (openssl/x509_vfy.h)."""


class Failure(StrEnum):
    """What an exchange failed at."""

    THIS_MACHINE = "this_machine"
    """The name leads to this machine, which may not be spoken to."""
    CONNECT_TIMEOUT = "connect_timeout"
    UNREACHABLE = "unreachable"
    """No such name, or nothing listens there."""
    CERTIFICATE = "certificate"
    """TLS does not end in a trusted certificate for this name."""
    BROKEN = "broken"
    """The connection was lost, or what came is no HTTP."""
    DEADLINE = "deadline"
    CANCELLED = "cancelled"
    TOO_LARGE = "too_large"
    TRUNCATED = "truncated"


class ExchangeFailed(Exception):
    """There is no whole answer within the limits; the error beneath is its `__cause__`."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.value)
        self.failure = failure

    @property
    def is_foreign(self) -> bool:
        """Whether another certificate was shown than one that is trusted for this name.

        One that has lapsed is its owner's neglect: what else is wrong with it is not known then.
        """
        cause = self.__cause__
        return isinstance(cause, ssl.SSLCertVerificationError) and cause.verify_code not in _LAPSED


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeLimits:
    """Seconds since the exchange began, and octets of the answer's body.

    connect_s  name and TCP
    silence_s  a single wait for the peer, whenever it is
    head_s     everything up to the end of the answer's head
    whole_s    everything
    """

    connect_s: float
    silence_s: float
    head_s: float
    whole_s: float
    body_octets: int

    @classmethod
    def within(cls, seconds: float, *, body_octets: int) -> Self:
        """Give the whole exchange these seconds, however it spends them."""
        return cls(
            connect_s=seconds,
            silence_s=seconds,
            head_s=seconds,
            whole_s=seconds,
            body_octets=body_octets,
        )


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent. Host, length, `Connection: close` and a User-Agent are added to the headers."""

    method: str
    url: HttpUrl
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


class Response:
    """An answer whose head has come; its body is read once, inside `with exchange(...)`."""

    def __init__(
        self, received: http.client.HTTPResponse, cut_off: CutOff, body_octets: int
    ) -> None:
        self._received = received
        self._cut_off = cut_off
        self._body_octets = body_octets

    @property
    def status(self) -> int:
        """The status code (RFC 9110 section 15)."""
        return self._received.status

    @property
    def content_type(self) -> str:
        """The media type in lower case, without parameters; text/plain where none is stated."""
        return self._received.headers.get_content_type()

    @property
    def octets_to_come(self) -> int:
        """The octets of the body that are announced and not read yet; 0 when unannounced."""
        return self._received.length or 0

    def header(self, name: str) -> str:
        """Return a header, empty when it is absent; foreign text of any length."""
        return self._received.headers.get(name, "")

    def read(self) -> bytes:
        """Return the whole body; ExchangeFailed."""
        return b"".join(self.pieces())

    def pieces(self) -> Iterator[bytes]:
        """Iterate over the body; ExchangeFailed unless it is whole and within the limits."""
        if self.octets_to_come > self._body_octets:
            raise ExchangeFailed(Failure.TOO_LARGE)
        taken = 0
        while piece := self._next_piece():
            taken += len(piece)
            if taken > self._body_octets:
                raise ExchangeFailed(Failure.TOO_LARGE)
            yield piece
        if self.octets_to_come:
            raise ExchangeFailed(Failure.TRUNCATED)

    def _next_piece(self) -> bytes:
        with _failures(self._cut_off):
            return self._received.read1(_CHUNK)


@contextmanager
def exchange(
    request: Request,
    limits: ExchangeLimits,
    *,
    dialling: Dialling,
    tls: TlsContext | None = None,
    is_cancelled: Callable[[], bool] | None = None,
) -> Iterator[Response]:
    """Send a request and give its answer, the body yet to be read; ExchangeFailed.

    tls           needed for an https address
    is_cancelled  called ten times a second in another thread, once the connection stands
    """
    if request.url.secure and tls is None:
        raise ValueError("https without a TLS context")
    begun = time.monotonic()
    # (1) Name and TCP.
    opened = _connect(request.url, dialling, begun + min(limits.connect_s, limits.head_s))
    opened.settimeout(limits.silence_s)
    if request.url.secure and tls is not None:
        opened = _wrap(opened, request.url.host, tls)
    with ExitStack() as open_things:
        open_things.enter_context(closing(opened))
        cut_off = open_things.enter_context(CutOff(opened, begun + limits.head_s, is_cancelled))
        with _failures(cut_off):
            # (2) TLS, whose handshake can drip as anything else.
            if isinstance(opened, ssl.SSLSocket):
                opened.do_handshake()
            # (3) The request, and the head of the answer.
            received = open_things.enter_context(_send(request, opened))
        # (4) The body, as the caller reads it.
        cut_off.extend(begun + limits.whole_s)
        yield Response(received, cut_off, limits.body_octets)


def _connect(url: HttpUrl, dialling: Dialling, deadline: float) -> socket.socket:
    try:
        return dialling.connect(url.host, url.port, deadline=deadline)
    except ThisMachineRefused as error:
        raise ExchangeFailed(Failure.THIS_MACHINE) from error
    except TimeoutError as error:
        raise ExchangeFailed(Failure.CONNECT_TIMEOUT) from error
    except (OSError, ValueError) as error:
        raise ExchangeFailed(Failure.UNREACHABLE) from error


def _wrap(opened: socket.socket, host: str, tls: TlsContext) -> ssl.SSLSocket:
    try:
        return tls.wrap_socket(opened, server_hostname=host, do_handshake_on_connect=False)
    except (OSError, ValueError) as error:
        opened.close()
        raise ExchangeFailed(Failure.BROKEN) from error


def _send(request: Request, opened: socket.socket) -> http.client.HTTPResponse:
    url = request.url
    # Never without a port: http.client would look for one in an IPv6 address.
    connection = http.client.HTTPConnection(url.host, url.port)
    if url.secure:
        # The Host header names a port that is not the scheme's (RFC 9110 7.2).
        connection.default_port = http.client.HTTPS_PORT
    connection.sock = opened
    headers = {
        "Accept-Encoding": "identity",
        "Connection": "close",
        "User-Agent": _USER_AGENT,
        **request.headers,
    }
    connection.request(request.method, url.target, request.body, headers)
    return connection.getresponse()


@contextmanager
def _failures(cut_off: CutOff) -> Iterator[None]:
    """Raise ExchangeFailed for what goes wrong, and for what was cut and yet looks whole."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise ExchangeFailed(Failure.CERTIFICATE) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise ExchangeFailed(_cut(cut_off) or Failure.BROKEN) from error
    failure = _cut(cut_off)
    if failure is not None:
        raise ExchangeFailed(failure)


def _cut(cut_off: CutOff) -> Failure | None:
    if cut_off.cancelled:
        return Failure.CANCELLED
    return Failure.DEADLINE if cut_off.late else None
