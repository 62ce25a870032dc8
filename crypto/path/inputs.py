"""What the relying party brings to path validation (RFC 5280 6.1.1)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from crypto.asn1 import oids

__all__ = ["PathInputs"]


@dataclass(frozen=True, slots=True)
class PathInputs:
    """User inputs of 6.1.1: the moment, the initial policy set and the three indicators."""

    moment: datetime
    policies: frozenset[str]
    explicit_policy: bool
    inhibit_mapping: bool
    inhibit_any: bool

    @classmethod
    def any_policy(cls, moment: datetime) -> Self:
        """Return the inputs of an application that leaves certificate policies to its own rules."""
        return cls(
            moment,
            frozenset({oids.ANY_POLICY}),
            explicit_policy=False,
            inhibit_mapping=False,
            inhibit_any=False,
        )
