"""CRLs, OCSP and time-stamps over HTTP, from the addresses a bank configured.

Addresses inside certificates are the attacker's until the chain verifies, so they are never
used. No redirects: НУЦ's sites answer strangers with a captive portal. Own User-Agent, because
an empty one is sent there too.
"""

import hashlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from crypto.crl_store.errors import translate_errors
from crypto.crl_store.store import CrlStore
from crypto.net.connection import ANY_MACHINE, Dialling
from crypto.net.exchange import ExchangeFailed, ExchangeLimits, Failure, Request, Response, exchange
from crypto.net.tls import system_context
from crypto.net.url import HttpUrl, UrlRefused
from crypto.revocation.crl import Crl
from crypto.revocation.sources import FetchFailed, crl_issuers
from crypto.x509.certificate import Certificate

__all__ = ["Downloaded", "FetchBounds", "Fetcher", "FetchingSources"]

_OK = 200
_NOT_MODIFIED = 304
_HEADER = 200
_NONCE_OCTETS = 16


@dataclass(frozen=True, slots=True)
class FetchBounds:
    """timeout_s of a single wait, deadline_s of a whole exchange, octets of an answer at most.

    crl_deadline_s  of a whole download: twenty megabytes take a slow line minutes
    """

    timeout_s: int
    deadline_s: int
    answer_octets: int
    crl_octets: int
    crl_deadline_s: int = 1800


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
        limits = self._limits(self._bounds.deadline_s, self._bounds.answer_octets)
        return self._read(self._request("POST", url, {"Content-Type": content_type}, body), limits)

    def get(self, url: str) -> bytes:
        """Get a list; FetchFailed."""
        limits = self._limits(self._bounds.deadline_s, self._bounds.crl_octets)
        return self._read(self._request("GET", url, {}), limits)

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
        limits = self._limits(self._bounds.crl_deadline_s, self._bounds.crl_octets)
        with self._exchange(self._request("GET", url, headers), limits) as response:
            if response.status == _NOT_MODIFIED and headers:
                return None
            digest, taken = hashlib.sha256(), 0
            with _file(into) as file:
                for piece in _body(response):
                    # A captive portal answers 200 with its page.
                    if not taken and piece.lstrip().startswith(b"<"):
                        raise FetchFailed("html")
                    _write(file, piece)
                    digest.update(piece)
                    taken += len(piece)
                    report("fetch", taken, taken + response.octets_to_come)
            return Downloaded(
                digest.hexdigest(),
                taken,
                _validator(response, "ETag"),
                _validator(response, "Last-Modified"),
            )

    def _read(self, request: Request, limits: ExchangeLimits) -> bytes:
        with self._exchange(request, limits) as response:
            return b"".join(_body(response))

    @contextmanager
    def _exchange(self, request: Request, limits: ExchangeLimits) -> Iterator[Response]:
        tls = system_context() if request.url.secure else None
        try:
            with exchange(request, limits, dialling=self._dialling, tls=tls) as response:
                yield response
        except ExchangeFailed as failed:
            raise FetchFailed(_reason(failed)) from failed

    def _request(
        self, method: str, url: str, headers: dict[str, str], body: bytes | None = None
    ) -> Request:
        """Return a request to a configured host; FetchFailed for any other."""
        try:
            admitted = HttpUrl.parse(url)
        except UrlRefused:
            raise FetchFailed("address") from None
        if admitted.parts.netloc.lower() not in self._hosts:
            raise FetchFailed("host_not_configured")
        return Request(method, admitted, {"User-Agent": self._user_agent, **headers}, body)

    def _limits(self, whole_s: int, body_octets: int) -> ExchangeLimits:
        return ExchangeLimits(
            connect_s=self._bounds.timeout_s,
            silence_s=self._bounds.timeout_s,
            head_s=self._bounds.deadline_s,
            whole_s=whole_s,
            body_octets=body_octets,
        )


def _reason(failed: ExchangeFailed) -> str:
    """Name a failure of our own limits, or the system's error: it shows in the health of CRLs."""
    cause = failed.__cause__
    if cause is None or failed.failure is Failure.DEADLINE:
        return failed.failure.value
    return type(cause).__name__


def _body(response: Response) -> Iterator[bytes]:
    """Iterate over the body of a 200; FetchFailed for another status and for no body."""
    if response.status != _OK:
        raise FetchFailed(f"http_{response.status}")
    empty = True
    for piece in response.pieces():
        empty = False
        yield piece
    if empty:
        raise FetchFailed("empty")


def _file(into: Path) -> BinaryIO:
    with translate_errors():
        return into.open("wb")


def _write(file: BinaryIO, piece: bytes) -> None:
    """Write; a full disk is not the server's fault."""
    with translate_errors():
        file.write(piece)


def _validator(response: Response, name: str) -> str:
    """Return a header worth sending back: a foreign text of bounded length."""
    value = response.header(name)
    return value if len(value) <= _HEADER and value.isascii() and value.isprintable() else ""


def _ignore_answer(answer: bytes | None, failure: FetchFailed | None) -> None:
    """Do nothing."""


class FetchingSources:
    """Online OCSP at one configured address and the CRLs of the store.

    Satisfies RevocationSources. CRLs are not fetched while a customer waits: a production CRL
    takes minutes to verify; `CrlUpdater` fetches them in the background. `on_answer` is called
    with every answer of the responder, or why there was none.
    """

    def __init__(
        self,
        *,
        fetcher: Fetcher,
        ocsp_url: str,
        store: CrlStore,
        random: Callable[[int], bytes],
        on_answer: Callable[[bytes | None, FetchFailed | None], None] = _ignore_answer,
    ) -> None:
        self._fetcher = fetcher
        self._ocsp_url = ocsp_url
        self._store = store
        self._random = random
        self._on_answer = on_answer

    def nonce(self) -> bytes | None:
        """Return 16 fresh octets (RFC 8954 allows up to 32)."""
        return self._random(_NONCE_OCTETS)

    def ocsp(self, issuer: Certificate, request: bytes) -> tuple[str, bytes]:
        """Post the request to the configured responder; FetchFailed."""
        del issuer
        try:
            answer = self._fetcher.post(self._ocsp_url, request, "application/ocsp-request")
        except FetchFailed as failure:
            self._on_answer(None, failure)
            raise
        self._on_answer(answer, None)
        return self._ocsp_url, answer

    def crls(self, certificate: Certificate) -> tuple[tuple[str, Crl], ...]:
        """Return the stored CRLs issued under a name that may speak about the certificate."""
        return self._store.crls_issued_by(crl_issuers(certificate))
