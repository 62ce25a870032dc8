"""Revocation evidence recorded as it is used, and played back: a validation can be repeated.

Every octet that came in is kept: OCSP answers whole, lists by their hash, because one list serves
thousands of decisions and is stored once. Failures are recorded too: a responder that was silent
then is silent in the repetition.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from crypto.errors import CryptoError
from crypto.revocation.crl import Crl, ParsedCrl
from crypto.revocation.sources import FetchFailed, RevocationSources
from crypto.x509.certificate import Certificate

__all__ = [
    "CrlLookUp",
    "EvidenceMissing",
    "OcspExchange",
    "RecordingSources",
    "ReplayedSources",
    "RevocationRecord",
]

_MAX_RECORDED = 1000


class EvidenceMissing(CryptoError):
    """Evidence a record names is not at hand or is not what was recorded; detail: its hash."""

    code = "evidence_missing"


@dataclass(frozen=True, slots=True)
class OcspExchange:
    """One request and what came back: an answer, or the detail of the failure.

    issuer  SHA-256 of the issuer's certificate
    failed  detail of FetchFailed; None when something arrived
    """

    issuer: str
    request: bytes
    source: str
    answer: bytes
    failed: str | None


@dataclass(frozen=True, slots=True)
class CrlLookUp:
    """Which CRLs were at hand for one certificate, each with where it came from and its SHA-256.

    failed  code of the error of the store; None when it answered
    """

    certificate: str
    crls: tuple[tuple[str, str], ...]
    failed: str | None


@dataclass(frozen=True, slots=True)
class RevocationRecord:
    """Every request and answer of a validation, in order."""

    nonces: tuple[bytes | None, ...]
    exchanges: tuple[OcspExchange, ...]
    look_ups: tuple[CrlLookUp, ...]

    def crl_digests(self) -> tuple[str, ...]:
        """Return the SHA-256 of every CRL that was at hand, each once."""
        found = (sha256 for look_up in self.look_ups for _, sha256 in look_up.crls)
        return tuple(dict.fromkeys(found))


@dataclass(slots=True)
class RecordingSources:
    """Wraps sources and keeps what they say; satisfies RevocationSources. For one validation.

    raw  octets of a list the sources keep elsewhere, by SHA-256; None when it is gone
    """

    sources: RevocationSources
    raw: Callable[[str], bytes | None]
    _nonces: list[bytes | None] = field(default_factory=list)
    _exchanges: list[OcspExchange] = field(default_factory=list)
    _look_ups: list[CrlLookUp] = field(default_factory=list)
    _lists: dict[str, Crl] = field(default_factory=dict)

    def nonce(self) -> bytes | None:
        """Return the sources' nonce."""
        nonce = self.sources.nonce()
        self._nonces.append(nonce)
        return nonce

    def ocsp(self, issuer: Certificate, request: bytes) -> tuple[str, bytes]:
        """Ask the sources; FetchFailed."""
        try:
            source, answer = self.sources.ocsp(issuer, request)
        except FetchFailed as failed:
            self._exchanges.append(OcspExchange(issuer.sha256, request, "", b"", failed.detail))
            raise
        self._exchanges.append(OcspExchange(issuer.sha256, request, source, answer, None))
        return source, answer

    def crls(self, certificate: Certificate) -> tuple[tuple[str, Crl], ...]:
        """Return the sources' lists about a certificate; CryptoError of the sources."""
        try:
            found = self.sources.crls(certificate)
        except CryptoError as failed:
            self._look_ups.append(CrlLookUp(certificate.sha256, (), failed.code))
            raise
        named = tuple((source, item.sha256) for source, item in found)
        self._look_ups.append(CrlLookUp(certificate.sha256, named, None))
        self._lists |= {item.sha256: item for _, item in found}
        return found

    def record(self) -> RevocationRecord:
        """Return what was recorded so far."""
        return RevocationRecord(tuple(self._nonces), tuple(self._exchanges), tuple(self._look_ups))

    def octets(self, sha256: str) -> bytes | None:
        """Return the DER of a list that was used; None when it was replaced and is gone."""
        item = self._lists.get(sha256)
        return item.raw if isinstance(item, ParsedCrl) else self.raw(sha256)


class ReplayedSources:
    """A record played back; satisfies RevocationSources. For one validation.

    Whatever was not recorded is a failure, never an empty answer: a repetition that asks more
    than the first validation did cannot come out better than it.
    """

    def __init__(self, record: RevocationRecord, octets: Callable[[str], bytes | None]) -> None:
        """Play `record`; `octets` gives lists by SHA-256. EvidenceMissing for a record too long."""
        if max(len(record.nonces), len(record.exchanges), len(record.look_ups)) > _MAX_RECORDED:
            raise EvidenceMissing("record_too_long")
        self._nonces = list(record.nonces)
        self._exchanges = list(record.exchanges)
        self._look_ups = list(record.look_ups)
        self._octets = octets
        self._read: dict[str, ParsedCrl] = {}

    def nonce(self) -> bytes | None:
        """Return the nonces in the order they were made; None when there are no more."""
        return self._nonces.pop(0) if self._nonces else None

    def ocsp(self, issuer: Certificate, request: bytes) -> tuple[str, bytes]:
        """Return the recorded answer to this very request; FetchFailed (`not_recorded`)."""
        for each in self._exchanges:
            if (each.issuer, each.request) == (issuer.sha256, request):
                if each.failed is not None:
                    raise FetchFailed(each.failed)
                return each.source, each.answer
        raise FetchFailed("not_recorded")

    def crls(self, certificate: Certificate) -> tuple[tuple[str, Crl], ...]:
        """Return the recorded lists about a certificate; EvidenceMissing unless all are here."""
        for each in self._look_ups:
            if each.certificate == certificate.sha256:
                if each.failed is not None:
                    raise EvidenceMissing(each.failed)
                return tuple((source, self._crl(sha256)) for source, sha256 in each.crls)
        raise EvidenceMissing("not_recorded")

    def _crl(self, sha256: str) -> ParsedCrl:
        if sha256 not in self._read:
            untrusted = self._octets(sha256)
            if untrusted is None or hashlib.sha256(untrusted).hexdigest() != sha256:
                raise EvidenceMissing(sha256)
            self._read[sha256] = ParsedCrl.parse(untrusted)
        return self._read[sha256]
