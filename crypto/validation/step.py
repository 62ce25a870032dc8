"""One step of a validation: a finding and what it makes of the whole."""

from collections.abc import Iterable
from dataclasses import dataclass

from crypto.report.report import WARNING, Finding, FindingStatus, Indication, SubIndication
from crypto.x509.certificate import Certificate

__all__ = ["ValidationStep", "about", "conclude", "failed", "passed", "unsettled", "warning"]


@dataclass(frozen=True, slots=True)
class ValidationStep:
    """A finding; `indication` None when it does not decide (passed, or a warning)."""

    finding: Finding
    indication: Indication | None
    sub_indication: SubIndication | None
    reason: str


def passed(code: str, detail: str = "") -> ValidationStep:
    """Record a check that holds."""
    return ValidationStep(Finding(code, FindingStatus.PASSED, detail), None, None, "")


def warning(code: str, detail: str) -> ValidationStep:
    """Record a departure that does not decide; its status is still not PASSED."""
    return ValidationStep(
        Finding(code, FindingStatus.INDETERMINATE, f"{WARNING}{detail}"), None, None, ""
    )


def failed(code: str, sub: SubIndication, reason: str, detail: str = "") -> ValidationStep:
    """Record a fact that no later information can mend: TOTAL_FAILED."""
    return ValidationStep(
        Finding(code, FindingStatus.FAILED, detail), Indication.TOTAL_FAILED, sub, reason
    )


def unsettled(code: str, sub: SubIndication, reason: str, detail: str = "") -> ValidationStep:
    """Record that a check could not be decided: INDETERMINATE."""
    return ValidationStep(
        Finding(code, FindingStatus.INDETERMINATE, detail), Indication.INDETERMINATE, sub, reason
    )


def about(certificate: Certificate, step: ValidationStep) -> ValidationStep:
    """Return the step as one about this certificate."""
    old = step.finding
    found = Finding(old.code, old.status, old.detail, certificate.sha256)
    return ValidationStep(found, step.indication, step.sub_indication, step.reason)


def conclude(
    steps: Iterable[ValidationStep], passed_reason: str
) -> tuple[Indication, SubIndication | None, str]:
    """Return the first failure, else the first undecided step, else TOTAL_PASSED."""
    taken = list(steps)
    for indication in (Indication.TOTAL_FAILED, Indication.INDETERMINATE):
        for step in taken:
            if step.indication is indication:
                return indication, step.sub_indication, step.reason
    return Indication.TOTAL_PASSED, None, passed_reason
