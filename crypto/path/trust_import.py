"""Which certificate files may become trust: matched with known fingerprints, links verified.

A root is imported because its fingerprint is known for this world or was typed by the
administrator, who read it elsewhere; an issuing CA because a root verifies it. A certificate or a
key of the other world is never imported, whatever was typed.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from crypto.algorithms.key_policy import KeyPolicy
from crypto.algorithms.registry import AlgorithmRegistry, SignatureOutcome
from crypto.path.anchors import find_anchor_fault
from crypto.path.known_authorities import AuthorityCatalogue, AuthorityRole
from crypto.path.trust import TrustRefused
from crypto.path.validate import verify_certificate
from crypto.report.policy import Environment
from crypto.x509.certificate import Certificate

__all__ = ["ImportedCertificate", "TrustImport", "parse_fingerprint"]


@dataclass(frozen=True, slots=True)
class ImportedCertificate:
    """A certificate that may be trusted: an anchor, or a CA between an anchor and a signer.

    name   of the catalogue; of the fingerprint when the catalogue does not know it
    typed  known by a fingerprint the administrator gave, not by the catalogue
    """

    certificate: Certificate
    anchor: bool
    name: str
    typed: bool


@dataclass(frozen=True, slots=True)
class TrustImport:
    """What candidates for trust are verified with, in one world.

    typed    fingerprints (SHA-256 of DER, lower-case hex) given by the administrator
    trusted  what the station trusts already: its anchors may verify an issuing CA
    """

    environment: Environment
    catalogue: AuthorityCatalogue
    typed: frozenset[str]
    trusted: Sequence[Certificate]
    registry: AlgorithmRegistry
    keys: KeyPolicy

    def verify(self, candidates: Collection[Certificate]) -> tuple[ImportedCertificate, ...]:
        """Verify all of them or none: TrustRefused, its detail `reason:first digits of SHA-256`.

        Every typed fingerprint must belong to a candidate: a mistyped one is not passed over.
        """
        if any(self.catalogue.find_worlds(each) - {self.environment} for each in self.trusted):
            raise TrustRefused("stores_overlap")
        offered = {each.sha256: each for each in candidates}
        if self.typed - offered.keys():
            raise TrustRefused("fingerprint_matches_no_file")
        roots = [self._verify_root(each) for each in offered.values() if each.self_issued]
        anchors = [*self.trusted, *(root.certificate for root in roots)]
        between = [
            self._verify_issuing(each, anchors) for each in offered.values() if not each.self_issued
        ]
        return (*roots, *between)

    def _verify_root(self, certificate: Certificate) -> ImportedCertificate:
        name, typed = self._identify(certificate, AuthorityRole.ROOT)
        _require_authority(certificate)
        outcome = self._verify_link(certificate, certificate)
        if outcome is not SignatureOutcome.VALID:
            raise _refuse(_explain([outcome]), certificate)
        return ImportedCertificate(certificate, anchor=True, name=name, typed=typed)

    def _verify_issuing(
        self, certificate: Certificate, anchors: Sequence[Certificate]
    ) -> ImportedCertificate:
        name, typed = self._identify(certificate, AuthorityRole.ISSUING)
        _require_authority(certificate)
        above = [each for each in anchors if each.subject == certificate.issuer]
        # Roots of two generations share a name: one whose key verifies the link is enough.
        outcomes = [self._verify_link(certificate, each) for each in above]
        if SignatureOutcome.VALID not in outcomes:
            raise _refuse(_explain(outcomes), certificate)
        return ImportedCertificate(certificate, anchor=False, name=name, typed=typed)

    def _identify(self, certificate: Certificate, role: AuthorityRole) -> tuple[str, bool]:
        worlds = self.catalogue.find_worlds(certificate)
        if worlds - {self.environment}:
            raise _refuse("of_the_other_environment", certificate)
        if certificate.sha256 in self.typed:
            return f"ca_{certificate.sha256[:16]}", True
        known = self.catalogue.find(certificate)
        if known is None:
            raise _refuse("fingerprint_unknown", certificate)
        if known.role is not role:
            raise _refuse(f"role_{known.role.value}", certificate)
        if not known.accepted:
            raise _refuse("not_accepted_by_policy", certificate)
        return known.name, False

    def _verify_link(self, certificate: Certificate, issuer: Certificate) -> SignatureOutcome:
        return verify_certificate(certificate, issuer, self.registry, self.keys).outcome


def _require_authority(certificate: Certificate) -> None:
    if fault := find_anchor_fault(certificate):
        raise _refuse(fault, certificate)


def _explain(outcomes: Sequence[SignatureOutcome]) -> str:
    """Return why no issuer verified: nobody to ask, not able to say, or wrong."""
    if not outcomes:
        return "no_anchor_issued_it"
    found = next(
        (each for each in outcomes if each is not SignatureOutcome.WRONG), SignatureOutcome.WRONG
    )
    return "signature_wrong" if found is SignatureOutcome.WRONG else found.value


def _refuse(reason: str, certificate: Certificate) -> TrustRefused:
    return TrustRefused(f"{reason}:{certificate.sha256[:16]}")


def parse_fingerprint(typed: str) -> str:
    """Return a fingerprint as people type it (colons, spaces, capitals) as 64 hex digits."""
    plain = "".join(typed.split()).replace(":", "").lower()
    if len(plain) != hashlib.sha256().digest_size * 2 or not set(plain) <= set("0123456789abcdef"):
        raise TrustRefused("fingerprint_malformed")
    return plain
