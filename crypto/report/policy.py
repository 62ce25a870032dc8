"""What a bank demands of a signature: every bound is stated, nothing has a default."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from crypto.algorithms.key_policy import KeyPolicy

__all__ = [
    "CarrierRule",
    "ChecksumRule",
    "Environment",
    "IdentificationRule",
    "RevocationRule",
    "TimestampRule",
    "ValidationPolicy",
]


class Environment(StrEnum):
    """Which of the two disjoint worlds of trust a workstation lives in."""

    PROD = "prod"
    TEST = "test"


class ChecksumRule(StrEnum):
    """What an ИИН or БИН that could never have been issued means.

    STRICT  refused: published SDK identities fail the rule and must not pass as customers
    WARN    recorded as a finding; for the test environment
    """

    STRICT = "strict"
    WARN = "warn"


class CarrierRule(StrEnum):
    """Which carriers of the private key are accepted, by the certificate's keystore extension.

    ANY        whatever it states, nothing too
    NOT_CLOUD  a key kept in a cloud is refused; one whose carrier is not stated gets a warning
    HARDWARE   only a stated token, identity card or SIM; an unstated carrier is refused
    """

    ANY = "any"
    NOT_CLOUD = "not_cloud"
    HARDWARE = "hardware"


class IdentificationRule(StrEnum):
    """How the holder must have been identified when the certificate was issued.

    ANY         whatever the certificate states, nothing too
    NOT_REMOTE  a stated remote or unknown method is refused; an unstated one gets a warning
    """

    ANY = "any"
    NOT_REMOTE = "not_remote"


class RevocationRule(StrEnum):
    """How revocation of the signer's certificate is established.

    OCSP_THEN_CRL  OCSP; fresh lists only when the responder could not be reached
    CRL_ONLY       fresh lists, for a branch without the responder
    NOT_CHECKED    not established: the report is INDETERMINATE / TRY_LATER at best
    """

    OCSP_THEN_CRL = "ocsp_then_crl"
    CRL_ONLY = "crl_only"
    NOT_CHECKED = "not_checked"


class TimestampRule(StrEnum):
    """Whether a customer's signature has to be time-stamped, so that it outlives its certificate.

    NONE      nobody is asked
    WANTED    asked for; without an answer the signature counts, and the record says why
    REQUIRED  without a verified time-stamp the signature is not accepted
    """

    NONE = "none"
    WANTED = "wanted"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class ValidationPolicy:
    """Bounds for one kind of operation.

    require_non_repudiation  keyUsage must contain nonRepudiation
    accepted_roles           role identifiers (extended key usage), one of which must be there;
                             empty: any
    accepted_policies        certificate policies acceptable along the path; empty: any
    authority_policies       what a CA may state in the place of an accepted policy: a centre's
                             policy about itself
    accepted_keystores       carrier identifiers, one of which must be there; empty: any
    ocsp_max_age_s           age of thisUpdate and producedAt at most
    crl_max_age_s            age of the signer's list at most, whatever its nextUpdate
    ca_crl_max_age_s         the same for the root's list about the issuing CA, published rarely
    clock_tolerance_s        how far a peer's clock may run ahead of ours
    signing_time_window_s    |signingTime - moment| beyond which a finding says so
    minimum_rsa_bits         least RSA modulus in the chain and of the signer
    last_moments             (key family of KeyPolicy, aware moment): a signature of the family that
                             is validated later proves nothing
    validity_tolerance_s     how far the start of the signer's certificate may lie ahead of the
                             moment: keys are issued minutes before, and clocks differ. Its end has
                             no tolerance, and no other certificate has
    young_key_s              a key certified later than this before is a finding; 0: none is
    require_signing_certificate  a fresh signature must name its certificate by digest (RFC 5035)
    require_consistent_profile   the signer must be no authority, of one kind of holder, and for
                             the purposes of a holder alone
    """

    environment: Environment
    require_non_repudiation: bool
    accepted_roles: frozenset[str]
    accepted_policies: frozenset[str]
    authority_policies: frozenset[str]
    accepted_keystores: frozenset[str]
    carrier: CarrierRule
    identification: IdentificationRule
    ocsp_max_age_s: int
    crl_max_age_s: int
    ca_crl_max_age_s: int
    clock_tolerance_s: int
    signing_time_window_s: int
    minimum_rsa_bits: int
    last_moments: tuple[tuple[str, datetime], ...]
    validity_tolerance_s: int
    young_key_s: int
    require_signing_certificate: bool
    require_consistent_profile: bool
    iin_checksum: ChecksumRule
    revocation: RevocationRule

    def keys(self) -> KeyPolicy:
        """Return the bounds on keys; they get the moment of validation by `KeyPolicy.at`."""
        return KeyPolicy({"rsa": self.minimum_rsa_bits}, dict(self.last_moments))
