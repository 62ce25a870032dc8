"""The sandbox's hierarchies: who issues whom, and who is revoked.

Three of them, one per family of algorithms, because a certificate and everything above it agree
in algorithms as those of НУЦ РК do; the TLS certificate of the loopback NCALayer has a root of
its own, and so have travel documents.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from workstation.sandbox.people import PEOPLE, CustomerKey, Family
from workstation.sandbox.pki import issuance
from workstation.sandbox.pki.credential import Credential
from workstation.sandbox.pki.credential_cache import MINIMUM_AGE, CredentialCache
from workstation.sandbox.pki.travel_documents import issue_csca, issue_document_signer

__all__ = ["Hierarchy", "SandboxPki", "SandboxRevocation"]

KEY_COMPROMISE, SUPERSEDED, CERTIFICATE_HOLD = 1, 4, 6
"""CRLReason (RFC 5280 5.3.1)."""

_REASONS = {
    CustomerKey.REVOKED: KEY_COMPROMISE,
    CustomerKey.HELD: CERTIFICATE_HOLD,
    CustomerKey.REVOKED_LATELY: SUPERSEDED,
    CustomerKey.RSA_REVOKED: KEY_COMPROMISE,
}
_TITLES = {Family.GOST2015: "GOST 2015", Family.RSA: "RSA", Family.GOST2004: "GOST 2004"}
_EXPIRED = {CustomerKey.EXPIRED, CustomerKey.LEGACY_EXPIRED}


@dataclass(frozen=True, slots=True, repr=False)
class Hierarchy:
    """One family: `root` issues `nca`; `nca` issues customers, `tsa` and `ocsp`."""

    family: Family
    root: Credential
    nca: Credential
    tsa: Credential
    ocsp: Credential


@dataclass(frozen=True, slots=True)
class SandboxRevocation:
    """When and why (CRLReason) a certificate was revoked; `lately`: only deltas list it yet."""

    since: datetime
    reason: int
    lately: bool


@dataclass(frozen=True, slots=True, repr=False)
class SandboxPki:
    """Authorities, services and customers.

    tls_root     issues `tls` for the loopback NCALayer and nothing else
    csca         issues `document_signer`, which signs the chips of travel documents
    """

    hierarchies: Mapping[Family, Hierarchy]
    tls_root: Credential
    tls: Credential
    csca: Credential
    document_signer: Credential
    customers: Mapping[CustomerKey, Credential]

    @classmethod
    def open(cls, folder: Path, moment: datetime) -> "SandboxPki":
        """Load what fits `moment` from the folder and make the rest; creates the folder."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        cache = CredentialCache(folder, moment)
        hierarchies = {family: _hierarchy(cache, family) for family in Family}
        tls_root = cache.get_root(
            "tls_root", partial(issuance.issue_root, "SANDBOX Loopback TLS CA", Family.RSA)
        )
        csca = cache.get_root("csca", lambda _moment: issue_csca())
        return cls(
            hierarchies=hierarchies,
            tls_root=tls_root,
            tls=cache.get_issued("tls", tls_root, issuance.issue_tls_server),
            csca=csca,
            document_signer=cache.get_issued(
                "document_signer", csca, lambda issuer, _moment: issue_document_signer(issuer)
            ),
            customers={
                person.key: cache.get_issued(
                    person.key.value,
                    hierarchies[person.family].nca,
                    partial(issuance.issue_customer, person),
                    expired=person.key in _EXPIRED,
                )
                for person in PEOPLE
            },
        )

    def revocations(self, family: Family) -> Mapping[int, SandboxRevocation]:
        """Return what the issuing authority of the family has revoked, by serial number."""
        found = {}
        for person in PEOPLE:
            if person.family is family and person.key in _REASONS:
                certificate = self.customers[person.key].parsed
                found[certificate.serial] = SandboxRevocation(
                    certificate.not_before + MINIMUM_AGE,
                    _REASONS[person.key],
                    lately=person.key is CustomerKey.REVOKED_LATELY,
                )
        return found

    def issued_serials(self, family: Family) -> frozenset[int]:
        """Return the serial numbers of all certificates the authority of the family issued."""
        hierarchy = self.hierarchies[family]
        customers = (self.customers[each.key] for each in PEOPLE if each.family is family)
        below = (hierarchy.tsa, hierarchy.ocsp, *customers)
        return frozenset(credential.parsed.serial for credential in below)


def _hierarchy(cache: CredentialCache, family: Family) -> Hierarchy:
    title = _TITLES[family]
    root = cache.get_root(
        f"{family}_root", partial(issuance.issue_root, f"SANDBOX Root CA ({title})", family)
    )
    nca = cache.get_issued(
        f"{family}_nca",
        root,
        partial(issuance.issue_authority, f"SANDBOX NCA ({title})", family),
    )
    return Hierarchy(
        family,
        root,
        nca,
        tsa=cache.get_issued(f"{family}_tsa", nca, partial(issuance.issue_time_stamper, family)),
        ocsp=cache.get_issued(
            f"{family}_ocsp", nca, partial(issuance.issue_ocsp_responder, family)
        ),
    )
