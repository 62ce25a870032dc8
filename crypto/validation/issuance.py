"""Where the signer's key is kept and how the holder was identified, held against the policy."""

from crypto.report.policy import CarrierRule, IdentificationRule, ValidationPolicy
from crypto.report.report import SubIndication
from crypto.validation.step import ValidationStep, failed, passed, warning
from crypto.x509.certificate import Certificate
from crypto.x509.profile import carriers, identification_methods
from crypto.x509.profile_names import CarrierKind

__all__ = ["check_issuance"]

_CONSTRAINTS = SubIndication.SIG_CONSTRAINTS_FAILURE
_NOT_STATED = "not_stated"


def check_issuance(certificate: Certificate, policy: ValidationPolicy) -> list[ValidationStep]:
    """Return one step for each of the two rules that demands something."""
    steps: list[ValidationStep] = []
    if policy.carrier is not CarrierRule.ANY:
        steps.append(_check_carrier(certificate, policy.carrier))
    if policy.identification is not IdentificationRule.ANY:
        steps.append(_check_identification(certificate))
    return steps


def _check_carrier(certificate: Certificate, rule: CarrierRule) -> ValidationStep:
    stated = carriers(certificate)
    detail = ",".join(stated) or _NOT_STATED
    if CarrierKind.CLOUD in stated:
        return failed("carrier", _CONSTRAINTS, "signature.cloud_key_refused", detail)
    if rule is CarrierRule.HARDWARE:
        # Several carriers: the weakest one counts.
        if stated and all(each.hardware for each in stated):
            return passed("carrier", detail)
        return failed("carrier", _CONSTRAINTS, "signature.carrier_not_hardware", detail)
    return passed("carrier", detail) if stated else warning("carrier", _NOT_STATED)


def _check_identification(certificate: Certificate) -> ValidationStep:
    stated = identification_methods(certificate)
    if not stated:
        return warning("identification", _NOT_STATED)
    detail = ",".join(stated)
    if any(each.remote for each in stated):
        reason = "signature.remote_identification_refused"
        return failed("identification", _CONSTRAINTS, reason, detail)
    return passed("identification", detail)
