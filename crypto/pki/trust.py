"""Trust anchors: certificates pinned by the SHA-256 of their DER, in two disjoint worlds.

An anchor is trusted because an operator confirmed its fingerprint out of band, never because of
its name, its signature over itself or the address it came from. Nothing is fetched at run time.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Self

from crypto.errors import CryptoError
from crypto.pki.certificate import Certificate
from crypto.pki.policy import Environment

__all__ = ["TrustRefused", "TrustStore"]


class TrustRefused(CryptoError):
    """A trust store cannot be built from what was configured."""

    code = "trust_refused"


# Roots and CAs of the test hierarchies of НУЦ РК. Published SDK keys chain to them, so anybody
# can sign with them: a production store that holds one is a misconfiguration, not a choice.
_TEST_ANCHORS = frozenset(
    {
        "e76d2ba06ba15f28b590f9452a7a5f1150c68dd11d09842f0b63041339048056",  # kuc_gost_test_2020
        "1778a7639bcbf3333e7a83461d1e126bff46a0f74b73d3345356540dad138b11",  # kuc_rsa_test_2020
        "beeffc0bdb77cd798c35983eb0715f6ef0051cccb71d7cd05505e8a4fb2c6f4d",  # nca_gost2022_test
        "0307e8bdf77cb708b7c9d9a5799facdc6de7154447cb394af9ac9b528c3d82c7",  # nca_gost_test_2019
        "2e0e476ea0d25bfdc317475320444a9df6c92a198ace491baa6f427d6b47b992",  # nca_gost_test_2023
        "7e96a36409dc11e0fc99efae41f8c639e16a495d77c2f2278edb98580f997231",  # nca_rsa_test_2019
        "5b92d85a88fdeee7ccdb06771d82fa1faae3de87839edb368ea1ac07fca04f2a",  # nca_rsa_test_2023
        "06021684f52054692a1859686d5af527eda779e6183c2f3cd4fc1278e4067beb",  # root_gost_test_2018
        "4d05179bcb02180bfc37618372671357df7dd8b7865973eae77b83213cae717b",  # root_rsa_test_2018
        "b995e79e7c07429f8f79e185451e5599ce342ac720000f01b3854fdfa03031a6",  # root_test_gost_2022
    }
)


@dataclass(frozen=True, slots=True)
class TrustStore:
    """Anchors and the CA certificates that may stand between them and a signer.

    intermediates  hints for path building: nothing is trusted because it is here
    """

    environment: Environment
    anchors: tuple[Certificate, ...]
    intermediates: tuple[Certificate, ...]

    @classmethod
    def pinned(
        cls,
        environment: Environment,
        *,
        anchors: Iterable[bytes],
        pins: Collection[str],
        intermediates: Iterable[bytes],
    ) -> Self:
        """Build a store from DER. TrustRefused unless every anchor's SHA-256 (hex) is in `pins`.

        Every pin must be met too: a missing file is a broken installation, not a smaller trust.
        """
        parsed = tuple(Certificate.parse(der) for der in anchors)
        present = {anchor.sha256 for anchor in parsed}
        wanted = {pin.lower() for pin in pins}
        if not parsed:
            raise TrustRefused("no_anchor")
        if present != wanted:
            raise TrustRefused("anchor_not_pinned" if present - wanted else "pin_without_anchor")
        if environment is Environment.PROD and present & _TEST_ANCHORS:
            raise TrustRefused("test_anchor_in_production")
        return cls(environment, parsed, tuple(Certificate.parse(der) for der in intermediates))

    def is_anchor(self, certificate: Certificate) -> bool:
        """Tell whether this very certificate is an anchor."""
        return any(certificate.sha256 == anchor.sha256 for anchor in self.anchors)


def require_disjoint(production: TrustStore, test: TrustStore) -> None:
    """Refuse two stores that share a key: an anchor of one must not verify in the other."""
    keys = {c.key.raw for c in (*production.anchors, *production.intermediates)}
    if any(c.key.raw in keys for c in (*test.anchors, *test.intermediates)):
        raise TrustRefused("stores_overlap")
