"""What comes of a container: a report per signature, and what is inside."""

from dataclasses import dataclass

from crypto.cms.validation_process import ValidationProcess, malformed
from crypto.containers.errors import ContainerUnsupported
from crypto.errors import CryptoError
from crypto.report.container import ContainerSummary
from crypto.report.report import SignatureReport, SubIndication
from crypto.validation.step import ValidationStep, unsettled

__all__ = ["ContainerResult", "refuse", "state_refusal"]


@dataclass(frozen=True, slots=True)
class ContainerResult:
    """At least one report; `summary` None: it cannot be read that far."""

    signatures: tuple[SignatureReport, ...]
    summary: ContainerSummary | None


def refuse(process: ValidationProcess, step: ValidationStep) -> SignatureReport:
    """Conclude that nothing more can be said."""
    process.steps.append(step)
    return process.report()


def state_refusal(error: CryptoError) -> ValidationStep:
    """Say why a container is not validated: contradicts its format, or a form not known here."""
    if isinstance(error, ContainerUnsupported):
        sub, reason = SubIndication.SIG_CONSTRAINTS_FAILURE, "signature.container_not_supported"
        return unsettled("format", sub, reason, error.detail)
    return malformed(error)
