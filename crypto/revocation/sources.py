"""Where revocation facts come from: the seam between validation and the network.

Validation asks for bytes and lists; what it gets is foreign until verified here.
"""

from dataclasses import dataclass
from typing import Protocol

from crypto.errors import CryptoError
from crypto.revocation.crl import Crl
from crypto.revocation.ocsp import OcspResponse, OcspStatus, read_requested_certificate
from crypto.x509.certificate import Certificate
from crypto.x509.names import Name

__all__ = ["FetchFailed", "OfflineSources", "RevocationSources", "crl_issuers"]


class FetchFailed(CryptoError):
    """Nothing usable arrived: no route, refused, timed out, too large, not HTTP 200."""

    code = "fetch_failed"


class RevocationSources(Protocol):
    """OCSP transport and list look-up."""

    def nonce(self) -> bytes | None:
        """Return fresh random octets for an online request; None when answers are stored ones."""

    def ocsp(self, issuer: Certificate, request: bytes) -> tuple[str, bytes]:
        """Ask the responder for certificates of `issuer`; its address and answer. FetchFailed."""

    def crls(self, certificate: Certificate) -> tuple[tuple[str, Crl], ...]:
        """Return every list at hand that may speak about `certificate`, each with where it is from.

        That is every list, full or delta, issued under one of `crl_issuers(certificate)`,
        whatever key signed it: who may sign is the caller's to check.
        """


def crl_issuers(certificate: Certificate) -> tuple[Name, ...]:
    """Return the names lists about a certificate are issued under: its issuer's, every cRLIssuer's.

    RFC 5280 6.3.3 (b)(1). A few at most: the certificate's own extensions bound them.
    """
    points = (*certificate.distribution_points, *certificate.freshest_points)
    found = [certificate.issuer]
    for point in points:
        found += [name for name in point.crl_issuers if name not in found]
    return tuple(found)


@dataclass(frozen=True, slots=True)
class OfflineSources:
    """Answers given beforehand: tests, air-gapped branches, re-validation of a record."""

    responses: tuple[bytes, ...]
    revocation_lists: tuple[Crl, ...]

    def nonce(self) -> bytes | None:
        """Return None: a stored answer cannot hold our nonce."""
        return None

    def ocsp(self, issuer: Certificate, request: bytes) -> tuple[str, bytes]:
        """Return the given response that says most about the certificate asked about.

        One that calls it revoked comes before one that does not, and either before a response
        about something else; FetchFailed when none was given. All of it is checked afterwards.
        """
        del issuer
        if not self.responses:
            raise FetchFailed("no_response_given")
        return "given", min(self.responses, key=lambda der: _rank(der, request))

    def crls(self, certificate: Certificate) -> tuple[tuple[str, Crl], ...]:
        """Return the given lists issued under a name that may speak about the certificate."""
        names = crl_issuers(certificate)
        return tuple(("given", c) for c in self.revocation_lists if c.issuer in names)


def _rank(untrusted_response: bytes, request: bytes) -> int:
    """0 revoked, 1 another status, 2 about other certificates only, 3 unreadable."""
    try:
        wanted = read_requested_certificate(request)
        singles = OcspResponse.parse(untrusted_response).singles
    except CryptoError:
        return 3
    statuses = {single.status for single in singles if single.certificate == wanted}
    if not statuses:
        return 2
    return 0 if OcspStatus.REVOKED in statuses else 1
