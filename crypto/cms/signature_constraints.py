"""What a signature is held against: whom we trust, and what the bank demands."""

from dataclasses import dataclass

from crypto.path.trust import TrustStore
from crypto.report.policy import ValidationPolicy

__all__ = ["SignatureConstraints"]


@dataclass(frozen=True, slots=True)
class SignatureConstraints:
    """Validation constraints (EN 319 102-1 5.1.4): all that decides but the moment and the sources.

    timestamp_trust  anchors for time-stamping authorities. They differ from the signer's in the
                     test environment, whose signatures carry production time-stamps.
    """

    trust: TrustStore
    timestamp_trust: TrustStore
    policy: ValidationPolicy
