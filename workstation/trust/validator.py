"""The validator of customers' signatures, out of settings, policy and what revocation knows."""

from crypto.report.policy import ChecksumRule, RevocationRule, ValidationPolicy
from crypto.signatures.validator import SignatureValidator
from workstation.rules.policy import Policy
from workstation.settings.settings import LoadedSettings, Profile
from workstation.trust.revocation import Revocation

__all__ = ["build_validator"]


def build_validator(
    loaded: LoadedSettings, policy: Policy, revocation: Revocation
) -> SignatureValidator:
    """Return the validator under a policy; TrustRefused where settings and trust contradict."""
    values = loaded.values
    production = values.profile is Profile.PRODUCTION
    bounds = ValidationPolicy(
        environment=values.trust.environment,
        require_non_repudiation=True,
        accepted_roles=frozenset({"1.2.398.3.3.4.1.1"}),
        accepted_policies=frozenset(),
        authority_policies=frozenset(),
        accepted_keystores=frozenset(),
        carrier=policy.carrier,
        identification=policy.identification,
        ocsp_max_age_s=policy.ocsp_max_age_s,
        crl_max_age_s=policy.crl_max_age_s,
        ca_crl_max_age_s=policy.ca_crl_max_age_s,
        clock_tolerance_s=policy.clock_tolerance_s,
        signing_time_window_s=policy.statement_ttl_ms // 1000,
        minimum_rsa_bits=policy.minimum_rsa_bits,
        last_moments=policy.last_moments,
        validity_tolerance_s=0,
        young_key_s=0,
        require_signing_certificate=False,
        require_consistent_profile=False,
        iin_checksum=ChecksumRule.STRICT if production else ChecksumRule.WARN,
        revocation=RevocationRule.OCSP_THEN_CRL,
    )
    return SignatureValidator(
        trust=revocation.trust,
        policy=bounds,
        revocation=revocation.sources,
        timestamp_trust=revocation.timestamp_trust,
    )
