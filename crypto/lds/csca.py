"""Country signing authorities (CSCA): certificates pinned by SHA-256, in two disjoint worlds.

They vouch for documents alone and never for an ЭЦП; a signer's anchor never vouches for a document.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Self

from crypto.asn1 import oids
from crypto.path.trust import TrustRefused, TrustStore
from crypto.report.policy import Environment
from crypto.x509.certificate import Certificate
from crypto.x509.extensions import KeyUsage

__all__ = ["CscaTrust", "is_authority", "read_country"]


@dataclass(frozen=True, slots=True)
class CscaTrust:
    """Whose document signers are believed.

    anchors  pinned; their signatures over themselves decide nothing, so SHA-1 does not matter
    links    link certificates (Doc 9303-12 4.3): hints for paths, trusted for nothing
    """

    environment: Environment
    anchors: tuple[Certificate, ...]
    links: tuple[Certificate, ...] = ()

    @classmethod
    def pinned(
        cls,
        environment: Environment,
        *,
        anchors: Iterable[bytes],
        pins: Collection[str],
        links: Iterable[bytes] = (),
    ) -> Self:
        """Build from DER; no anchor at all is a trust that vouches for nobody.

        TrustRefused unless the SHA-256 (hex) of the anchors are exactly `pins`, and each is a CA
        with a country; DerError for octets that are no certificate.
        """
        parsed = tuple(Certificate.parse(der) for der in anchors)
        between = tuple(Certificate.parse(der) for der in links)
        present, wanted = {each.sha256 for each in parsed}, {pin.lower() for pin in pins}
        if present != wanted:
            raise TrustRefused("anchor_not_pinned" if present - wanted else "pin_without_anchor")
        for each in (*parsed, *between):
            if not is_authority(each) or not read_country(each):
                raise TrustRefused(f"not_a_csca:{each.sha256[:16]}")
        return cls(environment, parsed, between)

    @property
    def countries(self) -> tuple[str, ...]:
        """Whose documents can be verified: ISO 3166-1 alpha-2, sorted."""
        return tuple(sorted({read_country(each) for each in self.anchors}))

    def store(self) -> TrustStore:
        """Return the anchors and links as path validation takes them."""
        return TrustStore(self.environment, self.anchors, self.links)

    def require_apart(self, other: Collection[Certificate]) -> None:
        """Refuse a key that another trust holds as well; TrustRefused."""
        keys = {each.key.raw for each in (*self.anchors, *self.links)}
        if any(each.key.raw in keys for each in other):
            raise TrustRefused("stores_overlap")


def read_country(certificate: Certificate) -> str:
    """Return the subject's countryName in capitals; empty without one or with several."""
    stated = certificate.subject.values(oids.COUNTRY)
    return stated[0].strip().upper() if len(stated) == 1 else ""


def is_authority(certificate: Certificate) -> bool:
    """Tell whether a certificate is one of a CA that may sign certificates."""
    constraints = certificate.basic_constraints
    return constraints is not None and constraints.ca and certificate.allows(KeyUsage.KEY_CERT_SIGN)
