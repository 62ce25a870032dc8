"""One question to one registry over HTTP: bounded in time and size, never redirected.

Only the configured address is spoken to. Plain HTTP is for loopback: an ИИН does not cross a
network in clear.
"""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import msgspec

from crypto.net.connection import ANY_MACHINE, Dialling
from crypto.net.exchange import ExchangeFailed, ExchangeLimits, Request, exchange
from crypto.net.tls import AnchorsRefused, TlsContext, pinned_context
from crypto.net.url import HttpUrl, UrlRefused
from workstation.errors import SettingsRefused

__all__ = ["RegistryEndpoint", "RegistryExchange", "ask"]

_OK: Final = 200
_MAX_BODY: Final = 64 * 1024
_MAX_TIMEOUT_S: Final = 60
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
        if self._url.parts.query or self._url.leaves_in_clear:
            raise SettingsRefused("registry.base_url")
        _ = self._tls
        if not self.source:
            raise SettingsRefused("registry.source")
        if not 1 <= self.timeout_s <= _MAX_TIMEOUT_S:
            raise SettingsRefused("registry.timeout_s")

    def post(self, path: str, question: bytes, request_id: str) -> bytes | None:
        """Post JSON; return the body of a whole answer of status 200 and type JSON, or None."""
        headers = {"Content-Type": _JSON, "Accept": _JSON, "X-Request-Id": request_id}
        try:
            with exchange(
                Request("POST", self._url.join(path), headers, question),
                ExchangeLimits.within(self.timeout_s, body_octets=_MAX_BODY),
                dialling=self.dialling,
                tls=self._tls,
            ) as response:
                plain = response.status == _OK and response.content_type == _JSON
                return response.read() if plain else None
        except ExchangeFailed:
            return None

    @property
    def _url(self) -> HttpUrl:
        try:
            return HttpUrl.parse(self.base_url)
        except UrlRefused:
            raise SettingsRefused("registry.base_url") from None

    @property
    def _tls(self) -> TlsContext | None:
        try:
            return pinned_context(self.tls_anchors) if self._url.secure else None
        except AnchorsRefused:
            raise SettingsRefused("registry.tls_anchors") from None


@dataclass(frozen=True, slots=True)
class RegistryExchange:
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


def ask(endpoint: RegistryEndpoint, path: str, question: dict[str, str]) -> RegistryExchange:
    """Post the question as JSON under a fresh `request_id` and return what came of it.

    The ИИН travels in the body: addresses end up in the logs of proxies and servers.
    """
    request_id = secrets.token_hex(16)
    asked = endpoint.clock_ms()
    content = msgspec.json.encode({"request_id": request_id, **question})
    body = endpoint.post(path, content, request_id)
    return RegistryExchange(request_id, asked, endpoint.clock_ms(), body)
