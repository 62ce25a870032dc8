"""Trust anchors: certificates pinned by the SHA-256 of their DER, in two disjoint worlds.

An anchor is trusted because an operator confirmed its fingerprint out of band, never because of
its name, its signature over itself or the address it came from. Nothing is fetched at run time.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Self

from crypto.errors import CryptoError
from crypto.path.known_authorities import known_authorities
from crypto.report.policy import Environment
from crypto.x509.certificate import Certificate

__all__ = ["TrustRefused", "TrustStore"]


class TrustRefused(CryptoError):
    """A trust store cannot be built from what was configured."""

    code = "trust_refused"


@dataclass(frozen=True, slots=True)
class TrustStore:
    """Anchors and the CA certificates that may stand between them and a signer.

    intermediates  hints for path building: nothing is trusted because it is here
    issuers        keys (SHA-256 of SubjectPublicKeyInfo, hex) one of which must have issued what
                   this store vouches for; None: any authority below an anchor may
    """

    environment: Environment
    anchors: tuple[Certificate, ...]
    intermediates: tuple[Certificate, ...]
    issuers: frozenset[str] | None = None

    @classmethod
    def pinned(
        cls,
        environment: Environment,
        *,
        anchors: Iterable[bytes],
        pins: Collection[str],
        intermediates: Iterable[bytes],
        issuers: frozenset[str] | None = None,
    ) -> Self:
        """Build a store from DER. TrustRefused unless every anchor's SHA-256 (hex) is in `pins`.

        Every pin must be met too: a missing file is a broken installation, not a smaller trust.
        A production store refuses every certificate and key of the known test hierarchies:
        published SDK keys chain to them, so anybody can sign. CatalogueRefused when what is
        known of them cannot be read.
        """
        parsed = tuple(Certificate.parse(der) for der in anchors)
        present = {anchor.sha256 for anchor in parsed}
        wanted = {pin.lower() for pin in pins}
        if not parsed:
            raise TrustRefused("no_anchor")
        if present != wanted:
            raise TrustRefused("anchor_not_pinned" if present - wanted else "pin_without_anchor")
        between = tuple(Certificate.parse(der) for der in intermediates)
        if environment is Environment.PROD:
            _refuse_test_world(parsed, between)
        return cls(environment, parsed, between, issuers)

    def is_anchor(self, certificate: Certificate) -> bool:
        """Tell whether this very certificate is an anchor."""
        return any(certificate.sha256 == anchor.sha256 for anchor in self.anchors)


def require_disjoint(production: TrustStore, test: TrustStore) -> None:
    """Refuse two stores that share a key: an anchor of one must not verify in the other."""
    keys = {c.key.raw for c in (*production.anchors, *production.intermediates)}
    if any(c.key.raw in keys for c in (*test.anchors, *test.intermediates)):
        raise TrustRefused("stores_overlap")


def _refuse_test_world(anchors: Iterable[Certificate], between: Iterable[Certificate]) -> None:
    known = known_authorities()
    if any(Environment.TEST in known.find_worlds(each) for each in anchors):
        raise TrustRefused("test_anchor_in_production")
    if any(Environment.TEST in known.find_worlds(each) for each in between):
        raise TrustRefused("test_certificate_in_production")
