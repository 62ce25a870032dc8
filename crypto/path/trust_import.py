"""Which certificate files may become trust: matched with known fingerprints, links verified.

A root is admitted because its fingerprint is known for this world or was typed by the
administrator, who read it elsewhere; an issuing CA because a root verifies it. A certificate or a
key of the other world is never admitted, whatever was typed.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from crypto.algorithms.key_policy import KeyPolicy
from crypto.algorithms.registry import AlgorithmRegistry, SignatureOutcome
from crypto.path.known_authorities import AuthorityCatalogue, AuthorityRole
from crypto.path.trust import TrustRefused
from crypto.path.validate import verify_certificate
from crypto.report.policy import Environment
from crypto.x509.certificate import Certificate
from crypto.x509.extensions import KeyUsage

__all__ = ["Admitted", "TrustDesk", "fingerprint"]


@dataclass(frozen=True, slots=True)
class Admitted:
    """A certificate that may be trusted: an anchor, or a CA between an anchor and a signer.

    name   of the catalogue; of the fingerprint when the catalogue does not know it
    typed  admitted by a fingerprint the administrator gave, not by the catalogue
    """

    certificate: Certificate
    anchor: bool
    name: str
    typed: bool


@dataclass(frozen=True, slots=True)
class TrustDesk:
    """Judges candidates for one world.

    typed    fingerprints (SHA-256 of DER, lower-case hex) given by the administrator
    held     what the station trusts already: its anchors may verify an issuing CA
    """

    environment: Environment
    catalogue: AuthorityCatalogue
    typed: frozenset[str]
    held: Sequence[Certificate]
    registry: AlgorithmRegistry
    keys: KeyPolicy

    def admit(self, candidates: Collection[Certificate]) -> tuple[Admitted, ...]:
        """Admit all of them or none: TrustRefused, its detail `reason:first digits of SHA-256`.

        Every typed fingerprint must belong to a candidate: a mistyped one is not passed over.
        """
        if any(self.catalogue.worlds_of(each) - {self.environment} for each in self.held):
            raise TrustRefused("stores_overlap")
        offered = {each.sha256: each for each in candidates}
        if self.typed - offered.keys():
            raise TrustRefused("fingerprint_matches_no_file")
        roots = [self._root(each) for each in offered.values() if each.self_issued]
        anchors = [*self.held, *(root.certificate for root in roots)]
        between = [
            self._issuing(each, anchors) for each in offered.values() if not each.self_issued
        ]
        return (*roots, *between)

    def _root(self, certificate: Certificate) -> Admitted:
        name, typed = self._known_as(certificate, AuthorityRole.ROOT)
        _require_authority(certificate)
        outcome = self._outcome(certificate, certificate)
        if outcome is not SignatureOutcome.VALID:
            raise _refused(_reason([outcome]), certificate)
        return Admitted(certificate, anchor=True, name=name, typed=typed)

    def _issuing(self, certificate: Certificate, anchors: Sequence[Certificate]) -> Admitted:
        name, typed = self._known_as(certificate, AuthorityRole.ISSUING)
        _require_authority(certificate)
        above = [each for each in anchors if each.subject == certificate.issuer]
        # Roots of two generations share a name: one whose key verifies the link is enough.
        outcomes = [self._outcome(certificate, each) for each in above]
        if SignatureOutcome.VALID not in outcomes:
            raise _refused(_reason(outcomes), certificate)
        return Admitted(certificate, anchor=False, name=name, typed=typed)

    def _known_as(self, certificate: Certificate, role: AuthorityRole) -> tuple[str, bool]:
        worlds = self.catalogue.worlds_of(certificate)
        if worlds - {self.environment}:
            raise _refused("of_the_other_environment", certificate)
        if certificate.sha256 in self.typed:
            return f"ca_{certificate.sha256[:16]}", True
        known = self.catalogue.named_by(certificate)
        if known is None:
            raise _refused("fingerprint_unknown", certificate)
        if known.role is not role:
            raise _refused(f"role_{known.role.value}", certificate)
        if not known.accepted:
            raise _refused("not_accepted_by_policy", certificate)
        return known.name, False

    def _outcome(self, certificate: Certificate, issuer: Certificate) -> SignatureOutcome:
        return verify_certificate(certificate, issuer, self.registry, self.keys).outcome


def _require_authority(certificate: Certificate) -> None:
    constraints = certificate.basic_constraints
    if constraints is None or not constraints.ca or not certificate.allows(KeyUsage.KEY_CERT_SIGN):
        raise _refused("not_a_ca", certificate)


def _reason(outcomes: Sequence[SignatureOutcome]) -> str:
    """Say why no issuer verified: nobody to ask, not able to say, or wrong."""
    if not outcomes:
        return "no_anchor_issued_it"
    told = next(
        (each for each in outcomes if each is not SignatureOutcome.WRONG), SignatureOutcome.WRONG
    )
    return "signature_wrong" if told is SignatureOutcome.WRONG else told.value


def _refused(reason: str, certificate: Certificate) -> TrustRefused:
    return TrustRefused(f"{reason}:{certificate.sha256[:16]}")


def fingerprint(typed: str) -> str:
    """Return a fingerprint as people type it (colons, spaces, capitals) as 64 hex digits."""
    plain = "".join(typed.split()).replace(":", "").lower()
    if len(plain) != hashlib.sha256().digest_size * 2 or not set(plain) <= set("0123456789abcdef"):
        raise TrustRefused("fingerprint_malformed")
    return plain
