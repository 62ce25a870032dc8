"""HTTP to the addresses a bank configured: the only socket of this package.

Addresses inside certificates are the attacker's until the chain verifies, so they are never
used. No redirects: НУЦ's sites answer strangers with a captive portal. Own User-Agent, because
an empty one is sent there too.
"""

import hashlib
import http.client
import socket
import ssl
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import SplitResult, urlsplit

from crypto.crl_store.errors import translate_errors
from crypto.crl_store.store import CrlStore
from crypto.net.connection import ANY_MACHINE, CutOff, Dialling, http_over
from crypto.revocation.crl import Crl
from crypto.revocation.sources import FetchFailed, crl_issuers
from crypto.x509.certificate import Certificate

__all__ = ["Downloaded", "FetchBounds", "Fetcher", "FetchingSources"]

_CHUNK = 64 * 1024
_OK = 200
_NOT_MODIFIED = 304
_HEADER = 200
_NONCE_OCTETS = 16


@dataclass(frozen=True, slots=True)
class FetchBounds:
    """timeout_s of a single wait, deadline_s of a whole exchange, octets of an answer at most.

    list_deadline_s  of a whole download: twenty megabytes take a slow line minutes
    """

    timeout_s: int
    deadline_s: int
    answer_octets: int
    list_octets: int
    list_deadline_s: int = 1800


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A list that was written to a file; `etag` and `last_modified` as the server gave them."""

    sha256: str
    octets: int
    etag: str
    last_modified: str


class Fetcher:
    """HTTP client for a fixed set of hosts, `host` or `host:port` as they stand in addresses."""

    def __init__(
        self,
        *,
        hosts: Collection[str],
        bounds: FetchBounds,
        user_agent: str,
        dialling: Dialling = ANY_MACHINE,
    ) -> None:
        self._hosts = frozenset(host.lower() for host in hosts)
        self._bounds = bounds
        self._user_agent = user_agent
        self._dialling = dialling

    def post(self, url: str, body: bytes, content_type: str) -> bytes:
        """Post and return the answer's body; FetchFailed."""
        headers = {"Content-Type": content_type}
        return self._exchange("POST", url, body, headers, self._bounds.answer_octets)

    def get(self, url: str) -> bytes:
        """Get a list; FetchFailed."""
        return self._exchange("GET", url, None, {}, self._bounds.list_octets)

    def download(
        self,
        url: str,
        into: Path,
        report: Callable[[str, int, int], None],
        *,
        etag: str = "",
        last_modified: str = "",
    ) -> Downloaded | None:
        """Get a list into a file, piece by piece; None when it has not changed.

        etag, last_modified  of what is held already; `report` may raise to end it
        FetchFailed; CrlStoreUnusable when the file cannot be written.
        """
        headers = {"If-None-Match": etag} if etag else {}
        if last_modified:
            headers["If-Modified-Since"] = last_modified
        longest = self._bounds.list_deadline_s
        with self._answer("GET", url, None, headers, longest) as (response, deadline):
            if response.status == _NOT_MODIFIED and headers:
                return None
            _require_ok(response)
            digest, taken = hashlib.sha256(), 0
            with _file(into) as file:
                for piece in _pieces(response, self._bounds.list_octets, deadline):
                    # A captive portal answers 200 with its page.
                    if not taken and piece.lstrip().startswith(b"<"):
                        raise FetchFailed("html")
                    _write(file, piece)
                    digest.update(piece)
                    taken += len(piece)
                    report("fetch", taken, taken + (response.length or 0))
            return Downloaded(
                digest.hexdigest(), taken, _kept(response, "ETag"), _kept(response, "Last-Modified")
            )

    def _exchange(
        self, method: str, url: str, body: bytes | None, headers: dict[str, str], limit: int
    ) -> bytes:
        longest = self._bounds.deadline_s
        with self._answer(method, url, body, headers, longest) as (response, deadline):
            _require_ok(response)
            return b"".join(_pieces(response, limit, deadline))

    @contextmanager
    def _answer(
        self,
        method: str,
        url: str,
        body: bytes | None,
        headers: dict[str, str],
        longest_s: int,
    ) -> Iterator[tuple[http.client.HTTPResponse, float]]:
        """Send one request; give the response when its head is there, and the body's deadline.

        Name, connection, TLS and head have `deadline_s` together; all of it `longest_s`.
        """
        parts = self._admitted(url)
        begun = time.monotonic()
        whole = begun + longest_s
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        sent = {"User-Agent": self._user_agent, "Connection": "close", **headers}
        struck = False
        try:
            opened = self._opened(parts, begun + self._bounds.deadline_s)
            with closing(opened), CutOff(opened, begun + self._bounds.deadline_s) as cut_off:
                try:
                    if isinstance(opened, ssl.SSLSocket):
                        opened.do_handshake()
                    connection = http_over(opened, parts.hostname or "", _port(parts))
                    connection.request(method, target, body, sent)
                    with connection.getresponse() as response:
                        cut_off.extend(whole)
                        yield response, whole
                finally:
                    struck = cut_off.struck
        except (OSError, http.client.HTTPException, ValueError, FetchFailed) as error:
            if struck:
                raise FetchFailed("deadline") from error
            if isinstance(error, FetchFailed):
                raise
            raise FetchFailed(type(error).__name__) from error
        # A body of no announced length ends where it was cut, and looks whole.
        if struck:
            raise FetchFailed("deadline")

    def _opened(self, parts: SplitResult, deadline: float) -> socket.socket:
        host, secure = parts.hostname or "", parts.scheme == "https"
        single = min(deadline, time.monotonic() + self._bounds.timeout_s)
        opened = self._dialling.connect(host, _port(parts), deadline=single)
        opened.settimeout(self._bounds.timeout_s)
        if not secure:
            return opened
        try:
            return ssl.create_default_context().wrap_socket(
                opened, server_hostname=host, do_handshake_on_connect=False
            )
        except (OSError, ValueError):
            opened.close()
            raise

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


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _require_ok(response: http.client.HTTPResponse) -> None:
    if response.status != _OK:
        raise FetchFailed(f"http_{response.status}")


def _pieces(response: http.client.HTTPResponse, limit: int, deadline: float) -> Iterator[bytes]:
    """Iterate over the body; FetchFailed unless it is whole, not empty and within the bounds."""
    if response.length is not None and response.length > limit:
        raise FetchFailed("too_large")
    taken = 0
    while piece := response.read1(_CHUNK):
        taken += len(piece)
        if taken > limit:
            raise FetchFailed("too_large")
        if time.monotonic() > deadline:
            raise FetchFailed("deadline")
        yield piece
    if response.length:
        raise FetchFailed("truncated")
    if not taken:
        raise FetchFailed("empty")


def _file(into: Path) -> BinaryIO:
    with translate_errors():
        return into.open("wb")


def _write(file: BinaryIO, piece: bytes) -> None:
    """Write; a full disk is not the server's fault."""
    with translate_errors():
        file.write(piece)


def _kept(response: http.client.HTTPResponse, name: str) -> str:
    """Return a header worth sending back: a foreign text of bounded length."""
    value = response.headers.get(name, "")
    return value if len(value) <= _HEADER and value.isascii() and value.isprintable() else ""


def _nobody(answer: bytes | None, failure: FetchFailed | None) -> None:
    """Tell nobody."""


class FetchingSources:
    """Online OCSP at one configured address and the CRLs of the store.

    Satisfies RevocationSources. Lists are not fetched while a customer waits: a production list
    takes minutes to verify; `CrlUpdater` brings them in the background. `noted` is told every
    answer of the responder, or why there was none.
    """

    def __init__(
        self,
        *,
        fetcher: Fetcher,
        ocsp_url: str,
        store: CrlStore,
        random: Callable[[int], bytes],
        noted: Callable[[bytes | None, FetchFailed | None], None] = _nobody,
    ) -> None:
        self._fetcher = fetcher
        self._ocsp_url = ocsp_url
        self._store = store
        self._random = random
        self._noted = noted

    def nonce(self) -> bytes | None:
        """Return 16 fresh octets (RFC 8954 allows up to 32)."""
        return self._random(_NONCE_OCTETS)

    def ocsp(self, issuer: Certificate, request: bytes) -> tuple[str, bytes]:
        """Post the request to the configured responder; FetchFailed."""
        del issuer
        try:
            answer = self._fetcher.post(self._ocsp_url, request, "application/ocsp-request")
        except FetchFailed as failure:
            self._noted(None, failure)
            raise
        self._noted(answer, None)
        return self._ocsp_url, answer

    def crls(self, certificate: Certificate) -> tuple[tuple[str, Crl], ...]:
        """Return the stored lists issued under a name that may speak about the certificate."""
        return self._store.crls_issued_by(crl_issuers(certificate))
