"""What a signature is judged by: whom we trust, and what the bank demands."""

from dataclasses import dataclass

from crypto.path.trust import TrustStore
from crypto.report.policy import ValidationPolicy

__all__ = ["ValidationTerms"]


@dataclass(frozen=True, slots=True)
class ValidationTerms:
    """Everything besides the signature, the moment and the evidence that decides an outcome."""

    trust: TrustStore
    timestamp_trust: TrustStore
    policy: ValidationPolicy
