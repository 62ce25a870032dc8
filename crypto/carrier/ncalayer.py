"""NCALayer: the program on the same computer that asks the customer for their key and signs.

The loopback address is no security boundary: programs that pretend to be NCALayer exist. TLS is
verified because it costs nothing, but all trust comes from validating the CMS that is returned.
"""

import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import uuid4

from websockets.exceptions import (
    ConnectionClosed,
    InvalidHandshake,
    InvalidMessage,
    InvalidStatus,
    WebSocketException,
)
from websockets.sync.client import ClientConnection, connect

from crypto.carrier.carrier import SignatureRequest
from crypto.carrier.errors import (
    CarrierBusy,
    CarrierCancelled,
    CarrierError,
    CarrierExpired,
    CarrierForeign,
    CarrierProtocol,
    CarrierRefused,
    CarrierUnreachable,
    CarrierUntrusted,
    RequestRefused,
)
from crypto.carrier.ncalayer_messages import (
    FILE_STORAGE,
    HEARTBEAT,
    MODULE_NOT_FOUND,
    STORAGES,
    read_greeting,
    read_signature,
    read_tokens,
    write_old_sign_request,
    write_sign_request,
    write_tokens_request,
)
from crypto.carrier.ncalayer_peer import certificate_names
from crypto.net.tls import AnchorsRefused, pinned_context

__all__ = ["NcaLayerCarrier", "NcaLayerSettings"]

_HOST = "127.0.0.1"
_POLL_S = 0.2
_CLOSE_TIMEOUT_S = 1
_HEARTBEAT_S = 15
_MAX_HEARTBEATS = 10_000
_GOING_AWAY = frozenset({1001, 1012})
_REFUSED = 1008
_TOO_BIG = 1009
_TRY_LATER = 1013
"""Close codes of RFC 6455 7.4.1 and its registry."""
_BUSY_STATUSES = frozenset({429, 503})
_EXPIRED = 10
"""X509_V_ERR_CERT_HAS_EXPIRED of OpenSSL."""


@dataclass(frozen=True, slots=True)
class NcaLayerSettings:
    """How to reach NCALayer; RequestRefused names the first field that is not usable.

    url                wss://127.0.0.1:<port>: another host is refused
    tls_anchors        DER certificates, one of which must have issued the server's chain
    test_hierarchy     offer keys of the test hierarchy as well; never in production
    storages           key stores the customer may use, () for all
    opening_timeout_s  for connection, TLS and greeting together
    signing_timeout_s  for the customer's own dialog
    max_reply_bytes    of any message received
    """

    url: str
    tls_anchors: tuple[bytes, ...]
    test_hierarchy: bool
    storages: tuple[str, ...]
    opening_timeout_s: int
    signing_timeout_s: int
    max_reply_bytes: int

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.url)
            port = parts.port
        except ValueError:
            raise RequestRefused("url") from None
        if parts.scheme != "wss" or parts.hostname != _HOST or port is None or parts.username:
            raise RequestRefused("url")
        if not self.tls_anchors:
            raise RequestRefused("tls_anchors")
        if not STORAGES.issuperset(self.storages):
            raise RequestRefused("storages")
        if min(self.opening_timeout_s, self.signing_timeout_s, self.max_reply_bytes) < 1:
            raise RequestRefused("limits")


class NcaLayerCarrier:
    """One connection and one request per signature; holds no state between them."""

    def __init__(self, settings: NcaLayerSettings) -> None:
        self._settings = settings
        self._tls = _tls_context(settings.tls_anchors)
        self._port = urlsplit(settings.url).port or 0

    def obtain(self, request: SignatureRequest, *, cancelled: Callable[[], bool]) -> bytes:
        """Return the untrusted CMS the customer made; see SignatureCarrier."""
        if cancelled():
            raise CarrierCancelled("teller")
        deadline = time.monotonic() + self._settings.opening_timeout_s
        with self._connected() as connection:
            return self._exchange(connection, request, cancelled, deadline)

    def greet(self, *, cancelled: Callable[[], bool]) -> str:
        """Return the version that NCALayer greets with; nobody is asked for anything.

        Errors as of `obtain` before the customer's dialog.
        """
        deadline = time.monotonic() + self._settings.opening_timeout_s
        with self._connected() as connection:
            return _receive_greeting(connection, cancelled, deadline)

    @contextmanager
    def _connected(self) -> Iterator[ClientConnection]:
        """Open one connection, and name what ends it."""
        with self._connect() as connection:
            try:
                yield connection
            except ConnectionClosed as closed:
                raise _name_closing(closed) from None
            except WebSocketException:
                raise CarrierProtocol("websocket") from None

    def _connect(self) -> ClientConnection:
        try:
            return connect(
                self._settings.url,
                ssl=self._tls,
                server_hostname=_HOST,
                # A proxy of the system must not see, or answer for, a loopback service.
                proxy=None,
                compression=None,
                open_timeout=self._settings.opening_timeout_s,
                close_timeout=_CLOSE_TIMEOUT_S,
                # NCALayer may answer no pings while its dialog waits for the customer.
                ping_interval=None,
                max_size=self._settings.max_reply_bytes,
                user_agent_header=None,
            )
        except ssl.SSLCertVerificationError as refused:
            reason = "expired" if refused.verify_code == _EXPIRED else "unknown_issuer"
            who = certificate_names(_HOST, self._port, self._settings.opening_timeout_s)
            raise CarrierUntrusted(reason, who) from None
        except ssl.SSLError as refused:
            plain = refused.reason in {
                "WRONG_VERSION_NUMBER",
                "HTTP_REQUEST",
                "RECORD_LAYER_FAILURE",
            }
            raise (
                CarrierForeign("no TLS") if plain else CarrierUnreachable("tls_refused")
            ) from None
        except TimeoutError:
            raise CarrierUnreachable("timeout") from None
        except InvalidStatus as answered:
            if answered.response.status_code in _BUSY_STATUSES:
                raise CarrierBusy(f"http_{answered.response.status_code}") from None
            who = answered.response.headers.get("Server", "")
            raise CarrierForeign(who or f"HTTP {answered.response.status_code}") from None
        except (InvalidMessage, EOFError):
            raise CarrierForeign("no HTTP") from None
        except InvalidHandshake:
            raise CarrierForeign("no WebSocket") from None
        except OSError:
            raise CarrierUnreachable("not_listening") from None

    def _exchange(
        self,
        connection: ClientConnection,
        request: SignatureRequest,
        cancelled: Callable[[], bool],
        deadline: float,
    ) -> bytes:
        settings = self._settings
        _receive_greeting(connection, cancelled, deadline)
        uuid = str(uuid4())
        message = write_sign_request(
            request,
            storages=settings.storages,
            any_chain=settings.test_hierarchy,
            uuid=uuid,
        )
        reply = self._ask_customer(connection, message, cancelled)
        try:
            return read_signature(reply, uuid=uuid)
        except CarrierRefused as refused:
            if refused.reply_code != MODULE_NOT_FOUND:
                raise
        return self._sign_by_older_module(connection, request, cancelled)

    def _sign_by_older_module(
        self,
        connection: ClientConnection,
        request: SignatureRequest,
        cancelled: Callable[[], bool],
    ) -> bytes:
        """Ask commonUtils, which takes one key store: a plugged-in token before a file."""
        uuid = str(uuid4())
        try:
            reply = self._ask(connection, write_tokens_request(uuid=uuid), cancelled)
        except TimeoutError:
            raise CarrierProtocol("timeout") from None
        tokens = read_tokens(reply, uuid=uuid)
        allowed = self._settings.storages or tuple(STORAGES)
        usable = [each for each in (*tokens, FILE_STORAGE) if each in allowed]
        if not usable:
            raise CarrierRefused("no_storage")
        uuid = str(uuid4())
        message = write_old_sign_request(request, storage=usable[0], uuid=uuid)
        return read_signature(self._ask_customer(connection, message, cancelled), uuid=uuid)

    def _ask(self, connection: ClientConnection, text: str, cancelled: Callable[[], bool]) -> str:
        connection.send(text)
        deadline = time.monotonic() + self._settings.signing_timeout_s
        return _receive(connection, cancelled, deadline)

    def _ask_customer(
        self, connection: ClientConnection, text: str, cancelled: Callable[[], bool]
    ) -> str:
        """Return the reply to a request for a signature; CarrierExpired when it takes too long."""
        try:
            return self._ask(connection, text, cancelled)
        except TimeoutError:
            raise CarrierExpired("timeout") from None


def _tls_context(anchors: tuple[bytes, ...]) -> ssl.SSLContext:
    try:
        context = pinned_context(anchors)
    except AnchorsRefused:
        raise RequestRefused("tls_anchors") from None
    # The WebSocket library reads and writes in two threads. The session tickets that TLS 1.3
    # sends after its handshake make it read while the request is being written, which OpenSSL
    # does not allow: one connection in two hundred hung. TLS 1.2 sends nothing unasked.
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    return context


def _receive_greeting(
    connection: ClientConnection, cancelled: Callable[[], bool], deadline: float
) -> str:
    """Return the version that NCALayer greets with; CarrierProtocol, CarrierCancelled."""
    try:
        return read_greeting(_receive(connection, cancelled, deadline))
    except TimeoutError:
        raise CarrierProtocol("timeout") from None


def _receive(connection: ClientConnection, cancelled: Callable[[], bool], deadline: float) -> str:
    """Return the next message that is no heartbeat; TimeoutError at the deadline.

    CarrierProtocol, CarrierCancelled(`teller`).
    """
    beat = time.monotonic() + _HEARTBEAT_S
    heartbeats = 0
    while heartbeats < _MAX_HEARTBEATS:
        if cancelled():
            raise CarrierCancelled("teller")
        now = time.monotonic()
        if now >= deadline:
            raise TimeoutError
        if now >= beat:
            connection.send(HEARTBEAT)
            beat = now + _HEARTBEAT_S
        try:
            message = connection.recv(timeout=min(_POLL_S, deadline - now))
        except TimeoutError:
            continue
        if isinstance(message, bytes):
            raise CarrierProtocol("binary")
        if message != HEARTBEAT:
            return message
        heartbeats += 1
    raise CarrierProtocol("heartbeats")


def _name_closing(closed: ConnectionClosed) -> CarrierError:
    """Return what a connection's end means: an end by ours counts only where ours is the reason."""
    if closed.sent is not None and closed.sent.code == _TOO_BIG:
        return CarrierProtocol("oversize")
    code = closed.rcvd.code if closed.rcvd is not None else 0
    if code == _TRY_LATER:
        return CarrierBusy("closed_1013")
    if code == _REFUSED:
        return CarrierRefused("closed_1008")
    if code in _GOING_AWAY:
        return CarrierUnreachable("going_away")
    if code == _TOO_BIG:
        return CarrierProtocol("oversize")
    return CarrierProtocol(f"closed_{code}" if code else "closed")
