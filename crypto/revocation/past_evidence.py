"""What a status of the past is established by: evidence that came along, and proofs of its age."""

from dataclasses import dataclass
from datetime import datetime

from crypto.report.proof_of_existence import ProofsOfExistence
from crypto.revocation.crl import Crl
from crypto.revocation.sources import RevocationSources
from crypto.x509.certificate import Certificate

__all__ = ["GivenResponse", "PastEvidence", "SourcesOfThen"]


@dataclass(frozen=True, slots=True, repr=False)
class PastEvidence:
    """Evidence a stored signature brings along, and what is proven to have existed when.

    now           aware; the moment of validation. What was issued until then is known, also where
                  the status at an earlier moment is asked for
    proofs        of existence, of this evidence too
    responses     OCSP responses in their envelope: foreign, each is verified before it counts
    lists         revocation lists, foreign too
    certificates  hints for building paths
    stolen        keys (SubjectPublicKeyInfo) that were compromised since, and when at the latest
    """

    now: datetime
    proofs: ProofsOfExistence
    responses: tuple[bytes, ...] = ()
    lists: tuple[Crl, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    stolen: tuple[tuple[bytes, datetime], ...] = ()

    def is_proven(self, sha256: str, end: datetime | None) -> bool:
        """Tell whether octets existed before `end`; None: nothing has ended, no proof is needed."""
        if end is None:
            return True
        existed = self.proofs.find(sha256)
        return existed is not None and existed <= end


@dataclass(frozen=True, slots=True)
class SourcesOfThen:
    """The workstation's own sources, asked about an earlier moment; satisfies RevocationSources.

    A responder is asked without a nonce: what it said then cannot hold one made now.
    """

    sources: RevocationSources

    def nonce(self) -> bytes | None:
        """Return None."""
        return None

    def ocsp(self, issuer: Certificate, request: bytes) -> tuple[str, bytes]:
        """Ask the sources; FetchFailed."""
        return self.sources.ocsp(issuer, request)

    def crls(self, certificate: Certificate) -> tuple[tuple[str, Crl], ...]:
        """Return the sources' lists about a certificate; CryptoError of the sources."""
        return self.sources.crls(certificate)


@dataclass(frozen=True, slots=True)
class GivenResponse:
    """One response that came along, and the lists of other sources; satisfies RevocationSources."""

    response: bytes
    sources: RevocationSources

    def nonce(self) -> bytes | None:
        """Return None."""
        return None

    def ocsp(self, issuer: Certificate, request: bytes) -> tuple[str, bytes]:
        """Return the response, whatever is asked; what it is about is checked afterwards."""
        del issuer, request
        return "signature", self.response

    def crls(self, certificate: Certificate) -> tuple[tuple[str, Crl], ...]:
        """Return the sources' lists about a certificate; CryptoError of the sources."""
        return self.sources.crls(certificate)
