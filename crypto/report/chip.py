"""What passive authentication of a chip found (Doc 9303-11 5.1): values only.

The same words as of a signature (`crypto.report.report`). Format: docs/formats/chip-report.md.
"""

from dataclasses import dataclass
from enum import StrEnum

from crypto.canonical_json import JsonValue
from crypto.report.report import Finding, Indication, SubIndication

__all__ = ["CHIP_REPORT_VERSION", "ChipReason", "ChipReport", "DataGroupResult"]

CHIP_REPORT_VERSION = 1


class ChipReason(StrEnum):
    """Why the data of a chip are taken for genuine, or are not."""

    PASSED = "chip.passed"
    SOD_MALFORMED = "chip.sod_malformed"
    SOD_CHANGED = "chip.sod_changed"
    SOD_SIGNATURE_WRONG = "chip.sod_signature_wrong"
    CERTIFICATE_MISSING = "chip.certificate_missing"
    CERTIFICATE_REFUSED = "chip.certificate_refused"
    CERTIFICATE_EXPIRED = "chip.certificate_expired"
    CERTIFICATE_REVOKED = "chip.certificate_revoked"
    SIGNING_TIME_WRONG = "chip.signing_time_wrong"
    NO_CSCA = "chip.no_csca"
    CHAIN_REFUSED = "chip.chain_refused"
    OTHER_COUNTRY = "chip.other_country"
    ALGORITHM_NOT_SUPPORTED = "chip.algorithm_not_supported"
    ALGORITHM_TOO_WEAK = "chip.algorithm_too_weak"
    DATA_GROUP_MISSING = "chip.data_group_missing"
    DATA_GROUP_MALFORMED = "chip.data_group_malformed"
    DATA_GROUP_NOT_SIGNED = "chip.data_group_not_signed"
    DATA_GROUP_CHANGED = "chip.data_group_changed"
    DATA_GROUPS_SWAPPED = "chip.data_groups_swapped"


class DataGroupResult(StrEnum):
    """What became of one data group.

    GENUINE     its hash is the one the security object states for it
    CHANGED     it is another
    SWAPPED     the security object states it for another data group
    NOT_SIGNED  the security object states none
    UNREAD      the security object states one, and the data group was not read
    UNKNOWN     its hash could not be made
    """

    GENUINE = "genuine"
    CHANGED = "changed"
    SWAPPED = "swapped"
    NOT_SIGNED = "not_signed"
    UNREAD = "unread"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ChipReport:
    """Outcome for the files of one chip.

    reason           PASSED only with TOTAL_PASSED
    findings         every check, passed ones too
    data_groups      (number, result), ascending: those read and those the security object states
    digests          (number, SHA-256 of the file in hex) of those read, for the record
    sod_sha256       of the file
    signer_sha256    document signer's certificate (DSC); empty: none was found
    csca_sha256      the anchor; empty: no path
    country          of the certificates, ISO 3166-1 alpha-2; empty: no path
    hash_algorithm   of the data groups, e.g. `SHA-256`; empty: not read
    over_sha1        something counts only because the station's settings take SHA-1
    signed_at_claim_ms  signingTime of the state's signer; None when it states none
    authenticity     `active` or `chip_authentication`, and the key is signed; else `none`
    authenticity_offered  the security object states a key by which the chip could prove itself
    """

    indication: Indication
    sub_indication: SubIndication | None
    reason: ChipReason
    findings: tuple[Finding, ...]
    data_groups: tuple[tuple[int, DataGroupResult], ...]
    digests: tuple[tuple[int, str], ...]
    sod_sha256: str
    signer_sha256: str
    csca_sha256: str
    country: str
    hash_algorithm: str
    over_sha1: bool
    validated_at_ms: int
    signed_at_claim_ms: int | None
    authenticity: str
    authenticity_offered: bool

    @property
    def genuine_data(self) -> bool:
        """Whether a pinned authority vouches for every data group read."""
        return self.indication is Indication.TOTAL_PASSED

    @property
    def chip_may_be_copy(self) -> bool:
        """Whether nothing proves that the chip is the one the state issued."""
        return self.authenticity == "none"

    def to_json(self) -> dict[str, JsonValue]:
        """Export: str, int, bool, list, dict and None only."""
        return {
            "version": CHIP_REPORT_VERSION,
            "indication": self.indication.value,
            "sub_indication": self.sub_indication.value if self.sub_indication else None,
            "reason": self.reason.value,
            "genuine_data": self.genuine_data,
            "chip_may_be_copy": self.chip_may_be_copy,
            "authenticity": self.authenticity,
            "authenticity_offered": self.authenticity_offered,
            "findings": [each.to_json() for each in self.findings],
            "data_groups": {str(number): result.value for number, result in self.data_groups},
            "digests": {str(number): digest for number, digest in self.digests},
            "sod_sha256": self.sod_sha256,
            "signer_sha256": self.signer_sha256,
            "csca_sha256": self.csca_sha256,
            "country": self.country,
            "hash_algorithm": self.hash_algorithm,
            "over_sha1": self.over_sha1,
            "validated_at_ms": self.validated_at_ms,
            "signed_at_claim_ms": self.signed_at_claim_ms,
        }
