"""The validator of customers' signatures, out of settings, policy and what revocation knows."""

from crypto.report.policy import ChecksumRule, Environment, RevocationRule, ValidationPolicy
from crypto.signatures.validator import SignatureValidator
from workstation.rules.policy import Policy
from workstation.settings.settings import LoadedSettings
from workstation.trust.revocation import Revocation

__all__ = ["build_validator", "make_validation_policy"]

_HOUR_S = 3600


def make_validation_policy(policy: Policy, world: Environment) -> ValidationPolicy:
    """Return what the bank's policy demands of a signature: at the counter and of files alike."""
    signer, production = policy.signer, world is Environment.PROD
    return ValidationPolicy(
        environment=world,
        require_non_repudiation=True,
        accepted_roles=frozenset(signer.roles),
        accepted_policies=frozenset(signer.policies),
        authority_policies=signer.find_authority_policies(world),
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
        validity_tolerance_s=signer.start_tolerance_s,
        young_key_s=policy.key_age_hours * _HOUR_S,
        require_signing_certificate=signer.certificate_named,
        require_consistent_profile=True,
        iin_checksum=ChecksumRule.STRICT if production else ChecksumRule.WARN,
        revocation=RevocationRule.OCSP_THEN_CRL,
    )


def build_validator(
    loaded: LoadedSettings, policy: Policy, revocation: Revocation
) -> SignatureValidator:
    """Return the validator under a policy; TrustRefused where settings and trust contradict."""
    return SignatureValidator(
        trust=revocation.trust,
        policy=make_validation_policy(policy, loaded.values.trust.environment),
        revocation=revocation.sources,
        timestamp_trust=revocation.timestamp_trust,
    )
