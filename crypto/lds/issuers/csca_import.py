"""Which certificates may become country authorities that a station believes.

An anchor is imported because the administrator gave its fingerprint, which was read elsewhere; a
link certificate because the key of an anchor signed it. A master list alone makes nobody trusted.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from crypto.algorithms.key_policy import KeyPolicy
from crypto.algorithms.registry import SignatureOutcome
from crypto.lds.algorithms import MINIMUM_BITS, document_registry
from crypto.lds.csca import is_authority, is_specimen, read_country
from crypto.path.known_authorities import AuthorityCatalogue
from crypto.path.trust import TrustRefused
from crypto.path.trust_import import ImportedCertificate
from crypto.path.validate import verify_certificate
from crypto.report.policy import Environment
from crypto.x509.certificate import Certificate

__all__ = ["CscaImport", "CscaSelection", "is_link"]


@dataclass(frozen=True, slots=True)
class CscaSelection:
    """What became of the certificates that were offered.

    admitted     anchors by their typed fingerprints, links by their signatures
    unconfirmed  of the countries asked for: anchors once their fingerprints are confirmed
    """

    admitted: tuple[ImportedCertificate, ...]
    unconfirmed: tuple[Certificate, ...]


@dataclass(frozen=True, slots=True)
class CscaImport:
    """What candidates are held against, in one world.

    countries  ISO 3166-1 alpha-2 of those asked for
    typed      fingerprints (SHA-256 of DER, lower-case hex) given by the administrator
    trusted    country authorities that the station pins already
    catalogue  authorities of signers: none of their keys may vouch for documents
    """

    environment: Environment
    countries: frozenset[str]
    typed: frozenset[str]
    trusted: Sequence[Certificate]
    catalogue: AuthorityCatalogue

    def select(self, candidates: Collection[Certificate]) -> CscaSelection:
        """Sort the candidates; TrustRefused, its detail `reason:first digits of SHA-256`.

        Every typed fingerprint must belong to a candidate of the countries asked for.
        """
        offered = {each.sha256: each for each in candidates if read_country(each) in self.countries}
        if self.typed - offered.keys():
            raise TrustRefused("fingerprint_matches_no_file")
        anchors = [self._admit(each) for each in offered.values() if each.sha256 in self.typed]
        pinned = (*self.trusted, *(each.certificate for each in anchors))
        rest = [each for each in offered.values() if each.sha256 not in self.typed]
        known = {each.sha256 for each in self.trusted}
        links = [each for each in rest if is_link(each) and self._is_linked(each, pinned)]
        return CscaSelection(
            (*anchors, *(_describe(each, anchor=False) for each in links)),
            tuple(each for each in rest if each not in links and each.sha256 not in known),
        )

    def _admit(self, certificate: Certificate) -> ImportedCertificate:
        if not is_authority(certificate):
            raise _refuse("not_a_csca", certificate)
        if self.environment is Environment.PROD and is_specimen(certificate):
            raise _refuse("test_anchor_in_production", certificate)
        if self.catalogue.find_worlds(certificate):
            raise _refuse("authority_of_signers", certificate)
        return _describe(certificate, anchor=True)

    @staticmethod
    def _is_linked(certificate: Certificate, pinned: Iterable[Certificate]) -> bool:
        """Tell whether a pinned key signed this authority's certificate."""
        registry, keys = document_registry(), KeyPolicy(MINIMUM_BITS)
        return is_authority(certificate) and any(
            verify_certificate(certificate, each, registry, keys).outcome is SignatureOutcome.VALID
            for each in pinned
            if each.subject == certificate.issuer
        )


def is_link(certificate: Certificate) -> bool:
    """Tell whether an authority's certificate is signed by another key (Doc 9303-12 4.3)."""
    stated = certificate.authority_key_id
    if not certificate.self_issued:
        return True
    if stated is None or stated.key_id is None or certificate.subject_key_id is None:
        return False
    return stated.key_id != certificate.subject_key_id


def _describe(certificate: Certificate, *, anchor: bool) -> ImportedCertificate:
    name = f"csca_{read_country(certificate).lower()}"
    return ImportedCertificate(certificate, anchor=anchor, name=name, typed=anchor)


def _refuse(reason: str, certificate: Certificate) -> TrustRefused:
    return TrustRefused(f"{reason}:{certificate.sha256[:16]}")
