"""HTTP to the addresses a bank configured: the only socket of this package.

Addresses inside certificates are the attacker's until the chain verifies, so they are never
used. No redirects: НУЦ's sites answer strangers with a captive portal. Own User-Agent, because
an empty one is sent there too.
"""

import http.client
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from crypto.pki.certificate import Certificate
from crypto.pki.crl import RevocationList
from crypto.pki.evidence import EvidenceStore
from crypto.pki.sources import FetchFailed, list_issuers

__all__ = ["FetchBounds", "Fetcher", "FetchingSources"]

_CHUNK = 64 * 1024
_OK = 200
_NONCE_OCTETS = 16


@dataclass(frozen=True, slots=True)
class FetchBounds:
    """timeout_s of a single wait, deadline_s of a whole exchange, octets of an answer at most."""

    timeout_s: int
    deadline_s: int
    answer_octets: int
    list_octets: int


class Fetcher:
    """HTTP client for a fixed set of hosts, `host` or `host:port` as they stand in addresses."""

    def __init__(self, *, hosts: Collection[str], bounds: FetchBounds, user_agent: str) -> None:
        self._hosts = frozenset(host.lower() for host in hosts)
        self._bounds = bounds
        self._user_agent = user_agent

    def post(self, url: str, body: bytes, content_type: str) -> bytes:
        """Post and return the answer's body; FetchFailed."""
        headers = {"Content-Type": content_type}
        return self._exchange("POST", url, body, headers, self._bounds.answer_octets)

    def get(self, url: str) -> bytes:
        """Get a list; FetchFailed."""
        return self._exchange("GET", url, None, {}, self._bounds.list_octets)

    def _exchange(
        self, method: str, url: str, body: bytes | None, headers: dict[str, str], limit: int
    ) -> bytes:
        parts = self._admitted(url)
        deadline = time.monotonic() + self._bounds.deadline_s
        connection = self._connection(parts)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        sent = {"User-Agent": self._user_agent, "Connection": "close", **headers}
        try:
            connection.request(method, target, body, sent)
            with connection.getresponse() as response:
                if response.status != _OK:
                    raise FetchFailed(f"http_{response.status}")
                return _read(response, limit, deadline)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise FetchFailed(type(error).__name__) from error
        finally:
            connection.close()

    def _admitted(self, url: str) -> SplitResult:
        try:
            parts = urlsplit(url)
            named = parts.netloc.lower()
            port = parts.port
        except ValueError:
            raise FetchFailed("address") from None
        if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0:
            raise FetchFailed("address")
        if named not in self._hosts:
            raise FetchFailed("host_not_configured")
        return parts

    def _connection(self, parts: SplitResult) -> http.client.HTTPConnection:
        kind = (
            http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        )
        return kind(parts.hostname or "", parts.port, timeout=self._bounds.timeout_s)


def _read(response: http.client.HTTPResponse, limit: int, deadline: float) -> bytes:
    if response.length is not None and response.length > limit:
        raise FetchFailed("too_large")
    taken = bytearray()
    while chunk := response.read1(_CHUNK):
        taken += chunk
        if len(taken) > limit:
            raise FetchFailed("too_large")
        if time.monotonic() > deadline:
            raise FetchFailed("deadline")
    if response.length:
        raise FetchFailed("truncated")
    if not taken:
        raise FetchFailed("empty")
    return bytes(taken)


class FetchingSources:
    """Online OCSP at one configured address and the lists of the evidence store.

    Satisfies RevocationSources. Lists are not fetched while a customer waits: a production list
    takes minutes to verify; `ListUpdater` brings them in the background.
    """

    def __init__(
        self,
        *,
        fetcher: Fetcher,
        ocsp_url: str,
        store: EvidenceStore,
        random: Callable[[int], bytes],
    ) -> None:
        self._fetcher = fetcher
        self._ocsp_url = ocsp_url
        self._store = store
        self._random = random

    def nonce(self) -> bytes | None:
        """Return 16 fresh octets (RFC 8954 allows up to 32)."""
        return self._random(_NONCE_OCTETS)

    def ocsp(self, issuer: Certificate, request: bytes) -> tuple[str, bytes]:
        """Post the request to the configured responder; FetchFailed."""
        del issuer
        answer = self._fetcher.post(self._ocsp_url, request, "application/ocsp-request")
        return self._ocsp_url, answer

    def lists(self, certificate: Certificate) -> tuple[tuple[str, RevocationList], ...]:
        """Return the stored lists issued under a name that may speak about the certificate."""
        return self._store.lists_named(list_issuers(certificate))
