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

__all__ = ["CscaTrust", "is_authority", "is_specimen", "read_country"]

_UTOPIA = "UT"
"""Of the specimens in Doc 9303-3 to 9303-7."""
_SANDBOX = "SANDBOX"


@dataclass(frozen=True, slots=True)
class CscaTrust:
    """Whose document signers are believed.

    anchors  pinned; their signatures over themselves decide nothing, so SHA-1 does not matter
    links    link certificates (Doc 9303-12 4.3): hints for paths, trusted for nothing
    sha1     what a state has signed over SHA-1 counts, and the report says so. Two documents of one
             hash are needed to abuse it, both made by the state's own signer: nobody is known to
             find another document for a given hash
    """

    environment: Environment
    anchors: tuple[Certificate, ...]
    links: tuple[Certificate, ...] = ()
    sha1: bool = False

    @classmethod
    def pinned(
        cls,
        environment: Environment,
        *,
        anchors: Iterable[bytes],
        pins: Collection[str],
        links: Iterable[bytes] = (),
        sha1: bool = False,
    ) -> Self:
        """Build from DER; no anchor at all is a trust that vouches for nobody.

        TrustRefused unless the SHA-256 (hex) of the anchors are exactly `pins`, each is a CA with
        a country, and none of a production trust is of a specimen; DerError for other octets.
        """
        parsed = tuple(Certificate.parse(der) for der in anchors)
        between = tuple(Certificate.parse(der) for der in links)
        present, wanted = {each.sha256 for each in parsed}, {pin.lower() for pin in pins}
        if present != wanted:
            raise TrustRefused("anchor_not_pinned" if present - wanted else "pin_without_anchor")
        for each in (*parsed, *between):
            if not is_authority(each) or not read_country(each):
                raise TrustRefused(f"not_a_csca:{each.sha256[:16]}")
            if environment is Environment.PROD and is_specimen(each):
                raise TrustRefused(f"test_anchor_in_production:{each.sha256[:16]}")
        return cls(environment, parsed, between, sha1)

    @property
    def countries(self) -> tuple[str, ...]:
        """Whose documents can be verified: ISO 3166-1 alpha-2, sorted."""
        return tuple(sorted({read_country(each) for each in self.anchors}))

    def make_store(self) -> TrustStore:
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


def is_specimen(certificate: Certificate) -> bool:
    """Tell whether it says of itself that no state stands behind it: Utopia, or our sandbox.

    Against mistakes only: what keeps a forged authority out is the fingerprint.
    """
    named = any(text.startswith(_SANDBOX) for _, text in certificate.subject.attributes)
    return named or read_country(certificate) == _UTOPIA


def is_authority(certificate: Certificate) -> bool:
    """Tell whether a certificate is one of a CA that may sign certificates."""
    constraints = certificate.basic_constraints
    return constraints is not None and constraints.ca and certificate.allows(KeyUsage.KEY_CERT_SIGN)
