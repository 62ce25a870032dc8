"""The bounds of validation that tests start from."""

from typing import Any

from crypto.report.policy import (
    CarrierRule,
    ChecksumRule,
    Environment,
    IdentificationRule,
    RevocationRule,
    ValidationPolicy,
)


def policy(**changes: Any) -> ValidationPolicy:
    """Return the bounds of a signature of the test PKI; `changes` replaces single fields."""
    bounds: dict[str, Any] = {
        "environment": Environment.TEST,
        "require_non_repudiation": True,
        "accepted_roles": frozenset(),
        "accepted_policies": frozenset(),
        "authority_policies": frozenset(),
        "accepted_keystores": frozenset(),
        "carrier": CarrierRule.ANY,
        "identification": IdentificationRule.ANY,
        "ocsp_max_age_s": 300,
        "crl_max_age_s": 2 * 86_400,
        "ca_crl_max_age_s": 200 * 86_400,
        "clock_tolerance_s": 60,
        "signing_time_window_s": 300,
        "minimum_rsa_bits": 2048,
        "last_moments": (),
        "validity_tolerance_s": 0,
        "young_key_s": 0,
        "require_signing_certificate": False,
        "require_consistent_profile": True,
        "iin_checksum": ChecksumRule.STRICT,
        "revocation": RevocationRule.OCSP_THEN_CRL,
    }
    return ValidationPolicy(**{**bounds, **changes})


POLICY = policy()
