"""What the customer's certificate brings to light: another name than the case's, a young key."""

from datetime import UTC, datetime, timedelta

from crypto.asn1.der import DerError
from crypto.cms.signed_data import SignedData
from crypto.report.report import SignatureReport
from crypto.x509.certificate import Certificate
from workstation.rules.checks import CheckId, CheckStatus
from workstation.session.evidence import Answer
from workstation.session.session import VerificationSession
from workstation.verification.findings.key_age import measure_key_age
from workstation.verification.findings.names import NameLikeness, compare_names

__all__ = ["find_about_certificate"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LIKENESS = {
    NameLikeness.SAME: (CheckStatus.PASSED, "same"),
    NameLikeness.ALIKE: (CheckStatus.INDETERMINATE, "alike"),
    NameLikeness.OTHER: (CheckStatus.FAILED, "other"),
}


def find_about_certificate(
    session: VerificationSession, name: str, report: SignatureReport, cms: bytes
) -> tuple[Answer, ...]:
    """Compare the name with the certificate's and measure the age of its key.

    name  the customer's, as the person registry or the teller has it
    cms   the signature that the report is about
    """
    required = {item.check for item in session.required}
    answers = (
        _compare_name(name, report),
        _measure_age(_find_signer(cms, report), report, session.policy.key_age_hours),
    )
    return tuple(answer for answer in answers if answer.check in required)


def _compare_name(name: str, report: SignatureReport) -> Answer:
    check = CheckId.NAME
    if report.subject is None:
        return Answer(check, CheckStatus.INDETERMINATE, f"{check}.unknown")
    status, word = _LIKENESS[compare_names(name, report.subject.common_name)]
    return Answer(check, status, f"{check}.{word}")


def _measure_age(signer: Certificate | None, report: SignatureReport, least_hours: int) -> Answer:
    check = CheckId.KEY_AGE
    if signer is None:
        return Answer(check, CheckStatus.INDETERMINATE, f"{check}.unknown")
    moment = _EPOCH + timedelta(milliseconds=report.validated_at_ms)
    age = measure_key_age(signer.not_before, moment, least_hours)
    facts = (("hours", age.hours), ("least", least_hours))
    if age.young:
        return Answer(check, CheckStatus.FAILED, f"{check}.young", facts)
    return Answer(check, CheckStatus.PASSED, f"{check}.old_enough", facts)


def _find_signer(cms: bytes, report: SignatureReport) -> Certificate | None:
    """Return the signer's certificate, as the report names it, out of the signature."""
    if not report.chain:
        return None
    try:
        message = SignedData.parse(cms)
    except DerError:
        return None
    return next(
        (each for each in message.certificates if each.sha256 == report.chain[0]),
        None,
    )
