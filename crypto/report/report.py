"""What a validation found, in the words of ETSI EN 319 102-1: values only.

A report lists every check, passed ones too, and every piece of evidence, unused ones too, each
with the reason. Format: docs/formats/signature-report.md.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from crypto.canonical_json import JsonValue

__all__ = [
    "REPORT_VERSION",
    "WARNING",
    "EvidenceItem",
    "EvidenceKind",
    "Finding",
    "FindingStatus",
    "Indication",
    "MissingIssuer",
    "SignatureReport",
    "SubIndication",
    "SubjectFacts",
    "milliseconds",
]

REPORT_VERSION = 2
"""2: findings and evidence name the certificate they are about. 1 is read by the same readers."""

WARNING = "warning:"
"""How the detail of a finding begins that does not decide."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class FindingStatus(StrEnum):
    """Three values: what is missing has not passed."""

    PASSED = "passed"
    FAILED = "failed"
    INDETERMINATE = "indeterminate"


class Indication(StrEnum):
    """Main status indication (EN 319 102-1 table 5)."""

    TOTAL_PASSED = "TOTAL_PASSED"
    INDETERMINATE = "INDETERMINATE"
    TOTAL_FAILED = "TOTAL_FAILED"


class SubIndication(StrEnum):
    """Sub-indications of EN 319 102-1 table 5.

    Those with NO_POE and OUT_OF_BOUNDS are stated of stored signatures only
    (`crypto.report.stored`): a fresh one answers a nonce that dates it.
    """

    FORMAT_FAILURE = "FORMAT_FAILURE"
    HASH_FAILURE = "HASH_FAILURE"
    SIG_CRYPTO_FAILURE = "SIG_CRYPTO_FAILURE"
    REVOKED = "REVOKED"
    EXPIRED = "EXPIRED"
    NOT_YET_VALID = "NOT_YET_VALID"
    SIG_CONSTRAINTS_FAILURE = "SIG_CONSTRAINTS_FAILURE"
    CHAIN_CONSTRAINTS_FAILURE = "CHAIN_CONSTRAINTS_FAILURE"
    CRYPTO_CONSTRAINTS_FAILURE = "CRYPTO_CONSTRAINTS_FAILURE"
    NO_SIGNING_CERTIFICATE_FOUND = "NO_SIGNING_CERTIFICATE_FOUND"
    NO_CERTIFICATE_CHAIN_FOUND = "NO_CERTIFICATE_CHAIN_FOUND"
    SIGNED_DATA_NOT_FOUND = "SIGNED_DATA_NOT_FOUND"
    TRY_LATER = "TRY_LATER"
    CERTIFICATE_CHAIN_GENERAL_FAILURE = "CERTIFICATE_CHAIN_GENERAL_FAILURE"
    NO_CERTIFICATE_CHAIN_FOUND_NO_POE = "NO_CERTIFICATE_CHAIN_FOUND_NO_POE"
    CRYPTO_CONSTRAINTS_FAILURE_NO_POE = "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"
    REVOKED_NO_POE = "REVOKED_NO_POE"
    REVOKED_CA_NO_POE = "REVOKED_CA_NO_POE"
    OUT_OF_BOUNDS_NO_POE = "OUT_OF_BOUNDS_NO_POE"
    OUT_OF_BOUNDS_NOT_REVOKED = "OUT_OF_BOUNDS_NOT_REVOKED"
    REVOCATION_OUT_OF_BOUNDS_NO_POE = "REVOCATION_OUT_OF_BOUNDS_NO_POE"


class EvidenceKind(StrEnum):
    """Where a fact about revocation or time came from."""

    OCSP = "ocsp"
    CRL = "crl"
    TST = "tst"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: stable code, outcome, and a detail that names no person.

    about  SHA-256 of the certificate it is about; empty: the signature itself
    """

    code: str
    status: FindingStatus
    detail: str
    about: str = ""

    @property
    def warning(self) -> bool:
        """Whether it names a tolerated departure, which decides nothing."""
        return self.status is FindingStatus.INDETERMINATE and self.detail.startswith(WARNING)

    def to_json(self) -> JsonValue:
        """Export for the record."""
        return {
            "code": self.code,
            "status": self.status.value,
            "detail": self.detail,
            "about": self.about,
        }


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """One response, list or token that was looked at.

    source          configured address, `store` or `signature`
    sha256          of its bytes in hex; empty when no bytes arrived
    this_update_ms  thisUpdate or genTime; 0 when it states none
    reason          why it was used, or why not
    about           SHA-256 of the certificate it was looked at for; empty: the signature itself
    next_update_ms  when a list's successor is due at the latest; 0 when none is stated
    """

    kind: EvidenceKind
    source: str
    sha256: str
    this_update_ms: int
    used: bool
    reason: str
    about: str = ""
    next_update_ms: int = 0

    def to_json(self) -> JsonValue:
        """Export for the record."""
        return {
            "kind": self.kind.value,
            "source": self.source,
            "sha256": self.sha256,
            "this_update_ms": self.this_update_ms,
            "used": self.used,
            "reason": self.reason,
            "about": self.about,
            "next_update_ms": self.next_update_ms,
        }


@dataclass(frozen=True, slots=True)
class SubjectFacts:
    """The signer as the certificate names it. Personal data.

    iin, bin      twelve digits, empty when the certificate states none
    serial        certificate serial number in hex
    not_after     aware UTC
    roles         НУЦ role identifiers among the extended key usages
    keystores     carriers from the НУЦ keystore extension
    identification  how the holder was identified at issuance (НУЦ identifiers), often empty
    holder        whom it was issued to, a word of `crypto.x509.profile.HolderKind`
    """

    common_name: str
    iin: str
    bin: str
    serial: str
    not_after: datetime
    organisation: str
    roles: tuple[str, ...]
    policies: tuple[str, ...]
    keystores: tuple[str, ...]
    identification: tuple[str, ...]
    holder: str

    def to_json(self) -> JsonValue:
        """Export for the record."""
        return {
            "holder": self.holder,
            "common_name": self.common_name,
            "iin": self.iin,
            "bin": self.bin,
            "serial": self.serial,
            "not_after_ms": milliseconds(self.not_after),
            "organisation": self.organisation,
            "roles": list(self.roles),
            "policies": list(self.policies),
            "keystores": list(self.keystores),
            "identification": list(self.identification),
        }


@dataclass(frozen=True, slots=True)
class MissingIssuer:
    """The issuer at which the search for a path ended: who would have to be trusted.

    name    its distinguished name as text, as the certificate states it; nothing vouches for it
    key_id  its key identifier in hex, empty when none is stated
    own     it is the certificate itself, which nobody issued but its own key
    """

    name: str
    key_id: str
    own: bool

    def to_json(self) -> JsonValue:
        """Export for the record."""
        return {"name": self.name, "key_id": self.key_id, "own": self.own}


@dataclass(frozen=True, slots=True)
class SignatureReport:
    """Outcome for one signature.

    reason              stable code; `signature.passed` only with TOTAL_PASSED
    subject             None when no signing certificate could be read
    chain               SHA-256 of each certificate, signer first, anchor last; empty: no path
    content_sha256      of the content that was validated; empty when there was none
    validated_at_ms     the moment the validation was made for
    signed_at_claim_ms  signingTime, a claim of the signer's clock; None when absent
    proven_at_ms        when a stored signature is proven to have existed, by the earliest proof
                        that holds; None: unproven, or made just now. What has ended since then is
                        not held against it
    countersignatures   over this signature (RFC 5652 11.4), in their order; no part of the outcome
    missing_issuer      where no chain was found: whose certificate is missing
    """

    indication: Indication
    sub_indication: SubIndication | None
    reason: str
    subject: SubjectFacts | None
    chain: tuple[str, ...]
    findings: tuple[Finding, ...]
    evidence: tuple[EvidenceItem, ...]
    cms_sha256: str
    content_sha256: str
    validated_at_ms: int
    signed_at_claim_ms: int | None
    proven_at_ms: int | None = None
    missing_issuer: MissingIssuer | None = None
    countersignatures: tuple["SignatureReport", ...] = ()

    @property
    def timestamp_ms(self) -> int | None:
        """The earliest time that a time-stamp over the signature proves; None without one."""
        counted = (e for e in self.evidence if e.kind is EvidenceKind.TST and e.used)
        return min((each.this_update_ms for each in counted), default=None)

    def to_json(self) -> dict[str, JsonValue]:
        """Export: str, int, bool, list, dict and None only."""
        return {
            "version": REPORT_VERSION,
            "indication": self.indication.value,
            "sub_indication": self.sub_indication.value if self.sub_indication else None,
            "reason": self.reason,
            "subject": self.subject.to_json() if self.subject else None,
            "chain": list(self.chain),
            "findings": [f.to_json() for f in self.findings],
            "evidence": [e.to_json() for e in self.evidence],
            "cms_sha256": self.cms_sha256,
            "content_sha256": self.content_sha256,
            "validated_at_ms": self.validated_at_ms,
            "signed_at_claim_ms": self.signed_at_claim_ms,
            "proven_at_ms": self.proven_at_ms,
            "countersignatures": [each.to_json() for each in self.countersignatures],
            "missing_issuer": self.missing_issuer.to_json() if self.missing_issuer else None,
        }


def milliseconds(moment: datetime) -> int:
    """Convert an aware moment to whole milliseconds since 1970-01-01 UTC."""
    delta = moment - _EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1000 + delta.microseconds // 1000
