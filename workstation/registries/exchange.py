"""One question to one registry over HTTP: bounded in time and size, never redirected.

Only the configured address is spoken to. Plain HTTP is for loopback: an ИИН does not cross a
network in clear.
"""

import hashlib
import http.client
import secrets
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

import msgspec

from crypto.carrier.errors import RequestRefused
from crypto.carrier.pinned_tls import pinned_context
from crypto.net.connection import ANY_MACHINE, CutOff, Dialling, http_over
from workstation.errors import SettingsRefused

__all__ = ["Exchange", "RegistryEndpoint", "ask"]

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_MAX_BODY: Final = 64 * 1024
_MAX_TIMEOUT_S: Final = 60
_USER_AGENT: Final = "verification-workstation"
_JSON: Final = "application/json"


@dataclass(frozen=True, slots=True)
class RegistryEndpoint:
    """Where a registry answers; SettingsRefused names the first field that is not usable.

    base_url     https://host[:port][/path]; http only for loopback
    source       name for the record
    timeout_s    for the whole question, connection to last byte; 1..60
    tls_anchors  DER certificates that must have issued an https registry's chain
    clock_ms     Unix milliseconds
    dialling     how it is reached, and whether it may be this machine
    """

    base_url: str
    source: str
    timeout_s: int
    tls_anchors: tuple[bytes, ...]
    clock_ms: Callable[[], int]
    dialling: Dialling = ANY_MACHINE

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.base_url)
            _ = parts.port
        except ValueError:
            raise SettingsRefused("registry.base_url") from None
        plain = parts.scheme == "http" and parts.hostname in _LOOPBACK
        if not (plain or parts.scheme == "https") or not parts.hostname:
            raise SettingsRefused("registry.base_url")
        if parts.username is not None or parts.query or parts.fragment:
            raise SettingsRefused("registry.base_url")
        if parts.scheme == "https":
            _pinned(self.tls_anchors)
        if not self.source:
            raise SettingsRefused("registry.source")
        if not 1 <= self.timeout_s <= _MAX_TIMEOUT_S:
            raise SettingsRefused("registry.timeout_s")


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question that was put and what came back.

    untrusted_body  None when no complete answer of status 200 and type JSON came in time
    """

    request_id: str
    asked_ms: int
    answered_ms: int
    untrusted_body: bytes | None

    @property
    def body_sha256(self) -> str:
        """Return the hex digest of the body, "" when there is none."""
        body = self.untrusted_body
        return "" if body is None else hashlib.sha256(body).hexdigest()


def ask(endpoint: RegistryEndpoint, path: str, question: dict[str, str]) -> Exchange:
    """Post the question as JSON under a fresh `request_id` and return what came of it.

    The ИИН travels in the body: addresses end up in the logs of proxies and servers.
    """
    request_id = secrets.token_hex(16)
    asked = endpoint.clock_ms()
    body = _posted(
        endpoint, path, msgspec.json.encode({"request_id": request_id, **question}), request_id
    )
    return Exchange(request_id, asked, endpoint.clock_ms(), body)


def _posted(
    endpoint: RegistryEndpoint, path: str, question: bytes, request_id: str
) -> bytes | None:
    parts = urlsplit(endpoint.base_url)
    deadline = time.monotonic() + endpoint.timeout_s
    headers = {
        "Content-Type": _JSON,
        "Accept": _JSON,
        "Accept-Encoding": "identity",
        "User-Agent": _USER_AGENT,
        "X-Request-Id": request_id,
    }
    try:
        opened = _opened(endpoint, deadline)
        # Time-outs of a socket start anew with every octet; this one bounds the whole exchange.
        with closing(opened), CutOff(opened, deadline) as cut_off:
            if isinstance(opened, ssl.SSLSocket):
                opened.do_handshake()
            connection = http_over(opened, parts.hostname or "", _port(parts))
            connection.request("POST", parts.path.rstrip("/") + path, question, headers)
            with connection.getresponse() as response:
                body = response.read(_MAX_BODY + 1)
                short = bool(response.length)
    except (OSError, http.client.HTTPException, ValueError):
        return None
    typed = response.headers.get_content_type() == _JSON
    complete = response.status == http.client.OK and typed and not short
    return body if complete and len(body) <= _MAX_BODY and not cut_off.struck else None


def _opened(endpoint: RegistryEndpoint, deadline: float) -> socket.socket:
    parts = urlsplit(endpoint.base_url)
    host, secure = parts.hostname or "", parts.scheme == "https"
    opened = endpoint.dialling.connect(host, _port(parts), deadline=deadline)
    opened.settimeout(endpoint.timeout_s)
    if not secure:
        return opened
    try:
        return _pinned(endpoint.tls_anchors).wrap_socket(
            opened, server_hostname=host, do_handshake_on_connect=False
        )
    except (OSError, ValueError):
        opened.close()
        raise


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _pinned(anchors: tuple[bytes, ...]) -> ssl.SSLContext:
    try:
        return pinned_context(anchors)
    except RequestRefused:
        raise SettingsRefused("registry.tls_anchors") from None
